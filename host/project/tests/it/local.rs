//! Packages on this machine.

use tollgate_model::Digest;
use tollgate_packages::package::ListedPackage;
use tollgate_project::{
    LOCK_FILE, LocalPackages, LockError, PackageAccessError, SignatureError, open_package, sign,
};

use crate::common::{Place, component, contract, contract_with, listed, only_blob};

#[test]
fn prefers_the_locked_version_to_a_higher_one() {
    let place = Place::new("");
    let (locked, higher) = (contract("acme/calm@1.0.0"), contract("acme/calm@1.4.0"));
    place.pull(&locked);
    place.pull(&higher);
    let wanted = "acme/calm@^1".parse().unwrap();
    let (package, bytes) = place.packages().resolve(&wanted).unwrap().unwrap();
    assert_eq!((package.to_string().as_str(), &bytes[..]), ("acme/calm@1.4.0", higher.bytes()));
    place.lock(&[&locked]);
    let (package, bytes) = place.packages().resolve(&wanted).unwrap().unwrap();
    assert_eq!((package.to_string().as_str(), &bytes[..]), ("acme/calm@1.0.0", locked.bytes()));
    // The lock pins versions only where it has one that is asked for.
    let other = "acme/calm@=1.4.0".parse().unwrap();
    assert!(place.packages().resolve(&other).unwrap().is_some());
}

#[test]
fn reads_the_lock_file_once() {
    let place = Place::new("");
    let calm = contract("acme/calm@1.0.0");
    place.pull(&calm);
    place.lock(&[&calm]);
    let packages = place.packages();
    assert!(packages.lock().unwrap().is_some());
    place.write(LOCK_FILE, "no lock");
    assert!(packages.resolve(&"acme/calm@^1".parse().unwrap()).unwrap().is_some());
    let error = place.packages().lock().unwrap_err().to_string();
    assert!(error.contains("tollgate.lock:1: "), "{error}");
}

#[test]
fn does_not_replace_a_locked_package_that_was_not_fetched() {
    let place = Place::new("");
    let (locked, other) =
        (contract("acme/calm@1.0.0"), contract_with("acme/calm@1.0.0", "Other bytes."));
    place.lock(&[&locked]);
    let resolve = || place.packages().resolve(&"acme/calm@^1".parse().unwrap());
    let error = resolve().unwrap_err();
    assert!(matches!(error, PackageAccessError::LockedNotFetched { .. }), "{error}");
    place.pull(&other);
    place.pull(&contract("acme/calm@1.1.0"));
    let error = resolve().unwrap_err();
    assert!(matches!(error, PackageAccessError::LockedNotFetched { .. }), "{error}");
}

#[test]
fn refuses_a_store_that_was_changed() {
    let place = Place::new("");
    let calm = contract("acme/calm@1.0.0");
    place.pull(&calm);
    let blob = only_blob(&place.store());
    let resolve = || place.packages().resolve(&"acme/calm@^1".parse().unwrap());
    std::fs::remove_file(&blob).unwrap();
    assert!(resolve().unwrap().is_none(), "a package without bytes counts as not pulled");
    std::fs::write(&blob, b"something else").unwrap();
    let error = resolve().unwrap_err();
    assert!(matches!(error, PackageAccessError::Store(_)), "{error}");
}

#[test]
fn requires_signatures_of_files_and_of_pulled_packages() {
    let place = Place::new("[trust.acme]\nkeys = [\"release\"]\n");
    let key = place.trust("release");
    let calm = contract("acme/calm@1.0.0");
    let file = place.write("calm.wasm", calm.bytes());
    let reference = file.display().to_string();
    let error = place.packages().read_contract(&reference).unwrap_err();
    assert!(
        matches!(
            &error,
            PackageAccessError::Refused { source: SignatureError::Unsigned { .. }, .. }
        ),
        "{error}"
    );
    let required = "`acme/calm@1.0.0` is not signed, but `";
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.starts_with(required) && source.contains("signature by `release` for `acme`"));

    sign(&calm, &file, &tollgate_packages::trust::SecretKey::generate().unwrap()).unwrap();
    let error = place.packages().read_contract(&reference).unwrap_err();
    assert!(
        matches!(
            &error,
            PackageAccessError::Refused { source: SignatureError::Untrusted { .. }, .. }
        ),
        "{error}"
    );
    sign(&calm, &file, &key).unwrap();
    place.packages().read_contract(&reference).unwrap();

    place.pull(&calm);
    let error = place.packages().read_contract("acme/calm").unwrap_err();
    assert!(
        matches!(error, PackageAccessError::Signature(SignatureError::Unsigned { .. })),
        "{error}"
    );
    // Looking at a file, without running it, requires no signature.
    std::fs::remove_file(place.path("calm.wasm.sig")).unwrap();
    place.packages().locate_contract(&reference).unwrap();
}

/// A gate that is opened, and a run that is replayed, read the contracts of their release.
#[test]
fn requires_signatures_of_what_a_release_pins() {
    let place = Place::new("[trust.acme]\nkeys = [\"release\"]\n");
    let (key, calm) = (place.trust("release"), contract("acme/calm@1.0.0"));
    place.pull(&calm);
    let (id, digest) = (&calm.metadata().package, calm.metadata().digest);
    let read = || place.packages().read_pinned(id, digest);
    let error = read().unwrap_err();
    assert!(
        matches!(error, PackageAccessError::Signature(SignatureError::Unsigned { .. })),
        "{error}"
    );
    // Another source has the same bytes with a signature, and a third one has other bytes.
    let signature = Some(calm.metadata().statement().sign(&key).unwrap());
    let signed = ListedPackage { signature, ..listed(&calm) };
    place.store().cache_metadata("theirs", &signed).unwrap();
    let other = contract_with("acme/calm@1.0.0", "Other bytes.");
    place.store().put(other.bytes()).unwrap();
    place.store().cache_metadata("a third one", &listed(&other)).unwrap();
    assert_eq!(read().unwrap(), calm.bytes());
}

