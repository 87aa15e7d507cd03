//! The handle: what the host holds of a ledger.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};
use tollgate_model::Digest;

use crate::writer::{self, QUEUE_REQUESTS_MAX, Request};
use crate::{Checkpoint, Entry, Error, View, schema};

/// A ledger that can be written. Clones are the same ledger.
#[derive(Clone)]
pub struct Ledger {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    requests: mpsc::Sender<Request>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Entries that are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The number of the first of them.
    pub first: u64,
    /// The number of the last of them.
    pub last: u64,
    /// The hash of the last of them.
    pub hash: Digest,
}

impl Ledger {
    /// Opens the ledger of a file, and makes it where there is none.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let opened = schema::open_to_write(path)?;
        let (requests, received) = mpsc::channel(QUEUE_REQUESTS_MAX);
        let thread = writer::start(opened, received)
            .map_err(|error| Error::Database { path: path.into(), reason: error.to_string() })?;
        let thread = Mutex::new(Some(thread));
        Ok(Self { shared: Arc::new(Shared { path: path.into(), requests, thread }) })
    }

    /// Records entries that belong together: all of them, or none. It returns when they are
    /// durable. Dropped before that, they are recorded or not.
    pub async fn append(&self, entries: Vec<Entry>) -> Result<Appended, Error> {
        let (request, answer) = append_request(entries)?;
        self.shared.requests.send(request).await.map_err(|_| Error::Closed)?;
        answer.await.map_err(|_| Error::Closed)?
    }

    /// The same for callers that have a thread to wait with. Inside an async runtime it panics.
    pub fn append_blocking(&self, entries: Vec<Entry>) -> Result<Appended, Error> {
        let (request, answer) = append_request(entries)?;
        self.ask(request, answer)
    }

    /// Signs the end of the chain and keeps that. Who keeps a copy elsewhere finds a tail that was
    /// cut off together with its checkpoints. Nothing is there to sign in an empty ledger.
    pub fn checkpoint(
        &self,
        at_ms: u64,
        key: &str,
        sign: impl FnOnce(&[u8]) -> Vec<u8>,
    ) -> Result<Option<Checkpoint>, Error> {
        let Some(checkpoint) = self.view()?.checkpoint(at_ms, key, sign)? else { return Ok(None) };
        let (reply, answer) = oneshot::channel();
        self.ask(Request::Checkpoint(checkpoint.clone(), reply), answer)?;
        Ok(Some(checkpoint))
    }

    /// Makes the projections anew from the events.
    pub fn rebuild(&self) -> Result<(), Error> {
        let (reply, answer) = oneshot::channel();
        self.ask(Request::Rebuild(reply), answer)
    }

    /// A view of what is recorded. It blocks while it reads: async callers give it a thread.
    pub fn view(&self) -> Result<View, Error> {
        View::open(&self.shared.path)
    }

    /// Waits until everything that was handed in is recorded, and ends the writer.
    pub fn close(&self) {
        // A closed channel means that the writer has ended, or is about to.
        let _ = self.shared.requests.blocking_send(Request::Close);
        let mut thread = self.shared.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = thread.take() {
            let _ = thread.join();
        }
    }

    fn ask<T>(
        &self,
        request: Request,
        answer: oneshot::Receiver<Result<T, Error>>,
    ) -> Result<T, Error> {
        self.shared.requests.blocking_send(request).map_err(|_| Error::Closed)?;
        answer.blocking_recv().map_err(|_| Error::Closed)?
    }
}

/// What does not need the database is done by the caller: many do it at once.
fn append_request(
    entries: Vec<Entry>,
) -> Result<(Request, oneshot::Receiver<Result<Appended, Error>>), Error> {
    let prepared = entries.into_iter().map(Entry::prepare).collect::<Result<_, _>>()?;
    let (reply, answer) = oneshot::channel();
    Ok((Request::Append(prepared, reply), answer))
}
