use std::fs::{self, File};
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;
use tollgate_model::Manifest;

use super::*;
use crate::package::Package;
use crate::source::{FolderSource, PublishOptions};

/// A catalogue of the folders `one` and `two`, asked in this order.
struct TestSources {
    folder: TempDir,
    catalogue: Catalogue,
}

/// Test contracts consist of their manifest only, because this crate cannot read components.
fn manifest(component: &mut File) -> Result<Manifest, String> {
    serde_json::from_reader(component).map_err(|error| error.to_string())
}

fn contract(id: &str, more: Value) -> Package {
    let id: PackageId = id.parse().unwrap();
    let mut about = json!({
        "name": id.name, "version": id.version, "description": "", "license": "MIT",
        "wit": "0.1.0",
    });
    about.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let manifest = json!({"contract": about, "config-schema": {}});
    let bytes = manifest.to_string().into_bytes();
    Package::from_contract(bytes, &serde_json::from_value(manifest).unwrap()).unwrap()
}

impl TestSources {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listing = |name: &str| {
            let path = folder.path().join(name);
            fs::create_dir(&path).unwrap();
            CatalogueSource {
                source: PackageSource::Folder(FolderSource::new(path, name)),
                namespaces: Vec::new(),
            }
        };
        let sources = vec![listing("one"), listing("two")];
        let store = Store::new(folder.path().join("store"));
        Self { folder, catalogue: Catalogue { sources, store, read_manifest: manifest } }
    }

    async fn publish(&self, source: usize, package: &Package) {
        let source = &self.catalogue.sources[source].source;
        source.publish(package, &PublishOptions::default(), &()).await.unwrap();
    }

    async fn has(&self, source: usize, id: &str) {
        self.publish(source, &contract(id, json!({}))).await;
    }

    /// Resolves a gate with one requirement. Returns the packages and the index of their source.
    async fn one(&self, requirement: &str) -> Result<Vec<(String, usize)>, String> {
        let requirements = GateRequirements {
            gate: "g".into(),
            prompt: None,
            contracts: vec![requirement.parse().unwrap()],
        };
        let wit = "0.1.0".parse().unwrap();
        let resolved =
            self.catalogue.resolve(&[requirements], &LockedVersions::default(), &wit).await;
        let resolved = resolved.map_err(|error| error.to_string())?;
        let packages = resolved.packages.into_iter();
        Ok(packages.map(|(package, found)| (package.to_string(), found.source)).collect())
    }

    async fn fetch(&self, id: &str) -> Result<(), String> {
        let listed = self.catalogue.describe(&id.parse().unwrap(), 0).await;
        let about = listed.map_err(|error| error.to_string())?.metadata;
        self.catalogue.fetch(&about, 0, &()).await.map_err(|error| error.to_string())
    }

    fn description(&self, id: &str) -> PathBuf {
        let (name, version) = id.split_once('@').unwrap();
        self.folder.path().join("one").join(name).join(format!("{version}.json"))
    }

    /// Falsifies the first source's description of a package.
    fn lie(&self, id: &str, change: impl FnOnce(&mut Value)) {
        let path = self.description(id);
        let mut description = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        change(&mut description);
        fs::write(path, description.to_string()).unwrap();
    }
}

