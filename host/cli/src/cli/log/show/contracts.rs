//! Prints the reports of each contract of a run, with the contract's version.

use tollgate_model::{
    Content, ContractCheck, Determinism, PinnedContract, RecordedVerdict, RetainedContent,
    RunEvent, Subject, Verdict,
};

use super::{ShownRun, print_indented};
use crate::cli::log::missing_content;
use crate::console::{self, BAD, QUIET, paint};
use crate::{checked_part, judgement_output};

/// Prints the reports of the latest judgement.
pub(super) fn print_checks(record: &ShownRun<'_>) -> anyhow::Result<()> {
    let (event, run) = record.event_with_checks();
    if let Some(gone) =
        missing_content::describe_missing_content(record.view, event, missing_content::is_details)?
    {
        print_indented(&gone);
        pinned_contracts(record).iter().for_each(|pinned| {
            print_indented(&format!("{} {} was run", pinned.id, pinned.version));
        });
        return Ok(());
    }
    if record.release.is_none() {
        print_indented(&format!(
            "contract versions are unknown: the release {} is no longer in the ledger",
            run.release
        ));
    }
    if run.checks.is_empty() {
        print_indented("no contract was run");
    }
    let subject = subject_of_run(run);
    run.checks.iter().for_each(|checked| print_check(record, checked, &subject));
    Ok(())
}

fn pinned_contracts<'k>(record: &'k ShownRun<'_>) -> &'k [PinnedContract] {
    record.release.as_ref().map_or(&[], |release| &release.contracts)
}

fn print_check(record: &ShownRun<'_>, checked: &ContractCheck, subject: &Subject) {
    let pinned = pinned_contracts(record).iter().find(|pinned| pinned.id == checked.contract);
    let version = pinned.map_or("(version unknown)".into(), |pinned| {
        if pinned.name.to_string() == pinned.id {
            pinned.version.to_string()
        } else {
            format!("({} {})", pinned.name, pinned.version)
        }
    });
    let model_note = match checked.determinism {
        Determinism::Deterministic => "",
        Determinism::Probabilistic => "  asks a model",
    };
    let name = &checked.contract;
    let name = checked_part::name_with_place(&format!("{name} {version}{model_note}"), checked);
    for verdict in &checked.verdicts {
        print_verdict(&name, checked, verdict, subject);
    }
    if checked.verdicts.is_empty() {
        console::print(format!("  {}  {name}", paint(BAD, "not evaluated")));
    }
}

fn print_verdict(
    name: &str,
    checked: &ContractCheck,
    verdict: &RecordedVerdict,
    subject: &Subject,
) {
    let cost = paint(QUIET, format!("{} fuel", verdict.fuel_used));
    match &verdict.result {
        Verdict::Report(report) => {
            console::print(format!(
                "  {}  {name}  {cost}",
                judgement_output::format_outcome(report.outcome)
            ));
            checked_part::print_findings(report, subject, checked);
        }
        Verdict::Failure(failure) => {
            console::print(format!("  {}  {name}  {cost}", paint(BAD, failure.kind())));
            print_indented(&format!("  {failure}"));
        }
    }
}

/// Returns the subject that locations in findings refer to. Without a stored output this is an empty document, so
/// locations are printed as bytes.
fn subject_of_run(run: &RunEvent) -> Subject {
    match &run.content {
        RetainedContent::Full(subject) | RetainedContent::Masked(subject) => (**subject).clone(),
        RetainedContent::Digest | RetainedContent::Erased => {
            let arguments = tollgate_model::JsonText::empty_object();
            Subject::new(Content::Json(arguments))
        }
    }
}
