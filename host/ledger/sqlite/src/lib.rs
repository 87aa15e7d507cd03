//! A ledger in a file, kept by SQLite. This is the only crate that names rusqlite.
//!
//! One thread writes the events of many callers in common transactions. Readers have connections of their own.
//! Several processes may use the same file. What a ledger is and has to do is defined by `tollgate-ledger`.

mod apply;
mod definitions;
mod error;
mod head;
mod in_place;
mod ledger;
mod number;
mod private_file;
mod reader;
mod rebuild;
mod schema;
mod tables;
mod upgrade;
mod writer;

pub use ledger::SqliteLedger;
pub use private_file::require_file_path;
pub use reader::SqliteReader;
