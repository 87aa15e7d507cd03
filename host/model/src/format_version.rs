//! Version numbers in documents that are kept for years.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Version of the format of a document, written as a number. A document of any other version is
/// refused when it is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FormatVersion<const VERSION: u32>;

impl<const VERSION: u32> Serialize for FormatVersion<VERSION> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(VERSION)
    }
}

impl<'de, const VERSION: u32> Deserialize<'de> for FormatVersion<VERSION> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = u32::deserialize(deserializer)?;
        if found == VERSION {
            return Ok(Self);
        }
        Err(D::Error::custom(format!("it has format {found}, and this program reads {VERSION}")))
    }
}

impl<const VERSION: u32> JsonSchema for FormatVersion<VERSION> {
    fn schema_name() -> Cow<'static, str> {
        format!("FormatVersion{VERSION}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"const": VERSION, "description": "Version of the format of this document."})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_only_its_own_version() {
        assert_eq!(serde_json::to_string(&FormatVersion::<2>).unwrap(), "2");
        assert!(serde_json::from_str::<FormatVersion<2>>("2").is_ok());
        for text in ["1", "3", "\"2\"", "null", "-2"] {
            assert!(serde_json::from_str::<FormatVersion<2>>(text).is_err(), "{text}");
        }
        let error = serde_json::from_str::<FormatVersion<2>>("1").unwrap_err().to_string();
        assert!(error.starts_with("it has format 1, and this program reads 2"), "{error}");
    }
}
