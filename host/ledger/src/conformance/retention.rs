//! Contents: their retention, and erasing them without breaking the chain.

use tollgate_model::{Digest, ErasureEvent, EventKind, RetainedContent, Ruling};

use super::OpenLedger;
use super::fixtures::{TestLedger, entry, run};
use crate::{Attachment, AttachmentKind, LedgerEntry};

pub fn erasure(contents: Vec<Digest>) -> EventKind {
    let (by, reason) = ("retention".parse().unwrap(), "its time is over".parse().unwrap());
    EventKind::Erasure(ErasureEvent { contents, by, reason })
}

pub fn held_run(until_ms: Option<u64>, name: &str) -> LedgerEntry {
    LedgerEntry { keep_until_ms: until_ms, ..entry(1, run(name, Ruling::Hold)) }
}

pub fn erasing_removes_contents_and_keeps_the_chain_sound(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    world.ledger.append_blocking(held_run(Some(100), "Robin Unforgotten").into()).unwrap();
    assert_eq!(world.reader().expired_contents(99, 10).unwrap(), []);
    let expired = world.reader().expired_contents(100, 10).unwrap();
    assert_eq!(expired.len(), 2, "the output and the details");
    world.append(101, erasure(expired.into_iter().map(|(digest, _)| digest).collect()));
    let back = world.reader().history(Digest::of("Robin Unforgotten")).unwrap();
    let EventKind::Run(run) = &back[0].event.kind else { panic!("no run") };
    assert_eq!(
        (&run.content, run.checks.len(), back[0].erased.len()),
        (&RetainedContent::Erased, 0, 2)
    );
    assert_eq!(world.reader().expired_contents(200, 10).unwrap(), []);
    let erased_in = |digest| world.reader().erasure_of(digest).unwrap();
    assert_eq!((erased_in(back[0].erased[0]), erased_in(Digest::of("never"))), (Some(2), None));
    world.assert_sound();
}

pub fn shared_contents_are_kept_until_the_later_date(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    let enclosed =
        vec![Attachment { kind: AttachmentKind::Prompt, bytes: b"Write a welcome.".to_vec() }];
    let prompt = Digest::of("Write a welcome.");
    for (until_ms, name) in [(Some(100), "one"), (Some(300), "two"), (Some(200), "three")] {
        let entry = LedgerEntry { attachments: enclosed.clone(), ..held_run(until_ms, name) };
        world.ledger.append_blocking(entry.into()).unwrap();
    }
    let expired = |now_ms| {
        let expired = world.reader().expired_contents(now_ms, 10).unwrap();
        expired.into_iter().any(|(digest, _)| digest == prompt)
    };
    assert_eq!([expired(299), expired(300)], [false, true]);
    assert_eq!(world.reader().content(prompt).unwrap().unwrap(), b"Write a welcome.");
    world.append(2, erasure(vec![prompt]));
    assert_eq!(world.reader().content(prompt).unwrap(), None);
    world.assert_sound();
    let again = LedgerEntry { attachments: enclosed, ..held_run(None, "four") };
    world.ledger.append_blocking(again.into()).unwrap();
    assert!(world.reader().content(prompt).unwrap().is_some());
    assert!(!expired(u64::MAX));
    world.assert_sound();
    world.ledger.rebuild().unwrap();
    assert!(world.reader().content(prompt).unwrap().is_some());
    world.assert_sound();
}
