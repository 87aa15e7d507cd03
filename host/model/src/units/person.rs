//! Names of people, compared so that one person cannot appear as two.

use std::{fmt, str::FromStr};

use super::impl_as_text;
use super::non_blank_string::{BlankStringError, INVISIBLE, NonBlankString};

/// A person, by the name that the organisation uses. `Dana Hill` and `dana  hill` are equal, so
/// that nobody can be their own second reviewer.
#[derive(Clone, Debug)]
pub struct Person(String);

impl Person {
    /// Returns the name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the characters that are compared: lower case, single spaces, nothing invisible.
    fn folded_chars(&self) -> impl Iterator<Item = char> + '_ {
        let words = self.0.split_whitespace();
        words.flat_map(|word| visible_chars(word).flat_map(char::to_lowercase).chain([' ']))
    }
}

impl PartialEq for Person {
    fn eq(&self, other: &Self) -> bool {
        self.folded_chars().eq(other.folded_chars())
    }
}

impl Eq for Person {}

impl PartialOrd for Person {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Person {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.folded_chars().cmp(other.folded_chars())
    }
}

fn visible_chars(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| !INVISIBLE.contains(c))
}

impl FromStr for Person {
    type Err = BlankStringError;

    fn from_str(text: &str) -> Result<Self, BlankStringError> {
        // A name must be as visible as any other text; `NonBlankString` holds the rule.
        text.parse::<NonBlankString>().map(|_| Self(text.into()))
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl_as_text!(Person, "Person", r"\S", "A person, by the name that the organisation uses.");

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str) -> Person {
        name.parse().unwrap()
    }

    #[test]
    fn a_person_is_the_same_in_any_spelling() {
        for name in
            ["dana hill", " Dana  Hill ", "DANA HILL", "Dana\u{a0}Hill", "Dana\u{200b} Hill"]
        {
            assert_eq!(person(name), person("Dana Hill"), "{name}");
        }
        assert_ne!(person("Dana Hills"), person("Dana Hill"));
        assert_ne!(person("DanaHill"), person("Dana Hill"));
    }

    #[test]
    fn rejects_blank_names() {
        for name in ["", "  ", "\u{200b}"] {
            assert!(name.parse::<Person>().is_err(), "{name:?}");
        }
    }
}
