//! Comparing the decisions on recorded outputs with those of another contract version or another gate.
//!
//! Both decisions are made again under the same conditions, which are today's with nothing spent, and with the approvals
//! that the run has. Every difference is therefore due to the candidate.

use std::collections::BTreeMap;
use std::sync::Arc;

use tollgate_engine::Engine;
use tollgate_govern::review::required_approvals;
use tollgate_govern::{OutputApproval, OutputFacts, PeriodSpending, RecordedLevel, decide};
use tollgate_ledger::LedgerReader;
use tollgate_model::{
    ContractCheck, Decision, Digest, Gate, GateName, LevelChangeReason, ReasonKind, Release,
    Ruling, RunEvent, Share,
};
use tollgate_packages::prompt::PromptFile;

use super::{CandidateError, ComparisonError, full_output};
use crate::gate::bound_contract::BoundContract;
use crate::gate::bound_panel::BoundPanel;
use crate::gate::error::GateOpenError;
use crate::gate::loaded_gate::{LoadedGate, RecordedInputs};
use crate::gate::release_record::{ReleasePart, ReleaseReadError, read_release_gate};
use crate::gate::releases::read_active_release;
use crate::gate::state::GateState;
use crate::lookup::latest_decision;

/// The contracts or gate to compare with.
pub enum Candidate {
    /// A different version of a contract for all its bindings. The recorded reports of the others are used.
    Contract(BoundPanel),
    /// A different gate record with its locked contracts.
    Gate(Box<LoadedGate>),
}

/// A comparison of recorded runs with a candidate.
pub struct Comparison<'a> {
    view: &'a dyn LedgerReader,
    candidate: &'a Candidate,
    state: tollgate_govern::GateState,
    /// Gate and release of the latest run. The next run usually has the same.
    latest: Option<(Digest, Arc<(Gate, Release)>)>,
    now_ms: u64,
}

/// The two decisions on one output.
#[non_exhaustive]
pub struct ComparedDecisions {
    /// Latest ruling of the run in the ledger. That of `before` is another one where the conditions have changed.
    pub recorded: Ruling,
    pub before: Decision,
    pub after: Decision,
}

impl Candidate {
    /// Loads a different component for a contract, with the configuration and the tables of the active release, so
    /// that every difference is due to the component.
    pub async fn load_contract(
        engine: &Engine,
        view: &dyn LedgerReader,
        gate: &GateName,
        component: Arc<[u8]>,
    ) -> Result<Self, CandidateError> {
        let name = tollgate_engine::read_manifest(&component)?.contract.name;
        let (release, record) = read_active_release(view, gate)?;
        let (mut bound, mut known) = (Vec::new(), BTreeMap::new());
        for binding in record.contracts.iter().filter(|binding| binding.contract.name == name) {
            let id = binding.id();
            let Some(pinned) = release.contracts.iter().find(|pinned| pinned.id == id) else {
                continue;
            };
            let recorded = RecordedInputs::read(view, pinned, &mut known);
            let inputs = recorded.map_err(GateOpenError::from)?.into_inputs(gate, pinned)?;
            let component = component.clone();
            let loaded = BoundContract::load_with(engine, gate, binding, component, &inputs).await;
            bound.push(loaded?);
        }
        if bound.is_empty() {
            let used = record.contracts.iter().map(|one| one.contract.to_string()).collect();
            let (gate, contract) = (gate.clone(), name.to_string());
            return Err(CandidateError::NotUsed { gate, contract, used });
        }
        Ok(Self::Contract(BoundPanel::new(bound)))
    }
}

impl<'a> Comparison<'a> {
    /// Creates a comparison at the gate's current level, or at `at_level`.
    pub fn new(
        view: &'a dyn LedgerReader,
        gate: &Gate,
        candidate: &'a Candidate,
        at_level: Option<u8>,
        now_ms: u64,
    ) -> Result<Self, ComparisonError> {
        // Each decision adds what its release pins.
        let mut state = GateState::default().with_recorded(view, gate, now_ms)?.inputs;
        state.spent = PeriodSpending::default();
        // Overdue reviews and spending are conditions of today, not of the recorded outputs.
        state.earliest_review_due_ms = None;
        if let (Some(level), Some(autonomy)) = (at_level, &gate.autonomy) {
            state.level = Some(level_at(autonomy.scheme, level, now_ms, gate)?);
        }
        Ok(Self { view, candidate, state, latest: None, now_ms })
    }

