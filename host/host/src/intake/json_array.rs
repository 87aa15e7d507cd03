//! Reads outputs from the elements of a JSON array, one after another, as they arrive.

use std::io::BufRead;

use super::error::IntakeError;
use super::input_item::{InputItem, InputOrigin};
use super::json_lines::{LINE_BYTES_MAX, decode_utf8};
use super::subject_reader::RowReader;

/// Outputs of a source that is one JSON array. An element that is not JSON is an item of its own error. After an error of
/// the array or of the source itself there are no more items.
pub(super) struct JsonArray<R> {
    row_reader: RowReader,
    source: R,
    file: String,
    /// Number of the line that the next byte is in, counted from 1.
    line: u64,
    /// Number of elements read so far.
    elements: u64,
    state: ArrayState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ArrayState {
    Unopened,
    /// Before an element.
    Open,
    /// Behind the closing bracket.
    Closed,
    Finished,
}

/// Bytes of an element up to the comma or bracket behind it.
#[derive(Default)]
struct ElementScan {
    bytes: Vec<u8>,
    depth: usize,
    is_in_string: bool,
    is_escaped: bool,
}

impl<R: BufRead> JsonArray<R> {
    pub(super) fn new(row_reader: RowReader, source: R, file: String) -> Self {
        let state = ArrayState::Unopened;
        Self { row_reader, source, file, line: 1, elements: 0, state }
    }

    pub(super) fn source(&self) -> &R {
        &self.source
    }

    fn next_item(&mut self) -> Result<Option<InputItem>, IntakeError> {
        if self.state == ArrayState::Unopened {
            if self.next_byte()? != Some(b'[') {
                return Err(IntakeError::NotAnArray);
            }
            self.state = ArrayState::Open;
            // An element that is not there is an error behind a comma only.
            if self.peek_byte()? == Some(b']') {
                self.take_byte()?;
                self.state = ArrayState::Closed;
            }
        }
        if self.state == ArrayState::Open {
            return self.read_element().map(Some);
        }
        match self.next_byte()? {
            None => Ok(None),
            Some(_) => Err(IntakeError::TextAfterArray),
        }
    }

    fn read_element(&mut self) -> Result<InputItem, IntakeError> {
        self.peek_byte()?;
        let line = self.line;
        let mut scan = ElementScan::default();
        loop {
            let byte = self.take_byte()?.ok_or(IntakeError::UnclosedArray)?;
            if scan.is_end(byte) {
                if byte == b']' {
                    self.state = ArrayState::Closed;
                }
                break;
            }
            if scan.bytes.len() as u64 >= LINE_BYTES_MAX {
                return Err(IntakeError::ElementTooLong { bytes_max: LINE_BYTES_MAX });
            }
            scan.add(byte);
        }
        let (id, subject) = match decode_utf8(&scan.bytes) {
            Ok(text) => self.row_reader.read_json(text),
            Err(error) => (None, Err(error)),
        };
        let (file, element) = (self.file.clone(), self.elements);
        self.elements += 1;
        let origin = InputOrigin::of_element(file, line, element, id, scan.bytes.len());
        Ok(InputItem { origin, subject })
    }

    /// Takes the next byte that is not white space.
    fn next_byte(&mut self) -> Result<Option<u8>, IntakeError> {
        self.peek_byte()?;
        self.take_byte()
    }

    /// Skips white space, and returns the byte behind it without taking it.
    fn peek_byte(&mut self) -> Result<Option<u8>, IntakeError> {
        loop {
            let next = self.source.fill_buf()?.first().copied();
            match next {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.take_byte()?,
                next => return Ok(next),
            };
        }
    }

    fn take_byte(&mut self) -> Result<Option<u8>, IntakeError> {
        let next = self.source.fill_buf()?.first().copied();
        if next.is_some() {
            self.source.consume(1);
        }
        self.line += u64::from(next == Some(b'\n'));
        Ok(next)
    }
}

impl<R: BufRead> Iterator for JsonArray<R> {
    type Item = InputItem;

    fn next(&mut self) -> Option<InputItem> {
        if self.state == ArrayState::Finished {
            return None;
        }
        match self.next_item() {
            Ok(Some(item)) => Some(item),
            Ok(None) => {
                self.state = ArrayState::Finished;
                None
            }
            Err(error) => {
                self.state = ArrayState::Finished;
                let origin = InputOrigin::of_line(self.file.clone(), self.line, None, 0);
                Some(InputItem { origin, subject: Err(error) })
            }
        }
    }
}

impl ElementScan {
    /// Returns whether a byte is the comma or the bracket behind the element.
    fn is_end(&self, byte: u8) -> bool {
        self.depth == 0 && !self.is_in_string && matches!(byte, b',' | b']')
    }

