//! Text files that people write, such as gates and prompts, and errors at a place in them.
//!
//! An error carries the text that it is about, so that its line can be shown too.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Name and text of a file. Clones share the text.
#[derive(Clone, PartialEq, Eq)]
pub struct TextFile(Arc<TextFileContent>);

#[derive(PartialEq, Eq)]
struct TextFileContent {
    name: String,
    text: String,
    /// Offsets of the first byte of each line; never empty.
    line_starts: Vec<usize>,
}

/// Range of bytes in a text file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextSpan {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

/// Error in a text file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFileError {
    pub file: TextFile,
    /// Part of the text that is wrong; `None` if the error concerns the whole file.
    pub span: Option<TextSpan>,
    pub message: String,
    /// Change that would correct the file.
    pub help: Option<String>,
}

/// All errors found in one or more files, in the order in which they are shown. Never empty.
///
/// An error that wraps these displays them and has them as its source, so that they are found in a
/// chain of errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFileErrors(pub Vec<TextFileError>);

impl TextFile {
    /// Creates a file. `name` is its path, or another name that messages show.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let (name, text) = (name.into(), text.into());
        let after_breaks = text.match_indices('\n').map(|(offset, _)| offset + 1);
        let line_starts = std::iter::once(0).chain(after_breaks).collect();
        Self(Arc::new(TextFileContent { name, text, line_starts }))
    }

    pub fn name(&self) -> &str {
        &self.0.name
    }

    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// Returns the number of the line that a byte is in, counted from 1. The end of the text is in
    /// the last line.
    pub fn line_at(&self, offset: usize) -> usize {
        self.0.line_starts.partition_point(|start| *start <= offset)
    }

    /// Returns the column of a byte: the number of characters in front of it in its line, plus 1.
    pub fn column_at(&self, offset: usize) -> usize {
        let line = self.line_span(self.line_at(offset));
        let text = self.text();
        let end = text.floor_char_boundary(offset.min(line.end));
        text.get(line.start..end).unwrap_or_default().chars().count() + 1
    }

    /// Returns the bytes of a line without its line break. Lines are counted from 1; a line after
    /// the last one is empty.
    pub fn line_span(&self, line: usize) -> TextSpan {
        let starts = &self.0.line_starts;
        let start_of = |index: usize| starts.get(index).copied().unwrap_or(self.text().len());
        let (start, next) = (start_of(line.saturating_sub(1)), start_of(line));
        let text = self.text().get(start..next).unwrap_or_default();
        let text = text.strip_suffix('\n').unwrap_or(text);
        TextSpan { start, end: start + text.strip_suffix('\r').unwrap_or(text).len() }
    }

    /// Returns an error about a part of this file.
    pub fn error_at(&self, span: impl Into<TextSpan>, message: impl Into<String>) -> TextFileError {
        TextFileError { span: Some(span.into()), ..self.error(message) }
    }

    /// Returns an error about the whole file.
    pub fn error(&self, message: impl Into<String>) -> TextFileError {
        TextFileError { file: self.clone(), span: None, message: message.into(), help: None }
    }
}

impl TextFileError {
    /// Returns the line that the error starts in, counted from 1.
    pub fn line(&self) -> Option<usize> {
        self.span.map(|span| self.file.line_at(span.start))
    }

    /// Returns the column that the error starts at, counted in characters from 1.
    pub fn column(&self) -> Option<usize> {
        self.span.map(|span| self.file.column_at(span.start))
    }

    pub fn with_help(self, help: Option<String>) -> Self {
        Self { help, ..self }
    }
}

impl From<Range<usize>> for TextSpan {
    fn from(Range { start, end }: Range<usize>) -> Self {
        Self { start, end }
    }
}

impl From<TextSpan> for Range<usize> {
    fn from(span: TextSpan) -> Self {
        span.start..span.end
    }
}

// The text would hide everything else in the output of a failed test.
impl fmt::Debug for TextFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TextFile").field(&self.name()).finish()
    }
}

/// Writes the error as one line: file, line, message and help.
impl fmt::Display for TextFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.file.name())?;
        if let Some(line) = self.line() {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)?;
        match &self.help {
            Some(help) => write!(f, ": {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for TextFileError {}

/// Writes each error on a line of its own.
impl fmt::Display for TextFileErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for TextFileErrors {}

impl From<TextFileError> for TextFileErrors {
    fn from(error: TextFileError) -> Self {
        Self(vec![error])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_columns() {
        let file = TextFile::new("a", "ä=1\r\nb\n");
        let places: Vec<_> = (0..=8).map(|at| (file.line_at(at), file.column_at(at))).collect();
        // The second byte of `ä` belongs to the same column, as do the bytes of a line break.
        let expected = [(1, 1), (1, 1), (1, 2), (1, 3), (1, 4), (1, 4), (2, 1), (2, 2), (3, 1)];
        assert_eq!(places, expected);
        assert_eq!((file.line_at(99), file.column_at(99)), (3, 1));
    }

    #[test]
    fn finds_lines_without_their_breaks() {
        let file = TextFile::new("a", "one\r\n\ntwo");
        let line = |line| file.text().get(Range::from(file.line_span(line))).unwrap();
        assert_eq!([1, 2, 3, 4, 99].map(line), ["one", "", "two", "", ""]);
        assert_eq!(TextFile::new("a", "").line_span(1), TextSpan::default());
    }

    #[test]
    fn displays_place_message_and_help() {
        let file = TextFile::new("a.toml", "x = 1\ny = 2\n");
        let error = file.error_at(6..7, "unknown key").with_help(Some("use `z`".into()));
        let whole = file.error("too large");
        let errors = TextFileErrors(vec![error, whole]);
        assert_eq!(errors.to_string(), "a.toml:2: unknown key: use `z`\na.toml: too large");
        assert_eq!(errors.0.iter().map(TextFileError::column).collect::<Vec<_>>(), [Some(1), None]);
    }
}
