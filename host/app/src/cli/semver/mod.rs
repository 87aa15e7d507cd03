//! `tollgate semver`: how far a version has to move, by what two versions say of the same
//! subjects.

mod comparison;
mod outputs;
mod recorded;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use tollgate_engine::{Engine, LoadError, read_manifest, world};
use tollgate_library::behaviour::{self, Difference, Verdict};
use tollgate_library::prompt::{Diff, PromptFile};
use tollgate_model::Manifest;

pub(super) use self::comparison::Comparison;
use self::recorded::{Configured, Recorded};
use super::loading;
use super::reloading::Reloading;
use crate::console;
use crate::exit::Exit;
use crate::{packages, reference};

/// Compares two versions of a contract, by what they ask and take and what they say of recorded
/// subjects, or two of a prompt, by what they are and what contracts say of their recorded outputs. Says
/// how far the version has to move, and what shows it.
///
/// Major: something passed and passes no longer, or more is asked for, or less is taken. Minor: anything
/// else that is another. Patch: nothing is. Ends with 1 where the later version moved too little.
///
/// Examples: tollgate semver claims-1.2.0.wasm dist/claims-1.2.1.wasm --cases .
///           tollgate semver acme/claims@=1.2.0 claims --cases recorded.jsonl --config @config.json
///           tollgate semver welcome-email@=2.0.0 prompts/welcome-email.prompt --cases outputs.jsonl --contract tollgate/length=@length.json
#[derive(Args)]
pub(super) struct Semver {
    /// The earlier version: a component, a prompt's file, or a name and the versions that would do.
    old: String,
    /// The later one.
    new: String,
    #[command(flatten)]
    comparing: Comparing,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

/// What two versions are compared by.
#[derive(Args)]
pub(super) struct Comparing {
    /// The subjects: a contract's folder with its `cases/`, or a file with a line for each, which is a
    /// case or a subject. Files that their configurations name lie in that folder, or in that of the file. For
    /// prompts, a file with a line for each output: {"id": "…", "old": "…", "new": "…"}.
    #[arg(long, value_name = "DIR|FILE.jsonl")]
    cases: Option<PathBuf>,
    /// The configuration of those subjects that come without: JSON, or `@` and the path of a
    /// JSON file. Files that it names lie in the folder of that file, or in this one.
    #[arg(long, value_name = "JSON|@FILE", default_value = "{}")]
    config: String,
    /// A contract that judges the outputs of both prompts, and the file of its configuration.
    #[arg(long = "contract", value_name = "REF[=@FILE]")]
    contracts: Vec<String>,
}

impl Semver {
    pub(super) async fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let prompts = (prompt(&self.old)?, prompt(&self.new)?);
        let compared = match prompts {
            (Some(old), Some(new)) => self.comparing.prompts(&old, &new, cache).await?,
            (None, None) => {
                let (old, new) = (Version::read(&self.old)?, Version::read(&self.new)?);
                let cases = self.comparing.cases.as_deref();
                let cases = cases.context("name the subjects to compare by: `--cases`")?;
                self.comparing.contracts(&old, &new, Some(cases), cache).await?
            }
            (prompt, _) => {
                let (prompt, other) = match prompt.is_some() {
                    true => (&self.old, &self.new),
                    false => (&self.new, &self.old),
                };
                bail!(
                    "`{prompt}` is a prompt, and `{other}` is none that is known here: name two versions of one \
                     prompt, or of one contract"
                )
            }
        };
        if self.json {
            console::say(serde_json::to_string_pretty(&compared)?);
        } else {
            compared.tell();
        }
        Ok(if compared.enough { Exit::Pass } else { Exit::Fail })
    }
}

impl Comparing {
    /// How a package that is going to be published differs from what was before it. The cases of
    /// a contract's folder are what they are compared by, where nothing else is named.
    pub(super) async fn published(
        &self,
        path: &Path,
        old: Vec<u8>,
        new: &[u8],
        cache: Option<PathBuf>,
    ) -> anyhow::Result<Comparison> {
        if let Some(new) = prompt(&path.display().to_string())? {
            let old = PromptFile::unpack(new.source().file(), &old)
                .map_err(|faults| console::wrong(&faults.0))?;
            return self.prompts(&old, &new, cache).await;
        }
        let own = path.is_dir() && !crate::author::read_cases(path)?.is_empty();
        let cases = self.cases.as_deref().or_else(|| own.then_some(path));
        let (old, new) = (Version::of(old.into())?, Version::of(new.into())?);
        self.contracts(&old, &new, cases, cache).await
    }