    fn add(&mut self, byte: u8) {
        self.bytes.push(byte);
        match byte {
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' if self.is_in_string => self.is_escaped = true,
            b'"' => self.is_in_string = !self.is_in_string,
            _ if self.is_in_string => {}
            b'[' | b'{' => self.depth += 1,
            b']' | b'}' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read};

    use proptest::prelude::*;
    use serde_json::Value;
    use tollgate_model::{Content, Subject};

    use super::super::subject_reader::SubjectReader;
    use super::*;

    fn array<R: BufRead>(source: R) -> JsonArray<R> {
        JsonArray::new(SubjectReader::default().into_row_reader(), source, "a.json".into())
    }

    fn read(text: &str) -> Vec<(String, Option<u64>, Result<String, String>)> {
        let read = |item: InputItem| {
            let place = item.origin.place();
            let content = match item.subject {
                Ok(Subject { content: Content::Text(text), .. }) => Ok(format!("text {text}")),
                Ok(Subject { content: Content::Json(json), .. }) => {
                    Ok(format!("json {}", json.as_str()))
                }
                other => Err(other.map_or_else(|error| error.to_string(), |_| "no JSON".into())),
            };
            (place, item.origin.line, content)
        };
        array(text.as_bytes()).map(read).collect()
    }

    fn is_read_whole(text: &str) -> bool {
        read(text).iter().all(|(.., content)| content.is_ok())
    }

    #[test]
    fn reads_texts_and_documents_with_their_places() {
        let text = "[\n  \"a, ]\\\"\",\n  {\"b\": [1, {\"c\": \"}\"}]},\n\n  7.50, null\n]\n";
        let read = read(text);
        let places: Vec<_> = read.iter().map(|(place, line, _)| (place.as_str(), *line)).collect();
        let expected = [
            ("a.json#/0", Some(2)),
            ("a.json#/1", Some(3)),
            ("a.json#/2", Some(5)),
            ("a.json#/3", Some(5)),
        ];
        assert_eq!(places, expected);
        let contents: Vec<_> = read.into_iter().map(|(.., content)| content.unwrap()).collect();
        let document = "json {\"b\": [1, {\"c\": \"}\"}]}";
        assert_eq!(contents, ["text a, ]\"", document, "json 7.50", "json null"]);
        assert_eq!(super::tests::read(" [ ] "), []);
    }

    #[test]
    fn goes_on_after_an_element_that_is_not_json() {
        let read = read("[\"a\", nope, \"b\"]");
        let is_ok: Vec<_> = read.iter().map(|(.., content)| content.is_ok()).collect();
        assert_eq!(is_ok, [true, false, true]);
        assert_eq!(read[1].0, "a.json#/1");
    }

    #[test]
    fn ends_with_an_error_where_the_array_is_broken() {
        for (text, expected) in [
            ("", "the document is not a JSON array"),
            ("{\"a\": 1}", "the document is not a JSON array"),
            ("[\"a\",\n\"b", "the array is not closed"),
            ("[\"a\"\n", "the array is not closed"),
            ("[1] [2]", "text behind the end of the array"),
        ] {
            let (place, _, error) = read(text).pop().unwrap();
            assert_eq!(error.unwrap_err(), expected, "{text}");
            assert!(place.starts_with("a.json:"), "{place}");
        }
        assert_eq!(read("[\"a\",\n\"b").last().unwrap().1, Some(2));
    }

    #[test]
    fn ends_at_an_element_that_is_too_long() {
        let endless =
            BufReader::with_capacity(1 << 20, b"[\"".as_slice().chain(std::io::repeat(b'a')));
        let mut items = array(endless);
        let failed = items.next().unwrap().subject;
        assert!(matches!(failed, Err(IntakeError::ElementTooLong { .. })), "{failed:?}");
        assert!(items.next().is_none());
    }

    proptest! {
        /// Nothing is lost or read in part: a document is read without an error only if it is an array.
        #[test]
        fn reads_what_a_parser_reads(
            pieces in proptest::collection::vec(
                proptest::sample::select(vec!["[", "]", "{", "}", ",", ":", "\"", "\\", "a", "1", "null", " "]),
                0..24,
            ),
        ) {
            let text = pieces.concat();
            match serde_json::from_str::<Value>(&text) {
                Ok(Value::Array(elements)) => {
                    prop_assert!(is_read_whole(&text), "{}", text);
                    prop_assert_eq!(read(&text).len(), elements.len());
                }
                _ => prop_assert!(!is_read_whole(&text), "{}", text),
            }
        }
    }
}
