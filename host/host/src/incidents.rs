//! Reports about outputs that went out: incidents, retracted outputs, and changes in other
//! systems. The host records it. It retracts nothing itself, and notifies nobody.

use tollgate_ledger::{ConflictError, LedgerEntry, LedgerError, RunSummary};
use tollgate_model::{
    ChangeEvent, Digest, Event, EventKind, Gate, GateName, IncidentEvent, NonBlankString, Person,
    RollbackEvent, Ruling,
};

use crate::actor::Actor;
use crate::gate::GoverningRecordError;
use crate::host::Host;
use crate::lookup::{latest_decision, short_digest};

/// Attempts to record a retraction. Each failed one means that another process recorded something at the gate.
const ATTEMPTS_MAX: usize = 1_000;

/// An incident that a person reports.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IncidentReport {
    pub description: NonBlankString,
    /// The run that caused it, if known.
    pub run: Option<Digest>,
}

/// A retraction that was recorded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Retraction {
    pub run: Digest,
    /// The gate of the run. It may say how an output is retracted, and who is responsible.
    pub gate: Gate,
    /// The end of the undo window, in milliseconds since 1970, if it had already passed.
    pub undo_ended_ms: Option<u64>,
}

/// A change in another system that was recorded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecordedChange {
    pub run: Digest,
    pub gate: GateName,
    /// The latest decision on the run. A run that was not allowed should have changed nothing.
    pub ruling: Ruling,
    /// Whether the gate lets its AI store, change or trigger something in that system.
    pub has_write_access: bool,
}

