//! The record of access: one line of JSON for each request, in a file for each day (UTC). It says who used which token for
//! what and how it ended, and has neither contents nor tokens.
//!
//! A line is handed to the operating system before the request is answered. It is not synced to the disk, so a power
//! failure can lose the last seconds; what matters of a request, its decision, is in the ledger.

mod entry;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use tollgate_model::Date;

use super::private_file::{PrivateFileError, PrivateFolder};

pub use entry::{AccessEntry, Requester};

/// Folder of the record, beside the tokens.
const ACCESS_FOLDER: &str = "access";
/// Room for the longest names that a token has. Systems write as much in one piece.
const LINE_BYTES_MAX: usize = 4096;

/// Reason why a request was not recorded. It must not be served then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccessRecordError {
    #[error("the folder `{}` cannot be used", .path.display())]
    Folder { path: PathBuf, source: PrivateFileError },
    #[error("the record of access `{}` cannot be used", .path.display())]
    File { path: PathBuf, source: PrivateFileError },
    #[error("the record of access `{}` cannot be written", .path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("a line of the record of access has {0} bytes: the most is {LINE_BYTES_MAX}")]
    LineTooLong(usize),
    #[error("a request cannot be written as JSON")]
    Line(#[from] serde_json::Error),
}

/// Record of access of one server. Several servers can write the same files.
pub struct AccessRecord {
    folder: PathBuf,
    open: Mutex<Option<OpenDay>>,
}

/// File of a day.
struct OpenDay {
    day: Date,
    path: PathBuf,
    file: File,
    /// Whether the file does not end with a whole line, so that the next one has to begin a new one.
    is_torn: bool,
}

impl AccessRecord {
    /// Names the folder of the tokens. The record is in a folder beside them, which is made with the first line.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into().join(ACCESS_FOLDER), open: Mutex::default() }
    }

    /// Records a request.
    pub fn append(&self, entry: &AccessEntry<'_>) -> Result<(), AccessRecordError> {
        let mut line = entry.to_line()?;
        line.push(b'\n');
        if line.len() > LINE_BYTES_MAX {
            return Err(AccessRecordError::LineTooLong(line.len()));
        }
        let day = Date::from_ms(entry.at_ms);
        // A file that a panic left behind is looked at as any other.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let of_day = open.take().filter(|open| open.day == day && open.is_in_place());
        let mut of_day = match of_day {
            Some(of_day) => of_day,
            None => self.open_day(day)?,
        };
        let written = of_day.write_line(line);
        let of_day = open.insert(of_day);
        written.map_err(|source| AccessRecordError::Write { path: of_day.path.clone(), source })
    }

    fn open_day(&self, day: Date) -> Result<OpenDay, AccessRecordError> {
        let folder = PrivateFolder::create(&self.folder)
            .map_err(|source| AccessRecordError::Folder { path: self.folder.clone(), source })?;
        let name = format!("{day}.jsonl");
        let path = self.folder.join(&name);
        let opened = folder.open_to_append(&name).and_then(|file| Ok((is_torn(&file)?, file)));
        match opened {
            Ok((is_torn, file)) => Ok(OpenDay { day, path, file, is_torn }),
            Err(source) => Err(AccessRecordError::File { path, source }),
        }
    }
}

impl OpenDay {
    /// Returns whether the file has not been deleted. What is written to a deleted file is lost.
    fn is_in_place(&self) -> bool {
        self.file.metadata().is_ok_and(|metadata| metadata.nlink() > 0)
    }

    fn write_line(&mut self, mut line: Vec<u8>) -> io::Result<()> {
        if self.is_torn {
            line.insert(0, b'\n');
        }
        let written = write_once(&mut self.file, &line);
        // Whatever was written of it, the next line must not continue it.
        self.is_torn = written.is_err();
        written
    }
}

/// Writes in one piece, so that lines of several servers do not mix.
fn write_once(file: &mut File, line: &[u8]) -> io::Result<()> {
    loop {
        match file.write(line) {
            Ok(written) if written == line.len() => return Ok(()),
            Ok(_) => return Err(io::ErrorKind::WriteZero.into()),
            // Nothing was written.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Returns whether a file ends in the middle of a line, as after a full disk.
fn is_torn(file: &File) -> io::Result<bool> {
    let Some(last) = file.metadata()?.len().checked_sub(1) else { return Ok(false) };
    let mut byte = [0];
    file.read_exact_at(&mut byte, last)?;
    Ok(byte != *b"\n")
}
