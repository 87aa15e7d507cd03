//! Shares from 0 to 1, counted in millionths so that equal shares compare equal.

use std::{fmt, iter};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const WHOLE: u32 = 1_000_000;
/// Digits behind the point of a millionth.
const DECIMALS: isize = 6;

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

    /// Reads a number as it is written in JSON, and cuts off its digits behind the millionths, so that it never reaches a
    /// limit that it is below. A 64-bit number would round what has more than sixteen digits.
    pub fn rounded_down(number: &str) -> Result<Self, ShareError> {
        // The nearest share settles the range. Only the digits tell on which side of it the number is.
        let nearest = Self::new(number.parse().unwrap_or(f64::NAN))?;
        if nearest == Self::NONE {
            return Ok(nearest);
        }
        let (digits, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let shift = exponent.parse().map_or(0, |exponent: isize| exponent.saturating_add(DECIMALS));
        let kept = whole.len().saturating_add_signed(shift);
        let digits = whole.bytes().chain(decimals.bytes()).chain(iter::repeat(b'0')).take(kept);
        let append = |sum: u32, digit: u8| {
            sum.saturating_mul(10).saturating_add(u32::from(digit.saturating_sub(b'0')))
        };
        Ok(Self { millionths: digits.fold(0, append).min(WHOLE) })
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
        let millionths = |number: &str| Share::rounded_down(number).unwrap().millionths();
        for (number, expected) in [
            ("0.7999996", 799_999),
            ("0.8000004", 800_000),
            ("0.79999999999999999999999", 799_999),
            ("7.9999999999999999999999e-1", 799_999),
            ("0.80000000000000000000001", 800_000),
            ("0.00008E4", 800_000),
            ("800e-3", 800_000),
            ("0.0000009", 0),
            ("9e-7", 0),
            ("1e-999999999999999999999", 0),
            ("0e999999999999999999999", 0),
            ("-0.0", 0),
            ("1", 1_000_000),
            ("1.0", 1_000_000),
        ] {
            assert_eq!(millionths(number), expected, "{number}");
        }
        for number in 0..=1_000_000 {
            assert_eq!(millionths(&(f64::from(number) / 1e6).to_string()), number);
        }
    }

    #[test]
    fn rejects_numbers_outside_0_to_1() {
        for number in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert!(Share::new(number).is_err(), "{number}");
            assert!(Share::rounded_down(&number.to_string()).is_err(), "{number}");
        }
    }
}
