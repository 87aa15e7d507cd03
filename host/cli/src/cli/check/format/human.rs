//! Writes results for people: one line per output, followed by what is wrong with it. What many outputs share is told
//! once, and counted at the end.

use std::io::{self, Write};

use tollgate::intake::InputOrigin;
use tollgate::lookup::short_digest;
use tollgate_api::report::{CheckCounts, CheckResult, GateRelease, JUDGED_ONLY, ReportFormat};
use tollgate_model::{
    Content, ContractCheck, Failure, Reason, ReasonEffect, ReasonKind, Refusal, Ruling,
};

use super::shared_reasons::{ReasonLine, SharedReasons, SharedRow};
use crate::console::{BAD, DOUBT, GOOD, QUIET, STRONG, paint};

/// Remedy for a document that a contract for texts refuses.
const PART_HINT: &str = "a contract judges a text inside a document with `--at POINTER` behind its `--contract`, or with \
                         `at` in the gate, such as `/description`";

/// Human-readable format.
pub(super) struct HumanFormat {
    /// Whether nothing is recorded, so that no command finds the runs.
    is_trial: bool,
    /// Whether a document was stopped by a contract that refuses documents, and may judge a part of one.
    is_part_needed: bool,
    shared: SharedReasons,
}

impl HumanFormat {
    pub(super) fn new(is_trial: bool) -> Self {
        Self { is_trial, is_part_needed: false, shared: SharedReasons::default() }
    }

    /// Writes why an output has no decision, or which one before has the same error.
    fn write_error(
        &mut self,
        out: &mut dyn Write,
        item: &InputOrigin,
        error: &str,
    ) -> io::Result<()> {
        let id = paint(STRONG, item.id.replace('\n', " "));
        write!(out, "{}  {id}", paint(BAD, "error"))?;
        let place = item.place();
        // Messages name the place before the reason.
        let (_, reason) = error.split_once(&format!("{place}: ")).unwrap_or(("", error));
        match self.shared.repeats_error(reason, &place) {
            Some(first) => writeln!(out, "  {}", paint(QUIET, format!("the same as {first}"))),
            None => writeln!(out, "\n       {}", error.replace('\n', "\n       ")),
        }
    }

    /// Writes what the outputs have in common.
    fn write_shared(&self, out: &mut dyn Write, total: u64, gate: &str) -> io::Result<()> {
        let rows = self.shared.rows(total);
        if rows.is_empty() {
            return Ok(());
        }
        let heading = match total {
            1 => "what the gate record lacks:",
            _ => "what they have in common:",
        };
        writeln!(out, "{heading}")?;
        // The longest label is that of a part.
        let width = match total {
            1 => 0,
            _ => format!("{total} of {total}  ").len(),
        };
        let label = |count: u64| match count {
            _ if total == 1 => String::new(),
            count if count == total => format!("all {total}"),
            count => format!("{count} of {total}"),
        };
        for row in rows {
            match row {
                SharedRow::Reason { line, count } => {
                    writeln!(out, "  {:width$}{}", label(count), format_line(&line))?;
                }
                SharedRow::Error { text, count } => {
                    let text = text.replace('\n', " ");
                    writeln!(out, "  {:width$}{} {text}", label(count), paint(BAD, "error"))?;
                }
                SharedRow::MoreGaps { count } => {
                    let hint = format!("`tollgate gate check {gate}` lists {count} more parts");
                    writeln!(out, "  {:width$}{}", "", paint(QUIET, hint))?;
                }
            }
        }
        Ok(())
    }
}

impl ReportFormat for HumanFormat {
    fn write_result(
        &mut self,
        out: &mut dyn Write,
        item: &InputOrigin,
        result: &Result<CheckResult, String>,
    ) -> io::Result<()> {
        match result {
            Err(error) => self.write_error(out, item, error)?,
            Ok(result) => {
                let id = paint(STRONG, item.id.replace('\n', " "));
                let (style, ruling) = match result.decision.ruling {
                    Ruling::Allow => (GOOD, "allow"),
                    Ruling::Hold => (DOUBT, "hold "),
                    Ruling::Block => (BAD, "block"),
                    Ruling::Pass => (GOOD, "pass "),
                    Ruling::Fail => (BAD, "fail "),
                };
                write!(out, "{}  {id}", paint(style, ruling))?;
                if !self.is_trial {
                    let run = format!("run {}", short_digest(&result.run));
                    write!(out, "  {}", paint(QUIET, run))?;
                }
                writeln!(out)?;
                self.is_part_needed |= is_refused_document(result);
                let describe = |reason: &Reason| result.describe_reason(reason);
                for line in self.shared.tell(&result.decision, describe) {
                    writeln!(out, "       {}", format_line(&line))?;
                }
            }
        }
        Ok(())
    }

    fn end(
        &mut self,
        out: &mut dyn Write,
        counts: &CheckCounts,
        gate: &GateRelease,
    ) -> io::Result<()> {
        let by_result = [
            (counts.passed.unwrap_or(0), GOOD, "passed"),
            (counts.failed.unwrap_or(0), BAD, "failed"),
            (counts.allowed, GOOD, "allowed"),
            (counts.held, DOUBT, "held"),
            (counts.blocked, BAD, "blocked"),
            (counts.not_judged, BAD, "not judged"),
        ];
        let by_result = by_result.into_iter().filter(|(count, ..)| *count > 0);
        let by_result: Vec<_> =
            by_result.map(|(count, style, word)| paint(style, format!("{count} {word}"))).collect();
        let total = counts.total();
        let outputs = if total == 1 { "output" } else { "outputs" };
        writeln!(out, "{total} {outputs}: {}", by_result.join(", "))?;
        self.write_shared(out, total, gate.gate.as_str())?;
        if self.is_part_needed {
            writeln!(out, "{}", paint(QUIET, PART_HINT))?;
        }
        if !gate.purpose.is_delegation() {
            writeln!(out, "{}", paint(QUIET, JUDGED_ONLY))?;
        } else if self.is_trial {
            writeln!(out, "{}", paint(QUIET, "a trial: nothing was recorded"))?;
        } else if counts.held > 0 {
            let hint = format!("`tollgate queue list --gate {}` lists held outputs", gate.gate);
            writeln!(out, "{}", paint(QUIET, hint))?;
        }
        Ok(())
    }
}

/// Returns whether an output is stopped because it is a document, which a contract does not judge.
fn is_refused_document(result: &CheckResult) -> bool {
    let content = result.subject.as_ref().map(|subject| &subject.content);
    let stops = |check: &ContractCheck| {
        let is_of_check = |kind: &ReasonKind| matches!(kind, ReasonKind::Failure { contract, .. } if *contract == check.contract);
        let mut reasons = result.decision.reasons.iter();
        reasons.any(|reason| reason.effect != ReasonEffect::Note && is_of_check(&reason.kind))
    };
    let is_refused = |check: &ContractCheck| {
        let mut failures = check.verdicts.iter().filter_map(|verdict| verdict.result.failure());
        failures.any(|failure| {
            matches!(failure, Failure::Refused { refusal: Refusal::NotApplicable { .. } })
        })
    };
    let mut whole = result.checks.iter().filter(|check| check.part.is_none());
    matches!(content, Some(Content::Json(_) | Content::Action { .. }))
        && whole.any(|check| is_refused(check) && stops(check))
}

fn format_line(line: &ReasonLine) -> String {
    let style = match line.effect {
        ReasonEffect::Note => QUIET,
        ReasonEffect::Hold => DOUBT,
        ReasonEffect::Block => BAD,
    };
    format!("{} {}", paint(style, format!("{:5}", line.word)), line.text)
}
