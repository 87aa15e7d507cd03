//! The head file: number and hash of the last recorded event, in a file beside the ledger.
//!
//! A ledger whose end was cut off, an older copy and another ledger are all sound in themselves. The head file tells
//! them from the ledger that was here before. It is written when a commit is durable and before its callers are
//! answered, so it may be behind the ledger and is never ahead of it, unless events were lost.
//!
//! Only its creation is synced to disk. A written file outlives the process that wrote it, and after a power failure
//! the head file may be older than the ledger, which is no fault. Syncing it each time would double the cost of a commit.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rustix::fs::OFlags;
use tollgate_ledger::{HeadFault, HeadMismatch, LedgerError, RecordedHead};
use tollgate_model::{Digest, decode_hex, encode_hex};

use crate::error::{WriterError, file_error};
use crate::in_place::{HEAD_SUFFIX, path_beside};
use crate::number::{from_sql, to_sql};
use crate::schema::OpenedLedger;
use crate::writer::ChainHead;

const FIRST_LINE: &str = "tollgate ledger head 1\n";
/// Length of a head file. All its fields have a fixed width, so that it is overwritten in one place, and lies within
/// one sector of a disk.
const FILE_BYTES: usize = 272;
/// Time to wait for another process that is reading or writing the file, which takes microseconds.
const LOCK_WAIT: Duration = Duration::from_secs(5);
const LOCK_STEP: Duration = Duration::from_millis(1);

/// Returns the path of the head file of a ledger.
pub(crate) fn head_path(ledger: &Path) -> PathBuf {
    path_beside(ledger, HEAD_SUFFIX)
}

/// The head file of a ledger that is open for writing.
pub(crate) struct HeadFile {
    file: File,
    /// Whether the last event could not be written to it.
    is_behind: bool,
}

/// The reason why a head file cannot be used, or does not fit its ledger.
#[derive(Debug)]
pub(crate) enum HeadError {
    Fault(HeadFault),
    Locked,
    Io(io::Error),
}

impl From<io::Error> for HeadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl HeadError {
    /// Translates the error into one of the ledger.
    pub fn to_ledger_error(&self, ledger: &Path) -> LedgerError {
        let head = head_path(ledger);
        match self {
            Self::Fault(fault) => {
                HeadMismatch { ledger: ledger.into(), head, fault: fault.clone() }.into()
            }
            Self::Locked => LedgerError::Locked(head),
            Self::Io(error) => file_error(&head, error),
        }
    }
}

/// Reads the head file of a ledger, or returns `None` if there is none.
///
/// It has to be read before the ledger: events that are recorded in between do no harm then.
pub(crate) fn read_head(ledger: &Path) -> Result<Option<RecordedHead>, HeadError> {
    let file = match open_regular(OpenOptions::new().read(true), &head_path(ledger)) {
        Err(HeadError::Io(error)) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    lock(|| file.try_lock_shared())?;
    read_locked(&file)
}

/// Returns the error of a ledger that is gone, if there is a head file: it says that there was one, or cannot be read.
///
/// Before a ledger is made, the head file has to be read before looking for the ledger: it appears after the tables of
/// its ledger, and another process may be making both.
pub(crate) fn gone_error(ledger: &Path) -> Option<LedgerError> {
    let error = match read_head(ledger) {
        Ok(recorded) => HeadError::Fault(HeadFault::Gone { recorded: recorded?.seq }),
        Err(error) => error,
    };
    Some(error.to_ledger_error(ledger))
}

/// Compares the record with the ledger.
pub(crate) fn find_fault(
    connection: &Connection,
    id: &[u8; 16],
    recorded: &RecordedHead,
) -> rusqlite::Result<Option<HeadFault>> {
    let sql = "SELECT (SELECT max(seq) FROM events), (SELECT hash FROM events WHERE seq = ?1)";
    let (last, hash) = connection.query_row(sql, [to_sql(recorded.seq)], |row| {
        Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<[u8; 32]>>(1)?))
    })?;
    let last = from_sql(last.unwrap_or_default());
    Ok(recorded.find_fault(id, last, hash.map(Digest::from_bytes)))
}

