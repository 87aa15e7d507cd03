//! Reading and writing files. Errors of reading name the file and, for TOML and JSON, the place and the key.

use std::error::Error;
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::io::Errno;
use serde::de::DeserializeOwned;
use tollgate_model::{TextFile, TextFileError, TextFileErrors, TextSpan};

/// Enough for the largest contract. A larger file is surely the wrong one.
const FILE_BYTES_MAX: u64 = 128 << 20;

/// Mode of files that everybody may read: gates, locks, public keys.
const PUBLIC_MODE: u32 = 0o644;
/// Mode of files with outputs or reports on them, which only their owner may read.
const PRIVATE_MODE: u32 = 0o600;
const PRIVATE_FOLDER_MODE: u32 = 0o700;

/// A longer part of a file is not quoted in an error.
const QUOTED_BYTES_MAX: usize = 80;

/// Reason why a file cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    #[error("cannot read `{}`", .path.display())]
    Read { path: PathBuf, source: ReadError },
    #[error("cannot write `{}`", .path.display())]
    Write { path: PathBuf, source: Box<dyn Error + Send + Sync> },
    /// The file is not the TOML or JSON that is expected.
    #[error("{0}")]
    Invalid(#[source] TextFileErrors),
}

/// Reason why bytes or text cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("it is a folder")]
    IsFolder,
    #[error("it is a pipe, a socket or a device")]
    NotRegular,
    #[error("it is larger than {FILE_BYTES_MAX} bytes")]
    TooLarge,
    /// Holds the number of the first byte that does not start a character.
    #[error("it is not UTF-8: byte {0} does not start a character; convert the file first")]
    NotUtf8(usize),
}

/// Reads a file of bytes. Pipes, sockets and devices are refused, because reading one may never end.
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    read_with(path, open_and_read)
}

/// Reads a file of UTF-8 text. Pipes, sockets and devices are refused.
pub fn read_text(path: &Path) -> Result<String, FileError> {
    read_with(path, |path| decode_utf8(open_and_read(path)?))
}

/// Reads a file that a person named for this one command. It may be a pipe or a device, such as `/dev/stdin`, for which the
/// person waits.
pub fn read_given(path: &Path) -> Result<Vec<u8>, FileError> {
    read_with(path, open_and_read_given)
}

/// Reads UTF-8 text from a file that a person named for this one command, which may be a pipe or a device.
pub fn read_given_text(path: &Path) -> Result<String, FileError> {
    read_with(path, |path| decode_utf8(open_and_read_given(path)?))
}

// Former names of the same functions.
pub use self::{read_json as read_regular_json, read_text as read_regular_text};

/// Reads UTF-8 text from something that is not a file, such as standard input, up to the same size.
pub fn read_text_from(source: impl Read) -> Result<String, ReadError> {
    decode_utf8(read_bounded(source)?)
}

/// Reads a TOML file. An unknown key is an error if `T` denies unknown fields.
pub fn read_toml<T: DeserializeOwned>(path: &Path) -> Result<T, FileError> {
    let text = read_text(path)?;
    toml::from_str(&text).map_err(|error| {
        let span = error.span().unwrap_or_default();
        let culprit = text.get(span.clone()).unwrap_or_default();
        // A type that knows what mends its value says so in a second line.
        let (message, help) = match error.message().split_once('\n') {
            Some((message, help)) => (message, Some(help.to_owned())),
            None => (error.message(), None),
        };
        let message = quote_culprit(culprit, message);
        let file = TextFile::new(path.display().to_string(), text.as_str());
        FileError::from(file.error_at(span, message).with_help(help))
    })
}

/// Puts the offending part of a file before a message that does not mention it.
fn quote_culprit(culprit: &str, message: &str) -> String {
    let is_short = culprit.lines().count() == 1 && culprit.len() <= QUOTED_BYTES_MAX;
    match is_short && !message.contains(culprit.trim_matches('"')) {
        true => format!("`{culprit}`: {message}"),
        false => message.to_owned(),
    }
}

/// Reads a JSON file. An unknown key is an error if `T` denies unknown fields.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, FileError> {
    parse_json(path, read_text(path)?)
}

/// Reads JSON from a file that a person named for this one command, which may be a pipe or a device.
pub fn read_given_json<T: DeserializeOwned>(path: &Path) -> Result<T, FileError> {
    parse_json(path, read_given_text(path)?)
}

fn parse_json<T: DeserializeOwned>(path: &Path, text: String) -> Result<T, FileError> {
    serde_json::from_str(&text).map_err(|error| {
        let message = error.to_string();
        // The place is shown in front of the message already.
        let message = message.split(" at line ").next().unwrap_or_default();
        let file = TextFile::new(path.display().to_string(), text.as_str());
        // The parser gives the last byte that it read, by its line and its place in the line.
        let line = file.line_span(error.line());
        let end = line.end.min(line.start + error.column());
        let span = TextSpan { start: end.saturating_sub(1).max(line.start), end };
        FileError::from(file.error_at(span, message))
    })
}

