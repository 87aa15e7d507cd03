//! Names of people, compared so that one person cannot appear as two.

use std::{fmt, str::FromStr};

use super::impl_as_text;
use super::visible_text::{fold_name, has_visible_text, is_invisible};

/// A person, by the name that the organisation uses. `Dana Hill` and `dana  hill` are equal, and so are all spellings
/// that [`fold_name`] makes equal, so that nobody can be their own second reviewer.
#[derive(Clone, Debug)]
pub struct Person {
    name: String,
    /// Form that is compared.
    folded: String,
}

/// A text that is no name of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonNameError {
    #[error("the name is empty: write a value or remove the key")]
    Blank,
    #[error("the name has an invisible character (U+{0:04X})")]
    Invisible(u32),
}

impl Person {
    /// Returns the name as it was written.
    pub fn as_str(&self) -> &str {
        &self.name
    }
}

impl PartialEq for Person {
    fn eq(&self, other: &Self) -> bool {
        self.folded == other.folded
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
        self.folded.cmp(&other.folded)
    }
}

impl FromStr for Person {
    type Err = PersonNameError;

    fn from_str(name: &str) -> Result<Self, PersonNameError> {
        if !has_visible_text(name) {
            return Err(PersonNameError::Blank);
        }
        // People who read the name could not tell it from the name of somebody else.
        match name.chars().find(|c| is_invisible(*c)) {
            Some(c) => Err(PersonNameError::Invisible(c.into())),
            None => Ok(Self { name: name.into(), folded: fold_name(name) }),
        }
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
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
        for name in [
            "dana hill",
            " Dana  Hill ",
            "DANA HILL",
            "Dana\u{a0}Hill",
            "\u{ff24}ana Hill",
            "Dana H\u{2170}ll",
        ] {
            assert_eq!(person(name), person("Dana Hill"), "{name}");
        }
        assert_eq!(person("Jose\u{301} Nu\u{301}n\u{303}ez"), person("JOSÉ NÚÑEZ"));
        assert_eq!(person("Jürgen Groß"), person("JÜRGEN GROSS"));
        assert_ne!(person("Dana Hills"), person("Dana Hill"));
        assert_ne!(person("DanaHill"), person("Dana Hill"));
        assert!(person("Dana Hill").cmp(&person("DANA HILL")).is_eq());
    }

    #[test]
    fn rejects_blank_names() {
        for name in ["", "  ", "\u{200b}", "\u{3164}"] {
            assert_eq!(name.parse::<Person>(), Err(PersonNameError::Blank), "{name:?}");
        }
    }

    #[test]
    fn rejects_names_with_invisible_characters() {
        for name in [
            "Kim \u{200b} Osei",
            "Kim\u{2062} Osei",
            "Kim\u{200e} Osei",
            "Kim\u{fe0f} Osei",
            "Kim\u{34f} Osei",
            "Kim\u{3164}Osei",
            "Kim\u{180e} Osei",
            "Kim\u{e0041} Osei",
            "Kim\u{7} Osei",
        ] {
            let read = name.parse::<Person>();
            assert!(matches!(read, Err(PersonNameError::Invisible(_))), "{name:?}");
        }
    }
}
