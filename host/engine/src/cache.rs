//! On-disk cache of compiled contracts.
//!
//! Cached files hold machine code, so loading one means trusting it. Every file therefore
//! starts with a keyed hash of its name and content, under a key that only this user can
//! read. A file that this host did not write, or that was written under another name, is
//! never loaded. The key is only believed if it and the folder belong to this user, because
//! anybody who knows the key can have any machine code run. Files are written to a temporary name and
//! renamed, so several hosts can fill one cache at the same time.
//!
//! A broken cache costs time and never a judgement: the problem is reported once, and the
//! host compiles without the cache.

mod owned_folder;

use std::fs::{self, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use owned_folder::OwnedFolder;

const KEY_FILE: &str = "key";
const KEY_BYTES: usize = 32;
const HASH_BYTES: usize = blake3::OUT_LEN;
const KEY_FILE_MODE: u32 = 0o600;
/// Size limit of the folder. Above it, the least recently used files are deleted.
const CACHE_BYTES_MAX: u64 = 2 << 30;

/// Folder of compiled contracts, with the key that authenticates them.
pub(crate) struct Cache {
    folder: OwnedFolder,
    key: [u8; KEY_BYTES],
}

/// The cache folder or one of its files cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the cache `{}` cannot be used: {reason}", path.display())]
pub struct CacheError {
    path: PathBuf,
    reason: String,
}

impl Cache {
    /// Opens the cache in `folder`, and creates folder and key if they are missing.
    pub(crate) fn open(folder: &Path) -> Result<Self, CacheError> {
        let unusable = |reason: String| CacheError { path: folder.into(), reason };
        let folder = OwnedFolder::open(folder).map_err(unusable)?;
        let key = read_key(&folder).map_err(unusable)?;
        Ok(Self { folder, key })
    }

    /// Returns the content of this file, or `None` if it is missing or was not written by this
    /// host under this name. A file that fails the check is deleted.
    pub(crate) fn load(&self, name: &str) -> Option<Vec<u8>> {
        let mut file = self.folder.open_file(name).ok()?;
        let (mut hash, mut content) = ([0; HASH_BYTES], Vec::new());
        let read = file.read_exact(&mut hash).and_then(|()| file.read_to_end(&mut content));
        // `blake3::Hash` compares in constant time, so timing does not leak the right hash.
        if read.is_err() || blake3::Hash::from_bytes(hash) != self.hash(name, &content) {
            let _ = fs::remove_file(self.path(name));
            return None;
        }
        // The modification time is what `prune` goes by.
        let _ = file.set_modified(SystemTime::now());
        Some(content)
    }

    /// Returns whether there is a file of this name. Loading it may still fail.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.folder.open_file(name).is_ok()
    }

    /// Writes a file that every host with this cache folder can load.
    pub(crate) fn store(&self, name: &str, content: &[u8]) -> Result<(), CacheError> {
        self.write(name, content)
            .map_err(|error| CacheError { path: self.path(name), reason: error.to_string() })
    }

    /// Returns the path of a file. Writing by path is safe even if the folder is exchanged: without
    /// the key, a file is worth nothing.
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(self.folder.path())?;
        file.write_all(self.hash(name, content).as_bytes())?;
        file.write_all(content)?;
        file.persist(self.path(name))?;
        self.prune(CACHE_BYTES_MAX)
    }

    fn hash(&self, name: &str, content: &[u8]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        // The length separates name and content: "ab" + "c" must not hash like "a" + "bc".
        hasher.update(&(name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
        hasher.update(content);
        hasher.finalize()
    }

    fn prune(&self, bytes_max: u64) -> io::Result<()> {
        let mut files = Vec::new();
        for entry in fs::read_dir(self.folder.path())?.flatten() {
            // Another host may have renamed or deleted the file since the folder was listed.
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_file() && entry.file_name() != KEY_FILE {
                files.push((metadata.modified()?, metadata.len(), entry.path()));
            }
        }
        let mut bytes: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
        files.sort();
        for (_, size, path) in files {
            if bytes <= bytes_max {
                break;
            }
            let _ = fs::remove_file(path);
            bytes -= size;
        }
        Ok(())
    }
}

/// Reads the key of the folder. The first host creates it, and nobody replaces it.
fn read_key(folder: &OwnedFolder) -> Result<[u8; KEY_BYTES], String> {
    let unreadable = |error: io::Error| format!("its key file cannot be read: {error}");
    let path = folder.path().join(KEY_FILE);
    let file = match folder.open_file(KEY_FILE) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create_key(folder.path(), &path)
                .map_err(|error| format!("its key file cannot be created: {error}"))?;
            folder.open_file(KEY_FILE)
        }
        opened => opened,
    };
    let mut file = file.map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.mode() & 0o077 != 0 {
        return Err(format!(
            "its key file can be read by other users: delete the folder, or run `chmod 600 {}` if no \
             other user has read it",
            path.display()
        ));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    bytes.try_into().map_err(|_| "its key file is damaged: delete the folder".into())
}

