//! The handle through which the host writes to a ledger. Reading goes through [`LedgerView`](crate::View).

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};
use tollgate_model::Digest;

use crate::writer::{self, QUEUE_REQUESTS_MAX, WriterRequest};
use crate::{Checkpoint, LedgerEntry, LedgerError, SqliteReader, schema};

/// A ledger that can be written to. Clones share the same file and writer thread.
#[derive(Clone)]
pub struct SqliteLedger {
    shared: Arc<LedgerShared>,
}

struct LedgerShared {
    path: PathBuf,
    requests: mpsc::Sender<WriterRequest>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// The range of events that one call appended. They are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppendedRange {
    pub first: u64,
    pub last: u64,
    /// Hash of the last event.
    pub hash: Digest,
}

impl SqliteLedger {
    /// Opens the ledger in a file and creates the file if it does not exist.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let opened_ledger = schema::open_to_write(path)?;
        let (requests, request_queue) = mpsc::channel(QUEUE_REQUESTS_MAX);
        let thread = writer::start(opened_ledger, request_queue).map_err(|error| {
            LedgerError::Database { path: path.into(), reason: error.to_string() }
        })?;
        let thread = Mutex::new(Some(thread));
        Ok(Self { shared: Arc::new(LedgerShared { path: path.into(), requests, thread }) })
    }

    /// Records entries that belong together: all of them or none. Returns once they are durable. If the
    /// future is dropped before that, the entries may or may not be recorded.
    pub async fn append(&self, entries: Vec<LedgerEntry>) -> Result<AppendedRange, LedgerError> {
        let (request, answer) = prepare_append(entries)?;
        self.shared.requests.send(request).await.map_err(|_| LedgerError::Closed)?;
        answer.await.map_err(|_| LedgerError::Closed)?
    }

    /// Does the same as [`Ledger::append`] for callers that can block a thread. Panics inside an async runtime.
    pub fn append_blocking(&self, entries: Vec<LedgerEntry>) -> Result<AppendedRange, LedgerError> {
        let (request, answer) = prepare_append(entries)?;
        self.send_and_wait(request, answer)
    }

    /// Signs the end of the chain and stores the checkpoint in the ledger. Returns `None` if the ledger is
    /// empty. A copy kept elsewhere reveals a truncation that removed the stored checkpoints as well.
    pub fn checkpoint(
        &self,
        at_ms: u64,
        key: &str,
        sign: impl FnOnce(&[u8]) -> Vec<u8>,
    ) -> Result<Option<Checkpoint>, LedgerError> {
        // The view has its own connection, so only committed events are signed.
        let Some(checkpoint) = self.view()?.sign_checkpoint(at_ms, key, sign)? else {
            return Ok(None);
        };
        let (reply, answer) = oneshot::channel();
        self.send_and_wait(WriterRequest::Checkpoint(checkpoint.clone(), reply), answer)?;
        Ok(Some(checkpoint))
    }

    /// Rebuilds the projections from the events.
    pub fn rebuild(&self) -> Result<(), LedgerError> {
        let (reply, answer) = oneshot::channel();
        self.send_and_wait(WriterRequest::Rebuild(reply), answer)
    }

    /// Opens a view for reading. Its methods block, so async callers need a blocking thread.
    pub fn view(&self) -> Result<SqliteReader, LedgerError> {
        SqliteReader::open(&self.shared.path)
    }

    /// Waits until everything handed in so far is recorded, then stops the writer thread.
    pub fn close(&self) {
        // A closed channel means that the writer has already stopped or is about to.
        let _ = self.shared.requests.blocking_send(WriterRequest::Close);
        let mut thread = self.shared.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = thread.take() {
            let _ = thread.join();
        }
    }

    fn send_and_wait<T>(
        &self,
        request: WriterRequest,
        answer: oneshot::Receiver<Result<T, LedgerError>>,
    ) -> Result<T, LedgerError> {
        self.shared.requests.blocking_send(request).map_err(|_| LedgerError::Closed)?;
        answer.blocking_recv().map_err(|_| LedgerError::Closed)?
    }
}

/// Serialises and hashes entries on the caller's thread, so that many callers do it in parallel.
fn prepare_append(
    entries: Vec<LedgerEntry>,
) -> Result<(WriterRequest, oneshot::Receiver<Result<AppendedRange, LedgerError>>), LedgerError> {
    let prepared = entries.into_iter().map(LedgerEntry::prepare).collect::<Result<_, _>>()?;
    let (reply, answer) = oneshot::channel();
    Ok((WriterRequest::Append(prepared, reply), answer))
}
