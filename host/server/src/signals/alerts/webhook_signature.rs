//! Signatures of messages to webhooks, as <https://www.standardwebhooks.com> describes them: HMAC-SHA256 over the id of the
//! message, the time of the attempt, and the body.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What a secret begins with.
const SECRET_PREFIX: &str = "whsec_";

/// Shortest and longest secret that the specification allows.
const SECRET_BYTES_MIN: usize = 24;
const SECRET_BYTES_MAX: usize = 64;

/// Secret that a webhook shares with this server. It is never shown.
#[derive(Clone)]
pub struct WebhookSecret(Zeroizing<Vec<u8>>);

/// The text is not a secret. It is not repeated, because it may nearly be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the secret of a webhook is `whsec_` and the base64 of {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} random bytes"
)]
pub struct WebhookSecretError;

impl FromStr for WebhookSecret {
    type Err = WebhookSecretError;

    fn from_str(text: &str) -> Result<Self, WebhookSecretError> {
        let encoded = text.trim().strip_prefix(SECRET_PREFIX).ok_or(WebhookSecretError)?;
        let secret = BASE64.decode(encoded.as_bytes()).map_err(|_| WebhookSecretError)?;
        let secret = Zeroizing::new(secret);
        let is_allowed = (SECRET_BYTES_MIN..=SECRET_BYTES_MAX).contains(&secret.len());
        if is_allowed { Ok(Self(secret)) } else { Err(WebhookSecretError) }
    }
}

impl WebhookSecret {
    /// Returns the header `webhook-signature` of a message. `at_s` is the time of the attempt in seconds since 1970.
    pub(super) fn sign(&self, id: &str, at_s: u64, body: &[u8]) -> String {
        // HMAC takes keys of every length.
        let Ok(mut hmac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        hmac.update(format!("{id}.{at_s}.").as_bytes());
        hmac.update(body);
        format!("v1,{}", BASE64.encode(&hmac.finalize().into_bytes()))
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_the_published_example() {
        // From the reference implementation of Standard Webhooks.
        let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        let (id, at_s) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330);
        let signature = secret.sign(id, at_s, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn everything_that_is_signed_counts() {
        let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        let other: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx".parse().unwrap();
        let signature = secret.sign("a", 1, b"body");
        let others = [
            secret.sign("b", 1, b"body"),
            secret.sign("a", 2, b"body"),
            secret.sign("a", 1, b"bodY"),
            other.sign("a", 1, b"body"),
        ];
        assert!(others.iter().all(|other| *other != signature), "{others:?}");
    }

    #[test]
    fn takes_no_weak_secret_and_shows_none() {
        for text in
            ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_***", "whsec_"]
        {
            assert_eq!(text.parse::<WebhookSecret>().unwrap_err(), WebhookSecretError, "{text}");
        }
        let long = format!("whsec_{}", BASE64.encode(&[7; 65]));
        assert!(long.parse::<WebhookSecret>().is_err());
        let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
    }
}
