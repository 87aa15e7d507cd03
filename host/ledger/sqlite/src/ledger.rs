//! The handle through which a ledger file is written.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};
use tollgate_ledger::{
    Append, AppendedRange, BoxFuture, Checkpoint, Ledger, LedgerError, LedgerReader, PurgeResult,
};

use crate::head::head_path;
use crate::writer::{self, QUEUE_REQUESTS_MAX, WriterRequest};
use crate::{SqliteReader, schema};

/// A ledger file that can be written to. Clones share the same writer thread.
#[derive(Clone)]
pub struct SqliteLedger {
    shared: Arc<LedgerShared>,
}

struct LedgerShared {
    path: PathBuf,
    requests: mpsc::Sender<WriterRequest>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

type Answer<T> = oneshot::Receiver<Result<T, LedgerError>>;

impl SqliteLedger {
    /// Opens the ledger in a file and creates the file if it does not exist.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let opened = schema::open_to_write(path)?;
        let (requests, request_queue) = mpsc::channel(QUEUE_REQUESTS_MAX);
        let thread = writer::start(opened, request_queue)?;
        let thread = Mutex::new(Some(thread));
        Ok(Self { shared: Arc::new(LedgerShared { path: path.into(), requests, thread }) })
    }

    /// Returns whether there is a ledger at a path, or was one that is gone: opening that one fails.
    pub fn is_recorded(path: &Path) -> bool {
        path.exists() || head_path(path).exists()
    }

    async fn send<T>(&self, request: WriterRequest, answer: Answer<T>) -> Result<T, LedgerError> {
        self.shared.requests.send(request).await.map_err(|_| LedgerError::Closed)?;
        answer.await.map_err(|_| LedgerError::Closed)?
    }

    fn send_and_wait<T>(
        &self,
        request: WriterRequest,
        answer: Answer<T>,
    ) -> Result<T, LedgerError> {
        self.shared.requests.blocking_send(request).map_err(|_| LedgerError::Closed)?;
        answer.blocking_recv().map_err(|_| LedgerError::Closed)?
    }
}

impl Ledger for SqliteLedger {
    fn append(&self, append: Append) -> BoxFuture<'_, Result<AppendedRange, LedgerError>> {
        Box::pin(async move {
            let (request, answer) = prepare_append(append)?;
            self.send(request, answer).await
        })
    }

    fn purge_erased(&self) -> BoxFuture<'_, Result<PurgeResult, LedgerError>> {
        Box::pin(async move {
            let (reply, answer) = oneshot::channel();
            self.send(WriterRequest::Purge(reply), answer).await
        })
    }

    fn append_blocking(&self, append: Append) -> Result<AppendedRange, LedgerError> {
        let (request, answer) = prepare_append(append)?;
        self.send_and_wait(request, answer)
    }

    fn open_reader(&self) -> Result<Box<dyn LedgerReader>, LedgerError> {
        Ok(Box::new(SqliteReader::open(&self.shared.path)?))
    }

    fn checkpoint(
        &self,
        at_ms: u64,
        key: &str,
        sign: &dyn Fn(&[u8]) -> Vec<u8>,
    ) -> Result<Option<Checkpoint>, LedgerError> {
        // The reader has its own connection, so only committed events are signed.
        let reader = SqliteReader::open(&self.shared.path)?;
        let Some(head) = reader.head()? else { return Ok(None) };
        let checkpoint = Checkpoint::sign(reader.id(), head, at_ms, key, sign);
        let (reply, answer) = oneshot::channel();
        self.send_and_wait(WriterRequest::Checkpoint(checkpoint.clone(), reply), answer)?;
        Ok(Some(checkpoint))
    }

    fn rebuild(&self) -> Result<(), LedgerError> {
        let (reply, answer) = oneshot::channel();
        self.send_and_wait(WriterRequest::Rebuild(reply), answer)
    }

    fn close(&self) {
        // A closed channel means that the writer has already stopped or is about to.
        let _ = self.shared.requests.blocking_send(WriterRequest::Close);
        let mut thread = self.shared.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = thread.take() {
            let _ = thread.join();
        }
    }
}

/// Prepares entries on the caller's thread, so that many callers do it in parallel.
fn prepare_append(append: Append) -> Result<(WriterRequest, Answer<AppendedRange>), LedgerError> {
    let prepared = append.prepare()?;
    let (reply, answer) = oneshot::channel();
    Ok((WriterRequest::Append(prepared, reply), answer))
}
