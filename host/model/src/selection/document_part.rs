//! The part of a document that a check is about, as it is recorded.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::select_parts::PARTS_MAX;
use crate::{Finding, Place, Span};

/// Part of a document that a contract judged, or the reason why it judged none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CheckedPart {
    /// JSON Pointer (RFC 6901) of the part in the document. If nothing was judged, it may have the `*` of the gate.
    pub at: String,
    /// Reason why there was nothing to judge; absent if the part was judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<PartProblem>,
}

/// Reason why a contract has nothing to judge at a place.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum PartProblem {
    /// Nothing is there, or `null` is there or on the way.
    Absent,
    /// A string, number or truth value is on the way, or an array where the pattern names a member.
    WrongShape,
    /// The output is a text, which has no places.
    NotADocument,
    /// More values match than are judged, or the names on the way to them are too long.
    TooMany,
    /// An object on the way has a name twice, so readers would take different values.
    Ambiguous,
    /// A name or string has no valid characters, such as a lone surrogate.
    Unreadable,
}

/// Place of a finding in a whole output.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct OutputPlace {
    /// JSON Pointer of the value; `None` for the whole output and for spans of a text.
    pub pointer: Option<String>,
    /// Bytes of the text, or of the string at the pointer.
    pub span: Option<Span>,
}

impl OutputPlace {
    /// Returns the place of a finding in the whole output. `part` is the pointer of the part that was judged; `None` if
    /// all of it was.
    pub fn new(place: &Place, part: Option<&str>) -> Self {
        let within = |pointer: &str| format!("{}{pointer}", part.unwrap_or_default());
        match place {
            Place::Whole => Self { pointer: part.map(Into::into), span: None },
            Place::Span(span) => Self { pointer: part.map(Into::into), span: Some(*span) },
            Place::Pointer(pointer) => Self { pointer: Some(within(pointer)), span: None },
        }
    }
}

impl Finding {
    /// Returns the finding with its place in the whole output. `part` is the pointer of the part that was judged; `None`
    /// if all of it was. A span stays one of the string at the pointer.
    #[must_use]
    pub fn in_output(&self, part: Option<&str>) -> Self {
        let place = match (OutputPlace::new(&self.place, part), &self.place) {
            (OutputPlace { span: None, pointer: Some(pointer) }, _) => Place::Pointer(pointer),
            (_, place) => place.clone(),
        };
        Self { place, ..self.clone() }
    }
}

impl PartProblem {
    /// Describes the problem at a place.
    pub fn describe(self, at: &str) -> String {
        match self {
            Self::Absent => format!("there is nothing at `{at}`"),
            Self::WrongShape => {
                format!("a value on the way to `{at}` has another shape, so nothing is inside it")
            }
            Self::NotADocument => format!("the output is a text, which has no `{at}`"),
            Self::TooMany => {
                format!(
                    "more than {PARTS_MAX} values match `{at}`, or the names on the way are too long"
                )
            }
            Self::Ambiguous => format!("an object on the way to `{at}` has a name twice"),
            Self::Unreadable => format!("a character on the way to `{at}` is invalid"),
        }
    }
}

impl fmt::Display for CheckedPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problem {
            None => f.write_str(&self.at),
            Some(problem) => f.write_str(&problem.describe(&self.at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_in_the_whole_output() {
        let span = Span { start: 3, end: 5 };
        let place = |place: &Place, part| {
            let OutputPlace { pointer, span } = OutputPlace::new(place, part);
            (pointer.unwrap_or_else(|| "-".into()), span)
        };
        assert_eq!(place(&Place::Span(span), None), ("-".into(), Some(span)));
        assert_eq!(place(&Place::Span(span), Some("/a")), ("/a".into(), Some(span)));
        assert_eq!(place(&Place::Pointer("/b".into()), Some("/a/0")), ("/a/0/b".into(), None));
        assert_eq!(place(&Place::Pointer(String::new()), Some("/a")), ("/a".into(), None));
        assert_eq!(place(&Place::Pointer("/b".into()), None), ("/b".into(), None));
        assert_eq!(place(&Place::Whole, Some("/a")), ("/a".into(), None));
    }

    #[test]
    fn a_judged_part_is_written_without_a_problem() {
        let part = CheckedPart { at: "/a".into(), problem: None };
        assert_eq!(serde_json::to_string(&part).unwrap(), r#"{"at":"/a"}"#);
        let absent = CheckedPart { problem: Some(PartProblem::Absent), ..part };
        assert_eq!(serde_json::to_string(&absent).unwrap(), r#"{"at":"/a","problem":"absent"}"#);
        assert_eq!(absent.to_string(), "there is nothing at `/a`");
    }
}
