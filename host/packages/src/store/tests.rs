use std::io::Seek;
use std::sync::{Arc, Barrier};

use super::*;
use crate::package::{ListedPackage, PackageMetadata};

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("store"));
    (folder, store)
}

/// Stores bytes and describes them as a prompt.
fn listed(store: &Store, package: &str, bytes: &str) -> ListedPackage {
    let digest = store.put(bytes.as_bytes()).unwrap();
    let (package, size_bytes) = (package.parse().unwrap(), bytes.len() as u64);
    let metadata =
        PackageMetadata { package, digest, size_bytes, manifest: digest, contract: None };
    ListedPackage { metadata, signature: None, yanked: None, forced_reason: None }
}

/// Returns all files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn returns_the_stored_bytes() {
    let (_folder, store) = store();
    let digest = store.put(b"a contract").unwrap();
    assert_eq!(digest, Digest::of("a contract"));
    assert_eq!(store.put(b"a contract").unwrap(), digest);
    assert_eq!(store.get(digest).unwrap().unwrap(), b"a contract");
    assert_eq!(store.get(Digest::of("another")).unwrap(), None);
    assert_eq!(files(store.folder()).len(), 1);
}

#[test]
fn names_the_listing_that_another_version_wrote() {
    let (_folder, store) = store();
    let listed = listed(&store, "prompts/letter@1.0.0", "Dear");
    store.cache_metadata("ours", &listed).unwrap();
    let [path] = &files(&store.folder().join(METADATA_FOLDER))[..] else { panic!("not one file") };
    let written = fs::read_to_string(path).unwrap();
    assert!(written.contains("\"package\":{\"metadata\""), "{written}");
    fs::write(path, written.replace("\"package\":{\"metadata\"", "\"listed\":{\"metadata\""))
        .unwrap();
    for error in [
        store.cached_metadata("ours", &listed.metadata.package).unwrap_err(),
        store.cached_listings("ours", &listed.metadata.package).unwrap_err(),
        store.cache_metadata("ours", &listed).unwrap_err(),
    ] {
        let StoreError::UnreadableListing { path: named, source } = &error else {
            panic!("{error}")
        };
        assert_eq!(named, path);
        assert!(source.to_string().starts_with("unknown field `listed`"), "{source}");
    }
    fs::remove_file(path).unwrap();
    store.cache_metadata("ours", &listed).unwrap();
    assert!(store.cached_metadata("ours", &listed.metadata.package).unwrap().is_some());
}

#[test]
fn refuses_bytes_that_were_modified_outside() {
    let (_folder, store) = store();
    let digest = store.put(b"a contract").unwrap();
    let path = store.blob_path(digest);
    fs::remove_file(&path).unwrap();
    fs::write(&path, b"A contract").unwrap();
    let error = store.get(digest).unwrap_err().to_string();
    assert!(
        error.contains(&digest.to_string())
            && error.contains(&Digest::of("A contract").to_string())
    );
}

#[test]
fn keeps_nothing_of_unexpected_bytes() {
    let (_folder, store) = store();
    let mut incoming = store.begin_write(Digest::of("a contract")).unwrap().unwrap();
    incoming.append(b"something else").unwrap();
    let error = incoming.commit().unwrap_err();
    assert!(matches!(error, StoreError::DigestMismatch { .. }), "{error}");
    assert_eq!(files(store.folder()), Vec::<PathBuf>::new());
}

#[test]
fn resumes_an_interrupted_write() {
    let (_folder, store) = store();
    let digest = Digest::of("a contract");
    let mut incoming = store.begin_write(digest).unwrap().unwrap();
    incoming.append(b"a con").unwrap();
    drop(incoming);
    assert!(!store.contains(digest), "an incomplete blob is not stored");
    let mut incoming = store.begin_write(digest).unwrap().unwrap();
    assert_eq!(incoming.file().seek(std::io::SeekFrom::End(0)).unwrap(), 5);
    incoming.append(b"tract").unwrap();
    incoming.commit().unwrap();
    assert_eq!(store.get(digest).unwrap().unwrap(), b"a contract");
}

