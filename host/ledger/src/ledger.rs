//! The write side of a ledger.

use std::pin::Pin;

use crate::{Append, AppendedRange, Checkpoint, LedgerError, LedgerReader};

/// A future that can be sent to another thread, so that a trait object can return it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A ledger that can be written to. Several writers, also in other processes, may share one chain.
///
/// All methods but [`Ledger::append`] block the thread, and panic inside an async runtime if they have to wait.
pub trait Ledger: Send + Sync {
    /// Records entries that belong together: all of them, or none if a condition does not hold. Completes once they
    /// are durable. If the future is dropped before that, the entries may or may not be recorded.
    fn append(&self, append: Append) -> BoxFuture<'_, Result<AppendedRange, LedgerError>>;

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
