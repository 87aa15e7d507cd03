//! Checkpoints of the ledger, as they are kept elsewhere.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate_ledger::Checkpoint;
use tollgate_model::{Digest, encode_hex};

use crate::Timestamp;

/// Signature over the end of the ledger. A file with one of these per line is what `tollgate log verify --checkpoints`
/// reads, so it has no `format`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CheckpointLine {
    /// Number of the last event.
    pub seq: u64,
    /// Hash of the last event.
    pub hash: Digest,
    /// Time of signing.
    pub at: Timestamp,
    /// Id of the key that signed.
    pub key: String,
    /// Signature, in hex digits.
    pub signature: String,
}

impl From<&Checkpoint> for CheckpointLine {
    fn from(checkpoint: &Checkpoint) -> Self {
        let Checkpoint { seq, hash, at_ms, key, signature } = checkpoint;
        Self {
            seq: *seq,
            hash: *hash,
            at: Timestamp(*at_ms),
            key: key.clone(),
            signature: encode_hex(signature),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_line_that_the_verification_reads() {
        let hash = Digest::of("event");
        let sign = |_: &[u8]| vec![0xa0, 0x0b];
        let signed = Checkpoint::sign(&[7; 16], (3, hash), 1_774_949_400_125, "ab12", &sign);
        let line = serde_json::to_string(&CheckpointLine::from(&signed)).unwrap();
        assert_eq!(line, serde_json::to_string(&signed).unwrap());
        assert_eq!(serde_json::from_str::<Checkpoint>(&line).unwrap(), signed);
    }
}
