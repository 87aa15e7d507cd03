//! What comes in: files of one output each, or of one on each line, read as it arrives.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::SyncSender;

use anyhow::{Context, anyhow, bail};
use clap::ValueEnum;
use tollgate_model::Subject;

use super::fields::Fields;
use crate::files;

/// Enough to keep all cores busy, and little enough to be durable within a moment.
const GROUP_LINES_MAX: usize = 256;
const GROUP_BYTES_MAX: usize = 4 << 20;
/// The largest subject, with room for what is written beside it.
const LINE_BYTES_MAX: u64 = 32 << 20;
const BUFFER_BYTES: usize = 256 << 10;
/// What standard input is called where a file would be named.
pub(super) const STANDARD_INPUT: &str = "standard input";

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// One text.
    Text,
    /// One JSON document.
    Json,
    /// One thing that an agent wants to do: `{"tool": …, "arguments": …}`.
    Action,
    /// An output on each line, as JSON.
    Jsonl,
}

/// An output that came in, or why it is none.
pub(super) struct Line {
    /// What whoever sent it calls it.
    pub(super) id: String,
    /// The file.
    pub(super) file: String,
    /// The line, in a file of lines.
    pub(super) line: Option<u64>,
    pub(super) subject: anyhow::Result<Subject>,
    /// How much was read for it.
    pub(super) bytes: usize,
}

/// Reads files, and hands on groups of what is in them. It ends early where nobody takes them.
pub(super) struct Reader {
    pub(super) kind: Option<Kind>,
    pub(super) fields: Fields,
    pub(super) to: SyncSender<Vec<Line>>,
    pub(super) group: Vec<Line>,
    pub(super) group_bytes: usize,
}

/// Nobody takes what is read any more.
struct Gone;

impl Reader {
    pub(super) fn new(kind: Option<Kind>, fields: Fields, to: SyncSender<Vec<Line>>) -> Self {
        Self { kind, fields, to, group: Vec::new(), group_bytes: 0 }
    }

    /// Reads all files. What cannot be read is handed on as an output that is none.
    pub(super) fn run(mut self, paths: &[PathBuf]) {
        for path in paths {
            if self.file(path).is_err() {
                return;
            }
        }
        let _ = self.flush();
    }

    fn file(&mut self, path: &Path) -> Result<(), Gone> {
        let kind = self.kind.unwrap_or_else(|| kind_of(path));
        match kind {
            Kind::Jsonl => match files::open_or_stdin(path) {
                Ok(source) => self.lines(path, source),
                Err(error) => self.push(whole(path, 0, Err(error))),
            },
            kind => {
                let text = files::read_text_or_stdin(path);
                let bytes = text.as_ref().map_or(0, String::len);
                let subject = text.and_then(|text| {
                    self.fields
                        .whole(kind, text)
                        .with_context(|| format!("cannot judge {}", shown(path)))
                });
                self.push(whole(path, bytes, subject))
            }
        }
    }

    fn lines(&mut self, path: &Path, source: Box<dyn Read>) -> Result<(), Gone> {
        let mut source = BufReader::with_capacity(BUFFER_BYTES, source);
        let file = shown(path);
        for number in 1.. {
            // Whoever sends slowly is answered before the next line is there.
            if !source.buffer().contains(&b'\n') {
                self.flush()?;
            }
            let mut bytes = Vec::new();
            let read = source.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes);
            let is_cut = bytes.len() as u64 == LINE_BYTES_MAX && bytes.last() != Some(&b'\n');
            let read = match read {
                Ok(0) => return Ok(()),
                Ok(_) if is_cut => Err(anyhow!(
                    "it has more than {LINE_BYTES_MAX} bytes: what follows was not read"
                )),
                Ok(_) if bytes.trim_ascii().is_empty() => continue,
                Ok(_) => Ok(()),
                Err(error) => Err(error.into()),
            };
            let ended = read.is_err();
            let (id, subject) = match read.and_then(|()| text_of(&bytes)) {
                Ok(text) => self.fields.line(text),
                Err(error) => (None, Err(error)),
            };
            let place = format!("{file}:{number}");
            let subject = subject.with_context(|| format!("{place} is no output"));
            let id = id.unwrap_or(place);
            let line = Some(number);
            self.push(Line { id, file: file.clone(), line, subject, bytes: bytes.len() })?;
            if ended {
                return Ok(());
            }
        }
        Ok(())
    }

    fn push(&mut self, line: Line) -> Result<(), Gone> {
        self.group_bytes += line.bytes;
        self.group.push(line);
        let is_full = self.group.len() >= GROUP_LINES_MAX || self.group_bytes >= GROUP_BYTES_MAX;
        if is_full { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Gone> {
        self.group_bytes = 0;
        let group = std::mem::take(&mut self.group);
        if group.is_empty() { Ok(()) } else { self.to.send(group).map_err(|_| Gone) }
    }
}

/// By the ending of its name; standard input has lines.
fn kind_of(path: &Path) -> Kind {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("jsonl" | "ndjson") => Kind::Jsonl,
        Some("json") => Kind::Json,
        _ if path == Path::new("-") => Kind::Jsonl,
        _ => Kind::Text,
    }
}

fn shown(path: &Path) -> String {
    if path == Path::new("-") { STANDARD_INPUT.into() } else { path.display().to_string() }
}

fn whole(path: &Path, bytes: usize, subject: anyhow::Result<Subject>) -> Line {
    let file = shown(path);
    Line { id: file.clone(), file, line: None, subject, bytes }
}

fn text_of(bytes: &[u8]) -> anyhow::Result<&str> {
    let text = std::str::from_utf8(bytes);
    text.map_err(|error| {
        anyhow!("it is not UTF-8: byte {} starts no character", error.valid_up_to())
    })
}

/// How much there is to read, where that is known.
pub(super) fn bytes_of(paths: &[PathBuf]) -> Option<u64> {
    let sizes = paths.iter().map(|path| {
        let about = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        Some(about.len())
    });
    sizes.sum()
}

/// At least one file, and each once.
pub(super) fn check(paths: &[PathBuf]) -> anyhow::Result<()> {
    for (index, path) in paths.iter().enumerate() {
        if paths.iter().skip(index + 1).any(|other| other == path) {
            bail!("`{}` is named twice: name it once", path.display());
        }
    }
    Ok(())
}
