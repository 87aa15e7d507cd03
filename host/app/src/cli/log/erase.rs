//! `tollgate log erase`: erases contents. Their digests and events stay, so the ledger still verifies.

use std::collections::{BTreeMap, BTreeSet};
use tollgate::lookup;

use anyhow::bail;
use clap::Args;
use tollgate_ledger::{
    Ledger, LedgerEntry, LedgerReader, QueueKind, QueueQuery, QueuedRun, StoredEvent,
};
use tollgate_model::{Digest, ErasureEvent, Event, EventKind, GateName, NonBlankString};

use super::missing_content::{is_details, is_output};
use crate::cli::clock;
use crate::console;
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;

/// Maximum number of contents erased by one event, so that the event stays readable.
const CONTENTS_MAX: usize = 1000;

/// Erases the output and the details of a run, or all contents whose retention has expired.
///
/// The digests stay, so the ledger still verifies. A run that is still held cannot be erased: it has to be
/// reviewed first.
///
/// Examples: tollgate log erase --expired --by "Dana Hill" --reason "the gate keeps 90 days"
///           tollgate log erase --run 3fe52a7f50bd --by "Dana Hill" --reason "a customer asked for it"
#[derive(Args)]
pub(super) struct EraseCommand {
    /// Run digest, or an unambiguous prefix of it.
    #[arg(
        long,
        value_name = "RUN",
        required_unless_present = "expired",
        conflicts_with = "expired"
    )]
    run: Option<String>,
    /// All contents whose retention has expired.
    #[arg(long)]
    expired: bool,
    /// Person responsible for the erasure.
    #[arg(long, value_name = "NAME")]
    by: NonBlankString,
    /// Reason, recorded with the erasure.
    #[arg(long, value_name = "TEXT")]
    reason: NonBlankString,
    #[command(flatten)]
    ledger: LedgerArgs,
}

/// Contents to erase, by the gate that their erasure event is recorded for.
type ContentsByGate = BTreeMap<GateName, Vec<Digest>>;

impl EraseCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        let view = self.ledger.view(&project)?;
        let now_ms = clock::now_ms()?;
        let to_erase = match &self.run {
            Some(run) => contents_of_run(&view, run)?,
            None => expired_contents(&view, now_ms)?,
        };
        let count: usize = to_erase.values().map(Vec::len).sum();
        if count == 0 {
            console::print("there is nothing to erase");
            return Ok(Exit::Pass);
        }
        let ledger = self.ledger.open(&project)?;
        self.erase(&*ledger, to_erase, now_ms)?;
        ledger.close();
        console::print(format!("{count} contents were erased; their digests stay recorded"));
        Ok(Exit::Pass)
    }

    fn erase(
        &self,
        ledger: &dyn Ledger,
        to_erase: ContentsByGate,
        at_ms: u64,
    ) -> anyhow::Result<()> {
        for (gate, digests) in to_erase {
            for contents in digests.chunks(CONTENTS_MAX) {
                let (by, reason) = (self.by.clone(), self.reason.clone());
                let what =
                    EventKind::Erasure(ErasureEvent { contents: contents.to_vec(), by, reason });
                let event = Event { at_ms, gate: gate.clone(), kind: what };
                ledger.append_blocking(LedgerEntry::new(event).into())?;
            }
        }
        Ok(())
    }
}

/// Returns the output and details of a run that are still stored. Fails if the run, or another run with the same
/// output, is still held.
fn contents_of_run(view: &dyn LedgerReader, run_prefix: &str) -> anyhow::Result<ContentsByGate> {
    let row = lookup::find_run(view, run_prefix)?;
    let contents = erasable_contents(&judging_events(view, row.run)?);
    for held in held_runs(view)? {
        let shares_content =
            !erasable_contents(&judging_events(view, held.run)?).is_disjoint(&contents);
        let name = lookup::short_digest(&held.run);
        if held.run == row.run {
            bail!("run {name} is still held: review it first, then erase it");
        }
        if shares_content {
            bail!(
                "run {name} has the same output and is still held: review it first, then erase \
                 both"
            );
        }
    }
    let stored = contents.into_iter().filter_map(|digest| match view.content(digest) {
        Ok(bytes) => bytes.map(|_| Ok(digest)),
        Err(error) => Some(Err(error)),
    });
    let stored = stored.collect::<Result<Vec<_>, _>>()?;
    Ok(BTreeMap::from([(row.gate, stored)]))
}

/// Returns all contents whose retention has expired, except those of runs that are still held.
fn expired_contents(view: &dyn LedgerReader, now_ms: u64) -> anyhow::Result<ContentsByGate> {
    let mut needed = BTreeSet::new();
    for held in held_runs(view)? {
        needed.extend(judging_events(view, held.run)?.iter().flat_map(content_digests));
    }
    let (mut to_erase, mut skipped) = (ContentsByGate::new(), 0);
    for (digest, gate) in view.expired_contents(now_ms, u32::MAX)? {
        if needed.contains(&digest) {
            skipped += 1;
        } else {
            to_erase.entry(gate).or_default().push(digest);
        }
    }
    if skipped > 0 {
        console::warn(format!(
            "{skipped} contents are kept although their retention has expired: they belong to runs that are still held"
        ));
    }
    Ok(to_erase)
}

/// Returns the events in which the run itself was judged, without those of runs edited from it.
fn judging_events(view: &dyn LedgerReader, run: Digest) -> anyhow::Result<Vec<StoredEvent>> {
    let mut history = view.history(run)?;
    history
        .retain(|event| matches!(&event.event.kind, EventKind::Run(judged) if judged.run == run));
    Ok(history)
}

fn erasable_contents(events: &[StoredEvent]) -> BTreeSet<Digest> {
    let attachments = events.iter().flat_map(|event| &event.contents);
    attachments
        .filter(|attachment| is_output(attachment.kind) || is_details(attachment.kind))
        .map(|attachment| attachment.digest)
        .collect()
}

fn content_digests(event: &StoredEvent) -> impl Iterator<Item = Digest> + '_ {
    event.contents.iter().map(|attachment| attachment.digest)
}

/// Returns all runs that wait for a review.
fn held_runs(view: &dyn LedgerReader) -> anyhow::Result<Vec<QueuedRun>> {
    let kind = QueueKind::Review;
    Ok(view.queue(&QueueQuery { gate: None, kind, after: 0, limit: u32::MAX })?)
}