impl HeadFile {
    /// Opens the head file of a ledger, and compares the two. Creates one that begins at the end of the ledger if there
    /// is none.
    pub fn open(ledger: &OpenedLedger) -> Result<Self, WriterError> {
        let path = head_path(&ledger.path);
        let file = open_to_write(&path)?;
        lock(|| file.try_lock())?;
        match read_locked(&file)? {
            Some(recorded) => {
                if let Some(fault) = find_fault(&ledger.connection, &ledger.id, &recorded)? {
                    return Err(HeadError::Fault(fault).into());
                }
            }
            None => {
                let ChainHead { seq, hash } = ChainHead::read(&ledger.connection, &ledger.id)?;
                let head = RecordedHead { ledger: ledger.id, since: seq, seq, hash };
                take_access(&file, &ledger.path)?;
                write_durably(&file, &path, &head)?;
            }
        }
        file.unlock().map_err(HeadError::Io)?;
        Ok(Self { file, is_behind: false })
    }

    /// Records an event as the last one, unless another process has recorded a later one.
    pub fn advance(&mut self, seq: u64, hash: Digest) -> Result<(), HeadError> {
        self.is_behind = true;
        lock(|| self.file.try_lock())?;
        let advanced = self.advance_locked(seq, hash);
        self.file.unlock()?;
        advanced?;
        self.is_behind = false;
        Ok(())
    }

    /// Records the last event if that failed before, so that nothing is recorded on while the file says too little.
    pub fn catch_up(&mut self, seq: u64, hash: Digest) -> Result<(), HeadError> {
        if self.is_behind { self.advance(seq, hash) } else { Ok(()) }
    }

    fn advance_locked(&self, seq: u64, hash: Digest) -> Result<(), HeadError> {
        let recorded = read_locked(&self.file)?.ok_or(HeadError::Fault(HeadFault::Damaged))?;
        if recorded.seq < seq {
            let head = RecordedHead { seq, hash, ..recorded };
            self.file.write_all_at(render(&head).as_bytes(), 0)?;
        }
        Ok(())
    }
}

fn open_to_write(path: &Path) -> Result<File, HeadError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    open_regular(&mut options, path)
}

/// Opens a file that is no folder, pipe or device.
fn open_regular(options: &mut OpenOptions, path: &Path) -> Result<File, HeadError> {
    // Opening a pipe would wait for somebody who writes into it.
    let file = options.custom_flags(OFlags::NONBLOCK.bits().cast_signed()).open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(HeadError::Fault(HeadFault::NotRegular)),
    }
}

/// Lets those who write the ledger write a new head file, as SQLite does with the files that it makes beside it.
fn take_access(file: &File, ledger: &Path) -> Result<(), HeadError> {
    let metadata = ledger.metadata()?;
    file.set_permissions(metadata.permissions())?;
    // Only the superuser can give a file away, and for others it belongs to them already.
    let _ = fchown(file, Some(metadata.uid()), Some(metadata.gid()));
    Ok(())
}

fn write_durably(file: &File, path: &Path, head: &RecordedHead) -> Result<(), HeadError> {
    file.write_all_at(render(head).as_bytes(), 0)?;
    file.sync_all()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok(File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?)
}

/// Takes a lock that others hold for microseconds only.
fn lock(try_lock: impl Fn() -> Result<(), TryLockError>) -> Result<(), HeadError> {
    let begin = Instant::now();
    loop {
        match try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error.into()),
            Err(TryLockError::WouldBlock) if begin.elapsed() > LOCK_WAIT => {
                return Err(HeadError::Locked);
            }
            Err(TryLockError::WouldBlock) => thread::sleep(LOCK_STEP),
        }
    }
}

