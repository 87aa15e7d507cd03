//! Secrets: never shown in messages, and erased from memory after use.

use std::fmt;

use reqwest::header::HeaderValue;
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

/// A password or token.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// Returns a sensitive header value, or `None` if the secret has characters that a header
    /// cannot have.
    pub(super) fn to_header(&self, scheme: &str) -> Option<HeaderValue> {
        let text = Zeroizing::new(format!("{scheme} {}", self.expose()));
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_shows_a_secret() {
        let secret = Secret::new("open sesame");
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        let header = secret.to_header("Bearer").unwrap();
        assert!(!format!("{header:?}").contains("sesame"));
        assert_eq!(Secret::new("two\nlines").to_header("Bearer"), None);
    }
}
