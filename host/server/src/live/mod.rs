//! Live gates: the gates of the project as this server runs them, and how they change while it runs.
//!
//! Each gate has a state of its own, and one that cannot be loaded stops no other. A change of the project's files is
//! prepared off to the side (`reload`): loaded, and proven by the gate's recorded cases. Only what is published, here or by
//! another process, becomes active, and then the one pointer of the gate is swapped (`follow`).

mod follow;
mod live_gate;
mod names;
mod publish;
mod reload;
mod watching;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use tollgate::Host;
use tollgate_model::GateName;

use crate::settings::Limits;

pub(crate) use follow::follow_releases;
pub(crate) use live_gate::{Candidate, GateState, LiveGate};
pub(crate) use publish::PublishError;
pub(crate) use reload::ReloadResult;

/// The gates of the project as this server runs them. Clones are the same gates.
#[derive(Clone)]
pub(crate) struct LiveGates(Arc<SharedGates>);

struct SharedGates {
    /// Host of the project as it was read last. All hosts share one ledger and one engine.
    host: ArcSwap<Host>,
    gates: ArcSwap<BTreeMap<GateName, Arc<LiveGate>>>,
    /// Number of times that the project was read, counted from 1.
    generation: AtomicU64,
    /// Error of what concerns all gates, such as a `tollgate.toml` that cannot be read.
    project_error: ArcSwap<Option<String>>,
    places_per_gate: usize,
    /// Held while a generation is prepared: one after another.
    preparing: tokio::sync::Mutex<()>,
    /// Held while the list of gates is changed.
    listing: Mutex<()>,
}

impl LiveGates {
    pub(crate) fn new(host: Host, limits: &Limits) -> Self {
        Self(Arc::new(SharedGates {
            host: ArcSwap::from_pointee(host),
            gates: ArcSwap::default(),
            generation: AtomicU64::new(0),
            project_error: ArcSwap::default(),
            places_per_gate: limits.checks_per_gate_max,
            preparing: tokio::sync::Mutex::default(),
            listing: Mutex::default(),
        }))
    }

    /// Returns the host of the project as it was read last.
    pub(crate) fn host(&self) -> Host {
        Host::clone(&self.0.host.load())
    }

    /// Returns a gate, whatever its state is.
    pub(crate) fn find(&self, name: &GateName) -> Option<Arc<LiveGate>> {
        self.0.gates.load().get(name).cloned()
    }

    /// Returns all gates in the order of their names.
    pub(crate) fn all(&self) -> Vec<Arc<LiveGate>> {
        self.0.gates.load().values().cloned().collect()
    }

    /// Returns the number of gates that are ready, and of those that are not.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let gates = self.0.gates.load();
        let ready = gates.values().filter(|gate| gate.state().is_ready()).count();
        (ready, gates.len() - ready)
    }

    /// Returns the number of times that the project was read.
    pub(crate) fn generation(&self) -> u64 {
        self.0.generation.load(Ordering::Relaxed)
    }

    /// Returns the error of what concerns all gates. `None` if there is none.
    pub(crate) fn project_error(&self) -> Option<String> {
        Option::clone(&self.0.project_error.load())
    }

    /// Adds gates that are new.
    fn add_gates(&self, names: impl IntoIterator<Item = GateName>) {
        let known = self.all().into_iter().map(|gate| gate.name().clone());
        self.keep_gates(known.chain(names).collect::<Vec<_>>());
    }

    /// Keeps these gates, adds those that are new, and drops the others. What runs at a dropped gate ends normally.
    fn keep_gates(&self, names: impl IntoIterator<Item = GateName>) {
        let _listing = self.0.listing.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.0.gates.load();
        let gates = names.into_iter().map(|name| {
            let gate = before.get(&name).cloned();
            let new = || Arc::new(LiveGate::new(name.clone(), self.0.places_per_gate));
            let gate = gate.unwrap_or_else(new);
            (name, gate)
        });
        self.0.gates.store(Arc::new(gates.collect()));
    }
}
