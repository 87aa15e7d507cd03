//! From terms found to a report.

use tollgate_sdk::prelude::*;

use crate::lookup::Term;

/// Nobody reads more, and a report has to fit through the host's door. What is left out
/// is counted, and its worst severity still tells.
const FINDINGS_MAX: usize = 1_000;

/// What has been found so far.
#[derive(Default)]
pub(crate) struct Findings {
    listed: Vec<Finding>,
    left_out: usize,
    worst_left_out: Option<Severity>,
}

impl Findings {
    pub(crate) fn add(&mut self, term: Option<&Term>, place: impl FnOnce(Finding) -> Finding) {
        let Some(term) = term else { return };
        if self.listed.len() == FINDINGS_MAX {
            self.left_out += 1;
            self.worst_left_out = worse(self.worst_left_out, term.severity);
            return;
        }
        let finding = place(Finding::new("banned-term", term.severity, term.message.as_str()));
        self.listed.push(match &term.fix {
            Some(fix) => finding.fix(fix.as_str()),
            None => finding,
        });
    }

    pub(crate) fn report(mut self) -> Report {
        let matches = self.listed.len() + self.left_out;
        if let Some(severity) = self.worst_left_out {
            let message = format!("{} more banned terms are not listed", self.left_out);
            self.listed.push(Finding::new("banned-term", severity, message));
        }
        Report::of(self.listed).measure("matches", matches as f64)
    }
}

fn worse(one: Option<Severity>, other: Severity) -> Option<Severity> {
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
