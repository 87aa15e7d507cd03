//! Reads outputs from lines of JSON, one after another, as they arrive.

use std::io::{BufRead, Read};

use tollgate_model::Subject;

use super::error::IntakeError;
use super::input_item::{InputItem, InputOrigin};
use super::subject_reader::{RowReader, SubjectReader};

/// Maximum length of a line: the largest subject, with room for the other members.
pub(super) const LINE_BYTES_MAX: u64 = 32 << 20;

/// Mark with which some programs begin a file in UTF-8. It is not part of an output.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Outputs of a source that has one per line. A line that cannot be read is an item of its own error. After an error
/// of the source itself, and after a line that is too long, there are no more items.
pub struct JsonLines<R> {
    line_reader: LineReader,
    source: R,
    file: String,
    /// Number of lines read so far. Blank lines are skipped, but counted.
    line: u64,
    bytes_max: u64,
    is_finished: bool,
}

/// Reader of a line.
pub(super) enum LineReader {
    /// The line has an output as one of its members.
    Members(SubjectReader),
    /// The line is an output.
    Row(RowReader),
}

impl<R: BufRead> JsonLines<R> {
    pub(super) fn new(line_reader: LineReader, source: R, file: String) -> Self {
        let bytes_max = LINE_BYTES_MAX;
        Self { line_reader, source, file, line: 0, bytes_max, is_finished: false }
    }

    /// Bounds the length of a line further.
    #[must_use]
    pub fn with_line_bytes_max(mut self, bytes_max: u64) -> Self {
        self.bytes_max = bytes_max.min(LINE_BYTES_MAX);
        self
    }

    /// Returns the source.
    pub fn source(&self) -> &R {
        &self.source
    }

    fn item(&self, bytes: &[u8]) -> InputItem {
        let (id, subject) = match decode_utf8(bytes) {
            Ok(text) => self.line_reader.read(text),
            Err(error) => (None, Err(error)),
        };
        let origin = InputOrigin::of_line(self.file.clone(), self.line, id, bytes.len());
        InputItem { origin, subject }
    }
}

impl<R: BufRead> Iterator for JsonLines<R> {
    type Item = InputItem;

    fn next(&mut self) -> Option<InputItem> {
        while !self.is_finished {
            self.line += 1;
            let line = read_line(&mut self.source, self.bytes_max);
            let is_first = self.line == 1;
            match line.map(|bytes| bytes.map(|bytes| without_mark(bytes, is_first))) {
                Ok(Some(bytes)) if bytes.trim_ascii().is_empty() => {}
                Ok(Some(bytes)) => return Some(self.item(&bytes)),
                Ok(None) => self.is_finished = true,
                Err(error) => {
                    // The position in the source is not the start of a line any more.
                    self.is_finished = true;
                    let origin = InputOrigin::of_line(self.file.clone(), self.line, None, 0);
                    return Some(InputItem { origin, subject: Err(error) });
                }
            }
        }
        None
    }
}

impl LineReader {
    fn read(&self, text: &str) -> (Option<String>, Result<Subject, IntakeError>) {
        match self {
            Self::Members(reader) => reader.read_line(text),
            Self::Row(reader) => reader.read_json(text),
        }
    }
}

/// Reads a line of limited length with its line break, or returns `None` at the end.
pub(super) fn read_line(
    source: &mut impl BufRead,
    bytes_max: u64,
) -> Result<Option<Vec<u8>>, IntakeError> {
    let mut bytes = Vec::new();
    let read = source.by_ref().take(bytes_max).read_until(b'\n', &mut bytes)?;
    // A line that fills the limit exactly and ends there is complete.
    if read as u64 == bytes_max && bytes.last() != Some(&b'\n') {
        return Err(IntakeError::LineTooLong { bytes_max });
    }
    Ok(Some(bytes).filter(|_| read > 0))
}

/// Takes the byte order mark off the first line of a source.
pub(super) fn without_mark(mut line: Vec<u8>, is_first: bool) -> Vec<u8> {
    if is_first && line.starts_with(BYTE_ORDER_MARK) {
        line.drain(..BYTE_ORDER_MARK.len());
    }
    line
}

