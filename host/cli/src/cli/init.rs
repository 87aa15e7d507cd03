//! `tollgate init`: creates a project, with one complete example or empty.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use tollgate::Actor;
use tollgate_govern::example::{WELCOME_EMAIL_FILE, welcome_email_from};
use tollgate_model::Date;
use tollgate_project::{PROJECT_FILE, Project, project_file_schema};

use super::clock;
use super::gate::schema::{GATE_SCHEMA, GATE_SCHEMA_FILE};
use crate::console::{self, GOOD, paint};
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::local_user::local_user;
use crate::shell_words::quote_word;
use crate::{current_project, files, host_access};

/// JSON Schema of the settings, for editors.
const PROJECT_SCHEMA_FILE: &str = "tollgate.schema.json";
/// Further files of every project.
const PROJECT_FILES: [(&str, &str); 3] = [
    (PROJECT_FILE, include_str!("../../../../examples/newsletter/tollgate.toml")),
    (GATE_SCHEMA_FILE, GATE_SCHEMA),
    (".gitignore", include_str!("../../../../examples/newsletter/.gitignore")),
];
/// Further files of the example, besides its gate.
const EXAMPLE_FILES: [(&str, &str); 8] = [
    ("README.md", include_str!("../../../../examples/newsletter/README.md")),
    (
        "prompts/welcome-email.prompt",
        include_str!("../../../../examples/newsletter/prompts/welcome-email.prompt"),
    ),
    (
        "packages/prompts/welcome-email/2.1.0.prompt",
        include_str!("../../../../examples/newsletter/packages/prompts/welcome-email/2.1.0.prompt"),
    ),
    // The description makes the version a published one, so it comes last.
    (
        "packages/prompts/welcome-email/2.1.0.json",
        include_str!("../../../../examples/newsletter/packages/prompts/welcome-email/2.1.0.json"),
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
];
/// Keeps the folder of packages in version control while it is empty: without it, a clone of the project has a source
/// that cannot be read.
const EMPTY_PACKAGES_FILE: (&str, &str) = ("packages/.gitkeep", "");

/// Creates a project: a folder with the settings of your gates.
///
/// The project has one complete example: a gate for welcome e-mails, its prompt, and outputs to judge. The gate is locked
/// and released, so that it checks outputs at once. With `--empty` the project has no gate, and `tollgate gate new` writes
/// the first one.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate init newsletter && cd newsletter && tollgate check --gate welcome-email outputs.jsonl
  tollgate init shop --empty && cd shop && tollgate gate new product-texts")]
pub(super) struct InitCommand {
    /// Folder of the project, created if it does not exist.
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Create a project without the example.
    #[arg(long)]
    empty: bool,
    #[command(flatten)]
    ledger: LedgerArgs,
}

impl InitCommand {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let folder_name = self.folder.display().to_string();
        self.write_files()?;
        let project = Project::open(&self.folder)?;
        if !self.empty {
            let packages = current_project::packages_of(Some(project.clone()), true)?;
            super::block_on_runtime(super::lock::lock_new_project(&packages))?;
            self.publish_release(project, cache)?;
        }
        let gates = if self.empty { "no gate" } else { "one gate" };
        console::print(paint(
            GOOD,
            format!("created {PROJECT_FILE} and {gates} in {}", describe_folder(&folder_name)),
        ));
        if self.folder != Path::new(".") {
            console::print(format!("  cd {}", quote_word(&folder_name)));
        }
        if self.empty {
            console::print("  tollgate gate new NAME");
            return Ok(Exit::Pass);
        }
        console::print("  tollgate gate check");
        console::print("  tollgate gate test");
        console::print("  tollgate check --gate welcome-email outputs.jsonl");
        Ok(Exit::Pass)
    }

    /// Writes the files of the project. All are checked before the first is written, so that a failure leaves the folder
    /// unchanged.
    fn write_files(&self) -> anyhow::Result<()> {
        let gate = welcome_email_from(Date::from_ms(clock::now_ms()?));
        let project_schema = format!("{:#}\n", project_file_schema());
        let mut project_files = PROJECT_FILES.to_vec();
        project_files.push((PROJECT_SCHEMA_FILE, &project_schema));
        match self.empty {
            true => project_files.push(EMPTY_PACKAGES_FILE),
            false => {
                project_files.extend(EXAMPLE_FILES);
                project_files.push((WELCOME_EMAIL_FILE, &gate));
            }
        }
        for (path, _) in &project_files {
            if self.folder.join(path).exists() {
                bail!("`{}` exists already: name another folder", self.folder.join(path).display());
            }
        }
        for (path, text) in project_files {
            files::write(&self.folder.join(path), text.as_bytes())?;
        }
        Ok(())
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

fn describe_folder(folder_name: &str) -> String {
    if folder_name == "." { "this folder".into() } else { format!("`{folder_name}`") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tollgate_govern::example::WELCOME_EMAIL;
    use tollgate_govern::read::read;
    use tollgate_model::Digest;

    use super::*;

    const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/newsletter");

    fn text_of(name: &str) -> &'static str {
        let found = EXAMPLE_FILES.iter().find(|(path, _)| *path == name);
        found.unwrap_or_else(|| panic!("there is no `{name}`")).1
    }

    #[test]
    fn example_gate_pins_the_brand_voice_it_ships_with() {
        let gate = read(WELCOME_EMAIL_FILE, WELCOME_EMAIL).unwrap();
        let voice = gate.guardrails.brand_voice.unwrap();
        assert_eq!(voice.digest, Digest::of(text_of(voice.document.as_str())));
    }

    #[test]
    fn writes_every_file_of_the_example_folder() {
        let mut found = BTreeSet::new();
        let mut folders = vec![PathBuf::from(EXAMPLE)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => drop(found.insert(path.strip_prefix(EXAMPLE).unwrap().to_owned())),
                }
            }
        }
        // What somebody made who tried the example in its place.
        let is_made = |path: &Path| {
            path.starts_with(".tollgate")
                || path.ends_with(".lock")
                || path == Path::new("tollgate.lock")
        };
        found.retain(|path| !is_made(path));
        let written = PROJECT_FILES.iter().chain(&EXAMPLE_FILES).map(|(path, _)| *path);
        let written: BTreeSet<_> =
            written.chain([WELCOME_EMAIL_FILE, PROJECT_SCHEMA_FILE]).map(PathBuf::from).collect();
        assert_eq!(found, written);
    }

    #[test]
    fn published_prompt_of_the_example_is_its_prompt() {
        assert_eq!(
            text_of("packages/prompts/welcome-email/2.1.0.prompt"),
            text_of("prompts/welcome-email.prompt")
        );
    }
}