/// Reads a file that nobody writes meanwhile. An empty one was created by a process that then stopped.
fn read_locked(file: &File) -> Result<Option<RecordedHead>, HeadError> {
    let mut bytes = [0; FILE_BYTES];
    match file.metadata()?.len() {
        0 => return Ok(None),
        length if length != FILE_BYTES as u64 => return Err(HeadError::Fault(HeadFault::Damaged)),
        _ => file.read_exact_at(&mut bytes, 0)?,
    }
    parse(&bytes).map(Some).ok_or(HeadError::Fault(HeadFault::Damaged))
}

/// Renders the fields as lines of text, followed by a digest of these lines.
fn render(head: &RecordedHead) -> String {
    let RecordedHead { ledger, since, seq, hash } = head;
    let mut text = format!(
        "{FIRST_LINE}ledger {}\nsince {since:020}\nevent {seq:020}\nhash {hash}\n",
        encode_hex(ledger)
    );
    let check = Digest::of(&text);
    // Writing to a string cannot fail.
    let _ = writeln!(text, "check {check}");
    text
}

/// Parses what [`render`] has made. Anything else, even with the same meaning, is damaged.
fn parse(bytes: &[u8]) -> Option<RecordedHead> {
    let text = str::from_utf8(bytes).ok()?;
    let mut lines = text.strip_prefix(FIRST_LINE)?.lines();
    let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
    let head = RecordedHead {
        ledger: decode_hex(field("ledger")?)?.try_into().ok()?,
        since: field("since")?.parse().ok()?,
        seq: field("event")?.parse().ok()?,
        hash: field("hash")?.parse().ok()?,
    };
    (render(&head) == text).then_some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> RecordedHead {
        RecordedHead { ledger: [7; 16], since: 3, seq: u64::MAX, hash: Digest::of("an event") }
    }

    #[test]
    fn reads_back_what_was_rendered() {
        let text = render(&head());
        assert_eq!(text.len(), FILE_BYTES);
        assert_eq!(parse(text.as_bytes()), Some(head()));
    }

    #[test]
    fn every_other_byte_is_damage() {
        let bytes = render(&head()).into_bytes();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                assert_eq!(parse(&damaged), None, "bit {bit} of byte {at}");
            }
        }
    }

    /// Opens a new ledger with its head file.
    fn open_head(folder: &Path) -> (OpenedLedger, HeadFile) {
        let opened = crate::schema::open_to_write(&folder.join("ledger.db")).unwrap();
        let head = HeadFile::open(&opened).unwrap();
        (opened, head)
    }

    #[test]
    fn a_later_event_of_another_process_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (ledger, mut one) = open_head(folder.path());
        let (_, mut other) = open_head(folder.path());
        let begin = read_head(&ledger.path).unwrap().unwrap();
        assert_eq!((begin.ledger, begin.since, begin.seq), (ledger.id, 0, 0));
        other.advance(4, Digest::of("4")).unwrap();
        one.advance(3, Digest::of("3")).unwrap();
        let later = RecordedHead { seq: 4, hash: Digest::of("4"), ..begin };
        assert_eq!(read_head(&ledger.path).unwrap(), Some(later));
    }

    #[test]
    fn catches_up_after_a_write_that_failed() {
        let folder = tempfile::tempdir().unwrap();
        let (ledger, mut head) = open_head(folder.path());
        let path = head_path(&ledger.path);
        let sound = std::fs::read(&path).unwrap();
        std::fs::write(&path, "damaged").unwrap();
        let damaged = |done| matches!(done, Err(HeadError::Fault(HeadFault::Damaged)));
        assert!(damaged(head.advance(1, Digest::of("1"))));
        assert!(damaged(head.catch_up(1, Digest::of("1"))), "nothing is recorded meanwhile");
        std::fs::write(&path, sound).unwrap();
        head.catch_up(1, Digest::of("1")).unwrap();
        assert_eq!(read_head(&ledger.path).unwrap().unwrap().seq, 1);
    }
}
