//! The writer: one thread that takes what many hand in, and makes it durable together.
//!
//! While one group reaches the disk, the next one gathers. Nobody is told that something is
//! recorded before the transaction that has it is on the disk.

use std::collections::BTreeMap;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};
use tollgate_model::{Digest, What};

use crate::apply::{self, At};
use crate::chain;
use crate::entry::{Expect, Prepared, number, stored};
use crate::error::{Conflict, told};
use crate::schema::Opened;
use crate::{Appended, Checkpoint, Error};

/// Callers that may wait for the writer before the next one waits for a place. Each is a few
/// kilobytes, and more would only wait longer.
pub(crate) const QUEUE_REQUESTS_MAX: usize = 1024;
/// Requests that become durable together. Beyond this the disk's wait is shared by enough.
const GROUP_REQUESTS_MAX: usize = 256;
/// Bytes that become durable together: large ones do not make small ones wait.
const GROUP_BYTES_MAX: usize = 16 << 20;

/// How long a group waits for those that were in the one before: they have just been told, and
/// come again. Far less than the disk takes, and nobody alone waits.
const GATHER: Duration = Duration::from_micros(500);
const GATHER_STEP: Duration = Duration::from_micros(50);

type Reply<T> = oneshot::Sender<Result<T, Error>>;

pub(crate) enum Request {
    /// Entries that belong together: all of them, or none.
    Append(Vec<Prepared>, Reply<Appended>),
    Checkpoint(Checkpoint, Reply<()>),
    Rebuild(Reply<()>),
    Close,
}

/// What came of one request of a group, told once the group is durable.
type Outcome = (Result<Appended, Conflict>, Reply<Appended>);

struct Writer {
    opened: Opened,
    requests: mpsc::Receiver<Request>,
    /// How many were in the last group.
    last_group: usize,
}

/// Starts the thread.
pub(crate) fn start(
    opened: Opened,
    requests: mpsc::Receiver<Request>,
) -> std::io::Result<JoinHandle<()>> {
    let builder = thread::Builder::new().name("tollgate-ledger".into());
    builder.spawn(move || Writer { opened, requests, last_group: 1 }.work())
}

