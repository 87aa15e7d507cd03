//! What somebody changes behind the ledger's back is found, and where.

use rusqlite::Connection;
use tollgate_ledger::{Checkpoint, Fault, Field, Verified, verify_lines};
use tollgate_model::{Digest, Ruling};

use crate::common::{World, claim, entry, run};

/// A signature that only who knows the word can make.
fn sign(message: &[u8]) -> Vec<u8> {
    Digest::of([b"a secret", message].concat()).as_bytes().to_vec()
}

fn trusts(checkpoint: &Checkpoint, message: &[u8]) -> bool {
    checkpoint.key == "a key" && checkpoint.signature == sign(message)
}

fn verify(world: &World, kept: &[Checkpoint]) -> Verified {
    world.view().verify(kept, trusts).unwrap()
}

/// Ten events, and somebody who writes into the file.
fn tampered(sql: &str) -> World {
    let world = World::new();
    for at in 0..10 {
        let what =
            if at == 4 { claim("1", "Kim Osei", 9) } else { run(&at.to_string(), Ruling::Hold) };
        world.append(at, what);
    }
    Connection::open(world.path()).unwrap().execute_batch(sql).unwrap();
    world
}

#[test]
fn each_kind_of_change_is_found_where_it_is() {
    let changed = |seq, field| vec![(seq, field)];
    let cases = [
        ("UPDATE events SET at_ms = 77 WHERE seq = 4", changed(4, Field::Other)),
        ("UPDATE events SET gate = 'other' WHERE seq = 4", changed(4, Field::Other)),
        ("UPDATE events SET kind = 'review' WHERE seq = 5", changed(5, Field::Kind)),
        (
            "UPDATE events SET body = replace(body, 'Kim', 'Lee') WHERE seq = 5",
            changed(5, Field::Other),
        ),
        ("UPDATE events SET body = '' WHERE seq = 5", changed(5, Field::Body)),
        ("UPDATE events SET hash = zeroblob(32) WHERE seq = 6", changed(6, Field::Hash)),
        (
            "UPDATE events SET body = replace(body, '70', '71') WHERE seq = 10",
            changed(10, Field::Other),
        ),
    ];
    for (sql, faults) in cases {
        let verified = verify(&tampered(sql), &[]);
        let faults_of_events = verified.faults.into_iter().filter_map(|fault| match fault {
            Fault::ContentMissing { .. } => None,
            Fault::Changed { seq, field, hashes: Some((recorded, found)) } => {
                assert_ne!(recorded, found, "{sql}");
                Some((seq, field))
            }
            other => panic!("{other}"),
        });
        assert_eq!(faults_of_events.collect::<Vec<_>>(), faults, "{sql}");
    }
}

#[test]
fn what_is_removed_inserted_or_moved_is_found() {
    let removed = verify(&tampered("DELETE FROM events WHERE seq IN (4, 5)"), &[]);
    assert_eq!(removed.faults, [Fault::Missing { from: 4, to: 5 }]);
    let inserted = "UPDATE events SET seq = -seq WHERE seq > 4;
        UPDATE events SET seq = 1 - seq WHERE seq < 0;
        INSERT INTO events SELECT 5, at_ms, gate, kind, body, hash FROM events WHERE seq = 4";
    assert_eq!(first_changed(&verify(&tampered(inserted), &[])), Some(5));
    let moved = "UPDATE events SET seq = -2 WHERE seq = 2; UPDATE events SET seq = 2 WHERE seq = 3;
        UPDATE events SET seq = 3 WHERE seq = -2";
    assert_eq!(first_changed(&verify(&tampered(moved), &[])), Some(2));
    let before = "INSERT INTO events SELECT 0, at_ms, gate, kind, body, hash FROM events LIMIT 1";
    let faults = verify(&tampered(before), &[]).faults;
    assert_eq!(faults[0], Fault::Misplaced { seq: 0, expected: 1 });
}

fn first_changed(verified: &Verified) -> Option<u64> {
    verified.faults.iter().find_map(|fault| match fault {
        Fault::Changed { seq, .. } => Some(*seq),
        _ => None,
    })
}

#[test]
fn contents_that_are_gone_or_others_are_found() {
    let changed = verify(&tampered("UPDATE contents SET bytes = x'00' WHERE id = 1"), &[]);
    assert!(matches!(changed.faults[..], [Fault::ContentChanged { .. }]));
    let gone = verify(&tampered("UPDATE contents SET bytes = NULL WHERE id = 1"), &[]);
    assert!(matches!(gone.faults[..], [Fault::ContentMissing { seq: 1, .. }]));
    let back = verify(&tampered("UPDATE contents SET erased = 3 WHERE id = 1"), &[]);
    assert!(matches!(back.faults[..], [Fault::ContentNotErased { .. }]));
}

