//! Fuzz bodies for the documents that say which packages there are: lock files, and the manifests of registries. What
//! can be read is the same after it was written and read again.

use tollgate_packages::lock::{LockFile, LockFileError};
use tollgate_packages::registry::ArtefactManifest;

/// Returns whether the bytes are a lock file.
pub fn is_lock_file(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    match LockFile::parse(text) {
        Ok(lock) => {
            let written = lock.to_text().expect("a lock file can be written");
            assert_eq!(LockFile::parse(&written).expect("a written one can be read"), lock);
            true
        }
        Err(LockFileError::Malformed { span, message }) => {
            assert!(text.get(span.start..span.end).is_some(), "{message}");
            false
        }
        Err(_) => false,
    }
}

/// Returns whether the bytes are the manifest of an artefact.
pub fn is_manifest(bytes: &[u8]) -> bool {
    let Ok(manifest) = ArtefactManifest::parse(bytes) else { return false };
    let written = serde_json::to_vec(&manifest).expect("a manifest can be written");
    assert_eq!(ArtefactManifest::parse(&written).expect("a written one can be read"), manifest);
    true
}
