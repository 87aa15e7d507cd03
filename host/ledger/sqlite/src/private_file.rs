//! The file of a ledger: which paths name one, and making it so that only its owner can read it.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use tollgate_ledger::LedgerError;

use crate::error::file_error;
use crate::in_place::COMPANION_SUFFIXES;

/// Fails if SQLite would not keep the ledger in the file of that name, but in memory, in a temporary file, or where a
/// URI says. SQLite is built to read URIs, whatever a connection asks for.
///
/// Fails also if the file would be beside another ledger: whoever opens that one may delete or overwrite it.
pub fn require_file_path(path: &Path) -> Result<(), LedgerError> {
    let name = path.as_os_str().as_encoded_bytes();
    match name.is_empty() || name.starts_with(b":") || name.starts_with(b"file:") {
        true => Err(LedgerError::NotAFilePath(path.into())),
        false if is_beside_ledger(path) => Err(LedgerError::CompanionName(path.into())),
        false => Ok(()),
    }
}

/// Returns whether a file, or the one that a link leads to, has the name of a file beside a ledger.
fn is_beside_ledger(path: &Path) -> bool {
    let suffixes = || COMPANION_SUFFIXES.into_iter().chain(["-journal"]);
    let is_companion = |path: &Path| {
        let name = path.as_os_str().as_encoded_bytes();
        suffixes().any(|suffix| name.ends_with(suffix.as_bytes()))
    };
    is_companion(path) || path.canonicalize().is_ok_and(|path| is_companion(&path))
}

/// Makes an empty file that only this user can read, because a ledger has outputs in it. SQLite gives the files that
/// it makes beside it the same mode. A file that exists keeps its mode.
pub(crate) fn create_private(path: &Path) -> Result<(), LedgerError> {
    // Closing a file releases the locks that SQLite has on it in this process, so no other thread may open the ledger
    // between these two.
    static CREATING: Mutex<()> = Mutex::new(());
    let _guard = CREATING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(file_error(path, &error)),
    }
}
