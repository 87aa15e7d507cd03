//! The write side of a ledger.

use std::path::PathBuf;
use std::pin::Pin;

use crate::{Append, AppendedRange, Checkpoint, LedgerError, LedgerReader};

/// A future that can be sent to another thread, so that a trait object can return it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The result of removing the bytes of erased contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PurgeResult {
    /// No file of the ledger has them any more.
    Purged,
    /// Somebody still reads the ledger as it was before they were erased, so these files keep them until the ledger is
    /// purged again.
    InUse { files: Vec<PathBuf> },
}

/// A ledger that can be written to. Several writers, also in other processes, may share one chain.
///
/// All methods but [`Ledger::append`] and [`Ledger::purge_erased`] block the thread, and panic inside an async runtime if
/// they have to wait.
pub trait Ledger: Send + Sync {
    /// Records entries that belong together: all of them, or none if a condition does not hold. Completes once they
    /// are durable. If the future is dropped before that, the entries may or may not be recorded.
    fn append(&self, append: Append) -> BoxFuture<'_, Result<AppendedRange, LedgerError>>;

    /// Removes the bytes of erased contents from every file of the ledger. No reader sees them once their erasure is
    /// appended, but files can have them until this is done, or until the last writer closes the ledger.
    fn purge_erased(&self) -> BoxFuture<'_, Result<PurgeResult, LedgerError>>;

    /// Does the same as [`Ledger::append`] for callers that can block a thread.
    fn append_blocking(&self, append: Append) -> Result<AppendedRange, LedgerError>;

    /// Opens a reader. It sees everything whose append has been acknowledged.
    fn open_reader(&self) -> Result<Box<dyn LedgerReader>, LedgerError>;

    /// Signs the end of the chain and stores the checkpoint in the ledger. Returns `None` if the ledger is empty. A
    /// copy kept elsewhere reveals a truncation that removed the stored checkpoints as well. `key` names the key.
    fn checkpoint(
        &self,
        at_ms: u64,
        key: &str,
        sign: &dyn Fn(&[u8]) -> Vec<u8>,
    ) -> Result<Option<Checkpoint>, LedgerError>;

    /// Rebuilds the projections from the events.
    fn rebuild(&self) -> Result<(), LedgerError>;

    /// Waits until everything handed in so far is recorded. Later appends get [`LedgerError::Closed`].
    fn close(&self);
}
