use std::fs;
use std::sync::Barrier;

use tempfile::TempDir;

use super::*;
use crate::prompt::{PromptFile, Source as Text};
use crate::trust::SecretKey;

fn package(version: &str, text: &str) -> Package {
    let text = format!("---\nname: welcome\nversion: {version}\n---\n{text}\n");
    let text = Text::new("welcome.prompt", text.as_bytes()).unwrap();
    Package::prompt(&PromptFile::parse(text, &|_| None).unwrap()).unwrap()
}

struct Place {
    folder: TempDir,
    source: Source,
    store: Store,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("packages")).unwrap();
        let source = Source::Folder(Folder::new(folder.path().join("packages"), "packages"));
        let store = Store::new(folder.path().join("store"));
        Self { folder, source, store }
    }

    async fn publish(&self, package: &Package) -> Result<Publication, SourceError> {
        self.source.publish(package, &Published::default(), &()).await
    }

    async fn fetch(&self, id: &str) -> Result<Vec<u8>, String> {
        let listed = self.source.listed(&id.parse().unwrap()).await;
        let listed = listed.map_err(|error| error.to_string())?.ok_or("it is not there")?;
        let fetched = self.source.fetch(&listed.about, &self.store, &()).await;
        fetched.map_err(|error| error.to_string())?;
        let checked = listed.about.check(&self.store, |_| Err("it is a prompt".into()));
        checked.map_err(|error| error.to_string())?;
        Ok(self.store.get(listed.about.digest).unwrap().unwrap())
    }

    fn path(&self, file: &str) -> std::path::PathBuf {
        self.folder.path().join("packages/prompts/welcome").join(file)
    }
}

#[tokio::test]
async fn what_is_published_is_found() {
    let place = Place::new();
    let one = package("1.0.0", "Hi");
    assert_eq!(place.publish(&one).await.unwrap(), Publication::New);
    assert_eq!(place.publish(&one).await.unwrap(), Publication::Same);
    place.publish(&package("1.1.0", "Hello")).await.unwrap();
    let name = &one.about().package.name;
    let versions = place.source.versions(name).await.unwrap();
    assert_eq!(versions, ["1.0.0".parse().unwrap(), "1.1.0".parse().unwrap()]);
    assert_eq!(place.fetch("welcome@1.0.0").await.unwrap(), one.bytes());
    assert_eq!(place.fetch("welcome@2.0.0").await.unwrap_err(), "it is not there");
}

#[tokio::test]
async fn a_version_never_changes() {
    let place = Place::new();
    let (one, other) = (package("1.0.0", "Hi"), package("1.0.0", "Hello"));
    place.publish(&one).await.unwrap();
    place.publish(&package("1.0.1", "Hey")).await.unwrap();
    let error = place.publish(&other).await.unwrap_err().to_string();
    let (there, new) = (one.about().digest.to_string(), other.about().digest.to_string());
    for word in [there.as_str(), &new, "1.0.2", "1.1.0", "2.0.0"] {
        assert!(error.contains(word), "{error}");
    }
    assert_eq!(place.fetch("welcome@1.0.0").await.unwrap(), one.bytes());
}

#[test]
fn of_many_who_publish_at_once_one_wins() {
    let place = Place::new();
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
async fn a_tampered_byte_anywhere_is_refused() {
    let place = Place::new();
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
async fn links_lead_nowhere() {
    let place = Place::new();
    place.publish(&package("1.0.0", "Hi")).await.unwrap();
    for file in ["1.0.0.prompt", "1.0.0.json"] {
        let (path, elsewhere) = (place.path(file), place.folder.path().join(file));
        fs::rename(&path, &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
        let error = place.fetch("welcome@1.0.0").await.unwrap_err();
        assert!(error.contains("no file of its own"), "{error}");
        fs::remove_file(&path).unwrap();
        fs::rename(&elsewhere, &path).unwrap();
    }
}

#[tokio::test]
async fn what_is_yanked_is_still_there() {
    let place = Place::new();
    let one = package("1.0.0", "Hi");
    place.publish(&one).await.unwrap();
    let id = &one.about().package;
    place.source.yank(id, Some("it greets twice")).await.unwrap();
    let yanked = place.source.listed(id).await.unwrap().unwrap().yanked.unwrap();
    assert_eq!(yanked.reason, "it greets twice");
    assert_eq!(place.fetch("welcome@1.0.0").await.unwrap(), one.bytes());
    place.source.yank(id, None).await.unwrap();
    assert_eq!(place.source.listed(id).await.unwrap().unwrap().yanked, None);
    let absent = "welcome@3.0.0".parse().unwrap();
    assert!(place.source.yank(&absent, Some("")).await.is_err());
}

#[tokio::test]
async fn signatures_are_added() {
    let place = Place::new();
    let one = package("1.0.0", "Hi");
    let keys = [SecretKey::generate().unwrap(), SecretKey::generate().unwrap()];
    for key in &keys {
        let signature = Some(one.about().statement().sign(key).unwrap());
        let published = Published { signature, forced: None };
        place.source.publish(&one, &published, &()).await.unwrap();
    }
    let listed = place.source.listed(&one.about().package).await.unwrap().unwrap();
    let public: Vec<_> = keys.iter().map(SecretKey::public).collect();
    let signed = crate::trust::Signed::open(&listed.signature.unwrap(), &public).unwrap();
    assert_eq!(signed.by.len(), 2);
    assert_eq!(signed.statement, one.about().statement());
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_no_empty_one() {
    let source = Source::Folder(Folder::new("/nowhere/packages", "packages"));
    let error = source.versions(&"welcome".parse().unwrap()).await.unwrap_err().to_string();
    assert!(error.contains("folder packages") && error.contains("/nowhere"), "{error}");
}
