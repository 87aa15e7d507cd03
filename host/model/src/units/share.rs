//! Shares from 0 to 1, counted in millionths so that equal shares compare equal.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const WHOLE: u32 = 1_000_000;

/// A part of a whole, from 0 to 1, exact to a millionth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share {
    millionths: u32,
}

/// The number is not from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("`{0}` is not a share: write a number from 0 to 1, such as `0.05` for five percent")]
pub struct ShareError(f64);

impl Share {
    pub const ALL: Self = Self { millionths: WHOLE };
    pub const NONE: Self = Self { millionths: 0 };

    /// Rounds a number to the nearest millionth.
    pub fn new(number: f64) -> Result<Self, ShareError> {
        if !(0.0..=1.0).contains(&number) {
            return Err(ShareError(number));
        }
        // The range check above keeps the product within 0 to 1,000,000.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Ok(Self { millionths: (number * f64::from(WHOLE)).round() as u32 })
    }

    /// Rounds a number down to a millionth, so that it never reaches a limit that it is below.
    pub fn rounded_down(number: f64) -> Result<Self, ShareError> {
        let Self { millionths } = Self::new(number)?;
        let is_above = Self { millionths }.as_f64() > number;
        Ok(Self { millionths: millionths - u32::from(is_above) })
    }

    /// Returns `part / whole`, rounded down. A `whole` of 0 gives 0 and a `part` above it gives 1.
    pub fn from_ratio(part: u64, whole: u64) -> Self {
        let millionths = u128::from(part) * u128::from(WHOLE) / u128::from(whole.max(1));
        Self { millionths: u32::try_from(millionths).unwrap_or(WHOLE).min(WHOLE) }
    }

    pub fn millionths(self) -> u32 {
        self.millionths
    }

    /// Returns the share as a number from 0 to 1.
    pub fn as_f64(self) -> f64 {
        f64::from(self.millionths) / f64::from(WHOLE)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_f64().fmt(f)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.as_f64())
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(f64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Share {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Share".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "number", "minimum": 0, "maximum": 1,
            "description": "A share from 0 to 1: `0.05` is five percent.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_shares() {
        for text in ["0.05", "0.95", "0.0", "1.0", "0.333333"] {
            let share: Share = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&share).unwrap(), text);
        }
        assert_eq!(serde_json::from_str::<Share>("1").unwrap(), Share::ALL);
        assert_eq!(Share::from_ratio(29, 30).millionths(), 966_666);
        assert_eq!((Share::from_ratio(0, 0), Share::from_ratio(9, 3)), (Share::NONE, Share::ALL));
    }

    #[test]
    fn rounds_down_only_what_lies_between_two_millionths() {
        let millionths = |number| Share::rounded_down(number).unwrap().millionths();
        assert_eq!((millionths(0.799_999_6), millionths(0.800_000_4)), (799_999, 800_000));
        for number in 0..=1_000_000 {
            assert_eq!(millionths(f64::from(number) / 1e6), number);
        }
    }

    #[test]
    fn rejects_numbers_outside_0_to_1() {
        for number in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert!(Share::new(number).is_err(), "{number}");
        }
    }
}
