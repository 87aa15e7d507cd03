//! The standard contracts: nobody replaces them, whatever a source, the store, the lock or a bundle says.

use std::io::Cursor;

use tollgate_packages::bundle::{BundleError, export_bundle, import_bundle};
use tollgate_packages::catalogue::FoundPackage;
use tollgate_packages::lock::LockFile;
use tollgate_packages::package::{ListedPackage, Package, PackageId};
use tollgate_packages::source::PublishOptions;
use tollgate_packages::store::Store;
use tollgate_project::{
    LocalPackages, LockedPackageError, PackageAccessError, ProjectError, ProjectPackages,
    RegistryAccess, SignatureError, SourceAccessError, SourceQuery, StandardContractError,
};

use crate::common::{Place, contract, listed, lock_of};
use crate::sources::{open, resolved};

const SOURCE: &str = "[[source]]\nname = \"ours\"\nfolder = \"packages\"\n";
const TRUST: &str = "[trust.tollgate]\nkeys = [\"mirror\"]\n";
const NEWER: &str = "tollgate/pii@1.9.0";

/// Returns the contract that this build includes.
async fn included() -> ListedPackage {
    let access = RegistryAccess::default();
    let packages = ProjectPackages::open(None, Store::new("no/store"), access).unwrap();
    find(&packages, "tollgate/pii").await.expect("`cargo xtask build` builds them").listed
}

async fn included_id() -> PackageId {
    included().await.metadata.package
}

async fn find(packages: &ProjectPackages, requirement: &str) -> Option<FoundPackage> {
    packages.catalogue.find(&requirement.parse().unwrap()).await.unwrap()
}

/// Publishes a package to the first source, as somebody does who can write there.
async fn publish(packages: &ProjectPackages, package: &Package, options: &PublishOptions) {
    packages.catalogue.sources[0].source.publish(package, options, &()).await.unwrap();
}

fn is_other_bytes(error: &StandardContractError) -> bool {
    matches!(error, StandardContractError::OtherBytes(_))
}

fn is_not_included(error: &StandardContractError) -> bool {
    matches!(error, StandardContractError::NotIncluded { .. })
}

#[tokio::test]
async fn a_source_that_is_not_named_for_them_serves_no_standard_contract() {
    for more in ["", "namespaces = [\"acme\", \"prompts\"]\n", TRUST] {
        let place = Place::new(&format!("{SOURCE}{more}"));
        place.trust("mirror");
        let mut packages = open(&place);
        for id in [NEWER, "tollgate/other@1.0.0"] {
            publish(&packages, &contract(id), &PublishOptions::default()).await;
        }
        let found = find(&packages, "tollgate/pii").await.unwrap();
        assert_eq!(packages.catalogue.label(found.source), "bundled");
        assert_eq!(found.listed, included().await);
        // Asking this source alone does not help either.
        let folder = place.path("packages").display().to_string();
        for name in [None, Some("ours"), Some(folder.as_str())] {
            name.map(|name| packages.select_source(name)).transpose().unwrap();
            assert!(find(&packages, "tollgate/pii@=1.9.0").await.is_none());
            assert!(find(&packages, "tollgate/other").await.is_none());
            assert!(find(&packages, "tollgate/pii").await.is_some());
        }
    }
}

#[tokio::test]
async fn what_a_named_source_serves_is_signed_and_replaces_no_included_version() {
    let named = format!("{SOURCE}namespaces = [\"tollgate\"]\n");
    let place = Place::new(&named);
    let opened =
        ProjectPackages::open(Some(place.project()), place.store(), RegistryAccess::default());
    let error = opened.unwrap_err();
    assert!(
        matches!(error, SourceAccessError::Project(ProjectError::UntrustedStandardSource { .. })),
        "{error}"
    );

    let place = Place::new(&format!("{named}{TRUST}"));
    let key = place.trust("mirror");
    let packages = open(&place);
    let lock = async |package: &Package| {
        let id = &package.metadata().package;
        let listed = packages.catalogue.describe(id, 0).await.unwrap();
        let found = FoundPackage { listed, source: 0 };
        packages.lock_resolved(&resolved(package, found), &LockFile::default())
    };
    let signed = |package: &Package| PublishOptions {
        signature: Some(package.metadata().statement().sign(&key).unwrap()),
        forced_reason: None,
    };
    let newer = contract(NEWER);
    publish(&packages, &newer, &PublishOptions::default()).await;
    let error = lock(&newer).await.unwrap_err();
    let SourceAccessError::Signature(SignatureError::Unsigned { .. }) = error else {
        panic!("{error}")
    };
    publish(&packages, &newer, &signed(&newer)).await;
    lock(&newer).await.unwrap();
    assert_eq!(find(&packages, "tollgate/pii").await.unwrap().source, 0);

    let altered = contract(&included_id().await.to_string());
    publish(&packages, &altered, &signed(&altered)).await;
    let error = lock(&altered).await.unwrap_err();
    let SourceAccessError::Signature(SignatureError::Standard(StandardContractError::OtherBytes(
        mismatch,
    ))) = error
    else {
        panic!("{error}")
    };
    assert_eq!(mismatch.place, "folder packages");
    assert_eq!(mismatch.found, altered.metadata().digest);
    assert_eq!(mismatch.included, included().await.metadata.digest);
}

