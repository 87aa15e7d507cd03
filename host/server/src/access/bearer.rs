//! The token in the headers of a request.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::token_verifier::TokenError;

const SCHEME: &str = "bearer";

/// Finds the token in `Authorization: Bearer TOKEN`. Returns `None` if there is no such header. A header of another scheme, or
/// more than one, is refused: a proxy may have meant another than this server would take.
pub fn find_bearer_token(headers: &HeaderMap) -> Result<Option<&str>, TokenError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let value = value.to_str().ok().filter(|_| values.next().is_none());
    let (scheme, token) =
        value.and_then(|value| value.split_once(' ')).ok_or(TokenError::Malformed)?;
    match scheme.eq_ignore_ascii_case(SCHEME) {
        true => Ok(Some(token.trim_matches(' '))),
        false => Err(TokenError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(values: &[&'static [u8]]) -> HeaderMap {
        let values = values.iter().map(|value| HeaderValue::from_bytes(value).unwrap());
        values.map(|value| (AUTHORIZATION, value)).collect()
    }

    #[test]
    fn finds_the_token_in_one_header() {
        assert_eq!(find_bearer_token(&headers(&[])).unwrap(), None);
        for value in [&b"Bearer tg_a_b"[..], b"bearer  tg_a_b", b"BEARER tg_a_b "] {
            let headers = headers(&[value]);
            assert_eq!(find_bearer_token(&headers).unwrap(), Some("tg_a_b"));
        }
    }

    #[test]
    fn refuses_other_schemes_and_several_headers() {
        let several: &[&[u8]] = &[b"Bearer tg_a_b", b"Bearer tg_a_b"];
        let others: [&[&[u8]]; 5] =
            [&[b"Basic dXNlcg=="], &[b"Bearer"], &[b"tg_a_b"], &[b"Bearer \xff"], &[b""]];
        for values in others.into_iter().chain([several]) {
            let headers = headers(values);
            let refused = find_bearer_token(&headers);
            assert!(matches!(refused, Err(TokenError::Malformed)), "{values:?}");
        }
    }
}
