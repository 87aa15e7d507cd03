//! Sources that are named for a namespace: what came from elsewhere is not taken from the store, a lock, a release or
//! a bundle either.

use tollgate_packages::bundle::ImportedPackage;
use tollgate_packages::package::{ListedPackage, Package};
use tollgate_project::{PackageAccessError, SignatureError, SourceAccessError};

use crate::common::{Place, contract, listed, lock_of};
use crate::sources::open;

const NAMED: &str = "[[source]]\nname = \"public\"\nfolder = \"elsewhere\"\n\
                     [[source]]\nname = \"ours\"\nfolder = \"packages\"\nnamespaces = [\"acme\"]\n\
                     [[source]]\nname = \"company\"\nregistry = \"example.com/acme\"\nnamespaces = [\"acme\"]\n";
const OURS: &str = "folder packages";
const COMPANY: &str = "registry example.com/acme";
/// Sources that `NAMED` does not name for `acme`: one of another project, one of this project, and a bundle that other
/// tools made.
const OTHERS: [&str; 3] = ["folder ../evil", "folder elsewhere", "bundle"];

/// Puts a package into the store, as a source with this label lists it.
fn store(place: &Place, package: &Package, source: &str) {
    place.store().put(package.bytes()).unwrap();
    place.store().cache_metadata(source, &listed(package)).unwrap();
}

fn is_other_source(error: &PackageAccessError) -> bool {
    matches!(error, PackageAccessError::Signature(SignatureError::OtherSource { .. }))
}

#[test]
fn takes_a_package_in_the_store_only_from_a_source_that_is_named_for_its_namespace() {
    for other in OTHERS {
        let place = Place::new(NAMED);
        let (higher, lower) = (contract("acme/calm@9.0.0"), contract("acme/calm@1.0.0"));
        store(&place, &higher, other);
        let error = place.packages().read_contract("acme/calm").unwrap_err();
        assert!(is_other_source(&error), "{other}: {error}");
        let expected = format!("`acme/calm@9.0.0` comes from {other}, but `");
        let reason = "tollgate.toml` takes `acme` only from `ours`, `company`";
        let message = error.to_string();
        assert!(message.starts_with(&expected) && message.ends_with(reason), "{message}");
        // It is not exported either.
        let wanted = "acme/calm".parse().unwrap();
        let refused = open(&place).find_pulled(&wanted).unwrap_err();
        assert!(
            matches!(refused, SourceAccessError::Signature(SignatureError::OtherSource { .. })),
            "{refused}"
        );
        for (named, version) in [(OURS, "1.0.0"), (COMPANY, "1.1.0")] {
            let one = contract(&format!("acme/calm@{version}"));
            store(&place, &one, named);
            assert_eq!(*place.packages().read_contract("acme/calm").unwrap(), *one.bytes());
            let (found, from) = open(&place).find_pulled(&wanted).unwrap().unwrap();
            assert_eq!((&found.metadata, from.as_str()), (one.metadata(), named));
        }
        // No source is named for this namespace.
        store(&place, &contract("free/calm@1.0.0"), other);
        place.packages().read_contract("free/calm").unwrap();
        assert!(place.packages().read_component(&lower.metadata().package).is_ok());
    }
}

#[test]
fn runs_a_locked_package_only_from_a_source_that_is_named_for_its_namespace() {
    let lock_from = |place: &Place, package: &Package, source: &str| {
        let mut lock = lock_of(&[package]);
        lock.packages.values_mut().for_each(|locked| locked.source = source.to_owned());
        place.project().write_lock(&lock).unwrap();
    };
    let calm = contract("acme/calm@1.0.0");
    for (source, is_named) in
        OTHERS.map(|other| (other, false)).into_iter().chain([(OURS, true), (COMPANY, true)])
    {
        let place = Place::new(NAMED);
        store(&place, &calm, source);
        lock_from(&place, &calm, source);
        match place.packages().read_component(&calm.metadata().package) {
            Ok(_) => assert!(is_named, "{source}"),
            Err(error) => assert!(!is_named && is_other_source(&error), "{source}: {error}"),
        }
    }
}

#[test]
fn runs_what_a_release_pins_only_from_a_source_that_is_named_for_its_namespace() {
    let (place, calm) = (Place::new(NAMED), contract("acme/calm@1.0.0"));
    let (id, digest) = (&calm.metadata().package, calm.metadata().digest);
    store(&place, &calm, "folder ../evil");
    let error = place.packages().read_pinned(id, digest).unwrap_err();
    assert!(is_other_source(&error), "{error}");
    store(&place, &calm, OURS);
    assert_eq!(place.packages().read_pinned(id, digest).unwrap(), calm.bytes());
}

#[test]
fn imports_a_package_only_if_its_source_is_named_or_it_is_signed() {
    let calm = contract("acme/calm@1.0.0");
    let import = |place: &Place, listed: &ListedPackage, source: &str| {
        let imported = ImportedPackage { listed: listed.clone(), source: source.to_owned() };
        open(place).verify_imported(&imported)
    };
    let place = Place::new(NAMED);
    for other in OTHERS {
        let error = import(&place, &listed(&calm), other).unwrap_err();
        assert!(matches!(error, SignatureError::OtherSource { .. }), "{other}: {error}");
        import(&place, &listed(&contract("free/calm@1.0.0")), other).unwrap();
    }
    import(&place, &listed(&calm), OURS).unwrap();

    // A signature that the project requires says more than the label of a source.
    let place = Place::new(&format!("{NAMED}[trust.acme]\nkeys = [\"release\"]\n"));
    let key = place.trust("release");
    let signature = Some(calm.metadata().statement().sign(&key).unwrap());
    let signed = ListedPackage { signature, ..listed(&calm) };
    for other in OTHERS {
        import(&place, &signed, other).unwrap();
        import(&place, &listed(&calm), other).unwrap_err();
    }
    place.store().put(calm.bytes()).unwrap();
    place.store().cache_metadata("folder ../evil", &signed).unwrap();
    place.packages().read_contract("acme/calm").unwrap();
}
