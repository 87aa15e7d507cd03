//! Projections: for any events they are what rebuilding them from the events gives.

use proptest::prelude::*;
use tollgate_model::Digest;

use super::OpenLedger;
use super::fixtures::{TestLedger, batch_line, entry, gate};
use super::generators::{any_event, runner};
use crate::{EventQuery, LedgerEntry, LedgerReader, PageCursor, QueueKind, QueueQuery, RunQuery};

const CASES: u32 = 60;
const LIMIT: u32 = 1_000;

pub fn rebuilt_projections_equal_the_stored_ones(open: OpenLedger<'_>) {
    let group = (prop::collection::vec(any_event(), 1..4), prop::option::of(0..9_u64));
    let groups = prop::collection::vec(group, 1..25);
    let open = std::cell::RefCell::new(open);
    let result = runner(CASES).run(&groups, |groups| {
        let world = TestLedger::new(&mut **open.borrow_mut());
        for (at_ms, (kinds, keep_until_ms)) in groups.into_iter().enumerate() {
            // Not in order, because the clocks of hosts differ.
            let at_ms = (at_ms as u64) ^ 3;
            let entries = kinds
                .into_iter()
                .map(|kind| LedgerEntry { keep_until_ms, ..entry(at_ms, kind) })
                .collect::<Vec<_>>();
            // A batch line that is already recorded is refused with its whole group.
            let _ = world.ledger.append_blocking(entries.into());
        }
        world.assert_sound();
        let before = describe_ledger(&*world.reader());
        world.ledger.rebuild().unwrap();
        prop_assert_eq!(describe_ledger(&*world.reader()), before);
        world.assert_sound();
        Ok(())
    });
    result.unwrap();
}

/// Returns everything that can be read of a ledger with one gate.
fn describe_ledger(reader: &dyn LedgerReader) -> Vec<String> {
    let page = PageCursor::After(0);
    let events = reader.events(&EventQuery { gate: None, kind: None, page, limit: LIMIT }).unwrap();
    let runs = reader.runs(&RunQuery { gate: None, ruling: None, page, limit: LIMIT }).unwrap();
    let queue =
        |kind| reader.queue(&QueueQuery { gate: None, kind, after: 0, limit: LIMIT }).unwrap();
    let queued = runs.iter().map(|run| reader.queued_run(run.run).unwrap());
    let histories = runs.iter().map(|run| reader.history(run.run).unwrap().len());
    let release = Digest::of("release");
    let line = |key: u8| {
        let line = batch_line("batch", &key.to_string());
        reader.batch_line(&gate(), &line, release).unwrap()
    };
    let contents = events.iter().flat_map(|event| &event.contents);
    let erasures: Vec<_> =
        contents.map(|content| reader.erasure_of(content.digest).unwrap()).collect();
    let name = Digest::of("0");
    vec![
        format!("{:?}", queued.collect::<Vec<_>>()),
        format!("{:?}", histories.collect::<Vec<_>>()),
        format!("{:?}", [queue(QueueKind::Review), queue(QueueKind::Audit)]),
        format!("{:?}", (0..4).map(line).collect::<Vec<_>>()),
        format!("{:?}", (erasures, reader.erasure_of(name), reader.expired_contents(9, LIMIT))),
        format!("{:?}", (reader.gate_version(&gate()), reader.oldest_hold_ms(&gate()))),
        format!("{:?}", (reader.level(&gate()), reader.review_cycles(&gate()))),
        format!("{:?}", (reader.level_incidents(&gate()), reader.figures(&gate()))),
        format!("{:?}", (reader.counts(&gate(), 0, u64::MAX), reader.campaigns(&gate()))),
        format!("{:?}", (reader.releases(&gate()), reader.gates(), reader.head())),
        format!("{events:?}"),
        format!("{runs:?}"),
    ]
}
