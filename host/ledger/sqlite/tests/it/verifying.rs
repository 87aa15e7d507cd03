//! Changes made behind the ledger's back are found, and located.

use rusqlite::Connection;
use tollgate_ledger::conformance::fixtures::{claim, entry, run};
use tollgate_ledger::conformance::{sign, trusts};
use tollgate_ledger::{
    ChangedField, Checkpoint, Ledger, LedgerFault, LedgerReader, VerificationReport,
};
use tollgate_ledger_sqlite::SqliteLedger;
use tollgate_model::Ruling;

use crate::common::TestFile;

fn verify(world: &TestFile, checkpoints: &[Checkpoint]) -> VerificationReport {
    world.reader().verify(checkpoints, &trusts).unwrap()
}

/// Creates a ledger of ten events and changes its file with SQL.
fn tampered(sql: &str) -> TestFile {
    let world = TestFile::new();
    for at in 0..10 {
        let kind =
            if at == 4 { claim("1", "Kim Osei", 9) } else { run(&at.to_string(), Ruling::Hold) };
        world.append(at, kind);
    }
    Connection::open(world.path()).unwrap().execute_batch(sql).unwrap();
    world
}

#[test]
fn locates_each_kind_of_change() {
    let changed = |seq, field| vec![(seq, field)];
    let cases = [
        ("UPDATE events SET at_ms = 77 WHERE seq = 4", changed(4, ChangedField::Other)),
        ("UPDATE events SET gate = 'other' WHERE seq = 4", changed(4, ChangedField::Other)),
        ("UPDATE events SET kind = 'review' WHERE seq = 5", changed(5, ChangedField::Kind)),
        (
            "UPDATE events SET body = replace(body, 'Kim', 'Lee') WHERE seq = 5",
            changed(5, ChangedField::Other),
        ),
        ("UPDATE events SET body = '' WHERE seq = 5", changed(5, ChangedField::Body)),
        ("UPDATE events SET hash = zeroblob(32) WHERE seq = 6", changed(6, ChangedField::Hash)),
        (
            "UPDATE events SET body = replace(body, '70', '71') WHERE seq = 10",
            changed(10, ChangedField::Other),
        ),
    ];
    for (sql, faults) in cases {
        let verified = verify(&tampered(sql), &[]);
        let faults_of_events = verified.faults.into_iter().filter_map(|fault| match fault {
            LedgerFault::ContentMissing { .. } => None,
            LedgerFault::Changed { seq, field, hashes: Some((recorded, found)) } => {
                assert_ne!(recorded, found, "{sql}");
                Some((seq, field))
            }
            other => panic!("{other}"),
        });
        assert_eq!(faults_of_events.collect::<Vec<_>>(), faults, "{sql}");
    }
}

#[test]
fn detects_removed_inserted_and_moved_events() {
    let removed = verify(&tampered("DELETE FROM events WHERE seq IN (4, 5)"), &[]);
    assert_eq!(removed.faults, [LedgerFault::Missing { from: 4, to: 5 }]);
    let inserted = "UPDATE events SET seq = -seq WHERE seq > 4;
        UPDATE events SET seq = 1 - seq WHERE seq < 0;
        INSERT INTO events SELECT 5, at_ms, gate, kind, body, hash FROM events WHERE seq = 4";
    assert_eq!(first_changed(&verify(&tampered(inserted), &[])), Some(5));
    let moved = "UPDATE events SET seq = -2 WHERE seq = 2; UPDATE events SET seq = 2 WHERE seq = 3;
        UPDATE events SET seq = 3 WHERE seq = -2";
    assert_eq!(first_changed(&verify(&tampered(moved), &[])), Some(2));
    let before = "INSERT INTO events SELECT 0, at_ms, gate, kind, body, hash FROM events LIMIT 1";
    let faults = verify(&tampered(before), &[]).faults;
    assert_eq!(faults[0], LedgerFault::Misplaced { seq: 0, expected: 1 });
}

fn first_changed(verified: &VerificationReport) -> Option<u64> {
    verified.faults.iter().find_map(|fault| match fault {
        LedgerFault::Changed { seq, .. } => Some(*seq),
        _ => None,
    })
}

