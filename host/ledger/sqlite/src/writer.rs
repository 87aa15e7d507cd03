//! The writer: one thread that commits the entries of many callers together.
//!
//! While one group is written to the disk, the next one gathers (group commit). No caller is answered before the
//! transaction with its entries is durable.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};
use tollgate_ledger::storage::{PreparedAppend, PreparedEntry, event_hash, genesis_hash};
use tollgate_ledger::{
    AppendCondition, AppendedRange, Checkpoint, ConflictError, ExpectedState, HeadFault,
    LedgerError, PurgeResult,
};
use tollgate_model::{Digest, EventKind};

use crate::apply::{self, AppliedEvent};
use crate::error::{WriterError, database_error};
use crate::head::{HeadError, HeadFile};
use crate::in_place::OpenFiles;
use crate::number::{from_sql, to_sql};
use crate::reader::find_line_run;
use crate::schema::{OpenedLedger, keep_log_on_close, write_ahead_log};
use crate::upgrade::{require_known_tables, upgrade_tables};

/// Requests that may wait in the channel before callers have to wait for a place. Each takes a few
/// kilobytes, and a longer channel would only make callers wait longer.
pub(crate) const QUEUE_REQUESTS_MAX: usize = 1024;
/// Maximum number of requests committed together. A larger group would hardly lower the cost of a flush.
const GROUP_REQUESTS_MAX: usize = 256;
/// Maximum number of bytes committed together, so that large requests do not delay small ones for long.
const GROUP_BYTES_MAX: usize = 16 << 20;

/// Time that a group waits for the callers of the previous one, which have just been answered and tend to come
/// again. This is far less than a flush takes, and a single caller never waits.
const GATHER_WAIT: Duration = Duration::from_micros(500);
const GATHER_STEP: Duration = Duration::from_micros(50);

type Reply<T> = oneshot::Sender<Result<T, LedgerError>>;

pub(crate) enum WriterRequest {
    /// Entries that belong together: all of them are recorded, or none.
    Append(PreparedAppend, Reply<AppendedRange>),
    Checkpoint(Checkpoint, Reply<()>),
    Rebuild(Reply<()>),
    Purge(Reply<PurgeResult>),
    Close,
}

/// The result of one request of a group, sent once the group is durable.
type AppendResult = (Result<AppendedRange, ConflictError>, Reply<AppendedRange>);

struct Writer {
    opened: OpenedLedger,
    head_file: HeadFile,
    files: OpenFiles,
    /// The last event that is known to be recorded.
    last: ChainHead,
    requests: mpsc::Receiver<WriterRequest>,
    /// Number of requests in the previous group.
    previous_group_len: usize,
}

/// Starts the writer thread. Fails if the ledger is not the one whose end was recorded in its head file.
pub(crate) fn start(
    opened: OpenedLedger,
    requests: mpsc::Receiver<WriterRequest>,
) -> Result<JoinHandle<()>, LedgerError> {
    let path = opened.path.clone();
    let writer = Writer::new(opened, requests).map_err(|error| error.to_ledger_error(&path))?;
    let builder = thread::Builder::new().name("tollgate-ledger".into());
    let started = builder.spawn(move || writer.serve());
    started.map_err(|error| LedgerError::Database { path, reason: error.to_string() })
}

impl Writer {
    fn new(
        mut opened: OpenedLedger,
        requests: mpsc::Receiver<WriterRequest>,
    ) -> Result<Self, WriterError> {
        let head_file = HeadFile::open(&opened)?;
        upgrade_tables(&mut opened.connection)?;
        let files = OpenFiles::of(&opened.path)?;
        let last = ChainHead::read(&opened.connection, &opened.id)?;
        keep_log_on_close(&opened.connection, false)?;
        Ok(Self { opened, head_file, files, last, requests, previous_group_len: 1 })
    }

