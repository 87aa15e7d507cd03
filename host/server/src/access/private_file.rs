//! Files that only this user can read and write, in a folder that nobody else can write to.
//!
//! Folder and files are opened without following links, and owner and mode are read from the open handle, so nothing can
//! be exchanged between the check and the use.

use std::fs::{DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::process::geteuid;

const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// Permission bits that give others any access to a file.
const OTHERS_MASK: u32 = 0o077;
/// Permission bits that let others write to a folder, and so replace the files in it.
const OTHERS_WRITE_MASK: u32 = 0o022;
const PERMISSIONS_MASK: u32 = 0o7777;

/// Reason why a private file or its folder is not used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrivateFileError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("it is a link, which is never followed")]
    Link,
    #[error("it is not a folder, or it is a link, which is never followed")]
    NotFolder,
    #[error("it is not a regular file")]
    NotRegular,
    /// Holds the number of the user.
    #[error(
        "it belongs to another user (uid {0}): run this as that user, or give the file to this one"
    )]
    ForeignOwner(u32),
    /// Holds the permissions.
    #[error(
        "other users can read or write it (mode {0:o}): run `chmod 600` on it, and make new tokens if anybody else may \
         have changed it"
    )]
    FileOpenToOthers(u32),
    /// Holds the permissions.
    #[error("other users can write to the folder (mode {0:o}): run `chmod go-w` on it")]
    FolderOpenToOthers(u32),
    /// Holds the largest allowed size.
    #[error("it is larger than {0} bytes")]
    TooLarge(u64),
}

impl PrivateFileError {
    /// Returns whether the file or its folder does not exist.
    pub(super) fn is_not_found(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

/// An open folder of this user.
pub(super) struct PrivateFolder {
    path: PathBuf,
    handle: File,
}

impl PrivateFolder {
    /// Opens a folder. Fails if another user owns it or can write to it.
    pub(super) fn open(path: &Path) -> Result<Self, PrivateFileError> {
        // A link whose path ends with a slash or a dot would be followed.
        let path: PathBuf = path.components().collect();
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle =
            rustix::fs::open(&path, flags, Mode::empty()).map_err(|error| match error {
                Errno::LOOP | Errno::NOTDIR => PrivateFileError::NotFolder,
                error => PrivateFileError::Io(error.into()),
            })?;
        let handle = File::from(handle);
        let metadata = handle.metadata()?;
        check_owner(metadata.uid())?;
        let mode = metadata.mode() & PERMISSIONS_MASK;
        match mode & OTHERS_WRITE_MASK {
            0 => Ok(Self { path, handle }),
            _ => Err(PrivateFileError::FolderOpenToOthers(mode)),
        }
    }

    /// Opens a folder, and makes it, with those above it that are missing, so that only this user can look into it.
    pub(super) fn create(path: &Path) -> Result<Self, PrivateFileError> {
        DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path)?;
        Self::open(path)
    }

    /// Opens a file for reading.
    pub(super) fn open_to_read(&self, name: &str) -> Result<File, PrivateFileError> {
        self.open_file(name, OFlags::RDONLY)
    }

    /// Opens a file for appending and reading, and makes it if it is missing.
    pub(super) fn open_to_append(&self, name: &str) -> Result<File, PrivateFileError> {
        self.open_file(name, OFlags::RDWR | OFlags::APPEND | OFlags::CREATE)
    }

    fn open_file(&self, name: &str, access: OFlags) -> Result<File, PrivateFileError> {
        // Opening a named pipe would wait for its other end without `NONBLOCK`.
        let flags = access | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(FILE_MODE);
        let file = rustix::fs::openat(&self.handle, name, flags, mode);
        let file = File::from(file.map_err(|error| match error {
            Errno::LOOP => PrivateFileError::Link,
            error => PrivateFileError::Io(error.into()),
        })?);
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(PrivateFileError::NotRegular);
        }
        check_owner(metadata.uid())?;
        let mode = metadata.mode() & PERMISSIONS_MASK;
        match mode & OTHERS_MASK {
            0 => Ok(file),
            _ => Err(PrivateFileError::FileOpenToOthers(mode)),
        }
    }

    /// Writes a file completely or not at all, even if the power fails, in place of one with this name.
    pub(super) fn replace_file(&self, name: &str, content: &[u8]) -> io::Result<()> {
        // Temporary files are made for their owner alone.
        let mut file = tempfile::NamedTempFile::new_in(&self.path)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        file.persist(self.path.join(name))?;
        self.handle.sync_all()
    }
}

