//! Writes results for people: one line per output, followed by its reasons.

use std::io::{self, Write};

use tollgate::intake::InputOrigin;
use tollgate::lookup::short_digest;
use tollgate_api::report::{CheckCounts, CheckResult, GateRelease, ReportFormat};
use tollgate_model::{Reason, ReasonEffect, Ruling};

use crate::console::{BAD, DOUBT, GOOD, QUIET, STRONG, paint};

/// Human-readable format.
pub(super) struct HumanFormat {
    /// Whether nothing is recorded, so that no command finds the runs.
    pub(super) is_trial: bool,
}

impl ReportFormat for HumanFormat {
    fn write_result(
        &mut self,
        out: &mut dyn Write,
        item: &InputOrigin,
        result: &Result<CheckResult, String>,
    ) -> io::Result<()> {
        let id = paint(STRONG, item.id.replace('\n', " "));
        match result {
            Err(error) => {
                writeln!(out, "{}  {id}", paint(BAD, "error"))?;
                writeln!(out, "       {}", error.replace('\n', "\n       "))?;
            }
            Ok(result) => {
                let (style, ruling) = match result.decision.ruling {
                    Ruling::Allow => (GOOD, "allow"),
                    Ruling::Hold => (DOUBT, "hold "),
                    Ruling::Block => (BAD, "block"),
                };
                write!(out, "{}  {id}", paint(style, ruling))?;
                if !self.is_trial {
                    let run = format!("run {}", short_digest(&result.run));
                    write!(out, "  {}", paint(QUIET, run))?;
                }
                writeln!(out)?;
                for reason in &result.decision.reasons {
                    writeln!(out, "       {}", format_reason(reason))?;
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
        if self.is_trial {
            writeln!(out, "{}", paint(QUIET, "a trial: nothing was recorded"))?;
        } else if counts.held > 0 {
            let hint = format!("`tollgate queue list --gate {}` lists held outputs", gate.gate);
            writeln!(out, "{}", paint(QUIET, hint))?;
        }
        Ok(())
    }
}

fn format_reason(reason: &Reason) -> String {
    let style = match reason.effect {
        ReasonEffect::Note => QUIET,
        ReasonEffect::Hold => DOUBT,
        ReasonEffect::Block => BAD,
    };
    // Reasons contain text of contracts and outputs, whose line breaks could forge lines.
    let sentence = reason.to_string().replace('\n', " ");
    format!("{} {sentence}", paint(style, format!("{:5}", reason.effect.to_string())))
}