    fn serve(mut self) {
        let mut next = self.requests.blocking_recv();
        while let Some(request) = next.take() {
            match request {
                WriterRequest::Append(append, reply) => {
                    next = self.append_group(append, reply);
                }
                WriterRequest::Checkpoint(checkpoint, reply) => {
                    // A caller that has stopped waiting does not need the answer.
                    let _ = reply.send(self.checkpoint(&checkpoint));
                }
                WriterRequest::Rebuild(reply) => {
                    let _ = reply.send(self.rebuild());
                }
                WriterRequest::Purge(reply) => {
                    let _ = reply.send(self.purge_erased());
                }
                // Requests handed in before are still served, but no new ones are accepted.
                WriterRequest::Close => self.requests.close(),
            }
            if next.is_none() {
                next = self.requests.blocking_recv();
            }
        }
        // An empty write-ahead log makes opening faster. Readers manage without, so errors do not matter.
        let _ = self.opened.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// Commits the requests that have gathered and answers them. Returns the first request of another kind, which
    /// ends the group.
    fn append_group(
        &mut self,
        first: PreparedAppend,
        reply: Reply<AppendedRange>,
    ) -> Option<WriterRequest> {
        self.wait_for_callers();
        let mut bytes = first.size_bytes();
        let mut group = vec![(first, reply)];
        let mut other = None;
        while group.len() < GROUP_REQUESTS_MAX && bytes < GROUP_BYTES_MAX {
            match self.requests.try_recv() {
                Ok(WriterRequest::Append(append, reply)) => {
                    bytes += append.size_bytes();
                    group.push((append, reply));
                }
                Ok(request) => {
                    other = Some(request);
                    break;
                }
                Err(_) => break,
            }
        }
        self.previous_group_len = group.len();
        self.commit_and_reply(group);
        other
    }

    /// Waits briefly for the callers of the previous group. Without this, half of them would miss each group, and
    /// every second flush would serve only a few requests.
    fn wait_for_callers(&self) {
        let begin = Instant::now();
        while self.requests.len() + 1 < self.previous_group_len && begin.elapsed() < GATHER_WAIT {
            thread::sleep(GATHER_STEP);
        }
    }

    fn commit_and_reply(&mut self, group: Vec<(PreparedAppend, Reply<AppendedRange>)>) {
        let (requests, replies): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        match self.commit(&requests) {
            Ok(results) => {
                let outcomes: Vec<AppendResult> = results.into_iter().zip(replies).collect();
                for (result, reply) in outcomes {
                    let _ = reply.send(result.map_err(LedgerError::Conflict));
                }
            }
            // Nothing of the group was recorded, so every caller gets the error.
            Err(error) => {
                for reply in replies {
                    let _ = reply.send(Err(error.to_ledger_error(&self.opened.path)));
                }
            }
        }
    }

    /// Commits a group. What was committed to files that are not in their places any more counts as not recorded.
    fn commit(
        &mut self,
        requests: &[PreparedAppend],
    ) -> Result<Vec<Result<AppendedRange, ConflictError>>, WriterError> {
        self.prepare_to_write()?;
        let results = self.commit_transaction(requests)?;
        self.files.check()?;
        // The events are recorded even if the head file cannot say so. The next write tries again, and fails if it cannot
        // either.
        let _ = self.head_file.advance(self.last.seq, self.last.hash);
        Ok(results)
    }

    fn prepare_to_write(&mut self) -> Result<(), WriterError> {
        self.files.check()?;
        Ok(self.head_file.catch_up(self.last.seq, self.last.hash)?)
    }

    fn commit_transaction(
        &mut self,
        requests: &[PreparedAppend],
    ) -> Result<Vec<Result<AppendedRange, ConflictError>>, WriterError> {
        let id = self.opened.id;
        let connection = &mut self.opened.connection;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        require_known_tables(&transaction)?;
        // Another process may have appended since, so the head is read again each time.
        let mut head = ChainHead::read(&transaction, &id)?;
        head.require_after(&self.last)?;
        let mut results = Vec::with_capacity(requests.len());
        for append in requests {
            results.push(match find_conflict(&transaction, append)? {
                Some(conflict) => Err(conflict),
                None => Ok(head.append_all(&transaction, &append.entries)?),
            });
        }
        transaction.commit()?;
        self.last = head;
        Ok(results)
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), LedgerError> {
        let sql = "INSERT INTO checkpoints (seq, at_ms, hash, key, signature)
            VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (seq, key) DO NOTHING";
        let Checkpoint { seq, at_ms, hash, key, signature } = checkpoint;
        let values = params![to_sql(*seq), to_sql(*at_ms), hash.as_bytes(), key, signature];
        let done = self.prepare_to_write().and_then(|()| {
            self.opened.connection.execute(sql, values)?;
            self.files.check()
        });
        done.map_err(|error| error.to_ledger_error(&self.opened.path))
    }

    /// Moves the write-ahead log into the file, where erased bytes are overwritten, and empties it. A reader of an
    /// older state prevents that.
    fn purge_erased(&mut self) -> Result<PurgeResult, LedgerError> {
        let path = &self.opened.path;
        let is_blocked =
            self.opened
                .connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
        Ok(match is_blocked.map_err(|error| database_error(path, &error))? {
            false => PurgeResult::Purged,
            true => PurgeResult::InUse { files: vec![path.clone(), write_ahead_log(path)] },
        })
    }

    fn rebuild(&mut self) -> Result<(), LedgerError> {
        let done = self
            .prepare_to_write()
            .and_then(|()| crate::rebuild::rebuild(&mut self.opened.connection));
        done.map_err(|error| error.to_ledger_error(&self.opened.path))
    }
}

/// The last event of the chain, or the genesis hash with number 0.
#[derive(Clone, Copy)]
pub(crate) struct ChainHead {
    pub seq: u64,
    pub hash: Digest,
}

impl ChainHead {
    pub fn read(connection: &Connection, id: &[u8; 16]) -> rusqlite::Result<Self> {
        let sql = "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1";
        let mut statement = connection.prepare_cached(sql)?;
        let last = statement.query_row([], |row| {
            let (seq, hash) = (row.get::<_, i64>(0)?, row.get::<_, [u8; 32]>(1)?);
            Ok(Self { seq: from_sql(seq), hash: Digest::from_bytes(hash) })
        });
        Ok(last.optional()?.unwrap_or(Self { seq: 0, hash: genesis_hash(id) }))
    }