impl FileError {
    /// Returns whether there is no file of that name.
    pub fn is_missing(&self) -> bool {
        match self {
            Self::Read { source: ReadError::Io(error), .. } => {
                error.kind() == io::ErrorKind::NotFound
            }
            _ => false,
        }
    }
}

impl From<TextFileError> for FileError {
    fn from(error: TextFileError) -> Self {
        Self::Invalid(error.into())
    }
}

/// Writes a file completely or not at all, even if the power fails, and creates its folder if needed.
pub fn write(path: &Path, content: &[u8]) -> Result<(), FileError> {
    std::fs::create_dir_all(parent_folder(path))
        .map_err(|error| FileError::Write { path: path.to_owned(), source: error.into() })?;
    write_with(path, |file| file.write_all(content))
}

/// Writes a file in the same way from a callback. Its folder must exist.
pub fn write_with<T, E: Into<Box<dyn Error + Send + Sync>>>(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> Result<T, E>,
) -> Result<T, FileError> {
    write_and_rename(path, PUBLIC_MODE, |file| content(file).map_err(Into::into))
        .map_err(|source| FileError::Write { path: path.to_owned(), source })
}

/// Writes a file that only its owner can read. A folder that has to be made is private, too.
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), FileError> {
    create_private_folder(parent_folder(path))?;
    write_private_with(path, |file| file.write_all(content))
}

/// Writes a file that only its owner can read from a callback. Its folder must exist.
pub fn write_private_with<T, E: Into<Box<dyn Error + Send + Sync>>>(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> Result<T, E>,
) -> Result<T, FileError> {
    write_and_rename(path, PRIVATE_MODE, |file| content(file).map_err(Into::into))
        .map_err(|source| FileError::Write { path: path.to_owned(), source })
}

/// Makes a folder, and those above it that are missing, so that only this user can look into them. One that exists
/// stays as it is.
pub fn create_private_folder(folder: &Path) -> Result<(), FileError> {
    let made = DirBuilder::new().recursive(true).mode(PRIVATE_FOLDER_MODE).create(folder);
    made.map_err(|error| FileError::Write { path: folder.to_owned(), source: error.into() })
}

fn write_and_rename<T>(
    path: &Path,
    mode: u32,
    content: impl FnOnce(&mut dyn Write) -> Result<T, Box<dyn Error + Send + Sync>>,
) -> Result<T, Box<dyn Error + Send + Sync>> {
    let file = tempfile::NamedTempFile::new_in(parent_folder(path))?;
    let mut buffered = BufWriter::new(file.as_file());
    let written = content(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    // Temporary files are private, so the content is never readable for more people than the result is.
    file.as_file().set_permissions(Permissions::from_mode(mode))?;
    // The content reaches the disk before the file gets its name, so a power failure leaves no half-written
    // file.
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(written)
}

/// Returns the folder that contains a file.
pub fn parent_folder(file: &Path) -> &Path {
    // The parent of a bare file name is an empty path, which is not a usable folder.
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn read_with<T>(
    path: &Path,
    read: impl FnOnce(&Path) -> Result<T, ReadError>,
) -> Result<T, FileError> {
    read(path).map_err(|source| FileError::Read { path: path.to_owned(), source })
}

fn open_and_read(path: &Path) -> Result<Vec<u8>, ReadError> {
    read_bounded(open_regular(path)?)
}

fn open_and_read_given(path: &Path) -> Result<Vec<u8>, ReadError> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(ReadError::IsFolder);
    }
    read_bounded(file)
}

/// Opens a file and checks the kind of what was opened, so that nothing can be put in its place in between.
fn open_regular(path: &Path) -> Result<File, ReadError> {
    // Opening a pipe would wait for somebody who writes into it.
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(open_error)?;
    let kind = file.metadata()?.file_type();
    match kind.is_file() {
        true => Ok(file),
        false if kind.is_dir() => Err(ReadError::IsFolder),
        false => Err(ReadError::NotRegular),
    }
}

/// Tells a socket, which cannot be opened at all, from other errors.
fn open_error(error: io::Error) -> ReadError {
    match error.raw_os_error() == Some(Errno::NXIO.raw_os_error()) {
        true => ReadError::NotRegular,
        false => ReadError::Io(error),
    }
}

fn read_bounded(source: impl Read) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    source.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(ReadError::TooLarge);
    }
    Ok(bytes)
}

