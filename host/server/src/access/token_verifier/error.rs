//! Why a request is not let in.

use tollgate_model::{Person, format_utc};

use super::TokenStoreError;
use crate::access::token_text::TokenId;

/// Reason why the token of a request gives no access.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    #[error("the request has no token: send `Authorization: Bearer TOKEN`")]
    Missing,
    /// Nothing of it is told or recorded.
    #[error("the `Authorization` header does not have one token of the form `Bearer tg_…`")]
    Malformed,
    /// No token with this id, or another secret. The id is what the request claims.
    #[error("the token is not known")]
    Unknown { id: TokenId },
    #[error("the token `{id}` expired at {}", format_utc(*.at_ms))]
    Expired { id: TokenId, person: Person, at_ms: u64 },
    #[error("the token `{id}` was revoked at {}", format_utc(*.at_ms))]
    Revoked { id: TokenId, person: Person, at_ms: u64 },
    /// The file of tokens cannot be used, so nobody is let in. The cause is for the operator.
    #[error("tokens cannot be verified")]
    Unverifiable(#[source] TokenStoreError),
}

impl TokenError {
    /// Returns the id and the person of a token that was presented with its secret.
    pub(in crate::access) fn verified(&self) -> Option<(&TokenId, &Person)> {
        match self {
            Self::Expired { id, person, .. } | Self::Revoked { id, person, .. } => {
                Some((id, person))
            }
            _ => None,
        }
    }

    /// Returns the id that a request claims and does not prove.
    pub(in crate::access) fn claimed_id(&self) -> Option<&TokenId> {
        match self {
            Self::Unknown { id } => Some(id),
            _ => None,
        }
    }
}
