//! Releases that an open gate has loaded beside the active one, so that it changes to them without loading anything.

use tollgate_model::Digest;

use super::loaded_gate::LoadedGate;

/// Loaded releases of a gate that are not active. There are at most two of them, so what they take does not grow with the
/// number of releases. They have neither a thread nor a reader of the ledger.
#[derive(Default)]
pub(crate) struct StandbyReleases {
    /// The release that is expected to become active.
    prepared: Option<LoadedGate>,
    /// The release that was active before. Going back one release is what people do in a hurry; going back further can
    /// wait until the release is loaded.
    former: Option<LoadedGate>,
    keeps_former: bool,
}

/// Releases that are not kept any more. The caller drops them after it has given back the lock around
/// [`StandbyReleases`], because freeing much memory takes time.
#[must_use]
pub(crate) struct DroppedReleases {
    _dropped: [Option<LoadedGate>; 2],
}

impl StandbyReleases {
    /// Keeps a release instead of the one that was prepared before. It is not kept twice.
    pub(crate) fn prepare(&mut self, loaded: LoadedGate) -> DroppedReleases {
        let release = loaded.snapshot.digest;
        let former = self.former.take_if(|former| former.snapshot.digest == release);
        DroppedReleases { _dropped: [self.prepared.replace(loaded), former] }
    }

    pub(crate) fn prepared(&self) -> Option<Digest> {
        self.prepared.as_ref().map(|loaded| loaded.snapshot.digest)
    }

    pub(crate) fn discard_prepared(&mut self) -> DroppedReleases {
        DroppedReleases { _dropped: [self.prepared.take(), None] }
    }

    /// Sets whether the release before the active one is kept from now on.
    pub(crate) fn keep_former(&mut self, keeps_former: bool) -> DroppedReleases {
        self.keeps_former = keeps_former;
        DroppedReleases { _dropped: [self.former.take_if(|_| !keeps_former), None] }
    }

    /// Returns a release if it is loaded.
    pub(crate) fn find(&self, release: Digest) -> Option<LoadedGate> {
        let loaded = self.prepared.iter().chain(&self.former);
        loaded.into_iter().find(|loaded| loaded.snapshot.digest == release).cloned()
    }

    /// Takes note that a release became active instead of another one.
    pub(crate) fn change_active(&mut self, former: LoadedGate, active: Digest) -> DroppedReleases {
        let prepared = self.prepared.take_if(|loaded| loaded.snapshot.digest == active);
        let kept = Some(former).filter(|_| self.keeps_former);
        DroppedReleases { _dropped: [prepared, std::mem::replace(&mut self.former, kept)] }
    }
}
