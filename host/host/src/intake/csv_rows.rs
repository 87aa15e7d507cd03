//! Reads outputs from rows of CSV (RFC 4180), one after another, as they arrive.
//!
//! The quotes are read strictly. Parsers of tables take a stray or an unclosed quote as part of a value, and the rows
//! behind it, too: those outputs would be missing, and nobody would be told.

mod error;
mod record;

use std::collections::{BTreeSet, VecDeque};
use std::io::BufRead;

use tollgate_model::Subject;

pub use error::CsvError;
use record::RecordParser;

use super::error::IntakeError;
use super::input_item::{InputItem, InputOrigin};
use super::json_lines::{LINE_BYTES_MAX, decode_utf8, read_line, without_mark};
use super::subject_reader::RowReader;

/// Maximum number of lines of a row. A line takes more memory than its bytes, so their number is bounded, too.
const ROW_LINES_MAX: usize = 1 << 20;

/// Outputs of a source that has one per row, below a header with the names of the columns. A row that cannot be read is an
/// item of its own error. After an error of the header or of the source itself there are no more items.
pub(super) struct CsvRows<R> {
    row_reader: RowReader,
    source: R,
    file: String,
    delimiter: u8,
    /// Number of lines taken so far. Blank lines are skipped, but counted.
    line: u64,
    /// Lines behind a broken row, which are read again as rows of their own.
    put_back: VecDeque<Vec<u8>>,
    /// Error of the source behind the lines that were put back.
    source_error: Option<IntakeError>,
    /// Names of the columns. `None` until the header is read.
    columns: Option<Vec<String>>,
    is_finished: bool,
}

/// A record as it was read, which has several lines if a quoted value has a line break.
struct Record {
    /// Number of its first line.
    line: u64,
    bytes: usize,
    values: Result<Vec<String>, IntakeError>,
}

impl<R: BufRead> CsvRows<R> {
    pub(super) fn new(row_reader: RowReader, source: R, file: String, delimiter: u8) -> Self {
        let (line, put_back) = (0, VecDeque::new());
        let (source_error, columns, is_finished) = (None, None, false);
        Self {
            row_reader,
            source,
            file,
            delimiter,
            line,
            put_back,
            source_error,
            columns,
            is_finished,
        }
    }

    pub(super) fn source(&self) -> &R {
        &self.source
    }

    /// Returns the next item. An error is one of the source.
    fn next_item(&mut self) -> Result<Option<InputItem>, IntakeError> {
        while let Some(Record { line, bytes, values }) = self.read_record()? {
            let (id, subject) = match (&self.columns, values) {
                (Some(columns), Ok(values)) => self.read_values(columns, &values),
                (Some(_), Err(error)) => (None, Err(error)),
                (None, names) => match names.and_then(|names| Ok(self.read_header(names)?)) {
                    Ok(names) => {
                        self.columns = Some(names);
                        continue;
                    }
                    Err(error) => {
                        self.is_finished = true;
                        (None, Err(error))
                    }
                },
            };
            let origin = InputOrigin::of_line(self.file.clone(), line, id, bytes);
            return Ok(Some(InputItem { origin, subject }));
        }
        Ok(None)
    }

    /// Checks the names of the columns.
    fn read_header(&self, names: Vec<String>) -> Result<Vec<String>, CsvError> {
        let mut known = BTreeSet::new();
        if let Some(twice) = names.iter().find(|name| !known.insert(name.as_str())) {
            return Err(CsvError::DuplicateColumn { name: twice.clone() });
        }
        let mut mapped = self.row_reader.mapped_members();
        if let Some(missing) = mapped.find(|name| !known.contains(name)) {
            return Err(CsvError::NoColumn { name: missing.to_owned(), known: names });
        }
        Ok(names)
    }

    fn read_values(
        &self,
        columns: &[String],
        values: &[String],
    ) -> (Option<String>, Result<Subject, IntakeError>) {
        let (found, expected) = (values.len(), columns.len());
        if found != expected {
            return (None, Err(CsvError::ColumnCount { found, expected }.into()));
        }
        self.row_reader.read_columns(columns, values)
    }

