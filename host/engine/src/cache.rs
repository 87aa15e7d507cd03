//! Compiled contracts on disk.
//!
//! Compiled code is machine code, and loading it is trusting it. So every file starts
//! with a keyed hash of its name and everything behind it, under a key that only this
//! user can read: a file that this host did not make is never loaded, and neither is
//! one that was made for something else. Files are written aside and renamed, so
//! two hosts that fill the cache at once do each other no harm.
//!
//! A cache that cannot be used costs time, never a judgement: what is wrong with it is
//! said once, and the host goes on without.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const KEY_FILE: &str = "key";
const KEY_BYTES: usize = 32;
const HASH_BYTES: usize = blake3::OUT_LEN;
const PRIVATE: u32 = 0o600;
/// Beyond it, the files that were not used for the longest time go.
const CACHE_BYTES_MAX: u64 = 2 << 30;

/// A folder of files that this host made.
pub(crate) struct Cache {
    folder: PathBuf,
    key: [u8; KEY_BYTES],
}

/// The content of a file, behind its hash: megabytes, so they are not moved.
#[derive(Debug)]
pub(crate) struct Stored(Vec<u8>);

impl std::ops::Deref for Stored {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.get(HASH_BYTES..).unwrap_or_default()
    }
}

/// Why a cache cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the cache `{}` cannot be used: {reason}", path.display())]
pub struct CacheError {
    path: PathBuf,
    reason: String,
}

impl Cache {
    /// Opens a cache, and makes it where there is none.
    pub(crate) fn open(folder: &Path) -> Result<Self, CacheError> {
        let unusable = |reason: String| CacheError { path: folder.into(), reason };
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|error| unusable(error.to_string()))?;
        let key = read_key(folder).map_err(unusable)?;
        Ok(Self { folder: folder.into(), key })
    }

    /// What was stored under this name, if this host stored it.
    pub(crate) fn load(&self, name: &str) -> Option<Stored> {
        let path = self.folder.join(name);
        let stored = Stored(fs::read(&path).ok()?);
        let claimed = stored.0.first_chunk::<HASH_BYTES>();
        // Comparing these takes the same time wherever they differ.
        if claimed.map(|hash| blake3::Hash::from_bytes(*hash)) != Some(self.hash(name, &stored)) {
            let _ = fs::remove_file(&path);
            return None;
        }
        if let Ok(file) = File::open(&path) {
            let _ = file.set_modified(SystemTime::now());
        }
        Some(stored)
    }

    /// Stores this under a name, for every host of this user.
    pub(crate) fn store(&self, name: &str, content: &[u8]) -> Result<(), CacheError> {
        self.write(name, content)
            .map_err(|error| CacheError { path: self.folder.join(name), reason: error.to_string() })
    }

    fn write(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(self.hash(name, content).as_bytes())?;
        file.write_all(content)?;
        file.persist(self.folder.join(name))?;
        self.prune(CACHE_BYTES_MAX)
    }

    fn hash(&self, name: &str, content: &[u8]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(&(name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
        hasher.update(content);
        hasher.finalize()
    }

    fn prune(&self, bytes_max: u64) -> io::Result<()> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder)?.flatten() {
            // Another host may have renamed or removed it since the folder was read.
            let Ok(about) = entry.metadata() else { continue };
            if about.is_file() && entry.file_name() != KEY_FILE {
                files.push((about.modified()?, about.len(), entry.path()));
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

/// The key of this folder. It is made by whoever comes first, and never replaced.
fn read_key(folder: &Path) -> Result<[u8; KEY_BYTES], String> {
    let path = folder.join(KEY_FILE);
    if !path.exists() {
        make_key(folder, &path).map_err(|error| format!("its key cannot be made: {error}"))?;
    }
    let about = fs::metadata(&path).map_err(|error| format!("its key cannot be read: {error}"))?;
    if about.mode() & 0o077 != 0 {
        return Err(format!(
            "others can read its key; remove the folder, or run `chmod 600 {}` if nobody did",
            path.display()
        ));
    }
    let bytes = fs::read(&path).map_err(|error| format!("its key cannot be read: {error}"))?;
    bytes.try_into().map_err(|_| "its key is damaged; remove the folder".into())
}

fn make_key(folder: &Path, path: &Path) -> io::Result<()> {
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&key)?;
    file.as_file().set_permissions(Permissions::from_mode(PRIVATE))?;
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_cache_of_the_same_folder_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        Cache::open(folder.path()).unwrap().store("a", b"code").unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        assert_eq!(&*cache.load("a").unwrap(), b"code");
        assert!(cache.load("b").is_none());
    }

    #[test]
    fn what_this_host_did_not_make_is_not_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        let path = folder.path().join("a");
        let put = |change: &dyn Fn(&mut Vec<u8>)| {
            cache.store("a", b"code").unwrap();
            let mut bytes = fs::read(&path).unwrap();
            change(&mut bytes);
            fs::write(&path, bytes).unwrap();
            cache.load("a")
        };
        assert_eq!(&*put(&|_| {}).unwrap(), b"code");
        for bit in 0..(HASH_BYTES + 4) * 8 {
            assert!(put(&|bytes| bytes[bit / 8] ^= 1 << (bit % 8)).is_none(), "bit {bit}");
        }
        assert!(put(&|bytes| bytes.truncate(10)).is_none());
        assert!(put(&|bytes| bytes.push(0)).is_none());

        cache.store("b", b"other").unwrap();
        fs::rename(folder.path().join("b"), &path).unwrap();
        assert!(cache.load("a").is_none());

        cache.store("a", b"code").unwrap();
        fs::remove_file(folder.path().join(KEY_FILE)).unwrap();
        assert!(Cache::open(folder.path()).unwrap().load("a").is_none());
    }

    #[test]
    fn a_key_that_others_can_read_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        Cache::open(folder.path()).unwrap();
        let key = folder.path().join(KEY_FILE);
        fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
        let error = Cache::open(folder.path()).err().unwrap().to_string();
        assert!(error.contains("chmod 600"), "{error}");
    }

    #[test]
    fn the_oldest_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        for (age_s, name) in [(30, "old"), (20, "older-but-used"), (10, "new")] {
            cache.store(name, &[0; 100]).unwrap();
            let file = File::open(folder.path().join(name)).unwrap();
            file.set_modified(SystemTime::now() - std::time::Duration::from_secs(age_s)).unwrap();
        }
        cache.load("older-but-used").unwrap();
        cache.prune(2 * (100 + HASH_BYTES as u64)).unwrap();
        assert!(cache.load("old").is_none());
        assert!(cache.load("older-but-used").is_some() && cache.load("new").is_some());
    }

    #[test]
    fn many_fill_it_at_once() {
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
