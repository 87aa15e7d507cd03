//! Reads outputs from files that are one output each or have one per line, as the data arrives.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::SyncSender;

use anyhow::{Context, anyhow, bail};
use clap::ValueEnum;
use tollgate_model::Subject;

use super::subject_reader::SubjectReader;
use crate::files;

/// Maximum group size: large enough to keep all cores busy, small enough to be recorded quickly.
const GROUP_LINES_MAX: usize = 256;
const GROUP_BYTES_MAX: usize = 4 << 20;
/// Maximum length of a line: the largest subject, with room for the other members.
const LINE_BYTES_MAX: u64 = 32 << 20;
const BUFFER_BYTES: usize = 256 << 10;
/// Name shown for standard input.
pub(super) const STANDARD_INPUT: &str = "standard input";

/// Kind of an input file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum InputKind {
    /// One plain text.
    Text,
    /// One JSON document.
    Json,
    /// One action of an agent: `{"tool": …, "arguments": …}`.
    Action,
    /// One output per line, as JSON.
    Jsonl,
}

/// An output that was read, or the reason why it could not be.
pub(super) struct InputItem {
    /// The sender's id; without one, the file and line.
    pub(super) id: String,
    /// Whether the sender gave the id.
    pub(super) has_own_id: bool,
    pub(super) file: String,
    /// Line number, if the file has one output per line.
    pub(super) line: Option<u64>,
    pub(super) subject: anyhow::Result<Subject>,
    /// Number of bytes read.
    pub(super) bytes: usize,
}

/// Reader that sends groups of outputs to a channel. It stops early if the receiver is dropped.
pub(super) struct InputReader {
    pub(super) kind: Option<InputKind>,
    pub(super) subject_reader: SubjectReader,
    pub(super) sender: SyncSender<Vec<InputItem>>,
    pub(super) group: Vec<InputItem>,
    pub(super) group_bytes: usize,
}

/// The receiver of the groups was dropped.
struct ReceiverDropped;

impl InputReader {
    pub(super) fn new(
        kind: Option<InputKind>,
        subject_reader: SubjectReader,
        sender: SyncSender<Vec<InputItem>>,
    ) -> Self {
        Self { kind, subject_reader, sender, group: Vec::new(), group_bytes: 0 }
    }

    /// Reads all files. A file that cannot be read is sent as an item with an error.
    pub(super) fn read_all(mut self, paths: &[PathBuf]) {
        for path in paths {
            if self.read_file(path).is_err() {
                return;
            }
        }
        let _ = self.flush();
    }

    fn read_file(&mut self, path: &Path) -> Result<(), ReceiverDropped> {
        let kind = self.kind.unwrap_or_else(|| kind_from_extension(path));
        match kind {
            InputKind::Jsonl => match files::open_or_stdin(path) {
                Ok(source) => self.read_lines(path, source),
                Err(error) => self.push(whole_file(path, 0, Err(error))),
            },
            kind => {
                let text = files::read_text_or_stdin(path);
                let bytes = text.as_ref().map_or(0, String::len);
                let subject = text.and_then(|text| {
                    self.subject_reader
                        .read_file(kind, text)
                        .with_context(|| format!("cannot judge {}", display_name(path)))
                });
                self.push(whole_file(path, bytes, subject))
            }
        }
    }

    fn read_lines(&mut self, path: &Path, source: Box<dyn Read>) -> Result<(), ReceiverDropped> {
        let mut source = BufReader::with_capacity(BUFFER_BYTES, source);
        let file = display_name(path);
        for number in 1.. {
            // No further line is buffered: send what there is, so that a slow sender gets results before
            // the next line arrives.
            if !source.buffer().contains(&b'\n') {
                self.flush()?;
            }
            let mut bytes = Vec::new();
            let read = source.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes);
            // A line that fills the limit exactly and ends there is complete.
            let is_cut = bytes.len() as u64 == LINE_BYTES_MAX && bytes.last() != Some(&b'\n');
            let read = match read {
                Ok(0) => return Ok(()),
                Ok(_) if is_cut => Err(anyhow!(
                    "the line is longer than {LINE_BYTES_MAX} bytes; the rest of the file was not read"
                )),
                // Blank lines are skipped, but still counted in line numbers.
                Ok(_) if bytes.trim_ascii().is_empty() => continue,
                Ok(_) => Ok(()),
                Err(error) => Err(error.into()),
            };
            // After an error the position in the source is not the start of a line.
            let is_last = read.is_err();
            let (id, subject) = match read.and_then(|()| decode_utf8(&bytes)) {
                Ok(text) => self.subject_reader.read_line(text),
                Err(error) => (None, Err(error)),
            };
            let place = format!("{file}:{number}");
            let subject = subject.with_context(|| format!("cannot read output {place}"));
            let has_own_id = id.is_some();
            let id = id.unwrap_or(place);
            let (file, line, bytes) = (file.clone(), Some(number), bytes.len());
            self.push(InputItem { id, has_own_id, file, line, subject, bytes })?;
            if is_last {
                return Ok(());
            }
        }
        Ok(())
    }

    fn push(&mut self, item: InputItem) -> Result<(), ReceiverDropped> {
        self.group_bytes += item.bytes;
        self.group.push(item);
        let is_full = self.group.len() >= GROUP_LINES_MAX || self.group_bytes >= GROUP_BYTES_MAX;
        if is_full { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ReceiverDropped> {
        self.group_bytes = 0;
        let group = std::mem::take(&mut self.group);
        if group.is_empty() { Ok(()) } else { self.sender.send(group).map_err(|_| ReceiverDropped) }
    }
}

/// Returns the kind by the extension of the file name. Standard input has one output per line.
fn kind_from_extension(path: &Path) -> InputKind {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("jsonl" | "ndjson") => InputKind::Jsonl,
        Some("json") => InputKind::Json,
        _ if path == Path::new("-") => InputKind::Jsonl,
        _ => InputKind::Text,
    }
}

fn display_name(path: &Path) -> String {
    if path == Path::new("-") { STANDARD_INPUT.into() } else { path.display().to_string() }
}

fn whole_file(path: &Path, bytes: usize, subject: anyhow::Result<Subject>) -> InputItem {
    let file = display_name(path);
    InputItem { id: file.clone(), has_own_id: false, file, line: None, subject, bytes }
}

fn decode_utf8(bytes: &[u8]) -> anyhow::Result<&str> {
    let text = std::str::from_utf8(bytes);
    text.map_err(|error| anyhow!("invalid UTF-8 at byte {}", error.valid_up_to()))
}

/// Returns the total size of the files, or `None` if one of them is not a regular file.
pub(super) fn total_bytes(paths: &[PathBuf]) -> Option<u64> {
    let sizes = paths.iter().map(|path| {
        let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        Some(metadata.len())
    });
    sizes.sum()
}

/// Rejects files that are named more than once.
pub(super) fn check_paths(paths: &[PathBuf]) -> anyhow::Result<()> {
    for (index, path) in paths.iter().enumerate() {
        if paths.iter().skip(index + 1).any(|other| other == path) {
            bail!("`{}` is given twice: name each file once", path.display());
        }
    }
    Ok(())
}
