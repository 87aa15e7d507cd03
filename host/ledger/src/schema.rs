//! The tables, and how a file is opened: made, recognised, or refused.
//!
//! `events`, `contents` and `checkpoints` are what was recorded; every other table is a projection
//! and can be made anew from the events at any time.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::Error;
use crate::error::told;

/// What this crate writes, and reads.
pub const FORMAT: i64 = 1;
/// `toll`, so that other SQLite files are not taken for ledgers.
const APPLICATION_ID: i64 = 0x746f_6c6c;
/// How long another writer may take: a few groups of events, not a human's patience.
const BUSY_MS: u64 = 5_000;
/// Pages that are kept in memory, in KiB: the indices of a million events fit.
const CACHE_KIB: i64 = 64 * 1024;
/// Pages of the write-ahead file before they are moved to their place: 64 MiB. The pages of indices
/// change again and again, and the longer they wait the fewer of them move.
const TAIL_PAGES_MAX: i64 = 16 * 1024;
/// Statements that are kept prepared: about all there are.
const STATEMENTS_MAX: usize = 96;

const RECORDED: &str = "
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

/// Contents lie beside their projection: which event held one last, until when it is kept, and
/// which event erased it.
const CONTENTS: &str = "
CREATE TABLE contents (
    id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, seq INTEGER NOT NULL, until_ms INTEGER,
    erased INTEGER, bytes BLOB
) STRICT;
CREATE INDEX contents_until ON contents (until_ms) WHERE until_ms IS NOT NULL AND erased IS NULL;
";

const PROJECTIONS: &str = "
CREATE TABLE runs (
    seq INTEGER PRIMARY KEY, run BLOB NOT NULL UNIQUE, gate TEXT NOT NULL, at_ms INTEGER NOT NULL,
    ruling TEXT NOT NULL, subject BLOB NOT NULL, release BLOB NOT NULL
) STRICT;
CREATE INDEX runs_gate ON runs (gate);
CREATE INDEX runs_ruling ON runs (ruling);
CREATE INDEX runs_gate_ruling ON runs (gate, ruling);
CREATE TABLE mentions (run BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (run, seq))
    STRICT, WITHOUT ROWID;
CREATE TABLE lines (batch TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (batch, key)) STRICT, WITHOUT ROWID;
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
CREATE TABLE happened (gate TEXT NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL,
    at_ms INTEGER NOT NULL, PRIMARY KEY (gate, what, detail, at_ms)) STRICT, WITHOUT ROWID;
CREATE TABLE figures (gate TEXT NOT NULL, kpi TEXT NOT NULL, at_ms INTEGER NOT NULL,
    value REAL NOT NULL, PRIMARY KEY (gate, kpi)) STRICT, WITHOUT ROWID;
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

/// The projections, and the columns that have to be what the events say.
pub(crate) const TABLES: [(&str, &str); 12] = [
    ("contents", "digest, seq, until_ms, erased"),
    ("runs", "*"),
    ("mentions", "*"),
    ("lines", "*"),
    ("queue", "*"),
    ("tracks", "*"),
    ("levels", "*"),
    ("happened", "*"),
    ("figures", "*"),
    ("days", "*"),
    ("campaigns", "*"),
    ("rollouts", "*"),
];

/// A file of the ledger, opened.
pub(crate) struct Opened {
    pub connection: Connection,
    pub path: PathBuf,
    /// What tells it from every other ledger.
    pub id: [u8; 16],
}

/// Opens a ledger to write, and makes it where there is none.
pub(crate) fn open_to_write(path: &Path) -> Result<Opened, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let tell = |error| told(path, &error);
    let connection = Connection::open_with_flags(path, flags).map_err(tell)?;
    if connection.is_readonly("main").map_err(tell)? {
        return Err(Error::ReadOnly(path.into()));
    }
    settle(&connection).map_err(tell)?;
    recognise(&connection, path)?;
    // What is acknowledged has reached the disk; what is erased does not stay in the file.
    let durable = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;";
    connection.execute_batch(durable).map_err(tell)?;
    connection.pragma_update(None, "wal_autocheckpoint", TAIL_PAGES_MAX).map_err(tell)?;
    make(&connection).map_err(tell)?;
    let id = id_of(&connection, path)?;
    Ok(Opened { connection, path: path.into(), id })
}

