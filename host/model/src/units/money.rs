//! Amounts of money, counted in millionths of a unit and never as floats. The currency is kept beside
//! them, in the budget of the gate.

use std::{fmt, str::FromStr};

use super::impl_as_text;

/// Prices of single tokens need six decimals.
const DECIMALS: usize = 6;
const MICROS: u64 = 1_000_000;
/// One billion exceeds any plausible budget, and sums of such amounts fit into 64 bits.
const UNITS_MAX: u64 = 1_000_000_000;
/// Largest amount that its text reads back as.
const MICROS_MAX: u64 = UNITS_MAX * MICROS + MICROS - 1;

/// An amount of zero or more, without a currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money {
    micros: u64,
}

/// The text is not an amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("`{0}` is not an amount: write digits and up to six decimals, such as `40.00`")]
    Spelling(String),
    #[error("`{0}` is negative: an amount is zero or more")]
    Negative(String),
    #[error("`{0}` is more than one billion: check the decimal point")]
    TooLarge(String),
}

impl Money {
    pub const ZERO: Self = Self { micros: 0 };

    /// Creates an amount of millionths of a unit. A larger amount than can be written and read becomes the largest one,
    /// because a record that cannot be read is worse than one that is too low by what no budget allows.
    pub const fn from_micros(micros: u64) -> Self {
        Self { micros: if micros > MICROS_MAX { MICROS_MAX } else { micros } }
    }

    /// Returns the amount in millionths of a unit.
    pub const fn micros(self) -> u64 {
        self.micros
    }

    /// Returns the sum. An overflow gives the largest amount, which exceeds every cap up to one billion.
    pub const fn plus(self, other: Self) -> Self {
        Self::from_micros(self.micros.saturating_add(other.micros))
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let misspelled = || MoneyError::Spelling(text.into());
        if let Some(rest) = text.strip_prefix('-') {
            return Err(if parse_amount(rest).is_some() {
                MoneyError::Negative(text.into())
            } else {
                misspelled()
            });
        }
        let (units, micros) = parse_amount(text).ok_or_else(misspelled)?;
        let units: Option<u64> = units.parse().ok().filter(|units| *units <= UNITS_MAX);
        let units = units.ok_or_else(|| MoneyError::TooLarge(text.into()))?;
        Ok(Self { micros: units * MICROS + micros })
    }
}

/// Splits a text into the digits before the point and the millionths after it.
fn parse_amount(text: &str) -> Option<(&str, u64)> {
    let (units, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(units) || !is_digits(decimals) || decimals.len() > DECIMALS {
        return None;
    }
    Some((units, format!("{decimals:0<DECIMALS$}").parse().ok()?))
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:0DECIMALS$}", self.micros % MICROS);
        let trimmed = decimals.trim_end_matches('0');
        write!(f, "{}.{trimmed:0<2}", self.micros / MICROS)
    }
}

impl_as_text!(
    Money,
    "Money",
    r"^\d{1,10}(\.\d{1,6})?$",
    "An amount with up to six decimals, as a string: `\"40.00\"`."
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_amounts() {
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
    fn rejects_misspelled_amounts() {
        assert_eq!("-5".parse::<Money>(), Err(MoneyError::Negative("-5".into())));
        assert!(matches!("1000000001".parse::<Money>(), Err(MoneyError::TooLarge(_))));
        assert!(matches!("99999999999999999999".parse::<Money>(), Err(MoneyError::TooLarge(_))));
        for text in ["", "-", ".5", "5.", "1,50", "1e3", "1.0000001", "+1", " 1", "٣"] {
            assert!(matches!(text.parse::<Money>(), Err(MoneyError::Spelling(_))), "{text}");
        }
    }

    #[test]
    fn every_amount_reads_back() {
        let max = Money::from_micros(u64::MAX);
        let second = Money::from_micros(MICROS_MAX - 1).plus(Money::from_micros(2));
        assert_eq!((max.plus(Money::from_micros(1)), second), (max, max));
        assert_eq!(max.to_string().parse(), Ok(max));
    }
}
