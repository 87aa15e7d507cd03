//! The autonomy of gates: the state of a gate with the demotion that is due, and level changes that people make.
//!
//! A demotion takes effect as soon as its cause is recorded, and the first one who reads the state records the demotion.
//! A level change ends all incidents before it, so each is recorded on the condition that the gate is as it was when the
//! change was decided: of two people who act at once, one is refused or decides again.

use std::collections::BTreeSet;

use tollgate_govern::autonomy;
use tollgate_govern::promotion::{self, PromotionError, PromotionProposal, TrackRecord};
use tollgate_ledger::{
    ConflictError, EventQuery, LedgerEntry, LedgerError, LedgerReader, PageCursor, StoredEvent,
};
use tollgate_model::{
    Event, EventKind, Gate, GateName, LevelChangeReason, LevelEvent, LevelScheme, NonBlankString,
    TextFileError,
};
use tollgate_project::GateReadError;

use crate::actor::Actor;
use crate::gate::governing_record::read_governing_release;
use crate::gate::releases::find_active_release;
use crate::gate::{GateState, GoverningRecordError, QualityGateError, require_delegation};
use crate::host::Host;

/// Attempts to record a level change. Each failed one means that another process recorded something at the gate.
const ATTEMPTS_MAX: usize = 1_000;
/// Kinds of events that change the level or the release of a gate, or are a cause to do so.
const STEERING_KINDS: [&str; 4] = ["level", "incident", "rollback", "rollout"];

/// The state of a gate at the time of reading.
#[derive(Debug)]
#[non_exhaustive]
pub struct GateStatus {
    /// The gate record by whose rules the state was read.
    pub gate: Gate,
    pub state: GateState,
    /// Reviews since the last level change. `None` if nothing is recorded yet.
    pub track_record: Option<TrackRecord>,
    /// The demotion that was found while reading. It applies even if it could not be recorded.
    pub demotion: Option<LevelEvent>,
    /// The reason why that demotion could not be recorded.
    pub record_error: Option<RecordDemotionError>,
    /// Time for which the state was read, in milliseconds since 1970.
    pub at_ms: u64,
}

/// The states of all gates of a project.
#[derive(Debug)]
#[non_exhaustive]
pub struct GateStatuses {
    pub statuses: Vec<GateStatus>,
    /// Errors of gate files. Their gates are left out unless they have an active release.
    pub file_errors: Vec<TextFileError>,
}

