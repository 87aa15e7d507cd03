//! Sources of packages: publishing to them is the library's, finding, locking and fetching the project's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use tollgate_packages::catalogue::FoundPackage;
use tollgate_packages::package::{Package, PackageId};
use tollgate_packages::resolve::LockedVersions;
use tollgate_packages::source::{PublishOptions, TransferProgress};
use tollgate_project::{
    FetchProgress, LockedPackageError, ProjectPackages, RegistryAccess, SourceAccessError,
    SourceQuery,
};

use crate::common::{Place, contract, contract_with, lock_of};

const SOURCE: &str = "[[source]]\nname = \"ours\"\nfolder = \"packages\"\n";

pub fn open(place: &Place) -> ProjectPackages {
    ProjectPackages::open(Some(place.project()), place.store(), RegistryAccess::default()).unwrap()
}

async fn publish(packages: &ProjectPackages, package: &Package) {
    let source = packages.find_source("ours").unwrap().source;
    source.publish(package, &PublishOptions::default(), &()).await.unwrap();
}

/// Records what it is told.
#[derive(Default)]
struct Recorder(Mutex<Vec<i64>>);

impl TransferProgress for Recorder {
    fn advance(&self, bytes: i64) {
        self.0.lock().unwrap().push(bytes);
    }
}

impl FetchProgress for Recorder {
    fn start(&self, bytes: u64) {
        self.0.lock().unwrap().push(-i64::try_from(bytes).unwrap());
    }

    fn finish(&self) {
        self.0.lock().unwrap().push(0);
    }
}

#[tokio::test]
async fn locks_and_fetches_what_the_gates_require() {
    let place = Place::new(SOURCE);
    let (calm, higher) = (contract("acme/calm@1.0.0"), contract("acme/calm@2.0.0"));
    place.gate("letters", &["acme/calm@^1"]);
    let packages = open(&place);
    publish(&packages, &calm).await;
    publish(&packages, &higher).await;
    let wants = packages.read_requirements().unwrap();
    let locked = LockedVersions { gates: BTreeMap::new(), updated: BTreeSet::new() };
    let wit = "0.1.0".parse().unwrap();
    let resolved = packages.catalogue.resolve(&wants, &locked, &wit).await.unwrap();
    let lock = packages.lock_resolved(&resolved, &Default::default()).unwrap();
    let recorder = Recorder::default();
    packages.fetch(&resolved.packages, &recorder).await.unwrap();
    packages.write_lock(&lock).unwrap();

    let size = i64::try_from(calm.bytes().len()).unwrap();
    let told = recorder.0.into_inner().unwrap();
    assert_eq!((told[0], told.last()), (-size, Some(&0)));
    assert_eq!(told.iter().sum::<i64>(), 0, "all announced bytes are reported");
    assert_eq!(packages.read_lock().unwrap(), Some(lock));
    let local = place.packages();
    let gate = place.project().read_gate("letters").unwrap();
    let pinned = local.locked_gate(&gate).unwrap().contracts;
    assert_eq!(local.read_component(&pinned[0]).unwrap(), calm.bytes());
}

#[tokio::test]
async fn a_version_never_changes_its_bytes() {
    let place = Place::new(SOURCE);
    let (old, new) = (contract("acme/calm@1.0.0"), contract_with("acme/calm@1.0.0", "Changed."));
    place.gate("letters", &["acme/calm@^1"]);
    let packages = open(&place);
    publish(&packages, &new).await;
    let found = packages.catalogue.find(&"acme/calm@^1".parse().unwrap()).await.unwrap().unwrap();
    let resolved = resolved(&new, found);
    let error = packages.lock_resolved(&resolved, &lock_of(&[&old])).unwrap_err();
    assert!(
        matches!(error, SourceAccessError::Locked(LockedPackageError::VersionChanged { .. })),
        "{error}"
    );
    let lock = label_sources(&packages, lock_of(&[&old]));
    let error = packages.find_locked(&lock, SourceQuery::IfUnknown).await.unwrap_err();
    assert!(
        matches!(error, SourceAccessError::Locked(LockedPackageError::OtherBytes { .. })),
        "{error}"
    );
}

