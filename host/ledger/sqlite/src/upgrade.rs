//! Giving a ledger file the tables of this version. Its record stays as it is: projections are made anew from the events.
//!
//! This happens when the ledger is opened to write, once it is known to be the one that was here before.

use rusqlite::{Connection, TransactionBehavior};

use crate::error::WriterError;
use crate::rebuild::rebuild_projections;
use crate::schema::read_tables_version;
use crate::tables::{TABLES, replace_former_tables};

/// Upgrades the tables of the version before. Two processes may do this at once: the second one finds it done.
pub(crate) fn upgrade_tables(connection: &mut Connection) -> rusqlite::Result<()> {
    if read_tables_version(connection)? == TABLES {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if read_tables_version(&transaction)? == TABLES {
        return Ok(());
    }
    replace_former_tables(&transaction)?;
    rebuild_projections(&transaction)?;
    transaction.pragma_update(None, "user_version", TABLES)?;
    transaction.commit()
}

/// Fails if a newer version has upgraded the tables since this process opened them. What it would write into them need
/// not be what the newer version reads.
pub(crate) fn require_known_tables(connection: &Connection) -> Result<(), WriterError> {
    match read_tables_version(connection)? {
        newer if newer > TABLES => Err(WriterError::NewerTables(newer)),
        _ => Ok(()),
    }
}
