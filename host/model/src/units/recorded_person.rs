//! Reading the names of people in records. A record does not change, so a name that was accepted when it was written is
//! read, although it would be refused today.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::Person;

/// Reads the name of a person.
pub(crate) fn one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Person, D::Error> {
    Person::from_record(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// Reads the name of a person, if there is one.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Person>, D::Error> {
    let name = Option::<String>::deserialize(deserializer)?;
    name.map(|name| Person::from_record(&name)).transpose().map_err(D::Error::custom)
}

/// Reads a list of names.
pub(crate) fn all<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Person>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    names.iter().map(|name| Person::from_record(name).map_err(D::Error::custom)).collect()
}
