//! Deciding on outputs one after another, and preparing the entries that record the decisions.
//!
//! The decider reads the gate's state from the ledger. Between two reads it adds its own decisions in memory, so
//! the second output of a batch finds the budget as the first one left it. It does not write to the ledger.

use tollgate_govern::{OutputApproval, OutputFacts, RecordedLevel, autonomy, decide, promotion};
use tollgate_ledger::{LedgerEntry, LedgerError, LedgerReader};
use tollgate_model::{
    BatchLine, Decision, Digest, EarlyText, Event, EventKind, LevelChangeReason, LevelEvent,
    OutputId, Person, RunEvent, SpendEvent,
};
use tracing::{debug_span, field};

use crate::gate::error::{NoRandomnessError, TrialError};
use crate::gate::judging::JudgedOutput;
use crate::gate::loaded_gate::LoadedGate;
use crate::gate::state::GateState;

/// The circumstances of a run apart from its output.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunOrigin {
    /// Line of the batch that it came from.
    pub batch_line: Option<BatchLine>,
    /// Id by which the caller knows the output.
    pub output_id: Option<OutputId>,
    /// The person or program that handed the output in.
    pub submitted_by: Option<Person>,
    /// Run whose output a reviewer edited to this one.
    pub edited_from: Option<Digest>,
    /// The approval under which it is decided.
    pub approved: Option<OutputApproval>,
    /// Run that is decided again. `None` for a new run.
    pub rerun_of: Option<Digest>,
    /// Whether the output was paid for when it, or the one that it was edited from, was first decided.
    pub is_paid_for: bool,
    /// Text that had gone out before the decision.
    pub early_text: Option<EarlyText>,
}

/// A decided run that is still to be recorded.
#[non_exhaustive]
pub struct DecidedRun {
    pub run: Digest,
    pub facts: OutputFacts,
    /// The decision with its full reasons. The recorded one may be redacted.
    pub decision: Decision,
    /// The demotion that this run caused.
    pub demotion: Option<LevelEvent>,
    /// Text that had gone out before the decision.
    pub early_text: Option<EarlyText>,
    /// Entries to record: all of them or none.
    pub entries: Vec<LedgerEntry>,
}

/// A loaded gate with its current state, which decides on outputs.
pub(crate) struct GateDecider {
    pub loaded: LoadedGate,
    view: Option<Box<dyn LedgerReader>>,
    state: GateState,
    /// Random bytes from which run names are derived. Sampling depends on the names, so nobody may predict them.
    secret: [u8; 32],
    names_created: u64,
}

