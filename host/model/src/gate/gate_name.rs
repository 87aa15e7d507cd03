//! Names of gates.

use std::{fmt, str::FromStr};

use crate::units::impl_as_text;

/// Names become file names and parts of URLs, so they stay short.
const CHARACTERS_MAX: usize = 64;

/// A gate's name, such as `welcome-email`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GateName(String);

/// The text is not a gate name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a gate name: it should be 1 to 64 lower-case letters, digits and single \
     hyphens, starting with a letter"
)]
pub struct GateNameError(String);

impl GateName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for GateName {
    type Err = GateNameError;

    fn from_str(text: &str) -> Result<Self, GateNameError> {
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        let is_name = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.len() <= CHARACTERS_MAX
            && text.split('-').all(is_word);
        if is_name { Ok(Self(text.into())) } else { Err(GateNameError(text.into())) }
    }
}

impl fmt::Display for GateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl_as_text!(
    GateName,
    "GateName",
    r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    "Name of a gate: that of its file, without `.toml`."
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_only_safe_file_names() {
        for name in ["welcome-email", "a", "bids-2"] {
            assert_eq!(name.parse::<GateName>().unwrap().as_str(), name);
        }
        let long = "a".repeat(65);
        for name in ["", "A", "2a", "a_b", "a--b", "-a", "a-", "../a", "a/b", "a.toml", &long] {
            assert!(name.parse::<GateName>().is_err(), "{name}");
        }
    }
}
