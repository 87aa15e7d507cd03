//! Bodies of requests in JSON, read within bounds.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use crate::problem::{Problem, ProblemCode};

/// Maximum length of a body that is not an output: names, reasons and answers of people.
const BODY_BYTES_MAX: usize = 1 << 20;

/// Time in which a body has to arrive. A sender that is slower would hold a place at a gate.
const BODY_TIME_MAX: Duration = Duration::from_secs(60);

/// A body in JSON. Unknown members are refused by the types that are read, and duplicate ones by serde.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        read_json(request, BODY_BYTES_MAX).await.map(Self)
    }
}

/// Reads a body in JSON of limited length.
pub(crate) async fn read_json<T: DeserializeOwned>(
    request: Request,
    bytes_max: usize,
) -> Result<T, Problem> {
    let (parts, body) = request.into_parts();
    require_media_type(&parts.headers, &["application/json"])?;
    require_plain_encoding(&parts.headers)?;
    let bytes = read_bytes(&parts.headers, body, bytes_max).await?;
    parse_json(&bytes)
}

/// Returns which of the media types a body has. A body without one is refused: web pages of other sites can send some
/// types without asking.
pub(crate) fn require_media_type<'a>(
    headers: &HeaderMap,
    accepted: &[&'a str],
) -> Result<&'a str, Problem> {
    let mut given = headers.get_all(CONTENT_TYPE).iter();
    let (first, second) = (given.next(), given.next());
    let essence = first.and_then(|value| value.to_str().ok()).map(media_type_essence);
    let found = accepted.iter().find(|one| essence.as_deref() == Some(**one));
    match (found, second) {
        (Some(found), None) => Ok(found),
        _ => Err(Problem::new(
            ProblemCode::UnsupportedMediaType,
            format!("`Content-Type` has to be {}", join_choices(accepted)),
        )),
    }
}

/// Refuses bodies that are compressed: a small one could become very large.
pub(crate) fn require_plain_encoding(headers: &HeaderMap) -> Result<(), Problem> {
    let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
    match encodings.all(|value| value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        true => Ok(()),
        false => Err(Problem::new(
            ProblemCode::UnsupportedEncoding,
            "compressed bodies are not taken: send it without `Content-Encoding`",
        )),
    }
}

/// Reads a body of limited length. One that says that it is longer is refused before it is read.
pub(crate) async fn read_bytes(
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
) -> Result<Bytes, Problem> {
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let length = length.and_then(|text| text.parse::<u64>().ok());
    if length.is_some_and(|length| usize::try_from(length).is_ok_and(|length| length > bytes_max)) {
        return Err(too_large(bytes_max));
    }
    let collect = Limited::new(body, bytes_max).collect();
    match tokio::time::timeout(BODY_TIME_MAX, collect).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(bytes_max)),
        Ok(Err(_)) => Err(Problem::new(ProblemCode::InvalidBody, "the body ended early")),
        Err(_) => {
            let seconds = BODY_TIME_MAX.as_secs();
            let detail = format!("the body did not arrive within {seconds} seconds");
            Err(Problem::new(ProblemCode::TooSlow, detail))
        }
    }
}

fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let parsed = serde_json::from_slice(bytes).map_err(|error| {
        let code = match error.is_data() {
            true => ProblemCode::InvalidBody,
            false => ProblemCode::InvalidJson,
        };
        Problem::new(code, error.to_string())
    })?;
    // An array can stand for the members of an object, in their order, which nobody would read in it.
    match bytes.trim_ascii_start().starts_with(b"{") {
        true => Ok(parsed),
        false => Err(Problem::new(ProblemCode::InvalidBody, "the body has to be a JSON object")),
    }
}

/// Returns a media type without its parameters, in lower case.
fn media_type_essence(value: &str) -> String {
    let essence = value.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

fn join_choices(choices: &[&str]) -> String {
    choices.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(" or ")
}

fn too_large(bytes_max: usize) -> Problem {
    Problem::new(ProblemCode::BodyTooLarge, format!("a body here has at most {bytes_max} bytes"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Rollback {
        reason: String,
    }

    type Headers<'a> = &'a [(&'static str, &'static str)];

    async fn read(headers: Headers<'_>, body: &str) -> Result<String, Problem> {
        let mut request = Request::new(Body::from(body.to_owned()));
        for (name, value) in headers {
            request.headers_mut().append(*name, HeaderValue::from_str(value).unwrap());
        }
        let read = JsonBody::<Rollback>::from_request(request, &()).await;
        read.map(|JsonBody(rollback)| rollback.reason)
    }

    const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");

    #[tokio::test]
    async fn reads_what_is_asked_for() {
        assert_eq!(read(&[JSON], r#"{"reason": "a"}"#).await.unwrap(), "a");
    }

    #[tokio::test]
    async fn refuses_everything_else() {
        let cases: [(Headers<'_>, &str, ProblemCode); 8] = [
            (&[], r#"{"reason": "a"}"#, ProblemCode::UnsupportedMediaType),
            (
                &[("content-type", "text/plain")],
                r#"{"reason": "a"}"#,
                ProblemCode::UnsupportedMediaType,
            ),
            (&[JSON, JSON], r#"{"reason": "a"}"#, ProblemCode::UnsupportedMediaType),
            (&[JSON, ("content-encoding", "gzip")], "{}", ProblemCode::UnsupportedEncoding),
            (&[JSON], r#"{"reason": "a", "extra": 1}"#, ProblemCode::InvalidBody),
            (&[JSON], r#"{"reason": "a", "reason": "b"}"#, ProblemCode::InvalidBody),
            (&[JSON], r#"{"reason": "a""#, ProblemCode::InvalidJson),
            (&[JSON], r#"{"reason": 7}"#, ProblemCode::InvalidBody),
        ];
        for (headers, body, code) in cases {
            assert_eq!(read(headers, body).await.unwrap_err().code, code, "{body}");
        }
    }

    #[tokio::test]
    async fn refuses_bodies_that_are_too_long() {
        let long = format!(r#"{{"reason": "{}"}}"#, "a".repeat(BODY_BYTES_MAX));
        assert_eq!(read(&[JSON], &long).await.unwrap_err().code, ProblemCode::BodyTooLarge);
        let said = ("content-length", "99999999");
        assert_eq!(read(&[JSON, said], "{}").await.unwrap_err().code, ProblemCode::BodyTooLarge);
    }
}
