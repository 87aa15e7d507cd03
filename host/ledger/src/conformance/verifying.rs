//! Checkpoints and exports, through which somebody else can verify a ledger.

use tollgate_model::{Digest, EventKind, Figure, KpiEvent, Ruling};

use super::OpenLedger;
use super::fixtures::{TestLedger, claim, run};
use crate::{
    CLOCK_SKEW_MS_MAX, ChangedField, Checkpoint, ExportError, FORMAT, LedgerFault, verify_export,
};

/// Makes a signature that depends on a secret.
pub fn sign(message: &[u8]) -> Vec<u8> {
    Digest::of([b"a secret", message].concat()).as_bytes().to_vec()
}

pub fn trusts(checkpoint: &Checkpoint, message: &[u8]) -> bool {
    checkpoint.key == "a key" && checkpoint.signature == sign(message)
}

/// Appends ten runs, of which the fifth is claimed instead of judged.
pub fn append_ten_events(world: &TestLedger) {
    for at in 0..10 {
        let kind =
            if at == 4 { claim("1", "Kim Osei", 9) } else { run(&at.to_string(), Ruling::Hold) };
        world.append(at, kind);
    }
}

/// Clocks of writers differ, which is no fault. The report says it, because times in the ledger are believed.
pub fn tells_where_the_clock_went_back(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    let hour_ms = 60 * CLOCK_SKEW_MS_MAX;
    let jumps = || {
        let verified = world.reader().verify(&[], &trusts).unwrap();
        assert!(verified.is_sound(), "{verified:?}");
        (verified.clock_jumps, verified.first_clock_jump)
    };
    world.append(hour_ms, run("one", Ruling::Hold));
    world.append(hour_ms - CLOCK_SKEW_MS_MAX, run("two", Ruling::Hold));
    let (kpi, source) = ("open-rate".parse().unwrap(), "crm".parse().unwrap());
    let figure = KpiEvent { kpi, value: Figure::new(0.5).unwrap(), source };
    world.append(5, EventKind::Kpi(figure));
    assert_eq!(jumps(), (0, None), "a figure has the time of its measurement");
    world.append(2 * hour_ms, run("from a fast clock", Ruling::Hold));
    world.append(hour_ms, run("three", Ruling::Hold));
    world.append(hour_ms, run("four", Ruling::Hold));
    assert_eq!(jumps(), (1, Some(5)));
}

pub fn an_empty_ledger_has_nothing_to_sign(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    assert_eq!(world.ledger.checkpoint(5, "a key", &sign).unwrap(), None);
    assert_eq!(world.reader().checkpoints().unwrap(), []);
}

pub fn checkpoints_are_stored_and_verified(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    append_ten_events(&world);
    let first = world.ledger.checkpoint(5, "a key", &sign).unwrap().unwrap();
    world.append(6, run("later", Ruling::Hold));
    let second = world.ledger.checkpoint(7, "a key", &sign).unwrap().unwrap();
    assert_eq!((first.seq, second.seq, second.at_ms), (10, 11, 7));
    assert_eq!(Some((second.seq, second.hash)), world.reader().head().unwrap());
    let reader = world.reader();
    assert_eq!(reader.checkpoints().unwrap(), [first.clone(), second]);
    let verified = reader.verify(&[], &trusts).unwrap();
    assert_eq!((verified.events, verified.checkpoints, verified.is_sound()), (11, 2, true));
    let forged = Checkpoint { signature: vec![1], ..first };
    let faults = reader.verify(&[forged], &trusts).unwrap().faults;
    assert_eq!(faults, [LedgerFault::UntrustedCheckpoint { seq: 10, key: "a key".into() }]);
}

pub fn verifies_an_export_without_the_database(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    append_ten_events(&world);
    let kept = world.ledger.checkpoint(5, "a key", &sign).unwrap().unwrap();
    let mut lines = Vec::new();
    assert_eq!(world.reader().export(0, &mut lines).unwrap(), 10);
    let text = String::from_utf8(lines).unwrap();
    let verify = |text: &str| verify_export(text.as_bytes(), std::slice::from_ref(&kept), trusts);
    let sound = verify(&text).unwrap();
    assert_eq!((sound.events, sound.checkpoints, sound.is_sound()), (10, 1, true));
    let lines: Vec<&str> = text.lines().collect();
    let cut = lines[..9].join("\n");
    assert_eq!(verify(&cut).unwrap().faults, [LedgerFault::Truncated { last: 8, signed: 10 }]);
    let missing = [&lines[..4], &lines[5..]].concat().join("\n");
    assert_eq!(verify(&missing).unwrap().faults, [LedgerFault::Missing { from: 4, to: 4 }]);
    let changed = text.replacen("Kim Osei", "Lee Park", 1);
    let faults = verify(&changed).unwrap().faults;
    assert!(
        matches!(faults[..], [LedgerFault::Changed { seq: 5, field: ChangedField::Other, .. }]),
        "{faults:?}"
    );
    let broken = verify(&format!("{text}{{\n")).unwrap();
    assert!(matches!(broken.faults[..], [LedgerFault::Unreadable { after: 10, .. }]));
    assert!(matches!(verify(""), Err(ExportError::NotAnExport(_))));
    let former = text.replacen(&format!("\"format\":{FORMAT}"), "\"format\":1", 1);
    assert!(matches!(verify(&former), Err(ExportError::OtherFormat { found: 1 })));
    let mut tail = Vec::new();
    world.reader().export(7, &mut tail).unwrap();
    assert!(verify_export(&tail[..], std::slice::from_ref(&kept), trusts).unwrap().is_sound());
    let written = serde_json::to_string(&kept).unwrap();
    assert!(
        written.ends_with(&format!(
            "\"signature\":\"{}\"}}",
            Digest::from_bytes(kept.signature.clone().try_into().unwrap()).hex()
        )),
        "{written}"
    );
    assert_eq!(serde_json::from_str::<Checkpoint>(&written).unwrap(), kept);
}
