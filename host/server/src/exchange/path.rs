//! Parameters of addresses: names in the path, and what follows the question mark.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::{Problem, ProblemCode};

/// The one name in a path, such as that of a run.
pub(crate) struct PathName<T>(pub(crate) T);

/// What follows the question mark. Unknown and repeated parameters are refused.
pub(crate) struct Parameters<T>(pub(crate) T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for PathName<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let not_found = || Problem::new(ProblemCode::NotFound, "there is nothing at this address");
        let names = RawPathParams::from_request_parts(parts, state).await;
        let names = names.map_err(|_| not_found())?;
        let (_, name) = names.iter().next().ok_or_else(not_found)?;
        // A name that cannot be one names nothing, which is what a caller who may not see it learns as well.
        name.parse().map(Self).map_err(|_| not_found())
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let read = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        let read =
            read.map_err(|error| Problem::new(ProblemCode::InvalidParameter, error.body_text()))?;
        Ok(Self(read.0))
    }
}