/// Returns one package as the resolver does, for the gate `letters`.
pub fn resolved(
    package: &Package,
    found: FoundPackage,
) -> tollgate_packages::catalogue::ResolvedPackages {
    let id: PackageId = package.metadata().package.clone();
    let gates = lock_of(&[package]).gates;
    tollgate_packages::catalogue::ResolvedPackages { gates, packages: [(id, found)].into() }
}

/// Gives the packages of a lock the label of the project's first source.
fn label_sources(
    packages: &ProjectPackages,
    mut lock: tollgate_packages::lock::LockFile,
) -> tollgate_packages::lock::LockFile {
    for locked in lock.packages.values_mut() {
        locked.source = packages.catalogue.label(0);
    }
    lock
}

#[tokio::test]
async fn notices_an_edited_lock_and_a_source_that_is_gone() {
    let place = Place::new(SOURCE);
    let calm = contract("acme/calm@1.0.0");
    let packages = open(&place);
    publish(&packages, &calm).await;
    let mut lock = label_sources(&packages, lock_of(&[&calm]));
    packages.find_locked(&lock, SourceQuery::Always).await.unwrap();
    lock.packages.values_mut().for_each(|locked| locked.wit = Some("9.0.0".parse().unwrap()));
    let error = packages.find_locked(&lock, SourceQuery::Always).await.unwrap_err();
    assert!(
        matches!(error, SourceAccessError::Locked(LockedPackageError::EditedLock { .. })),
        "{error}"
    );
    lock.packages.values_mut().for_each(|locked| locked.source = "elsewhere".into());
    let error = packages.find_locked(&lock, SourceQuery::Always).await.unwrap_err();
    assert!(
        matches!(error, SourceAccessError::Locked(LockedPackageError::SourceGone { .. })),
        "{error}"
    );
}

#[tokio::test]
async fn uses_what_is_here_if_a_source_does_not_answer() {
    let place = Place::new(SOURCE);
    let calm = contract("acme/calm@1.0.0");
    let packages = open(&place);
    publish(&packages, &calm).await;
    let lock = label_sources(&packages, lock_of(&[&calm]));
    let found = packages.find_locked(&lock, SourceQuery::Always).await.unwrap();
    assert!(found.unasked.is_empty());
    packages.fetch(&found.packages, &()).await.unwrap();
    std::fs::remove_dir_all(place.path("packages")).unwrap();
    let found = packages.find_locked(&lock, SourceQuery::Always).await.unwrap();
    let unasked: Vec<_> = found.unasked.iter().map(|(package, _)| package).collect();
    assert_eq!((found.packages.len(), unasked), (1, vec![&calm.metadata().package]));
    let found = packages.find_locked(&lock, SourceQuery::IfUnknown).await.unwrap();
    assert!(found.unasked.is_empty());
}

#[tokio::test]
async fn a_locked_package_comes_only_from_a_source_that_is_named_for_its_namespace() {
    let theirs = "[[source]]\nname = \"theirs\"\nfolder = \"elsewhere\"\n";
    let calm = contract("acme/calm@1.0.0");
    for (namespaces, is_found) in
        [("", true), ("namespaces = [\"free\"]\n", true), ("namespaces = [\"acme\"]\n", false)]
    {
        let place = Place::new(&format!("{SOURCE}{theirs}{namespaces}"));
        let packages = open(&place);
        publish(&packages, &calm).await;
        let lock = label_sources(&packages, lock_of(&[&calm]));
        let found = packages.find_locked(&lock, SourceQuery::IfUnknown).await;
        assert_eq!(found.is_ok(), is_found, "{namespaces}");
    }
}

#[tokio::test]
async fn a_source_that_changes_a_version_replaces_nothing_on_this_machine() {
    let place = Place::new(SOURCE);
    let (before, after) =
        (contract("acme/calm@1.0.0"), contract_with("acme/calm@1.0.0", "Other bytes."));
    let packages = open(&place);
    publish(&packages, &before).await;
    let lock = label_sources(&packages, lock_of(&[&before]));
    let found = packages.find_locked(&lock, SourceQuery::Always).await.unwrap();
    packages.fetch(&found.packages, &()).await.unwrap();
    place.project().write_lock(&lock).unwrap();

    std::fs::remove_dir_all(place.path("packages/acme")).unwrap();
    publish(&packages, &after).await;
    for error in [
        packages.find_locked(&lock, SourceQuery::Always).await.unwrap_err().to_string(),
        packages.catalogue.find(&"acme/calm".parse().unwrap()).await.unwrap_err().to_string(),
    ] {
        for digest in [before.metadata().digest, after.metadata().digest] {
            assert!(error.contains(&digest.to_string()), "{error}");
        }
    }
    // What was pulled and locked before is there as it was.
    packages.find_locked(&lock, SourceQuery::IfUnknown).await.unwrap();
    assert_eq!(*place.packages().read_contract("acme/calm").unwrap(), *before.bytes());
}

