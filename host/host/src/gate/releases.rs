//! Releases of a gate: what is active, and how another one becomes active. That happens by a person's act only, and is
//! recorded with who and why.

use std::collections::BTreeMap;
use std::sync::Arc;

use tollgate_govern::change_control;
pub use tollgate_govern::change_control::{ActivationError, TestEvidence};
use tollgate_ledger::{
    Append, AppendCondition, AppendedRange, ConflictError, LedgerEntry, LedgerError, LedgerReader,
};
use tollgate_model::{
    ChangeControl, Digest, Event, EventKind, Gate, GateName, NonBlankString, Release,
    RollbackEvent, RolloutStage,
};
use tracing::Instrument;

use super::error::GateOpenError;
use super::load_error::GateLoadError;
use super::loaded_gate::{ChangedForTrialError, LoadedGate};
use super::quality::{QualityGateError, require_delegation};
use super::release_record::{ReleasePart, ReleaseReadError, read_release_gate};
use super::release_snapshot::ReleaseSnapshot;
use crate::actor::Actor;
use crate::host::Host;

/// Attempts to record another release. Each failed one means that another process recorded something at the gate.
const ATTEMPTS_MAX: usize = 1_000;

/// The result of publishing a release or of going back to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReleaseChange {
    /// The release that was active before. `None` if the gate had none.
    pub before: Option<Digest>,
    /// The release that is active now. The same as before if nothing had to change.
    pub after: Digest,
}

/// The releases of a gate that were rolled out fully, the active one first.
#[derive(Debug, Default)]
struct FullReleases {
    /// Version of the gate from which they were read.
    version: u64,
    digests: Vec<Digest>,
}

