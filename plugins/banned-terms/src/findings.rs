//! Collects findings and builds the report from them.

use tollgate_sdk::prelude::*;

use crate::banned_terms::TermFinding;

/// Nobody reads more findings, and the host limits the size of a report. Findings above
/// this number are only counted, together with their worst severity.
const FINDINGS_MAX: usize = 1_000;

/// The findings of one judgement.
#[derive(Default)]
pub(crate) struct Findings {
    listed_findings: Vec<Finding>,
    unlisted_count: usize,
    worst_unlisted: Option<Severity>,
}

impl Findings {
    pub(crate) fn add(
        &mut self,
        term: Option<&TermFinding>,
        locate: impl FnOnce(Finding) -> Finding,
    ) {
        let Some(term) = term else { return };
        if self.listed_findings.len() == FINDINGS_MAX {
            self.unlisted_count += 1;
            self.worst_unlisted = worse_of(self.worst_unlisted, term.severity);
            return;
        }
        let finding = locate(Finding::new("banned-term", term.severity, term.message.as_str()));
        self.listed_findings.push(match &term.fix {
            Some(fix) => finding.fix(fix.as_str()),
            None => finding,
        });
    }

    pub(crate) fn into_report(mut self) -> Report {
        let matches = self.listed_findings.len() + self.unlisted_count;
        if let Some(severity) = self.worst_unlisted {
            let message = format!("{} more banned terms are not listed", self.unlisted_count);
            self.listed_findings.push(Finding::new("banned-term", severity, message));
        }
        Report::of(self.listed_findings).measure("matches", matches as f64)
    }
}

fn worse_of(one: Option<Severity>, other: Severity) -> Option<Severity> {
    let rank = |severity: Severity| match severity {
        Severity::Info => 0,
        Severity::Warning => 1,
        Severity::Error => 2,
        Severity::Critical => 3,
    };
    match one {
        Some(one) if rank(one) >= rank(other) => Some(one),
        _ => Some(other),
    }
}
