//! Exchange: everything that requests and answers of all addresses have in common.
//!
//! A request gets an id, is admitted, and its answer carries the id. Bodies are read within bounds, and nothing in them
//! is ignored.

mod json_body;
mod path;
mod request_id;

pub(crate) use json_body::{
    JsonBody, read_bytes, read_json, require_media_type, require_plain_encoding,
};
pub(crate) use path::{Parameters, PathName};
pub(crate) use request_id::{REQUEST_ID, RequestId, RequestIds};

use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A document as the answer to a request.
pub(crate) struct Document<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Document<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(mut body) => {
                // So that a shell prompt does not follow on the same line.
                body.push(b'\n');
                let kind = [(axum::http::header::CONTENT_TYPE, "application/json")];
                (kind, body).into_response()
            }
            Err(error) => super::problem::Problem::internal(error.to_string()).into_response(),
        }
    }
}