    /// Fails if the chain ends before an event that was recorded, or has another one in its place: somebody cut it off
    /// while it was open.
    fn require_after(&self, recorded: &Self) -> Result<(), HeadError> {
        let (seq, last) = (recorded.seq, self.seq);
        match last.cmp(&seq) {
            Ordering::Less => Err(HeadError::Fault(HeadFault::Lost { last, recorded: seq })),
            Ordering::Equal if self.hash != recorded.hash => {
                Err(HeadError::Fault(HeadFault::OtherHistory { seq }))
            }
            Ordering::Equal | Ordering::Greater => Ok(()),
        }
    }

    fn append_all(
        &mut self,
        transaction: &Transaction<'_>,
        entries: &[PreparedEntry],
    ) -> rusqlite::Result<AppendedRange> {
        let first = self.seq + 1;
        for entry in entries {
            self.append_entry(transaction, entry)?;
        }
        Ok(AppendedRange { first, last: self.seq, hash: self.hash })
    }

    fn append_entry(
        &mut self,
        transaction: &Transaction<'_>,
        entry: &PreparedEntry,
    ) -> rusqlite::Result<()> {
        let PreparedEntry { at_ms, gate, body_json: text, body, content_bytes: bytes } = entry;
        let kind_name = body.event.name();
        self.seq += 1;
        self.hash = event_hash(&self.hash, self.seq, *at_ms, gate, kind_name, text);
        let (seq, at_ms) = (to_sql(self.seq), to_sql(*at_ms));
        let sql = "INSERT INTO events (seq, at_ms, gate, kind, body, hash)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let values = params![seq, at_ms, gate, kind_name, text, self.hash.as_bytes()];
        transaction.prepare_cached(sql)?.execute(values)?;
        let at = AppliedEvent { connection: transaction, seq, at_ms, gate };
        apply::apply_event(at, body)?;
        // Erasing comes before retaining, so that a content which the same event refers to stays.
        if let Some(digests) = entry.erased_contents() {
            apply::remove_bytes(at, digests)?;
        }
        for (content, bytes) in body.contents.iter().zip(bytes) {
            apply::retain_content(at, content, Some(bytes))?;
        }
        Ok(())
    }
}

/// Checks a request's conditions in the transaction that would record it.
fn find_conflict(
    transaction: &Transaction<'_>,
    append: &PreparedAppend,
) -> rusqlite::Result<Option<ConflictError>> {
    for condition in &append.conditions {
        if let Some(conflict) = check_condition(transaction, condition)? {
            return Ok(Some(conflict));
        }
    }
    find_recorded_line(transaction, &append.entries)
}

/// Returns the conflict if the same release has decided a line of a batch already, or decides it twice in the same
/// request.
fn find_recorded_line(
    transaction: &Transaction<'_>,
    entries: &[PreparedEntry],
) -> rusqlite::Result<Option<ConflictError>> {
    let mut lines = BTreeMap::new();
    for entry in entries {
        let EventKind::Run(run) = &entry.body.event else { continue };
        let Some(line) = &run.batch_line else { continue };
        let gate = entry.gate.as_str();
        let place = (gate, line.batch.as_str(), line.key.as_str(), run.release);
        let earlier = lines.insert(place, run.run);
        let earlier = earlier.or(find_line_run(transaction, gate, line, run.release)?);
        if let Some(run) = earlier {
            let line = line.clone();
            return Ok(Some(ConflictError::AlreadyRecorded { line, run }));
        }
    }
    Ok(None)
}

fn check_condition(
    transaction: &Transaction<'_>,
    condition: &AppendCondition,
) -> rusqlite::Result<Option<ConflictError>> {
    match condition {
        AppendCondition::RunState(expected) => check_expected_state(transaction, *expected),
        AppendCondition::GateVersion { gate, version } => {
            let found = apply::gate_version(transaction, gate.as_str())?;
            let (gate, expected) = (gate.clone(), *version);
            Ok((found != expected).then_some(ConflictError::GateChanged { gate, expected, found }))
        }
        // A condition that this crate does not know must not count as one that holds.
        _ => Ok(Some(ConflictError::UncheckedCondition(format!("{condition:?}")))),
    }
}

fn check_expected_state(
    transaction: &Transaction<'_>,
    expect: ExpectedState,
) -> rusqlite::Result<Option<ConflictError>> {
    let ExpectedState { run, last_event: expected } = expect;
    let sql = "SELECT state, closed IS NULL FROM queue WHERE run = ?1";
    let mut statement = transaction.prepare_cached(sql)?;
    let read = |row: &rusqlite::Row<'_>| Ok((from_sql(row.get(0)?), row.get::<_, bool>(1)?));
    let found = statement.query_row([run.as_bytes()], read).optional()?;
    Ok(match found {
        Some((now, _)) if now == expected => None,
        Some((now, true)) => Some(ConflictError::Changed { run, expected, now }),
        _ => Some(ConflictError::NotQueued { run }),
    })
}
