//! Roles of tokens.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use tollgate_api::TokenRole;

/// Permission of a token. No role includes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Puts outputs through gates.
    Submit,
    /// Works on the queue.
    Review,
    /// Publishes releases, changes levels, records figures and incidents, and takes outputs back.
    Operate,
    /// Reads everything, and changes nothing.
    Read,
}

/// The text is not a role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a role: use `submit`, `review`, `operate` or `read`")]
pub struct RoleError(String);

impl Role {
    pub const ALL: [Self; 4] = [Self::Submit, Self::Review, Self::Operate, Self::Read];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Review => "review",
            Self::Operate => "operate",
            Self::Read => "read",
        }
    }
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        let role = Self::ALL.into_iter().find(|role| role.as_str() == text);
        role.ok_or_else(|| RoleError(text.into()))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Role> for TokenRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Submit => Self::Submit,
            Role::Review => Self::Review,
            Role::Operate => Self::Operate,
            Role::Read => Self::Read,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_one_spelling_everywhere() {
        for role in Role::ALL {
            assert_eq!(role.to_string().parse(), Ok(role));
            let json = format!("\"{role}\"");
            assert_eq!(serde_json::to_string(&role).unwrap(), json);
            assert_eq!(serde_json::to_string(&TokenRole::from(role)).unwrap(), json);
        }
        for text in ["", "Read", "read ", "admin", "submit,read"] {
            assert_eq!(text.parse::<Role>(), Err(RoleError(text.into())));
        }
    }
}
