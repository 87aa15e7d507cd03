//! Deciding, one output after the other, and writing down what was decided.
//!
//! The keeper knows what has happened at the gate. It reads that from the ledger, and between two
//! looks into the ledger it adds what it decides itself: the second of two outputs in one batch
//! finds the budget as the first has left it.

use std::path::PathBuf;

use anyhow::Context;
use tollgate_govern::{Approved, Facts, LevelHeld, autonomy, decide, track};
use tollgate_ledger::{Entry, View};
use tollgate_model::{
    BatchLine, Cause, Decision, Digest, Event, Kept, LevelChange, LevelReason, Mode, Person,
    RunEvent, Spend, Subject, What,
};

use super::judging::Judged;
use super::ready::Ready;
use super::state::State;
use crate::project::Project;

/// What is known of an output besides what it says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Came {
    /// The line of a batch that it came as.
    pub(crate) line: Option<BatchLine>,
    /// The run whose output a reviewer edited to this.
    pub(crate) edited_from: Option<Digest>,
    /// Who approved it.
    pub(crate) approved: Option<Approved>,
    /// The run that is decided again; a new one, where there is none.
    pub(crate) again: Option<Digest>,
    /// When it was paid for, where it was before.
    pub(crate) paid_ms: Option<u64>,
}

/// A run, decided and to be recorded.
pub(crate) struct Decided {
    pub(crate) run: Digest,
    pub(crate) facts: Facts,
    /// With every word: what is recorded may say less.
    pub(crate) decision: Decision,
    pub(crate) judged: Subject,
    pub(crate) checks: Vec<tollgate_model::Checked>,
    /// How long the contracts took.
    pub(crate) time_us: u64,
    /// That the gate is at another level now.
    pub(crate) demoted: Option<LevelChange>,
    /// What to record: all of it, or none.
    pub(crate) entries: Vec<Entry>,
}

/// Who stands at the gate.
pub(crate) struct Keeper {
    pub(crate) ready: Ready,
    view: Option<View>,
    state: State,
    /// What no one can guess, and so nobody can choose what is drawn by lot.
    secret: [u8; 32],
    runs: u64,
}