/// Reads a file up to a size.
pub(super) fn read_bounded(file: &File, bytes_max: u64) -> Result<Vec<u8>, PrivateFileError> {
    let mut bytes = Vec::new();
    file.take(bytes_max + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 <= bytes_max {
        true => Ok(bytes),
        false => Err(PrivateFileError::TooLarge(bytes_max)),
    }
}

fn check_owner(owner: u32) -> Result<(), PrivateFileError> {
    match owner == geteuid().as_raw() {
        true => Ok(()),
        false => Err(PrivateFileError::ForeignOwner(owner)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, chown, symlink};

    use super::*;

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & PERMISSIONS_MASK
    }

    #[test]
    fn a_folder_that_others_can_write_to_is_refused() {
        let place = tempfile::tempdir().unwrap();
        for mode in [0o720, 0o702, 0o777, 0o1777] {
            set_mode(place.path(), mode);
            let refused = PrivateFolder::open(place.path()).err().unwrap();
            assert!(
                matches!(refused, PrivateFileError::FolderOpenToOthers(found) if found == mode)
            );
        }
        set_mode(place.path(), 0o755);
        PrivateFolder::open(place.path()).unwrap();
    }

    #[test]
    fn a_file_that_others_can_read_or_write_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let folder = PrivateFolder::create(place.path()).unwrap();
        let path = place.path().join("file");
        fs::write(&path, "content").unwrap();
        for mode in [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o666] {
            set_mode(&path, mode);
            for opened in [folder.open_to_read("file"), folder.open_to_append("file")] {
                let refused = opened.unwrap_err();
                assert!(
                    matches!(refused, PrivateFileError::FileOpenToOthers(found) if found == mode)
                );
            }
        }
        set_mode(&path, 0o600);
        folder.open_to_read("file").unwrap();
    }

    #[test]
    fn links_are_not_followed() {
        let place = tempfile::tempdir().unwrap();
        let (real, link) = (place.path().join("real"), place.path().join("link"));
        let folder = PrivateFolder::create(&real).unwrap();
        symlink(&real, &link).unwrap();
        for path in [link.clone(), link.join(""), link.join(".")] {
            for opened in [PrivateFolder::open(&path), PrivateFolder::create(&path)] {
                assert!(matches!(opened.err().unwrap(), PrivateFileError::NotFolder));
            }
        }
        folder.open_to_append("file").unwrap();
        symlink("file", real.join("link")).unwrap();
        symlink("absent", real.join("dangling")).unwrap();
        for name in ["link", "dangling"] {
            for opened in [folder.open_to_read(name), folder.open_to_append(name)] {
                assert!(matches!(opened.unwrap_err(), PrivateFileError::Link), "{name}");
            }
        }
        assert!(!real.join("absent").exists());
    }

    #[test]
    fn a_pipe_is_refused_without_waiting_for_its_other_end() {
        let place = tempfile::tempdir().unwrap();
        let folder = PrivateFolder::create(place.path()).unwrap();
        let made = std::process::Command::new("mkfifo").arg(place.path().join("pipe")).status();
        assert!(made.unwrap().success());
        for opened in [folder.open_to_read("pipe"), folder.open_to_append("pipe")] {
            assert!(matches!(opened.unwrap_err(), PrivateFileError::NotRegular));
        }
    }

    #[test]
    fn what_belongs_to_another_user_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let folder = PrivateFolder::create(place.path()).unwrap();
        folder.open_to_append("file").unwrap();
        // Only the superuser can give a file away.
        if chown(place.path().join("file"), Some(65_534), None).is_ok() {
            let refused = folder.open_to_read("file").unwrap_err();
            assert!(matches!(refused, PrivateFileError::ForeignOwner(65_534)), "{refused}");
            chown(place.path(), Some(65_534), None).unwrap();
            let refused = PrivateFolder::open(place.path()).err().unwrap();
            assert!(matches!(refused, PrivateFileError::ForeignOwner(65_534)), "{refused}");
        }
    }

    #[test]
    fn what_is_made_is_private() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("a/b");
        let folder = PrivateFolder::create(&path).unwrap();
        folder.open_to_append("appended").unwrap();
        folder.replace_file("replaced", b"one").unwrap();
        folder.replace_file("replaced", b"two").unwrap();
        assert_eq!((mode(&place.path().join("a")), mode(&path)), (0o700, 0o700));
        for name in ["appended", "replaced"] {
            assert_eq!(mode(&path.join(name)), 0o600, "{name}");
        }
        assert_eq!(fs::read(path.join("replaced")).unwrap(), b"two");
        assert_eq!(fs::read_dir(&path).unwrap().count(), 2, "a temporary file is left");
    }

    #[test]
    fn a_missing_folder_is_told_from_one_that_cannot_be_used() {
        let place = tempfile::tempdir().unwrap();
        let folder = PrivateFolder::open(place.path()).unwrap();
        assert!(folder.open_to_read("absent").unwrap_err().is_not_found());
        let missing = PrivateFolder::open(&place.path().join("absent")).err().unwrap();
        assert!(missing.is_not_found());
        set_mode(place.path(), 0o777);
        assert!(!PrivateFolder::open(place.path()).err().unwrap().is_not_found());
    }

    #[test]
    fn a_file_is_read_up_to_a_size() {
        let place = tempfile::tempdir().unwrap();
        let folder = PrivateFolder::create(place.path()).unwrap();
        folder.replace_file("file", b"12345").unwrap();
        let read = |bytes_max| read_bounded(&folder.open_to_read("file").unwrap(), bytes_max);
        assert_eq!(read(5).unwrap(), b"12345");
        assert!(matches!(read(4), Err(PrivateFileError::TooLarge(4))));
    }
}
