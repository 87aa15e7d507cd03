//! Following: what another process publishes or takes back becomes active here within a moment, and before a check has to wait
//! for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedMutexGuard, watch};
use tollgate::GateOpenError;
use tollgate_api::join_causes;
use tollgate_model::Digest;

use super::LiveGates;
use super::live_gate::{Candidate, GateState, LiveGate};

/// Time between two looks at the ledger. One costs some ten microseconds, and a release that is looked for later would be
/// loaded by the first check that needs it.
const FOLLOW_INTERVAL: Duration = Duration::from_millis(100);

/// Follows the releases that are active by the ledger, until the server shuts down.
pub(crate) async fn follow_releases(live: LiveGates, mut shutdown: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(FOLLOW_INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let goes_on = tokio::select! {
            _ = ticks.tick() => true,
            _ = shutdown.wait_for(|begun| *begun) => false,
        };
        if !goes_on {
            return;
        }
        live.follow_all().await;
    }
}

/// A gate that runs another release than the active one, and the lock that it is changed under.
type ChangedGate = (Arc<LiveGate>, Digest, OwnedMutexGuard<()>);

impl LiveGates {
    /// Looks once which releases are active, and changes the gates that run others. A gate that takes long to load keeps no
    /// other waiting.
    pub(crate) async fn follow_all(&self) {
        for (gate, release, changing) in self.find_changed_gates() {
            let live = self.clone();
            tokio::spawn(async move {
                live.change_to_active(&gate, release).await;
                drop(changing);
            });
        }
    }

    /// Looks which releases are active, and changes the gates that run others. Returns when all have changed.
    pub(super) async fn follow_to_end(&self) {
        for (gate, release, _changing) in self.find_changed_gates() {
            self.change_to_active(&gate, release).await;
        }
    }

    /// Returns the gates that run another release than the active one, unless they are changing already.
    fn find_changed_gates(&self) -> Vec<ChangedGate> {
        let active = match self.host().active_releases() {
            Ok(active) => active,
            Err(error) => {
                tracing::warn!(error = join_causes(&error), "the active releases cannot be read");
                return Vec::new();
            }
        };
        if active.keys().any(|name| self.find(name).is_none()) {
            self.add_gates(active.keys().cloned());
        }
        let changed = self.all().into_iter().filter_map(|gate| {
            let release = *active.get(gate.name())?;
            if gate.state().release() == Some(release) {
                return None;
            }
            let changing = gate.changing.clone().try_lock_owned().ok()?;
            Some((gate, release, changing))
        });
        changed.collect()
    }

    /// Changes a gate to the release that is active, or says why it cannot. The caller holds the gate's `changing`.
    pub(super) async fn change_to_active(&self, gate: &Arc<LiveGate>, release: Digest) {
        let changed = match gate.handle() {
            Some(handle) => handle.follow().await.map(|_| None),
            None => self.host().gate(gate.name()).await.map(Some).map_err(Arc::new),
        };
        match changed {
            Ok(opened) => {
                if let Some(handle) = opened {
                    handle.keep_former(true);
                    gate.set_state(GateState::Deciding(handle));
                }
                tracing::info!(gate = gate.name().as_str(), %release, "a release is active");
                gate.forget_published_candidate();
            }
            // A gate that is open stays so: it decides nothing until it can follow, and then it goes on by itself.
            Err(error) => gate.fail_to_open(&error),
        }
    }
}

impl LiveGate {
    /// Tells why the gate cannot run its active release, once for each reason.
    pub(super) fn fail_to_open(&self, error: &GateOpenError) {
        let reason = join_causes(error);
        let is_known =
            matches!(&*self.state(), GateState::Failed { reason: known } if *known == reason);
        if !is_known {
            tracing::error!(gate = self.name().as_str(), reason, "a gate cannot run its release");
        }
        self.set_state(GateState::Failed { reason });
    }

    /// Drops the candidate if it is what the gate runs by now.
    pub(super) fn forget_published_candidate(&self) {
        if let Candidate::Ready(ready) = &*self.candidate()
            && self.state().release() == Some(ready.loaded.snapshot.digest)
        {
            self.set_candidate(Candidate::None);
        }
    }
}
