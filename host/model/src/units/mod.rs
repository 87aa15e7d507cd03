//! Small values that people write in gate files, each with one spelling: dates, amounts of money,
//! spans of time, shares, names. Each is validated when it is read.

mod alphabet;
mod date;
mod figure;
mod hidden_text;
mod moment;
mod money;
mod non_blank_string;
mod person;
pub(crate) mod recorded_person;
mod share;
mod since;
mod time_span;
mod visible_text;

pub use alphabet::find_mixed_word;
pub use date::{Date, DateError};
pub use figure::Figure;
pub use hidden_text::{count_hidden, escape_hidden_in_json, reveal_hidden};
pub use moment::{
    MOMENT_MS_MAX, format_rfc3339, format_utc, format_utc_seconds, parse_rfc3339, rfc3339,
};
pub use money::{Money, MoneyError};
pub use non_blank_string::{BlankStringError, NonBlankString};
pub use person::{Person, PersonNameError};
pub use share::{Share, ShareError};
pub use since::{Since, SinceError};
pub use time_span::{TimeSpan, TimeSpanError};
pub use visible_text::{fold_name, fold_topic, has_visible_text, is_same_topic};

/// Implements serde and JSON Schema for a type that is written as its `Display` text and read by
/// its `FromStr`.
macro_rules! impl_as_text {
    ($type:ty, $name:literal, $pattern:expr, $description:literal) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "pattern": $pattern,
                    "description": $description,
                })
            }
        }
    };
}

pub(crate) use impl_as_text;
