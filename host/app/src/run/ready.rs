//! A gate that is ready: its record, what the lock pins of it, and its contracts, loaded.

use std::sync::Arc;

use anyhow::{Context, bail};
use tollgate_engine::{Engine, Live};
use tollgate_library::lock::{Lock, LockedGate};
use tollgate_library::package::{PackageId, Requirement};
use tollgate_library::prompt::PromptFile;
use tollgate_model::{Gate, Prompt};

use super::bound::{Bound, locked_for};
use super::release::Pinned;
use crate::packages::{self, LOCK};
use crate::project::Project;
use crate::{console, gates};

/// A gate that outputs can go through. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Ready {
    pub(crate) gate: Arc<Gate>,
    pub(crate) pinned: Arc<Pinned>,
    pub(super) contracts: Arc<[Bound]>,
    /// The prompt that the lock pins.
    pub(crate) prompt: Option<Prompt>,
    prompt_text: Option<Arc<str>>,
    /// Whether what it judges is recorded.
    pub(super) records: bool,
}

impl Ready {
    /// Makes a gate of a project ready. What is not locked is not run.
    pub(crate) async fn load(
        engine: &Engine,
        project: &Project,
        named: &str,
    ) -> anyhow::Result<Self> {
        Self::of(engine, project, gates::named(project, named)?).await
    }

    /// The same for a record that was read.
    pub(crate) async fn of(engine: &Engine, project: &Project, gate: Gate) -> anyhow::Result<Self> {
        let locked = locked(&gate)?;
        let prompt = locked.prompt.as_ref().map(prompt_of).transpose()?;
        let spinner = console::spinner(&format!("making gate `{}` ready", gate.name));
        let (mut contracts, mut configs) = (Vec::new(), Vec::new());
        for binding in &gate.contracts {
            let package = locked_for(binding, &locked.contracts)?;
            let component = contract_of(package)?.into();
            let bound = Bound::load(engine, project, &gate.name, binding, component).await;
            let (bound, config) = bound?;
            contracts.push(bound);
            configs.push(config.text().to_string());
        }
        spinner.finish_and_clear();
        let pinned = Pinned::of(&gate, prompt.as_ref(), &contracts, &configs)?;
        Ok(Self {
            gate: Arc::new(gate),
            pinned: Arc::new(pinned),
            contracts: contracts.into(),
            prompt_text: prompt.as_ref().map(|prompt| prompt.source().text().into()),
            prompt: prompt.as_ref().and_then(PromptFile::as_prompt),
            records: true,
        })
    }

    /// The same for a trial: nothing is made ready to be recorded.
    pub(crate) fn without_record(self) -> Self {
        Self { records: false, ..self }
    }

    /// What contracts may be answered from at a moment.
    pub(super) fn live(&self, now_ms: u64) -> Live {
        Live { now_ms, prompt_text: self.prompt_text.clone() }
    }
}

/// What the lock has for a gate: that, and nothing else, is run.
fn locked(gate: &Gate) -> anyhow::Result<LockedGate> {
    let name = gate.name.to_string();
    let lock: Lock = packages::lock_here()?.with_context(|| {
        format!("there is no `{LOCK}`: `tollgate lock` chooses what the gates run, and writes it")
    })?;
    let wants = [gates::wanted(gate)?];
    let stale = lock.stale(&wants).into_iter().filter(|stale| stale.gate == name);
    let stale: Vec<_> = stale.map(|stale| stale.reason).collect();
    if !stale.is_empty() {
        bail!(
            "gate `{name}` is not locked as it asks for: {}\n  run `tollgate lock`",
            stale.join("; ")
        );
    }
    lock.gates.get(&name).cloned().with_context(|| format!("gate `{name}` is not locked"))
}

/// Exactly this version of a package.
fn exactly(package: &PackageId) -> anyhow::Result<Requirement> {
    Ok(format!("{}@={}", package.name, package.version).parse()?)
}

fn not_here(package: &PackageId) -> String {
    format!("`{package}` is not on this machine: `tollgate pull` brings it")
}

fn contract_of(package: &PackageId) -> anyhow::Result<Vec<u8>> {
    let found = packages::at_hand(&exactly(package)?)?;
    found.map(|(_, bytes)| bytes).with_context(|| not_here(package))
}

fn prompt_of(package: &PackageId) -> anyhow::Result<PromptFile> {
    packages::prompt_at_hand(&exactly(package)?)?.with_context(|| not_here(package))
}