    /// Reads the lines of the next record, or returns `None` at the end.
    fn read_record(&mut self) -> Result<Option<Record>, IntakeError> {
        let mut parser = RecordParser::new(self.delimiter);
        let mut lines: Vec<Vec<u8>> = Vec::new();
        let mut bytes = 0;
        let fault = loop {
            let line = match self.take_line() {
                Ok(Some(line)) => line,
                Ok(None) if lines.is_empty() => break None,
                Ok(None) => break Some(parser.unclosed_quote()),
                Err(error) if lines.is_empty() => return Err(error),
                // The lines before it may be complete rows.
                Err(error) => {
                    self.source_error = Some(error);
                    break Some(parser.unclosed_quote());
                }
            };
            if lines.is_empty() && matches!(line.as_slice(), b"\n" | b"\r\n") {
                continue;
            }
            bytes += line.len();
            let parsed = parser.add_line(&line);
            lines.push(line);
            match parsed {
                Ok(true) => {
                    let line = self.line + 1 - lines.len() as u64;
                    let values = decode_values(parser.into_values(), &lines);
                    return Ok(Some(Record { line, bytes, values }));
                }
                Ok(false) if bytes as u64 >= LINE_BYTES_MAX || lines.len() >= ROW_LINES_MAX => {
                    break Some(parser.too_long_value());
                }
                Ok(false) => {}
                Err(fault) => break Some(fault),
            }
        };
        Ok(fault.map(|fault| self.give_up_first_line(lines, fault)))
    }

    /// Returns the first line of a broken record as a record of its own. The lines behind it may be complete rows: it is the
    /// first one whose quotes are wrong.
    fn give_up_first_line(&mut self, lines: Vec<Vec<u8>>, fault: CsvError) -> Record {
        self.line -= lines.len() as u64;
        let bytes = lines.first().map_or(0, Vec::len);
        for line in lines.into_iter().skip(1).rev() {
            self.put_back.push_front(line);
        }
        self.line += 1;
        Record { line: self.line, bytes, values: Err(fault.into()) }
    }

    fn take_line(&mut self) -> Result<Option<Vec<u8>>, IntakeError> {
        let line = match (self.put_back.pop_front(), self.source_error.take()) {
            (Some(line), error) => {
                self.source_error = error;
                Some(line)
            }
            (None, Some(error)) => return Err(error),
            (None, None) => read_line(&mut self.source, LINE_BYTES_MAX)?,
        };
        self.line += u64::from(line.is_some());
        let is_first = self.line == 1;
        Ok(line.map(|line| without_mark(line, is_first)))
    }
}

impl<R: BufRead> Iterator for CsvRows<R> {
    type Item = InputItem;

    fn next(&mut self) -> Option<InputItem> {
        if self.is_finished {
            return None;
        }
        match self.next_item() {
            Ok(Some(item)) => Some(item),
            Ok(None) => {
                self.is_finished = true;
                None
            }
            Err(error) => {
                // The position in the source is not the start of a line any more.
                self.is_finished = true;
                let origin = InputOrigin::of_line(self.file.clone(), self.line + 1, None, 0);
                Some(InputItem { origin, subject: Err(error) })
            }
        }
    }
}

/// Decodes the values of a record. Its lines are only used to say where it is not UTF-8.
fn decode_values(values: Vec<Vec<u8>>, lines: &[Vec<u8>]) -> Result<Vec<String>, IntakeError> {
    let decoded = values.into_iter().map(String::from_utf8).collect::<Result<Vec<_>, _>>();
    decoded.or_else(|_| {
        decode_utf8(&lines.concat())?;
        // Unreachable: a delimiter, a quote or a line break never stands inside a character.
        Err(IntakeError::InvalidUtf8 { at: 0 })
    })
}

#[cfg(test)]
mod tests;
