//! For people: a line for each output, and its reasons below.

use std::io::Write;

use tollgate_model::{Effect, Reason, Ruling};

use super::{Format, Shown, Summary};
use crate::cli::check::lines::Line;
use crate::console::{BAD, DOUBT, GOOD, QUIET, STRONG, harmless, paint};
use crate::recorded::short;
use crate::run::Ready;

/// What people read.
pub(super) struct Human;

impl Format for Human {
    fn out(&self) -> Box<dyn Write> {
        Box::new(anstream::stdout())
    }

    fn line(
        &mut self,
        out: &mut dyn Write,
        line: &Line,
        shown: &Result<Shown, String>,
    ) -> anyhow::Result<()> {
        let id = paint(STRONG, harmless(&line.id));
        match shown {
            Err(error) => {
                writeln!(out, "{}  {id}", paint(BAD, "error"))?;
                writeln!(out, "       {}", harmless(error).replace('\n', "\n       "))?;
            }
            Ok(shown) => {
                let (style, ruling) = match shown.decision.ruling {
                    Ruling::Allow => (GOOD, "allow"),
                    Ruling::Hold => (DOUBT, "hold "),
                    Ruling::Block => (BAD, "block"),
                };
                let run = paint(QUIET, format!("run {}", short(&shown.run)));
                writeln!(out, "{}  {id}  {run}", paint(style, ruling))?;
                for reason in &shown.decision.reasons {
                    writeln!(out, "       {}", told(reason))?;
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write, summary: &Summary, ready: &Ready) -> anyhow::Result<()> {
        let counts = [
            (summary.allowed, GOOD, "allowed"),
            (summary.held, DOUBT, "held"),
            (summary.blocked, BAD, "blocked"),
            (summary.not_judged, BAD, "not judged"),
        ];
        let counts = counts.into_iter().filter(|(count, ..)| *count > 0);
        let counts: Vec<_> =
            counts.map(|(count, style, word)| paint(style, format!("{count} {word}"))).collect();
        let all = summary.all();
        let outputs = if all == 1 { "output" } else { "outputs" };
        let counts = if counts.is_empty() { "none".into() } else { counts.join(", ") };
        writeln!(out, "{all} {outputs}: {counts}")?;
        if summary.held > 0 {
            let hint =
                format!("`tollgate queue list --gate {}` shows what is held", ready.gate.name);
            writeln!(out, "{}", paint(QUIET, hint))?;
        }
        Ok(())
    }
}

fn told(reason: &Reason) -> String {
    let style = match reason.effect {
        Effect::Note => QUIET,
        Effect::Hold => DOUBT,
        Effect::Block => BAD,
    };
    let sentence = harmless(&reason.to_string()).replace('\n', " ");
    format!("{} {sentence}", paint(style, format!("{:5}", reason.effect.to_string())))
}
