//! A part of a whole, from 0 to 1, counted in millionths so that equal shares are equal.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const WHOLE: u32 = 1_000_000;

/// From nothing to all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share {
    millionths: u32,
}

/// Why a number is no share.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("`{0}` is no share: write a number from 0 to 1, such as `0.05` for five in a hundred")]
pub struct ShareError(f64);

impl Share {
    /// All of it.
    pub const ALL: Self = Self { millionths: WHOLE };
    /// Nothing of it.
    pub const NONE: Self = Self { millionths: 0 };

    /// The nearest share to a number.
    pub fn of(number: f64) -> Result<Self, ShareError> {
        if !(0.0..=1.0).contains(&number) {
            return Err(ShareError(number));
        }
        // From 0 to 1 it always fits.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Ok(Self { millionths: (number * f64::from(WHOLE)).round() as u32 })
    }

    /// How many of how many, rounded down; nothing of nothing is nothing.
    pub fn of_count(part: u64, whole: u64) -> Self {
        let millionths = u128::from(part) * u128::from(WHOLE) / u128::from(whole.max(1));
        Self { millionths: u32::try_from(millionths).unwrap_or(WHOLE).min(WHOLE) }
    }

    /// How many millionths.
    pub fn millionths(self) -> u32 {
        self.millionths
    }

    /// The number that it is.
    pub fn number(self) -> f64 {
        f64::from(self.millionths) / f64::from(WHOLE)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(f)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.number())
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::of(f64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Share {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Share".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "number", "minimum": 0, "maximum": 1,
            "description": "A part of a whole: `0.05` is five in a hundred.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_as_numbers_and_stay_the_same() {
        for text in ["0.05", "0.95", "0.0", "1.0", "0.333333"] {
            let share: Share = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&share).unwrap(), text);
        }
        assert_eq!(serde_json::from_str::<Share>("1").unwrap(), Share::ALL);
        assert_eq!(Share::of_count(29, 30).millionths(), 966_666);
        assert_eq!((Share::of_count(0, 0), Share::of_count(9, 3)), (Share::NONE, Share::ALL));
    }

    #[test]
    fn what_is_no_share_is_refused() {
        for number in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert!(Share::of(number).is_err(), "{number}");
        }
    }
}
