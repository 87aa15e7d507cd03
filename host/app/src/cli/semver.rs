//! `tollgate semver`: how far a version has to move, by what two versions say of the same
//! subjects.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_engine::{LoadError, read_manifest, world};
use tollgate_library::Bump;
use tollgate_library::behaviour::{self, Difference, Verdict};
use tollgate_model::{Given, Manifest, Subject};

use super::loading;
use super::reloading::Reloading;
use crate::author::read_cases;
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, paint};
use crate::exit::Exit;
use crate::{files, reference};

/// What a person reads of the differences of one kind; programs get all of them.
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
    /// case or a subject.
    #[arg(long, value_name = "DIR|FILE.jsonl")]
    cases: PathBuf,
    /// The configuration of those subjects that come without: JSON, or `@` and the path of a
    /// JSON file.
    #[arg(long, value_name = "JSON|@FILE", default_value = "{}")]
    config: String,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

/// A subject that was recorded, and the world that it was judged in.
struct Recorded {
    name: String,
    subject: Subject,
    config: Option<Value>,
    given: Given,
}

/// A line of a file: a case, of which nothing is expected here, or a subject alone.
#[derive(Deserialize)]
struct Line {
    subject: Option<Subject>,
    #[serde(default)]
    config: Option<Value>,
    #[serde(default)]
    given: Given,
}

impl Semver {
    pub(super) async fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let (old, new) = (Version::read(&self.old)?, Version::read(&self.new)?);
        let (from, to) = (&old.manifest.contract, &new.manifest.contract);
        if from.name != to.name {
            bail!(
                "`{}` and `{}` are two contracts, and not two versions of one",
                from.name,
                to.name
            );
        }
        let recorded = self.recorded()?;
        let mut differences = behaviour::interface(&old.manifest, &new.manifest);
        let (by_itself, count) = (differences.len(), recorded.len());
        let (mut old, mut new) = (old.bench(&self, cache.clone())?, new.bench(&self, cache)?);
        let bar = console::progress("subjects", count as u64);
        for one in &recorded {
            differences.extend(compare(&mut old, &mut new, one).await?);
            bar.inc(1);
        }
        bar.finish_and_clear();
        // Other bytes are another version, though nothing of it is to be seen.
        let other_bytes = if old.component == new.component { Bump::None } else { Bump::Patch };
        let needed = behaviour::needed(&differences).max(other_bytes);
        let (from, to) = (&old.manifest.contract, &new.manifest.contract);
        let next = needed.next(&from.version);
        let enough = to.version >= next;
        if self.json {
            let all = json!({
                "name": from.name, "old": from.version, "new": to.version, "needs": needed,
                "next": next, "enough": enough, "subjects": count, "differences": differences,
            });
            console::say(format!("{all:#}"));
        } else {
            let title = format!("{} {} → {}", from.name, from.version, to.version);
            console::say(format!("{}  {count} subjects", paint(STRONG, title)));
            tell(&differences, by_itself);
            let words = match (needed, enough) {
                (Bump::None, _) => "nothing differs".into(),
                (_, true) => format!("{needed}: the later version says so"),
                (_, false) => format!("{needed}: the later version has to be {next} or higher"),
            };
            console::say(paint(if enough { GOOD } else { BAD }, words));
        }
        Ok(if enough { Exit::Pass } else { Exit::Fail })
    }

    fn recorded(&self) -> anyhow::Result<Vec<Recorded>> {
        let recorded = if self.cases.is_dir() { self.of_folder()? } else { self.of_lines()? };
        if recorded.is_empty() {
            bail!(
                "`{}` holds no subjects, and without any nothing can be said",
                self.cases.display()
            );
        }
        Ok(recorded)
    }

    fn of_folder(&self) -> anyhow::Result<Vec<Recorded>> {
        let cases = read_cases(&self.cases)?.into_iter();
        Ok(cases
            .map(|(path, case)| Recorded {
                name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
                config: (!case.config.is_null()).then(|| case.config.clone()),
                subject: case.subject,
                given: case.given,
            })
            .collect())
    }

    fn of_lines(&self) -> anyhow::Result<Vec<Recorded>> {
        let (text, path) = (files::read_text(&self.cases)?, self.cases.display());
        let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
        lines
            .map(|(number, text)| {
                let place = || format!("{path}:{number}: this is neither a case nor a subject");
                let line: Line = serde_json::from_str(text).with_context(place)?;
                let subject = match line.subject {
                    Some(subject) => subject,
                    None => serde_json::from_str(text).with_context(place)?,
                };
                let name = format!("line {number}");
                Ok(Recorded { name, subject, config: line.config, given: line.given })
            })
            .collect()
    }
}

/// What a subject shows, if anything.
async fn compare(
    old: &mut Bench,
    new: &mut Bench,
    recorded: &Recorded,
) -> anyhow::Result<Option<Difference>> {
    let difference = match (old.judge(recorded).await?, new.judge(recorded).await?) {
        (Ok(old), Ok(new)) => behaviour::verdict(&old, &new),
        (Ok(_), Err(error)) => Some(behaviour::not_loaded(&error.to_string())),
        (Err(_), Ok(_)) => Some(behaviour::newly_loaded()),
        (Err(_), Err(_)) => None,
    };
    Ok(difference.map(|difference| difference.shown_by(&recorded.name)))
}

fn tell(differences: &[Difference], by_itself: usize) {
    let mut left = SHOWN_MAX;
    for (number, Difference { what, bump, subject }) in differences.iter().enumerate() {
        if number >= by_itself {
            left = left.saturating_sub(1);
        }
        if left == 0 {
            let more = differences.len() - number;
            return console::say(paint(
                QUIET,
                format!("  … and {more} more: `--json` has them all"),
            ));
        }
        let style = match bump {
            Bump::Major => BAD,
            Bump::Minor => DOUBT,
            Bump::Patch | Bump::None => GOOD,
        };
        let subject = subject.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
        console::say(format!("  {}  {subject}{what}", paint(style, format!("{bump:5}"))));
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

    fn bench(self, asked: &Semver, cache: Option<PathBuf>) -> anyhow::Result<Bench> {
        let (config, folder) = match asked.config.strip_prefix('@') {
            Some(path) => (files::read_json(Path::new(path))?, Path::new(path).parent()),
            None => (loading::json("--config", &asked.config)?, None),
        };
        let folder = folder.unwrap_or(Path::new(".")).to_owned();
        let folder = if asked.cases.is_dir() { asked.cases.clone() } else { folder };
        let Self { component, manifest } = self;
        let loaded = Reloading::new(loading::engine(cache)?, component.clone(), folder);
        Ok(Bench { component, manifest, config, loaded })
    }
}

/// Where one version judges.
struct Bench {
    component: Arc<[u8]>,
    manifest: Manifest,
    /// Of subjects that come without one.
    config: Value,
    loaded: Reloading,
}

impl Bench {
    /// What it says; an error where it takes no such configuration.
    async fn judge(&mut self, recorded: &Recorded) -> anyhow::Result<Result<Verdict, LoadError>> {
        let Recorded { subject, config, given, .. } = recorded;
        let config = config.clone().unwrap_or_else(|| self.config.clone());
        let contract = match self.loaded.load(config, given).await? {
            Ok(contract) => contract,
            Err(error) => return Ok(Err(error)),
        };
        let (_, live) = world(given);
        Ok(Ok(contract.judge(subject, live).await.verdict))
    }
}
