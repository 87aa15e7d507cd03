//! Small values that people write in gates, each with one spelling: dates, money, spans of
//! time, shares. Whether a value makes sense is checked when it is read, never later.

mod date;
mod figure;
mod money;
mod share;
mod time_span;
mod words;

pub use date::{Date, DateError};
pub use figure::Figure;
pub use money::{Money, MoneyError};
pub use share::{Share, ShareError};
pub use time_span::{TimeSpan, TimeSpanError};
pub use words::{Person, Words, WordsError};

/// Reads and writes a type as the text that it displays, in files as in schemas.
macro_rules! as_text {
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

pub(crate) use as_text;
