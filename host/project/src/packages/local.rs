//! Packages on this machine, as the lock file pins them. Nothing is fetched.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use semver::{Comparator, Op, VersionReq};
use tollgate_engine::read_manifest;
use tollgate_model::{Capability, Digest, Gate};
use tollgate_packages::lock::{LockFile, LockedGate, LockedPackage};
use tollgate_packages::package::{
    ListedPackage, Package, PackageId, PackageMetadata, PackageName, Requirement,
};
use tollgate_packages::prompt::PromptFile;
use tollgate_packages::store::{Store, StoreError};

use super::{PackageAccessError, contract_at_path, read_component_manifest};
use crate::gates::gate_requirements;
use crate::lock::{LOCK_PLACE, LockError, locked_gate};
use crate::project::{Project, ProjectError};
use crate::signatures::{SignatureError, read_signature, verify_signature, verify_trust};
use crate::standard::{self, StandardContractError};

/// Packages on this machine. Made once and passed on: the lock file is read when it is first needed, and not again.
#[derive(Debug)]
pub struct LocalPackages {
    /// `None` outside of a project. Nothing is locked then, and no signature is required.
    project: Option<Project>,
    /// `None` if no folder for packages is known. Contracts in files can be read without it.
    store: Option<Store>,
    lock: OnceLock<Option<LockFile>>,
}

impl LocalPackages {
    /// Creates access to the packages in a store, for a project.
    pub fn new(project: Option<Project>, store: Option<Store>) -> Self {
        Self { project, store, lock: OnceLock::new() }
    }

    /// Returns access to the packages in the same store for a project that was read anew, with its lock file of now.
    #[must_use]
    pub fn with_project(&self, project: Project) -> Self {
        Self::new(Some(project), self.store.clone())
    }

    /// Returns the project, or `None` outside of one.
    pub fn project(&self) -> Option<&Project> {
        self.project.as_ref()
    }

    /// Returns the project, or an error outside of one.
    pub fn require_project(&self) -> Result<&Project, ProjectError> {
        self.project.as_ref().ok_or(ProjectError::NotInProject)
    }

    /// Returns the lock file. `None` if the project is not locked yet, or if there is no project.
    pub fn lock(&self) -> Result<Option<&LockFile>, LockError> {
        if let Some(lock) = self.lock.get() {
            return Ok(lock.as_ref());
        }
        let lock = self.project.as_ref().map(Project::read_lock).transpose()?.flatten();
        Ok(self.lock.get_or_init(|| lock).as_ref())
    }

    /// Returns what the lock file pins for a gate. Fails if it does not match what the gate requires. Nothing else
    /// may be run at the gate.
    pub fn locked_gate(&self, gate: &Gate) -> Result<LockedGate, LockError> {
        locked_gate(self.lock()?, gate)
    }

    /// Returns the versions that a gate of the purpose `quality` judges with: those that the lock file pins for it, and
    /// else those that this tool includes. Its prompt only has to be locked if a contract may read the text of it. Fails
    /// with every package that comes from neither.
    pub fn quality_versions(&self, gate: &Gate) -> Result<LockedGate, PackageAccessError> {
        let required = gate_requirements(gate).map_err(LockError::from)?;
        let lock = self.lock()?;
        let pinned = lock.and_then(|lock| lock.gates.get(gate.name.as_str()));
        let pinned: Vec<PackageId> = pinned.into_iter().flat_map(LockedGate::packages).collect();
        let find_pinned = |requirement: &Requirement| {
            pinned.iter().find(|package| is_version_of(package, requirement)).cloned()
        };
        let (mut versions, mut reasons) = (LockedGate::default(), Vec::new());
        for requirement in &required.contracts {
            let package = match find_pinned(requirement) {
                Some(package) => Some(package),
                None => included_version(requirement)?,
            };
            match package {
                Some(package) => versions.contracts.push(package),
                None => match standard::explain_absence(requirement) {
                    Some(error) => return Err(error.into()),
                    None => reasons.push(explain_unlocked(requirement, &pinned)),
                },
            }
        }
        versions.prompt = required.prompt.as_ref().and_then(find_pinned);
        let mut grants = gate.contracts.iter().flat_map(|binding| &binding.grants);
        if let (Some(requirement), None) = (&required.prompt, &versions.prompt)
            && grants.any(|granted| *granted == Capability::PromptText)
        {
            reasons.push(explain_unlocked(requirement, &pinned));
        }
        if reasons.is_empty() {
            return Ok(versions);
        }
        lock.ok_or(LockError::Missing)?;
        Err(LockError::Stale { gate: gate.name.to_string(), reasons }.into())
    }