#[tokio::test]
async fn takes_a_package_from_the_first_source_that_has_it() {
    let place = TestSources::new();
    place.has(0, "a/b@1.0.0").await;
    place.has(1, "a/b@1.9.0").await;
    place.has(1, "c/d@1.0.0").await;
    assert_eq!(place.one("a/b@^1").await.unwrap(), [("a/b@1.0.0".into(), 0)]);
    assert_eq!(place.one("c/d").await.unwrap(), [("c/d@1.0.0".into(), 1)]);
    assert!(place.one("a/b@^1.5").await.unwrap_err().contains("folder one has 1.0.0"));
    assert!(place.one("e/f").await.unwrap_err().contains("no source has a contract `e/f`"));
    let found = place.catalogue.find(&"a/b".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((found.listed.metadata.package.to_string(), found.source), ("a/b@1.0.0".into(), 0));
}

#[tokio::test]
async fn asks_a_source_only_for_its_namespaces() {
    let mut place = TestSources::new();
    place.has(0, "a/b@1.0.0").await;
    place.has(1, "a/b@2.0.0").await;
    place.catalogue.sources[0].namespaces = vec!["c".into()];
    assert_eq!(place.one("a/b").await.unwrap(), [("a/b@2.0.0".into(), 1)]);
    place.catalogue.sources[0].namespaces.push("a".into());
    assert_eq!(place.one("a/b").await.unwrap(), [("a/b@1.0.0".into(), 0)]);
}

/// Without this rule, everybody who can publish to a source without `namespaces` could replace what
/// another is named for.
#[tokio::test]
async fn a_namespace_comes_only_from_the_sources_that_are_named_for_it() {
    let mut place = TestSources::new();
    place.has(0, "a/b@1.9.0").await;
    place.has(0, "a/only-here@1.0.0").await;
    place.has(0, "c/d@1.0.0").await;
    place.has(1, "a/b@1.0.0").await;
    place.catalogue.sources[1].namespaces = vec!["a".into()];
    assert_eq!(place.one("a/b").await.unwrap(), [("a/b@1.0.0".into(), 1)]);
    assert!(place.one("a/only-here").await.unwrap_err().contains("no source has a contract"));
    assert_eq!(place.one("c/d").await.unwrap(), [("c/d@1.0.0".into(), 0)]);
    place.catalogue.sources[0].namespaces = vec!["a".into()];
    assert_eq!(place.one("a/b").await.unwrap(), [("a/b@1.9.0".into(), 0)]);
}

#[tokio::test]
async fn refuses_other_bytes_for_a_version_that_the_source_had_before() {
    let place = TestSources::new();
    let (before, after) =
        (contract("a/b@1.0.0", json!({})), contract("a/b@1.0.0", json!({"license": "Other"})));
    place.publish(0, &before).await;
    let package = before.metadata().package.clone();
    let listed = place.catalogue.describe(&package, 0).await.unwrap();
    place.catalogue.cache_description(&listed, 0).unwrap();
    fs::remove_dir_all(place.folder.path().join("one/a")).unwrap();
    place.publish(0, &after).await;
    let error = place.one("a/b").await.unwrap_err();
    for digest in [before.metadata().digest, after.metadata().digest] {
        assert!(error.contains(&digest.to_string()), "{error}");
    }
    let error = place.catalogue.describe(&package, 0).await.unwrap_err();
    assert!(matches!(error, CatalogueError::Store(StoreError::VersionChanged(_))), "{error}");
    // Another source has a version of its own. Which one is run is for the order and the lock to say.
    place.publish(1, &after).await;
    assert!(place.catalogue.describe(&package, 1).await.is_ok());
}

/// Skipping it would let an attacker who stops one source redirect lookups to another.
#[tokio::test]
async fn does_not_skip_a_failing_source() {
    let mut place = TestSources::new();
    place.has(1, "a/b@1.0.0").await;
    assert!(place.one("a/b").await.is_ok());
    fs::remove_dir(place.folder.path().join("one")).unwrap();
    let error = place.one("a/b").await.unwrap_err();
    assert!(error.starts_with("folder one: "), "{error}");
    assert!(place.catalogue.find(&"a/b".parse().unwrap()).await.is_err());
    // A source that is not asked for the namespace may fail.
    place.catalogue.sources[0].namespaces = vec!["c".into()];
    assert!(place.one("a/b").await.is_ok());
}

#[tokio::test]
async fn ignores_yanked_versions() {
    let place = TestSources::new();
    place.has(0, "a/b@1.0.0").await;
    place.has(0, "a/b@1.1.0").await;
    let source = &place.catalogue.sources[0].source;
    source.yank(&"a/b@1.1.0".parse().unwrap(), Some("it passes all")).await.unwrap();
    assert_eq!(place.one("a/b").await.unwrap(), [("a/b@1.0.0".into(), 0)]);
    let found = place.catalogue.find(&"a/b".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(found.listed.metadata.package.to_string(), "a/b@1.0.0");
    assert!(place.catalogue.find(&"a/b@=1.1.0".parse().unwrap()).await.unwrap().is_none());
    let error = place.one("a/b@=1.1.0").await.unwrap_err();
    assert!(error.contains("1.1.0 is yanked: it passes all"), "{error}");
}

/// The manifest in a package has to match the source's description.
#[tokio::test]
async fn refuses_packages_that_differ_from_their_description() {
    let requiring = contract("a/b@1.0.0", json!({"capabilities": {"clock": "it asks"}}));
    let other = contract("a/other@1.0.0", json!({}));
    type Lie<'a> = (&'a str, Box<dyn Fn(&mut Value)>, &'a str);
    let (digest, size) = (other.metadata().digest, other.metadata().size_bytes);
    let lies: [Lie; 6] = [
        (
            "it requires nothing",
            Box::new(|it| it["metadata"]["contract"]["capabilities"] = json!({})),
            "but is different",
        ),
        (
            "it was written for another prompt",
            Box::new(|it| it["metadata"]["contract"]["prompts"] = json!({"welcome": "^1"})),
            "but is different",
        ),
        (
            "its manifest is another",
            Box::new(move |it| it["metadata"]["manifest"] = json!(digest)),
            "but is different",
        ),
        (
            "its digest is another",
            Box::new(move |it| it["metadata"]["digest"] = json!(digest)),
            "folder one: `a/b@1.0.0` has sha256:",
        ),
        (
            "it is larger",
            Box::new(|it| it["metadata"]["size-bytes"] = json!(1 << 20)),
            "bytes instead of",
        ),
        (
            "it is another package",
            Box::new(|it| it["metadata"]["package"] = json!("a/other@1.0.0")),
            "it describes `a/other@1.0.0`",
        ),
    ];
    for (name, lie, expected) in lies {
        let place = TestSources::new();
        place.publish(0, &requiring).await;
        place.fetch("a/b@1.0.0").await.unwrap();
        fs::remove_dir_all(place.folder.path().join("store")).unwrap();
        place.lie("a/b@1.0.0", lie);
        let error = place.fetch("a/b@1.0.0").await.unwrap_err();
        assert!(error.contains(expected), "{name}: {error}");
        // Bytes that are in the store already do not change that.
        place.catalogue.store.put(requiring.bytes()).unwrap();
        assert!(place.fetch("a/b@1.0.0").await.is_err(), "{name}");
    }
    // Another, intact package under this name.
    let place = TestSources::new();
    place.publish(0, &requiring).await;
    fs::write(place.description("a/b@1.0.0").with_extension("wasm"), other.bytes()).unwrap();
    place.lie("a/b@1.0.0", |it| {
        it["metadata"]["digest"] = json!(digest);
        it["metadata"]["size-bytes"] = json!(size);
    });
    let error = place.fetch("a/b@1.0.0").await.unwrap_err();
    assert!(error.contains("should be a/b@1.0.0, but is a/other@1.0.0"), "{error}");
}

#[tokio::test]
async fn reports_a_version_that_vanished() {
    let place = TestSources::new();
    place.has(0, "a/b@1.0.0").await;
    fs::remove_file(place.description("a/b@1.0.0")).unwrap();
    let error = place.fetch("a/b@1.0.0").await.unwrap_err();
    assert!(error.contains("folder one listed `a/b@1.0.0` and no longer has it"), "{error}");
    let none = place.catalogue.describe(&"a/b@1.0.0".parse().unwrap(), 7).await;
    assert!(matches!(none, Err(CatalogueError::Vanished { .. })));
}

#[tokio::test]
async fn verifies_stored_bytes_again() {
    let place = TestSources::new();
    let package = contract("a/b@1.0.0", json!({}));
    place.publish(0, &package).await;
    place.fetch("a/b@1.0.0").await.unwrap();
    let hex = package.metadata().digest.hex();
    let path = place.catalogue.store.folder().join("sha256").join(&hex[..2]).join(&hex);
    fs::remove_file(&path).unwrap();
    // The manifest still parses the same.
    let mut changed = package.bytes().to_vec();
    changed.push(b' ');
    fs::write(&path, changed).unwrap();
    let error = place.fetch("a/b@1.0.0").await.unwrap_err();
    assert!(error.contains("modified outside Tollgate"), "{error}");
    fs::remove_file(&path).unwrap();
    place.fetch("a/b@1.0.0").await.unwrap();
}
