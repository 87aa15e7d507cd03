//! Results of verifying a ledger.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use tollgate::verification::LedgerVerification;
use tollgate_ledger::{Checkpoint, HeadFault, LedgerFault, ProjectionDifference};
use tollgate_model::{Digest, FormatVersion};
use tollgate_packages::trust::KeyId;

use crate::Timestamp;

/// Result of verifying a ledger or an export.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct VerificationDocument {
    pub format: FormatVersion<1>,
    /// Whether there are no faults.
    pub sound: bool,
    /// Number of events.
    pub events: u64,
    /// Number of contents that were compared with their digests; `null` if none were looked at.
    pub contents: Option<u64>,
    /// Last event; `null` if there is none.
    pub head: Option<ChainHead>,
    /// Record of the last event beside the ledger, with which it was compared; `null` if there was none.
    pub recorded_head: Option<RecordedHead>,
    pub checkpoints: Vec<VerifiedCheckpoint>,
    pub faults: Vec<VerificationFault>,
    /// Number of further faults, which are not listed.
    pub faults_omitted: u64,
    /// Number of events whose time lies more than a minute before that of the event before them.
    pub clock_jumps: u64,
}

/// Last event of a chain.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ChainHead {
    pub seq: u64,
    pub hash: Digest,
}

/// Record of the last event, which is kept beside the ledger.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RecordedHead {
    pub seq: u64,
    /// Number of the last event when the record was begun. It does not show losses before that.
    pub since: u64,
}

/// Checkpoint of the ledger.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct VerifiedCheckpoint {
    /// Number of the event that was the last when it was signed.
    pub seq: u64,
    /// Time of signing.
    pub at: Timestamp,
    /// Id of the key that it names.
    pub key: String,
    /// Name of the trusted key that signed it; `null` if none did.
    pub signer: Option<String>,
}

/// Fault of a ledger.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct VerificationFault {
    pub fault: VerificationFaultCode,
    /// Number of the event that it concerns, if it concerns one.
    pub event: Option<u64>,
    /// Explanation for people.
    pub message: String,
}

/// Kind of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VerificationFaultCode {
    /// An event is not what was recorded.
    Changed,
    /// Events are missing.
    Missing,
    /// An event is in another place.
    Misplaced,
    /// The end that a checkpoint signed is missing.
    CutOff,
    /// The chain differs from the one that a checkpoint signed.
    Rewritten,
    /// The chain has another beginning than the checkpoints.
    OtherBeginning,
    /// No trusted key signed a checkpoint.
    NotSigned,
    /// Events cannot be read.
    Unreadable,
    ContentMissing,
    ContentChanged,
    /// A content is still stored although an event erased it.
    ContentNotErased,
    /// A table that follows from the events differs from them.
    Projection,
    /// The file of the database is damaged.
    Page,
    /// Events that were recorded are missing at the end.
    Lost,
    /// The recorded event is another one.
    OtherHistory,
    /// The ledger is not the one whose last event was recorded.
    OtherLedger,
    /// The record of the last event cannot be read.
    RecordDamaged,
    /// The file of the ledger has another name, by which events can be lost.
    Linked,
}

impl VerificationDocument {
    /// Describes a verification. `signers` are the names of the trusted keys.
    pub fn new(verification: &LedgerVerification, signers: &BTreeMap<KeyId, String>) -> Self {
        let report = &verification.report;
        let checkpoints = verification.checkpoints.iter();
        Self {
            format: FormatVersion,
            sound: verification.is_sound(),
            events: report.events,
            contents: verification.contents_checked.then_some(report.contents),
            head: report.head.map(|(seq, hash)| ChainHead { seq, hash }),
            recorded_head: report
                .recorded_head
                .map(|head| RecordedHead { seq: head.seq, since: head.since }),
            checkpoints: checkpoints
                .map(|(checkpoint, by)| VerifiedCheckpoint::new(checkpoint, by.as_ref(), signers))
                .collect(),
            faults: all_faults(verification, signers),
            faults_omitted: report.faults_omitted,
            clock_jumps: report.clock_jumps,
        }
    }
}