impl Writer {
    fn work(mut self) {
        let mut next = self.requests.blocking_recv();
        while let Some(request) = next.take() {
            match request {
                Request::Append(entries, reply) => {
                    next = self.group(entries, reply);
                }
                Request::Checkpoint(checkpoint, reply) => {
                    // Whoever does not wait for the answer does not want it.
                    let _ = reply.send(self.checkpoint(&checkpoint));
                }
                Request::Rebuild(reply) => {
                    let _ = reply.send(self.rebuild());
                }
                // What was handed in before is done; nothing more comes in.
                Request::Close => self.requests.close(),
            }
            if next.is_none() {
                next = self.requests.blocking_recv();
            }
        }
        // Readers find a file without a tail to read through. They do so with one, too.
        let _ = self.opened.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// Takes what has gathered, writes it, tells everybody. Gives back the first request that is
    /// of another kind.
    fn group(&mut self, first: Vec<Prepared>, reply: Reply<Appended>) -> Option<Request> {
        self.gather();
        let mut bytes = size(&first);
        let mut group = vec![(first, reply)];
        let mut other = None;
        while group.len() < GROUP_REQUESTS_MAX && bytes < GROUP_BYTES_MAX {
            match self.requests.try_recv() {
                Ok(Request::Append(entries, reply)) => {
                    bytes += size(&entries);
                    group.push((entries, reply));
                }
                Ok(request) => {
                    other = Some(request);
                    break;
                }
                Err(_) => break,
            }
        }
        self.last_group = group.len();
        self.write(group);
        other
    }

    /// Gives those of the last group the time to come again. Without it half of them would miss
    /// each group, and every second wait for the disk would be for a few.
    fn gather(&self) {
        let begin = Instant::now();
        while self.requests.len() + 1 < self.last_group && begin.elapsed() < GATHER {
            thread::sleep(GATHER_STEP);
        }
    }

    fn write(&mut self, group: Vec<(Vec<Prepared>, Reply<Appended>)>) {
        let (requests, replies): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        match self.commit(&requests) {
            Ok(results) => {
                let outcomes: Vec<Outcome> = results.into_iter().zip(replies).collect();
                for (result, reply) in outcomes {
                    let _ = reply.send(result.map_err(Error::Conflict));
                }
            }
            // Nothing of the group is recorded, and everybody is told so.
            Err(error) => {
                for reply in replies {
                    let _ = reply.send(Err(told(&self.opened.path, &error)));
                }
            }
        }
    }

    fn commit(
        &mut self,
        requests: &[Vec<Prepared>],
    ) -> rusqlite::Result<Vec<Result<Appended, Conflict>>> {
        let id = self.opened.id;
        let connection = &mut self.opened.connection;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have written meanwhile: the head is read, not remembered.
        let mut head = Head::read(&transaction, &id)?;
        let mut results = Vec::with_capacity(requests.len());
        for entries in requests {
            results.push(match conflict(&transaction, head.seq, entries)? {
                Some(conflict) => Err(conflict),
                None => Ok(head.append(&transaction, entries)?),
            });
        }
        let erases = requests.iter().flatten().any(|entry| erased(entry).is_some());
        transaction.commit()?;
        if erases {
            // What was erased must not stay in the write-ahead file; later is early enough where a
            // reader is in the way, so a failure here is none of the append.
            let _ = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        Ok(results)
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), Error> {
        let sql = "INSERT INTO checkpoints (seq, at_ms, hash, key, signature)
            VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (seq, key) DO NOTHING";
        let Checkpoint { seq, at_ms, hash, key, signature } = checkpoint;
        let values = params![stored(*seq), stored(*at_ms), hash.as_bytes(), key, signature];
        let done = self.opened.connection.execute(sql, values);
        done.map(|_| ()).map_err(|error| told(&self.opened.path, &error))
    }

    fn rebuild(&mut self) -> Result<(), Error> {
        crate::rebuild::rebuild(&mut self.opened)
    }
}

fn size(entries: &[Prepared]) -> usize {
    let of = |entry: &Prepared| entry.text.len() + entry.bytes.iter().map(Vec::len).sum::<usize>();
    entries.iter().map(of).sum()
}

fn erased(entry: &Prepared) -> Option<&[Digest]> {
    match &entry.body.what {
        What::Erasure(erasure) => Some(&erasure.contents),
        _ => None,
    }
}

/// Where the chain ends.
struct Head {
    seq: u64,
    hash: Digest,
}

impl Head {
    fn read(connection: &Connection, id: &[u8; 16]) -> rusqlite::Result<Self> {
        let sql = "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1";
        let mut statement = connection.prepare_cached(sql)?;
        let last = statement.query_row([], |row| {
            let (seq, hash) = (row.get::<_, i64>(0)?, row.get::<_, [u8; 32]>(1)?);
            Ok(Self { seq: number(seq), hash: Digest::from_bytes(hash) })
        });
        Ok(last.optional()?.unwrap_or(Self { seq: 0, hash: chain::genesis(id) }))
    }

    fn append(
        &mut self,
        transaction: &Transaction<'_>,
        entries: &[Prepared],
    ) -> rusqlite::Result<Appended> {
        let first = self.seq + 1;
        for entry in entries {
            self.append_one(transaction, entry)?;
        }
        Ok(Appended { first, last: self.seq, hash: self.hash })
    }

    fn append_one(
        &mut self,
        transaction: &Transaction<'_>,
        entry: &Prepared,
    ) -> rusqlite::Result<()> {
        let Prepared { at_ms, gate, text, body, bytes, .. } = entry;
        let kind = body.what.kind();
        self.seq += 1;
        self.hash = chain::hash(&self.hash, self.seq, number(*at_ms), gate, kind, text);
        let seq = stored(self.seq);
        let sql = "INSERT INTO events (seq, at_ms, gate, kind, body, hash)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let values = params![seq, at_ms, gate, kind, text, self.hash.as_bytes()];
        transaction.prepare_cached(sql)?.execute(values)?;
        let at = At { connection: transaction, seq, at_ms: *at_ms, gate };
        apply::apply(at, body)?;
        if let Some(digests) = erased(entry) {
            apply::wipe(at, digests)?;
        }
        for (held, bytes) in body.contents.iter().zip(bytes) {
            apply::hold(at, held, Some(bytes))?;
        }
        Ok(())
    }
}

/// What speaks against a request, looked at in the transaction that would record it.
fn conflict(
    transaction: &Transaction<'_>,
    last: u64,
    entries: &[Prepared],
) -> rusqlite::Result<Option<Conflict>> {
    let mut lines = BTreeMap::new();
    for (entry, seq) in entries.iter().zip(last + 1..) {
        if let Some(expect) = entry.expect
            && let Some(conflict) = moved(transaction, expect)?
        {
            return Ok(Some(conflict));
        }
        let What::Run(run) = &entry.body.what else { continue };
        let Some(line) = &run.line else { continue };
        let (batch, key) = (line.batch.as_str(), line.key.as_str());
        // Twice in one request is as wrong as twice in two.
        let earlier = lines.insert((batch, key), seq);
        let earlier = earlier.or(crate::view::line_seq(transaction, batch, key)?);
        if let Some(seq) = earlier {
            let (batch, key) = (batch.to_owned(), key.to_owned());
            return Ok(Some(Conflict::AlreadyRecorded { batch, key, seq }));
        }
    }
    Ok(None)
}

fn moved(transaction: &Transaction<'_>, expect: Expect) -> rusqlite::Result<Option<Conflict>> {
    let Expect { run, state: expected } = expect;
    let sql = "SELECT state, closed IS NULL FROM queue WHERE run = ?1";
    let mut statement = transaction.prepare_cached(sql)?;
    let read = |row: &rusqlite::Row<'_>| Ok((number(row.get(0)?), row.get::<_, bool>(1)?));
    let found = statement.query_row([run.as_bytes()], read).optional()?;
    Ok(match found {
        Some((now, _)) if now == expected => None,
        Some((now, true)) => Some(Conflict::Moved { run, expected, now }),
        _ => Some(Conflict::NotWaiting { run }),
    })
}
