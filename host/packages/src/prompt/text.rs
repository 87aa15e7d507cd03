//! Text of a prompt file in normalised form, split into front matter and template.
//!
//! Editors and version control change line endings and add a byte order mark or a final newline.
//! Normalisation removes these differences, so that they do not change a prompt's digest.

use std::io::Read;
use std::path::Path;

use tollgate_model::{TextFile, TextFileError, TextSpan};

use super::error::{PromptErrorKind, error_in, error_of_path};
use super::limits::FILE_BYTES_MAX;
use crate::regular_file::open_regular;

const BYTE_ORDER_MARK: char = '\u{feff}';
const FENCE: &str = "---";

/// Normalised text of a prompt file or a partial: valid UTF-8, `\n` line endings, no byte order
/// mark, no zero bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptText(TextFile);

/// A section of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TextSection<'s> {
    pub file: &'s TextFile,
    pub text: &'s str,
    /// Offset of the section in the file, in bytes.
    pub start: usize,
}

/// Error for bytes that are not the text of a prompt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PromptTextError {
    #[error("cannot be read: {0}")]
    Unreadable(String),
    #[error("the link leads out of the folder")]
    LeadsOut,
    #[error("larger than {FILE_BYTES_MAX} bytes")]
    TooLarge,
    /// Holds the index of the first invalid byte.
    #[error("not valid UTF-8 at byte {0}")]
    NotUtf8(usize),
    /// Zero bytes separate partials in the canonical form, so texts must not contain them.
    #[error("contains a zero byte")]
    ZeroByte,
    #[error("the front matter that starts here has no end")]
    UnclosedFrontMatter,
    /// The canonical bytes end within a partial.
    #[error("a partial in it has no text")]
    IncompletePartial,
    #[error("a partial has no front matter")]
    PartialWithFrontMatter,
}

impl PromptTextError {
    pub(super) fn help(&self) -> Option<String> {
        let help = match self {
            Self::Unreadable(_) => return None,
            Self::LeadsOut => "put a copy of the file into the folder",
            Self::TooLarge => "move data out of the prompt",
            Self::NotUtf8(_) => "convert the file to UTF-8",
            Self::ZeroByte => "remove it",
            Self::UnclosedFrontMatter => "add a line `---` after it",
            Self::IncompletePartial => "these are not the bytes of a published prompt",
            Self::PartialWithFrontMatter => "move it to the prompts that include the partial",
        };
        Some(help.into())
    }
}

impl<'s> TextSection<'s> {
    /// Returns the section that is the whole file.
    pub fn whole(file: &'s TextFile) -> Self {
        Self { file, text: file.text(), start: 0 }
    }

    /// Returns the line at which the section starts, counted from 1.
    pub fn line(&self) -> usize {
        self.file.line_at(self.start)
    }

    /// Returns the place in the file of a range of bytes of this section.
    pub fn span(&self, start: usize, end: usize) -> TextSpan {
        TextSpan { start: self.start + start, end: self.start + end }
    }
}

impl PromptText {
    /// Validates and normalises the bytes of a file.
    pub fn new(file: impl Into<String>, bytes: &[u8]) -> Result<Self, TextFileError> {
        let file = file.into();
        let new_error = |error: PromptTextError| error_of_path(&file, error);
        if bytes.len() > FILE_BYTES_MAX {
            return Err(new_error(PromptTextError::TooLarge));
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|error| new_error(PromptTextError::NotUtf8(error.valid_up_to())))?;
        if text.contains('\0') {
            return Err(new_error(PromptTextError::ZeroByte));
        }
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        Ok(Self(TextFile::new(file, text)))
    }

    /// Reads a file that a folder or a prompt names, and not a person. A link must not lead out of
    /// the folder: the text would be rendered and published. The file is named by its path below
    /// `root`.
    pub(super) fn read_in_folder(root: &Path, path: &Path) -> Result<Self, TextFileError> {
        let new_error = |error| error_of_path(&path.display().to_string(), error);
        let unreadable =
            |error: std::io::Error| new_error(PromptTextError::Unreadable(error.to_string()));
        let place = root.join(path);
        let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().map_err(unreadable)?;
        match place.canonicalize().map_err(unreadable)?.starts_with(folder) {
            true => Self::read_below(root, path),
            false => Err(new_error(PromptTextError::LeadsOut)),
        }
    }

    pub(super) fn read(path: &Path) -> Result<Self, TextFileError> {
        Self::read_below(Path::new(""), path)
    }

