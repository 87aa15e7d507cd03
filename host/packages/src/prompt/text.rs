//! Text of a prompt file in normalised form, split into front matter and template.
//!
//! Editors and version control change line endings and add a byte order mark or a final newline.
//! Normalisation removes these differences, so that they do not change a prompt's digest.

use std::io::Read;
use std::path::Path;

use super::error::{PromptError, PromptErrorKind};
use super::limits::FILE_BYTES_MAX;

const BYTE_ORDER_MARK: char = '\u{feff}';
const FENCE: &str = "---";

/// Normalised text of a prompt file or a partial: valid UTF-8, `\n` line endings, no byte order
/// mark, no zero bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptText {
    /// Path shown in messages.
    pub(super) file: String,
    pub(super) text: String,
}

/// A section of a file and the line at which it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TextSection<'s> {
    pub text: &'s str,
    pub line: usize,
}

/// Error for bytes that are not the text of a prompt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PromptTextError {
    #[error("cannot be read: {0}")]
    Unreadable(String),
    #[error("larger than {FILE_BYTES_MAX} bytes: move data out of the prompt")]
    TooLarge,
    /// Holds the index of the first invalid byte.
    #[error("not valid UTF-8 at byte {0}: convert the file to UTF-8")]
    NotUtf8(usize),
    /// Zero bytes separate partials in the canonical form, so texts must not contain them.
    #[error("contains a zero byte: remove it")]
    ZeroByte,
    #[error("the front matter that starts here has no end: add a line `---` after it")]
    UnclosedFrontMatter,
    /// The canonical bytes end within a partial.
    #[error("a partial in it has no text: these are not the bytes of a published prompt")]
    IncompletePartial,
    #[error("a partial has no front matter: move it to the prompts that include the partial")]
    PartialWithFrontMatter,
}

impl PromptText {
    /// Validates and normalises the bytes of a file.
    pub fn new(file: impl Into<String>, bytes: &[u8]) -> Result<Self, PromptError> {
        let file = file.into();
        let new_error = |error: PromptTextError| PromptError::for_file(&file, error.into());
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
        Ok(Self { file, text })
    }

    pub(super) fn read(path: &Path) -> Result<Self, PromptError> {
        let file = path.display().to_string();
        let unreadable = |error: std::io::Error| {
            PromptError::for_file(&file, PromptTextError::Unreadable(error.to_string()).into())
        };
        let mut bytes = Vec::new();
        let opened = std::fs::File::open(path).map_err(unreadable)?;
        // Read at most one byte more than allowed, so that an endless file (a device) is refused
        // too.
        opened.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        Self::new(file.clone(), &bytes)
    }

    /// Returns the path shown in messages.
    pub fn file(&self) -> &str {
        &self.file
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn error_at(&self, line: usize, error: impl Into<PromptErrorKind>) -> PromptError {
        PromptError { file: self.file.clone(), line: Some(line), kind: error.into() }
    }

    /// Splits the file into front matter, if any, and template. Comment lines (such as a licence)
    /// may precede the front matter. The template is trimmed if there is front matter.
    pub(super) fn split(&self) -> Result<(Option<TextSection<'_>>, TextSection<'_>), PromptError> {
        let Some(opening) = self.opening_fence() else {
            return Ok((None, TextSection { text: &self.text, line: 1 }));
        };
        let rest = self.text.get(opening.end..).unwrap_or_default();
        let first_line = opening.line + 1;
        let mut length = 0;
        for (index, line) in rest.split_inclusive('\n').enumerate() {
            if is_fence(line) {
                let front =
                    TextSection { text: rest.get(..length).unwrap_or_default(), line: first_line };
                let body = rest.get(length + line.len()..).unwrap_or_default();
                return Ok((Some(front), trim_body(body, first_line + index + 1)));
            }
            length += line.len();
        }
        Err(self.error_at(opening.line, PromptTextError::UnclosedFrontMatter))
    }

    fn opening_fence(&self) -> Option<OpeningFence> {
        let mut end = 0;
        for (index, line) in self.text.split_inclusive('\n').enumerate() {
            end += line.len();
            if is_fence(line) {
                return Some(OpeningFence { line: index + 1, end });
            }
            // After any other line, `---` is part of the template.
            if !line.starts_with('#') && !line.trim().is_empty() {
                return None;
            }
        }
        None
    }
}

struct OpeningFence {
    line: usize,
    /// Byte offset of the line after the fence.
    end: usize,
}

fn is_fence(line: &str) -> bool {
    line.trim_end() == FENCE
}

fn trim_body(body: &str, line: usize) -> TextSection<'_> {
    let text = body.trim_start();
    let before = body.len() - text.len();
    let newlines = body.get(..before).unwrap_or_default().matches('\n').count();
    TextSection { text: text.trim_end(), line: line + newlines }
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
        assert_eq!(front, Some(TextSection { text: "model: m\n", line: 4 }));
        assert_eq!(body, TextSection { text: "Hi\n---\nyou", line: 7 });
        let (front, body) = source("Hi\n---\n")
            .split()
            .map(|(front, body)| (front.is_some(), body.text.to_owned()))
            .unwrap();
        assert_eq!((front, body.as_str()), (false, "Hi\n---\n"));
        assert_eq!(source("---\n---").split().unwrap().0, Some(TextSection { text: "", line: 2 }));
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