fn create_key(folder: &Path, path: &Path) -> io::Result<()> {
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&key)?;
    file.as_file().set_permissions(Permissions::from_mode(KEY_FILE_MODE))?;
    // Two hosts may start at once. The key of the first one counts.
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reopened_cache_reads_stored_files() {
        let folder = tempfile::tempdir().unwrap();
        Cache::open(folder.path()).unwrap().store("a", b"code").unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        assert_eq!(&*cache.load("a").unwrap(), b"code");
        assert!(cache.load("b").is_none());
    }

    #[test]
    fn rejects_files_that_this_host_did_not_write() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        let path = folder.path().join("a");
        let load_changed = |change: &dyn Fn(&mut Vec<u8>)| {
            cache.store("a", b"code").unwrap();
            let mut bytes = fs::read(&path).unwrap();
            change(&mut bytes);
            fs::write(&path, bytes).unwrap();
            cache.load("a")
        };
        assert_eq!(&*load_changed(&|_| {}).unwrap(), b"code");
        for bit in 0..(HASH_BYTES + 4) * 8 {
            assert!(load_changed(&|bytes| bytes[bit / 8] ^= 1 << (bit % 8)).is_none(), "bit {bit}");
        }
        assert!(load_changed(&|bytes| bytes.truncate(10)).is_none());
        assert!(load_changed(&|bytes| bytes.push(0)).is_none());

        cache.store("b", b"other").unwrap();
        fs::rename(folder.path().join("b"), &path).unwrap();
        assert!(cache.load("a").is_none());

        cache.store("a", b"code").unwrap();
        fs::remove_file(folder.path().join(KEY_FILE)).unwrap();
        assert!(Cache::open(folder.path()).unwrap().load("a").is_none());
    }

    #[test]
    fn refuses_a_key_that_other_users_can_read() {
        let folder = tempfile::tempdir().unwrap();
        Cache::open(folder.path()).unwrap();
        let key = folder.path().join(KEY_FILE);
        fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
        let error = Cache::open(folder.path()).err().unwrap().to_string();
        assert!(error.contains("chmod 600"), "{error}");
    }

    /// Somebody who can exchange the key for a link to a file that they know could sign any code.
    #[test]
    fn refuses_a_key_that_is_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let known = folder.path().join("known");
        fs::write(&known, [7; KEY_BYTES]).unwrap();
        fs::set_permissions(&known, Permissions::from_mode(KEY_FILE_MODE)).unwrap();
        let cache = folder.path().join("cache");
        drop(OwnedFolder::open(&cache).unwrap());
        std::os::unix::fs::symlink(&known, cache.join(KEY_FILE)).unwrap();
        let error = Cache::open(&cache).err().unwrap().to_string();
        assert!(error.contains("its key file cannot be read"), "{error}");
    }

    #[test]
    fn evicts_the_least_recently_used_files_first() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        for (age_s, name) in [(30, "old"), (20, "older-but-used"), (10, "new")] {
            cache.store(name, &[0; 100]).unwrap();
            let file = fs::File::open(folder.path().join(name)).unwrap();
            file.set_modified(SystemTime::now() - std::time::Duration::from_secs(age_s)).unwrap();
        }
        cache.load("older-but-used").unwrap();
        cache.prune(2 * (100 + HASH_BYTES as u64)).unwrap();
        assert!(cache.load("old").is_none());
        assert!(cache.load("older-but-used").is_some() && cache.load("new").is_some());
    }

    #[test]
    fn supports_several_writers_at_once() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let cache = Cache::open(folder.path()).unwrap();
                    for round in 0..50 {
                        cache.store("a", &vec![7; 1000]).unwrap();
                        assert_eq!(&*cache.load("a").unwrap(), vec![7; 1000], "round {round}");
                    }
                });
            }
        });
    }
}
