//! Loading a gate: its record, the prompt and contracts that the lock file pins, ready to judge.

use std::sync::Arc;

use anyhow::{Context, bail};
use tollgate_engine::{Engine, HostContext};
use tollgate_library::lock::{LockFile, LockedGate};
use tollgate_library::package::{PackageId, Requirement};
use tollgate_library::prompt::PromptFile;
use tollgate_model::{Gate, PromptRef};

use super::bound_contract::{BoundContract, locked_version};
use super::release::ReleaseSnapshot;
use crate::packages::{self, LOCK_FILE};
use crate::project::Project;
use crate::{console, gates};

/// A gate that outputs can be judged at. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct LoadedGate {
    pub(crate) gate: Arc<Gate>,
    pub(crate) snapshot: Arc<ReleaseSnapshot>,
    pub(super) contracts: Arc<[BoundContract]>,
    /// The prompt pinned by the lock file.
    pub(crate) prompt: Option<PromptRef>,
    prompt_text: Option<Arc<str>>,
    /// Whether judged outputs are recorded.
    pub(super) is_recording: bool,
}

impl LoadedGate {
    /// Loads a gate of a project. Fails if the lock file does not match what the gate requires.
    pub(crate) async fn load(
        engine: &Engine,
        project: &Project,
        gate_name: &str,
    ) -> anyhow::Result<Self> {
        Self::from_record(engine, project, gates::read_named(project, gate_name)?).await
    }

    /// Loads a gate from a record that has been read already.
    pub(crate) async fn from_record(
        engine: &Engine,
        project: &Project,
        gate: Gate,
    ) -> anyhow::Result<Self> {
        let locked = locked_gate(&gate)?;
        let prompt = locked.prompt.as_ref().map(read_prompt).transpose()?;
        let spinner = console::spinner(&format!("loading gate `{}`", gate.name));
        let (mut contracts, mut configs) = (Vec::new(), Vec::new());
        for binding in &gate.contracts {
            let package = locked_version(binding, &locked.contracts)?;
            let component = read_contract(package)?.into();
            let bound = BoundContract::load(engine, project, &gate.name, binding, component).await;
            let (bound, config) = bound?;
            contracts.push(bound);
            configs.push(config.text().to_string());
        }
        spinner.finish_and_clear();
        let pinned = ReleaseSnapshot::new(&gate, prompt.as_ref(), &contracts, &configs)?;
        Ok(Self {
            gate: Arc::new(gate),
            snapshot: Arc::new(pinned),
            contracts: contracts.into(),
            prompt_text: prompt.as_ref().map(|prompt| prompt.text().as_str().into()),
            prompt: prompt.as_ref().and_then(PromptFile::to_prompt_ref),
            is_recording: true,
        })
    }

    /// Returns the gate for a trial, in which nothing is prepared for recording.
    pub(crate) fn without_recording(self) -> Self {
        Self { is_recording: false, ..self }
    }

    /// Returns the context from which the host answers contracts at a time.
    pub(super) fn host_context(&self, now_ms: u64) -> HostContext {
        HostContext { now_ms, prompt_text: self.prompt_text.clone() }
    }
}

/// Returns what the lock file pins for a gate. Nothing else is ever run.
fn locked_gate(gate: &Gate) -> anyhow::Result<LockedGate> {
    let name = gate.name.to_string();
    let lock: LockFile = packages::read_project_lock()?.with_context(|| {
        format!("there is no `{LOCK_FILE}`: run `tollgate lock` to pin what the gates use")
    })?;
    let wants = [gates::gate_requirements(gate)?];
    let stale = lock.stale_gates(&wants).into_iter().filter(|stale| stale.gate == name);
    let stale: Vec<_> = stale.map(|stale| stale.reason).collect();
    if !stale.is_empty() {
        bail!(
            "the lock file does not match gate `{name}`: {}\n  run `tollgate lock`",
            stale.join("; ")
        );
    }
    lock.gates
        .get(&name)
        .cloned()
        .with_context(|| format!("gate `{name}` is not in the lock file: run `tollgate lock`"))
}

/// Returns the requirement that only this version of a package meets.
fn exact_requirement(package: &PackageId) -> anyhow::Result<Requirement> {
    Ok(format!("{}@={}", package.name, package.version).parse()?)
}

fn not_on_machine_message(package: &PackageId) -> String {
    format!("`{package}` is not on this machine: run `tollgate pull`")
}

fn read_contract(package: &PackageId) -> anyhow::Result<Vec<u8>> {
    let found = packages::resolve_local_package(&exact_requirement(package)?)?;
    found.map(|(_, bytes)| bytes).with_context(|| not_on_machine_message(package))
}

fn read_prompt(package: &PackageId) -> anyhow::Result<PromptFile> {
    packages::resolve_local_prompt(&exact_requirement(package)?)?
        .with_context(|| not_on_machine_message(package))
}
