//! Hints for errors of gates, reviews, runs and the ledger.

use std::error::Error;

use tollgate::CheckError;
use tollgate::autonomy::{LevelChangeError, StatusError};
use tollgate::erasure::ErasureError;
use tollgate::figures::FigureError;
use tollgate::gate::{
    GateLoadError, GateOpenError, GoverningRecordError, QualityGateError, ReleaseError,
    ReleaseReadError, TrialError,
};
use tollgate::incidents::{ChangeError, IncidentError, RetractionError};
use tollgate::insight::StatisticsError;
use tollgate::intake::CheckManyError;
use tollgate::lookup::RunLookupError;
use tollgate::receipts::ReceiptError;
use tollgate::replay::ComparisonError;
use tollgate::review::{ConductReviewError, ReviewError, ReviewLookupError};
use tollgate_ledger::LedgerError;
use tollgate_model::GateName;

use super::contracts::binding_hint;
use super::packages::{lock_hint, package_access_hint, project_hint};
use crate::shell_words::quote_word;

pub(super) fn check_hint(error: &CheckError) -> Option<String> {
    match error {
        CheckError::NotARun { .. } => Some(verify_hint()),
        CheckError::Gate(error) => gate_open_hint(error),
        CheckError::Ledger(error) => ledger_hint(error),
        _ => None,
    }
}

pub(super) fn check_many_hint(error: &CheckManyError) -> Option<String> {
    match error {
        CheckManyError::Check(error) => check_hint(error),
        CheckManyError::Trial(error) => trial_hint(error),
        _ => None,
    }
}

pub(super) fn trial_hint(error: &TrialError) -> Option<String> {
    match error {
        TrialError::Ledger(error) => ledger_hint(error),
        _ => None,
    }
}

pub(super) fn gate_open_hint(error: &GateOpenError) -> Option<String> {
    match error {
        GateOpenError::NoActiveRelease { gate } => Some(publish_hint(gate)),
        GateOpenError::Release(error) => release_read_hint(error),
        GateOpenError::Ledger(error) => ledger_hint(error),
        _ => None,
    }
}

pub(super) fn governing_record_hint(error: &GoverningRecordError) -> Option<String> {
    match error {
        GoverningRecordError::Release(error) => release_read_hint(error),
        GoverningRecordError::Quality(error) => quality_gate_hint(error),
        GoverningRecordError::Ledger(error) => ledger_hint(error),
        _ => None,
    }
}