impl VerifiedCheckpoint {
    fn new(checkpoint: &Checkpoint, by: Option<&KeyId>, signers: &BTreeMap<KeyId, String>) -> Self {
        let name = |key: &KeyId| signers.get(key).cloned().unwrap_or_else(|| key.to_string());
        Self {
            seq: checkpoint.seq,
            at: Timestamp(checkpoint.at_ms),
            key: checkpoint.key.clone(),
            signer: by.map(name),
        }
    }
}

fn all_faults(
    verification: &LedgerVerification,
    signers: &BTreeMap<KeyId, String>,
) -> Vec<VerificationFault> {
    let is_trusted = |key: &str| signers.keys().any(|trusted| trusted.as_str() == key);
    let describe = |fault| VerificationFault {
        message: describe_ledger_fault(fault, is_trusted),
        ..VerificationFault::from(fault)
    };
    let of_code = |fault, message| VerificationFault { fault, event: None, message };
    let mut faults: Vec<_> = verification.report.faults.iter().map(describe).collect();
    let differences = verification.differences.iter().map(describe_projection_difference);
    faults.extend(differences.map(|text| of_code(VerificationFaultCode::Projection, text)));
    let pages = verification.page_errors.iter().cloned();
    faults.extend(pages.map(|text| of_code(VerificationFaultCode::Page, text)));
    faults
}

/// Describes a fault of a ledger, knowing which keys are trusted.
pub fn describe_ledger_fault(fault: &LedgerFault, is_trusted: impl Fn(&str) -> bool) -> String {
    match fault {
        LedgerFault::UntrustedCheckpoint { seq, key } if is_trusted(key) => {
            format!("the checkpoint at event {seq} is not signed by `{key}`")
        }
        LedgerFault::UntrustedCheckpoint { seq, key } => {
            format!("the key `{key}` of the checkpoint at event {seq} is not trusted")
        }
        fault => fault.to_string(),
    }
}

/// Describes a row of a projection that differs from the events.
pub fn describe_projection_difference(difference: &ProjectionDifference) -> String {
    let ProjectionDifference { table, row, is_stored } = difference;
    match is_stored {
        true => format!("`{table}` has a row that does not follow from the events: {row}"),
        false => format!("`{table}` lacks a row that follows from the events: {row}"),
    }
}

impl From<&LedgerFault> for VerificationFault {
    fn from(fault: &LedgerFault) -> Self {
        use VerificationFaultCode as Code;
        let (code, event) = match fault {
            LedgerFault::Changed { seq, .. } => (Code::Changed, Some(*seq)),
            LedgerFault::Missing { from, .. } => (Code::Missing, Some(*from)),
            LedgerFault::Misplaced { seq, .. } => (Code::Misplaced, Some(*seq)),
            LedgerFault::Truncated { last, .. } => (Code::CutOff, Some(*last)),
            LedgerFault::Rewritten { signed, .. } => (Code::Rewritten, Some(*signed)),
            LedgerFault::ForeignStart => (Code::OtherBeginning, None),
            LedgerFault::UntrustedCheckpoint { seq, .. } => (Code::NotSigned, Some(*seq)),
            LedgerFault::Unreadable { after, .. } => (Code::Unreadable, Some(*after)),
            LedgerFault::ContentMissing { seq, .. } => (Code::ContentMissing, Some(*seq)),
            LedgerFault::ContentChanged { .. } => (Code::ContentChanged, None),
            LedgerFault::ContentNotErased { .. } => (Code::ContentNotErased, None),
            LedgerFault::Linked(_) => (Code::Linked, None),
            LedgerFault::Head(fault) => match fault {
                HeadFault::Lost { last, .. } => (Code::Lost, Some(*last)),
                HeadFault::Gone { .. } => (Code::Lost, None),
                HeadFault::OtherHistory { seq } => (Code::OtherHistory, Some(*seq)),
                HeadFault::OtherLedger { .. } => (Code::OtherLedger, None),
                HeadFault::Damaged | HeadFault::NotRegular => (Code::RecordDamaged, None),
            },
        };
        Self { fault: code, event, message: fault.to_string() }
    }
}
