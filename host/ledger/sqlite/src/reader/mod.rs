//! Reading a ledger file. Each question is answered from its own snapshot, and never blocks the writer.

mod bounded;
mod events;
mod export;
mod queue;
mod rows;
mod runs;
mod state;
mod verify;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Params, Row};
use tollgate_ledger::{
    ActivityCounts, Checkpoint, CurrentLevel, EventQuery, KpiReading, LedgerError, LedgerReader,
    LevelIncident, ProjectionDifference, QueueKind, QueueLength, QueueQuery, QueuedRun,
    ReleaseState, ReviewCycle, RunQuery, RunSummary, StoredEvent, VerificationReport,
};
use tollgate_model::{BatchLine, Digest, GateName, Money};

pub(crate) use rows::json_column;
pub(crate) use runs::find_line_run;

use crate::error::database_error;
use crate::head::{HeadError, find_fault, read_head};
use crate::number::from_sql;
use crate::schema;

/// A ledger file opened for reading.
pub struct SqliteReader {
    connection: Connection,
    path: PathBuf,
    id: [u8; 16],
}

impl SqliteReader {
    /// Opens the ledger in a file for reading, whether or not a process is writing it.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let schema::OpenedLedger { connection, path, id } = schema::open_to_read(path)?;
        Ok(Self { connection, path, id })
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn head(&self) -> Result<Option<(u64, Digest)>, LedgerError> {
        let sql = "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1";
        self.query_one(sql, [], |row| Ok((from_sql(row.get(0)?), rows::digest_column(row, 1)?)))
    }

    fn require_recorded_head(&self) -> Result<(), LedgerError> {
        let to_error = |error: HeadError| error.to_ledger_error(&self.path);
        let Some(recorded) = read_head(&self.path).map_err(to_error)? else { return Ok(()) };
        let fault = find_fault(&self.connection, &self.id, &recorded)
            .map_err(|error| database_error(&self.path, &error))?;
        fault.map_or(Ok(()), |fault| Err(to_error(HeadError::Fault(fault))))
    }

    fn query_one<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, LedgerError> {
        let found = self.connection.prepare_cached(sql).and_then(|mut statement| {
            let found = statement.query_row(values, read);
            found.optional()
        });
        found.map_err(|error| database_error(&self.path, &error))
    }

    fn query_many<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, LedgerError> {
        let found = self.connection.prepare_cached(sql).and_then(|mut statement| {
            let found: rusqlite::Result<Vec<T>> = statement.query_map(values, read)?.collect();
            found
        });
        found.map_err(|error| database_error(&self.path, &error))
    }
}

/// The submodules answer the questions, in methods of the same names.
impl LedgerReader for SqliteReader {
    fn id(&self) -> &[u8; 16] {
        &self.id
    }

    fn head(&self) -> Result<Option<(u64, Digest)>, LedgerError> {
        self.head()
    }

    fn require_recorded_head(&self) -> Result<(), LedgerError> {
        self.require_recorded_head()
    }

    fn events(&self, query: &EventQuery) -> Result<Vec<StoredEvent>, LedgerError> {
        self.events(query)
    }

    fn history(&self, run: Digest) -> Result<Vec<StoredEvent>, LedgerError> {
        self.history(run)
    }

    fn first_since(&self, at_ms: u64) -> Result<Option<u64>, LedgerError> {
        self.first_since(at_ms)
    }

    fn content(&self, digest: Digest) -> Result<Option<Vec<u8>>, LedgerError> {
        self.content(digest)
    }

    fn erasure_of(&self, digest: Digest) -> Result<Option<u64>, LedgerError> {
        self.erasure_of(digest)
    }

    fn expired_contents(
        &self,
        now_ms: u64,
        limit: u32,
    ) -> Result<Vec<(Digest, GateName)>, LedgerError> {
        self.expired_contents(now_ms, limit)
    }

    fn runs(&self, query: &RunQuery) -> Result<Vec<RunSummary>, LedgerError> {
        self.runs(query)
    }

