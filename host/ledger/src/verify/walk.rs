//! Along the chain, an event at a time, wherever the events come from.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use tollgate_model::Digest;

use super::{Fault, Field, Verified};
use crate::{Checkpoint, Row, chain};

/// Faults that are told one by one. Whoever has more has another ledger.
const FAULTS_MAX: usize = 100;

/// How far a chain has been followed.
pub(crate) struct Walk {
    verified: Verified,
    /// The number that comes next.
    expected: u64,
    /// The hash that the next event was recorded behind, where that is known.
    before: Option<Digest>,
    /// An event that does not fit its hash; the one behind it tells more.
    doubtful: Option<Doubtful>,
    signed: BTreeMap<u64, Vec<Digest>>,
    /// The last signed event that fits.
    sound: u64,
}

struct Doubtful {
    row: Row,
    /// The hash that it would have to have.
    computed: Digest,
}

impl Walk {
    /// Begins behind an event, with its hash.
    pub fn behind(seq: u64, hash: Digest) -> Self {
        Self {
            verified: Verified::default(),
            expected: seq.saturating_add(1),
            before: Some(hash),
            doubtful: None,
            signed: BTreeMap::new(),
            sound: 0,
        }
    }

    /// What was signed, as far as it was signed by somebody who is trusted.
    pub fn expect(
        &mut self,
        ledger: &[u8; 16],
        checkpoints: &[Checkpoint],
        trusts: &dyn Fn(&Checkpoint, &[u8]) -> bool,
    ) {
        for checkpoint in checkpoints {
            let seq = checkpoint.seq;
            if trusts(checkpoint, &checkpoint.message(ledger)) {
                self.signed.entry(seq).or_default().push(checkpoint.hash);
                self.verified.checkpoints += 1;
            } else {
                self.fault(Fault::NotSigned { seq, key: checkpoint.key.clone() });
            }
        }
    }

    /// The next event.
    pub fn see(&mut self, row: Row) {
        self.place(row.seq);
        self.explain(Some(&row));
        self.verified.events += 1;
        self.verified.head = Some((row.seq, row.hash));
        self.compare_signed(row.seq, row.hash);
        let computed = self.before.map(|before| row.hash_behind(&before));
        self.before = Some(row.hash);
        if let Some(computed) = computed.filter(|computed| *computed != row.hash) {
            self.doubtful = Some(Doubtful { row, computed });
        }
    }

    /// An event whose columns are not even of the right kind.
    pub fn see_unfit(&mut self, seq: u64) {
        self.place(seq);
        self.explain(None);
        self.verified.events += 1;
        self.before = None;
        self.fault(Fault::Changed { seq, field: Field::Other, hashes: None });
    }

    pub fn fault(&mut self, fault: Fault) {
        if self.verified.faults.len() < FAULTS_MAX {
            self.verified.faults.push(fault);
        } else {
            self.verified.faults_untold += 1;
        }
    }

    pub fn last(&self) -> u64 {
        self.expected.saturating_sub(1)
    }

    pub fn content_seen(&mut self) {
        self.verified.contents += 1;
    }

    /// The end of the events, whole or not.
    pub fn end(&mut self) {
        self.explain(None);
        let last = self.last();
        if let Some((&signed, _)) = self.signed.last_key_value()
            && signed > last
        {
            self.fault(Fault::CutOff { last, signed });
        }
    }

    pub fn verified(self) -> Verified {
        self.verified
    }

    /// Whether the event stands where it should.
    fn place(&mut self, seq: u64) {
        if seq > self.expected {
            self.explain(None);
            self.fault(Fault::Missing { from: self.expected, to: seq - 1 });
            self.before = None;
        } else if seq < self.expected {
            self.explain(None);
            self.fault(Fault::Misplaced { seq, expected: self.expected });
            self.before = None;
        }
        self.expected = seq.saturating_add(1);
    }

    /// The event behind a doubtful one was recorded behind its true hash.
    fn explain(&mut self, next: Option<&Row>) {
        let Some(Doubtful { row, computed }) = self.doubtful.take() else { return };
        let fits = |hash: &Digest| next.is_some_and(|next| next.hash_behind(hash) == next.hash);
        let field = if fits(&computed) {
            self.before = Some(computed);
            Field::Hash
        } else {
            changed_field(&row)
        };
        self.fault(Fault::Changed { seq: row.seq, field, hashes: Some((row.hash, computed)) });
    }

    fn compare_signed(&mut self, seq: u64, hash: Digest) {
        let Some(signed) = self.signed.get(&seq) else { return };
        if signed.iter().all(|signed| *signed == hash) {
            self.sound = seq;
        } else {
            self.fault(Fault::Rewritten { signed: seq, sound: self.sound });
        }
    }
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    what: BTreeMap<String, &'a RawValue>,
}

fn changed_field(row: &Row) -> Field {
    let Ok(named) = serde_json::from_str::<Named<'_>>(&row.body) else { return Field::Body };
    if named.what.contains_key(&row.kind) { Field::Other } else { Field::Kind }
}

/// Where a chain of this ledger begins.
pub(crate) fn beginning(id: &[u8; 16]) -> Walk {
    Walk::behind(0, chain::genesis(id))
}
