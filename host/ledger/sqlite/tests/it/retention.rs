//! Erased contents are in no file any more.

use rusqlite::Connection;
use tollgate_ledger::conformance::{erasure, held_run};
use tollgate_ledger::{Ledger, LedgerReader, PurgeResult};

use crate::common::TestFile;

/// Records an output with a name that is easy to find.
fn record_name(world: &TestFile) {
    let held = held_run(Some(100), "Robin Unforgotten");
    world.ledger.append_blocking(held.into()).unwrap();
}

fn erase_name(world: &TestFile) {
    let expired = world.reader().expired_contents(100, 10).unwrap();
    world.append(101, erasure(expired.into_iter().map(|(digest, _)| digest).collect()));
}

fn purge(world: &TestFile) -> PurgeResult {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(world.ledger.purge_erased()).unwrap()
}

/// Returns whether any file of the ledger has the name.
fn is_name_on_disk(world: &TestFile) -> bool {
    let name: &[u8] = b"Unforgotten";
    std::fs::read_dir(world.folder.path()).unwrap().any(|file| {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        bytes.windows(name.len()).any(|window| window == name)
    })
}

#[test]
fn erasing_overwrites_the_bytes() {
    let world = TestFile::new();
    record_name(&world);
    assert!(is_name_on_disk(&world));
    erase_name(&world);
    world.ledger.close();
    assert!(!is_name_on_disk(&world));
}

#[test]
fn tells_which_files_a_reader_keeps_erased_bytes_in() {
    let world = TestFile::new();
    record_name(&world);
    let reader = Connection::open(world.path()).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM events").unwrap();
    erase_name(&world);
    let files = vec![world.path(), world.folder.path().join("ledger.db-wal")];
    assert_eq!(purge(&world), PurgeResult::InUse { files });
    assert!(is_name_on_disk(&world), "the reader could still ask for it");
    drop(reader);
    assert_eq!(purge(&world), PurgeResult::Purged);
    assert!(!is_name_on_disk(&world), "while the ledger is still open");
    world.assert_sound();
}