/// The reason why no other release became active. Nothing is recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReleaseError {
    #[error("gate `{gate}` has no active release")]
    NoActiveRelease { gate: GateName },
    #[error("gate `{gate}` has no release before the active one, {active}")]
    NoEarlierRelease { gate: GateName, active: Digest },
    #[error("other processes changed gate `{gate}` each time that a release was to be recorded")]
    TooManyConflicts { gate: GateName },
    /// All objections of the change control that the gate asks for.
    #[error("release {release} of gate `{gate}` is not published: {}", join_objections(objections))]
    NotControlled { gate: GateName, release: Digest, objections: Vec<ActivationError> },
    #[error(transparent)]
    Quality(#[from] QualityGateError),
    /// The gate was released before its file got the purpose `quality`.
    #[error(
        "gate `{gate}` has the purpose `quality` by its file, so the file is not released: release {active} stays active \
         and decides"
    )]
    QualityDraft { gate: GateName, active: Digest },
    /// The gate names a brand voice document, and the release pins another one, or none.
    #[error(
        "release {release} of gate `{gate}` is not published: when it was loaded, the brand voice document was missing or \
         not the agreed one, so every output would be held"
    )]
    BrandVoice { gate: GateName, release: Digest },
    #[error(transparent)]
    ChangedForTrial(#[from] ChangedForTrialError),
    #[error(transparent)]
    Load(#[from] GateLoadError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Host {
    /// Returns the release that is active at a gate. It blocks while it reads.
    pub fn active_release(&self, gate: &GateName) -> Result<Option<Digest>, LedgerError> {
        self.shared.active_release(gate)
    }

    /// Returns the active release of every gate that has one. It blocks while it reads: for some ten microseconds if
    /// nothing was released or taken back since it was last called, however many gates there are.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/project.rs"));
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_folder, host) = open_host()?;
    /// assert!(host.active_releases()?.is_empty(), "nothing is released yet");
    /// # Ok(()) }
    /// ```
    pub fn active_releases(&self) -> Result<Arc<BTreeMap<GateName, Digest>>, LedgerError> {
        self.shared.active_releases()
    }

    /// Loads what the project's lock file pins for a gate. It need not be released.
    pub async fn load_locked_gate(&self, gate: &str) -> Result<LoadedGate, GateLoadError> {
        self.load_gate_record(self.shared.project.read_gate(gate)?).await
    }

    /// Loads a gate as [`Host::load_locked_gate`] does, from a record that has been read already. Made of the record by
    /// [`Gate::into_quality`], it judges for its findings alone.
    pub async fn load_gate_record(&self, record: Gate) -> Result<LoadedGate, GateLoadError> {
        self.shared.progress.begin_step(&format!("loading gate `{}`", record.name));
        let span = tracing::info_span!("load", gate = record.name.as_str());
        let loaded = match self.shared.engine() {
            Ok(engine) => {
                let packages = &self.shared.packages;
                LoadedGate::from_record(engine, packages, record).instrument(span).await
            }
            Err(error) => Err(error.into()),
        };
        self.shared.progress.end_step();
        loaded
    }

    /// Makes what the lock file pins the active release of a gate. Checks that begin later run it, in every process. A
    /// gate of the purpose `quality` is refused: it needs no release. So is one that asks for tests:
    /// [`Host::publish_tested_release`] publishes it.
    ///
    /// ```no_run
    /// # use tollgate::{Actor, Host};
    /// # async fn example(host: Host) -> Result<(), Box<dyn std::error::Error>> {
    /// let sam = Actor::new("Sam Reed".parse()?);
    /// let change = host.publish_release("welcome-email", &sam, Some("new offers".parse()?)).await?;
    /// println!("{:?} was active, {} is", change.before, change.after);
    /// # Ok(()) }
    /// ```
    pub async fn publish_release(
        &self,
        gate: &str,
        actor: &Actor,
        reason: Option<NonBlankString>,
    ) -> Result<ReleaseChange, ReleaseError> {
        self.publish_tested_release(gate, actor, reason, &[]).await
    }

    /// Publishes a release as [`Host::publish_release`] does, with the results of tests. A gate whose file or active
    /// release has `[change-control]` needs one of exactly this release, and somebody else than the authors of both.
    pub async fn publish_tested_release(
        &self,
        gate: &str,
        actor: &Actor,
        reason: Option<NonBlankString>,
        evidence: &[TestEvidence],
    ) -> Result<ReleaseChange, ReleaseError> {
        let record = self.shared.project.read_gate(gate).map_err(GateLoadError::Gate)?;
        self.require_releasable(&record)?;
        let loaded = self.load_gate_record(record).await?;
        // Asked here because the gate file has just been read, so its line can be named.
        let brand_voice = loaded.snapshot.release.brand_voice;
        let checked = self.shared.project.check_brand_voice(&loaded.gate, brand_voice);
        checked.map_err(GateLoadError::Gate)?;
        self.publish_loaded_release(&loaded, actor, reason, evidence).await
    }

    /// Publishes a release that was loaded before, exactly as it was loaded, and loads nothing. What the files of the
    /// project have become since does not matter, because a release has all that decides. Everything that
    /// [`Host::publish_tested_release`] refuses is refused here, too.
    ///
    /// ```no_run
    /// # use tollgate::{Actor, Host, gate::TestEvidence};
    /// # fn prove(loaded: &tollgate::gate::LoadedGate) -> TestEvidence { unimplemented!() }
    /// # async fn example(host: Host) -> Result<(), Box<dyn std::error::Error>> {
    /// let sam = Actor::new("Sam Reed".parse()?);
    /// let loaded = host.load_locked_gate("welcome-email").await?;
    /// let evidence = [prove(&loaded)];
    /// let change = host.publish_loaded_release(&loaded, &sam, None, &evidence).await?;
    /// assert_eq!(change.after, loaded.snapshot.digest);
    /// # Ok(()) }
    /// ```
    pub async fn publish_loaded_release(
        &self,
        loaded: &LoadedGate,
        actor: &Actor,
        reason: Option<NonBlankString>,
        evidence: &[TestEvidence],
    ) -> Result<ReleaseChange, ReleaseError> {
        let (gate, snapshot) = (&loaded.gate, &loaded.snapshot);
        self.require_releasable(gate)?;
        loaded.require_unchanged()?;
        let agreed = gate.guardrails.brand_voice.as_ref();
        if agreed.is_some_and(|voice| snapshot.release.brand_voice != Some(voice.digest)) {
            let (gate, release) = (gate.name.clone(), snapshot.digest);
            return Err(ReleaseError::BrandVoice { gate, release });
        }
        let read = self.read_full_releases(&gate.name)?;
        let before = read.digests.first().copied();
        if before != Some(snapshot.digest) {
            self.check_change_control(loaded, evidence, actor)?;
            self.require_contents(snapshot)?;
            let entry = |now_ms| snapshot.activation_entry(&actor.person, reason.clone(), now_ms);
            self.append_release_change(&gate.name, read, entry).await?;
        }
        Ok(ReleaseChange { before, after: snapshot.digest })
    }

    /// Fails if a release without its contents is not in this ledger as a whole. It blocks while it reads.
    fn require_contents(&self, snapshot: &ReleaseSnapshot) -> Result<(), ReleaseError> {
        if snapshot.has_contents() {
            return Ok(());
        }
        let digest = snapshot.digest;
        let read = |reader: &dyn LedgerReader| LoadedGate::read_release(reader, digest);
        let found = self.shared.read_if_recorded(read).map_err(GateLoadError::Release)?;
        let missing = ReleaseReadError::Missing { part: ReleasePart::Release, digest };
        found.map(drop).ok_or_else(|| GateLoadError::Release(missing).into())
    }

    /// Fails if a gate only judges by its file. It blocks while it reads.
    fn require_releasable(&self, record: &Gate) -> Result<(), ReleaseError> {
        let Err(error) = require_delegation(record) else { return Ok(()) };
        let find = |reader: &dyn LedgerReader| find_active_release(reader, &record.name);
        match self.shared.read_if_recorded(find)?.flatten() {
            Some(active) => Err(ReleaseError::QualityDraft { gate: error.gate, active }),
            None => Err(error.into()),
        }
    }

    /// Returns the change control that the next release of a gate is subject to: that of its file or of its active release,
    /// whichever is stricter. It blocks while it reads.
    pub fn change_control(&self, draft: &Gate) -> Result<Option<ChangeControl>, LedgerError> {
        let active = self.replaceable_gate(&draft.name)?;
        Ok(change_control::applicable_control(active.as_ref(), draft))
    }

    /// Returns the gate record of the active release, which the next one replaces. `None` if it cannot be read.
    fn replaceable_gate(&self, gate: &GateName) -> Result<Option<Gate>, LedgerError> {
        let active = self.shared.read_if_recorded(|reader| {
            let Some(active) = find_active_release(reader, gate)? else { return Ok(None) };
            match read_release_gate(reader, active) {
                Ok((_, gate)) => Ok(Some(gate)),
                Err(ReleaseReadError::Ledger(error)) => Err(error),
                // Such a release decides nothing any more, and the next one has to be able to replace it.
                Err(_) => Ok(None),
            }
        })?;
        Ok(active.flatten())
    }

    /// Fails with all objections against a release, if its gate asks for change control.
    fn check_change_control(
        &self,
        loaded: &LoadedGate,
        evidence: &[TestEvidence],
        actor: &Actor,
    ) -> Result<(), ReleaseError> {
        let (draft, release) = (&loaded.gate, loaded.snapshot.digest);
        let active = self.replaceable_gate(&draft.name)?;
        let control = change_control::applicable_control(active.as_ref(), draft);
        let Some(control) = control else { return Ok(()) };
        let authors = change_control::change_authors(active.as_ref(), draft);
        let checked =
            change_control::check_activation(&control, release, evidence, &authors, &actor.person);
        checked.map_err(|objections| {
            let gate = loaded.gate.name.clone();
            ReleaseError::NotControlled { gate, release, objections }
        })
    }

    /// Goes back to the release that was active before the present one. It costs the gate a level at once:
    /// [`Host::gate_status`] records that demotion.
    ///
    /// ```no_run
    /// # use tollgate::{Actor, Host};
    /// # async fn example(host: Host) -> Result<(), Box<dyn std::error::Error>> {
    /// let (gate, sam) = ("welcome-email".parse()?, Actor::new("Sam Reed".parse()?));
    /// let change = host.roll_back_release(&gate, &sam, "it blocks every letter".parse()?).await?;
    /// println!("{} is active again", change.after);
    /// # Ok(()) }
    /// ```
    pub async fn roll_back_release(
        &self,
        gate: &GateName,
        actor: &Actor,
        reason: NonBlankString,
    ) -> Result<ReleaseChange, ReleaseError> {
        let read = self.read_full_releases(gate)?;
        let (active, after) = match *read.digests.as_slice() {
            [] => return Err(ReleaseError::NoActiveRelease { gate: gate.clone() }),
            [active] => return Err(ReleaseError::NoEarlierRelease { gate: gate.clone(), active }),
            [active, earlier, ..] => (active, earlier),
        };
        let entry = |now_ms| {
            let (by, reason) = (actor.person.clone(), reason.clone());
            let rollback = RollbackEvent { run: None, release: Some(active), by, reason };
            let kind = EventKind::Rollback(rollback);
            LedgerEntry::new(Event { at_ms: now_ms, gate: gate.clone(), kind })
        };
        self.append_release_change(gate, read, entry).await?;
        Ok(ReleaseChange { before: Some(active), after })
    }

    fn read_full_releases(&self, gate: &GateName) -> Result<FullReleases, LedgerError> {
        let read = self.shared.read_if_recorded(|reader| {
            // The version is read first, so that a release in between is found when appending.
            let version = reader.gate_version(gate)?;
            let releases = reader.releases(gate)?;
            let full = releases.iter().filter(|one| one.stage == Some(RolloutStage::Full));
            let digests = full.map(|one| one.release).collect();
            Ok::<_, LedgerError>(FullReleases { version, digests })
        })?;
        Ok(read.unwrap_or_default())
    }

    /// Records another release, and does so again if something else was recorded at the gate meanwhile. Fails if that
    /// concerns the releases: of two people who change them at once, one is refused.
    async fn append_release_change(
        &self,
        gate: &GateName,
        read: FullReleases,
        to_entry: impl Fn(u64) -> LedgerEntry,
    ) -> Result<(), ReleaseError> {
        let mut version = read.version;
        for _ in 0..ATTEMPTS_MAX {
            let entry = to_entry(self.shared.clock.now_ms());
            let conflict = match self.append_to_gate(gate, version, entry).await {
                Ok(_) => return Ok(()),
                Err(LedgerError::Conflict(conflict @ ConflictError::GateChanged { .. })) => {
                    conflict
                }
                Err(error) => return Err(error.into()),
            };
            let now = self.read_full_releases(gate)?;
            if now.digests != read.digests {
                return Err(LedgerError::Conflict(conflict).into());
            }
            version = now.version;
        }
        Err(ReleaseError::TooManyConflicts { gate: gate.clone() })
    }

    /// Records an entry if the gate still has the version that was read before it was decided.
    pub(crate) async fn append_to_gate(
        &self,
        gate: &GateName,
        version: u64,
        entry: LedgerEntry,
    ) -> Result<AppendedRange, LedgerError> {
        let condition = AppendCondition::GateVersion { gate: gate.clone(), version };
        self.shared.ledger()?.append(Append::from(entry).on_condition(condition)).await
    }
}

fn join_objections(objections: &[ActivationError]) -> String {
    objections.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Reads the release that is active at a gate, with its gate record.
pub(crate) fn read_active_release(
    reader: &dyn LedgerReader,
    gate: &GateName,
) -> Result<(Release, Gate), GateOpenError> {
    let active = find_active_release(reader, gate)?;
    let active = active.ok_or_else(|| GateOpenError::NoActiveRelease { gate: gate.clone() })?;
    Ok(read_release_gate(reader, active)?)
}

/// Returns the release that is active at a gate: the one that was rolled out fully last.
pub(crate) fn find_active_release(
    reader: &dyn LedgerReader,
    gate: &GateName,
) -> Result<Option<Digest>, LedgerError> {
    reader.active_release(gate)
}
