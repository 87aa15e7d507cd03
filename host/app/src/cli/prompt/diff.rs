//! `tollgate prompt diff`: how two versions of a prompt differ.

use clap::Args;
use serde_json::{Value, json};
use tollgate_library::Bump;
use tollgate_library::prompt::{self, Change, Hunk, PromptFile, Section};

use super::{Prompts, identity, title};
use crate::console::{self, BAD, GOOD, QUIET, STRONG, harmless, paint};
use crate::exit::Exit;

/// Says how two versions of a prompt differ: wording, variables, schema and model apart, and
/// how far the version has to move for each change.
///
/// Ends with 0 also where they differ.
///
/// Examples: tollgate prompt diff welcome-email@1 welcome-email@2
///           tollgate prompt diff old.prompt prompts/welcome-email.prompt --json
#[derive(Args)]
pub(super) struct Diff {
    /// The earlier one: a file, or a name and the versions that would do.
    #[arg(value_name = "FILE|NAME@REQ")]
    from: String,
    /// The later one.
    #[arg(value_name = "FILE|NAME@REQ")]
    to: String,
    #[command(flatten)]
    prompts: Prompts,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

const SECTIONS: [(Section, &str); 5] = [
    (Section::Wording, "wording"),
    (Section::Variables, "variables"),
    (Section::Schema, "schema of the output"),
    (Section::Model, "model"),
    (Section::About, "about"),
];

impl Diff {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let (from, to) = (self.prompts.find(&self.from)?, self.prompts.find(&self.to)?);
        let diff = prompt::Diff::of(&from, &to);
        if self.json {
            let all = json!({
                "from": identity(&from, Value::Null),
                "to": identity(&to, Value::Null),
                "needs": diff.needs,
                "next": diff.next,
                "enough": diff.enough,
                "changes": diff.changes,
                "wording": diff.wording,
            });
            console::say(format!("{all:#}"));
            return Ok(Exit::Pass);
        }
        console::say(paint(STRONG, format!("{} → {}", title(&from), title(&to))));
        if from.name() != to.name() {
            console::warn("these are two prompts, and not two versions of one");
        }
        for (section, name) in SECTIONS {
            let changes: Vec<_> =
                diff.changes.iter().filter(|change| change.section == section).collect();
            if !changes.is_empty() {
                console::say(format!("  {name}"));
                changes.into_iter().for_each(tell);
            }
            if section == Section::Wording {
                diff.wording.iter().for_each(tell_hunk);
            }
        }
        console::say(verdict(&diff, &to));
        Ok(Exit::Pass)
    }
}

fn tell(change: &Change) {
    let bump = console::bump(change.bump);
    let reason = paint(QUIET, change.reason);
    console::say(format!("    {bump}  {}: {reason}", harmless(&change.what)));
}

fn tell_hunk(hunk: &Hunk) {
    let place = match &hunk.partial {
        Some(partial) => format!("_{partial}.prompt:{}", hunk.line_after),
        None => format!("line {}", hunk.line_after),
    };
    console::say(paint(QUIET, format!("      {place}")));
    for (style, sign, lines) in [(BAD, "-", &hunk.removed), (GOOD, "+", &hunk.added)] {
        for line in lines {
            console::say(paint(style, format!("      {sign} {}", harmless(line))));
        }
    }
}

fn verdict(diff: &prompt::Diff, to: &PromptFile) -> String {
    let version = to.version().map(ToString::to_string).unwrap_or_default();
    let needed = diff.next.as_ref().map(ToString::to_string).unwrap_or_default();
    match (diff.needs, diff.enough) {
        (Bump::None, _) => "nothing differs".into(),
        (needs, Some(true)) => format!("needs {needs}: {version} says so"),
        (needs, Some(false)) => {
            let wrong = paint(BAD, format!("{version} is too low"));
            format!("needs {needs}: {wrong}, it has to be {needed} or higher")
        }
        (needs, None) if !needed.is_empty() => format!("needs {needs}: {needed} or higher"),
        (needs, None) => format!("needs {needs}"),
    }
}
