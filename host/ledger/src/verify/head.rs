//! Comparing a ledger with a record of its end that is kept apart from it.
//!
//! A chain whose end is missing is sound in itself, and so is an older copy or another ledger. A record of the last
//! event, written after each append, shows the difference. It may be behind the chain, and never ahead of it.

use std::path::PathBuf;

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
#[error("{}", self.describe("the ledger", "the record of the last event"))]
pub enum HeadFault {
    Lost { last: u64, recorded: u64 },
    Gone { recorded: u64 },
    OtherHistory { seq: u64 },
    OtherLedger { found: String, expected: String },
    Damaged,
    NotRegular,
}

impl HeadFault {
    /// Describes the fault with these names of the ledger and of the record.
    fn describe(&self, ledger: &str, record: &str) -> String {
        match self {
            Self::Lost { last, recorded } => format!(
                "{ledger} ends at event {last}, but event {recorded} was recorded: {}",
                describe_loss(*last, *recorded)
            ),
            Self::Gone { recorded } => {
                format!("{ledger} is gone, but event {recorded} was recorded")
            }
            Self::OtherHistory { seq } => format!(
                "event {seq} is not the one that was recorded: {ledger} has another history"
            ),
            Self::OtherLedger { found, expected } => format!(
                "{ledger} has the id {found}, but {expected} was recorded: it is another ledger"
            ),
            Self::Damaged => format!("{record} is damaged"),
            Self::NotRegular => format!("{record} is not a regular file"),
        }
    }
}

/// A ledger that is not the one whose last event was recorded in a file beside it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}. {}", self.describe_fault(), self.describe_remedy())]
pub struct HeadMismatch {
    pub ledger: PathBuf,
    /// The head file, which has the record.
    pub head: PathBuf,
    pub fault: HeadFault,
}

impl HeadMismatch {
    /// Describes what is wrong, without the remedy.
    pub fn describe_fault(&self) -> String {
        let ledger = format!("the ledger `{}`", self.ledger.display());
        self.fault.describe(&ledger, &format!("the head file `{}`", self.head.display()))
    }

    fn describe_remedy(&self) -> String {
        let head = self.head.display();
        let put_back = "Put back the newest copy of the ledger";
        match &self.fault {
            HeadFault::Lost { last, recorded } => format!(
                "{put_back}. If there is none, keep a copy of both files, then remove `{head}`: {} then lost",
                describe_lost_events(recorded.saturating_sub(*last))
            ),
            HeadFault::Gone { recorded } => format!(
                "{put_back}. If there is none, keep a copy of what is left, then remove `{head}`: {} then lost",
                describe_lost_events(*recorded)
            ),
            HeadFault::OtherHistory { .. } => format!(
                "{put_back}. If there is none, keep a copy of both files, then remove `{head}`: the recorded history is \
                 then lost"
            ),
            HeadFault::OtherLedger { expected, .. } => {
                format!("Put back the ledger with the id {expected}")
            }
            HeadFault::Damaged | HeadFault::NotRegular => format!(
                "Put back a copy of it that is as old as the ledger. If there is none, keep a copy of both files, then \
                 remove `{head}`: whether events are missing at the end of the ledger is then not known"
            ),
        }
    }
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

fn describe_lost_events(count: u64) -> String {
    match count {
        1 => "that event is".to_owned(),
        count => format!("the {count} events are"),
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
    fn names_both_files_and_a_remedy_for_each_fault() {
        let message = |fault| {
            let (ledger, head) = ("ledger.db".into(), "ledger.db-head".into());
            HeadMismatch { ledger, head, fault }.to_string()
        };
        assert_eq!(
            message(HeadFault::Lost { last: 13, recorded: 25 }),
            "the ledger `ledger.db` ends at event 13, but event 25 was recorded: 12 events are missing. Put back the \
             newest copy of the ledger. If there is none, keep a copy of both files, then remove `ledger.db-head`: the \
             12 events are then lost"
        );
        assert!(
            message(HeadFault::Lost { last: 1, recorded: 2 })
                .ends_with(": that event is then lost")
        );
        let (found, expected) = ("02".to_owned(), "01".to_owned());
        assert_eq!(
            message(HeadFault::OtherLedger { found, expected }),
            "the ledger `ledger.db` has the id 02, but 01 was recorded: it is another ledger. Put back the ledger with \
             the id 01",
            "nobody is told to go on with the ledger of another project"
        );
        assert!(
            message(HeadFault::Damaged).starts_with("the head file `ledger.db-head` is damaged. ")
        );
        for fault in [HeadFault::Gone { recorded: 3 }, HeadFault::OtherHistory { seq: 3 }] {
            assert!(message(fault).contains("Put back the newest copy of the ledger"));
        }
    }

    #[test]
    fn a_record_of_an_empty_ledger_fits_every_event() {
        let head = RecordedHead { ledger: [1; 16], since: 0, seq: 0, hash: Digest::of("") };
        assert_eq!(head.find_fault(&[1; 16], 0, None), None);
        assert_eq!(head.find_fault(&[1; 16], 5, None), None);
    }
}
