//! The chain: each event has the hash of the one before in its own.
//!
//! A hash is SHA-256 over a domain, the hash before, the number, the moment, and gate, kind and body
//! behind their lengths. The body is hashed as it is stored, byte for byte, so nobody needs
//! this program's idea of JSON to check it. `docs/decisions/0019-ledger.md` has it in full.

use sha2::{Digest as _, Sha256};
use tollgate_model::Digest;

const GENESIS_DOMAIN: &[u8] = b"tollgate ledger 1\0";
const EVENT_DOMAIN: &[u8] = b"tollgate ledger event 1\0";

/// An event as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number, from 1 on.
    pub seq: u64,
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// Where.
    pub gate: String,
    /// The word for what happened.
    pub kind: String,
    /// What happened, as JSON.
    pub body: String,
    /// The hash over all of this and the hash before.
    pub hash: Digest,
}

/// What stands before the first event: it ties the chain to this ledger.
pub(crate) fn genesis(id: &[u8; 16]) -> Digest {
    let hasher = Sha256::new().chain_update(GENESIS_DOMAIN).chain_update(id);
    Digest::from_bytes(hasher.finalize().into())
}

/// The hash of an event.
pub(crate) fn hash(
    before: &Digest,
    seq: u64,
    at_ms: u64,
    gate: &str,
    kind: &str,
    body: &str,
) -> Digest {
    let mut hasher = Sha256::new()
        .chain_update(EVENT_DOMAIN)
        .chain_update(before.as_bytes())
        .chain_update(seq.to_be_bytes())
        .chain_update(at_ms.to_be_bytes());
    for field in [gate, kind, body] {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field);
    }
    Digest::from_bytes(hasher.finalize().into())
}

impl Row {
    /// The hash that it should have, behind this one.
    pub(crate) fn hash_behind(&self, before: &Digest) -> Digest {
        hash(before, self.seq, self.at_ms, &self.gate, &self.kind, &self.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_events_look_the_same_to_the_hash() {
        let before = genesis(&[0; 16]);
        let hash = |gate, kind, body| hash(&before, 1, 2, gate, kind, body);
        assert_ne!(hash("ab", "c", ""), hash("a", "bc", ""));
        assert_ne!(hash("a", "bc", ""), hash("a", "b", "c"));
        assert_ne!(genesis(&[0; 16]), genesis(&[1; 16]));
    }

    /// Computed by another program from the description in `docs/decisions/0019-ledger.md`.
    #[test]
    fn the_hash_is_the_one_that_is_documented() {
        let before = genesis(&[7; 16]);
        assert_eq!(before.hex(), GENESIS);
        assert_eq!(hash(&before, 1, 1_000, "welcome-email", "kpi", "{\"ä\":1}").hex(), FIRST);
    }

    const GENESIS: &str = "c54a57b4c033a167be352fa55f404efad812f2b764eb3443776ef983a5230fe1";
    const FIRST: &str = "6c21583c01afc4bb693781335bf52a289fd32fa6baf3e050a57e19a357d6afe9";
}
