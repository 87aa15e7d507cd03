use std::fs;
use std::sync::Barrier;

use tempfile::TempDir;

use super::*;
use crate::prompt::{PromptFile, PromptText as Text};
use crate::trust::SecretKey;

fn package(version: &str, text: &str) -> Package {
    let text = format!("---\nname: welcome\nversion: {version}\n---\n{text}\n");
    let text = Text::new("welcome.prompt", text.as_bytes()).unwrap();
    Package::from_prompt(&PromptFile::parse(text, &|_| None).unwrap()).unwrap()
}

struct Fixture {
    folder: TempDir,
    source: PackageSource,
    store: Store,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("packages")).unwrap();
        let source =
            PackageSource::Folder(FolderSource::new(folder.path().join("packages"), "packages"));
        let store = Store::new(folder.path().join("store"));
        Self { folder, source, store }
    }

    async fn publish(&self, package: &Package) -> Result<PublishOutcome, SourceError> {
        self.source.publish(package, &PublishOptions::default(), &()).await
    }

    async fn fetch(&self, id: &str) -> Result<Vec<u8>, String> {
        let listed = self.source.lookup(&id.parse().unwrap()).await;
        let listed = listed.map_err(|error| error.to_string())?.ok_or("it is not there")?;
        let fetched = self.source.fetch(&listed.metadata, &self.store, &()).await;
        fetched.map_err(|error| error.to_string())?;
        let checked = listed.metadata.verify_stored(&self.store, |_| Err("it is a prompt".into()));
        checked.map_err(|error| error.to_string())?;
        Ok(self.store.get(listed.metadata.digest).unwrap().unwrap())
    }

    fn path(&self, file: &str) -> std::path::PathBuf {
        self.folder.path().join("packages/prompts/welcome").join(file)
    }
}

#[tokio::test]
async fn finds_published_versions() {
    let place = Fixture::new();
    let one = package("1.0.0", "Hi");
    assert_eq!(place.publish(&one).await.unwrap(), PublishOutcome::Created);
    assert_eq!(place.publish(&one).await.unwrap(), PublishOutcome::AlreadyPublished);
    place.publish(&package("1.1.0", "Hello")).await.unwrap();
    let name = &one.metadata().package.name;
    let versions = place.source.versions(name).await.unwrap();
    assert_eq!(versions, ["1.0.0".parse().unwrap(), "1.1.0".parse().unwrap()]);
    assert_eq!(place.fetch("welcome@1.0.0").await.unwrap(), one.bytes());
    assert_eq!(place.fetch("welcome@2.0.0").await.unwrap_err(), "it is not there");
}

#[tokio::test]
async fn refuses_other_bytes_under_a_published_version() {
    let place = Fixture::new();
    let (one, other) = (package("1.0.0", "Hi"), package("1.0.0", "Hello"));
    place.publish(&one).await.unwrap();
    place.publish(&package("1.0.1", "Hey")).await.unwrap();
    let error = place.publish(&other).await.unwrap_err().to_string();
    let (there, new) = (one.metadata().digest.to_string(), other.metadata().digest.to_string());
    for word in [there.as_str(), &new, "1.0.2", "1.1.0", "2.0.0"] {
        assert!(error.contains(word), "{error}");
    }
    assert_eq!(place.fetch("welcome@1.0.0").await.unwrap(), one.bytes());
}

#[test]
fn only_one_of_many_concurrent_publishers_wins() {
    let place = Fixture::new();
    let barrier = Barrier::new(8);
    let publish = |writer: usize| {
        barrier.wait();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(place.publish(&package("1.0.0", &format!("I am {writer}")))).is_ok()
    };
    let wins = std::thread::scope(|scope| {
        let publish = &publish;
        let writers: Vec<_> = (0..8).map(|writer| scope.spawn(move || publish(writer))).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).filter(|won| *won).count()
    });
    assert_eq!(wins, 1);
}

#[tokio::test]
async fn refuses_every_tampered_byte() {
    let place = Fixture::new();
    place.publish(&package("1.0.0", "Hi")).await.unwrap();
    for file in ["1.0.0.prompt", "1.0.0.json"] {
        let path = place.path(file);
        let sound = fs::read(&path).unwrap();
        for at in 0..sound.len() {
            let mut changed = sound.clone();
            changed[at] ^= 1;
            fs::write(&path, &changed).unwrap();
            let same = || {
                String::from_utf8_lossy(&changed).split_whitespace().collect::<String>()
                    == String::from_utf8_lossy(&sound).split_whitespace().collect::<String>()
            };
            assert!(place.fetch("welcome@1.0.0").await.is_err() || same(), "{file}: byte {at}");
            let _ = fs::remove_dir_all(place.store.folder());
        }
        fs::write(&path, &sound).unwrap();
    }
    assert!(place.fetch("welcome@1.0.0").await.is_ok());
}

#[tokio::test]
async fn refuses_symbolic_links() {
    let place = Fixture::new();
    place.publish(&package("1.0.0", "Hi")).await.unwrap();
    for file in ["1.0.0.prompt", "1.0.0.json"] {
        let (path, elsewhere) = (place.path(file), place.folder.path().join(file));
        fs::rename(&path, &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
        let error = place.fetch("welcome@1.0.0").await.unwrap_err();
        assert!(error.contains("not a regular file"), "{error}");
        fs::remove_file(&path).unwrap();
        fs::rename(&elsewhere, &path).unwrap();
    }
}

#[tokio::test]
async fn yanked_versions_can_still_be_fetched() {
    let place = Fixture::new();
    let one = package("1.0.0", "Hi");
    place.publish(&one).await.unwrap();
    let id = &one.metadata().package;
    place.source.yank(id, Some("it greets twice")).await.unwrap();
    let yanked = place.source.lookup(id).await.unwrap().unwrap().yanked.unwrap();
    assert_eq!(yanked.reason, "it greets twice");
    assert_eq!(place.fetch("welcome@1.0.0").await.unwrap(), one.bytes());
    place.source.yank(id, None).await.unwrap();
    assert_eq!(place.source.lookup(id).await.unwrap().unwrap().yanked, None);
    let absent = "welcome@3.0.0".parse().unwrap();
    assert!(place.source.yank(&absent, Some("")).await.is_err());
}

#[tokio::test]
async fn adds_signatures_to_a_published_version() {
    let place = Fixture::new();
    let one = package("1.0.0", "Hi");
    let keys = [SecretKey::generate().unwrap(), SecretKey::generate().unwrap()];
    for key in &keys {
        let signature = Some(one.metadata().statement().sign(key).unwrap());
        let published = PublishOptions { signature, forced_reason: None };
        place.source.publish(&one, &published, &()).await.unwrap();
    }
    let listed = place.source.lookup(&one.metadata().package).await.unwrap().unwrap();
    let public: Vec<_> = keys.iter().map(SecretKey::public).collect();
    let signed = crate::trust::SignedStatement::open(&listed.signature.unwrap(), &public).unwrap();
    assert_eq!(signed.signers.len(), 2);
    assert_eq!(signed.statement, one.metadata().statement());
}

#[tokio::test]
async fn reports_a_missing_folder_as_an_error() {
    let source = PackageSource::Folder(FolderSource::new("/nowhere/packages", "packages"));
    let error = source.versions(&"welcome".parse().unwrap()).await.unwrap_err().to_string();
    assert!(error.contains("folder packages") && error.contains("/nowhere"), "{error}");
}
