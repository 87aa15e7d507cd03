//! `tollgate semver`: how far a version has to move, by what two versions say of the same
//! subjects.

mod recorded;

use std::cmp::Reverse;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use serde::Serialize;
use tollgate_engine::{Engine, LoadError, read_manifest, world};
use tollgate_library::Bump;
use tollgate_library::behaviour::{self, Difference, Verdict};
use tollgate_model::{ContractName, Manifest};

use self::recorded::{Configured, Recorded};
use super::loading;
use super::reloading::Reloading;
use crate::console::{self, BAD, GOOD, QUIET, STRONG, harmless, paint};
use crate::exit::Exit;
use crate::reference;

/// What a person reads of the differences; programs get all of them.
const SHOWN_MAX: usize = 20;

/// Compares two versions of a contract: what they ask and take, and what they say of recorded
/// subjects. Says how far the version has to move, and what shows it.
///
/// Major: something passed and passes no longer, or more is asked for, or less is taken. Minor: anything
/// else that is another. Patch: nothing is. Ends with 1 where the later version moved too little.
///
/// Examples: tollgate semver claims-1.2.0.wasm dist/claims-1.2.1.wasm --cases .
///           tollgate semver old.wasm new.wasm --cases recorded.jsonl --config @config.json
#[derive(Args)]
pub(super) struct Semver {
    /// The earlier version: the path of a component, or the name of a standard contract.
    old: String,
    /// The later one.
    new: String,
    /// The subjects: a contract's folder with its `cases/`, or a file with a line for each, which is a
    /// case or a subject. Files that their configurations name lie in that folder, or in that of the file.
    #[arg(long, value_name = "DIR|FILE.jsonl")]
    cases: PathBuf,
    /// The configuration of those subjects that come without: JSON, or `@` and the path of a
    /// JSON file. Files that it names lie in the folder of that file, or in this one.
    #[arg(long, value_name = "JSON|@FILE", default_value = "{}")]
    config: String,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl Semver {
    pub(super) async fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let (old, new) = (Version::read(&self.old)?, Version::read(&self.new)?);
        let (from, to) = (old.name(), new.name());
        if from != to {
            bail!("`{from}` and `{to}` are two contracts, and not two versions of one");
        }
        let recorded = self.recorded()?;
        let mut differences = behaviour::interface(&old.manifest, &new.manifest);
        let mut benches = self.benches(&old, &new, cache)?;
        differences.extend(benches.compare(&recorded).await?);
        let compared = Comparison::of(&old, &new, recorded.len(), differences);
        if self.json {
            console::say(serde_json::to_string_pretty(&compared)?);
        } else {
            compared.tell();
        }
        Ok(if compared.enough { Exit::Pass } else { Exit::Fail })
    }

    fn recorded(&self) -> anyhow::Result<Vec<Recorded>> {
        let recorded = recorded::read(&self.cases)?;
        if recorded.is_empty() {
            bail!(
                "`{}` holds no subjects, and without any nothing can be said",
                self.cases.display()
            );
        }
        Ok(recorded)
    }

    fn benches(
        &self,
        old: &Version,
        new: &Version,
        cache: Option<PathBuf>,
    ) -> anyhow::Result<Benches> {
        let engine = loading::engine(cache)?;
        Ok(Benches {
            config: loading::given("--config", &self.config)?,
            old: old.bench(&engine),
            new: new.bench(&engine),
        })
    }
}

/// A component and what it says of itself.
struct Version {
    component: Arc<[u8]>,
    manifest: Manifest,
}

impl Version {
    fn read(reference: &str) -> anyhow::Result<Self> {
        let component = reference::read(reference)?;
        let manifest =
            read_manifest(&component).with_context(|| format!("`{reference}` is no contract"))?;
        Ok(Self { component, manifest })
    }

    fn name(&self) -> &ContractName {
        &self.manifest.contract.name
    }

    fn number(&self) -> &semver::Version {
        &self.manifest.contract.version
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

/// How far the version has to move, and whether it did.
#[derive(Serialize)]
struct Comparison<'v> {
    name: &'v ContractName,
    old: &'v semver::Version,
    new: &'v semver::Version,
    needs: Bump,
    next: semver::Version,
    enough: bool,
    subjects: usize,
    /// What needs most comes first: it must not be what is left out.
    differences: Vec<Difference>,
}

impl<'v> Comparison<'v> {
    fn of(
        old: &'v Version,
        new: &'v Version,
        subjects: usize,
        mut differences: Vec<Difference>,
    ) -> Self {
        differences.sort_by_key(|difference| Reverse(difference.bump));
        // Other bytes are another version, though nothing of it is to be seen.
        let other_bytes = if old.component == new.component { Bump::None } else { Bump::Patch };
        let needs = behaviour::needed(&differences).max(other_bytes);
        let (name, old, new) = (new.name(), old.number(), new.number());
        let next = needs.next(old);
        let enough = *new >= next;
        Self { name, old, new, needs, next, enough, subjects, differences }
    }

    fn tell(&self) {
        let Self { name, old, new, needs, next, subjects, .. } = self;
        let title = paint(STRONG, format!("{name} {old} → {new}"));
        console::say(format!("{title}  {subjects} subjects"));
        self.differences.iter().take(SHOWN_MAX).for_each(tell);
        let more = self.differences.len().saturating_sub(SHOWN_MAX);
        if more > 0 {
            let words = format!("  … and {more} more: `--json` has them all");
            console::say(paint(QUIET, words));
        }
        let (style, words) = match (needs, self.enough) {
            (Bump::None, _) => (GOOD, "nothing differs".into()),
            (_, true) => (GOOD, format!("{needs}: the later version says so")),
            (_, false) => (BAD, format!("{needs}: the later version has to be {next} or higher")),
        };
        console::say(paint(style, words));
    }
}

/// The words are partly those of the contract.
fn tell(difference: &Difference) {
    let Difference { what, bump, subject } = difference;
    let subject = subject.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
    console::say(format!("  {}  {}", console::bump(*bump), harmless(&format!("{subject}{what}"))));
}