/// Opens a ledger to read.
pub(crate) fn open_to_read(path: &Path) -> Result<Opened, Error> {
    match read(path, path.as_os_str()) {
        // Where nothing can be written there is no place for a file to share with a writer, and
        // where no write-ahead file is there is no writer either: an archive.
        Err(Error::CannotOpen(_) | Error::ReadOnly(_)) if path.exists() && !has_tail(path) => {
            read(path, &unchanging(path))
        }
        done => done,
    }
}

fn has_tail(path: &Path) -> bool {
    let mut tail = path.as_os_str().to_owned();
    tail.push("-wal");
    Path::new(&tail).exists()
}

/// The address of a file that nobody changes, as SQLite has it.
fn unchanging(path: &Path) -> OsString {
    let escaped = path.to_string_lossy().replace('%', "%25").replace('?', "%3f");
    format!("file:{}?immutable=1", escaped.replace('#', "%23")).into()
}

fn read(path: &Path, address: &OsStr) -> Result<Opened, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let tell = |error| told(path, &error);
    let connection = Connection::open_with_flags(address, flags).map_err(tell)?;
    settle(&connection).map_err(tell)?;
    if recognise(&connection, path)? != FORMAT {
        return Err(Error::NotALedger(path.into()));
    }
    let id = id_of(&connection, path)?;
    Ok(Opened { connection, path: path.into(), id })
}

/// Empty projections beside the real ones: while they are there, every name means them.
pub(crate) fn shadow(connection: &Connection) -> rusqlite::Result<()> {
    let tables = format!("{CONTENTS} {PROJECTIONS}");
    let tables = tables.replace("CREATE TABLE ", "CREATE TEMP TABLE ");
    connection.execute_batch(&tables.replace("CREATE INDEX ", "CREATE INDEX temp."))
}

fn settle(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_millis(BUSY_MS))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    connection.pragma_update(None, "cache_size", -CACHE_KIB)
}

/// A ledger, or an empty file that becomes one; anything else is left as it is.
fn recognise(connection: &Connection, path: &Path) -> Result<i64, Error> {
    let number = |name: &str| -> Result<i64, Error> {
        let number = connection.pragma_query_value(None, name, |row| row.get(0));
        number.map_err(|error| told(path, &error))
    };
    let (application, found) = (number("application_id")?, number("user_version")?);
    let has_tables = connection.query_row("SELECT 1 FROM sqlite_schema", [], |_| Ok(())).optional();
    let has_tables = has_tables.map_err(|error| told(path, &error))?.is_some();
    // One that was killed while it was made has no tables yet.
    if application != APPLICATION_ID && has_tables {
        return Err(Error::NotALedger(path.into()));
    }
    if found > FORMAT {
        return Err(Error::NewerFormat { path: path.into(), found });
    }
    Ok(found)
}

/// Two processes may start at once: the second finds what the first has made.
fn make(connection: &Connection) -> rusqlite::Result<()> {
    let format = |connection: &Connection| -> rusqlite::Result<i64> {
        connection.pragma_query_value(None, "user_version", |row| row.get(0))
    };
    if format(connection)? == FORMAT {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let made = if format(connection)? == FORMAT { Ok(()) } else { make_tables(connection) };
    connection.execute_batch(if made.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    made
}

fn make_tables(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(RECORDED)?;
    connection.execute_batch(CONTENTS)?;
    connection.execute_batch(PROJECTIONS)?;
    // SQLite's own randomness comes from the system, and nobody's secret depends on it.
    connection.execute("INSERT INTO ledger (id) VALUES (randomblob(16))", [])?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", FORMAT)
}

fn id_of(connection: &Connection, path: &Path) -> Result<[u8; 16], Error> {
    let id = connection.query_row("SELECT id FROM ledger", [], |row| row.get::<_, [u8; 16]>(0));
    id.map_err(|error| told(path, &error))
}
