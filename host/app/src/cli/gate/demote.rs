//! `tollgate gate demote`: a person thinks it right to go down.

use anyhow::{Context, bail};
use clap::Args;
use tollgate_govern::autonomy;
use tollgate_model::{LevelChange, LevelReason, Person, Words};

use crate::cli::{clock, gate, looking};
use crate::console::{self, DOUBT, harmless, paint};
use crate::exit::Exit;
use crate::gates;
use crate::recorded::Recorded;
use crate::run::level;

/// Takes a level from a gate: the AI may do less from now on, and its record of reviews begins anew.
///
/// Anybody may, and nothing has to have happened. What costs a level by itself (an incident, a broken figure, a late
/// review) does so without this.
///
/// Example: tollgate gate demote welcome-email --by "Sam Reed" --reason "the offers change next week"
#[derive(Args)]
pub(super) struct Demote {
    /// Which gate.
    name: String,
    /// Who says so.
    #[arg(long, value_name = "NAME")]
    by: Person,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: Words,
    #[command(flatten)]
    recorded: Recorded,
}

impl Demote {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        let gate = gates::named(&project, &self.name)?;
        let autonomy = gate.autonomy.as_ref().with_context(|| {
            format!(
                "gate `{}` says nothing of levels (`[autonomy]`): there is none to take",
                gate.name
            )
        })?;
        let now_ms = clock::now_ms()?;
        let (state, _) = looking::state(&project, &self.recorded, &gate, now_ms)?;
        let held = autonomy::held(&gate, autonomy, &state.now, &[], now_ms);
        let (scheme, from) = (held.scheme, held.level);
        let lower = from.checked_sub(1).filter(|level| autonomy::levels(scheme).contains(level));
        let Some(to) = lower else {
            bail!("gate `{}` is at level {from}, and {scheme} has none below", gate.name);
        };
        let reason = LevelReason::Lowered { by: self.by.clone(), because: self.reason.clone() };
        let change = LevelChange { scheme, from, to, reason };
        let ledger = self.recorded.open(&project)?;
        let recorded = ledger.append_blocking(vec![level::moved(&gate, change, now_ms)]);
        ledger.close();
        recorded?;
        console::say(format!(
            "{}  gate `{}` went from level {from} to level {to}: {}",
            paint(DOUBT, "demoted"),
            gate.name,
            autonomy::name(scheme, to).map_or_else(String::new, harmless)
        ));
        Ok(Exit::Pass)
    }
}