/// The reason why a demotion is not recorded yet.
#[derive(Debug, thiserror::Error)]
#[error("cannot record the demotion")]
pub struct RecordDemotionError(#[source] pub LedgerError);

/// The reason why the state of a gate cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StatusError {
    #[error("other processes changed gate `{gate}` each time that a demotion was to be recorded")]
    TooManyConflicts { gate: GateName },
    #[error(transparent)]
    Gates(#[from] GateReadError),
    /// The gate record whose rules apply cannot be read.
    #[error(transparent)]
    Gate(#[from] GoverningRecordError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// The reason why the level of a gate was not changed. Nothing is recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LevelChangeError {
    #[error("gate `{gate}` has no autonomy level: add `[autonomy]` first")]
    NoAutonomy { gate: GateName },
    #[error("gate `{gate}` is at level {level}, the lowest of {scheme}")]
    LowestLevel { gate: GateName, level: u8, scheme: LevelScheme },
    /// The gate is not at the level above the one that the person asked for.
    #[error(
        "gate `{gate}` is at level {from}, so a demotion leads to level {to}, not to level {asked}"
    )]
    OtherLevel { gate: GateName, from: u8, to: u8, asked: u8 },
    /// All objections to the promotion.
    #[error("gate `{gate}` cannot be promoted: {}", join_objections(objections))]
    NotPromoted { gate: GateName, objections: Vec<PromotionError> },
    /// Another promotion is possible now than the one that was accepted.
    #[error("gate `{gate}` has changed: nothing was recorded; look at it again")]
    GateChanged { gate: GateName },
    #[error(transparent)]
    Quality(#[from] QualityGateError),
    #[error(transparent)]
    Status(#[from] StatusError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl GateStatus {
    /// Returns the promotion that the track record allows, or all objections to it.
    pub fn propose_promotion(&self) -> Result<PromotionProposal, Vec<PromotionError>> {
        let record = self.track_record.unwrap_or_default();
        promotion::propose_promotion(&self.gate, &self.state.inputs, record, self.at_ms)
    }
}

impl Host {
    /// Reads the state of a gate by the record of its active release, and records a demotion that is due. A change of
    /// the gate's file counts only when it is released; the file is read if the gate has no active release. Reading
    /// succeeds even if the demotion cannot be recorded. A host without a ledger returns the state of a new gate.
    pub async fn gate_status(&self, gate: &GateName) -> Result<GateStatus, StatusError> {
        self.gate_status_at(gate, self.shared.clock.now_ms()).await
    }

    /// Reads the states of all gates, in the order of their names, as [`Host::gate_status`] does: those that have an
    /// active release, and those that the project has a sound file of. So a draft with errors stops nobody who looks at
    /// what is released.
    pub async fn gate_statuses(&self) -> Result<GateStatuses, StatusError> {
        let now_ms = self.shared.clock.now_ms();
        let (drafts, file_errors) = self.shared.project.read_sound_gates()?;
        let mut names: BTreeSet<_> = drafts.into_iter().map(|draft| draft.name).collect();
        names.extend(self.shared.read_if_recorded(released_gates)?.unwrap_or_default());
        let mut statuses = Vec::with_capacity(names.len());
        for name in &names {
            statuses.push(self.gate_status_at(name, now_ms).await?);
        }
        Ok(GateStatuses { statuses, file_errors })
    }

    /// Raises a gate by one level, as a person has accepted it: the owner of the gate, or somebody whom a sign-off of the
    /// gate record names, but not its author. Fails if the track record does not allow this very promotion any more.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/project.rs"));
    /// use tollgate::Actor;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_folder, host) = open_host()?;
    /// let gate = "welcome-email".parse()?;
    /// match host.gate_status(&gate).await?.propose_promotion() {
    ///     Ok(proposal) => {
    ///         host.promote(&gate, &proposal, &Actor::new("Sam Reed".parse()?)).await?;
    ///     }
    ///     // Nothing was reviewed yet.
    ///     Err(objections) => assert!(!objections.is_empty()),
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn promote(
        &self,
        gate: &GateName,
        accepted: &PromotionProposal,
        actor: &Actor,
    ) -> Result<LevelEvent, LevelChangeError> {
        let refused = |objections| LevelChangeError::NotPromoted { gate: gate.clone(), objections };
        self.change_level(gate, |status| {
            let proposal = status.propose_promotion().map_err(refused)?;
            if proposal != *accepted {
                return Err(LevelChangeError::GateChanged { gate: gate.clone() });
            }
            let change = proposal.accept(&status.gate, &actor.person, status.at_ms);
            change.map_err(|objection| refused(vec![objection]))
        })
        .await
    }

    /// Lowers a gate by one level. A demotion that is due already is recorded first, so this one starts from the level
    /// that applies.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/project.rs"));
    /// use tollgate::Actor;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_folder, host) = open_host()?;
    /// let gate = "welcome-email".parse()?;
    /// let sam = Actor::new("Sam Reed".parse()?);
    /// let change = host.demote(&gate, &sam, "new offers".parse()?).await?;
    /// assert_eq!((change.from, change.to), (3, 2));
    /// # Ok(()) }
    /// ```
    pub async fn demote(
        &self,
        gate: &GateName,
        actor: &Actor,
        reason: NonBlankString,
    ) -> Result<LevelEvent, LevelChangeError> {
        self.change_level(gate, |status| lower_level(status, actor, &reason)).await
    }

    /// Lowers a gate as [`Host::demote`] does, to the level that the person names. Fails if that is not the one below the
    /// level that applies, so a request that is sent twice lowers the gate once.
    pub async fn demote_to(
        &self,
        gate: &GateName,
        level: u8,
        actor: &Actor,
        reason: NonBlankString,
    ) -> Result<LevelEvent, LevelChangeError> {
        self.change_level(gate, |status| {
            let change = lower_level(status, actor, &reason)?;
            let LevelEvent { from, to, .. } = change;
            match to == level {
                true => Ok(change),
                false => {
                    let gate = gate.clone();
                    Err(LevelChangeError::OtherLevel { gate, from, to, asked: level })
                }
            }
        })
        .await
    }

    /// Returns the latest level changes, incidents, retracted outputs and releases of a gate, newest first. It blocks
    /// while it reads.
    pub fn level_history(
        &self,
        gate: &GateName,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, LedgerError> {
        let mut events = self.shared.read(|reader| {
            let mut events = Vec::new();
            for kind in STEERING_KINDS {
                let (gate, kind) = (Some(gate.clone()), Some(kind.to_owned()));
                let query = EventQuery { gate, kind, page: PageCursor::Newest, limit };
                events.extend(reader.events(&query)?);
            }
            Ok::<_, LedgerError>(events)
        })?;
        // Each kind is queried on its own with the full limit, so the merged list is cut again.
        events.sort_by_key(|event| std::cmp::Reverse(event.seq));
        events.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(events)
    }

    async fn gate_status_at(
        &self,
        gate: &GateName,
        now_ms: u64,
    ) -> Result<GateStatus, StatusError> {
        let shared = &self.shared;
        for _ in 0..ATTEMPTS_MAX {
            let read = shared.read_if_recorded(|reader| self.read_state(reader, gate, now_ms))?;
            let Some((record, mut state)) = read else {
                let record = shared.project.read_gate(gate.as_str())?;
                let state = GateState::of_draft(&shared.project, &record);
                return Ok(new_gate_status(record, state, now_ms));
            };
            let demotion = pending_demotion(&record, &state, now_ms);
            let mut record_error = None;
            if let Some(change) = &demotion {
                match self.append_level_change(gate, change, state.version, now_ms).await {
                    Ok(Some(version)) => {
                        state.version = version;
                        state.inputs.apply_level_change(change, now_ms);
                    }
                    // Somebody else may have recorded the same demotion, or another incident.
                    Ok(None) => continue,
                    // The level stays as it is, and the rules derive the demotion from its cause each time.
                    Err(error) => record_error = Some(RecordDemotionError(error)),
                }
            }
            let cycles = shared.read(|reader| reader.review_cycles(gate))?;
            let track_record = Some(promotion::count_track_record(&record, &cycles));
            let status = new_gate_status(record, state, now_ms);
            return Ok(GateStatus { track_record, demotion, record_error, ..status });
        }
        Err(StatusError::TooManyConflicts { gate: gate.clone() })
    }

    /// Reads the gate record whose rules apply, and the state of the gate by it.
    fn read_state(
        &self,
        reader: &dyn LedgerReader,
        gate: &GateName,
        now_ms: u64,
    ) -> Result<(Gate, GateState), StatusError> {
        let project = &self.shared.project;
        // The version is read before the record, so that no level change is recorded by a record that was replaced.
        let version = reader.gate_version(gate)?;
        let (release, record) = read_governing_release(reader, project, gate)?;
        let state = match &release {
            Some(release) => GateState::of_release(release),
            None => GateState::of_draft(project, &record),
        };
        let mut state = state.with_recorded(reader, &record, now_ms)?;
        state.version = version;
        Ok((record, state))
    }

    /// Records the level change that follows from the state of a gate. If the gate changes meanwhile, the change is
    /// derived again.
    async fn change_level(
        &self,
        gate: &GateName,
        derive: impl Fn(&GateStatus) -> Result<LevelEvent, LevelChangeError>,
    ) -> Result<LevelEvent, LevelChangeError> {
        for _ in 0..ATTEMPTS_MAX {
            let status = self.gate_status(gate).await?;
            require_delegation(&status.gate)?;
            let change = derive(&status)?;
            let (version, now_ms) = (status.state.version, status.at_ms);
            if self.append_level_change(gate, &change, version, now_ms).await?.is_some() {
                return Ok(change);
            }
        }
        Err(StatusError::TooManyConflicts { gate: gate.clone() }.into())
    }

    /// Records a level change that was decided from a version of the gate. Returns the new version, or `None` if the
    /// gate has changed since: a level change must not end an incident that nobody has seen.
    async fn append_level_change(
        &self,
        gate: &GateName,
        change: &LevelEvent,
        version: u64,
        now_ms: u64,
    ) -> Result<Option<u64>, LedgerError> {
        let entry = level_change_entry(gate, change.clone(), now_ms);
        match self.append_to_gate(gate, version, entry).await {
            Ok(appended) => Ok(Some(appended.last)),
            Err(LedgerError::Conflict(ConflictError::GateChanged { .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Returns the names of the gates that have an active release.
fn released_gates(reader: &dyn LedgerReader) -> Result<Vec<GateName>, LedgerError> {
    let mut names = Vec::new();
    for name in reader.gates()? {
        if find_active_release(reader, &name)?.is_some() {
            names.push(name);
        }
    }
    Ok(names)
}

fn new_gate_status(gate: Gate, state: GateState, at_ms: u64) -> GateStatus {
    let (track_record, demotion, record_error) = (None, None, None);
    GateStatus { gate, state, track_record, demotion, record_error, at_ms }
}

/// Returns the change to the level below the one that applies now.
fn lower_level(
    status: &GateStatus,
    actor: &Actor,
    reason: &NonBlankString,
) -> Result<LevelEvent, LevelChangeError> {
    let gate = &status.gate;
    let name = || gate.name.clone();
    let autonomy = gate.autonomy.as_ref();
    let autonomy = autonomy.ok_or_else(|| LevelChangeError::NoAutonomy { gate: name() })?;
    let effective =
        autonomy::effective_level(gate, autonomy, &status.state.inputs, &[], status.at_ms);
    let (scheme, from) = (effective.scheme, effective.level);
    let below = from.checked_sub(1).filter(|level| autonomy::levels(scheme).contains(level));
    let lowest = || LevelChangeError::LowestLevel { gate: name(), level: from, scheme };
    let to = below.ok_or_else(lowest)?;
    let reason = LevelChangeReason::Lowered { by: actor.person.clone(), reason: reason.clone() };
    Ok(LevelEvent { scheme, from, to, reason })
}

fn join_objections(objections: &[PromotionError]) -> String {
    objections.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Returns the demotion whose cause is recorded but which itself is not.
fn pending_demotion(gate: &Gate, state: &GateState, now_ms: u64) -> Option<LevelEvent> {
    let level =
        autonomy::effective_level(gate, gate.autonomy.as_ref()?, &state.inputs, &[], now_ms);
    promotion::demotion_change(&level)
}

/// Returns the entry that records a level change.
fn level_change_entry(gate: &GateName, change: LevelEvent, at_ms: u64) -> LedgerEntry {
    LedgerEntry::new(Event { at_ms, gate: gate.clone(), kind: EventKind::Level(change) })
}

#[cfg(test)]
mod tests;
