//! `tollgate gate demote`: lowers a gate by one level on a person's request.

use anyhow::{Context, bail};
use clap::Args;
use tollgate_govern::autonomy;
use tollgate_model::{Autonomy, Gate, LevelChangeReason, LevelEvent, NonBlankString, Person};

use crate::cli::{clock, gate_state};
use crate::console::{self, DOUBT, paint, sanitize};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use tollgate::gate::{GateState, status as gate_status};

/// Demotes a gate by one level: the AI may do less, and its track record starts again.
///
/// Anybody may demote a gate, for any reason. Incidents, broken thresholds and overdue reviews demote a gate
/// automatically.
///
/// Example: tollgate gate demote welcome-email --by "Sam Reed" --reason "the offers change next week"
#[derive(Args)]
pub(super) struct GateDemoteCommand {
    /// Name of the gate.
    name: String,
    /// Person who demotes the gate.
    #[arg(long, value_name = "NAME")]
    by: Person,
    /// Reason for the demotion.
    #[arg(long, value_name = "TEXT")]
    reason: NonBlankString,
    #[command(flatten)]
    ledger_args: LedgerArgs,
}

impl GateDemoteCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        let gate = project.read_gate(&self.name)?;
        let autonomy = gate.autonomy.as_ref().with_context(|| {
            format!("gate `{}` has no autonomy level: add `[autonomy]` first", gate.name)
        })?;
        let now_ms = clock::now_ms()?;
        let (scheme, from, to) = loop {
            // A demotion that is already due is recorded first, so that this one starts from the level that applies.
            let (state, _) =
                gate_state::load_gate_state(&project, &self.ledger_args, &gate, now_ms)?;
            let change = self.level_change(&gate, autonomy, &state, now_ms)?;
            let (scheme, from, to) = (change.scheme, change.from, change.to);
            let ledger = self.ledger_args.open(&project)?;
            let appended =
                gate_status::append_level_change(&*ledger, &gate, change, state.version, now_ms);
            ledger.close();
            // Otherwise the gate has changed meanwhile, perhaps to a lower level.
            if appended?.is_some() {
                break (scheme, from, to);
            }
        };
        console::print(format!(
            "{}  gate `{}` from level {from} to level {to}: {}",
            paint(DOUBT, "demoted"),
            gate.name,
            autonomy::level_name(scheme, to).map_or_else(String::new, sanitize)
        ));
        Ok(Exit::Pass)
    }

    /// Returns the change to the level below the one that applies now.
    fn level_change(
        &self,
        gate: &Gate,
        autonomy: &Autonomy,
        state: &GateState,
        now_ms: u64,
    ) -> anyhow::Result<LevelEvent> {
        let effective = autonomy::effective_level(gate, autonomy, &state.inputs, &[], now_ms);
        let (scheme, from) = (effective.scheme, effective.level);
        let level_below =
            from.checked_sub(1).filter(|level| autonomy::levels(scheme).contains(level));
        let Some(to) = level_below else {
            bail!("gate `{}` is at level {from}, the lowest of {scheme}", gate.name);
        };
        let reason =
            LevelChangeReason::Lowered { by: self.by.clone(), reason: self.reason.clone() };
        Ok(LevelEvent { scheme, from, to, reason })
    }
}
