//! The tables, and opening a ledger file: it is created, recognised or refused.
//!
//! `ledger`, `events`, `checkpoints` and the bytes in `contents` are the record. Every other table is a projection
//! and can be rebuilt from the events at any time.

use std::cmp::Ordering;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use tollgate_ledger::LedgerError;

use crate::definitions::check_definitions;
use crate::error::database_error;
use crate::head::gone_error;
use crate::in_place::{is_linked, path_beside};
use crate::private_file::{create_private, require_file_path};

/// The ledger's format as SQLite stores it, in the field `user_version`.
const FORMAT: i64 = tollgate_ledger::FORMAT as i64;
/// `toll` in ASCII, so that other SQLite files are not mistaken for ledgers.
const APPLICATION_ID: i64 = 0x746f_6c6c;
/// How long to wait for another writer's lock. It only holds the lock for a few groups of events.
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

// A file is refused unless it has these definitions to the letter, so any change needs a new `FORMAT`.
const RECORD_TABLES: &str = "
CREATE TABLE ledger (id BLOB NOT NULL) STRICT;
CREATE TABLE events (
    seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, gate TEXT NOT NULL, kind TEXT NOT NULL,
    body TEXT NOT NULL, hash BLOB NOT NULL
) STRICT;
CREATE INDEX events_at ON events (at_ms);
CREATE INDEX events_gate ON events (gate);
CREATE INDEX events_kind ON events (kind);
CREATE INDEX events_gate_kind ON events (gate, kind);
CREATE TABLE checkpoints (
    seq INTEGER NOT NULL, at_ms INTEGER NOT NULL, hash BLOB NOT NULL, key TEXT NOT NULL,
    signature BLOB NOT NULL, PRIMARY KEY (seq, key)
) STRICT, WITHOUT ROWID;
";

/// Contents with their projection: the event that referred to them last, the end of retention, and the event
/// that erased them.
const CONTENT_TABLE: &str = "
CREATE TABLE contents (
    id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, seq INTEGER NOT NULL, until_ms INTEGER,
    erased INTEGER, bytes BLOB
) STRICT;
CREATE INDEX contents_until ON contents (until_ms) WHERE until_ms IS NOT NULL AND erased IS NULL;
";

const PROJECTION_TABLES: &str = "
CREATE TABLE runs (
    seq INTEGER PRIMARY KEY, run BLOB NOT NULL UNIQUE, gate TEXT NOT NULL, at_ms INTEGER NOT NULL,
    ruling TEXT NOT NULL, subject BLOB NOT NULL, release BLOB NOT NULL
) STRICT;
CREATE INDEX runs_gate ON runs (gate);
CREATE INDEX runs_ruling ON runs (ruling);
CREATE INDEX runs_gate_ruling ON runs (gate, ruling);
CREATE TABLE mentions (run BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (run, seq))
    STRICT, WITHOUT ROWID;
CREATE TABLE lines (gate TEXT NOT NULL, batch TEXT NOT NULL, key TEXT NOT NULL, run BLOB NOT NULL,
    PRIMARY KEY (gate, batch, key, run)) STRICT, WITHOUT ROWID;
CREATE TABLE output_ids (gate TEXT NOT NULL, digest BLOB NOT NULL, run BLOB NOT NULL,
    PRIMARY KEY (gate, digest, run)) STRICT, WITHOUT ROWID;
