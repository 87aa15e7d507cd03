//! What people write in their own words, and the names of people.

use std::{fmt, str::FromStr};

use super::as_text;

/// A text that says something: blank ones are refused, so that an empty `reason` is no reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Words(String);

/// A person, by the name that the organisation knows. `Dana Hill` and `dana  hill` are one, so
/// that nobody is their own second reviewer.
#[derive(Clone, Debug)]
pub struct Person(String);

/// Why a text says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is empty: leave the key away as long as there is nothing to say")]
pub struct WordsError;

impl Words {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Person {
    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn folded(&self) -> impl Iterator<Item = char> + '_ {
        let words = self.0.split_whitespace();
        words.flat_map(|word| visible(word).flat_map(char::to_lowercase).chain([' ']))
    }
}

impl PartialEq for Person {
    fn eq(&self, other: &Self) -> bool {
        self.folded().eq(other.folded())
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
        self.folded().cmp(other.folded())
    }
}

/// Characters that nobody sees do not make a text.
fn says_something(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !c.is_control() && !INVISIBLE.contains(&c))
}

fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| !INVISIBLE.contains(c))
}

/// Joiners, marks and spaces without a width.
const INVISIBLE: [char; 6] = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{ad}'];

impl FromStr for Words {
    type Err = WordsError;

    fn from_str(text: &str) -> Result<Self, WordsError> {
        if says_something(text) { Ok(Self(text.into())) } else { Err(WordsError) }
    }
}

impl FromStr for Person {
    type Err = WordsError;

    fn from_str(text: &str) -> Result<Self, WordsError> {
        if says_something(text) { Ok(Self(text.into())) } else { Err(WordsError) }
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

as_text!(Words, "Words", r"\S", "A text that says something.");
as_text!(Person, "Person", r"\S", "A person, by the name that the organisation knows.");

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
    fn blank_texts_say_nothing() {
        for text in ["", "  ", "\n\t", "\u{200b}", "\u{feff} "] {
            assert!(text.parse::<Words>().is_err() && text.parse::<Person>().is_err(), "{text:?}");
        }
    }
}
