//! Erased contents are in no file any more.

use tollgate_ledger::conformance::{erasure, held_run};
use tollgate_ledger::{Ledger, LedgerReader};

use crate::common::TestFile;

#[test]
fn erasing_overwrites_the_bytes() {
    let world = TestFile::new();
    let held = held_run(Some(100), "Robin Unforgotten");
    world.ledger.append_blocking(held.into()).unwrap();
    let expired = world.reader().expired_contents(100, 10).unwrap();
    world.append(101, erasure(expired.into_iter().map(|(digest, _)| digest).collect()));
    world.ledger.close();
    for file in std::fs::read_dir(world.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let name: &[u8] = b"Unforgotten";
        assert!(
            !bytes.windows(name.len()).any(|window| window == name),
            "a file still has the name"
        );
    }
}