    /// Compares the decisions on a run. Its output must have been kept in full.
    pub async fn compare_run(
        &mut self,
        run: &RunEvent,
        at_ms: u64,
    ) -> Result<ComparedDecisions, ComparisonError> {
        let subject = full_output(run)?.clone();
        let (gate, release) = &*self.load_judging_gate(run.release)?;
        let facts = OutputFacts::from_subject(&subject, run.subject, run.run);
        let history = self.view.history(run.run)?;
        let latest = latest_decision(&history, run.run).map_or(run, |(_, latest)| latest);
        self.state.approval = recorded_approval(gate, latest);
        let before = self.decide(gate, release, &run.checks, &facts);
        let after = match self.candidate {
            Candidate::Gate(ready) => {
                let judged = ready.judge(subject, at_ms).await?;
                // The candidate may take a code fence off, and then it decides about what was inside.
                let facts = OutputFacts::from_subject(&judged.subject, judged.digest, run.run);
                let facts = OutputFacts { is_unfenced: judged.is_unfenced, ..facts };
                self.decide(&ready.gate, &ready.snapshot.release, &judged.checks, &facts)
            }
            Candidate::Contract(bound) => {
                let mut checks = run.checks.clone();
                let live = tollgate_engine::HostContext {
                    now_ms: at_ms,
                    prompt_text: self.load_prompt(release)?,
                };
                // A binding has a check for each part that it judges, and may have been added after the run.
                let new = bound.judge(&subject, &live).await;
                checks.retain(|check| new.iter().all(|new| new.contract != check.contract));
                checks.extend(new);
                self.decide(gate, release, &checks, &facts)
            }
        };
        Ok(ComparedDecisions { recorded: latest.decision.ruling, before, after })
    }

    fn decide(
        &self,
        gate: &Gate,
        release: &Release,
        checks: &[ContractCheck],
        facts: &OutputFacts,
    ) -> Decision {
        let state = self.state.clone().with_release(release.clone());
        decide(gate, checks, facts, &state, self.now_ms)
    }

    /// Returns the gate and release that judged a run.
    fn load_judging_gate(
        &mut self,
        release: Digest,
    ) -> Result<Arc<(Gate, Release)>, ReleaseReadError> {
        if let Some((digest, latest)) = &self.latest
            && *digest == release
        {
            return Ok(latest.clone());
        }
        let (pinned, gate) = read_release_gate(self.view, release)?;
        let both = Arc::new((gate, pinned));
        self.latest = Some((release, both.clone()));
        Ok(both)
    }

    fn load_prompt(&self, release: &Release) -> Result<Option<Arc<str>>, ComparisonError> {
        let Some(prompt) = &release.prompt else { return Ok(None) };
        let found = ReleasePart::Prompt.find(self.view, prompt.digest)?;
        let Some(bytes) = found else { return Ok(None) };
        let file = format!("{}@{}.prompt", prompt.name, prompt.version);
        let prompt = PromptFile::from_canonical_bytes(&file, &bytes)?;
        Ok(Some(prompt.text().as_str().into()))
    }
}

/// Returns the approval by which a run was decided last, or `None` if nobody approved it.
fn recorded_approval(gate: &Gate, latest: &RunEvent) -> Option<OutputApproval> {
    let reasons = &latest.decision.reasons;
    let by = reasons.iter().find_map(|reason| match &reason.kind {
        ReasonKind::Approved { by } => Some(by.clone()),
        _ => None,
    })?;
    Some(OutputApproval {
        subject: latest.subject,
        by,
        edited: latest.edited_from.is_some(),
        required_approvals: required_approvals(gate, reasons),
    })
}

fn level_at(
    scheme: tollgate_model::LevelScheme,
    level: u8,
    now_ms: u64,
    gate: &Gate,
) -> Result<RecordedLevel, ComparisonError> {
    let levels = tollgate_govern::autonomy::levels(scheme);
    if !levels.contains(&level) {
        let (lowest, highest) = (*levels.start(), *levels.end());
        return Err(ComparisonError::NoSuchLevel { scheme, level, lowest, highest });
    }
    let by = gate.owner.as_ref().map(|owner| owner.name.clone());
    let accepted_by = by.ok_or_else(|| ComparisonError::NoOwner { gate: gate.name.clone() })?;
    let reason =
        LevelChangeReason::Promoted { accepted_by, reviewed: 0, approval_rate: Share::ALL };
    Ok(RecordedLevel { scheme, level, since_ms: now_ms, reason })
}