impl Keeper {
    /// Opens the gate. Without a ledger nothing has happened yet.
    pub(crate) fn new(
        ready: Ready,
        project: &Project,
        ledger: Option<&PathBuf>,
        now_ms: u64,
    ) -> anyhow::Result<Self> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret)?;
        let view = ledger.map(|path| View::open(path)).transpose()?;
        let state = State::nothing_yet(project, &ready.gate);
        let mut keeper = Self { ready, view, state, secret, runs: 0 };
        keeper.look(project, now_ms)?;
        Ok(keeper)
    }

    /// Looks into the ledger: others may have written in it.
    pub(crate) fn look(&mut self, project: &Project, now_ms: u64) -> anyhow::Result<()> {
        let gate = &self.ready.gate;
        let state = match &self.view {
            Some(view) => State::read(view, project, gate, now_ms)?,
            None => State::nothing_yet(project, gate),
        };
        self.state = state.pinned(&self.ready);
        Ok(())
    }

    /// Stands at a level from now on, as if a person had just accepted it: a trial, which nobody records.
    pub(crate) fn stand_at(&mut self, level: u8, now_ms: u64) -> anyhow::Result<()> {
        let gate = &self.ready.gate;
        let autonomy = gate.autonomy.as_ref();
        let scheme = autonomy
            .map(|autonomy| autonomy.scheme)
            .filter(|scheme| autonomy::levels(*scheme).contains(&level))
            .with_context(|| format!("gate `{}` has no level {level}", gate.name))?;
        // How it came there makes no difference to any rule.
        let reason = LevelReason::Demoted { causes: Vec::new() };
        self.state.now.level = Some(LevelHeld { scheme, level, since_ms: now_ms, reason });
        Ok(())
    }

    /// The ledger as it is.
    pub(crate) fn view(&self) -> Option<&View> {
        self.view.as_ref()
    }

    /// That this release decides from now on, where another did.
    pub(crate) fn take_over(&self, by: &Person, now_ms: u64) -> anyhow::Result<Option<Entry>> {
        let Some(view) = &self.view else { return Ok(None) };
        let releases = view.releases(&self.ready.gate.name)?;
        let full = Some(tollgate_model::RolloutStage::Full);
        let latest = releases.iter().find(|one| one.stage == full).map(|one| one.release);
        let pinned = &self.ready.pinned;
        Ok((latest != Some(pinned.digest)).then(|| pinned.takes_over(by, now_ms)))
    }

    /// Decides what happens to an output.
    pub(crate) fn decide(
        &mut self,
        mut judged: Judged,
        came: Came,
        now_ms: u64,
    ) -> anyhow::Result<Decided> {
        let run = came.again.unwrap_or_else(|| self.name());
        let facts = Facts::of(&judged.subject, judged.digest, run);
        let campaign = facts.campaign.clone();
        self.state.turn_to(self.view.as_ref(), &self.ready.gate, campaign.as_deref())?;
        self.state.now.approved = came.approved.clone();
        let spent = self.state.now.spent;
        if let Some(paid_ms) = came.paid_ms {
            // What was paid for is in what is spent, and would count twice.
            self.state.take_off(&self.ready.gate, &facts, paid_ms, now_ms);
        }
        let decision = decide(&self.ready.gate, &judged.checks, &facts, &self.state.now, now_ms);
        self.state.now.approved = None;
        self.state.now.spent = spent;
        // What was paid for once is not paid again when it is decided again, or edited.
        let paid = decision.cost.filter(|_| came.paid_ms.is_none());
        if let Some(cost) = paid {
            self.state.spend(campaign.as_deref(), cost);
        }
        let demoted = self.demotion(&decision, now_ms);
        let mut entries = Vec::new();
        if self.ready.records {
            entries.push(self.recorded(&mut judged, &facts, &decision, came, now_ms));
            let event = |what| Event { at_ms: now_ms, gate: self.ready.gate.name.clone(), what };
            let spend = |amount| What::Spend(Spend { run: Some(run), campaign, amount });
            entries.extend(paid.map(|cost| Entry::of(event(spend(cost)))));
            entries.extend(demoted.clone().map(|change| Entry::of(event(What::Level(change)))));
        }
        let Judged { subject: judged, checks, time_us, .. } = judged;
        Ok(Decided { run, facts, decision, judged, checks, time_us, demoted, entries })
    }

    /// A name that nobody can foresee.
    fn name(&mut self) -> Digest {
        self.runs += 1;
        let mut bytes = self.secret.to_vec();
        bytes.extend(self.runs.to_be_bytes());
        Digest::of(bytes)
    }

    /// What costs the gate a level counts at once, and is written down at once.
    fn demotion(&mut self, decision: &Decision, now_ms: u64) -> Option<LevelChange> {
        let gate = &self.ready.gate;
        let failed: Vec<String> =
            decision.reasons.iter().filter_map(|reason| failed(&reason.cause)).collect();
        let held = autonomy::held(gate, gate.autonomy.as_ref()?, &self.state.now, &failed, now_ms);
        let change = track::demotion(&held)?;
        self.state.now.level = Some(LevelHeld::after(&change, now_ms));
        Some(change)
    }

    fn recorded(
        &self,
        judged: &mut Judged,
        facts: &Facts,
        decision: &Decision,
        came: Came,
        now_ms: u64,
    ) -> Entry {
        let gate = &self.ready.gate;
        let (mut checks, mut decision) = (judged.checks.clone(), decision.clone());
        judged.personal.hide_in_checks(&mut checks);
        judged.personal.hide_in_reasons(&mut decision.reasons);
        let event = RunEvent {
            run: facts.run,
            release: self.ready.pinned.digest,
            subject: facts.subject,
            output: judged.bare,
            content: std::mem::replace(&mut judged.kept, Kept::Digest),
            author: facts.author.clone(),
            prompt: facts.prompt.clone(),
            model: facts.model.clone(),
            edited_from: came.edited_from,
            line: came.line,
            checks,
            owner: gate.owner.clone(),
            cost: decision.cost,
            decision,
            time_us: judged.time_us,
        };
        let what = What::Run(Box::new(event));
        let event = Event { at_ms: now_ms, gate: gate.name.clone(), what };
        let keep_ms = gate.audit.as_ref().map(|audit| audit.retention.ms());
        let keep_until_ms = keep_ms.map(|keep_ms| now_ms.saturating_add(keep_ms));
        Entry { keep_until_ms, ..Entry::of(event) }
    }
}

/// The contract that should have answered and did not.
fn failed(cause: &Cause) -> Option<String> {
    match cause {
        Cause::Failure { contract, mode: Mode::Enforce, .. }
        | Cause::CheckMissing { contract, mode: Mode::Enforce, .. } => Some(contract.clone()),
        _ => None,
    }
}
