//! Who a request comes from.

use std::collections::BTreeSet;

use tollgate_govern::review::Reviewer;
use tollgate_model::{Digest, GateName, NonBlankString, Person};

use super::role::Role;
use super::token_record::TokenRecord;
use super::token_text::TokenId;
use super::token_verifier::{TokenError, TokenVerifier};

/// Person that a request comes from, with what they may do. Only a [`TokenVerifier`] says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    person: Person,
    reviewer_roles: BTreeSet<NonBlankString>,
    roles: BTreeSet<Role>,
    gates: BTreeSet<GateName>,
    token: Option<VerifiedToken>,
}

/// Token that was presented with its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VerifiedToken {
    pub(super) id: TokenId,
    pub(super) secret_sha256: Digest,
}

/// The caller lacks the role for a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this needs a token with the role {}, and the token of {person} has {}", join_roles(.needed, " or "), join_roles(.roles, " and "))]
pub struct ForbiddenError {
    /// Roles of which one is needed.
    pub needed: Vec<Role>,
    /// Roles of the caller.
    pub roles: Vec<Role>,
    pub person: Person,
}

impl Caller {
    pub(super) fn of_token(token: &TokenRecord) -> Self {
        let verified = VerifiedToken { id: token.id.clone(), secret_sha256: token.secret_sha256 };
        Self {
            person: token.person.clone(),
            reviewer_roles: token.reviewer_roles.clone(),
            roles: token.roles.clone(),
            gates: token.gates.clone(),
            token: Some(verified),
        }
    }

    /// Returns the person who runs a server in open mode. They may do everything.
    pub(super) fn local_operator(person: Person) -> Self {
        let (reviewer_roles, gates) = (BTreeSet::new(), BTreeSet::new());
        Self { person, reviewer_roles, roles: Role::ALL.into(), gates, token: None }
    }

    pub fn person(&self) -> &Person {
        &self.person
    }

    /// Returns the id of the caller's token. The local operator has none.
    pub fn token_id(&self) -> Option<&TokenId> {
        self.token.as_ref().map(|token| &token.id)
    }

    pub(super) fn token(&self) -> Option<&VerifiedToken> {
        self.token.as_ref()
    }

    /// Returns whether the server is in open mode, and this the person who runs it.
    pub fn is_local_operator(&self) -> bool {
        self.token.is_none()
    }

    pub fn has_role(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    pub fn roles(&self) -> &BTreeSet<Role> {
        &self.roles
    }

    /// Returns the gates that the caller may see. Empty if they may see all.
    pub fn gates(&self) -> &BTreeSet<GateName> {
        &self.gates
    }

    /// Returns the caller as the person who reviews.
    pub fn to_reviewer(&self) -> Reviewer {
        let roles = self.reviewer_roles.iter().cloned().collect();
        Reviewer { person: self.person.clone(), roles }
    }

    /// Fails if the caller lacks a role.
    pub fn require(&self, role: Role) -> Result<(), ForbiddenError> {
        self.require_any(&[role])
    }

    /// Fails if the caller has none of these roles.
    pub fn require_any(&self, needed: &[Role]) -> Result<(), ForbiddenError> {
        if needed.iter().any(|role| self.has_role(*role)) {
            return Ok(());
        }
        let roles = self.roles.iter().copied().collect();
        Err(ForbiddenError { needed: needed.into(), roles, person: self.person.clone() })
    }

    /// Returns whether the caller may know of a gate.
    pub fn may_see(&self, gate: &GateName) -> bool {
        self.gates.is_empty() || self.gates.contains(gate)
    }

    /// Asks again, in the middle of long work, whether the caller may go on. It costs one look at the file of tokens.
    pub fn still_valid(&self, verifier: &TokenVerifier, now_ms: u64) -> Result<(), TokenError> {
        verifier.verify_again(self, now_ms)
    }
}

fn join_roles(roles: &[Role], conjunction: &str) -> String {
    let roles: Vec<_> = roles.iter().map(|role| format!("`{role}`")).collect();
    roles.join(conjunction)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(roles: &[Role], gates: &[&str]) -> Caller {
        Caller {
            roles: roles.iter().copied().collect(),
            gates: gates.iter().map(|gate| gate.parse().unwrap()).collect(),
            ..Caller::local_operator("Kim Osei".parse().unwrap())
        }
    }

    #[test]
    fn no_role_includes_another() {
        for own in Role::ALL {
            for needed in Role::ALL {
                let allowed = caller(&[own], &[]).require(needed);
                assert_eq!(allowed.is_ok(), own == needed, "{own} {needed}");
            }
        }
        let two = caller(&[Role::Submit, Role::Review], &[]);
        assert!(two.require(Role::Review).is_ok());
        assert!(two.require_any(&[Role::Read, Role::Submit]).is_ok());
        assert!(two.require_any(&[]).is_err());
        let refused = two.require_any(&[Role::Operate, Role::Read]).unwrap_err().to_string();
        let expected = "this needs a token with the role `operate` or `read`, and the token of Kim Osei has `submit` \
                        and `review`";
        assert_eq!(refused, expected);
    }

    #[test]
    fn a_caller_sees_the_named_gates_or_all() {
        let gate = |name: &str| name.parse::<GateName>().unwrap();
        let some = caller(&[Role::Read], &["welcome-email", "offers"]);
        assert!(some.may_see(&gate("offers")) && !some.may_see(&gate("offer")));
        assert!(caller(&[Role::Read], &[]).may_see(&gate("offer")));
    }

    #[test]
    fn the_local_operator_may_do_everything_and_reviews_in_their_own_name() {
        let operator = Caller::local_operator("Sam Reed".parse().unwrap());
        assert!(Role::ALL.iter().all(|role| operator.require(*role).is_ok()));
        assert_eq!(operator.token_id(), None);
        let person = "Sam Reed".parse().unwrap();
        assert_eq!(operator.to_reviewer(), Reviewer { person, roles: Vec::new() });
    }
}
