//! Publishing and taking back releases by way of this server: what becomes active is loaded and proven before, so the gate
//! changes to it at once.

use std::sync::Arc;

use tollgate::Actor;
use tollgate::gate::{ReleaseChange, ReleaseError};
use tollgate_api::join_causes;
use tollgate_model::{Digest, GateName, NonBlankString};
use tollgate_project::{Project, ProjectError};

use super::LiveGates;
use super::live_gate::{Candidate, LiveGate};
use super::reload::prove;

/// The reason why nothing was published. What was active stays active.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PublishError {
    #[error("there is no gate `{gate}`")]
    UnknownGate { gate: GateName },
    /// The gate's recorded cases do not come out as they should.
    #[error("release {release} of gate `{gate}` is not published: {reason}")]
    NotProven { gate: GateName, release: Digest, reason: String },
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error(transparent)]
    Release(#[from] ReleaseError),
}

impl LiveGates {
    /// Publishes what the files of the project make of a gate now, after proving it.
    pub(crate) async fn publish(
        &self,
        name: &GateName,
        actor: &Actor,
        reason: Option<NonBlankString>,
    ) -> Result<ReleaseChange, PublishError> {
        let unknown = || PublishError::UnknownGate { gate: name.clone() };
        let gate = self.find(name).ok_or_else(unknown)?;
        // The files may have changed since they were prepared, and those of now are what the caller means.
        let project = Project::open(&self.host().project().folder)?;
        let host = self.host().with_project(project);
        let loaded = host.load_locked_gate(name.as_str()).await.map_err(ReleaseError::from)?;
        let release = loaded.snapshot.digest;
        let evidence = match &*gate.candidate() {
            Candidate::Ready(ready) if ready.loaded.snapshot.digest == release => {
                ready.evidence.clone()
            }
            _ => prove(&host, &loaded).await.map_err(|reason| PublishError::NotProven {
                gate: name.clone(),
                release,
                reason,
            })?,
        };
        let _changing = gate.changing.lock().await;
        if let Some(handle) = gate.handle()
            && let Err(error) = handle.prepare(loaded.clone())
        {
            // It is loaded again when it is active, which only takes longer.
            tracing::warn!(gate = name.as_str(), error = join_causes(&error), "not prepared");
        }
        let change = host.publish_loaded_release(&loaded, actor, reason, &evidence).await?;
        self.change_at_once(&gate, change).await;
        Ok(change)
    }

    /// Goes back to the release that was active before.
    pub(crate) async fn roll_back(
        &self,
        name: &GateName,
        actor: &Actor,
        reason: NonBlankString,
    ) -> Result<ReleaseChange, PublishError> {
        let unknown = || PublishError::UnknownGate { gate: name.clone() };
        let gate = self.find(name).ok_or_else(unknown)?;
        let _changing = gate.changing.lock().await;
        let change = self.host().roll_back_release(name, actor, reason).await?;
        self.change_at_once(&gate, change).await;
        Ok(change)
    }

    pub(super) async fn change_at_once(&self, gate: &Arc<LiveGate>, change: ReleaseChange) {
        if gate.state().release() != Some(change.after) {
            self.change_to_active(gate, change.after).await;
        }
        gate.forget_published_candidate();
    }
}
