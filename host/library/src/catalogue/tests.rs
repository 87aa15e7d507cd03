use std::fs::{self, File};
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;
use tollgate_model::Manifest;

use super::*;
use crate::package::Package;
use crate::source::{Folder, Published};

/// Folders `one` and `two`, which are asked in this order, and a store.
struct Place {
    folder: TempDir,
    catalogue: Catalogue,
}

/// Here a contract is its manifest: what a component is, this crate does not know.
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
    Package::contract(bytes, &serde_json::from_value(manifest).unwrap()).unwrap()
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listing = |name: &str| {
            let path = folder.path().join(name);
            fs::create_dir(&path).unwrap();
            Listing { source: Source::Folder(Folder::new(path, name)), namespaces: Vec::new() }
        };
        let sources = vec![listing("one"), listing("two")];
        let store = Store::new(folder.path().join("store"));
        Self { folder, catalogue: Catalogue { sources, store, manifest } }
    }

    async fn publish(&self, source: usize, package: &Package) {
        let source = &self.catalogue.sources[source].source;
        source.publish(package, &Published::default(), &()).await.unwrap();
    }

    async fn has(&self, source: usize, id: &str) {
        self.publish(source, &contract(id, json!({}))).await;
    }

    /// What a gate gets that asks for this, and from where.
    async fn one(&self, wanted: &str) -> Result<Vec<(String, usize)>, String> {
        let wants =
            Wants { gate: "g".into(), prompt: None, contracts: vec![wanted.parse().unwrap()] };
        let wit = "0.1.0".parse().unwrap();
        let resolved = self.catalogue.resolve(&[wants], &Kept::default(), &wit).await;
        let resolved = resolved.map_err(|error| error.to_string())?;
        let packages = resolved.packages.into_iter();
        Ok(packages.map(|(package, found)| (package.to_string(), found.source)).collect())
    }

    async fn fetch(&self, id: &str) -> Result<(), String> {
        let listed = self.catalogue.listed(&id.parse().unwrap(), 0).await;
        let about = listed.map_err(|error| error.to_string())?.about;
        self.catalogue.fetch(&about, 0, &()).await.map_err(|error| error.to_string())
    }

    fn description(&self, id: &str) -> PathBuf {
        let (name, version) = id.split_once('@').unwrap();
        self.folder.path().join("one").join(name).join(format!("{version}.json"))
    }

    /// Changes what the first source says of a package.
    fn lie(&self, id: &str, change: impl FnOnce(&mut Value)) {
        let path = self.description(id);
        let mut description = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        change(&mut description);
        fs::write(path, description.to_string()).unwrap();
    }
}