#[test]
fn a_tail_that_was_cut_off_is_found_by_what_was_signed() {
    let world = tampered("");
    let kept = world.ledger.checkpoint(5, "a key", sign).unwrap().unwrap();
    assert_eq!((kept.seq, verify(&world, &[]).checkpoints), (10, 1));
    let connection = Connection::open(world.path()).unwrap();
    connection.execute_batch("DELETE FROM events WHERE seq > 8").unwrap();
    let cut = [Fault::CutOff { last: 8, signed: 10 }];
    assert_eq!(verify(&world, &[]).faults, cut);
    connection.execute_batch("DELETE FROM checkpoints").unwrap();
    assert_eq!(verify(&world, &[]).faults, [], "nobody can know");
    assert_eq!(verify(&world, &[kept]).faults, cut, "but who has kept one");
}

#[test]
fn a_chain_that_was_computed_anew_is_found_by_what_was_signed() {
    let (world, other) = (tampered(""), tampered("DELETE FROM events"));
    let first = world.ledger.checkpoint(5, "a key", sign).unwrap().unwrap();
    world.append(5, run("honest", Ruling::Hold));
    world.ledger.checkpoint(6, "a key", sign).unwrap();
    let connection = Connection::open(world.path()).unwrap();
    connection.execute_batch("DELETE FROM events WHERE seq = 11; DELETE FROM runs WHERE seq = 11; DELETE FROM queue WHERE seq = 11").unwrap();
    world.append(5, run("dishonest", Ruling::Allow));
    let faults = verify(&world, &[]).faults;
    assert!(faults.contains(&Fault::Rewritten { signed: 11, sound: 10 }), "{faults:?}");
    let forged = Checkpoint { signature: vec![1], ..first.clone() };
    let not_signed = Fault::NotSigned { seq: 10, key: "a key".into() };
    assert!(verify(&world, &[forged]).faults.contains(&not_signed));
    assert!(verify(&other, &[first]).faults.contains(&not_signed), "it is of another ledger");
}

#[test]
fn exported_lines_are_verified_without_the_database() {
    let world = tampered("");
    let kept = world.ledger.checkpoint(5, "a key", sign).unwrap().unwrap();
    let mut lines = Vec::new();
    assert_eq!(world.view().export(0, &mut lines).unwrap(), 10);
    let text = String::from_utf8(lines).unwrap();
    let verify = |text: &str| verify_lines(text.as_bytes(), std::slice::from_ref(&kept), trusts);
    let sound = verify(&text).unwrap();
    assert_eq!((sound.events, sound.checkpoints, sound.is_sound()), (10, 1, true));
    let lines: Vec<&str> = text.lines().collect();
    let cut = lines[..9].join("\n");
    assert_eq!(verify(&cut).unwrap().faults, [Fault::CutOff { last: 8, signed: 10 }]);
    let missing = [&lines[..4], &lines[5..]].concat().join("\n");
    assert_eq!(verify(&missing).unwrap().faults, [Fault::Missing { from: 4, to: 4 }]);
    let changed = text.replacen("Kim Osei", "Lee Park", 1);
    let faults = verify(&changed).unwrap().faults;
    assert!(
        matches!(faults[..], [Fault::Changed { seq: 5, field: Field::Other, .. }]),
        "{faults:?}"
    );
    let broken = verify(&format!("{text}{{\n")).unwrap();
    assert!(matches!(broken.faults[..], [Fault::Unreadable { after: 10, .. }]));
    assert!(verify("").is_err());
    let mut tail = Vec::new();
    world.view().export(7, &mut tail).unwrap();
    assert!(verify_lines(&tail[..], std::slice::from_ref(&kept), trusts).unwrap().is_sound());
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

#[test]
fn changed_projections_are_told_and_made_anew() {
    for sql in [
        "UPDATE queue SET approved_by = '[\"Kim Osei\"]' WHERE seq = 1",
        "DELETE FROM queue WHERE seq = 2",
        "UPDATE days SET spent = 5",
        "UPDATE contents SET until_ms = 1 WHERE id = 2",
        "INSERT INTO lines VALUES ('a', 'b', 1)",
        "UPDATE runs SET ruling = 'allow' WHERE seq = 1",
        "INSERT INTO contents (digest, seq, bytes) VALUES (zeroblob(32), 1, x'00')",
    ] {
        let world = tampered(sql);
        assert_ne!(world.view().check().unwrap(), [], "{sql}");
        world.ledger.rebuild().unwrap();
        world.assert_sound();
        world.ledger.append_blocking(vec![entry(1, run("later", Ruling::Hold))]).unwrap();
        world.assert_sound();
    }
}
