//! Output formats of `tollgate check`: for people, and for other tools.

mod human;
mod shared_reasons;

use std::io::Write;

use clap::ValueEnum;
use tollgate_api::report::{JsonFormat, JunitFormat, MarkdownFormat, ReportFormat, SarifFormat};

use crate::console;

/// Values of `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatName {
    /// Text for people.
    Human,
    /// One JSON document.
    Json,
    /// One line of JSON per output, as soon as it is decided.
    Jsonl,
    /// A test report in JUnit XML, which most build servers display.
    Junit,
    /// SARIF 2.1.0, which code hosts display beside the lines.
    Sarif,
    /// A Markdown table for a comment or a job summary.
    Markdown,
}

impl FormatName {
    /// Returns the stream to write to.
    pub(super) fn open_output(self) -> Box<dyn Write> {
        match self {
            Self::Human => console::open_output(),
            _ => console::open_exact_output(),
        }
    }

    /// Creates the writer of the format. A trial is not recorded.
    pub(super) fn create(self, is_trial: bool) -> std::io::Result<Box<dyn ReportFormat>> {
        Ok(match self {
            Self::Human => Box::new(human::HumanFormat::new(is_trial)),
            Self::Json => Box::new(JsonFormat::document()),
            Self::Jsonl => Box::new(JsonFormat::lines()),
            Self::Junit => Box::new(JunitFormat::new()?),
            Self::Sarif => Box::new(SarifFormat::new()?),
            Self::Markdown => Box::new(MarkdownFormat::default()),
        })
    }
}
