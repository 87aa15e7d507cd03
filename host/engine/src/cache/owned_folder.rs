//! A folder that belongs to the current user and that nobody else can write to.
//!
//! Folder and files are opened without following links, and owner and mode are read from the open
//! handle, so nothing can be exchanged between the check and the use.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::process::geteuid;

const FOLDER_MODE: u32 = 0o700;
/// Permission of group and others to write.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// An open folder of the current user.
pub(super) struct OwnedFolder {
    path: PathBuf,
    handle: File,
}

impl OwnedFolder {
    /// Opens a folder, and creates it if it is missing. Returns the reason if it cannot be trusted.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        // A link whose path ends with a slash or a dot would be followed.
        let path: PathBuf = path.components().collect();
        DirBuilder::new()
            .recursive(true)
            .mode(FOLDER_MODE)
            .create(&path)
            .map_err(|error| error.to_string())?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle =
            rustix::fs::open(&path, flags, Mode::empty()).map_err(|error| match error {
                Errno::LOOP | Errno::NOTDIR => "it is a link, which is never followed".to_owned(),
                error => error.to_string(),
            })?;
        let handle = File::from(handle);
        let metadata = handle.metadata().map_err(|error| error.to_string())?;
        check_owner(metadata.uid())?;
        if metadata.mode() & WRITABLE_BY_OTHERS != 0 {
            return Err(format!(
                "other users can write to it: delete it, or run `chmod go-w {}` if no other user has \
                 written to it",
                path.display()
            ));
        }
        Ok(Self { path, handle })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a file of this folder for reading. Fails if it is a link, belongs to another user or
    /// is no regular file.
    pub(super) fn open_file(&self, name: &str) -> io::Result<File> {
        // Opening a named pipe would block without `NONBLOCK`.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.handle, name, flags, Mode::empty());
        let file = File::from(file.map_err(|error| match error {
            Errno::LOOP => io::Error::other("it is a link, which is never followed"),
            error => error.into(),
        })?);
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
        check_owner(metadata.uid()).map_err(io::Error::other)?;
        Ok(file)
    }
}

fn check_owner(owner: u32) -> Result<(), String> {
    if owner == geteuid().as_raw() {
        Ok(())
    } else {
        Err(format!("it belongs to another user (uid {owner})"))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, chown, symlink};

    use super::*;

    fn refusal(path: &Path) -> String {
        OwnedFolder::open(path).err().unwrap()
    }

    /// Gives a file or folder to another user, which only the superuser can do. Other users are
    /// given one of the superuser's instead.
    fn foreign(path: &Path) -> PathBuf {
        match chown(path, Some(65_534), None) {
            Ok(()) => path.to_owned(),
            Err(_) => "/usr".into(),
        }
    }

    #[test]
    fn refuses_a_folder_of_another_user() {
        let folder = tempfile::tempdir().unwrap();
        OwnedFolder::open(folder.path()).unwrap();
        assert!(refusal(&foreign(folder.path())).contains("belongs to another user"));
    }

    #[test]
    fn refuses_a_folder_that_others_can_write_to() {
        let folder = tempfile::tempdir().unwrap();
        for mode in [0o720, 0o702, 0o777, 0o1777] {
            fs::set_permissions(folder.path(), Permissions::from_mode(mode)).unwrap();
            assert!(refusal(folder.path()).contains("chmod go-w"), "{mode:o}");
        }
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        OwnedFolder::open(folder.path()).unwrap();
    }

    #[test]
    fn never_follows_links() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        let opened = OwnedFolder::open(&real).unwrap();
        symlink(&real, &link).unwrap();
        for path in [link.clone(), link.join(""), link.join(".")] {
            assert!(refusal(&path).contains("it is a link"), "{}", path.display());
        }
        fs::write(real.join("file"), "content").unwrap();
        symlink("file", real.join("link")).unwrap();
        assert!(opened.open_file("file").is_ok());
        assert!(opened.open_file("link").is_err());
        assert!(opened.open_file(".").is_err());
    }

    #[test]
    fn refuses_a_file_of_another_user() {
        let folder = tempfile::tempdir().unwrap();
        let opened = OwnedFolder::open(folder.path()).unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "content").unwrap();
        if foreign(&file) == file {
            let error = opened.open_file("file").unwrap_err().to_string();
            assert!(error.contains("belongs to another user"), "{error}");
        }
    }
}
