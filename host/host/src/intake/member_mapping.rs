//! Names of the members that an output may have, and mappings for inputs that use other names.

use std::str::FromStr;

use super::error::MappingError;

/// Member names that an input object may have.
pub(super) const MEMBER_NAMES: [&str; 7] =
    ["id", "content", "text", "json", "action", "prompt", "context"];
pub(super) const CONTEXT_PREFIX: &str = "context.";

/// A member that has another name in the input, written `NAME=MEMBER`: `text=body` reads the text from `body`, and
/// `context.channel=medium` a key of the context from `medium`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberMapping {
    pub(super) name: String,
    pub(super) member: String,
}

impl FromStr for MemberMapping {
    type Err = MappingError;

    fn from_str(text: &str) -> Result<Self, MappingError> {
        let (name, member) = text.split_once('=').ok_or(MappingError::NoEqualsSign)?;
        let is_known = MEMBER_NAMES.contains(&name)
            || name.len() > CONTEXT_PREFIX.len() && name.starts_with(CONTEXT_PREFIX);
        match is_known {
            true => Ok(Self { name: name.into(), member: member.into() }),
            false => Err(MappingError::UnknownName { name: name.into() }),
        }
    }
}
