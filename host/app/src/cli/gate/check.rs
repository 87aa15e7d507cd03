//! `tollgate gate check`: what records lack, and what may therefore not happen.

use clap::Args;
use serde_json::{Value, json};
use tollgate_govern::score::{self, Thresholds};
use tollgate_govern::{checklist, completeness};
use tollgate_model::{Consequence, Gate, Missing, OversightEffect};

use crate::cli::{clock, gate, looking};
use crate::console::{self, BAD, DOUBT, GOOD, STRONG, paint};
use crate::exit::Exit;
use crate::gates;
use crate::recorded::Recorded;

/// Reads gates, and says what each lacks and what may not happen until it is there.
///
/// Ends with 1 where a record is incomplete, and with 2 where one cannot be read.
///
/// Examples: tollgate gate check
///           tollgate gate check welcome-email --json
#[derive(Args)]
pub(super) struct Check {
    /// Which gates; all, where none is named.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Write JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    recorded: Recorded,
}

impl Check {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        let named = self.names.iter().map(|name| gates::named(&project, name));
        let gates = match self.names.is_empty() {
            true => gates::all(&project.folder)?,
            false => named.collect::<anyhow::Result<_>>()?,
        };
        let (now_ms, thresholds) = (clock::now_ms()?, project.thresholds());
        let mut found = Vec::with_capacity(gates.len());
        for gate in &gates {
            let (state, _) = looking::state(&project, &self.recorded, gate, now_ms)?;
            let points = checklist::ready_to_delegate(gate, &state.now, now_ms);
            found.push((gate, lacks(gate, thresholds), points));
        }
        if self.json {
            let all = found.iter().map(|(gate, lacks, points)| as_json(gate, lacks, points));
            console::say(format!("{:#}", json!(all.collect::<Vec<_>>())));
        } else {
            for (one, lacks, points) in &found {
                tell(one, lacks, thresholds);
                points.iter().for_each(tell_point);
            }
        }
        let complete = found.iter().all(|(_, lacks, _)| lacks.is_empty());
        Ok(if complete { Exit::Pass } else { Exit::Fail })
    }
}

fn lacks(gate: &Gate, thresholds: Thresholds) -> Vec<Missing> {
    let mut missing = completeness::missing(gate, thresholds);
    for effect in [OversightEffect::Sampled, OversightEffect::ExceptionsOnly] {
        let more = completeness::missing_to_step_back(gate, effect).into_iter();
        missing.extend(more.filter(|one| !missing.contains(one)).collect::<Vec<_>>());
    }
    missing
}

fn tell(gate: &Gate, lacks: &[Missing], thresholds: Thresholds) {
    let weighed = score::of(&gate.score, thresholds);
    let sum = weighed.as_ref().map_or("no score yet".into(), |weighed| {
        format!("score {}, {}", weighed.counted, weighed.posture)
    });
    console::say(format!("{}  {sum}", paint(STRONG, &gate.name)));
    for warning in weighed.iter().flat_map(|weighed| score::warnings(weighed, gate.score.label)) {
        console::say(format!("  {} {warning}", paint(DOUBT, "warning:")));
    }
    for consequence in [Consequence::NothingAllowed, Consequence::EveryOutputHeld] {
        let of_it: Vec<_> = lacks.iter().filter(|one| one.consequence() == consequence).collect();
        if !of_it.is_empty() {
            console::say(format!("  {}, until there is", paint(BAD, consequence)));
            of_it.iter().for_each(|one| console::say(format!("    {one}")));
        }
    }
    if lacks.is_empty() {
        console::say(paint(GOOD, "  the record is complete"));
    }
    console::say("  ready to delegate");
}

fn tell_point(item: &checklist::Item) {
    let (style, mark) = if item.is_met() { (GOOD, "✓") } else { (DOUBT, "✗") };
    let lacks = match item.lacks.as_slice() {
        [] => String::new(),
        lacks => format!(": {}", console::harmless(&lacks.join("; "))),
    };
    console::say(format!("    {} {}{lacks}", paint(style, mark), item.point.sentence()));
}

fn as_json(gate: &Gate, lacks: &[Missing], points: &[checklist::Item]) -> Value {
    let points = points.iter().map(
        |item| json!({"point": item.point.sentence(), "met": item.is_met(), "lacks": item.lacks}),
    );
    let lacks = lacks.iter().map(|one| {
        json!({
            "key": one.key(), "meaning": one.meaning(),
            "until-then": one.consequence().to_string(),
        })
    });
    json!({
        "gate": gate.name,
        "complete": lacks.len() == 0,
        "missing": lacks.collect::<Vec<_>>(),
        "ready-to-delegate": points.collect::<Vec<_>>(),
    })
}