    /// Reads a file, and names it by its path below `root`.
    fn read_below(root: &Path, path: &Path) -> Result<Self, TextFileError> {
        let file = path.display().to_string();
        let unreadable = |error: std::io::Error| {
            error_of_path(&file, PromptTextError::Unreadable(error.to_string()))
        };
        let mut bytes = Vec::new();
        let opened = open_regular(&root.join(path)).map_err(unreadable)?;
        // One byte more than allowed tells a file that is too large.
        opened.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        Self::new(file.clone(), &bytes)
    }

    /// Returns the path shown in messages.
    pub fn file(&self) -> &str {
        self.0.name()
    }

    pub fn as_str(&self) -> &str {
        self.0.text()
    }

    pub(super) fn text_file(&self) -> &TextFile {
        &self.0
    }

    pub(super) fn error_at(
        &self,
        span: TextSpan,
        kind: impl Into<PromptErrorKind>,
    ) -> TextFileError {
        error_in(&self.0, Some(span), kind)
    }

    /// Splits the file into front matter, if any, and template. Comment lines (such as a licence)
    /// may precede the front matter. The template is trimmed if there is front matter.
    pub(super) fn split(
        &self,
    ) -> Result<(Option<TextSection<'_>>, TextSection<'_>), TextFileError> {
        let Some(fence) = self.opening_fence() else {
            return Ok((None, TextSection::whole(&self.0)));
        };
        let rest = self.as_str().get(fence.end..).unwrap_or_default();
        let mut length = 0;
        for line in rest.split_inclusive('\n') {
            if is_fence(line) {
                let front = self.section(fence.end, fence.end + length);
                let body = self.section(fence.end + length + line.len(), self.as_str().len());
                return Ok((Some(front), trim_body(body)));
            }
            length += line.len();
        }
        Err(self.error_at(fence, PromptTextError::UnclosedFrontMatter))
    }

    fn section(&self, start: usize, end: usize) -> TextSection<'_> {
        TextSection {
            file: &self.0,
            text: self.as_str().get(start..end).unwrap_or_default(),
            start,
        }
    }

    /// Returns the place of the line that opens the front matter.
    fn opening_fence(&self) -> Option<TextSpan> {
        let mut start = 0;
        for line in self.as_str().split_inclusive('\n') {
            let end = start + line.len();
            if is_fence(line) {
                return Some(TextSpan { start, end });
            }
            // After any other line, `---` is part of the template.
            if !line.starts_with('#') && !line.trim().is_empty() {
                return None;
            }
            start = end;
        }
        None
    }
}

fn is_fence(line: &str) -> bool {
    line.trim_end() == FENCE
}

fn trim_body(body: TextSection<'_>) -> TextSection<'_> {
    let text = body.text.trim_start();
    let start = body.start + body.text.len() - text.len();
    TextSection { text: text.trim_end(), start, ..body }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> PromptText {
        PromptText::new("a.prompt", text.as_bytes()).unwrap()
    }

    #[test]
    fn normalises_line_endings_and_byte_order_mark() {
        let text = "---\nmodel: m\n---\nHi\n";
        for other in ["\u{feff}---\nmodel: m\n---\nHi\n", "---\r\nmodel: m\r\n---\r\nHi\r\n"] {
            assert_eq!(source(other), source(text));
        }
        assert_ne!(source("caf\u{e9}"), source("cafe\u{301}"));
    }

    #[test]
    fn splits_at_the_fences() {
        let commented = source("# a licence\n\n---\nmodel: m\n---  \n\n Hi\n---\nyou\n\n");
        let (front, body) = commented.split().unwrap();
        let place = |section: TextSection<'_>| (section.text.to_owned(), section.line());
        assert_eq!(front.map(place), Some(("model: m\n".into(), 4)));
        assert_eq!(place(body), ("Hi\n---\nyou".into(), 7));
        let (front, body) = source("Hi\n---\n")
            .split()
            .map(|(front, body)| (front.is_some(), body.text.to_owned()))
            .unwrap();
        assert_eq!((front, body.as_str()), (false, "Hi\n---\n"));
        let empty = source("---\n---");
        assert_eq!(empty.split().unwrap().0.map(place), Some((String::new(), 2)));
    }

    #[test]
    fn refuses_invalid_bytes() {
        let refused = |bytes: &[u8]| PromptText::new("a.prompt", bytes).unwrap_err().to_string();
        assert!(refused(b"caf\xe9").starts_with("a.prompt: not valid UTF-8 at byte 3"));
        assert!(refused(b"a\0").contains("zero byte"));
        assert!(refused(&vec![b'a'; FILE_BYTES_MAX + 1]).contains("1048576"));
        let unclosed = source("\n---\nmodel: m\n").split().unwrap_err().to_string();
        assert!(unclosed.starts_with("a.prompt:2: the front matter"), "{unclosed}");
    }
}