/// The store is shared by all projects of a user.
#[tokio::test]
async fn what_another_project_pulled_replaces_no_standard_contract() {
    let place = Place::new("");
    place.pull(&contract(NEWER));
    place.pull(&contract(&included_id().await.to_string()));
    for packages in [place.packages(), LocalPackages::new(None, Some(place.store()))] {
        let (package, bytes) = packages.resolve(&"tollgate/pii".parse().unwrap()).unwrap().unwrap();
        assert_eq!(package, included_id().await);
        assert_eq!(tollgate_model::Digest::of(bytes), included().await.metadata.digest);
        let error = packages.read_contract("tollgate/pii@=1.9.0").unwrap_err();
        assert!(
            matches!(
                error,
                PackageAccessError::Standard(StandardContractError::OtherVersion { .. })
            ),
            "{error}"
        );
    }
    // In a project that trusts the signer, the pulled version is run if it is asked for.
    let place = Place::new(TRUST);
    let (key, newer) = (place.trust("mirror"), contract(NEWER));
    place.pull(&newer);
    let read = |requirement: &str| place.packages().read_contract(requirement);
    assert!(read("tollgate/pii@=1.9.0").is_err());
    let signature = Some(newer.metadata().statement().sign(&key).unwrap());
    let signed = ListedPackage { signature, ..listed(&newer) };
    place.store().cache_metadata("ours", &signed).unwrap();
    assert_eq!(*read("tollgate/pii@=1.9.0").unwrap(), *newer.bytes());
    assert_ne!(*read("tollgate/pii").unwrap(), *newer.bytes());
}

#[tokio::test]
async fn needs_no_store_for_an_included_contract() {
    let place = Place::new("");
    let packages = LocalPackages::new(Some(place.project()), None);
    packages.read_contract("tollgate/pii").unwrap();
    let (package, digest) = (included_id().await, included().await.metadata.digest);
    packages.read_pinned(&package, digest).unwrap();
}

#[tokio::test]
async fn a_lock_replaces_no_standard_contract() {
    let place = Place::new(SOURCE);
    let altered = contract(&included_id().await.to_string());
    let sources = open(&place);
    publish(&sources, &altered, &PublishOptions::default()).await;
    for label in ["folder packages", "bundled"] {
        let mut lock = lock_of(&[&altered]);
        lock.packages.values_mut().for_each(|locked| locked.source = label.into());
        place.project().write_lock(&lock).unwrap();
        let error = sources.find_locked(&lock, SourceQuery::IfUnknown).await.unwrap_err();
        let SourceAccessError::Standard(error) = error else { panic!("{error}") };
        assert!(is_other_bytes(&error), "{error}");
        assert!(error.to_string().starts_with("`tollgate.lock` has `tollgate/pii@"), "{error}");
        let error = place.packages().read_contract("tollgate/pii").unwrap_err();
        let PackageAccessError::Standard(error) = error else { panic!("{error}") };
        assert!(is_other_bytes(&error), "{error}");
        // Locking again does not hide it.
        let found = find(&sources, "tollgate/pii").await.unwrap();
        let error = sources.lock_resolved(&resolved(&altered, found), &lock).unwrap_err();
        let SourceAccessError::Standard(error) = error else { panic!("{error}") };
        assert!(is_other_bytes(&error), "{error}");
    }

    // A version that this tool does not include.
    let newer = contract(NEWER);
    place.pull(&newer);
    place.lock(&[&newer]);
    let error = place.packages().read_contract("tollgate/pii").unwrap_err();
    let PackageAccessError::Signature(SignatureError::Standard(error)) = error else {
        panic!("{error}")
    };
    assert!(is_not_included(&error), "{error}");
    let (id, digest) = (&newer.metadata().package, newer.metadata().digest);
    let error = place.packages().read_pinned(id, digest).unwrap_err();
    let PackageAccessError::Signature(SignatureError::Standard(error)) = error else {
        panic!("{error}")
    };
    assert!(is_not_included(&error), "{error}");
    let mut lock = lock_of(&[&newer]);
    lock.packages.values_mut().for_each(|locked| locked.source = "folder packages".into());
    let error = sources.find_locked(&lock, SourceQuery::IfUnknown).await.unwrap_err();
    let SourceAccessError::Locked(LockedPackageError::SourceGone { .. }) = error else {
        panic!("{error}")
    };
}

