//! Ids of requests, by which an answer is found in the log of the server.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// Header with the id of the request, in requests and answers.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Maximum length of an id that a caller gives: enough for every usual form, and short in a log.
const GIVEN_BYTES_MAX: usize = 128;

/// Id of a request: the caller's, if it is short and plain, and one made by the server otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestId(Arc<str>);

/// Maker of ids: unique in this process, and different from those of the process before.
#[derive(Debug)]
pub(crate) struct RequestIds {
    prefix: String,
    next: AtomicU64,
}

impl RequestIds {
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut prefix = [0; 6];
        getrandom::fill(&mut prefix)?;
        let prefix = data_encoding::HEXLOWER.encode(&prefix);
        Ok(Self { prefix, next: AtomicU64::new(1) })
    }

    /// Returns the id of a request.
    pub(crate) fn id_of(&self, headers: &HeaderMap) -> RequestId {
        match headers.get(REQUEST_ID).and_then(plain_id) {
            Some(given) => RequestId(given.into()),
            None => {
                let number = self.next.fetch_add(1, Ordering::Relaxed);
                RequestId(format!("{}-{number}", self.prefix).into())
            }
        }
    }
}

impl RequestId {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn to_header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns the id if nobody can write anything into a log with it.
fn plain_id(value: &HeaderValue) -> Option<&str> {
    let text = value.to_str().ok()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/+=".contains(&byte);
    let fits = !text.is_empty() && text.len() <= GIVEN_BYTES_MAX;
    (fits && text.bytes().all(is_plain)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(given: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_str(given).unwrap());
        RequestIds::new().unwrap().id_of(&headers).to_string()
    }

    #[test]
    fn takes_plain_ids_of_callers() {
        assert_eq!(id("req-4711"), "req-4711");
        assert_eq!(id("01J:a/b.c_d+e="), "01J:a/b.c_d+e=");
    }

    #[test]
    fn replaces_ids_that_could_write_into_a_log() {
        for given in ["", "a b", "a\"b", "a\tb", &"a".repeat(GIVEN_BYTES_MAX + 1)] {
            assert_ne!(id(given), given);
        }
    }

    #[test]
    fn makes_different_ids() {
        let ids = RequestIds::new().unwrap();
        let (first, second) = (ids.id_of(&HeaderMap::new()), ids.id_of(&HeaderMap::new()));
        assert_ne!(first, second);
    }
}
