//! Parser of one record of CSV.

use super::error::CsvError;
use super::{LINE_BYTES_MAX, ROW_LINES_MAX};

/// Record that is being parsed, line by line.
pub(super) struct RecordParser {
    delimiter: u8,
    values: Vec<Vec<u8>>,
    state: ValueState,
    /// Byte of the last opening quote, counted from 1 in its line.
    opened_at: usize,
}

/// Place of the parser within a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ValueState {
    Start,
    Unquoted,
    Quoted,
    /// Behind a quote inside a quoted value: it ends the value, or is the first half of a quote in it.
    AfterQuote,
}

impl RecordParser {
    pub(super) fn new(delimiter: u8) -> Self {
        Self { delimiter, values: vec![Vec::new()], state: ValueState::Start, opened_at: 0 }
    }

    /// Adds a line with its line break. Returns whether the record is complete: otherwise a quoted value goes on in the
    /// next line.
    pub(super) fn add_line(&mut self, line: &[u8]) -> Result<bool, CsvError> {
        let body = line.strip_suffix(b"\n").unwrap_or(line);
        let body = body.strip_suffix(b"\r").unwrap_or(body);
        for (index, byte) in body.iter().enumerate() {
            self.add_byte(*byte, index + 1)?;
        }
        let is_complete = self.state != ValueState::Quoted;
        if !is_complete {
            let line_break = line.get(body.len()..).unwrap_or_default();
            line_break.iter().for_each(|byte| self.push(*byte));
        }
        Ok(is_complete)
    }

    /// Returns the error of a record that ends within a quoted value.
    pub(super) fn unclosed_quote(&self) -> CsvError {
        CsvError::UnclosedQuote { at: self.opened_at }
    }

    /// Returns the error of a record with a quoted value that goes on for too long.
    pub(super) fn too_long_value(&self) -> CsvError {
        let (bytes_max, lines_max) = (LINE_BYTES_MAX, ROW_LINES_MAX);
        CsvError::ValueTooLong { at: self.opened_at, bytes_max, lines_max }
    }

    pub(super) fn into_values(self) -> Vec<Vec<u8>> {
        self.values
    }

    fn add_byte(&mut self, byte: u8, at: usize) -> Result<(), CsvError> {
        self.state = match (self.state, byte) {
            (ValueState::Start, b'"') => {
                self.opened_at = at;
                ValueState::Quoted
            }
            (ValueState::Quoted, b'"') => ValueState::AfterQuote,
            (ValueState::AfterQuote, b'"') => {
                self.push(byte);
                ValueState::Quoted
            }
            (ValueState::Quoted, _) => {
                self.push(byte);
                ValueState::Quoted
            }
            (_, byte) if byte == self.delimiter => {
                self.values.push(Vec::new());
                ValueState::Start
            }
            (ValueState::AfterQuote, _) => return Err(CsvError::TextAfterQuote { at }),
            (ValueState::Unquoted, b'"') => return Err(CsvError::QuoteInValue { at }),
            (ValueState::Start | ValueState::Unquoted, b'\r') => {
                return Err(CsvError::CarriageReturn { at });
            }
            (ValueState::Start | ValueState::Unquoted, _) => {
                self.push(byte);
                ValueState::Unquoted
            }
        };
        Ok(())
    }

    fn push(&mut self, byte: u8) {
        if let Some(value) = self.values.last_mut() {
            value.push(byte);
        }
    }
}
