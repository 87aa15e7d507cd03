//! Tokens for the server.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate_model::{FormatVersion, GateName, NonBlankString, Person};

use crate::Timestamp;

/// Tokens of a project, in the order in which they were made. Those that ended long ago are left out.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TokensDocument {
    pub format: FormatVersion<1>,
    pub tokens: Vec<TokenEntry>,
}

/// Token, without its secret and anything made from it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TokenEntry {
    /// Name of the token, with which it can be revoked. It gives no access.
    pub id: String,
    /// Person who acts with it.
    pub person: Person,
    /// Roles in which the person reviews, as gates name them.
    #[serde(rename = "as")]
    pub reviewer_roles: Vec<NonBlankString>,
    pub roles: Vec<TokenRole>,
    /// Gates that it is for. Empty if it is for all.
    pub gates: Vec<GateName>,
    pub state: TokenStatus,
    pub created_at: Timestamp,
    pub created_by: Person,
    /// First moment at which it is not valid any more.
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    pub revoked_by: Option<Person>,
}

/// Permission of a token. None includes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TokenRole {
    /// Puts outputs through gates.
    Submit,
    /// Works on the queue.
    Review,
    /// Publishes releases, changes levels, records figures and incidents, and takes outputs back.
    Operate,
    /// Reads everything, and changes nothing.
    Read,
}

/// State of a token now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TokenStatus {
    Valid,
    Expired,
    Revoked,
}
