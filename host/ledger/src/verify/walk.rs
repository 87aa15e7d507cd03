//! Following the chain event by event, from the database or from an export.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use tollgate_model::Digest;

use super::{CLOCK_SKEW_MS_MAX, ChangedField, LedgerFault, VerificationReport};
use crate::{Checkpoint, EventRow, chain};

/// Maximum number of faults reported individually.
const FAULTS_MAX: usize = 100;
/// Name of the kind of event with which a figure is recorded.
const FIGURE_KIND: &str = "kpi";

/// The progress of following a chain.
pub struct ChainWalk {
    report: VerificationReport,
    /// Number of the next event.
    next_seq: u64,
    /// Hash of the previous event. `None` after a gap or a damaged row, where it is unknown.
    previous_hash: Option<Digest>,
    /// An event that does not match its hash. The event after it shows whether only the hash was changed.
    suspect: Option<SuspectEvent>,
    /// Hashes signed by trusted checkpoints, by event number.
    signed_hashes: BTreeMap<u64, Vec<Digest>>,
    /// The last signed event whose hash matches.
    last_sound: u64,
    /// Time of the previous event that the clock of its writer dated.
    previous_ms: u64,
}

struct SuspectEvent {
    row: EventRow,
    /// The hash computed from its other columns.
    computed: Digest,
}

impl ChainWalk {
    /// Starts at the beginning of the ledger with this id.
    pub fn from_genesis(ledger: &[u8; 16]) -> Self {
        Self::starting_after(0, chain::genesis_hash(ledger))
    }

    /// Starts after the event with this number and hash.
    pub fn starting_after(seq: u64, hash: Digest) -> Self {
        Self {
            report: VerificationReport::default(),
            next_seq: seq.saturating_add(1),
            previous_hash: Some(hash),
            suspect: None,
            signed_hashes: BTreeMap::new(),
            last_sound: 0,
            previous_ms: 0,
        }
    }

    /// Adds the checkpoints to compare with, and reports those without a trusted signature.
    pub fn add_checkpoints(
        &mut self,
        ledger: &[u8; 16],
        checkpoints: &[Checkpoint],
        trusts: &dyn Fn(&Checkpoint, &[u8]) -> bool,
    ) {
        for checkpoint in checkpoints {
            let seq = checkpoint.seq;
            if trusts(checkpoint, &checkpoint.message(ledger)) {
                self.signed_hashes.entry(seq).or_default().push(checkpoint.hash);
                self.report.checkpoints += 1;
            } else {
                self.report_fault(LedgerFault::UntrustedCheckpoint {
                    seq,
                    key: checkpoint.key.clone(),
                });
            }
        }
    }

    /// Checks the next event.
    pub fn visit(&mut self, row: EventRow) {
        self.check_position(row.seq);
        self.resolve_suspect(Some(&row));
        self.report.events += 1;
        self.report.head = Some((row.seq, row.hash));
        self.compare_with_checkpoints(row.seq, row.hash);
        self.compare_clocks(&row);
        let computed = self.previous_hash.map(|before| row.hash_after(&before));
        // The stored hash continues the chain, so that one changed event does not make all later ones look
        // changed.
        self.previous_hash = Some(row.hash);
        if let Some(computed) = computed.filter(|computed| *computed != row.hash) {
            self.suspect = Some(SuspectEvent { row, computed });
        }
    }

    /// Reports an event whose columns do not even have the right types.
    pub fn visit_malformed(&mut self, seq: u64) {
        self.check_position(seq);
        self.resolve_suspect(None);
        self.report.events += 1;
        self.previous_hash = None;
        self.report_fault(LedgerFault::Changed { seq, field: ChangedField::Other, hashes: None });
    }

    /// Adds a fault to the report, up to a limit.
    pub fn report_fault(&mut self, fault: LedgerFault) {
        if self.report.faults.len() < FAULTS_MAX {
            self.report.faults.push(fault);
        } else {
            self.report.faults_omitted += 1;
        }
    }

    /// Returns the number of the last event visited.
    pub fn last_seq(&self) -> u64 {
        self.next_seq.saturating_sub(1)
    }

    /// Counts a content whose bytes were checked.
    pub fn count_content(&mut self) {
        self.report.contents += 1;
    }

    /// Finishes the walk after the last readable event.
    pub fn finish(&mut self) {
        self.resolve_suspect(None);
        let last = self.last_seq();
        if let Some((&signed, _)) = self.signed_hashes.last_key_value()
            && signed > last
        {
            self.report_fault(LedgerFault::Truncated { last, signed });
        }
    }

    pub fn into_report(self) -> VerificationReport {
        self.report
    }

    /// Checks that an event has the expected number, and reports a gap or a misplaced event.
    fn check_position(&mut self, seq: u64) {
        if seq > self.next_seq {
            self.resolve_suspect(None);
            self.report_fault(LedgerFault::Missing { from: self.next_seq, to: seq - 1 });
            self.previous_hash = None;
        } else if seq < self.next_seq {
            self.resolve_suspect(None);
            self.report_fault(LedgerFault::Misplaced { seq, expected: self.next_seq });
            self.previous_hash = None;
        }
        self.next_seq = seq.saturating_add(1);
    }

    /// Reports the doubtful event. If the next event follows its computed hash, only its stored hash was changed.
    fn resolve_suspect(&mut self, next: Option<&EventRow>) {
        let Some(SuspectEvent { row, computed }) = self.suspect.take() else { return };
        let fits = |hash: &Digest| next.is_some_and(|next| next.hash_after(hash) == next.hash);
        let field = if fits(&computed) {
            self.previous_hash = Some(computed);
            ChangedField::Hash
        } else {
            guess_changed_field(&row)
        };
        self.report_fault(LedgerFault::Changed {
            seq: row.seq,
            field,
            hashes: Some((row.hash, computed)),
        });
    }

    fn compare_clocks(&mut self, row: &EventRow) {
        // The time of a figure is that of its measurement.
        if row.kind == FIGURE_KIND {
            return;
        }
        if row.at_ms.saturating_add(CLOCK_SKEW_MS_MAX) < self.previous_ms {
            self.report.clock_jumps += 1;
            self.report.first_clock_jump.get_or_insert(row.seq);
        }
        self.previous_ms = row.at_ms;
    }

    fn compare_with_checkpoints(&mut self, seq: u64, hash: Digest) {
        let Some(signed) = self.signed_hashes.get(&seq) else { return };
        if signed.iter().all(|signed| *signed == hash) {
            self.last_sound = seq;
        } else {
            self.report_fault(LedgerFault::Rewritten { signed: seq, last_sound: self.last_sound });
        }
    }
}

#[derive(Deserialize)]
struct EventKindProbe<'a> {
    #[serde(borrow)]
    event: BTreeMap<String, &'a RawValue>,
}

fn guess_changed_field(row: &EventRow) -> ChangedField {
    let Ok(named) = serde_json::from_str::<EventKindProbe<'_>>(&row.body) else {
        return ChangedField::Body;
    };
    if named.event.contains_key(&row.kind) { ChangedField::Other } else { ChangedField::Kind }
}
