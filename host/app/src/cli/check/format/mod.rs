//! How decisions are written: for people, and in the forms that other tools read.

mod human;
mod json;
pub(in crate::cli) mod junit;
mod markdown;
mod sarif;
mod spool;

use std::io::Write;

use clap::ValueEnum;
use serde::Serialize;
use tollgate_govern::Facts;
use tollgate_model::{Checked, Decision, Digest, Subject};

use super::lines::Line;
use crate::run::Ready;

/// The forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatName {
    /// For people.
    Human,
    /// One JSON document.
    Json,
    /// A line of JSON for each output, as soon as it is decided.
    Jsonl,
    /// A test report in JUnit's XML, which most build servers show.
    Junit,
    /// SARIF 2.1.0, which code hosts show beside the lines.
    Sarif,
    /// A table for a comment or a job's summary.
    Markdown,
}

/// A run that is told.
pub(super) struct Shown {
    pub(super) run: Digest,
    pub(super) release: Digest,
    pub(super) decision: Decision,
    pub(super) checks: Vec<Checked>,
    /// How long the contracts took.
    pub(super) time_us: u64,
    /// What identifies the output.
    pub(super) output: Digest,
    /// The output, as far as it is known.
    pub(super) subject: Option<Subject>,
    pub(super) facts: Option<Facts>,
    /// Whether it was decided before, under the same batch.
    pub(super) before: bool,
}

/// How many outputs came to what.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Summary {
    pub(super) allowed: u64,
    pub(super) held: u64,
    pub(super) blocked: u64,
    pub(super) not_judged: u64,
    /// How many of them were recorded before.
    pub(super) before: u64,
}

/// A way of writing. An error is why an output could not be judged.
pub(super) trait Format {
    /// Where it is written: as it is, and not looked through for colours, of which it has none.
    fn out(&self) -> Box<dyn Write> {
        Box::new(std::io::stdout())
    }

    /// Before the first output.
    fn begin(&mut self, _: &mut dyn Write, _: &Ready) -> anyhow::Result<()> {
        Ok(())
    }

    /// An output. It is recorded when it comes here.
    fn line(
        &mut self,
        out: &mut dyn Write,
        line: &Line,
        shown: &Result<Shown, String>,
    ) -> anyhow::Result<()>;

    /// After the last one.
    fn end(&mut self, out: &mut dyn Write, summary: &Summary, ready: &Ready) -> anyhow::Result<()>;
}

/// The form of this name.
pub(super) fn of(name: FormatName) -> anyhow::Result<Box<dyn Format>> {
    Ok(match name {
        FormatName::Human => Box::new(human::Human),
        FormatName::Json => Box::new(json::Json::document()),
        FormatName::Jsonl => Box::new(json::Json::lines()),
        FormatName::Junit => Box::new(junit::Junit::new()?),
        FormatName::Sarif => Box::new(sarif::Sarif::new()?),
        FormatName::Markdown => Box::new(markdown::Markdown::default()),
    })
}

impl Summary {
    /// How many there were.
    pub(super) fn all(&self) -> u64 {
        self.allowed + self.held + self.blocked + self.not_judged
    }
}