CREATE TABLE queue (
    seq INTEGER PRIMARY KEY, run BLOB NOT NULL UNIQUE, gate TEXT NOT NULL, kind TEXT NOT NULL,
    since_ms INTEGER NOT NULL, subject BLOB NOT NULL, author TEXT, edited_from BLOB, claim_by TEXT,
    claim_until_ms INTEGER, approved_by TEXT NOT NULL, escalated INTEGER NOT NULL,
    state INTEGER NOT NULL, closed INTEGER
) STRICT;
CREATE INDEX queue_open ON queue (kind) WHERE closed IS NULL;
CREATE INDEX queue_gate ON queue (gate, kind) WHERE closed IS NULL;
CREATE INDEX queue_since ON queue (gate, kind, since_ms) WHERE closed IS NULL;
CREATE TABLE tracks (gate TEXT PRIMARY KEY, approved INTEGER NOT NULL, edited INTEGER NOT NULL,
    rejected INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;
CREATE TABLE levels (gate TEXT PRIMARY KEY, seq INTEGER NOT NULL, since_ms INTEGER NOT NULL,
    change TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE gate_versions (gate TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE incidents (gate TEXT NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL,
    detail TEXT NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY (gate, seq, kind, detail))
    STRICT, WITHOUT ROWID;
CREATE TABLE figures (gate TEXT NOT NULL, kpi TEXT NOT NULL, seq INTEGER NOT NULL,
    at_ms INTEGER NOT NULL, value REAL NOT NULL, PRIMARY KEY (gate, kpi)) STRICT, WITHOUT ROWID;
CREATE TABLE days (
    gate TEXT NOT NULL, day INTEGER NOT NULL, runs INTEGER NOT NULL DEFAULT 0,
    allowed_by_itself INTEGER NOT NULL DEFAULT 0, allowed_by_people INTEGER NOT NULL DEFAULT 0,
    blocked INTEGER NOT NULL DEFAULT 0, with_failure INTEGER NOT NULL DEFAULT 0,
    rolled_back INTEGER NOT NULL DEFAULT 0, reviewed INTEGER NOT NULL DEFAULT 0,
    review_ms INTEGER NOT NULL DEFAULT 0, spent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (gate, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE campaigns (gate TEXT NOT NULL, campaign TEXT NOT NULL, spent INTEGER NOT NULL,
    PRIMARY KEY (gate, campaign)) STRICT, WITHOUT ROWID;
CREATE TABLE rollouts (gate TEXT NOT NULL, release BLOB NOT NULL, seq INTEGER NOT NULL,
    at_ms INTEGER NOT NULL, stage TEXT NOT NULL, person TEXT NOT NULL,
    PRIMARY KEY (gate, release)) STRICT, WITHOUT ROWID;
";

/// The projections, each with the columns that must match the events.
pub(crate) const PROJECTIONS: [(&str, &str); 14] = [
    ("contents", "digest, seq, until_ms, erased"),
    ("runs", "*"),
    ("mentions", "*"),
    ("lines", "*"),
    ("output_ids", "*"),
    ("queue", "*"),
    ("tracks", "*"),
    ("levels", "*"),
    ("gate_versions", "*"),
    ("incidents", "*"),
    ("figures", "*"),
    ("days", "*"),
    ("campaigns", "*"),
    ("rollouts", "*"),
];

/// An opened ledger file.
pub(crate) struct OpenedLedger {
    pub connection: Connection,
    pub path: PathBuf,
    /// Random bytes that distinguish this ledger from every other.
    pub id: [u8; 16],
}

/// Opens a ledger for writing and creates it if the file does not exist or is empty.
pub(crate) fn open_to_write(path: &Path) -> Result<OpenedLedger, LedgerError> {
    require_file_path(path)?;
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
    // Nothing is written before the file is known to be a ledger, or empty.
    if is_ledger(&connection, path)? {
        check_definitions(&connection, path)?;
    } else if let Some(error) = gone {
        // Its tables may have been in a write-ahead log that is damaged.
        return Err(error);
    }
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
    if !is_ledger(&connection, path)? {
        return Err(gone_error(path).unwrap_or(LedgerError::NotALedger(path.into())));
    }
    check_definitions(&connection, path)?;
    let id = read_id(&connection, path)?;
    Ok(OpenedLedger { connection, path: path.into(), id })
}

/// Creates empty temporary projections. While they exist, the names of the tables refer to them.
pub(crate) fn create_shadow_projections(connection: &Connection) -> rusqlite::Result<()> {
    let tables = format!("{CONTENT_TABLE} {PROJECTION_TABLES}");
    let tables = tables.replace("CREATE TABLE ", "CREATE TEMP TABLE ");
    connection.execute_batch(&tables.replace("CREATE INDEX ", "CREATE INDEX temp."))
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

/// Returns whether a file is a ledger of this format. An empty file is not one, but can become one; any other file is
/// refused.
fn is_ledger(connection: &Connection, path: &Path) -> Result<bool, LedgerError> {
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
    match found.cmp(&FORMAT) {
        Ordering::Greater => Err(LedgerError::NewerFormat { path: path.into(), found }),
        Ordering::Equal => Ok(application == APPLICATION_ID),
        Ordering::Less if has_tables => Err(LedgerError::FormerFormat { path: path.into(), found }),
        Ordering::Less => Ok(false),
    }
}

/// Creates the tables if they do not exist. Two processes may do this at once: the second one finds them.
fn ensure_tables(connection: &Connection) -> rusqlite::Result<()> {
    let format = |connection: &Connection| -> rusqlite::Result<i64> {
        connection.pragma_query_value(None, "user_version", |row| row.get(0))
    };
    if format(connection)? == FORMAT {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let made = if format(connection)? == FORMAT { Ok(()) } else { create_tables(connection) };
    connection.execute_batch(if made.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    made
}

pub(crate) fn create_tables(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(RECORD_TABLES)?;
    connection.execute_batch(CONTENT_TABLE)?;
    connection.execute_batch(PROJECTION_TABLES)?;
    // SQLite seeds its generator from the system. The id has to be unique, not secret.
    connection.execute("INSERT INTO ledger (id) VALUES (randomblob(16))", [])?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", FORMAT)
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
