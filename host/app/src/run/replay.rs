//! Runs again, as they were: the very contracts, on the output that was kept, with what the host
//! answered then. What they say has to be the same, to the byte.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow, bail};
use serde_json::Value;
use tollgate_engine::{Config, Contract, Engine, Grants, Limits};
use tollgate_ledger::View;
use tollgate_model::{
    Capability, Digest, Failure, Kept, PinnedContract, Release, RunEvent, Subject, Verdict,
};

use crate::{carried, packages};

/// Contracts that were run once, ready to be run again.
pub(crate) struct Replayer<'a> {
    engine: &'a Engine,
    view: &'a View,
    /// By component and configuration.
    loaded: BTreeMap<(Digest, Digest), Contract>,
}

/// What came of asking a contract again.
pub(crate) struct Repeated {
    /// What it was called in the gate.
    pub(crate) called: String,
    /// What it is.
    pub(crate) pinned: PinnedContract,
    /// Which time it was asked, from 1 on.
    pub(crate) time: usize,
    /// Whether it says the same.
    pub(crate) came: Same,
}

/// Whether a contract says the same.
pub(crate) enum Same {
    /// To the byte. What it computed for that is counted otherwise by another engine.
    Yes {
        /// Whether that is the same too.
        fuel: bool,
    },
    /// It does not.
    No {
        /// What it said then.
        then: String,
        /// What it says now.
        now: String,
    },
    /// What happened then depended on more than the output: how busy the machine was.
    NotRepeatable(Failure),
}

impl<'a> Replayer<'a> {
    pub(crate) fn new(engine: &'a Engine, view: &'a View) -> Self {
        Self { engine, view, loaded: BTreeMap::new() }
    }

    /// The release that a run was judged by, as the ledger has it.
    pub(crate) fn release(&self, digest: Digest) -> anyhow::Result<Release> {
        let bytes = self.view.content(digest)?;
        let bytes = bytes.with_context(|| format!("the ledger has no release {digest}"))?;
        Ok(serde_json::from_slice(&bytes)?)
    }

    /// Asks every contract of a run again.
    pub(crate) async fn repeat(&mut self, run: &RunEvent) -> anyhow::Result<Vec<Repeated>> {
        let subject = output(run)?;
        if run.checks.is_empty() {
            bail!("what its contracts said was erased, so there is nothing to compare with");
        }
        let release = self.release(run.release)?;
        let mut repeated = Vec::new();
        for check in &run.checks {
            let pinned = release.contracts.iter().find(|one| one.called == check.contract);
            let pinned = pinned.with_context(|| {
                format!("release {} has no contract `{}`", run.release, check.contract)
            })?;
            let contract = self.load(pinned).await?;
            for (index, verdict) in check.verdicts.iter().enumerate() {
                let came = again(&contract, subject, verdict).await?;
                let (called, pinned) = (check.contract.clone(), pinned.clone());
                repeated.push(Repeated { called, pinned, time: index + 1, came });
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
            format!(
                "the ledger has no configuration {} of `{}`",
                pinned.config_digest, pinned.called
            )
        })?;
        let config = Config::completed(serde_json::from_slice::<Value>(&config)?);
        // The record stands for the grants under which it was made: nothing else answers.
        let grants = Capability::ALL.into_iter().fold(Grants::none(), Grants::allow);
        let component = component(pinned)?.into();
        let loaded = self.engine.load(component, config, grants, Limits::default()).await;
        let contract = loaded.map_err(|error| {
            anyhow!("`{}@{}` cannot be loaded again: {error}", pinned.name, pinned.version)
        })?;
        self.loaded.insert(key, contract.clone());
        Ok(contract)
    }
}

/// The output of a run, which has to be there in full.
pub(crate) fn output(run: &RunEvent) -> anyhow::Result<&Subject> {
    match &run.content {
        Kept::Full(subject) => Ok(subject),
        Kept::Masked(_) => {
            bail!("its output was kept without what is personal, and contracts saw all of it")
        }
        Kept::Digest => bail!("nothing of its output was kept but the digest"),
        Kept::Erased => bail!("its output was erased"),
    }
}

/// The bytes of a contract, by what identifies them.
fn component(pinned: &PinnedContract) -> anyhow::Result<Vec<u8>> {
    let PinnedContract { name, version, digest, .. } = pinned;
    if let Some(bytes) = packages::store()?.get(*digest)? {
        return Ok(bytes);
    }
    let is_it = |(_, bytes): &&(&str, &[u8])| Digest::of(bytes) == *digest;
    let carried = carried::CONTRACTS.iter().find(is_it).map(|(_, bytes)| bytes.to_vec());
    carried.with_context(|| {
        format!("`{name}@{version}` ({digest}) is not on this machine: `tollgate pull {name}@={version}` brings it")
    })
}

async fn again(contract: &Contract, subject: &Subject, verdict: &Verdict) -> anyhow::Result<Same> {
    if let Err(failure @ (Failure::Deadline { .. } | Failure::Host { .. })) = &verdict.said {
        return Ok(Same::NotRepeatable(failure.clone()));
    }
    let judged = contract.replay(subject, verdict.answers.clone()).await;
    let then = serde_json::to_string(&verdict.said)?;
    let now = serde_json::to_string(&judged.verdict)?;
    let fuel = verdict.fuel_used == judged.fuel_used;
    Ok(if then == now { Same::Yes { fuel } } else { Same::No { then, now } })
}