#[tokio::test]
async fn the_first_source_that_has_a_package_wins() {
    let place = Place::new();
    place.has(0, "a/b@1.0.0").await;
    place.has(1, "a/b@1.9.0").await;
    place.has(1, "c/d@1.0.0").await;
    assert_eq!(place.one("a/b@^1").await.unwrap(), [("a/b@1.0.0".into(), 0)]);
    assert_eq!(place.one("c/d").await.unwrap(), [("c/d@1.0.0".into(), 1)]);
    assert!(place.one("a/b@^1.5").await.unwrap_err().contains("folder one has 1.0.0"));
    assert!(place.one("e/f").await.unwrap_err().contains("no source has a contract `e/f`"));
    let found = place.catalogue.find(&"a/b".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((found.listed.about.package.to_string(), found.source), ("a/b@1.0.0".into(), 0));
}

#[tokio::test]
async fn a_source_is_asked_for_its_namespaces_alone() {
    let mut place = Place::new();
    place.has(0, "a/b@1.0.0").await;
    place.has(1, "a/b@2.0.0").await;
    place.catalogue.sources[0].namespaces = vec!["c".into()];
    assert_eq!(place.one("a/b").await.unwrap(), [("a/b@2.0.0".into(), 1)]);
    place.catalogue.sources[0].namespaces.push("a".into());
    assert_eq!(place.one("a/b").await.unwrap(), [("a/b@1.0.0".into(), 0)]);
}

/// Else whoever stops one source decides that another is asked.
#[tokio::test]
async fn a_source_that_fails_is_not_skipped() {
    let mut place = Place::new();
    place.has(1, "a/b@1.0.0").await;
    assert!(place.one("a/b").await.is_ok());
    fs::remove_dir(place.folder.path().join("one")).unwrap();
    let error = place.one("a/b").await.unwrap_err();
    assert!(error.starts_with("folder one: "), "{error}");
    assert!(place.catalogue.find(&"a/b".parse().unwrap()).await.is_err());
    // But one that is not asked for it may fail.
    place.catalogue.sources[0].namespaces = vec!["c".into()];
    assert!(place.one("a/b").await.is_ok());
}

#[tokio::test]
async fn what_is_yanked_is_not_found() {
    let place = Place::new();
    place.has(0, "a/b@1.0.0").await;
    place.has(0, "a/b@1.1.0").await;
    let source = &place.catalogue.sources[0].source;
    source.yank(&"a/b@1.1.0".parse().unwrap(), Some("it passes all")).await.unwrap();
    assert_eq!(place.one("a/b").await.unwrap(), [("a/b@1.0.0".into(), 0)]);
    let found = place.catalogue.find(&"a/b".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(found.listed.about.package.to_string(), "a/b@1.0.0");
    assert!(place.catalogue.find(&"a/b@=1.1.0".parse().unwrap()).await.unwrap().is_none());
    let error = place.one("a/b@=1.1.0").await.unwrap_err();
    assert!(error.contains("1.1.0 is yanked: it passes all"), "{error}");
}

/// What a package says of itself has to be what its source said of it.
#[tokio::test]
async fn a_source_that_lies_is_refused() {
    let wanting = contract("a/b@1.0.0", json!({"capabilities": {"clock": "it asks"}}));
    let other = contract("a/other@1.0.0", json!({}));
    type Lie<'a> = (&'a str, Box<dyn Fn(&mut Value)>, &'a str);
    let (digest, size) = (other.about().digest, other.about().size_bytes);
    let lies: [Lie; 6] = [
        (
            "it wants nothing",
            Box::new(|it| it["about"]["contract"]["capabilities"] = json!({})),
            "described otherwise in itself",
        ),
        (
            "it was written for another prompt",
            Box::new(|it| it["about"]["contract"]["prompts"] = json!({"welcome": "^1"})),
            "described otherwise in itself",
        ),
        (
            "its manifest is another",
            Box::new(move |it| it["about"]["manifest"] = json!(digest)),
            "described otherwise in itself",
        ),
        (
            "its digest is another",
            Box::new(move |it| it["about"]["digest"] = json!(digest)),
            "nothing was kept",
        ),
        ("it is larger", Box::new(|it| it["about"]["size-bytes"] = json!(1 << 20)), "should have"),
        (
            "it is another package",
            Box::new(|it| it["about"]["package"] = json!("a/other@1.0.0")),
            "it is of `a/other@1.0.0`",
        ),
    ];
    for (name, lie, words) in lies {
        let place = Place::new();
        place.publish(0, &wanting).await;
        place.fetch("a/b@1.0.0").await.unwrap();
        fs::remove_dir_all(place.folder.path().join("store")).unwrap();
        place.lie("a/b@1.0.0", lie);
        let error = place.fetch("a/b@1.0.0").await.unwrap_err();
        assert!(error.contains(words), "{name}: {error}");
        // Nor does it help that the bytes are here already.
        place.catalogue.store.put(wanting.bytes()).unwrap();
        assert!(place.fetch("a/b@1.0.0").await.is_err(), "{name}");
    }
    // Another package, under this name, with bytes that are its own.
    let place = Place::new();
    place.publish(0, &wanting).await;
    fs::write(place.description("a/b@1.0.0").with_extension("wasm"), other.bytes()).unwrap();
    place.lie("a/b@1.0.0", |it| {
        it["about"]["digest"] = json!(digest);
        it["about"]["size-bytes"] = json!(size);
    });
    let error = place.fetch("a/b@1.0.0").await.unwrap_err();
    assert!(error.contains("should be a/b@1.0.0, and is a/other@1.0.0"), "{error}");
}

#[tokio::test]
async fn what_vanished_is_no_answer() {
    let place = Place::new();
    place.has(0, "a/b@1.0.0").await;
    fs::remove_file(place.description("a/b@1.0.0")).unwrap();
    let error = place.fetch("a/b@1.0.0").await.unwrap_err();
    assert!(error.contains("folder one had `a/b@1.0.0`, and has it no longer"), "{error}");
    let none = place.catalogue.listed(&"a/b@1.0.0".parse().unwrap(), 7).await;
    assert!(matches!(none, Err(CatalogueError::Vanished { .. })));
}

#[tokio::test]
async fn what_is_here_already_is_looked_at_again() {
    let place = Place::new();
    let package = contract("a/b@1.0.0", json!({}));
    place.publish(0, &package).await;
    place.fetch("a/b@1.0.0").await.unwrap();
    let hex = package.about().digest.hex();
    let path = place.catalogue.store.folder().join("sha256").join(&hex[..2]).join(&hex);
    fs::remove_file(&path).unwrap();
    // White space changes nothing of what it says.
    let mut changed = package.bytes().to_vec();
    changed.push(b' ');
    fs::write(&path, changed).unwrap();
    let error = place.fetch("a/b@1.0.0").await.unwrap_err();
    assert!(error.contains("the store was changed from outside"), "{error}");
    fs::remove_file(&path).unwrap();
    place.fetch("a/b@1.0.0").await.unwrap();
}
