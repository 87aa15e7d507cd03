//! What a new token is to be for, and the limits of it.

use std::collections::BTreeSet;

use tollgate_model::{Digest, GateName, MOMENT_MS_MAX, NonBlankString, Person, TimeSpan};

use crate::access::role::Role;
use crate::access::token_record::TokenRecord;
use crate::access::token_text::TokenId;

/// Longest life of a token: a year. No token is without an end, because one that nobody remembers is one that nobody revokes.
pub const TOKEN_LIFETIME_DAYS_MAX: u32 = 366;
/// Names of people and roles are in each line of the record of access, which is bounded too.
const NAME_BYTES_MAX: usize = 400;
/// Roles in which one person reviews. Organisations have dozens at most.
const REVIEWER_ROLES_MAX: usize = 50;
/// Gates of one token. A token for more is one for all gates.
const GATES_MAX: usize = 1000;

/// A token that is to be made.
#[derive(Clone, Debug)]
pub struct TokenRequest {
    /// Person who will act with it.
    pub person: Person,
    pub roles: BTreeSet<Role>,
    /// Gates that it is for. Empty if it is for all.
    pub gates: BTreeSet<GateName>,
    /// Roles in which the person reviews, as gates name them.
    pub reviewer_roles: BTreeSet<NonBlankString>,
    /// Time from now until it expires.
    pub lifetime: TimeSpan,
    pub created_by: Person,
}

/// Reason why a token is not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenRequestError {
    #[error(
        "a token for {0} would last too long: the most is {TOKEN_LIFETIME_DAYS_MAX}d, and a new one can be made before it \
         ends"
    )]
    LifetimeTooLong(TimeSpan),
    #[error("a token needs a role: `submit`, `review`, `operate` or `read`")]
    NoRole,
    #[error("the token names roles to review as, and does not have the role `review`")]
    ReviewerRolesWithoutReview,
    #[error("a name in it has more than {NAME_BYTES_MAX} bytes")]
    NameTooLong,
    #[error("it names more than {REVIEWER_ROLES_MAX} roles to review as")]
    TooManyReviewerRoles,
    #[error("it names more than {GATES_MAX} gates: a token without gates is for all of them")]
    TooManyGates,
}

impl TokenRequest {
    /// Fails if no such token can be made.
    pub fn check(&self) -> Result<(), TokenRequestError> {
        let lifetime_max = TimeSpan::from_days(TOKEN_LIFETIME_DAYS_MAX);
        let roles = self.reviewer_roles.iter().map(NonBlankString::as_str);
        let mut names = roles.chain([self.person.as_str(), self.created_by.as_str()]);
        if self.lifetime.as_ms() > lifetime_max.as_ms() {
            Err(TokenRequestError::LifetimeTooLong(self.lifetime))
        } else if self.roles.is_empty() {
            Err(TokenRequestError::NoRole)
        } else if !self.reviewer_roles.is_empty() && !self.roles.contains(&Role::Review) {
            Err(TokenRequestError::ReviewerRolesWithoutReview)
        } else if self.reviewer_roles.len() > REVIEWER_ROLES_MAX {
            Err(TokenRequestError::TooManyReviewerRoles)
        } else if self.gates.len() > GATES_MAX {
            Err(TokenRequestError::TooManyGates)
        } else if names.any(|name| name.len() > NAME_BYTES_MAX) {
            Err(TokenRequestError::NameTooLong)
        } else {
            Ok(())
        }
    }

    pub(super) fn into_record(
        self,
        id: TokenId,
        secret_sha256: Digest,
        now_ms: u64,
    ) -> TokenRecord {
        let expires_at_ms = now_ms.saturating_add(self.lifetime.as_ms()).min(MOMENT_MS_MAX);
        TokenRecord {
            id,
            person: self.person,
            reviewer_roles: self.reviewer_roles,
            roles: self.roles,
            gates: self.gates,
            created_at_ms: now_ms,
            created_by: self.created_by,
            expires_at_ms,
            revoked_at_ms: None,
            revoked_by: None,
            secret_sha256,
        }
    }
}
