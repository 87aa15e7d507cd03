//! `tollgate risk`: all gates on one map.

use clap::Args;
use tollgate_govern::risk::{self, RiskMap};

use super::{clock, gate, looking};
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, harmless, paint};
use crate::exit::Exit;
use crate::gates;
use crate::recorded::Recorded;

/// Shows who reaches what, which data is where, what is missing, and what to fix first, over all
/// gates of the project, with what has happened at them.
///
/// Example: tollgate risk --json
#[derive(Args)]
pub(super) struct Risk {
    /// Write JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    recorded: Recorded,
}

impl Risk {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        let gates = gates::all(&project.folder)?;
        let now_ms = clock::now_ms()?;
        let mut states = Vec::with_capacity(gates.len());
        for gate in &gates {
            states.push(looking::state(&project, &self.recorded, gate, now_ms)?.0.now);
        }
        let known: Vec<_> = gates.iter().zip(&states).collect();
        let map = risk::map(&known, now_ms);
        if self.json {
            console::say(serde_json::to_string_pretty(&map)?);
        } else {
            tell(&map);
        }
        Ok(Exit::Pass)
    }
}

fn tell(map: &RiskMap) {
    console::say(paint(STRONG, "gates"));
    for gate in &map.gates {
        let risk = gate.risk.map_or("risk unknown".into(), |risk| format!("{risk} risk"));
        let score = gate.score.map_or("no score".into(), |score| format!("score {score}"));
        let missing = match gate.missing.len() {
            0 => paint(GOOD, "complete"),
            count => paint(BAD, format!("lacks {count}")),
        };
        let (name, oversight) = (&gate.gate, gate.oversight);
        console::say(format!("  {name}  {risk}, {score}, {oversight}, {missing}"));
        if let Some(day) = gate.overdue_since {
            console::say(format!(
                "    {}",
                paint(BAD, format!("should have been reviewed by {day}"))
            ));
        }
        if let Some(day) = gate.review_overdue_since {
            console::say(format!(
                "    {}",
                paint(BAD, format!("an output should have been reviewed by {day}"))
            ));
        }
    }
    console::say(paint(STRONG, "systems"));
    for (system, verbs) in &map.access {
        console::say(format!("  {}", harmless(system)));
        for (verb, reaches) in verbs {
            for reach in reaches {
                let what = harmless(&reach.what);
                console::say(format!(
                    "    {:8} {what}  {}",
                    verb.to_string(),
                    paint(QUIET, &reach.gate)
                ));
            }
        }
    }
    console::say(paint(STRONG, "data"));
    for (class, uses) in &map.data {
        for one in uses {
            let open = [one.unanswered.as_slice(), &one.exposed].concat();
            let open =
                if open.is_empty() { String::new() } else { format!(": {}", open.join(", ")) };
            let line = format!("  {}  {}{}", harmless(class), one.gate, paint(DOUBT, open));
            console::say(line);
        }
    }
    console::say(paint(STRONG, "to fix first"));
    for fix in &map.to_fix {
        console::say(format!("  {}  {}", paint(QUIET, &fix.gate), harmless(&fix.what)));
    }
    if map.to_fix.is_empty() {
        console::say(paint(GOOD, "  nothing"));
    }
}
