//! Free text in gate files and events that must not be blank.

use std::{fmt, str::FromStr};

use super::impl_as_text;
use super::person::Person;
use super::visible_text::has_visible_text;

/// A text with at least one visible character, so that an empty `reason` does not count as one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NonBlankString(String);

/// The text has no visible character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is empty: write a value or remove the key")]
pub struct BlankStringError;

impl NonBlankString {
    /// Returns the text as it was written, surrounding white space included.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NonBlankString {
    type Err = BlankStringError;

    fn from_str(text: &str) -> Result<Self, BlankStringError> {
        if has_visible_text(text) { Ok(Self(text.into())) } else { Err(BlankStringError) }
    }
}

impl From<Person> for NonBlankString {
    fn from(person: Person) -> Self {
        // A name is only a `Person` if this type accepts it, too.
        Self(person.as_str().into())
    }
}

impl fmt::Display for NonBlankString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl_as_text!(NonBlankString, "NonBlankString", r"\S", "A text that is not blank.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_blank_texts() {
        for text in ["", "  ", "\n\t", "\u{200b}", "\u{feff} ", "\u{3164}"] {
            assert!(text.parse::<NonBlankString>().is_err(), "{text:?}");
        }
        assert_eq!(" a ".parse::<NonBlankString>().unwrap().as_str(), " a ");
    }
}
