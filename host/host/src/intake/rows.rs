//! Rows: outputs as they are, without the members of a line of outputs.

use std::io::BufRead;

use super::column_delimiter::ColumnDelimiter;
use super::csv_rows::CsvRows;
use super::input_item::InputItem;
use super::json_array::JsonArray;
use super::json_lines::{JsonLines, LineReader};
use super::subject_reader::RowReader;

/// Form of a source whose rows are outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFormat {
    /// A line is one output: a string is a text, and anything else a document.
    JsonLines,
    /// An element of the array is one output, in the same way.
    JsonArray,
    /// A row is one document of columns and texts, below a header.
    Csv(ColumnDelimiter),
}

/// Outputs of a source that has one per row. A row that cannot be read is an item of its own error. Where the source itself
/// is broken, an error is the last item.
pub struct Rows<R>(RowsOf<R>);

enum RowsOf<R> {
    JsonLines(JsonLines<R>),
    JsonArray(JsonArray<R>),
    Csv(Box<CsvRows<R>>),
}

impl<R: BufRead> Rows<R> {
    pub(super) fn new(row_reader: RowReader, format: RowFormat, source: R, file: String) -> Self {
        Self(match format {
            RowFormat::JsonLines => {
                RowsOf::JsonLines(JsonLines::new(LineReader::Row(row_reader), source, file))
            }
            RowFormat::JsonArray => RowsOf::JsonArray(JsonArray::new(row_reader, source, file)),
            RowFormat::Csv(delimiter) => {
                let rows = CsvRows::new(row_reader, source, file, delimiter.as_byte());
                RowsOf::Csv(Box::new(rows))
            }
        })
    }

    /// Returns the source.
    pub fn source(&self) -> &R {
        match &self.0 {
            RowsOf::JsonLines(rows) => rows.source(),
            RowsOf::JsonArray(rows) => rows.source(),
            RowsOf::Csv(rows) => rows.source(),
        }
    }
}

impl<R: BufRead> Iterator for Rows<R> {
    type Item = InputItem;

    fn next(&mut self) -> Option<InputItem> {
        match &mut self.0 {
            RowsOf::JsonLines(rows) => rows.next(),
            RowsOf::JsonArray(rows) => rows.next(),
            RowsOf::Csv(rows) => rows.next(),
        }
    }
}
