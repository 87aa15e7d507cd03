//! Amounts of money: millionths of a unit, never floats. The currency stands beside them.

use std::{fmt, str::FromStr};

use super::as_text;

/// What a token costs has six decimals.
const DECIMALS: usize = 6;
const MICROS: u64 = 1_000_000;
/// A billion is more than anybody lets an AI spend, and sums of it fit.
const UNITS_MAX: u64 = 1_000_000_000;

/// An amount, zero or more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money {
    micros: u64,
}

/// Why a text is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// It is written in another way.
    #[error("`{0}` is no amount: write digits and up to six decimals, such as `40.00`")]
    Spelling(String),
    /// It is below zero.
    #[error("`{0}` is negative: an amount is zero or more")]
    Negative(String),
    /// It is out of any proportion.
    #[error("`{0}` is more than a billion: is a decimal point missing?")]
    TooLarge(String),
}

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self { micros: 0 };

    /// So many millionths.
    pub const fn of_micros(micros: u64) -> Self {
        Self { micros }
    }

    /// How many millionths.
    pub const fn micros(self) -> u64 {
        self.micros
    }

    /// Both together; what would not fit stays the largest amount, which is above every cap.
    pub const fn plus(self, other: Self) -> Self {
        Self { micros: self.micros.saturating_add(other.micros) }
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let spelling = || MoneyError::Spelling(text.into());
        if let Some(rest) = text.strip_prefix('-') {
            return Err(if amount(rest).is_some() {
                MoneyError::Negative(text.into())
            } else {
                spelling()
            });
        }
        let (units, micros) = amount(text).ok_or_else(spelling)?;
        let units: Option<u64> = units.parse().ok().filter(|units| *units <= UNITS_MAX);
        let units = units.ok_or_else(|| MoneyError::TooLarge(text.into()))?;
        Ok(Self { micros: units * MICROS + micros })
    }
}

/// The digits before the point, and the millionths behind it.
fn amount(text: &str) -> Option<(&str, u64)> {
    let (units, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(units) || !digits(decimals) || decimals.len() > DECIMALS {
        return None;
    }
    Some((units, format!("{decimals:0<DECIMALS$}").parse().ok()?))
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:0DECIMALS$}", self.micros % MICROS);
        let short = decimals.trim_end_matches('0');
        write!(f, "{}.{short:0<2}", self.micros / MICROS)
    }
}

as_text!(
    Money,
    "Money",
    r"^\d{1,10}(\.\d{1,6})?$",
    "An amount with up to six decimals, as a text: `\"40.00\"`."
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_back() {
        for (text, micros, written) in [
            ("0", 0, "0.00"),
            ("40.00", 40_000_000, "40.00"),
            ("0.5", 500_000, "0.50"),
            ("1.000001", 1_000_001, "1.000001"),
            ("1000000000", 1_000_000_000_000_000, "1000000000.00"),
        ] {
            let money: Money = text.parse().unwrap();
            assert_eq!((money.micros(), money.to_string().as_str()), (micros, written));
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        assert_eq!("-5".parse::<Money>(), Err(MoneyError::Negative("-5".into())));
        assert!(matches!("1000000001".parse::<Money>(), Err(MoneyError::TooLarge(_))));
        assert!(matches!("99999999999999999999".parse::<Money>(), Err(MoneyError::TooLarge(_))));
        for text in ["", "-", ".5", "5.", "1,50", "1e3", "1.0000001", "+1", " 1", "٣"] {
            assert!(matches!(text.parse::<Money>(), Err(MoneyError::Spelling(_))), "{text}");
        }
    }

    #[test]
    fn sums_do_not_wrap() {
        let much = Money::of_micros(u64::MAX);
        assert_eq!(much.plus(Money::of_micros(1)), much);
    }
}
