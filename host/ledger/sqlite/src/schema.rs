//! Opening a ledger file: it is created, recognised or refused.

use std::cmp::Ordering;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use tollgate_ledger::LedgerError;

use crate::definitions::{check_definitions, check_former_definitions};
use crate::error::database_error;
use crate::head::gone_error;
use crate::in_place::{is_linked, path_beside};
use crate::private_file::{create_private, require_file_path};
use crate::tables::{FORMER_TABLES, TABLES, create_tables};

/// `toll` in ASCII, so that other SQLite files are not mistaken for ledgers.
const APPLICATION_ID: i64 = 0x746f_6c6c;
/// Time to wait for the lock of another writer, which holds it for a few groups of events only.
const BUSY_MS: u64 = 5_000;
/// Page cache in KiB. The indices of a million events fit.
const CACHE_KIB: i64 = 64 * 1024;
/// Pages in the write-ahead log before they are moved into the file: 64 MiB. Index pages change again and
/// again, so the longer they wait, the fewer of them have to be moved.
const WAL_PAGES_MAX: i64 = 16 * 1024;
/// Prepared statements that are cached: about as many as this crate has.
const STATEMENTS_MAX: usize = 96;

/// Settings of a connection that keep what somebody wrote into a file from doing anything. Definitions are compared
/// when a file is opened, and may change afterwards.
const DEFENCES: [(DbConfig, bool); 4] = [
    (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
    (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
    (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
    (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
];

/// An opened ledger file.
pub(crate) struct OpenedLedger {
    pub connection: Connection,
    pub path: PathBuf,
    /// Random bytes that distinguish this ledger from every other.
    pub id: [u8; 16],
}

/// The contents of a file that is opened as a ledger.
enum FileKind {
    Ledger,
    /// A ledger with the tables of the version before. Its events are as they are today.
    FormerTables,
    NoLedger,
}

/// Opens a ledger for writing and creates it if the file does not exist or is empty.
pub(crate) fn open_to_write(path: &Path) -> Result<OpenedLedger, LedgerError> {
    require_file_path(path)?;
    require_no_pipe(path)?;
    let gone = gone_error(path);
    if !path.exists()
        && let Some(error) = gone
    {
        return Err(error);
    }
    create_private(path)?;
    if is_linked(path) {
        return Err(LedgerError::Linked(path.into()));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let to_error = |error| database_error(path, &error);
    let connection = Connection::open_with_flags(path, flags).map_err(to_error)?;
    if connection.is_readonly("main").map_err(to_error)? {
        return Err(LedgerError::ReadOnly(path.into()));
    }
    configure(&connection).map_err(to_error)?;
    keep_log_on_close(&connection, true).map_err(to_error)?;
    // Nothing is written before the file is known to be a ledger, or empty. Version and definitions are read from one
    // state of the file, because another process may be upgrading its tables.
    let snapshot = connection.unchecked_transaction().map_err(to_error)?;
    match recognise_file(&snapshot, path)? {
        FileKind::Ledger => check_definitions(&snapshot, path)?,
        FileKind::FormerTables => check_former_definitions(&snapshot, path)?,
        // The tables of a ledger that is gone may have been in a write-ahead log that is damaged.
        FileKind::NoLedger => gone.map_or(Ok(()), Err)?,
    }
    snapshot.rollback().map_err(to_error)?;
    // An acknowledged append has reached the disk, and erased bytes are overwritten in the file.
    let durable = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;";
    connection.execute_batch(durable).map_err(to_error)?;
    connection.pragma_update(None, "wal_autocheckpoint", WAL_PAGES_MAX).map_err(to_error)?;
    ensure_tables(&connection).map_err(to_error)?;
    let id = read_id(&connection, path)?;
    Ok(OpenedLedger { connection, path: path.into(), id })
}

/// Sets whether closing leaves the write-ahead log as it is. What is refused stays untouched, because a damaged log can
/// have events that somebody can still save. The last connection to close a ledger moves them into its file, and
/// removes the log.
pub(crate) fn keep_log_on_close(connection: &Connection, is_kept: bool) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, is_kept).map(|_| ())
}

/// Opens a ledger for reading.
pub(crate) fn open_to_read(path: &Path) -> Result<OpenedLedger, LedgerError> {
    require_file_path(path)?;
    require_no_pipe(path)?;
    match open_read_only(path, path.as_os_str(), OpenFlags::empty()) {
        Err(error @ LedgerError::CannotOpen(_)) if !path.exists() => {
            Err(gone_error(path).unwrap_or(error))
        }
        // In a read-only place SQLite cannot create the file that it shares with a writer. Without a
        // write-ahead log there is no writer either, so the file is an archive and can be read as it is.
        Err(LedgerError::CannotOpen(_) | LedgerError::ReadOnly(_))
            if path.exists() && !write_ahead_log(path).exists() =>
        {
            open_read_only(path, &immutable_uri(path), OpenFlags::SQLITE_OPEN_URI)
        }
        done => done,
    }
}

/// Fails for a pipe, a socket or a device. SQLite would wait for somebody who writes into a pipe.
fn require_no_pipe(path: &Path) -> Result<(), LedgerError> {
    match path.metadata() {
        Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => {
            Err(LedgerError::NotALedger(path.into()))
        }
        _ => Ok(()),
    }
}

/// Returns the path of the file that has the events which are not in the ledger's own file yet.
pub(crate) fn write_ahead_log(path: &Path) -> PathBuf {
    path_beside(path, "-wal")
}

/// Returns the SQLite URI that opens a file as immutable, without locks or shared files.
fn immutable_uri(path: &Path) -> OsString {
    let escaped = path.to_string_lossy().replace('%', "%25").replace('?', "%3f");
    format!("file:{}?immutable=1", escaped.replace('#', "%23")).into()
}

fn open_read_only(
    path: &Path,
    name: &OsStr,
    flags: OpenFlags,
) -> Result<OpenedLedger, LedgerError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let to_error = |error| database_error(path, &error);
    let connection = Connection::open_with_flags(name, flags).map_err(to_error)?;
    configure(&connection).map_err(to_error)?;
    match recognise_file(&connection, path)? {
        FileKind::Ledger => check_definitions(&connection, path)?,
        FileKind::FormerTables => return Err(LedgerError::FormerTables(path.into())),
        FileKind::NoLedger => {
            return Err(gone_error(path).unwrap_or(LedgerError::NotALedger(path.into())));
        }
    }
    let id = read_id(&connection, path)?;
    Ok(OpenedLedger { connection, path: path.into(), id })
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_millis(BUSY_MS))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    for (setting, is_on) in DEFENCES {
        connection.set_db_config(setting, is_on)?;
    }
    connection.pragma_update(None, "cell_size_check", true)?;
    // SQLite takes a negative size as KiB and a positive one as pages.
    connection.pragma_update(None, "cache_size", -CACHE_KIB)
}

/// Tells what a file is. An empty file is no ledger, but can become one; a file of something else is refused.
fn recognise_file(connection: &Connection, path: &Path) -> Result<FileKind, LedgerError> {
    let to_error = |error| database_error(path, &error);
    let number = |name: &str| -> Result<i64, LedgerError> {
        connection.pragma_query_value(None, name, |row| row.get(0)).map_err(to_error)
    };
    // Asked first: another process may be creating the tables, which appear together with the two numbers.
    let table = connection.query_row("SELECT 1 FROM sqlite_schema", [], |_| Ok(())).optional();
    let has_tables = table.map_err(to_error)?.is_some();
    let (application, found) = (number("application_id")?, number("user_version")?);
    if application != APPLICATION_ID && has_tables {
        return Err(LedgerError::NotALedger(path.into()));
    }
    let (path, known) = (path.into(), TABLES);
    match found.cmp(&TABLES) {
        Ordering::Greater => Err(LedgerError::NewerFormat { path, found, known }),
        Ordering::Equal if application == APPLICATION_ID => Ok(FileKind::Ledger),
        Ordering::Less if has_tables && found == FORMER_TABLES => Ok(FileKind::FormerTables),
        Ordering::Less if has_tables => Err(LedgerError::FormerFormat { path, found, known }),
        Ordering::Equal | Ordering::Less => Ok(FileKind::NoLedger),
    }
}

/// Creates the tables if there are none. Two processes may do this at once: the second one finds them.
fn ensure_tables(connection: &Connection) -> rusqlite::Result<()> {
    if read_tables_version(connection)? >= FORMER_TABLES {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let made = match read_tables_version(connection)? {
        TABLES => Ok(()),
        _ => create_ledger(connection),
    };
    connection.execute_batch(if made.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    made
}

/// Returns the version of the tables of a file, 0 if it has none.
pub(crate) fn read_tables_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn create_ledger(connection: &Connection) -> rusqlite::Result<()> {
    create_tables(connection)?;
    // SQLite seeds its generator from the system. The id has to be unique, not secret.
    connection.execute("INSERT INTO ledger (id) VALUES (randomblob(16))", [])?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", TABLES)
}

fn read_id(connection: &Connection, path: &Path) -> Result<[u8; 16], LedgerError> {
    let read = |connection: &Connection| -> rusqlite::Result<Vec<[u8; 16]>> {
        let mut statement = connection.prepare("SELECT id FROM ledger LIMIT 2")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        rows.collect()
    };
    let difference = match read(connection).map_err(|error| database_error(path, &error))?[..] {
        [id] => return Ok(id),
        [] => "table `ledger` has no row",
        _ => "table `ledger` has more than one row",
    };
    Err(LedgerError::ForeignTables { path: path.into(), difference: difference.into() })
}
