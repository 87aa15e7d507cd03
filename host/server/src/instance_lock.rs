//! The lock of a server: one project has one server, because each would prepare and publish on its own.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

const LOCK_FILE: &str = "server.lock";

/// Bytes of the note about the server that has the lock.
const NOTE_BYTES_MAX: u64 = 256;

/// The lock of a running server. It is free again when this is dropped, and when the process ends in whatever way.
#[derive(Debug)]
pub(crate) struct InstanceLock(File);

/// The reason why a server may not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstanceLockError {
    /// Another server runs; the note is what it says about itself.
    #[error("another server runs for this project: {note}")]
    Taken { note: String },
    #[error("the lock `{}` cannot be used", .path.display())]
    Unusable { path: PathBuf, source: io::Error },
}

impl InstanceLock {
    /// Takes the lock in a folder.
    pub(crate) fn take(folder: &Path) -> Result<Self, InstanceLockError> {
        let path = folder.join(LOCK_FILE);
        let unusable = |source| InstanceLockError::Unusable { path: path.clone(), source };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        // Whoever can write into the folder must not lead the note to another file, or hold the server up with a pipe.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let flags =
            i32::try_from(flags.bits()).map_err(|_| unusable(io::ErrorKind::Other.into()))?;
        let file = options.custom_flags(flags).open(&path).map_err(unusable)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self(file)),
            Err(Errno::WOULDBLOCK) => {
                let mut note = String::new();
                // A server that has just started may not have written it yet.
                let _ = file.take(NOTE_BYTES_MAX).read_to_string(&mut note);
                let note = if note.is_empty() { "it is just starting".into() } else { note };
                Err(InstanceLockError::Taken { note })
            }
            Err(error) => Err(unusable(error.into())),
        }
    }

    /// Notes where the server listens, for whoever finds the lock taken.
    pub(crate) fn note(&mut self, address: SocketAddr) -> io::Result<()> {
        let note = format!("process {} at {address}", std::process::id());
        self.0.set_len(0)?;
        self.0.seek(SeekFrom::Start(0))?;
        self.0.write_all(note.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_server_that_has_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = InstanceLock::take(folder.path()).unwrap();
        let refused = InstanceLock::take(folder.path()).unwrap_err().to_string();
        assert!(refused.ends_with("it is just starting"), "{refused}");
        first.note("127.0.0.1:7788".parse().unwrap()).unwrap();
        let refused = InstanceLock::take(folder.path()).unwrap_err().to_string();
        assert!(refused.ends_with("at 127.0.0.1:7788"), "{refused}");
        drop(first);
        let mut second = InstanceLock::take(folder.path()).unwrap();
        second.note("[::1]:1".parse().unwrap()).unwrap();
        let refused = InstanceLock::take(folder.path()).unwrap_err().to_string();
        assert!(refused.ends_with("at [::1]:1"), "{refused}");
    }

    #[test]
    fn follows_no_link() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("elsewhere", folder.path().join(LOCK_FILE)).unwrap();
        let refused = InstanceLock::take(folder.path()).unwrap_err();
        assert!(matches!(refused, InstanceLockError::Unusable { .. }), "{refused}");
    }
}
