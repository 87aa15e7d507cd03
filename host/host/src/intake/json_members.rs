//! Members of a JSON object, each as it was written.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::value::{RawValue, to_raw_value};
use tollgate_model::JsonText;

use super::error::IntakeError;

/// Members of a JSON object, which keep every digit of a number. Duplicate members are rejected, because they are
/// ambiguous.
#[derive(Clone, Debug, Default)]
pub struct JsonMembers(BTreeMap<String, Box<RawValue>>);

impl JsonMembers {
    /// Reads the members of an object that stands on one line.
    pub fn read(text: &str) -> Result<Self, IntakeError> {
        // The line break is not part of the line: a line that was cut off ends before it.
        let line = text.trim_end_matches(['\r', '\n']);
        serde_json::from_str(line).map_err(|error| IntakeError::NotAnObject {
            reason: line_error_reason(&error),
            // A value of another type is reported before its first byte.
            column: error.column().max(1),
        })
    }

    /// Reads the members of an object that is a row.
    pub(super) fn read_row(text: &str) -> Result<Self, IntakeError> {
        serde_json::from_str(text)
            .map_err(|error| IntakeError::InvalidRow { reason: reason_without_place(&error) })
    }

    /// Reads the members of an object that is itself the value of `member`.
    pub fn read_member(member: &str, text: &str) -> Result<Self, IntakeError> {
        serde_json::from_str(text).map_err(|error| IntakeError::InvalidMember {
            member: member.into(),
            reason: reason_without_place(&error),
        })
    }

    /// Removes and parses a member that is not part of the output.
    pub fn take<T: DeserializeOwned>(&mut self, member: &str) -> Result<Option<T>, IntakeError> {
        let Some(raw) = self.0.remove(member) else { return Ok(None) };
        let read = serde_json::from_str(raw.get());
        read.map(Some).map_err(|error| IntakeError::InvalidMember {
            member: member.into(),
            reason: reason_without_place(&error),
        })
    }

    pub(super) fn get(&self, member: &str) -> Option<&RawValue> {
        self.0.get(member).map(|raw| &**raw)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a member. Returns whether there was one of this name, which is replaced.
    pub(super) fn insert(&mut self, member: &str, raw: &RawValue) -> bool {
        self.0.insert(member.into(), raw.to_owned()).is_some()
    }

    /// Adds the members of another object, which replace those of the same name.
    pub(super) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Writes the object, each value as it was written.
    pub(super) fn to_json(&self) -> Result<JsonText, IntakeError> {
        Ok(self.to_raw()?.into())
    }

    /// Writes the object as the value of a member.
    pub(super) fn to_raw(&self) -> Result<Box<RawValue>, IntakeError> {
        Ok(to_raw_value(&self.0)?)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl<'de> Deserialize<'de> for JsonMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = JsonMembers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonMembers, A::Error> {
                let mut members = BTreeMap::new();
                while let Some((key, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    if members.contains_key(&key) {
                        let message = format!("duplicate member `{key}`");
                        return Err(serde::de::Error::custom(message));
                    }
                    members.insert(key, value);
                }
                Ok(JsonMembers(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

/// Returns the reason why a line is not an object, without the terms of the parser.
fn line_error_reason(error: &serde_json::Error) -> String {
    let reason = reason_without_place(error);
    match reason.strip_prefix("EOF while parsing ") {
        Some(unfinished) => format!("the line ends inside {unfinished}"),
        None => reason,
    }
}

/// Returns the reason without its line and column, which count from the start of the member.
fn reason_without_place(error: &serde_json::Error) -> String {
    let reason = error.to_string();
    reason.split(" at line ").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(line: &str) -> String {
        let message = JsonMembers::read(line).unwrap_err().to_string();
        message.split(": a line must be").next().unwrap().to_owned()
    }

    #[test]
    fn says_where_a_line_is_cut_off() {
        assert_eq!(error("{\"text\": \"Hi\n"), "the line ends inside a string (column 12)");
        assert_eq!(error("{\"text\": \"Hi\r\n"), "the line ends inside a string (column 12)");
        assert_eq!(error("{\"text\": \"Hi\""), "the line ends inside an object (column 13)");
        assert_eq!(error("{\n"), "the line ends inside an object (column 1)");
        assert_eq!(error("{\"text\":\n"), "the line ends inside a value (column 8)");
    }

    #[test]
    fn counts_columns_from_one() {
        let expected = "invalid type: sequence, expected an object (column 1)";
        assert_eq!(error("[1]\n"), expected);
        assert_eq!(error("Hello\n"), "expected value (column 1)");
    }
}
