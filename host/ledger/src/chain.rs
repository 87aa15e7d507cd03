//! The hash chain: each event's hash covers the hash of the event before it.
//!
//! A hash is SHA-256 over a domain string, the hash before, the event's number and time, and its gate, kind and
//! body, each preceded by its length. The body is hashed exactly as it is stored, so verifying a ledger needs
//! no agreement on how JSON is spelled. `docs/decisions/0019-ledger.md` specifies every byte.

use sha2::{Digest as _, Sha256};
use tollgate_model::Digest;

const GENESIS_DOMAIN: &[u8] = b"tollgate ledger 2\0";
const EVENT_DOMAIN: &[u8] = b"tollgate ledger event 2\0";

/// An event as it is stored and hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// Event number, counted from 1.
    pub seq: u64,
    /// Time of the event in milliseconds since 1970.
    pub at_ms: u64,
    pub gate: String,
    pub kind: String,
    /// The event as JSON, byte for byte as it was hashed.
    pub body: String,
    /// Hash over all other fields and the previous hash.
    pub hash: Digest,
}

/// Returns the hash that precedes the first event. It ties the chain to the ledger with this id.
pub fn genesis_hash(id: &[u8; 16]) -> Digest {
    let hasher = Sha256::new().chain_update(GENESIS_DOMAIN).chain_update(id);
    Digest::from_bytes(hasher.finalize().into())
}

/// Computes the hash of an event.
pub fn event_hash(
    previous: &Digest,
    seq: u64,
    at_ms: u64,
    gate: &str,
    kind: &str,
    body: &str,
) -> Digest {
    let mut hasher = Sha256::new()
        .chain_update(EVENT_DOMAIN)
        .chain_update(previous.as_bytes())
        .chain_update(seq.to_be_bytes())
        .chain_update(at_ms.to_be_bytes());
    for field in [gate, kind, body] {
        // Without the length, moving text from one field to the next would not change the hash.
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field);
    }
    Digest::from_bytes(hasher.finalize().into())
}

impl EventRow {
    /// Computes the hash that this row has if it follows an event with the hash `before`.
    pub(crate) fn hash_after(&self, before: &Digest) -> Digest {
        event_hash(before, self.seq, self.at_ms, &self.gate, &self.kind, &self.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_hashed_with_their_lengths() {
        let before = genesis_hash(&[0; 16]);
        let hash = |gate, kind, body| event_hash(&before, 1, 2, gate, kind, body);
        assert_ne!(hash("ab", "c", ""), hash("a", "bc", ""));
        assert_ne!(hash("a", "bc", ""), hash("a", "b", "c"));
        assert_ne!(genesis_hash(&[0; 16]), genesis_hash(&[1; 16]));
    }

    /// The values were computed by another program from the description in `docs/decisions/0019-ledger.md`.
    #[test]
    fn hash_matches_the_documented_format() {
        let before = genesis_hash(&[7; 16]);
        assert_eq!(before.hex(), GENESIS);
        assert_eq!(event_hash(&before, 1, 1_000, "welcome-email", "kpi", "{\"ä\":1}").hex(), FIRST);
    }

    const GENESIS: &str = "f09586d06b85b15aa143c7958125ea2207afb5b65f56c601f636901784ff8ab9";
    const FIRST: &str = "5fb3075ccae9667fb27f4755e9aca24f7b4a02d3609f5452186c7720f95cc683";
}
