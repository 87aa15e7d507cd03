//! Reads outputs from the elements of a JSON array, one after another, as they arrive.

use std::io::BufRead;

use super::error::IntakeError;
use super::input_item::{InputItem, InputOrigin};
use super::json_lines::{BYTE_ORDER_MARK, LINE_BYTES_MAX, decode_utf8};
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
            self.skip_mark()?;
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

    /// Skips a byte order mark at the start of the source.
    fn skip_mark(&mut self) -> Result<(), IntakeError> {
        if self.source.fill_buf()?.first() != BYTE_ORDER_MARK.first() {
            return Ok(());
        }
        for expected in BYTE_ORDER_MARK {
            if self.take_byte()? != Some(*expected) {
                return Err(IntakeError::NotAnArray);
            }
        }
        Ok(())
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
mod tests;
