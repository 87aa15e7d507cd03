//! Results of table lookups as JSON: objects whose `status` says which result it is.

/// Serde functions for the result of `lookup.get`.
pub(super) mod get {
    use schemars::JsonSchema;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::super::LookupError;

    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "status")]
    pub(in crate::host_answer) enum GetJson {
        Found { value: String },
        Absent,
        NotGranted { message: String },
        Unavailable { message: String },
    }

    pub fn serialize<S: Serializer>(
        answer: &Result<Option<String>, LookupError>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let json = match answer.clone() {
            Ok(Some(value)) => GetJson::Found { value },
            Ok(None) => GetJson::Absent,
            Err(LookupError::NotGranted(message)) => GetJson::NotGranted { message },
            Err(LookupError::Unavailable(message)) => GetJson::Unavailable { message },
        };
        json.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Result<Option<String>, LookupError>, D::Error> {
        Ok(match GetJson::deserialize(deserializer)? {
            GetJson::Found { value } => Ok(Some(value)),
            GetJson::Absent => Ok(None),
            GetJson::NotGranted { message } => Err(LookupError::NotGranted(message)),
            GetJson::Unavailable { message } => Err(LookupError::Unavailable(message)),
        })
    }
}

/// Serde functions for the result of `lookup.contains-any`.
pub(super) mod contains_any {
    use schemars::JsonSchema;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::super::LookupError;

    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "status")]
    pub(in crate::host_answer) enum ContainsJson {
        Searched { contains: Vec<bool> },
        NotGranted { message: String },
        Unavailable { message: String },
    }

    pub fn serialize<S: Serializer>(
        answer: &Result<Vec<bool>, LookupError>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let json = match answer.clone() {
            Ok(contains) => ContainsJson::Searched { contains },
            Err(LookupError::NotGranted(message)) => ContainsJson::NotGranted { message },
            Err(LookupError::Unavailable(message)) => ContainsJson::Unavailable { message },
        };
        json.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Result<Vec<bool>, LookupError>, D::Error> {
        Ok(match ContainsJson::deserialize(deserializer)? {
            ContainsJson::Searched { contains } => Ok(contains),
            ContainsJson::NotGranted { message } => Err(LookupError::NotGranted(message)),
            ContainsJson::Unavailable { message } => Err(LookupError::Unavailable(message)),
        })
    }
}
