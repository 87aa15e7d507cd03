//! Prints the result of a verification as text or JSON.

use std::collections::BTreeMap;

use tollgate::verification::LedgerVerification;
use tollgate_api::{VerificationDocument, describe_ledger_fault, describe_projection_difference};

use crate::cli::signers::{TrustedSigner, signer_name};
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, paint};
use crate::{json_output, timestamps};

/// Prints the result as text.
pub(super) fn print_result(result: &LedgerVerification, signers: &[TrustedSigner]) {
    let (style, word) = if result.is_sound() { (GOOD, "sound") } else { (BAD, "not sound") };
    console::print(format!("{}  {}", paint(style, word), describe_extent(result)));
    if let Some((seq, hash)) = result.report.head {
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
    for fault in &result.report.faults {
        let fault = describe_ledger_fault(fault, |key| is_trusted(key, signers));
        console::print(format!("  {} {fault}", paint(BAD, "✗")));
    }
    if result.report.faults_omitted > 0 {
        let more = result.report.faults_omitted;
        console::print(format!("  {} … and {more} more", paint(BAD, "✗")));
    }
    if let Some(first) = result.report.first_clock_jump {
        let often = match result.report.clock_jumps {
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
        let difference = describe_projection_difference(difference);
        console::print(format!("  {} {difference}", paint(BAD, "✗")));
    }
    for page in &result.page_errors {
        console::print(format!("  {} the file: {page}", paint(BAD, "✗")));
    }
    print_advice(result);
}

fn describe_extent(result: &LedgerVerification) -> String {
    let verified = &result.report;
    let contents = match result.contents_checked {
        true => format!("{} contents", verified.contents),
        false => "contents not checked".into(),
    };
    let (events, signed) = (verified.events, verified.checkpoints);
    let checkpoints = if signed == 1 { "checkpoint" } else { "checkpoints" };
    format!("{events} events, {contents}, {signed} {checkpoints} by trusted keys")
}

fn is_trusted(key: &str, signers: &[TrustedSigner]) -> bool {
    signers.iter().any(|signer| signer.key.id().as_str() == key)
}

/// Prints the remedies.
fn print_advice(result: &LedgerVerification) {
    if !result.differences.is_empty() {
        console::note("`tollgate log rebuild` rebuilds the tables derived from the events");
    }
    if result.checkpoints.iter().any(|(_, by)| by.is_none()) {
        console::note(
            "a key is trusted if the project trusts it for checkpoints (`tollgate keys trust FILE --for-checkpoints`) \
             or `--key` names it; a checkpoint of another ledger never verifies here",
        );
    }
    match result.report.recorded_head.map(|head| head.since) {
        None if result.is_sound() => console::note(
            "there is no head file to compare with, so only checkpoints show whether events are missing at the end",
        ),
        None | Some(0) => {}
        Some(since) => console::note(format!(
            "the head file was begun at event {since}: it does not show whether events were missing then"
        )),
    }
    if result.is_sound() && result.report.checkpoints == 0 {
        console::note(
            "there are no checkpoints, so a user with write access to the file could have rewritten or \
             truncated it undetected; a checkpoint that is kept elsewhere shows it (`tollgate log checkpoint`)",
        );
    }
}

/// Prints the result as JSON.
pub(super) fn print_json(
    result: &LedgerVerification,
    signers: &[TrustedSigner],
) -> anyhow::Result<()> {
    let mut names = BTreeMap::new();
    for signer in signers {
        names.entry(signer.key.id()).or_insert_with(|| signer.name.clone());
    }
    json_output::print_document(&VerificationDocument::new(result, &names))
}
