//! Bounding what it takes to examine a file that somebody else may have written.

use std::ffi::c_int;

use tollgate_ledger::LedgerError;

use super::SqliteReader;
use crate::error::database_error;

/// Maximum number of instructions of SQLite's virtual machine for each page of a file that is examined. A sound file
/// takes a few thousand. In a damaged one, pages can lead back to each other so that its rows never end.
const INSTRUCTIONS_PER_PAGE_MAX: u64 = 100_000;
/// Instructions between two counts.
const INSTRUCTIONS_PER_COUNT: c_int = 10_000;

impl SqliteReader {
    /// Opens the same file with a connection of its own, which gives up what takes too many instructions.
    pub(crate) fn open_bounded(&self) -> Result<Self, LedgerError> {
        let mut reader = Self::open(&self.path)?;
        let to_error = |error| database_error(&self.path, &error);
        let read = |row: &rusqlite::Row<'_>| row.get::<_, u32>(0);
        let pages = reader.connection.pragma_query_value(None, "page_count", read);
        let counts_max = u64::from(pages.map_err(to_error)?) * INSTRUCTIONS_PER_PAGE_MAX
            / u64::from(INSTRUCTIONS_PER_COUNT.unsigned_abs());
        let mut counts = 0;
        let is_used_up = move || {
            counts += 1;
            counts > counts_max
        };
        let handled = reader.connection.progress_handler(INSTRUCTIONS_PER_COUNT, Some(is_used_up));
        handled.map_err(to_error)?;
        Ok(reader)
    }
}
