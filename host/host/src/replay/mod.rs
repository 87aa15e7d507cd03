//! Replaying recorded runs: the same contracts judge the recorded output with the recorded host answers, and
//! must give the same verdict, byte for byte.

mod comparison;
mod error;
mod recorded_run;

use std::borrow::Cow;
use std::collections::BTreeMap;

pub use comparison::{Candidate, ComparedDecisions, Comparison};
pub use error::{CandidateError, ComparisonError, OutputNotKeptError, ReplayError};
pub use recorded_run::RunReplayError;
use tollgate_engine::{Config, Contract, Engine, Grants, Limits};
use tollgate_ledger::LedgerReader;
use tollgate_model::{
    Capability, Content, Digest, Failure, PinnedContract, RecordedVerdict, Release,
    RetainedContent, RunEvent, Subject, Verdict,
};
use tollgate_packages::package::PackageId;
use tollgate_project::LocalPackages;

use crate::gate::release_record::read_release;
use crate::gate::selection::checked_subject;
use crate::gate::{ReleasePart, ReleaseReadError};

/// Replays runs and caches the contracts it has loaded.
pub struct Replayer<'a> {
    engine: &'a Engine,
    packages: &'a LocalPackages,
    view: &'a dyn LedgerReader,
    /// Loaded contracts by the digests of component and configuration.
    loaded: BTreeMap<(Digest, Digest), Contract>,
}

/// A verdict that was replayed.
#[non_exhaustive]
pub struct ReplayedCheck {
    /// Identifier of the contract's binding in the gate.
    pub binding_id: String,
    /// The pinned version of the contract.
    pub pinned: PinnedContract,
    /// Pointer of the part of the output that it judges; `None` for the whole output.
    pub part: Option<String>,
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
    pub fn release(&self, digest: Digest) -> Result<Release, ReleaseReadError> {
        read_release(self.view, digest)
    }

    /// Replays every verdict of a run. Its output must have been kept in full.
    ///
    /// ```no_run
    /// # use tollgate::{LocalPackages, engine::Engine, ledger::Ledger, lookup, model::Digest};
    /// use tollgate::replay::{ReplayOutcome, Replayer};
    ///
    /// # async fn example(ledger: &dyn Ledger, engine: Engine, packages: LocalPackages, run: Digest) -> Result<(), Box<dyn std::error::Error>> {
    /// let reader = ledger.open_reader()?;
    /// let history = reader.history(run)?;
    /// let (_, recorded) = lookup::latest_decision(&history, run).ok_or("no such run")?;
    /// for check in Replayer::new(&engine, &packages, &*reader).replay_run(recorded).await? {
    ///     let is_same = matches!(check.outcome, ReplayOutcome::Identical { .. });
    ///     println!("{}: {}", check.binding_id, if is_same { "identical" } else { "not identical" });
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn replay_run(&mut self, run: &RunEvent) -> Result<Vec<ReplayedCheck>, ReplayError> {
        let output = full_output(run)?;
        if let Content::InvalidJson(_) = output.content {
            // No contract was asked about it, so there is nothing to repeat.
            return Ok(Vec::new());
        }
        if run.checks.is_empty() {
            return Err(ReplayError::ReportsErased);
        }
        let release = self.release(run.release)?;
        let mut repeated = Vec::new();
        for check in &run.checks {
            let pinned = release.contracts.iter().find(|one| one.id == check.contract);
            let pinned = pinned.ok_or_else(|| ReplayError::NoContract {
                release: run.release,
                contract: check.contract.clone(),
            })?;
            let contract = self.load(pinned).await?;
            // Where there was nothing to judge, there are no verdicts either.
            let part = check.part.as_ref().map(|part| part.at.clone());
            let subject = match check.verdicts.is_empty() {
                true => Cow::Borrowed(output),
                false => checked_subject(output, check).ok_or_else(|| ReplayError::NoPart {
                    contract: check.contract.clone(),
                    at: part.clone().unwrap_or_default(),
                })?,
            };
            for (index, verdict) in check.verdicts.iter().enumerate() {
                let outcome = replay_verdict(&contract, &subject, verdict).await?;
                let (called, pinned) = (check.contract.clone(), pinned.clone());
                repeated.push(ReplayedCheck {
                    binding_id: called,
                    pinned,
                    part: part.clone(),
                    attempt: index + 1,
                    outcome,
                });
            }
        }
        Ok(repeated)
    }

    async fn load(&mut self, pinned: &PinnedContract) -> Result<Contract, ReplayError> {
        let key = (pinned.digest, pinned.config_digest);
        if let Some(contract) = self.loaded.get(&key) {
            return Ok(contract.clone());
        }
        let config = ReleasePart::Configuration.read_json(self.view, pinned.config_digest)?;
        let unusable = |source| ReplayError::Config { contract: pinned.id.clone(), source };
        let config = Config::from_resolved(config).map_err(unusable)?;
        // Recorded answers replace the host, so granting every capability gives the contract nothing.
        let grants = Capability::ALL.into_iter().fold(Grants::none(), Grants::allow);
        let package = pinned_package(pinned);
        let component = self.packages.read_pinned(&package, pinned.digest)?.into();
        let loaded = self.engine.load(component, config, grants, Limits::default()).await;
        let contract =
            loaded.map_err(|error| ReplayError::Load { package, source: Box::new(error) })?;
        self.loaded.insert(key, contract.clone());
        Ok(contract)
    }
}

/// Returns the output of a run, or an error if it was not kept in full.
pub fn full_output(run: &RunEvent) -> Result<&Subject, OutputNotKeptError> {
    match &run.content {
        RetainedContent::Full(subject) => Ok(subject),
        RetainedContent::Masked(_) => Err(OutputNotKeptError::Masked),
        RetainedContent::Digest => Err(OutputNotKeptError::DigestOnly),
        RetainedContent::Erased => Err(OutputNotKeptError::Erased),
    }
}

fn pinned_package(pinned: &PinnedContract) -> Box<PackageId> {
    let (name, version) = (pinned.name.clone().into(), pinned.version.clone());
    Box::new(PackageId { name, version })
}

async fn replay_verdict(
    contract: &Contract,
    subject: &Subject,
    verdict: &RecordedVerdict,
) -> Result<ReplayOutcome, ReplayError> {
    // These failures depend on the machine and its load, so they cannot be expected to happen again.
    if let Verdict::Failure(failure @ (Failure::Deadline { .. } | Failure::Host { .. })) =
        &verdict.result
    {
        return Ok(ReplayOutcome::NotRepeatable(failure.clone()));
    }
    let judged = contract.replay(subject, verdict.answers.clone()).await;
    let (before, after) = (verdict.result.clone(), Verdict::from(judged.verdict));
    // The promise is about bytes, and -0.0 equals 0.0 while its spelling differs.
    let write = |verdict: &Verdict| serde_json::to_string(verdict).map_err(ReplayError::Verdict);
    Ok(if write(&before)? == write(&after)? {
        ReplayOutcome::Identical { same_fuel: verdict.fuel_used == judged.fuel_used }
    } else {
        ReplayOutcome::Different { before: before.into(), after: after.into() }
    })
}
