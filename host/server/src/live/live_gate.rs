//! A gate as this server runs it.

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::Semaphore;
use tollgate::GateHandle;
use tollgate::gate::{LoadedGate, TestEvidence};
use tollgate_api::{LiveCandidate, LiveCandidateState, LiveGateEntry, LiveGateState};
use tollgate_model::{Digest, GateName};

/// A gate as this server runs it.
pub(crate) struct LiveGate {
    name: GateName,
    state: ArcSwap<GateState>,
    candidate: ArcSwap<Candidate>,
    /// Held while the gate changes what it runs. Preparing needs it only for a moment, so going back never waits for a
    /// candidate.
    pub(super) changing: Arc<tokio::sync::Mutex<()>>,
    /// Places of requests that are checked at once.
    pub(crate) places: Arc<Semaphore>,
}

/// State of a gate.
#[derive(Clone)]
pub(crate) enum GateState {
    /// It checks nothing yet: it is being loaded for the first time, or it has no active release.
    Pending { reason: &'static str },
    /// It decides by its active release.
    Deciding(GateHandle),
    /// It has the purpose `quality`: it judges by its files, and nothing is recorded.
    Judging(Box<LoadedGate>),
    /// It cannot be loaded.
    Failed { reason: String },
}

/// What the files of the project make of a gate, if that is not what it runs.
#[derive(Clone)]
pub(crate) enum Candidate {
    /// The files make what the gate runs.
    None,
    /// It is being loaded and proven.
    Preparing { generation: u64 },
    /// It is loaded and proven, and waits until somebody publishes it.
    Ready(Arc<ReadyCandidate>),
    /// It cannot be loaded, or its cases fail. What was active stays active.
    Failed { generation: u64, release: Option<Digest>, reason: String },
}

/// A release that is loaded and proven, and not active.
pub(crate) struct ReadyCandidate {
    pub(crate) generation: u64,
    pub(crate) loaded: LoadedGate,
    /// Result of the gate's recorded cases, if it has some.
    pub(crate) evidence: Vec<TestEvidence>,
}

impl LiveGate {
    pub(super) fn new(name: GateName, places: usize) -> Self {
        let reason = "it is being loaded";
        Self {
            name,
            state: ArcSwap::from_pointee(GateState::Pending { reason }),
            candidate: ArcSwap::from_pointee(Candidate::None),
            changing: Arc::default(),
            places: Arc::new(Semaphore::new(places)),
        }
    }

    pub(crate) fn name(&self) -> &GateName {
        &self.name
    }

    pub(crate) fn state(&self) -> Arc<GateState> {
        self.state.load_full()
    }

    pub(super) fn set_state(&self, state: GateState) {
        self.state.store(Arc::new(state));
    }

    pub(crate) fn candidate(&self) -> Arc<Candidate> {
        self.candidate.load_full()
    }

    pub(super) fn set_candidate(&self, candidate: Candidate) {
        self.candidate.store(Arc::new(candidate));
    }

    /// Returns the handle of a gate that decides.
    pub(crate) fn handle(&self) -> Option<GateHandle> {
        match &*self.state() {
            GateState::Deciding(handle) => Some(handle.clone()),
            _ => None,
        }
    }
}

impl LiveGate {
    /// Describes the gate to callers.
    pub(crate) fn to_entry(&self) -> LiveGateEntry {
        let current = self.state();
        let (state, reason) = match &*current {
            GateState::Pending { reason } => (LiveGateState::Pending, Some((*reason).to_owned())),
            GateState::Deciding(_) | GateState::Judging(_) => (LiveGateState::Ready, None),
            GateState::Failed { reason } => (LiveGateState::Failed, Some(reason.clone())),
        };
        let candidate = self.candidate().to_document();
        LiveGateEntry {
            gate: self.name.clone(),
            state,
            release: current.release(),
            reason,
            candidate,
        }
    }
}

impl Candidate {
    fn to_document(&self) -> Option<LiveCandidate> {
        let (state, generation, release, reason) = match self {
            Self::None => return None,
            Self::Preparing { generation } => {
                (LiveCandidateState::Preparing, *generation, None, None)
            }
            Self::Ready(ready) => {
                let release = ready.loaded.snapshot.digest;
                (LiveCandidateState::Ready, ready.generation, Some(release), None)
            }
            Self::Failed { generation, release, reason } => {
                (LiveCandidateState::Failed, *generation, *release, Some(reason.clone()))
            }
        };
        Some(LiveCandidate { state, generation, release, reason })
    }
}

impl GateState {
    pub(crate) fn is_ready(&self) -> bool {
        matches!(self, Self::Deciding(_) | Self::Judging(_))
    }

    /// Returns the release that the gate runs.
    pub(crate) fn release(&self) -> Option<Digest> {
        match self {
            Self::Deciding(handle) => Some(handle.release()),
            Self::Judging(loaded) => Some(loaded.snapshot.digest),
            Self::Pending { .. } | Self::Failed { .. } => None,
        }
    }
}
