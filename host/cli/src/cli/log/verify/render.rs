//! Prints the result of a verification as text or JSON.

use tollgate_api::{
    ChainHead, RecordedHead, Timestamp, VerificationDocument, VerificationFault,
    VerificationFaultCode, VerifiedCheckpoint,
};
use tollgate_ledger::{LedgerFault, ProjectionDifference};
use tollgate_model::FormatVersion;

use super::VerificationResult;
use crate::cli::signers::{TrustedSigner, signer_name};
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, paint};
use crate::{json_output, timestamps};

/// Prints the result as text.
pub(super) fn print_result(result: &VerificationResult, signers: &[TrustedSigner]) {
    let (style, word) = if result.is_sound() { (GOOD, "sound") } else { (BAD, "not sound") };
    console::print(format!("{}  {}", paint(style, word), describe_extent(result)));
    if let Some((seq, hash)) = result.verified.head {
        console::print(format!("  {} event {seq}, {hash}", paint(QUIET, "ends with")));
    }
    for (checkpoint, by) in &result.checkpoints {
        let by = match by {
            Some(key) => format!("by {}", signer_name(signers, key)),
            None if is_trusted(&checkpoint.key, signers) => {
                paint(DOUBT, format!("not by `{}`, which it names", checkpoint.key))
            }
            None => paint(DOUBT, format!("by a key that is not trusted ({})", checkpoint.key)),
        };
        let (seq, at) = (checkpoint.seq, timestamps::format_time(checkpoint.at_ms));
        console::print(format!("  {} event {seq}, {at}, {by}", paint(QUIET, "signed   ")));
    }
    for fault in &result.verified.faults {
        console::print(format!("  {} {}", paint(BAD, "✗"), describe_fault(fault, signers)));
    }
    if result.verified.faults_omitted > 0 {
        let more = result.verified.faults_omitted;
        console::print(format!("  {} … and {more} more", paint(BAD, "✗")));
    }
    if let Some(first) = result.verified.first_clock_jump {
        let often = match result.verified.clock_jumps {
            1 => "once".to_owned(),
            count => format!("{count} times"),
        };
        console::print(format!(
            "  {} the clock went back {often}, first at event {first}: times of events, budgets and due times \
             depend on it",
            paint(DOUBT, "!")
        ));
    }
    for difference in &result.differences {
        console::print(format!("  {} {}", paint(BAD, "✗"), describe_difference(difference)));
    }
    for page in &result.page_errors {
        console::print(format!("  {} the file: {page}", paint(BAD, "✗")));
    }
    print_advice(result);
}

fn describe_extent(result: &VerificationResult) -> String {
    let verified = &result.verified;
    let contents = match result.contents_checked {
        true => format!("{} contents", verified.contents),
        false => "contents not checked".into(),
    };
    let (events, signed) = (verified.events, verified.checkpoints);
    let checkpoints = if signed == 1 { "checkpoint" } else { "checkpoints" };
    format!("{events} events, {contents}, {signed} {checkpoints} by trusted keys")
}

/// Describes a fault. Only here it is known which keys are trusted.
fn describe_fault(fault: &LedgerFault, signers: &[TrustedSigner]) -> String {
    match fault {
        LedgerFault::UntrustedCheckpoint { seq, key } if is_trusted(key, signers) => {
            format!("the checkpoint at event {seq} is not signed by `{key}`")
        }
        LedgerFault::UntrustedCheckpoint { seq, key } => {
            format!("the key `{key}` of the checkpoint at event {seq} is not trusted")
        }
        fault => fault.to_string(),
    }
}

fn is_trusted(key: &str, signers: &[TrustedSigner]) -> bool {
    signers.iter().any(|signer| signer.key.id().as_str() == key)
}

fn describe_difference(difference: &ProjectionDifference) -> String {
    let ProjectionDifference { table, row, is_stored } = difference;
    match is_stored {
        true => format!("`{table}` has a row that does not follow from the events: {row}"),
        false => format!("`{table}` lacks a row that follows from the events: {row}"),
    }
}

/// Prints the remedies.
fn print_advice(result: &VerificationResult) {
    if !result.differences.is_empty() {
        console::note("`tollgate log rebuild` rebuilds the tables derived from the events");
    }
    if result.checkpoints.iter().any(|(_, by)| by.is_none()) {
        console::note(
            "a key is trusted if the project trusts it for checkpoints (`tollgate keys trust FILE --for-checkpoints`) \
             or `--key` names it; a checkpoint of another ledger never verifies here",
        );
    }
    match result.verified.recorded_head.map(|head| head.since) {
        None if result.is_sound() => console::note(
            "there is no head file to compare with, so only checkpoints show whether events are missing at the end",
        ),
        None | Some(0) => {}
        Some(since) => console::note(format!(
            "the head file was begun at event {since}: it does not show whether events were missing then"
        )),
    }
    if result.is_sound() && result.verified.checkpoints == 0 {
        console::note(
            "there are no checkpoints, so a user with write access to the file could have rewritten or \
             truncated it undetected; a checkpoint that is kept elsewhere shows it (`tollgate log checkpoint`)",
        );
    }
}

/// Prints the result as JSON.
pub(super) fn print_json(
    result: &VerificationResult,
    signers: &[TrustedSigner],
) -> anyhow::Result<()> {
    let verified = &result.verified;
    let checkpoints = result.checkpoints.iter().map(|(checkpoint, by)| VerifiedCheckpoint {
        seq: checkpoint.seq,
        at: Timestamp(checkpoint.at_ms),
        key: checkpoint.key.clone(),
        signer: by.as_ref().map(|key| signer_name(signers, key)),
    });
    let fault = |fault, message| VerificationFault { fault, event: None, message };
    let describe = |fault| VerificationFault {
        message: describe_fault(fault, signers),
        ..VerificationFault::from(fault)
    };
    let mut faults: Vec<VerificationFault> = verified.faults.iter().map(describe).collect();
    let differences = result.differences.iter().map(describe_difference);
    faults.extend(differences.map(|message| fault(VerificationFaultCode::Projection, message)));
    let pages = result.page_errors.iter().cloned();
    faults.extend(pages.map(|message| fault(VerificationFaultCode::Page, message)));
    json_output::print_document(&VerificationDocument {
        format: FormatVersion,
        sound: result.is_sound(),
        events: verified.events,
        contents: result.contents_checked.then_some(verified.contents),
        head: verified.head.map(|(seq, hash)| ChainHead { seq, hash }),
        recorded_head: verified
            .recorded_head
            .map(|head| RecordedHead { seq: head.seq, since: head.since }),
        checkpoints: checkpoints.collect(),
        faults,
        faults_omitted: verified.faults_omitted,
        clock_jumps: verified.clock_jumps,
    })
}
