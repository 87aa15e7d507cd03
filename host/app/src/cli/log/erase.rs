//! `tollgate log erase`: contents go, and that they were there stays.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;
use clap::Args;
use tollgate_ledger::{Entry, Ledger, Recorded as Event, View, Waiting, WaitingFor, WaitingWanted};
use tollgate_model::{Digest, Erasure, Event as Happens, GateName, What, Words};

use super::kept::{is_details, is_output};
use crate::cli::{clock, gate};
use crate::console;
use crate::exit::Exit;
use crate::recorded::{self, Recorded};

/// How many contents one event erases: it stays an event that people can read.
const CONTENTS_MAX: usize = 1000;

/// Erases the output of a run with what was said of it, or everything whose time is over.
///
/// The digests stay, and the ledger stays sound. A run that is still held is not erased: somebody has to decide
/// about it first.
///
/// Examples: tollgate log erase --expired --by "Dana Hill" --reason "the gate keeps 90 days"
///           tollgate log erase --run 3fe52a7f50bd --by "Dana Hill" --reason "a customer asked for it"
#[derive(Args)]
pub(super) struct Erase {
    /// The run.
    #[arg(
        long,
        value_name = "RUN",
        required_unless_present = "expired",
        conflicts_with = "expired"
    )]
    run: Option<String>,
    /// Whatever was to be kept for a time, and that is over.
    #[arg(long)]
    expired: bool,
    /// Who says so.
    #[arg(long, value_name = "NAME")]
    by: Words,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: Words,
    #[command(flatten)]
    recorded: Recorded,
}

/// What is to go, by the gate that the event is recorded at.
type ToErase = BTreeMap<GateName, Vec<Digest>>;

impl Erase {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        let view = self.recorded.view(&project)?;
        let now_ms = clock::now_ms()?;
        let to_erase = match &self.run {
            Some(run) => of_run(&view, run)?,
            None => expired(&view, now_ms)?,
        };
        let count: usize = to_erase.values().map(Vec::len).sum();
        if count == 0 {
            console::say("nothing is there to erase");
            return Ok(Exit::Pass);
        }
        let ledger = self.recorded.open(&project)?;
        self.erase(&ledger, to_erase, now_ms)?;
        ledger.close();
        console::say(format!("{count} contents were erased; that they were there stays recorded"));
        Ok(Exit::Pass)
    }

    fn erase(&self, ledger: &Ledger, to_erase: ToErase, at_ms: u64) -> anyhow::Result<()> {
        for (gate, digests) in to_erase {
            for contents in digests.chunks(CONTENTS_MAX) {
                let (by, reason) = (self.by.clone(), self.reason.clone());
                let what = What::Erasure(Erasure { contents: contents.to_vec(), by, reason });
                let event = Happens { at_ms, gate: gate.clone(), what };
                ledger.append_blocking(vec![Entry::of(event)])?;
            }
        }
        Ok(())
    }
}

/// The output of a run and what was said of it, unless somebody still has to decide about it.
fn of_run(view: &View, named: &str) -> anyhow::Result<ToErase> {
    let row = recorded::run_named(view, named)?;
    let wanted = of_events(&own(view, row.run)?);
    for held in holds(view)? {
        let shares = !of_events(&own(view, held.run)?).is_disjoint(&wanted);
        let name = recorded::short(&held.run);
        if held.run == row.run {
            bail!("run {name} is still held: review it first, and erase it then");
        }
        if shares {
            bail!(
                "run {name} has the same output, and is still held: review it first, and erase \
                 both then"
            );
        }
    }
    let there = wanted.into_iter().filter_map(|digest| match view.content(digest) {
        Ok(bytes) => bytes.map(|_| Ok(digest)),
        Err(error) => Some(Err(error)),
    });
    let there = there.collect::<Result<Vec<_>, _>>()?;
    Ok(BTreeMap::from([(row.gate, there)]))
}

/// Everything whose time is over, but for what belongs to runs that are still held.
fn expired(view: &View, now_ms: u64) -> anyhow::Result<ToErase> {
    let mut needed = BTreeSet::new();
    for held in holds(view)? {
        needed.extend(own(view, held.run)?.iter().flat_map(all_of));
    }
    let (mut to_erase, mut skipped) = (ToErase::new(), 0);
    for (digest, gate) in view.expired(now_ms, u32::MAX)? {
        if needed.contains(&digest) {
            skipped += 1;
        } else {
            to_erase.entry(gate).or_default().push(digest);
        }
    }
    if skipped > 0 {
        console::warn(format!(
            "{skipped} contents stay although their time is over: they belong to runs that are still held"
        ));
    }
    Ok(to_erase)
}

/// The events in which a run itself was judged.
fn own(view: &View, run: Digest) -> anyhow::Result<Vec<Event>> {
    let mut history = view.history(run)?;
    history.retain(|event| matches!(&event.event.what, What::Run(judged) if judged.run == run));
    Ok(history)
}

fn of_events(events: &[Event]) -> BTreeSet<Digest> {
    let held = events.iter().flat_map(|event| &event.contents);
    held.filter(|held| is_output(held.part) || is_details(held.part))
        .map(|held| held.digest)
        .collect()
}

fn all_of(event: &Event) -> impl Iterator<Item = Digest> + '_ {
    event.contents.iter().map(|held| held.digest)
}

/// Every run that waits for somebody to decide about it.
fn holds(view: &View) -> anyhow::Result<Vec<Waiting>> {
    let waiting_for = WaitingFor::Review;
    Ok(view.queue(&WaitingWanted { gate: None, waiting_for, after: 0, limit: u32::MAX })?)
}