/// Both projects call a folder of their own `packages`, and the store is shared.
#[tokio::test]
async fn a_folder_is_another_source_in_another_project() {
    let one = Place::new(SOURCE);
    let two = one.another(SOURCE);
    let in_one = contract("acme/calm@1.0.0");
    let in_two = contract_with("acme/calm@1.0.0", "Other bytes.");
    for (place, package) in [(&one, &in_one), (&two, &in_two)] {
        place.gate("letters", &["acme/calm@^1"]);
        let packages = open(place);
        publish(&packages, package).await;
        let wanted = "acme/calm@^1".parse().unwrap();
        let found = packages.catalogue.find(&wanted).await.unwrap().unwrap();
        let resolved = resolved(package, found);
        let lock = packages.lock_resolved(&resolved, &Default::default()).unwrap();
        packages.fetch(&resolved.packages, &()).await.unwrap();
        packages.write_lock(&lock).unwrap();
    }
    for (place, package) in [(&one, &in_one), (&two, &in_two)] {
        let packages = open(place);
        let lock = packages.read_lock().unwrap().unwrap();
        // The lock file is shared through git, so it has no path of this machine.
        assert!(lock.packages.values().all(|locked| locked.source == "folder packages"));
        for query in [SourceQuery::Always, SourceQuery::IfUnknown] {
            let found = packages.find_locked(&lock, query).await.unwrap();
            assert!(found.unasked.is_empty());
            packages.fetch(&found.packages, &()).await.unwrap();
        }
        assert_eq!(*place.packages().read_contract("acme/calm").unwrap(), *package.bytes());
    }

    std::fs::remove_dir_all(two.path("packages/acme")).unwrap();
    let packages = open(&two);
    publish(&packages, &in_one).await;
    let error = packages.catalogue.find(&"acme/calm".parse().unwrap()).await.unwrap_err();
    let folder = std::fs::canonicalize(two.path("packages")).unwrap();
    let expected = format!("folder {} lists `acme/calm@1.0.0`", folder.display());
    assert!(error.to_string().starts_with(&expected), "{error}");
}

#[test]
fn finds_a_source_by_name_path_or_address() {
    let place = Place::new(SOURCE);
    let packages = open(&place);
    assert_eq!(packages.find_source("ours").unwrap().source.label(), "folder packages");
    assert_eq!(packages.find_source("./elsewhere").unwrap().source.label(), "folder ./elsewhere");
    packages.find_source("ghcr.io/acme").unwrap();
    let error = packages.find_source("theirs").unwrap_err().to_string();
    assert!(error.contains("`tollgate.toml` names `ours`;"), "{error}");
    let outside = ProjectPackages::open(None, place.store(), RegistryAccess::default()).unwrap();
    let error = outside.find_source("theirs").unwrap_err().to_string();
    assert!(error.contains("names no source;"), "{error}");
    assert!(outside.read_lock().is_err());
}

#[test]
fn gives_credentials_without_a_host_to_the_only_registry() {
    let access = || {
        let mut access = RegistryAccess::default();
        access.credentials.token = Some(tollgate_packages::registry::Secret::new("sesame"));
        access
    };
    let registry =
        |name: &str| format!("[[source]]\nname = \"{name}\"\nregistry = \"{name}.io/acme\"\n");
    let open = |file: &str| {
        let place = Place::new(file);
        ProjectPackages::open(Some(place.project()), place.store(), access()).map(drop)
    };
    open(&registry("one")).unwrap();
    let error = open(&(registry("one") + &registry("two"))).unwrap_err();
    assert!(matches!(error, SourceAccessError::Credentials(_)), "{error}");
}
