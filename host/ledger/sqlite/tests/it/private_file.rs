//! Only paths of files are taken, and only the owner can read what is made.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tollgate_ledger::conformance::fixtures::run;
use tollgate_ledger::{Ledger, LedgerError};
use tollgate_ledger_sqlite::{SqliteLedger, SqliteReader};
use tollgate_model::Ruling;

use crate::common::TestFile;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn refuses_names_that_sqlite_takes_for_something_else() {
    for name in ["", ":memory:", "file:ledger.db", "file:zz?mode=memory", "file::memory:"] {
        let path = Path::new(name);
        for error in [SqliteReader::open(path).err(), SqliteLedger::open(path).err()] {
            assert!(matches!(error, Some(LedgerError::NotAFilePath(_))), "{name}: {error:?}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file:zz?mode=memory");
    SqliteLedger::open(&path).unwrap().close();
    assert!(path.is_file(), "a file of that name can be a ledger");
}

#[test]
fn refuses_names_of_files_beside_another_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let is_refused = |path: &Path| {
        [SqliteReader::open(path).err(), SqliteLedger::open(path).err()]
            .iter()
            .all(|error| matches!(error, Some(LedgerError::CompanionName(name)) if name == path))
    };
    for suffix in ["-wal", "-shm", "-journal", "-head"] {
        let path = folder.path().join(format!("y{suffix}"));
        assert!(is_refused(&path), "{suffix}");
        assert!(!path.exists(), "{suffix} is not made");
    }
    let (moved, link) = (folder.path().join("y-wal"), folder.path().join("link.db"));
    SqliteLedger::open(&folder.path().join("x")).unwrap().close();
    fs::rename(folder.path().join("x"), &moved).unwrap();
    std::os::unix::fs::symlink(&moved, &link).unwrap();
    assert!(is_refused(&link), "a link to such a file");
    SqliteLedger::open(&folder.path().join("wal")).unwrap().close();
}

#[test]
fn only_the_owner_can_read_a_new_ledger() {
    let world = TestFile::new();
    world.append(1, run("one", Ruling::Hold));
    let files = fs::read_dir(world.folder.path()).unwrap();
    let files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn keeps_the_mode_of_a_ledger_that_exists() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    fs::write(&path, b"").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
    SqliteLedger::open(&path).unwrap().close();
    assert_eq!(mode(&path), 0o640);
}
