//! Reads outputs from files, one after another. A file is opened when its turn comes.

use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{anyhow, bail};
use tollgate::intake::{InputItem, IntakeError, JsonLines, Rows, SubjectReader};
use tollgate_api::report::STANDARD_INPUT;
use tollgate_model::ContentKind;
use tollgate_project::{FileError, ReadError};

use super::file_form::{FileForm, FormOptions, file_form};
use crate::files;

const BUFFER_BYTES: usize = 256 << 10;
/// Maximum size of a portion. A run that has more than one takes long enough to be interrupted.
const PORTION_LINES_MAX: usize = 256;
const PORTION_BYTES_MAX: usize = 4 << 20;

/// Outputs of files that are one output each or have several. A file that cannot be read is an item with an error.
pub(super) struct InputFiles {
    files: std::vec::IntoIter<(PathBuf, FileForm)>,
    subject_reader: SubjectReader,
    /// The file that is being read, if it has several outputs.
    current: Option<ManyOutputsFile>,
    portion: Portion,
}

/// A file with several outputs.
struct ManyOutputsFile {
    outputs: FileOutputs,
    path: PathBuf,
    has_output: bool,
}

enum FileOutputs {
    Lines(JsonLines<Source>),
    Rows(Rows<Source>),
}

type Source = BufReader<Box<dyn Read + Send>>;

/// Outputs that arrive together.
#[derive(Default)]
struct Portion {
    lines: usize,
    bytes: usize,
    is_first_complete: bool,
    has_second: Arc<AtomicBool>,
}

impl InputFiles {
    /// Creates the outputs of files. Fails if the options do not fit a file, or if members of a file are mapped that is one
    /// output.
    pub(super) fn new(
        paths: Vec<PathBuf>,
        options: FormOptions,
        subject_reader: SubjectReader,
    ) -> anyhow::Result<Self> {
        let with_form = |path: PathBuf| Ok((path.clone(), file_form(&path, options)?));
        let files: Vec<_> = paths.into_iter().map(with_form).collect::<anyhow::Result<_>>()?;
        if subject_reader.has_mappings() {
            check_mapped_forms(&files)?;
        }
        let (files, portion) = (files.into_iter(), Portion::default());
        Ok(Self { files, subject_reader, current: None, portion })
    }

    /// Returns a flag that is set when a second portion begins to arrive: the input is long, or its sender is slow.
    pub(super) fn second_portion(&self) -> Arc<AtomicBool> {
        self.portion.has_second.clone()
    }

    fn next_item(&mut self) -> Option<InputItem> {
        loop {
            if let Some(file) = &mut self.current {
                // The next line has not arrived yet.
                if !file.outputs.source().buffer().contains(&b'\n') {
                    self.portion.complete();
                }
                if let Some(item) = file.outputs.next() {
                    file.has_output = true;
                    return Some(item);
                }
                let file = self.current.take()?;
                if !file.has_output {
                    return Some(empty_file(&file));
                }
            }
            let (path, form) = self.files.next()?;
            if let FileForm::Document(kind) = form {
                return Some(self.read_document(kind, &path));
            }
            let source = match files::open_or_stdin(&path) {
                Ok(source) => BufReader::with_capacity(BUFFER_BYTES, source),
                Err(error) => return Some(unreadable_file(&path, error)),
            };
            let (reader, name) = (self.subject_reader.clone(), display_name(&path));
            let outputs = match form {
                FileForm::Rows(format) => FileOutputs::Rows(reader.rows(source, format, name)),
                _ => FileOutputs::Lines(reader.lines(source, name)),
            };
            self.current = Some(ManyOutputsFile { outputs, path, has_output: false });
        }
    }

    fn read_document(&self, kind: ContentKind, path: &Path) -> InputItem {
        match files::read_text_or_stdin(path) {
            Ok(text) => self.subject_reader.read_document(kind, text, display_name(path)),
            Err(error) => unreadable_file(path, describe_binary(path, error)),
        }
    }
}

impl FileOutputs {
    fn source(&self) -> &Source {
        match self {
            Self::Lines(lines) => lines.source(),
            Self::Rows(rows) => rows.source(),
        }
    }