/// Returns the error of reading a gate record that an error of the host stands for.
pub(super) fn record_error_of_host<'a>(
    error: &'a (dyn Error + 'static),
) -> Option<&'a GoverningRecordError> {
    if let Some(IncidentError::Gate(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(RetractionError::Gate(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(LevelChangeError::Status(error)) = error.downcast_ref() {
        return record_error_of_host(error);
    }
    if let Some(StatusError::Gate(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(FigureError::Gate(error)) = error.downcast_ref() {
        return Some(error);
    }
    match error.downcast_ref()? {
        ChangeError::Gate(error) => Some(error),
        _ => None,
    }
}

pub(super) fn gate_load_hint(error: &GateLoadError) -> Option<String> {
    match error {
        GateLoadError::Project(error) => project_hint(error),
        GateLoadError::Lock(error) => lock_hint(error),
        GateLoadError::NotLocked { .. } => Some("run `tollgate lock`".into()),
        GateLoadError::TooLarge { .. } => Some(
            "shorten it, or look it up before `tollgate check` and add the result to the `context` of each output"
                .into(),
        ),
        GateLoadError::Package(error) => package_access_hint(error),
        GateLoadError::Release(error) => release_read_hint(error),
        GateLoadError::Contract(error) => binding_hint(error),
        _ => None,
    }
}

pub(super) fn release_read_hint(error: &ReleaseReadError) -> Option<String> {
    match error {
        ReleaseReadError::Ledger(error) => ledger_hint(error),
        ReleaseReadError::OtherFormat { .. } => Some(
            "publish the gate again: `tollgate release --by NAME`. The version of Tollgate that wrote the release can \
             still replay its runs"
                .into(),
        ),
        _ => Some(verify_hint()),
    }
}

pub(super) fn release_hint(error: &ReleaseError) -> Option<String> {
    match error {
        ReleaseError::NoActiveRelease { gate } => Some(publish_hint(gate)),
        ReleaseError::NoEarlierRelease { .. } => Some(
            "change the gate, run `tollgate lock`, and publish another release with `tollgate release`"
                .into(),
        ),
        ReleaseError::NotControlled { gate, .. } => {
            Some(format!("`tollgate gate test {gate}` shows which cases fail"))
        }
        ReleaseError::Quality(error) => quality_gate_hint(error),
        ReleaseError::QualityDraft { gate, .. } => Some(format!(
            "judge by the file with `tollgate check --gate {gate} FILE --quality`; to release it, write `purpose = \
             \"delegation\"`"
        )),
        ReleaseError::Load(error) => gate_load_hint(error),
        ReleaseError::Ledger(error) => ledger_hint(error),
        _ => None,
    }
}

pub(super) fn quality_gate_hint(QualityGateError { gate }: &QualityGateError) -> Option<String> {
    Some(format!(
        "judge with `tollgate check --gate {gate} FILE`; `tollgate gate check {gate}` says what it lacks to delegate"
    ))
}

/// Returns the error of a gate that only judges, which an error of the host stands for.
pub(super) fn quality_error_of_host<'a>(
    error: &'a (dyn Error + 'static),
) -> Option<&'a QualityGateError> {
    match error.downcast_ref()? {
        LevelChangeError::Quality(error) => Some(error),
        _ => None,
    }
}

pub(super) fn conduct_review_hint(error: &ConductReviewError) -> Option<String> {
    match error {
        ConductReviewError::Run(error) => review_lookup_hint(error),
        ConductReviewError::Gate(error) => gate_open_hint(error),
        ConductReviewError::Ledger(error) => ledger_hint(error),
        _ => None,
    }
}

pub(super) fn review_lookup_hint(error: &ReviewLookupError) -> Option<String> {
    match error {
        ReviewLookupError::Run(error) => run_lookup_hint(error),
        ReviewLookupError::NotJudged { .. } => Some(verify_hint()),
        ReviewLookupError::Ledger(error) => ledger_hint(error),
        _ => None,
    }
}

/// Returns the hint for a reason against a review that does not depend on the rules of the gate.
pub(super) fn review_hint(error: &ReviewError) -> Option<String> {
    const CHECK_AGAIN: &str = "run `tollgate check` on it again and reject this run";
    Some(match error {
        ReviewError::OutputNotKept => {
            "provide it with `--subject FILE`, as JSON with `text`, `json` or `action`, and the original `prompt` and \
             `context`"
                .into()
        }
        ReviewError::GateChanged => {
            format!("provide it with `--subject FILE`, or {CHECK_AGAIN}")
        }
        ReviewError::NamedByIncident(_) => "use `--edit` to correct it, or `--reject`".into(),
        ReviewError::DetailsErased => CHECK_AGAIN.into(),
        ReviewError::NothingEdited => "use `--approve` to let the output go out as it is".into(),
        ReviewError::NotAnAuditAction => {
            "use `--approve` to confirm that it was right, or `--reject` if it should not have gone out".into()
        }
        _ => return None,
    })
}

pub(super) fn receipt_hint(error: &ReceiptError) -> Option<String> {
    match error {
        ReceiptError::Run(error) => run_lookup_hint(error),
        ReceiptError::NotJudged { .. } => Some(verify_hint()),
        ReceiptError::Release(error) => release_read_hint(error),
        ReceiptError::Ledger(error) => ledger_hint(error),
        _ => None,
    }
}

pub(super) fn comparison_hint(error: &ComparisonError) -> Option<String> {
    match error {
        ComparisonError::Release(error) => release_read_hint(error),
        ComparisonError::Ledger(error) => ledger_hint(error),
        _ => None,
    }
}

pub(super) fn run_lookup_hint(error: &RunLookupError) -> Option<String> {
    match error {
        RunLookupError::NotFound { prefix } => Some(format!(
            "`tollgate log list` shows the runs, and `tollgate log list --id {}` those of an output with this id",
            quote_word(prefix)
        )),
        RunLookupError::Ledger(error) => ledger_hint(error),
        _ => None,
    }
}

pub(super) fn ledger_hint(error: &LedgerError) -> Option<String> {
    match error {
        LedgerError::Corrupt { .. } | LedgerError::Unreadable { .. } => Some(verify_hint()),
        LedgerError::FormerTables(path) => Some(format!(
            "make them anew: `tollgate log rebuild --ledger {}`",
            quote_word(&path.display().to_string())
        )),
        _ => None,
    }
}

fn verify_hint() -> String {
    "run `tollgate log verify` to see what can still be read".into()
}

fn publish_hint(gate: &GateName) -> String {
    format!("publish one: `tollgate release {gate} --by NAME`")
}

/// Returns the error of the ledger that an error of the host stands for.
pub(super) fn ledger_error_of_host<'a>(
    error: &'a (dyn Error + 'static),
) -> Option<&'a LedgerError> {
    if let Some(LevelChangeError::Status(error)) = error.downcast_ref() {
        return ledger_error_of_host(error);
    }
    if let Some(StatusError::Ledger(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(LevelChangeError::Ledger(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(IncidentError::Ledger(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(RetractionError::Ledger(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(ChangeError::Ledger(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(FigureError::Ledger(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(ErasureError::Ledger(error)) = error.downcast_ref() {
        return Some(error);
    }
    match error.downcast_ref()? {
        StatisticsError::Ledger(error) => Some(error),
        _ => None,
    }
}