fn decode_utf8(bytes: Vec<u8>) -> Result<String, ReadError> {
    String::from_utf8(bytes).map_err(|error| ReadError::NotUtf8(error.utf8_error().valid_up_to()))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Settings {
        #[expect(dead_code, reason = "only the errors are looked at")]
        depth: u8,
    }

    fn file(text: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings");
        std::fs::write(&path, text).unwrap();
        (folder, path)
    }

    #[test]
    fn names_the_line_and_the_key_of_an_error() {
        let (_folder, path) = file(b"depth = 1\nheight = 2\n");
        let error = read_toml::<Settings>(&path).unwrap_err().to_string();
        assert!(error.contains("settings:2: unknown field `height`"), "{error}");
        let (_folder, path) = file(b"{\"depth\": 1,\n\"height\": 2}");
        let error = read_json::<Settings>(&path).unwrap_err().to_string();
        assert!(error.contains("settings:2: unknown field `height`"), "{error}");
        assert!(!error.contains("at line"), "{error}");
    }

    #[derive(Debug, Deserialize)]
    struct Numbered {
        #[serde(deserialize_with = "read_number")]
        #[expect(dead_code, reason = "only the error is looked at")]
        number: u8,
    }

    fn read_number<'de, D: serde::Deserializer<'de>>(_: D) -> Result<u8, D::Error> {
        Err(serde::de::Error::custom("`x` is no number\nwrite a digit"))
    }

    #[test]
    fn takes_the_second_line_of_a_message_as_help() {
        let (_folder, path) = file(b"\nnumber = \"x\"\n");
        let FileError::Invalid(TextFileErrors(errors)) = read_toml::<Numbered>(&path).unwrap_err()
        else {
            panic!("the file was read");
        };
        assert_eq!((errors[0].line(), errors[0].message.as_str()), (Some(2), "`x` is no number"));
        assert_eq!(errors[0].help.as_deref(), Some("write a digit"));
    }

    #[test]
    fn names_the_first_byte_that_is_not_utf8() {
        let (_folder, path) = file(b"caf\xe9");
        let error = read_text(&path).unwrap_err();
        assert!(matches!(error, FileError::Read { source: ReadError::NotUtf8(3), .. }), "{error}");
    }

    #[test]
    fn refuses_folders() {
        let folder = tempfile::tempdir().unwrap();
        let error = read(folder.path()).unwrap_err();
        assert!(matches!(error, FileError::Read { source: ReadError::IsFolder, .. }), "{error}");
    }

    fn is_not_regular<T>(read: Result<T, FileError>) -> bool {
        matches!(read, Err(FileError::Read { source: ReadError::NotRegular, .. }))
    }

    #[test]
    fn refuses_pipes_sockets_and_devices_without_waiting_for_a_writer() {
        let (folder, path) = file(b"calm and clear");
        assert_eq!(read(&path).unwrap(), b"calm and clear");
        let (pipe, socket) = (folder.path().join("pipe"), folder.path().join("socket"));
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for other in [pipe.as_path(), &socket, Path::new("/dev/null")] {
            assert!(is_not_regular(read(other)), "{}", other.display());
            assert!(is_not_regular(read_text(other)), "{}", other.display());
            assert!(is_not_regular(read_json::<Settings>(other)), "{}", other.display());
            assert!(is_not_regular(read_toml::<Settings>(other)), "{}", other.display());
        }
    }

    #[test]
    fn follows_links_to_regular_files_only() {
        let (folder, path) = file(b"calm and clear");
        let link = |target: &Path, name: &str| {
            let link = folder.path().join(name);
            std::os::unix::fs::symlink(target, &link).unwrap();
            link
        };
        assert_eq!(read(&link(&path, "to-file")).unwrap(), b"calm and clear");
        assert!(is_not_regular(read(&link(Path::new("/dev/zero"), "to-device"))));
    }

    #[test]
    fn reads_a_pipe_that_a_person_named() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        let end = pipe.clone();
        let writer = std::thread::spawn(move || std::fs::write(end, "{\"depth\": 1}"));
        assert!(read_given_json::<Settings>(&pipe).is_ok());
        writer.join().unwrap().unwrap();
        assert_eq!(read_given(Path::new("/dev/null")).unwrap(), b"");
        let error = read_given(folder.path()).unwrap_err();
        assert!(matches!(error, FileError::Read { source: ReadError::IsFolder, .. }), "{error}");
    }

    #[test]
    fn keeps_the_old_file_if_writing_fails() {
        let (folder, path) = file(b"old");
        let failing = |file: &mut dyn Write| {
            file.write_all(b"new")?;
            Err::<(), _>(io::Error::other("the source failed"))
        };
        let error = write_with(&path, failing).unwrap_err();
        assert_eq!(error.source().unwrap().to_string(), "the source failed");
        assert_eq!(read(&path).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn only_the_owner_can_read_a_private_file_and_its_new_folder() {
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let (folder, path) = file(b"old");
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        write_private(&path, b"new").unwrap();
        assert_eq!((mode(&path), mode(folder.path())), (0o600, 0o755));
        let below = folder.path().join("a/b/c");
        write_private(&below, b"new").unwrap();
        let folders = [below.parent().unwrap(), below.parent().unwrap().parent().unwrap()];
        assert_eq!(folders.map(mode), [0o700, 0o700]);
        write(&path, b"for all").unwrap();
        assert_eq!(mode(&path), 0o644);
    }

    #[test]
    fn creates_the_folder_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/c.txt");
        write(&path, b"text").unwrap();
        assert_eq!(read_text(&path).unwrap(), "text");
    }
}
