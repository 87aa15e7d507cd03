//! What would have been decided of outputs that are recorded, by another contract or another gate.
//!
//! Both decisions are made anew, under the same circumstances: those of today, with nothing spent.
//! So whatever differs comes of the candidate.

use std::sync::Arc;

use anyhow::{Context, bail};
use tollgate_engine::Engine;
use tollgate_govern::{Facts, LevelHeld, Spent, decide};
use tollgate_ledger::View;
use tollgate_model::{
    Binding, Checked, Decision, Digest, Gate, LevelReason, Release, RunEvent, Share,
};

use super::bound::Bound;
use super::ready::Ready;
use super::replay::output;
use super::state::State;
use crate::project::Project;

/// What outputs are judged by instead.
pub(crate) enum Candidate {
    /// Another version of a contract, wherever the gate uses it; the others said what they said.
    Contract(Vec<Bound>),
    /// Another record, and its contracts as they are locked.
    Gate(Box<Ready>),
}

/// A gate as it was when runs were judged, and what would be instead.
pub(crate) struct Comparison<'a> {
    view: &'a View,
    candidate: &'a Candidate,
    state: tollgate_govern::State,
    /// The record and the release of the latest run, which mostly is that of the next one too.
    latest: Option<(Digest, Arc<(Gate, Release)>)>,
    now_ms: u64,
}

/// What was decided of an output, and what would be.
pub(crate) struct Compared {
    pub(crate) before: Decision,
    pub(crate) after: Decision,
}

impl Candidate {
    /// A contract of the gate in other bytes, bound as the gate binds it now.
    pub(crate) async fn contract(
        engine: &Engine,
        project: &Project,
        gate: &Gate,
        component: Arc<[u8]>,
    ) -> anyhow::Result<Self> {
        let name = tollgate_engine::read_manifest(&component)?.contract.name;
        let is_it = |binding: &&Binding| binding.contract.name == name;
        let mut bound = Vec::new();
        for binding in gate.contracts.iter().filter(is_it) {
            let loaded = Bound::load(engine, project, &gate.name, binding, component.clone()).await;
            bound.push(loaded?.0);
        }
        if bound.is_empty() {
            let names: Vec<_> = gate.contracts.iter().map(|one| one.contract.to_string()).collect();
            bail!("gate `{}` does not use `{name}`: it uses {}", gate.name, names.join(", "));
        }
        Ok(Self::Contract(bound))
    }
}

impl<'a> Comparison<'a> {
    /// At the level that the gate is at, or at another.
    pub(crate) fn new(
        view: &'a View,
        project: &Project,
        gate: &Gate,
        candidate: &'a Candidate,
        at_level: Option<u8>,
        now_ms: u64,
    ) -> anyhow::Result<Self> {
        let mut state = State::read(view, project, gate, now_ms)?.now;
        state.spent = Spent::default();
        state.earliest_review_due_ms = None;
        if let (Some(level), Some(autonomy)) = (at_level, &gate.autonomy) {
            state.level = Some(held_at(autonomy.scheme, level, now_ms, gate)?);
        }
        Ok(Self { view, candidate, state, latest: None, now_ms })
    }

    /// What was decided of a run, and what would be. The output has to be there in full.
    pub(crate) async fn of(&mut self, run: &RunEvent, at_ms: u64) -> anyhow::Result<Compared> {
        let subject = output(run)?.clone();
        let (gate, release) = &*self.as_it_was(run.release)?;
        let facts = Facts::of(&subject, run.subject, run.run);
        let before = self.decide(gate, release, &run.checks, &facts);
        let after = match self.candidate {
            Candidate::Gate(ready) => {
                let judged = ready.judge(subject, at_ms).await?;
                self.decide(&ready.gate, &ready.pinned.release, &judged.checks, &facts)
            }
            Candidate::Contract(bound) => {
                let mut checks = run.checks.clone();
                let live =
                    tollgate_engine::Live { now_ms: at_ms, prompt_text: self.prompt(release)? };
                for contract in bound {
                    let new = contract.ask(&subject, &live).await;
                    match checks.iter_mut().find(|check| check.contract == new.contract) {
                        Some(check) => *check = new,
                        None => checks.push(new),
                    }
                }
                self.decide(gate, release, &checks, &facts)
            }
        };
        Ok(Compared { before, after })
    }

    fn decide(
        &self,
        gate: &Gate,
        release: &Release,
        checks: &[Checked],
        facts: &Facts,
    ) -> Decision {
        let state = tollgate_govern::State { release: Some(release.clone()), ..self.state.clone() };
        decide(gate, checks, facts, &state, self.now_ms)
    }

    /// The record and the release that a run was judged by.
    fn as_it_was(&mut self, release: Digest) -> anyhow::Result<Arc<(Gate, Release)>> {
        if let Some((digest, latest)) = &self.latest
            && *digest == release
        {
            return Ok(latest.clone());
        }
        let read = |digest: Digest, what: &str| -> anyhow::Result<Vec<u8>> {
            self.view.content(digest)?.with_context(|| format!("the ledger has no {what} {digest}"))
        };
        let pinned: Release = serde_json::from_slice(&read(release, "release")?)?;
        let gate: Gate = serde_json::from_slice(&read(pinned.gate_digest, "record")?)?;
        let both = Arc::new((gate, pinned));
        self.latest = Some((release, both.clone()));
        Ok(both)
    }

    fn prompt(&self, release: &Release) -> anyhow::Result<Option<Arc<str>>> {
        let Some(prompt) = &release.prompt else { return Ok(None) };
        let Some(bytes) = self.view.content(prompt.digest)? else { return Ok(None) };
        let file = format!("{}@{}.prompt", prompt.name, prompt.version);
        let prompt = tollgate_library::prompt::PromptFile::unpack(&file, &bytes);
        let prompt = prompt.map_err(|faults| anyhow::anyhow!("{faults}"))?;
        Ok(Some(prompt.source().text().into()))
    }
}

fn held_at(
    scheme: tollgate_model::Scheme,
    level: u8,
    now_ms: u64,
    gate: &Gate,
) -> anyhow::Result<LevelHeld> {
    let levels = tollgate_govern::autonomy::levels(scheme);
    if !levels.contains(&level) {
        bail!("{scheme} has no level {level}: it has {} to {}", levels.start(), levels.end());
    }
    let by = gate.owner.as_ref().map(|owner| owner.name.clone());
    let accepted_by = by.context("the gate has no owner")?;
    let reason = LevelReason::Promoted { accepted_by, reviewed: 0, approval_rate: Share::ALL };
    Ok(LevelHeld { scheme, level, since_ms: now_ms, reason })
}