pub(super) fn decode_utf8(bytes: &[u8]) -> Result<&str, IntakeError> {
    let text = std::str::from_utf8(bytes);
    text.map_err(|error| IntakeError::InvalidUtf8 { at: error.valid_up_to() })
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use tollgate_model::Content;

    use super::*;

    fn read(bytes: &[u8]) -> Vec<(String, Result<Content, String>)> {
        let lines = SubjectReader::default().lines(bytes, "a.jsonl");
        let read = |item: InputItem| {
            let content = item.subject.map(|subject| subject.content);
            (item.origin.place(), content.map_err(|error| error.to_string()))
        };
        lines.map(read).collect()
    }

    fn text(place: &str, text: &str) -> (String, Result<Content, String>) {
        (place.into(), Ok(Content::Text(text.into())))
    }

    #[test]
    fn skips_blank_lines_and_goes_on_after_invalid_ones() {
        let bytes = b"{\"text\": \"a\"}\n\n \r\n{\"text\": \"\xff\"}\n[1]\n{\"text\": \"b\"}";
        let read = read(bytes);
        assert_eq!(read[0], text("a.jsonl:1", "a"));
        assert_eq!(read[1], ("a.jsonl:4".into(), Err("invalid UTF-8 at byte 10".into())));
        assert!(matches!(&read[2], (place, Err(_)) if place == "a.jsonl:5"), "{read:?}");
        assert_eq!(read[3..], [text("a.jsonl:6", "b")]);
    }

    #[test]
    fn takes_one_byte_order_mark_off_the_start() {
        let lines = "\u{feff}{\"text\": \"\u{feff}a\"}\n\u{feff}{\"text\": \"b\"}\n";
        let read = read(lines.as_bytes());
        assert_eq!(read[0], text("a.jsonl:1", "\u{feff}a"), "what is judged stays as it is");
        assert!(read[1].1.is_err(), "in the middle it is not a mark: {read:?}");
        let twice = "\u{feff}\u{feff}{\"text\": \"a\"}\n";
        assert!(
            SubjectReader::default().lines(twice.as_bytes(), "a").all(|item| item.subject.is_err())
        );
        assert_eq!(SubjectReader::default().lines("\u{feff}\n".as_bytes(), "a").count(), 0);
    }

    #[test]
    fn ends_at_an_error_of_the_source() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("the disk is gone"))
            }
        }
        let source = Cursor::new("{\"text\": \"a\"}\n{\"te").chain(Broken);
        let mut lines = SubjectReader::default().lines(BufReader::new(source), "a.jsonl");
        assert!(lines.next().is_some_and(|item| item.subject.is_ok()));
        let failed = lines.next().unwrap();
        assert_eq!(failed.origin.place(), "a.jsonl:2");
        assert!(matches!(failed.subject, Err(IntakeError::Read(_))), "{failed:?}");
        assert!(lines.next().is_none());
    }

    #[test]
    fn ends_at_a_line_that_is_too_long() {
        let endless = BufReader::with_capacity(1 << 20, std::io::repeat(b'a'));
        let mut lines = SubjectReader::default().lines(endless, "a.jsonl");
        let failed = lines.next().unwrap().subject;
        assert!(matches!(failed, Err(IntakeError::LineTooLong { .. })), "{failed:?}");
        assert!(lines.next().is_none());
    }

    #[test]
    fn names_an_output_by_its_own_id_or_its_place() {
        let bytes = b"{\"text\": \"a\", \"id\": \"mail-1\"}\n{\"text\": \"b\"}\n".as_slice();
        let ids = SubjectReader::default().lines(bytes, "a.jsonl");
        let ids = ids.map(|item| (item.origin.id, item.origin.has_own_id)).collect::<Vec<_>>();
        assert_eq!(ids, [("mail-1".into(), true), ("a.jsonl:2".into(), false)]);
    }
}
