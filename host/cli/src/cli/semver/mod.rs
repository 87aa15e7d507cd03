//! `tollgate semver`: compares two versions of a contract or prompt on the same subjects, and reports the version
//! bump that the differences need.

mod comparison;
mod outputs;
mod subjects;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use tollgate_engine::{Engine, LoadError, read_manifest, test_fixture};
use tollgate_model::Manifest;
use tollgate_packages::prompt::{PromptDiff, PromptFile};
use tollgate_packages::semver_check::{self, ContractChange, JudgementResult};
use tollgate_toolchain::{ReloadableContract, read_cases};

pub(super) use self::comparison::VersionComparison;
use self::subjects::{ConfigInFolder, RecordedSubject};
use super::contract_loading;
use crate::console;
use crate::current_project::local_packages;
use crate::exit::Exit;
use crate::json_output;

/// Compares two versions of a contract or prompt and reports the version bump that their differences need.
///
/// Contracts are compared by their manifests and by their reports on recorded subjects; prompts by their files and by
/// the reports of contracts on their recorded outputs.
///
/// Major: a subject no longer passes, more is required, or less is accepted. Minor: any other difference. Patch: no
/// visible difference. Exit code 1 if the bump of the later version is too small.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate semver claims-1.2.0.wasm dist/claims-1.2.1.wasm --cases .
  tollgate semver acme/claims@=1.2.0 claims --cases recorded.jsonl --config @config.json
  tollgate semver welcome-email@=2.0.0 prompts/welcome-email.prompt --cases outputs.jsonl --contract tollgate/length=@length.json")]
pub(super) struct SemverCommand {
    /// Earlier version: a component, a prompt file, or a name with a version requirement.
    old: String,
    /// Later version, in the same form.
    new: String,
    #[command(flatten)]
    comparison: ComparisonArgs,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

/// Options for comparing two versions.
#[derive(Args)]
pub(super) struct ComparisonArgs {
    /// Subjects: the folder of a contract with its `cases/`, or a file with one case or subject per line. Relative
    /// paths in configurations refer to that folder, or to the folder of the file. For prompts, a file with one pair
    /// of outputs per line: {"id": "…", "old": "…", "new": "…"}.
    #[arg(long, value_name = "DIR|FILE.jsonl")]
    cases: Option<PathBuf>,
    /// Configuration for subjects that have none: JSON, or `@` and the path of a JSON file. Relative paths in it refer
    /// to the folder of that file, or to the current folder.
    #[arg(long, value_name = "JSON|@FILE", default_value = "{}")]
    config: String,
    /// Contract to judge the outputs of both prompts, optionally with its configuration file; may be repeated.
    #[arg(long = "contract", value_name = "REF[=@FILE]")]
    contracts: Vec<String>,
}

impl SemverCommand {
    pub(super) async fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let prompts = (read_prompt(&self.old)?, read_prompt(&self.new)?);
        let compared = match prompts {
            (Some(old), Some(new)) => self.comparison.compare_prompts(&old, &new, cache).await?,
            (None, None) => {
                let (old, new) =
                    (ComparedVersion::read(&self.old)?, ComparedVersion::read(&self.new)?);
                let cases = self.comparison.cases.as_deref();
                let cases = cases
                    .context("contracts are compared on subjects: name them with `--cases`")?;
                self.comparison.compare_contracts(&old, &new, Some(cases), cache).await?
            }
            (prompt, _) => {
                let (prompt, other) = match prompt.is_some() {
                    true => (&self.old, &self.new),
                    false => (&self.new, &self.old),
                };
                bail!(
                    "`{prompt}` is a prompt, but `{other}` is not a known prompt: name two versions of one \
                     prompt, or of one contract"
                )
            }
        };
        let exit = if compared.sufficient { Exit::Pass } else { Exit::Fail };
        if self.json {
            json_output::print_document(&compared.into_document())?;
        } else {
            compared.print();
        }
        Ok(exit)
    }
}

impl ComparisonArgs {
    /// Compares a package that is about to be published with its previous version. Without `--cases`, a contract is
    /// compared on the cases of its folder, if it has any.
    pub(super) async fn compare_for_publish(
        &self,
        path: &Path,
        old: Vec<u8>,
        new: &[u8],
        cache: Option<PathBuf>,
    ) -> anyhow::Result<VersionComparison> {
        if let Some(new) = read_prompt(&path.display().to_string())? {
            let old = PromptFile::from_canonical_bytes(new.text().file(), &old)?;
            return self.compare_prompts(&old, &new, cache).await;
        }
        let own = path.is_dir() && !read_cases(path)?.is_empty();
        let cases = self.cases.as_deref().or_else(|| own.then_some(path));
        let (old, new) = (
            ComparedVersion::from_component(old.into())?,
            ComparedVersion::from_component(new.into())?,
        );
        self.compare_contracts(&old, &new, cases, cache).await
    }

    async fn compare_contracts(
        &self,
        old: &ComparedVersion,
        new: &ComparedVersion,
        cases: Option<&Path>,
        cache: Option<PathBuf>,
    ) -> anyhow::Result<VersionComparison> {
        let (from, to) = (&old.manifest.contract, &new.manifest.contract);
        if from.name != to.name {
            bail!(
                "`{}` and `{}` are different contracts, not two versions of one",
                from.name,
                to.name
            );
        }
        let mut differences = semver_check::compare_manifests(&old.manifest, &new.manifest);
        let mut subjects = 0;
        if let Some(cases) = cases {
            let recorded = subjects::read_subjects(cases)?;
            if recorded.is_empty() {
                bail!("`{}` contains no subjects to compare on", cases.display());
            }
            subjects = recorded.len();
            let engine = contract_loading::new_engine(cache)?;
            let config = contract_loading::read_json_argument("--config", &self.config)?;
            let mut benches =
                VersionPair { config, old: old.loader(&engine), new: new.loader(&engine) };
            differences.extend(benches.compare(&recorded).await?);
        }
        let same = old.component == new.component;
        let name = to.name.to_string();
        Ok(VersionComparison::new(name, &from.version, &to.version, subjects, differences, same))
    }