#[test]
fn detects_missing_and_changed_contents() {
    let changed = verify(&tampered("UPDATE contents SET bytes = x'00' WHERE id = 1"), &[]);
    assert!(matches!(changed.faults[..], [LedgerFault::ContentChanged { .. }]));
    let gone = verify(&tampered("UPDATE contents SET bytes = NULL WHERE id = 1"), &[]);
    assert!(matches!(gone.faults[..], [LedgerFault::ContentMissing { seq: 1, .. }]));
    let back = verify(&tampered("UPDATE contents SET erased = 3 WHERE id = 1"), &[]);
    assert!(matches!(back.faults[..], [LedgerFault::ContentNotErased { .. }]));
}

/// Removes the head file, as somebody can who cuts off the ledger or recomputes its chain.
fn remove_head_file(world: &TestFile) {
    std::fs::remove_file(format!("{}-head", world.path().display())).unwrap();
}

#[test]
fn checkpoints_reveal_a_truncated_ledger() {
    let world = tampered("");
    let checkpoint = world.ledger.checkpoint(5, "a key", &sign).unwrap().unwrap();
    assert_eq!((checkpoint.seq, verify(&world, &[]).checkpoints), (10, 1));
    remove_head_file(&world);
    let connection = Connection::open(world.path()).unwrap();
    connection.execute_batch("DELETE FROM events WHERE seq > 8").unwrap();
    let cut = [LedgerFault::Truncated { last: 8, signed: 10 }];
    assert_eq!(verify(&world, &[]).faults, cut);
    connection.execute_batch("DELETE FROM checkpoints").unwrap();
    assert_eq!(verify(&world, &[]).faults, [], "without a checkpoint the truncation is invisible");
    assert_eq!(verify(&world, &[checkpoint]).faults, cut, "a checkpoint kept elsewhere reveals it");
}

#[test]
fn checkpoints_reveal_a_recomputed_chain() {
    let (world, other) = (tampered(""), tampered("DELETE FROM events"));
    let first = world.ledger.checkpoint(5, "a key", &sign).unwrap().unwrap();
    world.append(5, run("honest", Ruling::Hold));
    world.ledger.checkpoint(6, "a key", &sign).unwrap();
    world.ledger.close();
    remove_head_file(&world);
    let connection = Connection::open(world.path()).unwrap();
    connection.execute_batch("DELETE FROM events WHERE seq = 11; DELETE FROM runs WHERE seq = 11; DELETE FROM queue WHERE seq = 11").unwrap();
    let ledger = SqliteLedger::open(&world.path()).unwrap();
    ledger.append_blocking(entry(5, run("dishonest", Ruling::Allow)).into()).unwrap();
    let faults = verify(&world, &[]).faults;
    assert!(faults.contains(&LedgerFault::Rewritten { signed: 11, last_sound: 10 }), "{faults:?}");
    let forged = Checkpoint { signature: vec![1], ..first.clone() };
    let not_signed = LedgerFault::UntrustedCheckpoint { seq: 10, key: "a key".into() };
    assert!(verify(&world, &[forged]).faults.contains(&not_signed));
    assert!(verify(&other, &[first]).faults.contains(&not_signed), "it belongs to another ledger");
}

#[test]
fn detects_and_rebuilds_changed_projections() {
    for sql in [
        "UPDATE queue SET approved_by = '[\"Kim Osei\"]' WHERE seq = 1",
        "DELETE FROM queue WHERE seq = 2",
        "UPDATE days SET spent = 5",
        "UPDATE contents SET until_ms = 1 WHERE id = 2",
        "INSERT INTO lines VALUES ('welcome-email', 'a', 'b', zeroblob(32))",
        "DELETE FROM gate_versions",
        "UPDATE gate_versions SET seq = 2",
        "UPDATE runs SET ruling = 'allow' WHERE seq = 1",
        "INSERT INTO contents (digest, seq, bytes) VALUES (zeroblob(32), 1, x'00')",
    ] {
        let world = tampered(sql);
        assert_ne!(world.reader().check_projections().unwrap(), [], "{sql}");
        world.ledger.rebuild().unwrap();
        world.assert_sound();
        world.ledger.append_blocking(entry(1, run("later", Ruling::Hold)).into()).unwrap();
        world.assert_sound();
    }
}
