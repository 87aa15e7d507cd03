//! Serde helpers that write signatures as hex digits.

use serde::{Deserialize, Deserializer, Serializer, de::Error as _};
use tollgate_model::{decode_hex, encode_hex};

pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&encode_hex(bytes))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    decode_hex(&text).ok_or_else(|| D::Error::custom("a signature must be written in hex digits"))
}
