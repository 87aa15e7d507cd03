//! `tollgate gate test`: recorded cases of gates, judged and decided by what the project has now.

mod case;
mod told;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use tokio::runtime::{Builder, Runtime};
use tollgate_engine::Engine;
use tollgate_model::{Decision, GateName};

use super::project;
use crate::cli::check::fields::Fields;
use crate::cli::clock;
use crate::cli::loading::engine;
use crate::exit::Exit;
use crate::project::Project;
use crate::run::{Came, Keeper, Ready};
use crate::{console, gates};
use case::Case;

/// Judges the recorded cases of gates, and says which do not come to what they should.
///
/// The cases of a gate lie in `cases/GATE.jsonl`, one on each line: an output as `tollgate check` reads it,
/// with `"expect": "allow"`, `"hold"` or `"block"`. `"because": ["finding:tollgate/pii:email"]` names what has to
/// be among the reasons, and `"at-level": 4` the level that the gate is supposed to stand at. Each is decided
/// as if nothing had happened before, and nothing is recorded.
///
/// Ends with 1 where a case does not come to what it should, and with 2 where one cannot be judged.
///
/// Examples: tollgate gate test
///           tollgate gate test welcome-email --junit > cases.xml
#[derive(Args)]
pub(super) struct Test {
    /// Which gates; all that have cases, where none is named.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Write JSON.
    #[arg(long, conflicts_with = "junit")]
    json: bool,
    /// Write a test report in JUnit's XML.
    #[arg(long)]
    junit: bool,
}

/// What came of a case.
struct Tried {
    gate: GateName,
    /// From the project's folder on.
    path: PathBuf,
    case: Case,
    decision: Decision,
    time_us: u64,
    /// In which ways it is not what it should be.
    wrong: Vec<String>,
}

impl Test {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let project = project()?;
        let names = self.names(&project)?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let engine = engine(cache)?;
        let mut all = Vec::new();
        for name in &names {
            all.extend(tried(&runtime, &engine, &project, name)?);
        }
        match (self.json, self.junit) {
            (true, _) => told::json(&all),
            (_, true) => told::junit(&all)?,
            _ => told::human(&all),
        }
        Ok(if all.iter().all(|one| one.wrong.is_empty()) { Exit::Pass } else { Exit::Fail })
    }

    /// The gates that are asked for, or all that have cases.
    fn names(&self, project: &Project) -> anyhow::Result<Vec<String>> {
        if !self.names.is_empty() {
            return Ok(self.names.clone());
        }
        let all = gates::all(&project.folder)?.into_iter().map(|gate| gate.name.to_string());
        let has_cases = |name: &String| case::path(&project.folder, name).exists();
        let (names, without): (Vec<_>, Vec<_>) = all.partition(has_cases);
        for name in &without {
            console::warn(format!("gate `{name}` has no cases: put some into {}", shown(name)));
        }
        if names.is_empty() {
            bail!("no gate has cases, and so nothing was tested");
        }
        Ok(names)
    }
}

fn shown(name: &str) -> String {
    format!("`{}`", case::path(Path::new(""), name).display())
}

/// Judges the cases of one gate.
fn tried(
    runtime: &Runtime,
    engine: &Engine,
    project: &Project,
    name: &str,
) -> anyhow::Result<Vec<Tried>> {
    let ready = runtime.block_on(Ready::load(engine, project, name))?.without_record();
    let fields = Fields { pinned: ready.prompt.clone(), ..Fields::default() };
    let path = case::path(&project.folder, name);
    if !path.exists() {
        bail!("gate `{name}` has no cases: put some into {}", shown(name));
    }
    let cases = case::read(&path, &fields)?;
    let now_ms = clock::now_ms()?;
    let mut keeper = Keeper::new(ready, project, None, now_ms)?;
    let mut all = Vec::with_capacity(cases.len());
    for case in cases {
        let place = format!("{}:{}", path.display(), case.line);
        let tried = one(runtime, &mut keeper, project, case, now_ms);
        let (case, decision, time_us) = tried.with_context(|| format!("{place} was not judged"))?;
        let wrong = case.compare(&decision);
        let (gate, path) = (keeper.ready.gate.name.clone(), case::path(Path::new(""), name));
        all.push(Tried { gate, path, case, decision, time_us, wrong });
    }
    Ok(all)
}

/// One case, as if it were the first output of the gate.
fn one(
    runtime: &Runtime,
    keeper: &mut Keeper,
    project: &Project,
    case: Case,
    now_ms: u64,
) -> anyhow::Result<(Case, Decision, u64)> {
    keeper.look(project, now_ms)?;
    if let Some(level) = case.at_level {
        keeper.stand_at(level, now_ms)?;
    }
    let judged = runtime.block_on(keeper.ready.judge(case.subject.clone(), now_ms))?;
    let decided = keeper.decide(judged, Came::default(), now_ms)?;
    Ok((case, decided.decision, decided.time_us))
}