#[test]
fn never_replaces_a_listing_by_one_of_other_bytes() {
    let (_folder, store) = store();
    let (before, after) =
        (listed(&store, "welcome@1.0.0", "Hi"), listed(&store, "welcome@1.0.0", "Ha"));
    store.cache_metadata("folder one", &before).unwrap();
    let error = store.cache_metadata("folder one", &after).unwrap_err();
    let StoreError::VersionChanged(error) = error else { panic!("{error}") };
    let known = || store.cached_metadata("folder one", &before.metadata.package).unwrap().unwrap();
    assert_eq!(known(), before);
    assert!(files(&store.folder().join(INCOMING_FOLDER)).is_empty());
    // What a source says beside the bytes may change.
    let forced = ListedPackage { forced_reason: Some("we had to".into()), ..before.clone() };
    store.cache_metadata("folder one", &forced).unwrap();
    assert_eq!(known(), forced);
    // The remedy of the message.
    fs::remove_file(&error.path).unwrap();
    store.cache_metadata("folder one", &after).unwrap();
}

/// Lock files and bundles name a source by its label, which another project may give to another one.
#[test]
fn finds_the_listings_of_a_label_by_all_its_sources() {
    let (_folder, store) = store();
    let (one, two) = (listed(&store, "welcome@1.0.0", "Hi"), listed(&store, "welcome@1.0.0", "Ha"));
    store.cache_labelled_metadata("folder /one", "folder packages", &one).unwrap();
    store.cache_labelled_metadata("folder /two", "folder packages", &two).unwrap();
    store.cache_metadata("registry ours", &one).unwrap();
    let find = |label: &str| store.cached_listings(label, &one.metadata.package).unwrap();
    let of_both = [one.clone(), two.clone()];
    assert_eq!(find("folder packages"), of_both);
    assert_eq!(find("registry ours"), of_both[..1]);
    assert_eq!(find("folder /one"), []);
    // A project that calls the folder by another name takes nothing from the others.
    store.cache_labelled_metadata("folder /one", "folder ./packages", &one).unwrap();
    assert_eq!(find("folder ./packages"), of_both[..1]);
    assert_eq!(find("folder packages"), of_both);
    // Nor does one that calls it by its full path hide it from the others, or they from it.
    store.cache_metadata("folder /one", &one).unwrap();
    assert_eq!(find("folder /one"), of_both[..1]);
    assert_eq!(find("folder packages"), of_both);
    store.cache_metadata("folder /three", &one).unwrap();
    store.cache_labelled_metadata("folder /three", "folder three", &one).unwrap();
    assert_eq!(find("folder /three"), of_both[..1]);
    let error = store.cache_labelled_metadata("folder /one", "folder packages", &two).unwrap_err();
    assert!(matches!(error, StoreError::VersionChanged(_)), "{error}");
}

#[test]
fn finds_the_highest_accepted_version() {
    let (_folder, store) = store();
    let highest = |accepts: fn(&ListedPackage, &str) -> bool| {
        let found = store.highest_available(&"welcome@^1".parse().unwrap(), accepts);
        found.map(|found| found.map(|(listed, source)| (listed.metadata.package.version, source)))
    };
    assert_eq!(highest(|_, _| true).unwrap(), None);
    for (source, package, bytes) in [
        ("one", "welcome@1.2.0", "Hi"),
        ("two", "welcome@1.2.0", "Hi"),
        ("two", "welcome@1.10.0", "Hello"),
        ("two", "welcome@2.0.0", "Ha"),
    ] {
        store.cache_metadata(source, &listed(&store, package, bytes)).unwrap();
    }
    let version = |text: &str, source: &str| Some((text.parse().unwrap(), source.to_owned()));
    assert_eq!(highest(|_, _| true).unwrap(), version("1.10.0", "two"));
    assert_eq!(highest(|_, source| source == "one").unwrap(), version("1.2.0", "one"));
    store.cache_metadata("one", &listed(&store, "welcome@1.10.0", "Other")).unwrap();
    assert!(matches!(highest(|_, _| true), Err(StoreError::Ambiguous { .. })));
    assert_eq!(highest(|_, source| source == "two").unwrap(), version("1.10.0", "two"));
}

#[test]
fn supports_concurrent_writers() {
    let (_folder, store) = store();
    let barrier = Arc::new(Barrier::new(8));
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let (store, barrier) = (store.clone(), barrier.clone());
            std::thread::spawn(move || {
                barrier.wait();
                for round in 0..50 {
                    // Some blobs are the same as another writer's, some are not.
                    let bytes = format!("contract {}", (writer % 2) * 1000 + round).repeat(100);
                    let digest = store.put(bytes.as_bytes()).unwrap();
                    assert_eq!(store.get(digest).unwrap().unwrap(), bytes.as_bytes());
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    let kept = files(&store.folder().join(BLOB_FOLDER)).len();
    assert_eq!(kept, 100);
    assert_eq!(files(store.folder()).len(), 100, "no temporary files are left");
}