/// A release goes on after the tool was replaced by one with newer contracts.
#[tokio::test]
async fn keeps_the_standard_contracts_of_an_earlier_tool() {
    let place = Place::new("");
    let earlier = contract("tollgate/pii@0.9.0");
    let mut lock = lock_of(&[&earlier]);
    lock.packages.values_mut().for_each(|locked| locked.source = "bundled".into());
    place.project().write_lock(&lock).unwrap();
    let sources = open(&place);
    let error = sources.find_locked(&lock, SourceQuery::Always).await.unwrap_err();
    let SourceAccessError::Standard(error) = error else { panic!("{error}") };
    assert!(is_not_included(&error), "{error}");

    place.store().put(earlier.bytes()).unwrap();
    place.store().cache_metadata("bundled", &listed(&earlier)).unwrap();
    let found = sources.find_locked(&lock, SourceQuery::Always).await.unwrap();
    assert!(found.unasked.is_empty());
    sources.fetch(&found.packages, &()).await.unwrap();
    let packages = place.packages();
    assert_eq!(*packages.read_contract("tollgate/pii").unwrap(), *earlier.bytes());
    let (id, digest) = (&earlier.metadata().package, earlier.metadata().digest);
    assert_eq!(packages.read_pinned(id, digest).unwrap(), earlier.bytes());
}

#[tokio::test]
async fn imports_no_other_package_as_a_standard_contract() {
    let place = Place::new(TRUST);
    let (key, newer) = (place.trust("mirror"), contract(NEWER));
    let altered = contract(&included_id().await.to_string());
    let import = |package: &Package, source: &str, is_signed: bool| {
        let about = package.metadata().statement();
        let signature = is_signed.then(|| about.sign(&key).unwrap());
        let described = ListedPackage { signature, ..listed(package) };
        let (from, mut bundle) = (Place::new(""), Vec::new());
        from.store().put(package.bytes()).unwrap();
        let described = [(described, source.to_owned())];
        export_bundle(&described, &from.store(), &mut bundle).unwrap();
        let packages = open(&place);
        let store = &packages.catalogue.store;
        let read_manifest = packages.catalogue.read_manifest;
        import_bundle(Cursor::new(bundle), store, read_manifest, |imported| {
            Ok::<_, ImportError>(packages.verify_imported(imported)?)
        })
    };
    let refused = |imported: Result<_, ImportError>| match imported {
        Err(ImportError::Trust(SignatureError::Standard(error))) => error,
        other => panic!("{:?}", other.map(|_: Vec<_>| ())),
    };
    for is_signed in [false, true] {
        assert!(is_other_bytes(&refused(import(&altered, "bundled", is_signed))));
        assert!(is_other_bytes(&refused(import(&altered, "folder packages", is_signed))));
        assert!(is_not_included(&refused(import(&newer, "bundled", is_signed))));
    }
    let unsigned = import(&newer, "folder packages", false);
    assert!(matches!(unsigned, Err(ImportError::Trust(SignatureError::Unsigned { .. }))));
    import(&newer, "folder packages", true).map_err(|error| format!("{error:?}")).unwrap();
    let found = place.store().available_versions(&"tollgate/pii".parse().unwrap()).unwrap();
    assert_eq!(found.len(), 1);
}

#[derive(Debug, thiserror::Error)]
enum ImportError {
    #[error(transparent)]
    Bundle(#[from] BundleError),
    #[error(transparent)]
    Trust(#[from] SignatureError),
}
