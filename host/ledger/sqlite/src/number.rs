//! Conversion between the numbers of the model and those that SQLite stores.

/// Converts a number to what SQLite stores. Anything beyond the range of `i64` is capped: as a time it is
/// further away than any real one.
pub(crate) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Converts a number that SQLite stored. Negative numbers become 0.
pub(crate) fn from_sql(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or_default()
}