/// The reason why an incident was not recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IncidentError {
    #[error("there is no run {run} in the ledger")]
    UnknownRun { run: Digest },
    #[error("run {} belongs to gate `{actual}`, not to `{named}`", short_digest(run))]
    OtherGate { run: Digest, actual: GateName, named: GateName },
    #[error(transparent)]
    Gate(#[from] GoverningRecordError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// The reason why a retraction was not recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RetractionError {
    #[error("there is no run {run} in the ledger")]
    UnknownRun { run: Digest },
    #[error("already retracted by {by}")]
    AlreadyRetracted { by: Person },
    #[error("it did not go out: the decision was `{ruling}`")]
    NotAllowed { ruling: Ruling },
    #[error(
        "other processes changed gate `{gate}` each time that the retraction was to be recorded"
    )]
    TooManyConflicts { gate: GateName },
    #[error(transparent)]
    Gate(#[from] GoverningRecordError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// The reason why a change was not recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    #[error("there is no run {run} in the ledger")]
    UnknownRun { run: Digest },
    #[error(transparent)]
    Gate(#[from] GoverningRecordError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl IncidentReport {
    pub fn new(description: NonBlankString) -> Self {
        Self { description, run: None }
    }

    /// Names the run that caused the incident.
    #[must_use]
    pub fn caused_by(mut self, run: Digest) -> Self {
        self.run = Some(run);
        self
    }
}

impl Host {
    /// Records an incident at a gate. It costs the gate a level at once: [`Host::gate_status`] records that demotion.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/project.rs"));
    /// use tollgate::{Actor, incidents::IncidentReport};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_folder, host) = open_host()?;
    /// let gate = "welcome-email".parse()?;
    /// let report = IncidentReport::new("a wrong name".parse()?);
    /// host.report_incident(&gate, report, &Actor::new("Kim Osei".parse()?)).await?;
    /// assert!(host.gate_status(&gate).await?.demotion.is_some());
    /// # Ok(()) }
    /// ```
    pub async fn report_incident(
        &self,
        gate: &GateName,
        report: IncidentReport,
        actor: &Actor,
    ) -> Result<(), IncidentError> {
        self.require_gate(gate)?;
        let IncidentReport { description, run } = report;
        if let Some(run) = run {
            let row = self.run_summary(run)?.ok_or(IncidentError::UnknownRun { run })?;
            if row.gate != *gate {
                let (actual, named) = (row.gate, gate.clone());
                return Err(IncidentError::OtherGate { run, actual, named });
            }
        }
        let by = actor.person.clone();
        let kind = EventKind::Incident(IncidentEvent { description, by, run });
        let event = Event { at_ms: self.shared.clock.now_ms(), gate: gate.clone(), kind };
        self.shared.ledger()?.append(LedgerEntry::new(event).into()).await?;
        Ok(())
    }

    /// Records that an output was retracted. It costs the gate a level at once: [`Host::gate_status`] records that
    /// demotion. Fails if the output did not go out, or was retracted before.
    pub async fn retract(
        &self,
        run: Digest,
        actor: &Actor,
        reason: NonBlankString,
    ) -> Result<Retraction, RetractionError> {
        let row = self.run_summary(run)?.ok_or(RetractionError::UnknownRun { run })?;
        let gate = self.governing_gate(&row.gate)?;
        for _ in 0..ATTEMPTS_MAX {
            let at_ms = self.shared.clock.now_ms();
            // The version is read first, so of two people who retract the same output one is refused.
            let version = self.shared.read(|reader| reader.gate_version(&gate.name))?;
            let undo_until_ms = self.check_retractable(run)?;
            let (by, reason) = (actor.person.clone(), reason.clone());
            let kind =
                EventKind::Rollback(RollbackEvent { run: Some(run), release: None, by, reason });
            let event = Event { at_ms, gate: gate.name.clone(), kind };
            match self.append_to_gate(&gate.name, version, LedgerEntry::new(event)).await {
                Ok(_) => {
                    let undo_ended_ms = undo_until_ms.filter(|until_ms| *until_ms < at_ms);
                    return Ok(Retraction { run, gate, undo_ended_ms });
                }
                Err(LedgerError::Conflict(ConflictError::GateChanged { .. })) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(RetractionError::TooManyConflicts { gate: gate.name })
    }

    /// Records a change in another system that a run caused. Changes of runs that were not allowed are recorded too.
    pub async fn record_change(
        &self,
        run: Digest,
        system: NonBlankString,
        change: NonBlankString,
    ) -> Result<RecordedChange, ChangeError> {
        let row = self.run_summary(run)?.ok_or(ChangeError::UnknownRun { run })?;
        let gate = self.governing_gate(&row.gate)?;
        let has_write_access = has_write_access(&gate, &system);
        let kind = EventKind::Change(ChangeEvent { run, system, change });
        let at_ms = self.shared.clock.now_ms();
        let event = Event { at_ms, gate: row.gate.clone(), kind };
        self.shared.ledger()?.append(LedgerEntry::new(event).into()).await?;
        Ok(RecordedChange { run, gate: row.gate, ruling: row.ruling, has_write_access })
    }

    fn run_summary(&self, run: Digest) -> Result<Option<RunSummary>, LedgerError> {
        self.shared.read(|reader| reader.run(run))
    }

    /// Checks that the output of a run went out and was not retracted. Returns the end of its undo window.
    fn check_retractable(&self, run: Digest) -> Result<Option<u64>, RetractionError> {
        let row = self.run_summary(run)?.ok_or(RetractionError::UnknownRun { run })?;
        let history = self.shared.read(|reader| reader.history(run))?;
        let retracted_by = history.iter().find_map(|event| match &event.event.kind {
            EventKind::Rollback(before) => Some(before.by.clone()),
            _ => None,
        });
        if let Some(by) = retracted_by {
            return Err(RetractionError::AlreadyRetracted { by });
        }
        if row.ruling != Ruling::Allow {
            return Err(RetractionError::NotAllowed { ruling: row.ruling });
        }
        Ok(latest_decision(&history, run).and_then(|(_, run)| run.decision.undo_until_ms))
    }
}

/// Returns whether the gate lets its AI store, change or trigger something in a system.
fn has_write_access(gate: &Gate, system: &NonBlankString) -> bool {
    let entries = gate.access.iter().filter(|access| access.system == *system);
    let mut permissions =
        entries.flat_map(|access| [&access.store, &access.change, &access.trigger]);
    permissions
        .any(|permissions| permissions.as_ref().is_some_and(|permissions| !permissions.is_empty()))
}

#[cfg(test)]
mod tests;
