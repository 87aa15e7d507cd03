//! A file of a prompt as it is identified: its text in the one spelling that counts, cut into
//! front matter and template.
//!
//! Editors and version control change line ends, put a byte order mark in front or a newline
//! at the end without being asked. None of that reaches the text.

use std::io::Read;
use std::path::Path;

use super::fault::{Fault, Problem};
use super::limits::FILE_BYTES_MAX;

const BYTE_ORDER_MARK: char = '\u{feff}';
const FENCE: &str = "---";

/// The text of a file, its lines ending in a newline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What the file is called in messages.
    pub(super) file: String,
    pub(super) text: String,
}

/// A part of a file, and the line that it starts at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part<'s> {
    pub text: &'s str,
    pub line: usize,
}

/// Why bytes are no text of a prompt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceProblem {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// It is too large.
    #[error("it has more than {FILE_BYTES_MAX} bytes, which no model reads: take data out of it")]
    TooLarge,
    /// It is not UTF-8.
    #[error("it is not UTF-8: byte {0} starts no character; convert it first")]
    NotUtf8(usize),
    /// It has a zero character.
    #[error("it holds a zero character: take it out")]
    Zero,
    /// Its front matter has no end.
    #[error("the front matter that starts here has no end: put a line `---` behind it")]
    Unclosed,
    /// It is a prompt with partials, and one of them is cut off.
    #[error("what should be a partial in it has no text: it is no prompt as it was published")]
    Torn,
    /// It is a partial with front matter.
    #[error("a partial has no front matter: what it says belongs into the prompts that name it")]
    PartialWithFrontMatter,
}

impl Source {
    /// The text of a file, in its one spelling.
    pub fn new(file: impl Into<String>, bytes: &[u8]) -> Result<Self, Fault> {
        let file = file.into();
        let fault = |problem: SourceProblem| Fault::whole(&file, problem.into());
        if bytes.len() > FILE_BYTES_MAX {
            return Err(fault(SourceProblem::TooLarge));
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|error| fault(SourceProblem::NotUtf8(error.valid_up_to())))?;
        if text.contains('\0') {
            return Err(fault(SourceProblem::Zero));
        }
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        Ok(Self { file, text })
    }

    pub(super) fn read(path: &Path) -> Result<Self, Fault> {
        let file = path.display().to_string();
        let unreadable = |error: std::io::Error| {
            Fault::whole(&file, SourceProblem::Unreadable(error.to_string()).into())
        };
        let mut bytes = Vec::new();
        let opened = std::fs::File::open(path).map_err(unreadable)?;
        // One more than there may be: a file that never ends is too large as well.
        opened.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        Self::new(file.clone(), &bytes)
    }

    /// What the file is called in messages.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn fault(&self, line: usize, problem: impl Into<Problem>) -> Fault {
        Fault { file: self.file.clone(), line: Some(line), problem: problem.into() }
    }

    /// The front matter, if there is some, and the template. Before the front matter there may
    /// be comments, such as a licence; around the template there is no white space.
    pub(super) fn cut(&self) -> Result<(Option<Part<'_>>, Part<'_>), Fault> {
        let Some(opening) = self.opening_fence() else {
            return Ok((None, Part { text: &self.text, line: 1 }));
        };
        let rest = self.text.get(opening.end..).unwrap_or_default();
        let first_line = opening.line + 1;
        let mut length = 0;
        for (index, line) in rest.split_inclusive('\n').enumerate() {
            if is_fence(line) {
                let front = Part { text: rest.get(..length).unwrap_or_default(), line: first_line };
                let body = rest.get(length + line.len()..).unwrap_or_default();
                return Ok((Some(front), trimmed(body, first_line + index + 1)));
            }
            length += line.len();
        }
        Err(self.fault(opening.line, SourceProblem::Unclosed))
    }

    fn opening_fence(&self) -> Option<Opening> {
        let mut end = 0;
        for (index, line) in self.text.split_inclusive('\n').enumerate() {
            end += line.len();
            if is_fence(line) {
                return Some(Opening { line: index + 1, end });
            }
            if !line.starts_with('#') && !line.trim().is_empty() {
                return None;
            }
        }
        None
    }
}

struct Opening {
    line: usize,
    /// Where the line behind it starts.
    end: usize,
}

fn is_fence(line: &str) -> bool {
    line.trim_end() == FENCE
}

fn trimmed(body: &str, line: usize) -> Part<'_> {
    let text = body.trim_start();
    let before = body.len() - text.len();
    let newlines = body.get(..before).unwrap_or_default().matches('\n').count();
    Part { text: text.trim_end(), line: line + newlines }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::new("a.prompt", text.as_bytes()).unwrap()
    }

    #[test]
    fn what_editors_change_is_not_in_the_text() {
        let text = "---\nmodel: m\n---\nHi\n";
        for other in ["\u{feff}---\nmodel: m\n---\nHi\n", "---\r\nmodel: m\r\n---\r\nHi\r\n"] {
            assert_eq!(source(other), source(text));
        }
        assert_ne!(source("caf\u{e9}"), source("cafe\u{301}"));
    }

    #[test]
    fn it_is_cut_at_its_fences() {
        let commented = source("# a licence\n\n---\nmodel: m\n---  \n\n Hi\n---\nyou\n\n");
        let (front, body) = commented.cut().unwrap();
        assert_eq!(front, Some(Part { text: "model: m\n", line: 4 }));
        assert_eq!(body, Part { text: "Hi\n---\nyou", line: 7 });
        let (front, body) = source("Hi\n---\n")
            .cut()
            .map(|(front, body)| (front.is_some(), body.text.to_owned()))
            .unwrap();
        assert_eq!((front, body.as_str()), (false, "Hi\n---\n"));
        assert_eq!(source("---\n---").cut().unwrap().0, Some(Part { text: "", line: 2 }));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let refused = |bytes: &[u8]| Source::new("a.prompt", bytes).unwrap_err().to_string();
        assert!(refused(b"caf\xe9").starts_with("a.prompt: it is not UTF-8: byte 3"));
        assert!(refused(b"a\0").contains("zero character"));
        assert!(refused(&vec![b'a'; FILE_BYTES_MAX + 1]).contains("1048576"));
        let unclosed = source("\n---\nmodel: m\n").cut().unwrap_err().to_string();
        assert!(unclosed.starts_with("a.prompt:2: the front matter"), "{unclosed}");
    }
}
