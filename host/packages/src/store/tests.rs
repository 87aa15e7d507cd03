use std::io::Seek;
use std::sync::{Arc, Barrier};

use super::*;

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("store"));
    (folder, store)
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
