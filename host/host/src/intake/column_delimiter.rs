//! Delimiters between the columns of tables.

use std::fmt;
use std::str::FromStr;

/// Spelling of a tab for those who cannot type one.
const TAB_ESCAPE: &str = r"\t";
/// Bytes that have a meaning of their own in every table.
const RESERVED_BYTES: [u8; 3] = [b'"', b'\r', b'\n'];

/// Byte between the columns of a table. It is ASCII, so it never stands inside another character, and neither a quote nor a
/// part of a line break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnDelimiter(u8);

/// Reason why a text is not a delimiter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DelimiterError {
    #[error(
        "`{0}` is not one byte: use one character of ASCII, such as `;` or `|`, or `\\t` for a tab"
    )]
    NotOneByte(String),
    #[error(
        "a quote or a line break cannot separate columns: use another character, such as `;`, or `\\t` for a tab"
    )]
    Reserved,
}

impl ColumnDelimiter {
    pub const COMMA: Self = Self(b',');
    pub const TAB: Self = Self(b'\t');

    pub(super) fn as_byte(self) -> u8 {
        self.0
    }
}

impl FromStr for ColumnDelimiter {
    type Err = DelimiterError;

    fn from_str(text: &str) -> Result<Self, DelimiterError> {
        match text.as_bytes() {
            _ if text == TAB_ESCAPE => Ok(Self::TAB),
            [byte] if RESERVED_BYTES.contains(byte) => Err(DelimiterError::Reserved),
            [byte] => Ok(Self(*byte)),
            _ => Err(DelimiterError::NotOneByte(text.to_owned())),
        }
    }
}

impl fmt::Display for ColumnDelimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TAB => f.write_str(TAB_ESCAPE),
            Self(byte) => write!(f, "{}", char::from(byte)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_is_one_byte_with_no_other_meaning() {
        for (text, byte) in [(";", b';'), ("|", b'|'), (r"\t", b'\t'), ("\t", b'\t'), (" ", b' ')] {
            assert_eq!(text.parse(), Ok(ColumnDelimiter(byte)), "{text:?}");
        }
        for text in ["", ";;", "§", r"\n"] {
            let error = text.parse::<ColumnDelimiter>().unwrap_err();
            assert_eq!(error, DelimiterError::NotOneByte(text.into()), "{text:?}");
        }
        for text in ["\"", "\r", "\n"] {
            assert_eq!(text.parse::<ColumnDelimiter>(), Err(DelimiterError::Reserved), "{text:?}");
        }
        assert_eq!(ColumnDelimiter::TAB.to_string().parse(), Ok(ColumnDelimiter::TAB));
    }
}
