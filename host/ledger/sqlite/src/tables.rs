//! The definitions of the tables of a ledger file.
//!
//! `ledger`, `events`, `checkpoints` and the bytes in `contents` are the record. Every other table is a projection
//! and can be rebuilt from the events at any time.

use rusqlite::Connection;

/// The version of these definitions, which SQLite stores in the field `user_version`. The first two versions had the
/// numbers of the format of the events.
pub(crate) const TABLES: i64 = 3;
/// The version before, whose record is the same: its projections are made anew (see `upgrade`).
pub(crate) const FORMER_TABLES: i64 = 2;

// A file is refused unless it has these definitions to the letter, so any change needs a new `TABLES`.
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

/// The queue, and what it leads to: a row for each cycle of the track record, and the time of the last review of each
/// person. `approval_ms` is the longest time that the shortest approval can have taken.
const REVIEW_TABLES: &str = "
CREATE TABLE queue (
    seq INTEGER PRIMARY KEY, run BLOB NOT NULL UNIQUE, gate TEXT NOT NULL, kind TEXT NOT NULL,
    since_ms INTEGER NOT NULL, subject BLOB NOT NULL, output BLOB NOT NULL, author TEXT,
    edited_from BLOB, claim_by TEXT, claim_ms INTEGER, claim_until_ms INTEGER,
    approved_by TEXT NOT NULL, approval_ms INTEGER, escalated INTEGER NOT NULL,
    state INTEGER NOT NULL, closed INTEGER
) STRICT;
CREATE TABLE cycles (gate TEXT NOT NULL, seq INTEGER NOT NULL, run BLOB NOT NULL,
    output BLOB NOT NULL, result TEXT NOT NULL, approval_ms INTEGER, at_ms INTEGER NOT NULL,
    PRIMARY KEY (gate, seq, run)) STRICT, WITHOUT ROWID;
CREATE TABLE reviewers (person TEXT PRIMARY KEY, last_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
";

/// The same in the version before.
const FORMER_REVIEW_TABLES: &str = "
CREATE TABLE queue (
    seq INTEGER PRIMARY KEY, run BLOB NOT NULL UNIQUE, gate TEXT NOT NULL, kind TEXT NOT NULL,
    since_ms INTEGER NOT NULL, subject BLOB NOT NULL, author TEXT, edited_from BLOB, claim_by TEXT,
    claim_until_ms INTEGER, approved_by TEXT NOT NULL, escalated INTEGER NOT NULL,
    state INTEGER NOT NULL, closed INTEGER
) STRICT;
CREATE TABLE tracks (gate TEXT PRIMARY KEY, approved INTEGER NOT NULL, edited INTEGER NOT NULL,
    rejected INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;
";

const QUEUE_INDEXES: &str = "
CREATE INDEX queue_open ON queue (kind) WHERE closed IS NULL;
CREATE INDEX queue_gate ON queue (gate, kind) WHERE closed IS NULL;
CREATE INDEX queue_since ON queue (gate, kind, since_ms) WHERE closed IS NULL;
";

/// The projections, each with the columns that must match the events.
pub(crate) const PROJECTIONS: [(&str, &str); 15] = [
    ("contents", "digest, seq, until_ms, erased"),
    ("runs", "*"),
    ("mentions", "*"),
    ("lines", "*"),
    ("output_ids", "*"),
    ("queue", "*"),
    ("cycles", "*"),
    ("reviewers", "*"),
    ("levels", "*"),
    ("gate_versions", "*"),
    ("incidents", "*"),
    ("figures", "*"),
    ("days", "*"),
    ("campaigns", "*"),
    ("rollouts", "*"),
];

/// Creates the tables of an empty file.
pub(crate) fn create_tables(connection: &Connection) -> rusqlite::Result<()> {
    create_record(connection)?;
    connection.execute_batch(PROJECTION_TABLES)?;
    create_review_tables(connection)
}

/// Creates the tables of the version before, to compare with.
pub(crate) fn create_former_tables(connection: &Connection) -> rusqlite::Result<()> {
    create_record(connection)?;
    connection.execute_batch(PROJECTION_TABLES)?;
    connection.execute_batch(FORMER_REVIEW_TABLES)?;
    connection.execute_batch(QUEUE_INDEXES)
}

/// Replaces the tables that the version before defines differently by empty ones.
pub(crate) fn replace_former_tables(connection: &Connection) -> rusqlite::Result<()> {
    // Indexes go with their table.
    connection.execute_batch("DROP TABLE queue; DROP TABLE tracks;")?;
    create_review_tables(connection)
}

/// Creates empty temporary projections. While they exist, the names of the tables refer to them.
pub(crate) fn create_shadow_projections(connection: &Connection) -> rusqlite::Result<()> {
    let tables = format!("{CONTENT_TABLE} {PROJECTION_TABLES} {REVIEW_TABLES} {QUEUE_INDEXES}");
    let tables = tables.replace("CREATE TABLE ", "CREATE TEMP TABLE ");
    connection.execute_batch(&tables.replace("CREATE INDEX ", "CREATE INDEX temp."))
}

fn create_record(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(RECORD_TABLES)?;
    connection.execute_batch(CONTENT_TABLE)
}

fn create_review_tables(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(REVIEW_TABLES)?;
    connection.execute_batch(QUEUE_INDEXES)
}