    fn run(&self, run: Digest) -> Result<Option<RunSummary>, LedgerError> {
        self.run(run)
    }

    fn runs_with_prefix(&self, digits: &str, limit: u32) -> Result<Vec<RunSummary>, LedgerError> {
        self.runs_with_prefix(digits, limit)
    }

    fn runs_with_output_id(
        &self,
        gate: &GateName,
        id: &str,
        limit: u32,
    ) -> Result<Vec<RunSummary>, LedgerError> {
        self.runs_with_output_id(gate, id, limit)
    }

    fn batch_line(
        &self,
        gate: &GateName,
        line: &BatchLine,
        release: Digest,
    ) -> Result<Option<Digest>, LedgerError> {
        self.batch_line(gate, line, release)
    }

    fn queue(&self, query: &QueueQuery) -> Result<Vec<QueuedRun>, LedgerError> {
        self.queue(query)
    }

    fn queued_run(&self, run: Digest) -> Result<Option<QueuedRun>, LedgerError> {
        self.queued_run(run)
    }

    fn queue_lengths(
        &self,
        kind: QueueKind,
    ) -> Result<BTreeMap<GateName, QueueLength>, LedgerError> {
        self.queue_lengths(kind)
    }
    fn oldest_hold_ms(&self, gate: &GateName) -> Result<Option<u64>, LedgerError> {
        self.oldest_hold_ms(gate)
    }

    fn gate_version(&self, gate: &GateName) -> Result<u64, LedgerError> {
        self.gate_version(gate)
    }

    fn level(&self, gate: &GateName) -> Result<Option<CurrentLevel>, LedgerError> {
        self.level(gate)
    }

    fn review_cycles(&self, gate: &GateName) -> Result<Vec<ReviewCycle>, LedgerError> {
        self.review_cycles(gate)
    }

    fn level_incidents(&self, gate: &GateName) -> Result<Vec<LevelIncident>, LedgerError> {
        self.level_incidents(gate)
    }

    fn figures(&self, gate: &GateName) -> Result<BTreeMap<String, KpiReading>, LedgerError> {
        self.figures(gate)
    }

    fn counts(
        &self,
        gate: &GateName,
        from_ms: u64,
        to_ms: u64,
    ) -> Result<ActivityCounts, LedgerError> {
        self.counts(gate, from_ms, to_ms)
    }

    fn gates(&self) -> Result<Vec<GateName>, LedgerError> {
        self.gates()
    }

    fn campaigns(&self, gate: &GateName) -> Result<Vec<(String, Money)>, LedgerError> {
        self.campaigns(gate)
    }

    fn spent_on_campaign(&self, gate: &GateName, campaign: &str) -> Result<Money, LedgerError> {
        self.spent_on_campaign(gate, campaign)
    }

    fn releases(&self, gate: &GateName) -> Result<Vec<ReleaseState>, LedgerError> {
        self.releases(gate)
    }

    fn active_release(&self, gate: &GateName) -> Result<Option<Digest>, LedgerError> {
        self.active_release(gate)
    }

    fn active_releases(&self) -> Result<BTreeMap<GateName, Digest>, LedgerError> {
        self.active_releases()
    }

    fn releases_version(&self) -> Result<u64, LedgerError> {
        self.releases_version()
    }

    fn checkpoints(&self) -> Result<Vec<Checkpoint>, LedgerError> {
        self.checkpoints()
    }

    fn verify(
        &self,
        known_checkpoints: &[Checkpoint],
        trusts: &dyn Fn(&Checkpoint, &[u8]) -> bool,
    ) -> Result<VerificationReport, LedgerError> {
        self.verify(known_checkpoints, trusts)
    }

    fn check_projections(&self) -> Result<Vec<ProjectionDifference>, LedgerError> {
        self.check_projections()
    }

    fn examine_storage(&self) -> Result<Vec<String>, LedgerError> {
        self.examine_storage()
    }

    fn export(&self, after: u64, output: &mut dyn Write) -> Result<u64, LedgerError> {
        self.export(after, output)
    }
}
