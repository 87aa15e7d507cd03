//! Writes results for people: one line per output, followed by its reasons.

use std::io::Write;

use tollgate_model::{Reason, ReasonEffect, Ruling};

use super::{CheckResult, CheckSummary, OutputFormat};
use crate::cli::check::input::InputItem;
use crate::console::{BAD, DOUBT, GOOD, QUIET, STRONG, paint, sanitize};
use tollgate::gate::LoadedGate;
use tollgate::lookup::short_digest;

/// Human-readable format.
pub(super) struct HumanFormat;

impl OutputFormat for HumanFormat {
    fn open_output(&self) -> Box<dyn Write> {
        Box::new(anstream::stdout())
    }

    fn write_result(
        &mut self,
        out: &mut dyn Write,
        item: &InputItem,
        result: &Result<CheckResult, String>,
    ) -> anyhow::Result<()> {
        let id = paint(STRONG, sanitize(&item.id));
        match result {
            Err(error) => {
                writeln!(out, "{}  {id}", paint(BAD, "error"))?;
                writeln!(out, "       {}", sanitize(error).replace('\n', "\n       "))?;
            }
            Ok(result) => {
                let (style, ruling) = match result.decision.ruling {
                    Ruling::Allow => (GOOD, "allow"),
                    Ruling::Hold => (DOUBT, "hold "),
                    Ruling::Block => (BAD, "block"),
                };
                let run = paint(QUIET, format!("run {}", short_digest(&result.run)));
                writeln!(out, "{}  {id}  {run}", paint(style, ruling))?;
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
        summary: &CheckSummary,
        loaded: &LoadedGate,
    ) -> anyhow::Result<()> {
        let counts = [
            (summary.allowed, GOOD, "allowed"),
            (summary.held, DOUBT, "held"),
            (summary.blocked, BAD, "blocked"),
            (summary.not_judged, BAD, "not judged"),
        ];
        let counts = counts.into_iter().filter(|(count, ..)| *count > 0);
        let counts: Vec<_> =
            counts.map(|(count, style, word)| paint(style, format!("{count} {word}"))).collect();
        let total = summary.total();
        let outputs = if total == 1 { "output" } else { "outputs" };
        let counts = if counts.is_empty() { "none".into() } else { counts.join(", ") };
        writeln!(out, "{total} {outputs}: {counts}")?;
        if summary.held > 0 {
            let hint =
                format!("`tollgate queue list --gate {}` lists held outputs", loaded.gate.name);
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
    // Reasons contain text of contracts and outputs: control characters and line breaks could forge lines.
    let sentence = sanitize(&reason.to_string()).replace('\n', " ");
    format!("{} {sentence}", paint(style, format!("{:5}", reason.effect.to_string())))
}
