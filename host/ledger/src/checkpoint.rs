//! Checkpoints: signatures over the end of the chain.
//!
//! Without a checkpoint nothing reveals that the tail was cut off, or that the whole chain was recomputed by
//! somebody who can write the ledger. The ledger holds no keys: the caller signs, and the caller decides which
//! signatures are trusted.

use tollgate_model::{Digest, rfc3339};

const CHECKPOINT_DOMAIN: &[u8] = b"tollgate ledger checkpoint 2\0";

/// A signature over the end of the chain at some time.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Checkpoint {
    /// Number of the last event. Events are numbered from 1, so this is also their count.
    pub seq: u64,
    /// Hash of the last event.
    pub hash: Digest,
    /// Time of signing in milliseconds since 1970.
    #[serde(rename = "at", with = "rfc3339")]
    pub at_ms: u64,
    /// Name of the key that signed.
    pub key: String,
    /// Signature over [`Checkpoint::message`]. Written as hex digits.
    #[serde(with = "crate::hex")]
    pub signature: Vec<u8>,
}

impl Checkpoint {
    /// Signs the end of a chain: number and hash of its last event. Nothing is stored.
    pub fn sign(
        ledger: &[u8; 16],
        (seq, hash): (u64, Digest),
        at_ms: u64,
        key: &str,
        sign: &dyn Fn(&[u8]) -> Vec<u8>,
    ) -> Self {
        let key = key.to_owned();
        let mut checkpoint = Self { seq, hash, at_ms, key, signature: Vec::new() };
        checkpoint.signature = sign(&checkpoint.message(ledger));
        checkpoint
    }

    /// Returns the bytes that are signed: a domain string, the ledger's id, event number, event count, time and hash.
    pub fn message(&self, ledger: &[u8; 16]) -> Vec<u8> {
        let (seq, at_ms) = (self.seq.to_be_bytes(), self.at_ms.to_be_bytes());
        // Number and count are equal, because no event is ever missing when the ledger signs.
        [CHECKPOINT_DOMAIN, ledger, &seq, &seq, &at_ms, self.hash.as_bytes()].concat()
    }
}
