//! `tollgate init`: creates a project with one complete example.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use tollgate_govern::example::{WELCOME_EMAIL, WELCOME_EMAIL_FILE};

use super::gate::schema::GATE_SCHEMA;
use crate::console::{self, GOOD, QUIET, paint};
use crate::exit::Exit;
use crate::files;
use crate::project::PROJECT_FILE;

/// Files of a new project. The gate is the example that `govern` owns and tests.
const PROJECT_FILES: [(&str, &str); 10] = [
    (PROJECT_FILE, include_str!("../../../../examples/newsletter/tollgate.toml")),
    (WELCOME_EMAIL_FILE, WELCOME_EMAIL),
    ("gates/gate.schema.json", GATE_SCHEMA),
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
    // The ledger contains the judged outputs, which must not end up in version control.
    (".gitignore", "/.tollgate/\n"),
];
/// Folder that the project's packages are published to.
const PACKAGES_FOLDER: &str = "packages";
/// Commands that make the new project ready for use.
const SETUP_COMMANDS: [&[&str]; 2] =
    [&["prompt", "publish", "prompts/welcome-email.prompt"], &["lock"]];

/// Creates a project with one complete example: a gate for welcome e-mails, its prompt, and outputs to
/// judge.
///
/// Example: tollgate init newsletter && cd newsletter && tollgate check --gate welcome-email outputs.jsonl
#[derive(Args)]
pub(super) struct InitCommand {
    /// Folder of the project, created if it does not exist.
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

impl InitCommand {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let folder_name = self.folder.display().to_string();
        // All files are checked before the first is written, so that a failure leaves the folder unchanged.
        for (path, _) in PROJECT_FILES {
            if self.folder.join(path).exists() {
                bail!("`{}` exists already: name another folder", self.folder.join(path).display());
            }
        }
        for (path, text) in PROJECT_FILES {
            files::write(&self.folder.join(path), text.as_bytes())?;
        }
        std::fs::create_dir_all(self.folder.join(PACKAGES_FOLDER))?;
        let cannot_enter = || format!("cannot enter folder `{folder_name}`");
        // The commands below find the project by the current folder.
        std::env::set_current_dir(&self.folder).with_context(cannot_enter)?;
        for arguments in SETUP_COMMANDS {
            console::print(paint(QUIET, format!("$ tollgate {}", arguments.join(" "))));
            super::run_arguments(arguments, cache.clone())?;
        }
        console::print(paint(
            GOOD,
            format!("created {PROJECT_FILE} and one gate in {}", describe_folder(&folder_name)),
        ));
        if self.folder != Path::new(".") {
            console::print(format!("  cd {folder_name}"));
        }
        console::print("  tollgate gate check");
        console::print("  tollgate gate test");
        console::print("  tollgate check --gate welcome-email outputs.jsonl");
        Ok(Exit::Pass)
    }
}

fn describe_folder(folder_name: &str) -> String {
    if folder_name == "." { "this folder".into() } else { format!("`{folder_name}`") }
}

#[cfg(test)]
mod tests {
    use tollgate_govern::read::read;
    use tollgate_model::Digest;

    use super::*;

    #[test]
    fn example_gate_pins_the_brand_voice_it_ships_with() {
        let gate = read(WELCOME_EMAIL_FILE, WELCOME_EMAIL).unwrap();
        let voice = gate.guardrails.brand_voice.unwrap();
        let (_, text) =
            PROJECT_FILES.iter().find(|(path, _)| *path == voice.document.as_str()).unwrap();
        assert_eq!(voice.digest, Digest::of(text));
    }
}