    fn next(&mut self) -> Option<InputItem> {
        match self {
            Self::Lines(lines) => lines.next(),
            Self::Rows(rows) => rows.next(),
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

/// Rejects files in which nothing is mapped, because each of them is one output.
fn check_mapped_forms(files: &[(PathBuf, FileForm)]) -> anyhow::Result<()> {
    let is_document = |(path, form): &(PathBuf, FileForm)| match form {
        FileForm::Document(_) => Some(path.clone()),
        FileForm::Lines | FileForm::Rows(_) => None,
    };
    let Some(path) = files.iter().find_map(is_document) else { return Ok(()) };
    bail!(
        "`--map` names members of lines and columns of rows, but `{}` is one output\n  add `--rows` if it has several, or \
         leave out `--map`",
        display_name(&path)
    )
}

/// Returns the error of a file without any output. A sender that failed must not look like one whose outputs are all
/// allowed.
fn empty_file(file: &ManyOutputsFile) -> InputItem {
    let name = display_name(&file.path);
    let one = match file.outputs {
        FileOutputs::Lines(_) => "line",
        FileOutputs::Rows(_) => "row",
    };
    unreadable_file(&file.path, anyhow!("`{name}` has no output: at least one {one} is expected"))
}

fn unreadable_file(path: &Path, error: anyhow::Error) -> InputItem {
    InputItem::unreadable(display_name(path), IntakeError::Source(error.into()))
}

/// Explains the error of a file that is no text: folders have such files, too.
fn describe_binary(path: &Path, error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref::<FileError>() {
        Some(FileError::Read { source: ReadError::NotUtf8(at), .. }) => anyhow!(
            "`{}` is not a text in UTF-8 (byte {at}), so nothing judges it: convert it, or leave it out with a pattern \
             such as `*.txt`",
            path.display()
        ),
        _ => error,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::check::file_form::InputKind;

    fn options(kind: Option<InputKind>, are_rows: bool) -> FormOptions {
        FormOptions { kind, are_rows, delimiter: None }
    }

    fn items(paths: &[&str], kind: Option<InputKind>, are_rows: bool) -> InputFiles {
        let paths = paths.iter().map(PathBuf::from).collect();
        InputFiles::new(paths, options(kind, are_rows), SubjectReader::default()).unwrap()
    }

    #[test]
    fn a_file_without_an_output_is_an_error() {
        for (kind, are_rows, one) in [
            (InputKind::Jsonl, false, "line"),
            (InputKind::Jsonl, true, "row"),
            (InputKind::Csv, false, "row"),
        ] {
            let mut files = items(&["/dev/null"], Some(kind), are_rows);
            let item = files.next().unwrap();
            assert_eq!(
                item.subject.unwrap_err().to_string(),
                format!("`/dev/null` has no output: at least one {one} is expected")
            );
            assert!(files.next().is_none());
        }
    }

    #[test]
    fn nothing_is_mapped_in_a_file_that_is_one_output() {
        let open = |path: &str, kind, are_rows| {
            let reader = SubjectReader::default().with_mapping("text=body".parse().unwrap());
            InputFiles::new(vec![path.into()], options(kind, are_rows), reader.unwrap()).err()
        };
        for (path, kind) in
            [("a.csv", None), ("a.json", None), ("a.txt", None), ("a.jsonl", Some(InputKind::Json))]
        {
            let error = open(path, kind, false).unwrap().to_string();
            let expected = format!("but `{path}` is one output\n  add `--rows`");
            assert!(error.contains(&expected), "{error}");
        }
        assert!(open("a.jsonl", None, false).is_none());
        assert!(open("a.csv", None, true).is_none());
        assert!(open("a.csv", Some(InputKind::Csv), false).is_none());
    }

    #[test]
    fn a_binary_file_is_told() {
        let file = tempfile::NamedTempFile::with_suffix(".txt").unwrap();
        std::fs::write(file.path(), b"\x89PNG\r\n").unwrap();
        let path = file.path().display().to_string();
        let error = items(&[&path], None, false).next().unwrap().subject.unwrap_err().to_string();
        let expected = format!("`{path}` is not a text in UTF-8 (byte 0), so nothing judges it");
        assert!(error.starts_with(&expected), "{error}");
    }
}
