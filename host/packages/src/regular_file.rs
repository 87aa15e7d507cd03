//! Opening files that nobody has looked at before: those of a project, and those of a package source that is a folder.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;
use rustix::io::Errno;

/// Opens a file, or the one that a link leads to. Fails for a folder, a pipe, a socket or a device: reading one of these may
/// never end.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    open_with(path, OFlags::empty())
}

/// Opens a file in the same way, and fails for a link too.
pub(crate) fn open_regular_unlinked(path: &Path) -> io::Result<File> {
    open_with(path, OFlags::NOFOLLOW)
}

fn open_with(path: &Path, flags: OFlags) -> io::Result<File> {
    // Opening a pipe would wait for somebody who writes into it.
    let flags = (flags | OFlags::NONBLOCK).bits().cast_signed();
    let opened = OpenOptions::new().read(true).custom_flags(flags).open(path);
    let file = opened.map_err(|error| match Errno::from_io_error(&error) {
        // A link that is not followed, and a socket, which cannot be opened at all.
        Some(Errno::LOOP | Errno::NXIO) => not_regular(),
        _ => error,
    })?;
    // What was opened is asked, so that nothing can be put in its place in between.
    if file.metadata()?.is_file() { Ok(file) } else { Err(not_regular()) }
}

fn not_regular() -> io::Error {
    io::Error::other("it is not a regular file")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn opens_nothing_but_regular_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("file"), "calm").unwrap();
        symlink(path("file"), path("link")).unwrap();
        symlink("/dev/zero", path("device")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap();
        assert!(made.success());
        let _listener = UnixListener::bind(path("socket")).unwrap();

        assert!(open_regular(&path("file")).is_ok() && open_regular(&path("link")).is_ok());
        for name in ["device", "pipe", "socket", "."] {
            let error = open_regular(&path(name)).unwrap_err().to_string();
            assert_eq!(error, "it is not a regular file", "{name}");
        }
        assert!(open_regular_unlinked(&path("file")).is_ok());
        for name in ["link", "device", "pipe", "socket", "."] {
            let error = open_regular_unlinked(&path(name)).unwrap_err().to_string();
            assert_eq!(error, "it is not a regular file", "{name}");
        }
        let missing = open_regular(&path("missing")).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    }
}
