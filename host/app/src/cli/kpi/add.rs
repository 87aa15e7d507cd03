//! `tollgate kpi add`: figures come in.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use tollgate_govern::performance;
use tollgate_ledger::Entry;
use tollgate_model::{Event, Figure, Gate, GateName, KpiFigure, What, Words};

use super::shape::{Else, Figures, Known, moment};
use crate::cli::{clock, gate, looking};
use crate::console::{self, BAD, DOUBT, GOOD, harmless, paint};
use crate::exit::Exit;
use crate::recorded::Recorded;
use crate::who::who;
use crate::{files, gates};

/// Records figures of gates: what they are measured by, as it is measured elsewhere.
///
/// A program hands in JSON: {"figures": [{"gate": "welcome-email", "kpi": "open-rate", "value": 0.41, "at":
/// "2026-03-31T09:30:00Z", "source": "the mailer's report"}]}. `gate`, `at` and `source` may be said here
/// instead. All of them are recorded, or none.
///
/// Examples: tollgate kpi add --gate welcome-email open-rate=0.41 complaints-per-thousand=0.2
///           mailer-report | tollgate kpi add --gate welcome-email --json -
#[derive(Args)]
pub(super) struct Add {
    /// Which gate.
    #[arg(long, value_name = "NAME", required_unless_present = "json")]
    gate: Option<GateName>,
    /// The figures.
    #[arg(value_name = "NAME=VALUE", value_parser = figure, required_unless_present = "json")]
    figures: Vec<(Words, Figure)>,
    /// A file of figures; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "figures")]
    json: Option<PathBuf>,
    /// Where they come from [default: whoever runs the tool].
    #[arg(long, value_name = "TEXT")]
    source: Option<Words>,
    /// Of when they are: a day, a moment in UTC, or so long ago [default: now].
    #[arg(long, value_name = "DAY|MOMENT")]
    at: Option<String>,
    #[command(flatten)]
    recorded: Recorded,
}

impl Add {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        let now_ms = clock::now_ms()?;
        let known = self.known(now_ms)?;
        let names: BTreeSet<_> = known.iter().map(|one| one.gate.clone()).collect();
        let gates = names.iter().map(|name| gates::named(&project, name.as_str()));
        let gates: Vec<_> = gates.collect::<anyhow::Result<_>>()?;
        let entries = known.iter().map(entry).collect();
        let ledger = self.recorded.open(&project)?;
        let recorded = ledger.append_blocking(entries);
        ledger.close();
        recorded?;
        for gate in &gates {
            known.iter().filter(|one| one.gate == gate.name).for_each(|one| tell(gate, one));
            looking::state(&project, &self.recorded, gate, now_ms)?;
        }
        Ok(Exit::Pass)
    }

    fn known(&self, now_ms: u64) -> anyhow::Result<Vec<Known>> {
        let source = match &self.source {
            Some(source) => source.clone(),
            None => who().as_str().parse()?,
        };
        let at_ms = self.at.as_deref().map(|at| moment(at, now_ms)).transpose()?.unwrap_or(now_ms);
        if let Some(path) = &self.json {
            let otherwise = Else { gate: self.gate.clone(), source, at_ms, now_ms };
            let known = read(path)?.known(&otherwise)?;
            if known.is_empty() {
                bail!("`{}` has no figure in it", path.display());
            }
            return Ok(known);
        }
        let gate = self.gate.as_ref().context("nothing says which gate: `--gate NAME`")?;
        let known = |(kpi, value): &(Words, Figure)| Known {
            gate: gate.clone(),
            at_ms,
            figure: KpiFigure { kpi: kpi.clone(), value: *value, source: source.clone() },
        };
        Ok(self.figures.iter().map(known).collect())
    }
}

fn read(path: &Path) -> anyhow::Result<Figures> {
    let text = files::read_text_or_stdin(path)?;
    let unfit =
        || format!("`{}` has no figures as `tollgate kpi add --help` shows", path.display());
    serde_json::from_str(&text).with_context(unfit)
}

fn entry(known: &Known) -> Entry {
    let (at_ms, gate) = (known.at_ms, known.gate.clone());
    Entry::of(Event { at_ms, gate, what: What::Kpi(known.figure.clone()) })
}

fn tell(gate: &Gate, known: &Known) {
    let KpiFigure { kpi, value, .. } = &known.figure;
    let threshold = gate.performance.iter().find(|threshold| threshold.kpi == *kpi);
    let limit = threshold.map(|threshold| performance::limit_broken(threshold, *value));
    let told = match limit {
        None => paint(DOUBT, "recorded; the gate has no threshold for it"),
        Some(None) => paint(GOOD, "keeps to its threshold"),
        Some(Some(limit)) => paint(BAD, format!("breaks its threshold of {limit}")),
    };
    console::say(format!("{}  {} {value}  {told}", gate.name, harmless(kpi.as_str())));
}

fn figure(text: &str) -> Result<(Words, Figure), String> {
    let unfit = || format!("`{text}` should be a figure's name, `=`, and a number");
    let (kpi, value) = text.split_once('=').ok_or_else(unfit)?;
    let value = value.trim().parse::<f64>().ok().and_then(Figure::of).ok_or_else(unfit)?;
    Ok((kpi.parse().map_err(|_| unfit())?, value))
}