#[test]
fn refuses_the_signature_of_another_package() {
    let place = Place::new("[trust.acme]\nkeys = [\"release\"]\n");
    let key = place.trust("release");
    let (calm, other) = (contract("acme/calm@1.0.0"), contract("acme/calm@2.0.0"));
    let file = place.write("calm.wasm", calm.bytes());
    sign(&other, &file, &key).unwrap();
    let error = place.packages().read_contract(&file.display().to_string()).unwrap_err();
    assert!(
        matches!(
            &error,
            PackageAccessError::Refused { source: SignatureError::OtherPackage { .. }, .. }
        ),
        "{error}"
    );
}

#[test]
fn works_without_a_project() {
    let place = Place::new("");
    place.pull(&contract("acme/calm@1.0.0"));
    let packages = LocalPackages::new(None, Some(place.store()));
    assert!(packages.lock().unwrap().is_none());
    packages.read_contract("acme/calm@^1").unwrap();
    let file = place.write("calm.wasm", component("acme/calm@1.0.0", ""));
    packages.read_contract(&file.display().to_string()).unwrap();
}

#[test]
fn reads_files_without_a_store() {
    let place = Place::new("");
    let file = place.write("calm.wasm", component("acme/calm@1.0.0", ""));
    let packages = LocalPackages::new(Some(place.project()), None);
    packages.read_contract(&file.display().to_string()).unwrap();
    let error = packages.read_contract("acme/calm").unwrap_err();
    assert!(matches!(error, PackageAccessError::NoStore), "{error}");
}

#[test]
fn names_a_contract_that_is_not_there() {
    let place = Place::new("");
    let error = place.packages().read_contract("acme/calm@^1").unwrap_err();
    assert!(matches!(error, PackageAccessError::UnknownContract { .. }), "{error}");
    let error = place.packages().read_contract("./calm.wasm").unwrap_err();
    assert!(matches!(error, PackageAccessError::NoContractFile { .. }), "{error}");
    let (calm, digest) = ("acme/calm@1.0.0".parse().unwrap(), Digest::of(""));
    let error = place.packages().read_pinned(&calm, digest).unwrap_err();
    assert!(matches!(error, PackageAccessError::PinnedNotFetched { .. }), "{error}");
}

#[test]
fn pins_a_gate_only_as_it_is_now() {
    let place = Place::new("");
    let calm = contract("acme/calm@1.0.0");
    place.gate("letters", &["acme/calm@^1"]);
    place.gate("replies", &["acme/calm@^1"]);
    let locked = |name: &str| {
        let packages = place.packages();
        let gate = packages.require_project().unwrap().read_gate(name).unwrap();
        packages.locked_gate(&gate)
    };
    let error = locked("letters").unwrap_err();
    assert!(matches!(error, LockError::Missing), "{error}");
    place.lock(&[&calm]);
    let contracts = locked("letters").unwrap().contracts;
    assert_eq!(contracts, [calm.metadata().package.clone()]);
    assert!(locked("replies").is_err());
    place.gate("letters", &["acme/calm@^2"]);
    let error = locked("letters").unwrap_err();
    assert!(matches!(&error, LockError::Stale { gate, .. } if gate == "letters"), "{error}");
}

#[test]
fn a_quality_gate_lacks_only_what_neither_the_lock_nor_the_tool_has() {
    let place = Place::new("");
    let versions = |rest: &str| {
        let head = "purpose = \"quality\"\nprompt = \"letter@^1\"\n";
        place.write("gates/letters.toml", format!("{head}{rest}"));
        let packages = place.packages();
        let gate = packages.require_project().unwrap().read_gate("letters").unwrap();
        packages.quality_versions(&gate)
    };
    let binding = |contract: &str| format!("[[contracts]]\ncontract = \"{contract}\"\n");
    let pii = binding("tollgate/pii@^1");
    let found = versions(&pii).unwrap();
    assert_eq!((found.contracts.len(), found.prompt), (1, None));
    let both = pii.clone() + &binding("acme/calm@^2") + &binding("acme/claims@^1");
    let error = versions(&both).unwrap_err();
    assert!(matches!(error, PackageAccessError::Lock(LockError::Missing)), "{error}");
    place.lock(&[&contract("acme/calm@1.0.0")]);
    let error = versions(&both).unwrap_err().to_string();
    assert_eq!(
        error,
        "the lock file does not match gate `letters`: it requires `acme/calm@^2`, but 1.0.0 is locked; it requires \
         `acme/claims`, which is not locked"
    );
    versions(&(pii.clone() + &binding("acme/calm@^1"))).unwrap();
    // A contract that reads the prompt cannot judge without it.
    let error = versions(&(pii + "grants = [\"prompt-text\"]\n")).unwrap_err().to_string();
    assert!(error.ends_with(": it requires `letter`, which is not locked"), "{error}");
}

#[test]
fn opens_a_component_as_a_package() {
    let place = Place::new("");
    let file = place.write("no.wasm", b"no component");
    assert!(open_package(&file).is_err());
    let prompt = "---\nname: welcome\nversion: 1.0.0\n---\nWelcome.\n";
    let file = place.write("welcome.prompt", prompt);
    let (package, path) = open_package(&file).unwrap();
    assert_eq!((package.metadata().package.to_string().as_str(), path), ("welcome@1.0.0", file));
    let file = place.write("welcome.prompt", prompt.replace("version: 1.0.0\n", ""));
    assert!(open_package(&file).is_err());
}
