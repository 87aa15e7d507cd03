//! Opens the files that outputs are read from, one after another, when their turn comes.

use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{anyhow, bail};
use clap::ValueEnum;
use tollgate::intake::{InputItem, IntakeError, JsonLines, SubjectReader};
use tollgate_api::report::STANDARD_INPUT;
use tollgate_model::ContentKind;

use crate::files;

const BUFFER_BYTES: usize = 256 << 10;
/// Maximum size of a portion. A run that has more than one takes long enough to be interrupted.
const PORTION_LINES_MAX: usize = 256;
const PORTION_BYTES_MAX: usize = 4 << 20;

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

/// Outputs of files that are one output each or have one per line. A file that cannot be read is an item with an error.
pub(super) struct InputFiles {
    paths: std::vec::IntoIter<PathBuf>,
    kind: Option<InputKind>,
    subject_reader: SubjectReader,
    /// The file that is being read, if it has one output per line.
    lines: Option<LinesFile>,
    portion: Portion,
}

/// A file with one output per line.
struct LinesFile {
    lines: JsonLines<BufReader<Box<dyn Read + Send>>>,
    path: PathBuf,
    has_output: bool,
}

/// Outputs that arrive together.
#[derive(Default)]
struct Portion {
    lines: usize,
    bytes: usize,
    is_first_complete: bool,
    has_second: Arc<AtomicBool>,
}

impl InputFiles {
    pub(super) fn new(
        paths: Vec<PathBuf>,
        kind: Option<InputKind>,
        subject_reader: SubjectReader,
    ) -> Self {
        let (paths, portion) = (paths.into_iter(), Portion::default());
        Self { paths, kind, subject_reader, lines: None, portion }
    }

    /// Returns a flag that is set when a second portion begins to arrive: the input is long, or its sender is slow.
    pub(super) fn second_portion(&self) -> Arc<AtomicBool> {
        self.portion.has_second.clone()
    }

    fn next_item(&mut self) -> Option<InputItem> {
        loop {
            if let Some(file) = &mut self.lines {
                // The next line has not arrived yet.
                if !file.lines.source().buffer().contains(&b'\n') {
                    self.portion.complete();
                }
                if let Some(item) = file.lines.next() {
                    file.has_output = true;
                    return Some(item);
                }
                let file = self.lines.take()?;
                if !file.has_output {
                    return Some(empty_file(&file.path));
                }
            }
            let path = self.paths.next()?;
            let opened = match self.kind.unwrap_or_else(|| kind_from_extension(&path)) {
                InputKind::Jsonl => files::open_or_stdin(&path),
                InputKind::Text => return Some(self.read_document(ContentKind::Text, &path)),
                InputKind::Json => return Some(self.read_document(ContentKind::Json, &path)),
                InputKind::Action => return Some(self.read_document(ContentKind::Action, &path)),
            };
            match opened {
                Ok(source) => {
                    let source = BufReader::with_capacity(BUFFER_BYTES, source);
                    let lines = self.subject_reader.clone().lines(source, display_name(&path));
                    self.lines = Some(LinesFile { lines, path, has_output: false });
                }
                Err(error) => return Some(unreadable_file(&path, error)),
            }
        }
    }

    fn read_document(&self, kind: ContentKind, path: &Path) -> InputItem {
        match files::read_text_or_stdin(path) {
            Ok(text) => self.subject_reader.read_document(kind, text, display_name(path)),
            Err(error) => unreadable_file(path, error),
        }
    }
}

impl Iterator for InputFiles {
    type Item = InputItem;

    fn next(&mut self) -> Option<InputItem> {
        let item = self.next_item()?;
        self.portion.add(item.origin.bytes);
        Some(item)
    }
}

impl Portion {
    fn add(&mut self, bytes: usize) {
        if self.is_first_complete {
            self.has_second.store(true, Ordering::Relaxed);
        }
        self.lines += 1;
        self.bytes += bytes;
        if self.lines >= PORTION_LINES_MAX || self.bytes >= PORTION_BYTES_MAX {
            self.complete();
        }
    }

    fn complete(&mut self) {
        self.is_first_complete |= self.lines > 0;
        (self.lines, self.bytes) = (0, 0);
    }
}

/// Returns the error of a file without any output. A sender that failed must not look like one whose outputs are all
/// allowed.
fn empty_file(path: &Path) -> InputItem {
    let name = display_name(path);
    unreadable_file(path, anyhow!("`{name}` has no output: at least one line is expected"))
}

fn unreadable_file(path: &Path, error: anyhow::Error) -> InputItem {
    InputItem::unreadable(display_name(path), IntakeError::Source(error.into()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_an_output_is_an_error() {
        let (kind, reader) = (Some(InputKind::Jsonl), SubjectReader::default());
        let mut files = InputFiles::new(vec!["/dev/null".into()], kind, reader);
        let item = files.next().unwrap();
        assert_eq!(
            item.subject.unwrap_err().to_string(),
            "`/dev/null` has no output: at least one line is expected"
        );
        assert!(files.next().is_none());
    }
}
