//! `tollgate init`: creates a project with one complete example.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use tollgate::Actor;
use tollgate_govern::example::{WELCOME_EMAIL, WELCOME_EMAIL_FILE};
use tollgate_packages::source::{PublishOptions, TransferProgress};
use tollgate_project::{PROJECT_FILE, Project, ProjectPackages, open_package};

use super::gate::schema::GATE_SCHEMA;
use crate::console::{self, GOOD, paint};
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::local_user::local_user;
use crate::shell_words::quote_word;
use crate::{current_project, files, host_access};

/// Files of a new project. The gate is the example that `govern` owns and tests.
const PROJECT_FILES: [(&str, &str); 10] = [
    (PROJECT_FILE, include_str!("../../../../examples/newsletter/tollgate.toml")),
    (WELCOME_EMAIL_FILE, WELCOME_EMAIL),
    ("gates/gate.schema.json", GATE_SCHEMA),
    ("README.md", include_str!("../../../../examples/newsletter/README.md")),
    (PROMPT_FILE, include_str!("../../../../examples/newsletter/prompts/welcome-email.prompt")),
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
/// The prompt of the example.
const PROMPT_FILE: &str = "prompts/welcome-email.prompt";

/// Creates a project with one complete example: a gate for welcome e-mails, its prompt, and outputs to
/// judge. The gate is locked and released, so that it checks outputs at once.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate init newsletter && cd newsletter && tollgate check --gate welcome-email outputs.jsonl")]
pub(super) struct InitCommand {
    /// Folder of the project, created if it does not exist.
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    #[command(flatten)]
    ledger: LedgerArgs,
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
        let project = Project::open(&self.folder)?;
        let packages = current_project::packages_of(Some(project.clone()), true)?;
        super::block_on_runtime(async {
            publish_prompt(&packages).await?;
            super::lock::lock_new_project(&packages).await
        })?;
        self.publish_release(project, cache)?;
        console::print(paint(
            GOOD,
            format!("created {PROJECT_FILE} and one gate in {}", describe_folder(&folder_name)),
        ));
        if self.folder != Path::new(".") {
            console::print(format!("  cd {}", quote_word(&folder_name)));
        }
        console::print("  tollgate gate check");
        console::print("  tollgate gate test");
        console::print("  tollgate check --gate welcome-email outputs.jsonl");
        Ok(Exit::Pass)
    }

    /// Publishes the first release, so that the gate checks outputs at once.
    fn publish_release(&self, project: Project, cache: Option<PathBuf>) -> anyhow::Result<()> {
        let gates: Vec<_> =
            project.read_gates()?.iter().map(|gate| gate.name.to_string()).collect();
        let host = host_access::open_host_of(project, &self.ledger, cache)?;
        let actor = Actor::new(local_user());
        let published = super::release::publish(&host, &gates, &actor, None);
        host.close();
        published
    }
}

/// Publishes the prompt of the example to the project's folder of packages.
async fn publish_prompt(packages: &ProjectPackages) -> anyhow::Result<()> {
    let project = packages.require_project()?;
    let (package, _) = open_package(&project.folder.join(PROMPT_FILE))?;
    let entries = project.sources()?;
    let entry = entries.first().context("the example project has a source")?;
    let source = packages.find_source(&entry.name)?.source;
    let published = source.publish(&package, &PublishOptions::default(), &NoTransferProgress).await;
    published?;
    console::print(format!("{} is published to {}", package.metadata().package, source.label()));
    Ok(())
}

/// Copying a prompt takes no time that somebody would watch.
struct NoTransferProgress;

impl TransferProgress for NoTransferProgress {
    fn advance(&self, _: i64) {}
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