    async fn contracts(
        &self,
        old: &Version,
        new: &Version,
        cases: Option<&Path>,
        cache: Option<PathBuf>,
    ) -> anyhow::Result<Comparison> {
        let (from, to) = (&old.manifest.contract, &new.manifest.contract);
        if from.name != to.name {
            bail!(
                "`{}` and `{}` are two contracts, and not two versions of one",
                from.name,
                to.name
            );
        }
        let mut differences = behaviour::interface(&old.manifest, &new.manifest);
        let mut subjects = 0;
        if let Some(cases) = cases {
            let recorded = recorded::read(cases)?;
            if recorded.is_empty() {
                bail!(
                    "`{}` holds no subjects, and without any nothing can be said",
                    cases.display()
                );
            }
            subjects = recorded.len();
            let engine = loading::engine(cache)?;
            let config = loading::given("--config", &self.config)?;
            let mut benches = Benches { config, old: old.bench(&engine), new: new.bench(&engine) };
            differences.extend(benches.compare(&recorded).await?);
        }
        let same = old.component == new.component;
        let name = to.name.to_string();
        Ok(Comparison::of(name, &from.version, &to.version, subjects, differences, same))
    }

    async fn prompts(
        &self,
        old: &PromptFile,
        new: &PromptFile,
        cache: Option<PathBuf>,
    ) -> anyhow::Result<Comparison> {
        let name = old.name().filter(|name| new.name().as_ref() == Some(name));
        let name = name.context("these are two prompts, and not two versions of one")?;
        let unversioned =
            || anyhow!("a prompt without a version cannot be compared by it: add `version: 0.1.0`");
        let from = old.version().ok_or_else(unversioned)?;
        let to = new.version().ok_or_else(unversioned)?;
        let changes = Diff::of(old, new).changes.into_iter();
        let as_difference = |change: tollgate_library::prompt::Change| Difference {
            what: format!("{} ({})", change.what, change.reason),
            bump: change.bump,
            subject: None,
        };
        let mut differences: Vec<_> = changes.map(as_difference).collect();
        let mut subjects = 0;
        if let Some(path) = &self.cases {
            let engine = loading::engine(cache)?;
            let outputs = outputs::read(path)?;
            subjects = outputs.len();
            differences
                .extend(outputs::compare(&engine, &self.contracts, &outputs, (old, new)).await?);
        } else if !self.contracts.is_empty() {
            bail!("contracts judge recorded outputs: name them with `--cases`");
        }
        let same = old.digest() == new.digest();
        Ok(Comparison::of(name.to_string(), from, to, subjects, differences, same))
    }
}

/// The prompt of a reference, where it is one of a prompt.
fn prompt(reference: &str) -> anyhow::Result<Option<PromptFile>> {
    let path = Path::new(reference);
    if path.extension().is_some_and(|extension| extension == "prompt") {
        return PromptFile::read(path).map(Some).map_err(|faults| console::wrong(&faults.0));
    }
    match reference.parse() {
        Ok(wanted) if !path.exists() && !reference.contains('/') => {
            packages::prompt_at_hand(&wanted)
        }
        _ => Ok(None),
    }
}

/// A component and what it says of itself.
struct Version {
    component: Arc<[u8]>,
    manifest: Manifest,
}

impl Version {
    fn read(reference: &str) -> anyhow::Result<Self> {
        Self::of(reference::read(reference)?)
            .with_context(|| format!("`{reference}` is no contract"))
    }

    fn of(component: Arc<[u8]>) -> anyhow::Result<Self> {
        let manifest = read_manifest(&component)?;
        Ok(Self { component, manifest })
    }

    fn bench(&self, engine: &Engine) -> Reloading {
        Reloading::new(engine.clone(), self.component.clone())
    }
}

/// Where both versions judge.
struct Benches {
    /// Of subjects that come without one.
    config: Configured,
    old: Reloading,
    new: Reloading,
}

impl Benches {
    async fn compare(&mut self, recorded: &[Recorded]) -> anyhow::Result<Vec<Difference>> {
        let bar = console::progress("subjects", recorded.len() as u64);
        let mut differences = Vec::new();
        for one in recorded {
            let shown = self.shown_by(one).await?;
            differences.extend(shown.map(|difference| difference.shown_by(&one.name)));
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(differences)
    }

    /// What a subject shows, if anything.
    async fn shown_by(&mut self, recorded: &Recorded) -> anyhow::Result<Option<Difference>> {
        let old = judge(&mut self.old, recorded, &self.config).await?;
        let new = judge(&mut self.new, recorded, &self.config).await?;
        Ok(match (old, new) {
            (Ok(old), Ok(new)) => behaviour::verdict(&old, &new),
            (Ok(_), Err(error)) => Some(behaviour::not_loaded(&error.to_string())),
            (Err(_), Ok(_)) => Some(behaviour::newly_loaded()),
            (Err(_), Err(_)) => None,
        })
    }
}

/// What a version says; an error where it takes no such configuration.
async fn judge(
    version: &mut Reloading,
    recorded: &Recorded,
    usual: &Configured,
) -> anyhow::Result<Result<Verdict, LoadError>> {
    let Recorded { subject, config, given, .. } = recorded;
    let (config, folder) = config.as_ref().unwrap_or(usual);
    let contract = match version.load(config.clone(), folder, given).await? {
        Ok(contract) => contract,
        Err(error) => return Ok(Err(error)),
    };
    let (_, live) = world(given);
    Ok(Ok(contract.judge(subject, live).await.verdict))
}
