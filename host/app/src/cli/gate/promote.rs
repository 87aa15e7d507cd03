//! `tollgate gate promote`: what a gate's record is good for, and a person who accepts it.

use std::io::{BufRead, IsTerminal, Write};

use clap::Args;
use tollgate_govern::autonomy::{self, REVIEWED_CYCLES_MIN};
use tollgate_govern::track::{self, NotYet, PROMISED_DAYS, Proposal, TrackRecord};
use tollgate_model::{Gate, Person};

use crate::cli::{clock, gate, looking};
use crate::console::{self, BAD, GOOD, QUIET, STRONG, harmless, paint};
use crate::exit::Exit;
use crate::gates;
use crate::recorded::Recorded;
use crate::run::{self, level};

/// Shows the promotion that a gate's record is good for, or everything that stands against it. A person
/// accepts it with `--by`: one level, and never the author of the gate.
///
/// Ends with 1 where something stands against it.
///
/// Examples: tollgate gate promote welcome-email
///           tollgate gate promote welcome-email --by "Sam Reed"
#[derive(Args)]
pub(super) struct Promote {
    /// Which gate.
    name: String,
    /// Who accepts it.
    #[arg(long, value_name = "NAME")]
    by: Option<Person>,
    /// Do not ask again.
    #[arg(long, requires = "by")]
    yes: bool,
    #[command(flatten)]
    recorded: Recorded,
}

impl Promote {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        let gate = gates::named(&project, &self.name)?;
        let view = self.recorded.view(&project)?;
        let now_ms = clock::now_ms()?;
        let state = looking::look(&view, &project, &self.recorded, &gate, now_ms)?;
        let record = run::track(&view, &gate)?;
        let proposed = track::propose(&gate, &state.now, record, now_ms);
        let accepted = match (&proposed, &self.by) {
            (Ok(proposal), Some(by)) => {
                proposal.accept(&gate, by).map(Some).map_err(|not| vec![not])
            }
            (Ok(_), None) => Ok(None),
            (Err(against), _) => Err(against.clone()),
        };
        if let Ok(proposal) = &proposed {
            tell(&gate, proposal);
        }
        tell_pace(&gate, &record);
        let change = match accepted {
            Err(against) => return Ok(refused(&gate, &against)),
            Ok(None) => {
                let how =
                    format!("a person accepts it: `tollgate gate promote {} --by NAME`", gate.name);
                console::say(paint(QUIET, how));
                return Ok(Exit::Pass);
            }
            Ok(Some(change)) => change,
        };
        if !self.yes && !agreed()? {
            console::say("nothing is recorded");
            return Ok(Exit::Fail);
        }
        let (from, to) = (change.from, change.to);
        let ledger = self.recorded.open(&project)?;
        let recorded = ledger.append_blocking(vec![level::moved(&gate, change, now_ms)]);
        ledger.close();
        recorded?;
        let by = self.by.map(|by| by.to_string()).unwrap_or_default();
        console::say(format!(
            "{}  gate `{}` went from level {from} to level {to}, accepted by {}",
            paint(GOOD, "promoted"),
            gate.name,
            harmless(&by)
        ));
        Ok(Exit::Pass)
    }
}

/// Asks once more, where somebody is there to answer. A name on the command line is an answer already.
fn agreed() -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(true);
    }
    let mut out = anstream::stdout();
    write!(out, "accept it? [y/N] ")?;
    out.flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn tell(gate: &Gate, proposal: &Proposal) {
    let Proposal { scheme, from, to, effect, .. } = proposal;
    let name = autonomy::name(*scheme, *to).unwrap_or("no level of it");
    console::say(format!(
        "{}  from level {from} to level {to} of {scheme}: {name}",
        paint(STRONG, &gate.name)
    ));
    if let Some(effect) = effect {
        console::say(format!("  what it means    {effect}"));
    }
}

/// What the record of reviews is, what was promised, and what it takes at this pace.
fn tell_pace(gate: &Gate, record: &TrackRecord) {
    for (key, value) in rows(gate, record) {
        console::say(format!("  {} {value}", paint(QUIET, format!("{key:16}"))));
    }
}

/// The record of reviews, as people read it.
pub(super) fn rows(gate: &Gate, record: &TrackRecord) -> Vec<(&'static str, String)> {
    let promotion = gate.autonomy.as_ref().and_then(|autonomy| autonomy.promotion.as_ref());
    let cycles = promotion.map_or(REVIEWED_CYCLES_MIN, |promotion| promotion.reviewed_cycles);
    let cycles = cycles.max(REVIEWED_CYCLES_MIN);
    let rate_wanted =
        promotion.map(|one| format!(", and it takes {}", percent(one.approval_rate.number())));
    let TrackRecord { approved, edited, rejected, .. } = *record;
    let (reviewed, rate) = (record.reviewed(), record.approval_rate());
    let rate = if reviewed == 0 { "none yet".into() } else { percent(rate.number()) };
    let pace = match record.days_for(cycles) {
        Some(days) => format!("{days} days at the pace so far"),
        None => "no pace is known yet".into(),
    };
    vec![
        ("reviewed", format!("{reviewed} of {cycles} outputs at this level")),
        ("as they were", format!("{approved} ({rate}){}", rate_wanted.unwrap_or_default())),
        ("otherwise", format!("{edited} edited, {rejected} rejected")),
        ("time", format!("{cycles} cycles are promised within {PROMISED_DAYS} days; {pace}")),
    ]
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn refused(gate: &Gate, against: &[NotYet]) -> Exit {
    console::say(format!("{}  gate `{}` stays where it is", paint(BAD, "not yet"), gate.name));
    for one in against {
        console::say(format!("  {}", harmless(&one.to_string()).replace('\n', " ")));
    }
    Exit::Fail
}