    /// Finds a package and returns it with its bytes: as it is locked, else as this tool includes it, else the highest
    /// version that was pulled. `None` if there is none.
    pub fn resolve(
        &self,
        requirement: &Requirement,
    ) -> Result<Option<(PackageId, Vec<u8>)>, PackageAccessError> {
        if let Some(found) = self.resolve_project_package(requirement)? {
            return Ok(Some(found));
        }
        let Some((listed, source)) =
            find_pulled(self.project(), self.require_store()?, requirement)?
        else {
            return Ok(None);
        };
        let bytes = self.read_stored(requirement, &listed, &source)?;
        Ok(Some((listed.metadata.package, bytes)))
    }

    /// Finds a package as it is locked, else as this tool includes it, and returns it with its bytes. `None` if it is
    /// neither.
    pub fn resolve_project_package(
        &self,
        requirement: &Requirement,
    ) -> Result<Option<(PackageId, Vec<u8>)>, PackageAccessError> {
        if let Some((package, locked)) = self.find_locked(requirement)? {
            return Ok(Some((package.clone(), self.read_locked(package, locked)?)));
        }
        // What this tool includes comes first: the store is shared with projects that may trust other people.
        let included = standard::find(&requirement.name)?;
        let included = included.map(|one| (one.metadata().package.clone(), one.bytes().to_vec()));
        Ok(included.filter(|(package, _)| requirement.admits(&package.version)))
    }

    /// Finds a prompt in the same way as [`LocalPackages::resolve`] finds a package.
    pub fn resolve_prompt(
        &self,
        requirement: &Requirement,
    ) -> Result<Option<PromptFile>, PackageAccessError> {
        let Some((package, bytes)) = self.resolve(requirement)? else { return Ok(None) };
        parse_prompt(&package, &bytes)
    }

    /// Reads the component of exactly this version.
    pub fn read_component(&self, package: &PackageId) -> Result<Vec<u8>, PackageAccessError> {
        let found = self.resolve(&exact_requirement(package))?;
        found.map(|(_, bytes)| bytes).ok_or_else(|| not_fetched(package))
    }

    /// Reads the component of a version that a release pins by its digest: a standard contract, or one from the
    /// store whose required signature exists.
    pub fn read_pinned(
        &self,
        package: &PackageId,
        digest: Digest,
    ) -> Result<Vec<u8>, PackageAccessError> {
        if let Some(included) = standard::find_exact(package, digest, "the release")? {
            return Ok(included.bytes().to_vec());
        }
        let requirement = exact_requirement(package);
        let listings = self.require_store()?.available_versions(&requirement)?;
        let missing =
            || PackageAccessError::PinnedNotFetched { package: Box::new(package.clone()), digest };
        self.read_listed(&requirement, digest, &listings)?.ok_or_else(missing)
    }

    /// Reads the prompt of exactly this version.
    pub fn read_prompt(&self, package: &PackageId) -> Result<PromptFile, PackageAccessError> {
        self.resolve_prompt(&exact_requirement(package))?.ok_or_else(|| not_fetched(package))
    }

    /// Reads a contract in order to run it: a path, or a name with a version requirement. Fails if it lacks a
    /// signature that the project requires.
    pub fn read_contract(&self, reference: &str) -> Result<Arc<[u8]>, PackageAccessError> {
        let (path, component) = self.locate_contract(reference)?;
        if let Some(path) = path {
            self.check_component(&path, &component)?;
        }
        Ok(component)
    }

