//! `tollgate prompt diff`: compares two versions of a prompt.

use clap::Args;
use tollgate_api::PromptDiffDocument;
use tollgate_packages::Bump;
use tollgate_packages::prompt::{self, ChangeSection, Hunk, PromptChange, PromptFile};

use super::{PromptFolderArgs, prompt_title};
use crate::console::{self, BAD, GOOD, QUIET, STRONG, paint};
use crate::exit::Exit;
use crate::json_output;

/// Compares two versions of a prompt by wording, variables, output schema and model, and reports the version bump
/// that each change needs.
///
/// Exit code 0 even if they differ.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate prompt diff welcome-email@1 welcome-email@2
  tollgate prompt diff old.prompt prompts/welcome-email.prompt --json")]
pub(super) struct PromptDiffCommand {
    /// Earlier version: a file, or a name with a version requirement.
    #[arg(value_name = "FILE|NAME@REQ")]
    from: String,
    /// Later version, in the same form.
    #[arg(value_name = "FILE|NAME@REQ")]
    to: String,
    #[command(flatten)]
    prompts: PromptFolderArgs,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

const SECTIONS: [(ChangeSection, &str); 5] = [
    (ChangeSection::Wording, "wording"),
    (ChangeSection::Variables, "variables"),
    (ChangeSection::Schema, "output schema"),
    (ChangeSection::Model, "model"),
    (ChangeSection::About, "about"),
];

impl PromptDiffCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let (from, to) = (self.prompts.find(&self.from)?, self.prompts.find(&self.to)?);
        let diff = prompt::PromptDiff::between(&from, &to);
        if self.json {
            json_output::print_document(&PromptDiffDocument::new(&from, &to, diff))?;
            return Ok(Exit::Pass);
        }
        console::print(paint(STRONG, format!("{} → {}", prompt_title(&from), prompt_title(&to))));
        if from.name() != to.name() {
            console::warn("these are different prompts, not two versions of one");
        }
        for (section, name) in SECTIONS {
            let changes: Vec<_> =
                diff.changes.iter().filter(|change| change.section == section).collect();
            if !changes.is_empty() {
                console::print(format!("  {name}"));
                changes.into_iter().for_each(print_change);
            }
            if section == ChangeSection::Wording {
                diff.wording.iter().for_each(print_hunk);
            }
        }
        console::print(describe_bump(&diff, &to));
        Ok(Exit::Pass)
    }
}

fn print_change(change: &PromptChange) {
    let bump = console::format_bump(change.bump);
    let reason = paint(QUIET, change.reason);
    console::print(format!("    {bump}  {}: {reason}", change.description));
}

fn print_hunk(hunk: &Hunk) {
    let place = match &hunk.partial {
        Some(partial) => format!("_{partial}.prompt:{}", hunk.line_after),
        None => format!("line {}", hunk.line_after),
    };
    console::print(paint(QUIET, format!("      {place}")));
    for (style, sign, lines) in [(BAD, "-", &hunk.removed), (GOOD, "+", &hunk.added)] {
        for line in lines {
            console::print(paint(style, format!("      {sign} {line}")));
        }
    }
}

fn describe_bump(diff: &prompt::PromptDiff, to: &PromptFile) -> String {
    let version = to.version().map(ToString::to_string).unwrap_or_default();
    let needed = diff.lowest_version.as_ref().map(ToString::to_string).unwrap_or_default();
    match (diff.required_bump, diff.is_sufficient) {
        (Bump::None, _) => "no differences".into(),
        (needs, Some(true)) => format!("needs {needs}: {version} is high enough"),
        (needs, Some(false)) => {
            let wrong = paint(BAD, format!("{version} is too low"));
            format!("needs {needs}: {wrong}, use {needed} or higher")
        }
        (needs, None) if !needed.is_empty() => format!("needs {needs}: {needed} or higher"),
        (needs, None) => format!("needs {needs}"),
    }
}
