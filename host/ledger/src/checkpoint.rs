//! Checkpoints: signatures over the end of the chain.
//!
//! Without a checkpoint nothing reveals that the tail was cut off, or that the whole chain was recomputed by
//! somebody who can write the file. The ledger holds no keys: the caller signs, and the caller decides which
//! signatures are trusted.

use tollgate_model::Digest;

use crate::LedgerError;
use crate::view::SqliteReader;

const CHECKPOINT_DOMAIN: &[u8] = b"tollgate ledger checkpoint 1\0";

/// A signature over the end of the chain at some time.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Checkpoint {
    /// Number of the last event. Events are numbered from 1, so this is also their count.
    pub seq: u64,
    /// Hash of the last event.
    pub hash: Digest,
    /// Time of signing in milliseconds since 1970.
    pub at_ms: u64,
    /// Name of the key that signed.
    pub key: String,
    /// Signature over [`Checkpoint::message`]. Written as hex digits.
    #[serde(with = "crate::hex")]
    pub signature: Vec<u8>,
}

impl Checkpoint {
    /// Returns the bytes that are signed: a domain string, the ledger's id, event number, event count, time and hash.
    pub fn message(&self, ledger: &[u8; 16]) -> Vec<u8> {
        let (seq, at_ms) = (self.seq.to_be_bytes(), self.at_ms.to_be_bytes());
        // Number and count are equal, because no event is ever missing when the ledger signs.
        [CHECKPOINT_DOMAIN, ledger, &seq, &seq, &at_ms, self.hash.as_bytes()].concat()
    }
}

impl SqliteReader {
    /// Signs the end of the chain without storing the checkpoint. Returns `None` if the ledger is empty.
    pub fn sign_checkpoint(
        &self,
        at_ms: u64,
        key: &str,
        sign: impl FnOnce(&[u8]) -> Vec<u8>,
    ) -> Result<Option<Checkpoint>, LedgerError> {
        let Some((seq, hash)) = self.head()? else { return Ok(None) };
        let key = key.to_owned();
        let mut checkpoint = Checkpoint { seq, hash, at_ms, key, signature: Vec::new() };
        checkpoint.signature = sign(&checkpoint.message(self.id()));
        Ok(Some(checkpoint))
    }
}
