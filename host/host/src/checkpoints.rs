//! Signing the end of the ledger, so that truncation and rewriting can be detected.

use tollgate_ledger::{Checkpoint, Ledger, LedgerError};
use tollgate_packages::trust::SecretKey;

use crate::host::Host;

/// Signs the end of a ledger and stores the checkpoint in it. Returns `None` if the ledger is empty. It blocks.
pub fn sign_checkpoint(
    ledger: &dyn Ledger,
    key: &SecretKey,
    at_ms: u64,
) -> Result<Option<Checkpoint>, LedgerError> {
    let sign = |message: &[u8]| key.sign(message).to_vec();
    ledger.checkpoint(at_ms, key.public().id().as_str(), &sign)
}

impl Host {
    /// Signs the end of the ledger as it is now, as [`sign_checkpoint`] does. It blocks.
    pub fn sign_checkpoint(&self, key: &SecretKey) -> Result<Option<Checkpoint>, LedgerError> {
        let (ledger, at_ms) = (self.shared.ledger()?, self.shared.clock.now_ms());
        sign_checkpoint(&**ledger, key, at_ms)
    }
}