    /// Reads a contract without checking the signature of a file, and returns the path of its file if it has one.
    /// The result must not be run.
    pub fn locate_contract(
        &self,
        reference: &str,
    ) -> Result<(Option<PathBuf>, Arc<[u8]>), PackageAccessError> {
        let path = Path::new(reference);
        // An existing path takes precedence over a package with the same spelling.
        if !path.exists()
            && let Ok(requirement @ Requirement { name: PackageName::Contract(_), .. }) =
                reference.parse()
        {
            return Ok((None, self.read_by_name(&requirement)?));
        }
        let (path, component) = contract_at_path(path)?;
        Ok((Some(path), component))
    }

    /// Admits a component in a file for running. Fails if the project requires a signature for its namespace and
    /// none of the required ones exists.
    pub fn check_component(&self, path: &Path, bytes: &[u8]) -> Result<(), PackageAccessError> {
        let Some(project) = &self.project else { return Ok(()) };
        // Loading the component later gives a better error for bytes that are not a contract.
        let Ok(manifest) = read_manifest(bytes) else { return Ok(()) };
        if project.required_keys(manifest.contract.name.namespace())?.is_none() {
            return Ok(());
        }
        let about = Package::from_contract(bytes.to_vec(), &manifest)?.metadata().clone();
        let signature = read_signature(path)?;
        let listed =
            ListedPackage { metadata: about, signature, yanked: None, forced_reason: None };
        let refused =
            |source: SignatureError| PackageAccessError::Refused { path: path.to_owned(), source };
        let place = format!("`{}`", path.display());
        verify_signature(Some(project), &listed, &place).map(drop).map_err(refused)
    }

    /// Returns the highest locked version that meets a requirement.
    fn find_locked(
        &self,
        requirement: &Requirement,
    ) -> Result<Option<(&PackageId, &LockedPackage)>, LockError> {
        let of_lock = self.lock()?.into_iter().flat_map(|lock| &lock.packages);
        let locked = of_lock.filter(|(package, _)| {
            package.name == requirement.name && requirement.admits(&package.version)
        });
        Ok(locked.max_by(|(one, _), (other, _)| one.version.cmp(&other.version)))
    }

    fn read_locked(
        &self,
        package: &PackageId,
        locked: &LockedPackage,
    ) -> Result<Vec<u8>, PackageAccessError> {
        if let Some(included) = standard::find_exact(package, locked.digest, LOCK_PLACE)? {
            return Ok(included.bytes().to_vec());
        }
        let listings = self.require_store()?.cached_listings(&locked.source, package)?;
        let listings: Vec<_> =
            listings.into_iter().map(|listed| (listed, locked.source.clone())).collect();
        let missing = || PackageAccessError::LockedNotFetched {
            package: Box::new(package.clone()),
            digest: locked.digest,
        };
        let requirement = exact_requirement(package);
        self.read_listed(&requirement, locked.digest, &listings)?.ok_or_else(missing)
    }

    /// Reads the package with this digest from the store, by the first of its listings that is trusted. Another source, or
    /// that of another project with the same label, may have listed it without the signature that is required. `None`
    /// if no listing has the digest.
    fn read_listed(
        &self,
        requirement: &Requirement,
        digest: Digest,
        listings: &[(ListedPackage, String)],
    ) -> Result<Option<Vec<u8>>, PackageAccessError> {
        let mut refusal = None;
        for (listed, source) in listings.iter().filter(|(one, _)| one.metadata.digest == digest) {
            match self.read_stored(requirement, listed, source) {
                // Another listing may be trusted. If none is, the first one says why.
                Err(PackageAccessError::Signature(error)) => refusal = refusal.or(Some(error)),
                read => return read.map(Some),
            }
        }
        refusal.map_or(Ok(None), |error| Err(error.into()))
    }

