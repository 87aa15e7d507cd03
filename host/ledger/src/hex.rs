//! Signatures in JSON: as digits.

use serde::{Deserialize, Deserializer, Serializer, de::Error as _};
use tollgate_model::{hex, unhex};

pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex(bytes))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    unhex(&text).ok_or_else(|| D::Error::custom("a signature is written in hex digits"))
}
