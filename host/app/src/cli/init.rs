//! `tollgate init`: a project to start from.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use tollgate_govern::example::{WELCOME_EMAIL, WELCOME_EMAIL_FILE};

use super::gate::schema::SCHEMA;
use crate::console::{self, GOOD, QUIET, paint};
use crate::exit::Exit;
use crate::files;
use crate::project::FILE;

/// The files of a new project; the gate comes from the room that knows what a gate is.
const FILES: [(&str, &str); 10] = [
    (FILE, include_str!("../../../../examples/newsletter/tollgate.toml")),
    (WELCOME_EMAIL_FILE, WELCOME_EMAIL),
    ("gates/gate.schema.json", SCHEMA),
    ("README.md", include_str!("../../../../examples/newsletter/README.md")),
    (
        "prompts/welcome-email.prompt",
        include_str!("../../../../examples/newsletter/prompts/welcome-email.prompt"),
    ),
    ("brand/voice.md", include_str!("../../../../examples/newsletter/brand/voice.md")),
    (
        "config/banned-terms.json",
        include_str!("../../../../examples/newsletter/config/banned-terms.json"),
    ),
    ("outputs.jsonl", include_str!("../../../../examples/newsletter/outputs.jsonl")),
    (
        "cases/welcome-email.jsonl",
        include_str!("../../../../examples/newsletter/cases/welcome-email.jsonl"),
    ),
    // What is judged is in the ledger, and nobody's business who reads the sources.
    (".gitignore", "/.tollgate/\n"),
];
/// Where its packages are published.
const PACKAGES: &str = "packages";
/// What makes it run, as a person would type it.
const COMMANDS: [&[&str]; 2] = [&["prompt", "publish", "prompts/welcome-email.prompt"], &["lock"]];

/// Makes a project with one complete example: a gate for welcome e-mails, its prompt, and outputs to
/// judge.
///
/// Example: tollgate init newsletter && cd newsletter && tollgate check --gate welcome-email outputs.jsonl
#[derive(Args)]
pub(super) struct Init {
    /// The folder, which is made where there is none.
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

impl Init {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let shown = self.folder.display().to_string();
        for (path, _) in FILES {
            if self.folder.join(path).exists() {
                bail!(
                    "`{}` is there already: name another folder",
                    self.folder.join(path).display()
                );
            }
        }
        for (path, text) in FILES {
            files::write(&self.folder.join(path), text.as_bytes())?;
        }
        std::fs::create_dir_all(self.folder.join(PACKAGES))?;
        let enter = || format!("cannot work in `{shown}`");
        std::env::set_current_dir(&self.folder).with_context(enter)?;
        for arguments in COMMANDS {
            console::say(paint(QUIET, format!("$ tollgate {}", arguments.join(" "))));
            super::run_as(arguments, cache.clone())?;
        }
        console::say(paint(GOOD, format!("{FILE} and one gate are in {}", place(&shown))));
        if self.folder != Path::new(".") {
            console::say(format!("  cd {shown}"));
        }
        console::say("  tollgate gate check");
        console::say("  tollgate gate test");
        console::say("  tollgate check --gate welcome-email outputs.jsonl");
        Ok(Exit::Pass)
    }
}

fn place(shown: &str) -> String {
    if shown == "." { "this folder".into() } else { format!("`{shown}`") }
}

#[cfg(test)]
mod tests {
    use tollgate_govern::read::read;
    use tollgate_model::Digest;

    use super::*;

    #[test]
    fn the_example_is_made_with_its_own_voice() {
        let gate = read(WELCOME_EMAIL_FILE, WELCOME_EMAIL).unwrap();
        let voice = gate.guardrails.brand_voice.unwrap();
        let (_, text) = FILES.iter().find(|(path, _)| *path == voice.document.as_str()).unwrap();
        assert_eq!(voice.digest, Digest::of(text));
    }
}
