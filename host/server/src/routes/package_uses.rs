//! The packages that gates use: those that they run now, and those that are locked for them.

use tollgate::records::GateScope;
use tollgate_api::ContractUse;
use tollgate_model::{Digest, GateName, Release};
use tollgate_packages::lock::LockFile;
use tollgate_packages::package::{PackageId, PackageName};

use crate::live::GateState;
use crate::problem::Problem;
use crate::state::ServerState;

/// Use of a version of a package by a gate.
pub(super) struct PackageUse {
    pub(super) gate: GateName,
    pub(super) package: PackageId,
    pub(super) digest: Digest,
    pub(super) state: ContractUse,
}

impl ServerState {
    /// Returns the packages that the gates of a scope use. A version that a gate runs and that is locked for it is there
    /// once.
    pub(super) async fn package_uses(&self, scope: GateScope) -> Result<Vec<PackageUse>, Problem> {
        let mut uses = self.served_packages(&scope);
        let host = self.host();
        let locked = move || Ok(host.packages().lock()?.map(|lock| locked_packages(lock, &scope)));
        let locked = self.read_blocking(locked).await?;
        let locked = locked.map_err(|error: tollgate_project::LockError| Problem::of(&error))?;
        for locked in locked.unwrap_or_default() {
            let is_same = |one: &PackageUse| {
                (&one.gate, &one.package, one.digest)
                    == (&locked.gate, &locked.package, locked.digest)
            };
            if !uses.iter().any(is_same) {
                uses.push(locked);
            }
        }
        Ok(uses)
    }

    fn served_packages(&self, scope: &GateScope) -> Vec<PackageUse> {
        let gates = self.live.all().into_iter().filter(|gate| scope.includes(gate.name()));
        let uses = gates.flat_map(|gate| match &*gate.state() {
            GateState::Deciding(handle) => {
                release_packages(gate.name(), &handle.loaded().snapshot.release)
            }
            GateState::Judging(loaded) => release_packages(gate.name(), &loaded.snapshot.release),
            GateState::Pending { .. } | GateState::Failed { .. } => Vec::new(),
        });
        uses.collect()
    }
}

fn release_packages(gate: &GateName, release: &Release) -> Vec<PackageUse> {
    let contracts = release.contracts.iter().map(|pinned| {
        let name = PackageName::Contract(pinned.name.clone());
        (PackageId { name, version: pinned.version.clone() }, pinned.digest)
    });
    let prompt = release.prompt.iter().map(|pinned| {
        let name = PackageName::Prompt(pinned.name.clone());
        (PackageId { name, version: pinned.version.clone() }, pinned.digest)
    });
    let uses = contracts.chain(prompt).map(|(package, digest)| PackageUse {
        gate: gate.clone(),
        package,
        digest,
        state: ContractUse::Serving,
    });
    uses.collect()
}

fn locked_packages(lock: &LockFile, scope: &GateScope) -> Vec<PackageUse> {
    let mut uses = Vec::new();
    for (name, locked) in &lock.gates {
        let Some(gate) = name.parse().ok().filter(|gate| scope.includes(gate)) else { continue };
        for package in locked.contracts.iter().chain(&locked.prompt) {
            // A lock file that lacks an entry is refused when it is read.
            let Some(entry) = lock.packages.get(package) else { continue };
            let (gate, package) = (GateName::clone(&gate), package.clone());
            uses.push(PackageUse {
                gate,
                package,
                digest: entry.digest,
                state: ContractUse::Locked,
            });
        }
    }
    uses
}
