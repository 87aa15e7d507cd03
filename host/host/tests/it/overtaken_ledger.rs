//! A ledger to which others append first. The unit tests include this file, too.

use std::sync::Mutex;

use tollgate_ledger::{
    Append, AppendedRange, BoxFuture, Checkpoint, Ledger, LedgerError, LedgerReader, PurgeResult,
};
use tollgate_ledger_sqlite::SqliteLedger;

/// A ledger on whose next appends others have recorded something before.
pub struct OvertakenLedger {
    ledger: SqliteLedger,
    /// Acts of others that are left, one for each append.
    acts: Mutex<std::vec::IntoIter<BoxFuture<'static, ()>>>,
}

impl OvertakenLedger {
    pub fn new(ledger: SqliteLedger, acts: Vec<BoxFuture<'static, ()>>) -> Self {
        Self { ledger, acts: Mutex::new(acts.into_iter()) }
    }
}

impl Ledger for OvertakenLedger {
    fn append(&self, append: Append) -> BoxFuture<'_, Result<AppendedRange, LedgerError>> {
        Box::pin(async move {
            let act = self.acts.lock().unwrap().next();
            if let Some(act) = act {
                act.await;
            }
            self.ledger.append(append).await
        })
    }

    fn purge_erased(&self) -> BoxFuture<'_, Result<PurgeResult, LedgerError>> {
        self.ledger.purge_erased()
    }

    fn append_blocking(&self, append: Append) -> Result<AppendedRange, LedgerError> {
        self.ledger.append_blocking(append)
    }

    fn open_reader(&self) -> Result<Box<dyn LedgerReader>, LedgerError> {
        self.ledger.open_reader()
    }

    fn checkpoint(
        &self,
        at_ms: u64,
        key: &str,
        sign: &dyn Fn(&[u8]) -> Vec<u8>,
    ) -> Result<Option<Checkpoint>, LedgerError> {
        self.ledger.checkpoint(at_ms, key, sign)
    }

    fn rebuild(&self) -> Result<(), LedgerError> {
        self.ledger.rebuild()
    }

    fn close(&self) {
        self.ledger.close();
    }
}
