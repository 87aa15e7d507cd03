//! Comparing a ledger with a record of its end that is kept apart from it.
//!
//! A chain whose end is missing is sound in itself, and so is an older copy or another ledger. A record of the last
//! event, written after each append, shows the difference. It may be behind the chain, and never ahead of it.

use tollgate_model::{Digest, encode_hex};

/// A record of the end of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedHead {
    /// Id of the ledger.
    pub ledger: [u8; 16],
    /// Number of the last event when the record was begun. It does not show losses before that. 0 if it was begun
    /// together with the ledger.
    pub since: u64,
    /// Number of the last recorded event, or 0.
    pub seq: u64,
    /// Hash of that event, or the initial hash of the chain.
    pub hash: Digest,
}

/// A way in which a ledger is not the one whose end was recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadFault {
    #[error(
        "the ledger ends at event {last}, but event {recorded} was recorded: {}",
        describe_loss(*last, *recorded)
    )]
    Lost { last: u64, recorded: u64 },
    #[error("the ledger is gone, but event {recorded} was recorded")]
    Gone { recorded: u64 },
    #[error("event {seq} is not the one that was recorded: the ledger has another history")]
    OtherHistory { seq: u64 },
    #[error("the ledger has the id {found}, but {expected} was recorded: it is another ledger")]
    OtherLedger { found: String, expected: String },
    #[error("the record of the last event is damaged")]
    Damaged,
}

impl RecordedHead {
    /// Compares the record with a ledger: its id, the number of its last event, and the hash of the event that has the
    /// recorded number, if there is one.
    pub fn find_fault(&self, id: &[u8; 16], last: u64, found: Option<Digest>) -> Option<HeadFault> {
        if self.ledger != *id {
            let (found, expected) = (encode_hex(id), encode_hex(&self.ledger));
            return Some(HeadFault::OtherLedger { found, expected });
        }
        if last < self.seq {
            return Some(HeadFault::Lost { last, recorded: self.seq });
        }
        let is_same = self.seq == 0 || found == Some(self.hash);
        (!is_same).then_some(HeadFault::OtherHistory { seq: self.seq })
    }
}

fn describe_loss(last: u64, recorded: u64) -> String {
    match recorded.saturating_sub(last) {
        1 => "1 event is missing".to_owned(),
        count => format!("{count} events are missing"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_differs_from_the_record() {
        let hash = Digest::of("nine");
        let head = RecordedHead { ledger: [1; 16], since: 0, seq: 9, hash };
        assert_eq!(head.find_fault(&[1; 16], 9, Some(hash)), None);
        assert_eq!(head.find_fault(&[1; 16], 12, Some(hash)), None, "the record may be behind");
        let message = |id, last, found| head.find_fault(id, last, found).unwrap().to_string();
        assert_eq!(
            message(&[1; 16], 8, None),
            "the ledger ends at event 8, but event 9 was recorded: 1 event is missing"
        );
        assert_eq!(
            message(&[1; 16], 2, None),
            "the ledger ends at event 2, but event 9 was recorded: 7 events are missing"
        );
        assert_eq!(
            message(&[1; 16], 12, Some(Digest::of("other"))),
            "event 9 is not the one that was recorded: the ledger has another history"
        );
        assert_eq!(
            message(&[2; 16], 9, Some(hash)),
            "the ledger has the id 02020202020202020202020202020202, but 01010101010101010101010101010101 was \
             recorded: it is another ledger"
        );
    }

    #[test]
    fn a_record_of_an_empty_ledger_fits_every_event() {
        let head = RecordedHead { ledger: [1; 16], since: 0, seq: 0, hash: Digest::of("") };
        assert_eq!(head.find_fault(&[1; 16], 0, None), None);
        assert_eq!(head.find_fault(&[1; 16], 5, None), None);
    }
}