    /// Reads a package from the store. Fails if it is not the required one as it was listed, or not trusted.
    fn read_stored(
        &self,
        requirement: &Requirement,
        listed: &ListedPackage,
        source: &str,
    ) -> Result<Vec<u8>, PackageAccessError> {
        let PackageMetadata { package, digest, .. } = &listed.metadata;
        if package.name != requirement.name || !requirement.admits(&package.version) {
            return Err(PackageAccessError::WrongEntry {
                requirement: Box::new(requirement.clone()),
                found: Box::new(package.clone()),
            });
        }
        verify_trust(self.project(), listed, source)?;
        let store = self.require_store()?;
        let removed = || PackageAccessError::Removed { package: Box::new(package.clone()) };
        let bytes = store.get(*digest)?.ok_or_else(removed)?;
        listed.metadata.verify_stored(store, read_component_manifest)?;
        Ok(bytes)
    }

    /// Reads a contract by name.
    fn read_by_name(&self, requirement: &Requirement) -> Result<Arc<[u8]>, PackageAccessError> {
        if let Some((_, component)) = self.resolve(requirement)? {
            return Ok(component.into());
        }
        Err(match standard::explain_absence(requirement) {
            Some(error) => error.into(),
            None => PackageAccessError::UnknownContract { requirement: requirement.clone().into() },
        })
    }

    fn require_store(&self) -> Result<&Store, PackageAccessError> {
        self.store.as_ref().ok_or(PackageAccessError::NoStore)
    }
}

/// Parses the bytes of a prompt, or returns `None` if the package is none.
pub(crate) fn parse_prompt(
    package: &PackageId,
    bytes: &[u8],
) -> Result<Option<PromptFile>, PackageAccessError> {
    let PackageName::Prompt(name) = &package.name else { return Ok(None) };
    let file = format!("{name}@{}.prompt", package.version);
    PromptFile::from_canonical_bytes(&file, bytes).map(Some).map_err(PackageAccessError::Prompt)
}

/// Finds the highest version in the store that meets a requirement, and the label of its source. Another project may
/// have pulled what this one must not run: what is in the namespace of the standard contracts is not there then, and
/// what comes from a source that is not named for its namespace only counts if there is nothing else.
pub(super) fn find_pulled(
    project: Option<&Project>,
    store: &Store,
    requirement: &Requirement,
) -> Result<Option<(ListedPackage, String)>, StoreError> {
    let is_standard = requirement.name.namespace() == standard::NAMESPACE;
    let found = store.highest_available(requirement, |listed, source| {
        match verify_trust(project, listed, source) {
            Ok(_) => true,
            Err(SignatureError::OtherSource { .. }) => false,
            Err(_) => !is_standard,
        }
    })?;
    if found.is_some() || is_standard {
        return Ok(found);
    }
    // Whoever reads it says why it is refused.
    Ok(store.available_versions(requirement)?.pop())
}

/// Returns whether a package is a version that a requirement admits.
fn is_version_of(package: &PackageId, requirement: &Requirement) -> bool {
    package.name == requirement.name && requirement.admits(&package.version)
}

/// Returns why none of the packages that are locked for a gate meets a requirement, as a sentence about the gate.
fn explain_unlocked(requirement: &Requirement, pinned: &[PackageId]) -> String {
    match pinned.iter().find(|package| package.name == requirement.name) {
        Some(package) => {
            format!("it requires `{requirement}`, but {} is locked", package.version)
        }
        None => format!("it requires `{}`, which is not locked", requirement.name),
    }
}

/// Returns the version that this tool includes, if the requirement admits it.
fn included_version(requirement: &Requirement) -> Result<Option<PackageId>, StandardContractError> {
    let included = standard::find(&requirement.name)?;
    let version = included.map(|package| package.metadata().package.clone());
    Ok(version.filter(|package| is_version_of(package, requirement)))
}

/// Returns the requirement that only this version of a package meets.
fn exact_requirement(package: &PackageId) -> Requirement {
    let PackageId { name, version } = package.clone();
    let exactly = Comparator {
        op: Op::Exact,
        major: version.major,
        minor: Some(version.minor),
        patch: Some(version.patch),
        pre: version.pre,
    };
    Requirement { name, versions: VersionReq { comparators: vec![exactly] } }
}

fn not_fetched(package: &PackageId) -> PackageAccessError {
    PackageAccessError::NotFetched { package: Box::new(package.clone()) }
}
