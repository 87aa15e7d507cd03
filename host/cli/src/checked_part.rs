//! Shows what a contract says about a part of a document.

use std::borrow::Cow;

use tollgate_model::{Content, ContractCheck, Report, Subject, find_part};

use crate::judgement_output;

/// Returns the name of a contract with the part that it judged.
pub(crate) fn name_with_place(name: &str, check: &ContractCheck) -> String {
    let shown = match &check.part {
        Some(part) if part.problem.is_none() => format!("{name} at `{}`", part.at),
        // The problem names the place.
        Some(part) => format!("{name}: {part}"),
        None => name.to_owned(),
    };
    // Keys of a document can have line breaks.
    judgement_output::shorten(&shown)
}

/// Prints the findings of a report with their places. `output` is the whole output.
pub(crate) fn print_findings(report: &Report, output: &Subject, check: &ContractCheck) {
    let part = check.part_pointer();
    let subject = match part.map(|pointer| find_part(&output.content, pointer)) {
        None => Cow::Borrowed(output),
        Some(content) => {
            // Without the part, places are shown as bytes.
            let content = content.unwrap_or_else(|| Content::from_json_text("{}"));
            Cow::Owned(Subject::new(content))
        }
    };
    for finding in &report.findings {
        judgement_output::print_finding(&finding.in_output(part), &subject);
    }
}
