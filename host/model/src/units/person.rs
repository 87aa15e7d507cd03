//! Names of people, compared so that one person cannot appear as two.

use std::fmt::{self, Write};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::alphabet::find_mixed_word;
use super::hidden_text::reveal_hidden;
use super::visible_text::{fold_name, has_visible_text, is_invisible, is_meaningless};

/// A person, by the name that the organisation uses. `Dana Hill` and `dana  hill` are equal, and so are all spellings
/// that [`fold_name`] makes equal, so that nobody can be their own second reviewer.
///
/// Shown, a name has no hidden character and no line break: those that an old record may have are spelled out.
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
    #[error("the name has a line break or a tab (U+{0:04X})")]
    LineBreak(u32),
    #[error("the name has an invisible character (U+{0:04X})")]
    Invisible(u32),
    #[error("the name has a character that reads differently everywhere (U+{0:04X})")]
    Meaningless(u32),
    #[error("a word of the name mixes letters of several alphabets: write it with one")]
    MixedAlphabets,
}

impl Person {
    /// Reads a name from a record. A name is accepted that an older version recorded and that is refused today, because
    /// what was recorded does not change. Only a blank one never was accepted.
    pub fn from_record(name: &str) -> Result<Self, PersonNameError> {
        match has_visible_text(name) {
            true => Ok(Self { name: name.into(), folded: fold_name(name) }),
            false => Err(PersonNameError::Blank),
        }
    }

    /// Returns the name as it was written.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// Returns the form that is the same in every spelling. It is for comparing, not for showing.
    pub fn folded(&self) -> &str {
        &self.folded
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
        // What follows would look like another line of a record, or another column.
        if let Some(c) = name.chars().find(|c| is_line_break(*c)) {
            return Err(PersonNameError::LineBreak(c.into()));
        }
        // People who read the name could not tell it from the name of somebody else.
        if let Some(c) = name.chars().find(|c| is_invisible(*c)) {
            return Err(PersonNameError::Invisible(c.into()));
        }
        if let Some(c) = name.chars().find(|c| is_meaningless(*c)) {
            return Err(PersonNameError::Meaningless(c.into()));
        }
        let folded = fold_name(name);
        match find_mixed_word(&folded) {
            Some(_) => Err(PersonNameError::MixedAlphabets),
            None => Ok(Self { name: name.into(), folded }),
        }
    }
}

/// Returns whether a character ends a line or a paragraph, or is another control character that is white space.
fn is_line_break(c: char) -> bool {
    c.is_whitespace() && c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in reveal_hidden(&self.name).chars() {
            match is_line_break(c) {
                true => write!(f, "\\u{{{:x}}}", u32::from(c))?,
                false => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

impl Serialize for Person {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for Person {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Person {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Person".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": r"\S",
            "description": "A person, by the name that the organisation uses.",
        })
    }
}

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
            "Dana Hill.",
            "D\u{251}na H\u{26a}ll",
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
    fn rejects_names_of_several_lines() {
        for name in [
            "Kim Osei\nwho owned the decision\n  Nobody",
            "Kim Osei\r",
            "\tKim Osei",
            "Kim\u{b}Osei",
            "Kim\u{c}Osei",
            "Kim\u{85}Osei",
            "Sam\u{2028}Reed",
            "Sam\u{2029}Reed",
        ] {
            let read = name.parse::<Person>();
            assert!(matches!(read, Err(PersonNameError::LineBreak(_))), "{name:?}");
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
            "Kim\u{2800} Osei",
            "Kim\u{1d159} Osei",
            "Kim\u{16fe4} Osei",
        ] {
            let read = name.parse::<Person>();
            assert!(matches!(read, Err(PersonNameError::Invisible(_))), "{name:?}");
        }
    }

    #[test]
    fn rejects_names_with_characters_without_a_meaning_and_of_two_alphabets() {
        for name in
            ["Kim Osei\u{e000}", "Kim Osei\u{fffc}", "Kim Osei\u{378}", "Kim Osei\u{10ffff}"]
        {
            let read = name.parse::<Person>();
            assert!(matches!(read, Err(PersonNameError::Meaningless(_))), "{name:?}");
        }
        for name in ["D\u{430}na Hill", "\u{a4d3}ana Hill", "Kim O\u{3f2}ei"] {
            assert_eq!(name.parse::<Person>(), Err(PersonNameError::MixedAlphabets), "{name:?}");
        }
    }

    #[test]
    fn reads_from_a_record_what_was_accepted_once() {
        for (name, shown) in [
            ("Kim Osei\n  Nobody", "Kim Osei\\u{a}  Nobody"),
            ("Kim\r\n\tOsei", "Kim\\u{d}\\u{a}\\u{9}Osei"),
            ("Kim\u{2028}Osei\u{85}", "Kim\\u{2028}Osei\\u{85}"),
            ("Kim \u{200b} Osei\u{e000}", "Kim \\u{200b} Osei\\u{e000}"),
            ("D\u{430}na Hill", "D\u{430}na Hill"),
            ("Kim Osei", "Kim Osei"),
        ] {
            let read = Person::from_record(name).unwrap();
            assert_eq!((read.as_str(), read.to_string().as_str()), (name, shown));
            // What is written again has the same bytes, because hashes cover them.
            assert_eq!(serde_json::to_value(&read).unwrap(), name);
        }
        assert_eq!(Person::from_record("Kim\nOsei").unwrap(), person("Kim Osei"));
        assert_eq!(Person::from_record("\n").unwrap_err(), PersonNameError::Blank);
        // Everything else that is read is new.
        assert!(serde_json::from_str::<Person>("\"Kim\\nOsei\"").is_err());
    }

    #[test]
    fn accepts_names_that_people_have() {
        for name in [
            "Seán O\u{2019}Neil",
            "Anne-Marie Müller",
            "Kaʻohe",
            "Nguyễn Thị Hồng",
            "Əliyev İlham",
            "Ɔkɔmfo Ŋŋɔ",
            "Дана Холм",
            "Дана-Мария O'Нил",
            "Ελένη Παπαδοπούλου",
            "Արամ Խաչատրյան",
            "ᏍᏏᏉᏯ",
            "渡辺 アンナ",
            "김철수",
            "प्रिया शर्मा",
            "محمد علي",
            "שרה לוי",
            "สมชาย ใจดี",
            "Ⲙⲁⲣⲓⲁ",
            "ꓡꓲꓢꓴ",
            "J. R. Smith, Jr.",
            "Zo\u{308}e 2",
        ] {
            assert!(name.parse::<Person>().is_ok(), "{name:?}");
        }
    }
}