impl GateDecider {
    /// Creates a decider. Without a ledger the gate's history is empty.
    pub fn new<E: From<LedgerError> + From<NoRandomnessError>>(
        loaded: LoadedGate,
        view: Option<Box<dyn LedgerReader>>,
        now_ms: u64,
    ) -> Result<Self, E> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(NoRandomnessError::from)?;
        let state = GateState::default();
        let mut decider = Self { loaded, view, state, secret, names_created: 0 };
        decider.refresh(now_ms)?;
        Ok(decider)
    }

    /// Reads the state from the ledger again, because other processes may have appended.
    pub fn refresh(&mut self, now_ms: u64) -> Result<(), LedgerError> {
        let state = GateState::of_release(&self.loaded.snapshot.release);
        self.state = match &self.view {
            Some(view) => state.with_recorded(&**view, &self.loaded.gate, now_ms)?,
            None => state,
        };
        Ok(())
    }

    /// Sets the level for a trial as if a person had just accepted it. Nothing is recorded.
    pub fn override_level(&mut self, level: u8, now_ms: u64) -> Result<(), TrialError> {
        let gate = &self.loaded.gate;
        let autonomy = gate.autonomy.as_ref();
        let scheme = autonomy
            .map(|autonomy| autonomy.scheme)
            .filter(|scheme| autonomy::levels(*scheme).contains(&level))
            .ok_or_else(|| TrialError::NoSuchLevel { gate: gate.name.clone(), level })?;
        // No rule distinguishes how the gate reached its level.
        let reason = LevelChangeReason::Demoted { causes: Vec::new() };
        self.state.inputs.level = Some(RecordedLevel { scheme, level, since_ms: now_ms, reason });
        self.state.inputs.incidents.clear();
        Ok(())
    }

    pub fn reader(&self) -> Option<&dyn LedgerReader> {
        self.view.as_deref()
    }

    /// Returns the version of the gate that the state was read from. Decisions depend on it.
    pub fn version(&self) -> u64 {
        self.state.version
    }

    /// Decides on a judged output and updates the state.
    pub fn decide(
        &mut self,
        judged: &JudgedOutput,
        origin: &RunOrigin,
        now_ms: u64,
    ) -> Result<DecidedRun, LedgerError> {
        let span = debug_span!("decide", ruling = field::Empty);
        let _entered = span.enter();
        let run = origin.rerun_of.unwrap_or_else(|| self.new_run_name());
        let facts = OutputFacts::from_subject(&judged.subject, judged.digest, run);
        let facts = OutputFacts { is_unfenced: judged.is_unfenced, ..facts };
        let campaign = facts.campaign.clone();
        self.state.select_campaign(self.view.as_deref(), &self.loaded.gate, campaign.as_deref())?;
        self.state.inputs.approval = origin.approved.clone();
        self.state.inputs.is_paid_for = origin.is_paid_for;
        let decision =
            decide(&self.loaded.gate, &judged.checks, &facts, &self.state.inputs, now_ms);
        span.record("ruling", field::display(decision.ruling));
        // Both were about this output only.
        self.state.inputs.approval = None;
        self.state.inputs.is_paid_for = false;
        // An output that was paid for is not paid for again when it is decided again or edited.
        let paid = decision.cost.filter(|_| !origin.is_paid_for);
        if let Some(cost) = paid {
            self.state.add_cost(campaign.as_deref(), cost);
        }
        let demotion = self.apply_demotion(&decision, now_ms);
        let mut entries = Vec::new();
        if self.loaded.is_recording {
            entries.push(self.run_entry(judged, &facts, &decision, origin, now_ms));
            let event = |kind| Event { at_ms: now_ms, gate: self.loaded.gate.name.clone(), kind };
            let spend = |amount| EventKind::Spend(SpendEvent { run: Some(run), campaign, amount });
            entries.extend(paid.map(|cost| LedgerEntry::new(event(spend(cost)))));
            entries.extend(
                demotion.clone().map(|change| LedgerEntry::new(event(EventKind::Level(change)))),
            );
        }
        let early_text = origin.early_text;
        Ok(DecidedRun { run, facts, decision, demotion, early_text, entries })
    }

    /// Creates an unpredictable run name.
    fn new_run_name(&mut self) -> Digest {
        self.names_created += 1;
        let mut bytes = self.secret.to_vec();
        bytes.extend(self.names_created.to_be_bytes());
        Digest::of(bytes)
    }

    /// Returns the demotion that a decision causes, and applies it to the state at once.
    fn apply_demotion(&mut self, decision: &Decision, now_ms: u64) -> Option<LevelEvent> {
        let gate = &self.loaded.gate;
        let failed: Vec<String> = decision
            .reasons
            .iter()
            .filter_map(|reason| reason.kind.level_costing_contract().map(str::to_owned))
            .collect();
        let level = autonomy::effective_level(
            gate,
            gate.autonomy.as_ref()?,
            &self.state.inputs,
            &failed,
            now_ms,
        );
        let change = promotion::demotion_change(&level)?;
        self.state.inputs.apply_level_change(&change, now_ms);
        Some(change)
    }

    fn run_entry(
        &self,
        judged: &JudgedOutput,
        facts: &OutputFacts,
        decision: &Decision,
        origin: &RunOrigin,
        now_ms: u64,
    ) -> LedgerEntry {
        let gate = &self.loaded.gate;
        // The caller shows the full reasons, so only copies are redacted.
        let (mut checks, mut decision) = (judged.checks.clone(), decision.clone());
        judged.redactions.redact_checks(&mut checks);
        judged.redactions.redact_reasons(&mut decision.reasons);
        let event = RunEvent {
            run: facts.run,
            release: self.loaded.snapshot.digest,
            subject: facts.subject,
            output: judged.output_digest,
            content: judged.retained.clone(),
            output_id: judged.redactions.redact_output_id(origin.output_id.clone()),
            submitted_by: origin.submitted_by.clone(),
            author: facts.author.clone(),
            prompt: facts.prompt.clone(),
            model: facts.model.clone(),
            edited_from: origin.edited_from,
            batch_line: origin.batch_line.clone(),
            checks,
            owner: gate.owner.clone(),
            cost: decision.cost,
            decision,
            time_us: judged.time_us,
            early_text: origin.early_text,
        };
        let kind = EventKind::Run(Box::new(event));
        let event = Event { at_ms: now_ms, gate: gate.name.clone(), kind };
        let keep_ms = gate.audit.as_ref().map(|audit| audit.retention.as_ms());
        let keep_until_ms = keep_ms.map(|keep_ms| now_ms.saturating_add(keep_ms));
        LedgerEntry { keep_until_ms, ..LedgerEntry::new(event) }
    }
}
