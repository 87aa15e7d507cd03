//! Errors of rows of CSV.

/// The reason why a row of CSV cannot be read. Bytes are counted from 1, from the start of a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CsvError {
    #[error(
        "a quote inside a value that is not quoted (byte {at}): put the value in quotes, and write each quote in it twice"
    )]
    QuoteInValue { at: usize },
    #[error(
        "text behind the closing quote of a value (byte {at}): write each quote inside a quoted value twice"
    )]
    TextAfterQuote { at: usize },
    #[error("the quote that opens a value (byte {at}) is never closed")]
    UnclosedQuote { at: usize },
    #[error(
        "the quote that opens a value (byte {at}) is not closed within {bytes_max} bytes and {lines_max} lines"
    )]
    ValueTooLong { at: usize, bytes_max: u64, lines_max: usize },
    #[error("a carriage return without a line feed (byte {at}): put the value in quotes")]
    CarriageReturn { at: usize },
    #[error("the row has {found} values, but the header has {expected}")]
    ColumnCount { found: usize, expected: usize },
    #[error("the header has the column `{name}` twice")]
    DuplicateColumn { name: String },
    #[error("there is no column `{name}`: the header has `{}`", .known.join("`, `"))]
    NoColumn { name: String, known: Vec<String> },
}