    async fn compare_prompts(
        &self,
        old: &PromptFile,
        new: &PromptFile,
        cache: Option<PathBuf>,
    ) -> anyhow::Result<VersionComparison> {
        let name = old.name().filter(|name| new.name().as_ref() == Some(name));
        let name = name.context("these are different prompts, not two versions of one")?;
        let unversioned =
            || anyhow!("a prompt needs a version to be compared: add `version: 0.1.0`");
        let from = old.version().ok_or_else(unversioned)?;
        let to = new.version().ok_or_else(unversioned)?;
        let changes = PromptDiff::between(old, new).changes.into_iter();
        let as_difference = |change: tollgate_packages::prompt::PromptChange| ContractChange {
            description: format!("{} ({})", change.description, change.reason),
            bump: change.bump,
            subject: None,
        };
        let mut differences: Vec<_> = changes.map(as_difference).collect();
        let mut subjects = 0;
        if let Some(path) = &self.cases {
            let engine = contract_loading::new_engine(cache)?;
            let outputs = outputs::read_output_pairs(path)?;
            subjects = outputs.len();
            differences.extend(
                outputs::compare_outputs(&engine, &self.contracts, &outputs, (old, new)).await?,
            );
        } else if !self.contracts.is_empty() {
            bail!("`--contract` needs recorded outputs to judge: name them with `--cases`");
        }
        let same = old.digest() == new.digest();
        Ok(VersionComparison::new(name.to_string(), from, to, subjects, differences, same))
    }
}

/// Reads the prompt that a reference denotes, or returns `None` if it does not denote a prompt.
fn read_prompt(reference: &str) -> anyhow::Result<Option<PromptFile>> {
    let path = Path::new(reference);
    if path.extension().is_some_and(|extension| extension == "prompt") {
        return Ok(Some(PromptFile::read(path)?));
    }
    match reference.parse() {
        Ok(wanted) if !path.exists() && !reference.contains('/') => {
            Ok(local_packages()?.resolve_prompt(&wanted)?)
        }
        _ => Ok(None),
    }
}

/// One of the compared versions: a component and its manifest.
struct ComparedVersion {
    component: Arc<[u8]>,
    manifest: Manifest,
}

impl ComparedVersion {
    fn read(reference: &str) -> anyhow::Result<Self> {
        Self::from_component(local_packages()?.read_contract(reference)?)
            .with_context(|| format!("`{reference}` is not a contract"))
    }

    fn from_component(component: Arc<[u8]>) -> anyhow::Result<Self> {
        let manifest = read_manifest(&component)?;
        Ok(Self { component, manifest })
    }

    fn loader(&self, engine: &Engine) -> ReloadableContract {
        ReloadableContract::new(engine.clone(), self.component.clone())
    }
}

/// Both versions, ready to judge.
struct VersionPair {
    /// Configuration for subjects that have none.
    config: ConfigInFolder,
    old: ReloadableContract,
    new: ReloadableContract,
}

impl VersionPair {
    async fn compare(
        &mut self,
        recorded: &[RecordedSubject],
    ) -> anyhow::Result<Vec<ContractChange>> {
        let bar = console::progress_bar("subjects", recorded.len() as u64);
        let mut differences = Vec::new();
        for subject in recorded {
            let difference = self.compare_subject(subject).await?;
            differences.extend(difference.map(|difference| difference.shown_by(&subject.name)));
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(differences)
    }

    /// Returns the difference between the verdicts on a subject, if there is one.
    async fn compare_subject(
        &mut self,
        recorded: &RecordedSubject,
    ) -> anyhow::Result<Option<ContractChange>> {
        let old = judge_recorded(&mut self.old, recorded, &self.config).await?;
        let new = judge_recorded(&mut self.new, recorded, &self.config).await?;
        Ok(match (old, new) {
            (Ok(old), Ok(new)) => semver_check::compare_results(&old, &new),
            (Ok(_), Err(error)) => Some(semver_check::configuration_rejected(&error.to_string())),
            (Err(_), Ok(_)) => Some(semver_check::configuration_accepted()),
            // Both reject the configuration, so the subject shows no difference.
            (Err(_), Err(_)) => None,
        })
    }
}

/// Has a version judge a subject. The inner error means that the version rejects the configuration, which is a
/// difference to report and not a failure of the comparison.
async fn judge_recorded(
    version: &mut ReloadableContract,
    recorded: &RecordedSubject,
    default_config: &ConfigInFolder,
) -> anyhow::Result<Result<JudgementResult, LoadError>> {
    let RecordedSubject { subject, config, given, .. } = recorded;
    let (config, folder) = config.as_ref().unwrap_or(default_config);
    let contract = match version.load(config.clone(), folder, given).await? {
        Ok(contract) => contract,
        Err(error) => return Ok(Err(error)),
    };
    let (_, host) = test_fixture(given);
    Ok(Ok(contract.judge(subject, host).await.verdict))
}
