//! An open gate follows the ledger: it changes to the release that is active by now, and loads it only if nobody has
//! done so before.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};

use tollgate_model::{Digest, GateName};
use tracing::Instrument;

use super::error::{CheckError, GateOpenError};
use super::handle::{ActiveGate, GateHandle, GateShared};
use super::loaded_gate::{ChangedForTrialError, LoadedGate};
use super::quality::{QualityGateError, require_delegation};
use super::standby::StandbyReleases;

/// The release that an open gate runs after it has looked at the ledger, and the one that it ran before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FollowedRelease {
    pub before: Digest,
    /// The same as before if no other release is active.
    pub after: Digest,
}

impl FollowedRelease {
    pub fn has_changed(&self) -> bool {
        self.before != self.after
    }
}

/// The reason why a release is not kept ready at a gate. What was prepared before stays prepared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareReleaseError {
    #[error("gate `{gate}` cannot prepare release {release}, which is one of gate `{loaded}`")]
    OtherGate { gate: GateName, loaded: GateName, release: Digest },
    #[error(transparent)]
    ChangedForTrial(#[from] ChangedForTrialError),
    #[error(transparent)]
    Quality(#[from] QualityGateError),
}

/// The last attempt to load a release, if it failed. It answers everybody who waited for it.
pub(crate) struct FailedLoad {
    /// Number of the attempt.
    number: u64,
    release: Digest,
    error: Arc<GateOpenError>,
}

impl GateHandle {
    /// Changes to the release that is active by now, if it is not the one that this handle has. Checks go on meanwhile,
    /// and those that began with the former release are judged again by the new one before they are decided.
    ///
    /// If no other release is active, it costs one lookup in the ledger, for which it blocks: less than 0.1 ms at a gate
    /// with 200 releases. A release that was [prepared](GateHandle::prepare), or is the
    /// [former](GateHandle::keep_former) one, is not loaded again. Any other one is loaded by one task, however many
    /// callers and checks wait for it. If that fails, the gate stays at the release that it has, and decides nothing by it.
    ///
    /// Checks follow by themselves. A server calls this often, so that a release is loaded before a check needs it.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # async fn example(gate: tollgate::GateHandle) {
    /// loop {
    ///     match gate.follow().await {
    ///         Ok(followed) if followed.has_changed() => println!("{} is active", followed.after),
    ///         Ok(_) => {}
    ///         Err(error) => eprintln!("{error}"),
    ///     }
    ///     tokio::time::sleep(Duration::from_millis(100)).await;
    /// }
    /// # }
    /// ```
    pub async fn follow(&self) -> Result<FollowedRelease, Arc<GateOpenError>> {
        let before = self.release();
        if self.read_active_release()? != before {
            self.leave_release(before).await?;
        }
        Ok(FollowedRelease { before, after: self.release() })
    }

    /// Keeps a loaded release ready, so that the gate changes to it without loading anything when it becomes active.
    /// Another one that was prepared before is dropped. It takes as much memory as the active release, and no thread.
    /// Nothing is kept if the release is active already.
    ///
    /// The release may have been loaded by another host of the same ledger: by one that has read the project anew, for
    /// example. Whether its contracts are trusted is not asked again when it becomes active. So when a key is no longer
    /// trusted, discard what is prepared.
    ///
    /// ```no_run
    /// # use tollgate::{Actor, GateHandle, Host};
    /// # async fn example(host: Host, gate: GateHandle, sam: Actor) -> Result<(), Box<dyn std::error::Error>> {
    /// let loaded = host.load_locked_gate("welcome-email").await?;
    /// gate.prepare(loaded.clone())?;
    /// let change = host.publish_loaded_release(&loaded, &sam, None, &[]).await?;
    /// assert_eq!(gate.follow().await?.after, change.after);
    /// # Ok(()) }
    /// ```
    pub fn prepare(&self, loaded: LoadedGate) -> Result<(), PrepareReleaseError> {
        let gate = &self.shared.name;
        if loaded.gate.name != *gate {
            let (gate, name) = (gate.clone(), loaded.gate.name.clone());
            let release = loaded.snapshot.digest;
            return Err(PrepareReleaseError::OtherGate { gate, loaded: name, release });
        }
        require_delegation(&loaded.gate)?;
        loaded.require_unchanged()?;
        // Contents are recorded when a release is published, which needs no handle.
        let prepared = loaded.without_contents();
        // Compared while nobody else changes what is kept, so that a release that becomes active now is not kept twice.
        let mut standby = self.standby();
        let is_active = prepared.snapshot.digest == self.release();
        let freed = (!is_active).then(|| standby.prepare(prepared));
        drop(standby);
        drop(freed);
        Ok(())
    }

    /// Returns the digest of the release that is prepared. `None` if there is none, or once it is active.
    pub fn prepared(&self) -> Option<Digest> {
        self.standby().prepared()
    }

    /// Drops the release that is prepared, if there is one.
    pub fn discard_prepared(&self) {
        let _freed = self.standby().discard_prepared();
    }

    /// Sets whether the release that was active before the present one stays loaded, so that going back to it loads
    /// nothing. It is one release at most, and takes the memory of its contracts: their compiled code, which is 15 MB for
    /// `tollgate/json-schema`, what they have configured, and their tables. At first none is kept, and a release is freed
    /// with the last check that it judges.
    ///
    /// Setting `false` drops the one that is kept. As with [`GateHandle::prepare`], its trust is not asked again.
    pub fn keep_former(&self, keeps_former: bool) {
        let _freed = self.standby().keep_former(keeps_former);
    }

    /// Returns the release that is active by now. It blocks while it reads.
    pub(crate) async fn current_release(&self) -> Result<Arc<ActiveGate>, CheckError> {
        self.follow().await?;
        Ok(self.shared.active.load_full())
    }

    /// Changes from this release to the one that is active by now, unless another task has done so.
    pub(crate) async fn leave_release(&self, former: Digest) -> Result<(), Arc<GateOpenError>> {
        if self.release() != former {
            return Ok(());
        }
        let loads_seen = self.shared.loads_ended.load(Ordering::Acquire);
        let gate = self.clone();
        // A task of its own, because callers can be gone before the release is loaded, and others wait for it.
        let change = async move { gate.change_release(former, loads_seen).await };
        let change = tokio::spawn(change.in_current_span());
        change.await.unwrap_or_else(|_| Err(Arc::new(GateOpenError::Interrupted)))
    }

    async fn change_release(
        &self,
        former: Digest,
        loads_seen: u64,
    ) -> Result<(), Arc<GateOpenError>> {
        let mut last_failure = self.shared.loading.lock().await;
        if self.release() != former {
            return Ok(());
        }
        let release = self.read_active_release()?;
        if release == former {
            return Ok(());
        }
        let standby = self.standby().find(release);
        let loaded = match standby {
            Some(loaded) => loaded,
            None => self.load_release(release, loads_seen, &mut last_failure).await?,
        };
        Ok(self.activate(loaded)?)
    }

    /// Loads a release, unless an attempt to do so has failed since the caller began to wait.
    async fn load_release(
        &self,
        release: Digest,
        loads_seen: u64,
        last_failure: &mut Option<FailedLoad>,
    ) -> Result<LoadedGate, Arc<GateOpenError>> {
        if let Some(failed) = last_failure
            && (failed.release, failed.number > loads_seen) == (release, true)
        {
            return Err(failed.error.clone());
        }
        let GateShared { host, name, loads_ended, .. } = &*self.shared;
        let loaded = host.load_release_of(name, release).await.map_err(Arc::new);
        let number = loads_ended.fetch_add(1, Ordering::AcqRel) + 1;
        let failure = loaded.as_ref().err();
        *last_failure = failure.map(|error| FailedLoad { number, release, error: error.clone() });
        loaded
    }

    /// Starts to decide by a loaded release. Checks that begin from now on are judged by it.
    fn activate(&self, loaded: LoadedGate) -> Result<(), GateOpenError> {
        let release = loaded.snapshot.digest;
        let active = ActiveGate::start(self.shared.host.clone(), loaded)?;
        let former = self.shared.active.swap(Arc::new(active));
        let _freed = self.standby().change_active(former.loaded.clone(), release);
        Ok(())
    }

    fn read_active_release(&self) -> Result<Digest, GateOpenError> {
        let gate = &self.shared.name;
        let active = self.shared.host.active_release(gate)?;
        active.ok_or_else(|| GateOpenError::NoActiveRelease { gate: gate.clone() })
    }

    fn standby(&self) -> MutexGuard<'_, StandbyReleases> {
        self.shared.standby.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
