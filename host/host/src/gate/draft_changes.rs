//! Whether the files of a gate differ from a release, as far as it is told without loading a contract.

use tollgate_model::{Digest, Gate, Release};
use tollgate_packages::package::PackageId;
use tollgate_project::GateReadError;

use super::loaded_gate::LoadedGate;
use crate::host::Host;

impl Host {
    /// Returns whether the project's files of a gate differ from the release that is loaded: its gate file, `[score]`, the
    /// brand voice document, and the versions that the lock file pins. It takes the time of reading these files.
    /// Configurations and tables are not compared; [`Host::release_status`] compares everything. `false` if the project
    /// has no file of the gate.
    pub fn has_unreleased_changes(&self, loaded: &LoadedGate) -> bool {
        let project = &self.shared.project;
        let release = &loaded.snapshot.release;
        let draft = match project.read_gate(loaded.gate.name.as_str()) {
            Ok(draft) => draft,
            Err(GateReadError::Unknown { .. } | GateReadError::NoFolder(_)) => return false,
            // A file with errors is not the one that was released.
            Err(_) => return true,
        };
        draft.digest().ok() != Some(release.gate_digest)
            || project.read_brand_voice(&draft).map(Digest::of) != release.brand_voice
            || project.thresholds() != release.score_thresholds
            || self.has_other_versions(&draft, release)
    }

    /// Returns whether the lock file pins another version than the release. Without a usable lock file nothing can be
    /// released, so nothing differs.
    fn has_other_versions(&self, draft: &Gate, release: &Release) -> bool {
        let Ok(locked) = self.shared.packages.locked_gate(draft) else { return false };
        let mut contracts = release.contracts.iter().map(|pinned| PackageId {
            name: pinned.name.clone().into(),
            version: pinned.version.clone(),
        });
        let locked_prompt = locked.prompt.as_ref().map(|prompt| &prompt.version);
        contracts.any(|package| !locked.contracts.contains(&package))
            || locked_prompt != release.prompt.as_ref().map(|prompt| &prompt.version)
    }
}
