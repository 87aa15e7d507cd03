//! Patterns of JSON Pointers, such as `/items/*/text`.

use std::borrow::Cow;
use std::{fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Most steps of a pattern. Selecting recurses once for each, so more could overflow the stack. Parsers of JSON often read no
/// deeper than this either, such as `serde_json`.
pub(super) const POINTER_STEPS_MAX: usize = 128;

/// A JSON Pointer (RFC 6901) in which a step `*` stands for every element of an array and every member of an object. A
/// member that is itself named `*` cannot be selected alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PointerPattern {
    /// The pattern as it was written.
    text: String,
    steps: Vec<PatternStep>,
}

/// One step of a pattern, from a value to values inside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum PatternStep {
    /// A member of an object by its name, or an element of an array by its index.
    Named(String),
    /// Every member or element.
    Every,
}

/// The text is not a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PointerPatternError {
    #[error("the pointer is empty, which is the whole document: leave it out to judge all of it")]
    Empty,
    #[error("`{pointer}` does not start with `/`: write `/{pointer}`")]
    NoSlash { pointer: String },
    #[error("`{pointer}` has a `~` that is not `~0` or `~1`: write `~0` for `~`, and `~1` for `/`")]
    BadEscape { pointer: String },
    #[error(
        "the pointer has {count} steps, and at most {POINTER_STEPS_MAX} are followed: name a part that is less deep"
    )]
    TooManySteps { count: usize },
}

impl PointerPattern {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns whether it is the pointer of one place, without `*`.
    pub fn is_one_place(&self) -> bool {
        !self.steps.contains(&PatternStep::Every)
    }

    pub(super) fn steps(&self) -> &[PatternStep] {
        &self.steps
    }
}

impl PatternStep {
    fn parse(text: &str, pointer: &str) -> Result<Self, PointerPatternError> {
        if text == "*" {
            return Ok(Self::Every);
        }
        let bad_escape = || PointerPatternError::BadEscape { pointer: pointer.to_owned() };
        unescape_step(text).map(Self::Named).ok_or_else(bad_escape)
    }
}

impl fmt::Display for PatternStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(&escape_step(name)),
            Self::Every => f.write_str("*"),
        }
    }
}

/// Writes a name as a step of a pointer.
pub(super) fn escape_step(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Reads the name that a step of a pointer stands for. Returns `None` if an escape is invalid.
fn unescape_step(step: &str) -> Option<String> {
    let mut name = String::with_capacity(step.len());
    let mut characters = step.chars();
    while let Some(character) = characters.next() {
        name.push(match character {
            '~' => match characters.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            },
            character => character,
        });
    }
    Some(name)
}

/// Reads the names of a pointer without patterns, in which `*` is an ordinary name. Returns `None` if it is no pointer.
pub(super) fn parse_pointer(pointer: &str) -> Option<Vec<String>> {
    if pointer.is_empty() {
        return Some(Vec::new());
    }
    pointer.strip_prefix('/')?.split('/').map(unescape_step).collect()
}

impl FromStr for PointerPattern {
    type Err = PointerPatternError;

    fn from_str(pointer: &str) -> Result<Self, PointerPatternError> {
        if pointer.is_empty() {
            return Err(PointerPatternError::Empty);
        }
        let no_slash = || PointerPatternError::NoSlash { pointer: pointer.to_owned() };
        let steps = pointer.strip_prefix('/').ok_or_else(no_slash)?.split('/');
        let count = steps.clone().count();
        if count > POINTER_STEPS_MAX {
            return Err(PointerPatternError::TooManySteps { count });
        }
        let steps =
            steps.map(|step| PatternStep::parse(step, pointer)).collect::<Result<_, _>>()?;
        Ok(Self { text: pointer.to_owned(), steps })
    }
}

impl fmt::Display for PointerPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for PointerPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for PointerPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for PointerPattern {
    fn schema_name() -> Cow<'static, str> {
        "PointerPattern".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^(/([^~/]|~[01])*)+$",
            "description": "A JSON Pointer (RFC 6901): `/description`, or `/items/*/text` with `*` for every \
                element or member.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(pattern: &str) -> Vec<PatternStep> {
        pattern.parse::<PointerPattern>().unwrap().steps
    }

    fn named(name: &str) -> PatternStep {
        PatternStep::Named(name.into())
    }

    #[test]
    fn reads_names_indices_and_stars() {
        assert_eq!(steps("/description"), [named("description")]);
        assert_eq!(steps("/items/*/text"), [named("items"), PatternStep::Every, named("text")]);
        assert_eq!(steps("/a~1b/m~0n/~01"), [named("a/b"), named("m~n"), named("~1")]);
        assert_eq!(steps("/"), [named("")], "a member may have an empty name");
        assert_eq!(steps("/a*/0"), [named("a*"), named("0")], "only a whole step is a pattern");
    }

    #[test]
    fn refuses_what_is_no_pointer() {
        let error = |pattern: &str| pattern.parse::<PointerPattern>().unwrap_err().to_string();
        assert!(error("").starts_with("the pointer is empty"));
        assert_eq!(
            error("description"),
            "`description` does not start with `/`: write `/description`"
        );
        for pattern in ["/a~", "/a~2", "/~/b"] {
            let expected = format!("`{pattern}` has a `~` that is not `~0` or `~1`");
            assert!(error(pattern).starts_with(&expected), "{pattern}");
        }
    }

    #[test]
    fn refuses_more_steps_than_are_followed() {
        let parse = |count: usize| "/0".repeat(count).parse::<PointerPattern>();
        assert_eq!(parse(POINTER_STEPS_MAX).unwrap().steps().len(), POINTER_STEPS_MAX);
        let count = POINTER_STEPS_MAX + 1;
        assert_eq!(parse(count).unwrap_err(), PointerPatternError::TooManySteps { count });
    }

    #[test]
    fn is_written_as_it_was_read() {
        let pattern: PointerPattern = serde_json::from_str(r#""/a~1b/*""#).unwrap();
        assert_eq!(serde_json::to_string(&pattern).unwrap(), r#""/a~1b/*""#);
        assert_eq!(pattern.steps()[0].to_string(), "a~1b");
        assert!(
            !pattern.is_one_place() && "/a/b".parse::<PointerPattern>().unwrap().is_one_place()
        );
        assert!(serde_json::from_str::<PointerPattern>(r#""a""#).is_err());
    }

    #[test]
    fn a_plain_pointer_has_no_patterns() {
        assert_eq!(parse_pointer("/a/*"), Some(vec!["a".into(), "*".into()]));
        assert_eq!((parse_pointer(""), parse_pointer("a")), (Some(Vec::new()), None));
    }
}
