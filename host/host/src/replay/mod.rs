//! Replaying recorded runs: the same contracts judge the recorded output with the recorded host answers, and
//! must give the same verdict, byte for byte.

mod comparison;

use std::collections::BTreeMap;

use anyhow::{Context, anyhow, bail};
pub use comparison::{Candidate, ComparedDecisions, Comparison};
use serde_json::Value;
use tollgate_engine::{Config, Contract, Engine, Grants, Limits};
use tollgate_ledger::LedgerReader;
use tollgate_model::{
    Capability, Digest, Failure, PinnedContract, RecordedVerdict, Release, RetainedContent,
    RunEvent, Subject, Verdict,
};
use tollgate_project::LocalPackages;

/// Replays runs and caches the contracts it has loaded.
pub struct Replayer<'a> {
    engine: &'a Engine,
    packages: &'a LocalPackages,
    view: &'a dyn LedgerReader,
    /// Loaded contracts by the digests of component and configuration.
    loaded: BTreeMap<(Digest, Digest), Contract>,
}

/// A verdict that was replayed.
pub struct ReplayedCheck {
    /// Identifier of the contract's binding in the gate.
    pub binding_id: String,
    /// The pinned version of the contract.
    pub pinned: PinnedContract,
    /// Number of the repetition, counted from 1.
    pub attempt: usize,
    pub outcome: ReplayOutcome,
}

/// The result of replaying a verdict.
pub enum ReplayOutcome {
    /// The verdict is the same, byte for byte.
    Identical {
        /// Whether the fuel is the same too. A different engine version may count differently.
        same_fuel: bool,
    },
    /// The verdict is different.
    Different {
        /// The recorded verdict.
        before: Box<Verdict>,
        /// The new verdict.
        after: Box<Verdict>,
    },
    /// The recorded failure depended on more than the output, for example on how busy the machine was.
    NotRepeatable(Failure),
}

impl<'a> Replayer<'a> {
    pub fn new(
        engine: &'a Engine,
        packages: &'a LocalPackages,
        view: &'a dyn LedgerReader,
    ) -> Self {
        Self { engine, packages, view, loaded: BTreeMap::new() }
    }

    /// Loads a release from the ledger.
    pub fn release(&self, digest: Digest) -> anyhow::Result<Release> {
        let bytes = self.view.content(digest)?;
        let bytes = bytes.with_context(|| format!("the ledger has no release {digest}"))?;
        Ok(serde_json::from_slice(&bytes)?)
    }

    /// Replays every verdict of a run. Its output must have been kept in full.
    pub async fn replay_run(&mut self, run: &RunEvent) -> anyhow::Result<Vec<ReplayedCheck>> {
        let subject = full_output(run)?;
        if run.checks.is_empty() {
            bail!("the reports of its contracts were erased, so there is nothing to compare with");
        }
        let release = self.release(run.release)?;
        let mut repeated = Vec::new();
        for check in &run.checks {
            let pinned = release.contracts.iter().find(|one| one.id == check.contract);
            let pinned = pinned.with_context(|| {
                format!("release {} has no contract `{}`", run.release, check.contract)
            })?;
            let contract = self.load(pinned).await?;
            for (index, verdict) in check.verdicts.iter().enumerate() {
                let outcome = replay_verdict(&contract, subject, verdict).await?;
                let (called, pinned) = (check.contract.clone(), pinned.clone());
                repeated.push(ReplayedCheck {
                    binding_id: called,
                    pinned,
                    attempt: index + 1,
                    outcome,
                });
            }
        }
        Ok(repeated)
    }

    async fn load(&mut self, pinned: &PinnedContract) -> anyhow::Result<Contract> {
        let key = (pinned.digest, pinned.config_digest);
        if let Some(contract) = self.loaded.get(&key) {
            return Ok(contract.clone());
        }
        let config = self.view.content(pinned.config_digest)?.with_context(|| {
            format!("the ledger has no configuration {} of `{}`", pinned.config_digest, pinned.id)
        })?;
        let config = Config::from_resolved(serde_json::from_slice::<Value>(&config)?)?;
        // Recorded answers replace the host, so granting every capability gives the contract nothing.
        let grants = Capability::ALL.into_iter().fold(Grants::none(), Grants::allow);
        let component = self.component(pinned)?.into();
        let loaded = self.engine.load(component, config, grants, Limits::default()).await;
        let contract = loaded.map_err(|error| {
            anyhow!("`{}@{}` cannot be loaded again: {error}", pinned.name, pinned.version)
        })?;
        self.loaded.insert(key, contract.clone());
        Ok(contract)
    }

    /// Returns the component that a release pins, from this machine.
    fn component(&self, pinned: &PinnedContract) -> anyhow::Result<Vec<u8>> {
        let PinnedContract { name, version, digest, .. } = pinned;
        self.packages.component_by_digest(*digest)?.with_context(|| {
            format!("`{name}@{version}` ({digest}) is not on this machine: run `tollgate pull {name}@={version}`")
        })
    }
}

/// Returns the output of a run, or an error if it was not kept in full.
pub fn full_output(run: &RunEvent) -> anyhow::Result<&Subject> {
    match &run.content {
        RetainedContent::Full(subject) => Ok(subject),
        RetainedContent::Masked(_) => {
            bail!(
                "its output was kept without personal data, but the contracts judged the complete output"
            )
        }
        RetainedContent::Digest => bail!("only the digest of its output was kept"),
        RetainedContent::Erased => bail!("its output was erased"),
    }
}

async fn replay_verdict(
    contract: &Contract,
    subject: &Subject,
    verdict: &RecordedVerdict,
) -> anyhow::Result<ReplayOutcome> {
    // These failures depend on the machine and its load, so they cannot be expected to happen again.
    if let Verdict::Failure(failure @ (Failure::Deadline { .. } | Failure::Host { .. })) =
        &verdict.result
    {
        return Ok(ReplayOutcome::NotRepeatable(failure.clone()));
    }
    let judged = contract.replay(subject, verdict.answers.clone()).await;
    let (before, after) = (verdict.result.clone(), Verdict::from(judged.verdict));
    // The promise is about bytes, and -0.0 equals 0.0 while its spelling differs.
    Ok(if serde_json::to_string(&before)? == serde_json::to_string(&after)? {
        ReplayOutcome::Identical { same_fuel: verdict.fuel_used == judged.fuel_used }
    } else {
        ReplayOutcome::Different { before: before.into(), after: after.into() }
    })
}
