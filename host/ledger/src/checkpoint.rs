//! Checkpoints: somebody signs where the chain ends. Without them, a chain whose tail was cut off,
//! or that was computed anew by whoever can write the file, looks as good as any.
//!
//! The ledger knows no keys: the caller signs, and the caller says whether a signature is one.

use tollgate_model::Digest;

use crate::Error;
use crate::view::View;

const CHECKPOINT_DOMAIN: &[u8] = b"tollgate ledger checkpoint 1\0";

/// The end of the chain at some moment, signed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Checkpoint {
    /// The last event. Events are numbered from 1 on, so it is their count too.
    pub seq: u64,
    /// Its hash.
    pub hash: Digest,
    /// When it was signed.
    pub at_ms: u64,
    /// What identifies the key.
    pub key: String,
    /// The signature over [`Checkpoint::message`], in hex where it is written.
    #[serde(with = "crate::hex")]
    pub signature: Vec<u8>,
}

impl Checkpoint {
    /// What is signed: a domain, the ledger, number and count, moment and hash.
    pub fn message(&self, ledger: &[u8; 16]) -> Vec<u8> {
        let (seq, at_ms) = (self.seq.to_be_bytes(), self.at_ms.to_be_bytes());
        // Number and count are the same while no event is missing.
        [CHECKPOINT_DOMAIN, ledger, &seq, &seq, &at_ms, self.hash.as_bytes()].concat()
    }
}

impl View {
    /// Signs the end of the chain, and keeps nothing.
    pub fn checkpoint(
        &self,
        at_ms: u64,
        key: &str,
        sign: impl FnOnce(&[u8]) -> Vec<u8>,
    ) -> Result<Option<Checkpoint>, Error> {
        let Some((seq, hash)) = self.head()? else { return Ok(None) };
        let key = key.to_owned();
        let mut checkpoint = Checkpoint { seq, hash, at_ms, key, signature: Vec::new() };
        checkpoint.signature = sign(&checkpoint.message(self.id()));
        Ok(Some(checkpoint))
    }
}
