//! `tollgate gate show`: a record, and what it means today.

use clap::Args;
use serde_json::json;
use tollgate_govern::autonomy;
use tollgate_govern::oversight::standing;
use tollgate_govern::score::{self, Thresholds};
use tollgate_model::{Gate, Mode};

use crate::cli::{clock, gate};
use crate::console::{self, QUIET, STRONG, paint};
use crate::exit::Exit;
use crate::gates;

/// Shows a gate's record, and what a human does with its outputs today, and why.
///
/// Example: tollgate gate show welcome-email
#[derive(Args)]
pub(super) struct Show {
    /// Which gate.
    name: String,
    /// Write the whole record as JSON.
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        let shown = gates::named(&project, &self.name)?;
        let weighed = score::of(&shown.score, Thresholds::default());
        let state = gate::state(&project, &shown);
        let standing = standing(&shown, &state, weighed.as_ref(), &[], clock::now_ms()?);
        if self.json {
            let because: Vec<_> = standing.because.iter().map(ToString::to_string).collect();
            let all = json!({
                "record": shown, "digest": shown.digest()?, "score": weighed.map(|one| one.counted),
                "oversight": standing.effect, "because": because,
            });
            console::say(format!("{all:#}"));
            return Ok(Exit::Pass);
        }
        console::say(paint(STRONG, &shown.name));
        for (key, value) in rows(&shown)? {
            console::say(format!(
                "  {} {}",
                paint(QUIET, format!("{key:12}")),
                console::harmless(&value)
            ));
        }
        console::say(format!("  {} {}", paint(QUIET, format!("{:12}", "today")), standing.effect));
        for because in &standing.because {
            console::say(format!("  {:12} {because}", ""));
        }
        Ok(Exit::Pass)
    }
}

/// What people read of a record first.
fn rows(gate: &Gate) -> anyhow::Result<Vec<(&'static str, String)>> {
    let mut rows = Vec::new();
    let mut add = |key, value: Option<String>| rows.extend(value.map(|value| (key, value)));
    add("task", gate.task.as_ref().map(ToString::to_string));
    add("objective", gate.objective.as_ref().map(ToString::to_string));
    let owner = gate.owner.as_ref();
    add("owner", owner.map(|owner| format!("{}, {}", owner.name, owner.role)));
    add("prompt", gate.prompt.as_ref().map(ToString::to_string));
    for binding in &gate.contracts {
        let mode = match binding.mode {
            Mode::Enforce => "",
            Mode::Advise => ", as advice",
            Mode::Shadow => ", in its shadow",
        };
        add("contract", Some(format!("{}{mode}", binding.contract)));
    }
    add(
        "autonomy",
        gate.autonomy.as_ref().map(|autonomy| {
            let name = autonomy::name(autonomy.scheme, autonomy.level).unwrap_or("no level of it");
            format!("{} {}: {name}", autonomy.scheme, autonomy.level)
        }),
    );
    add("review by", gate.review_by.map(|day| day.to_string()));
    add("digest", Some(gate.digest()?.to_string()));
    Ok(rows)
}
