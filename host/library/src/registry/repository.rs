//! Repositories, and what is named in them.

use std::fmt;
use std::str::FromStr;

use reqwest::Url;
use tollgate_model::Digest;

use super::place::{Place, PlaceError};

/// Of a tag, as the distribution specification has it.
pub(super) const TAG_BYTES_MAX: usize = 128;

/// What a package lies in: its versions are tags there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    place: Place,
    name: String,
}

/// What a version is called in a registry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

/// Which manifest of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// The one that is called so now.
    Tag(Tag),
    /// The one of these bytes.
    Digest(Digest),
}

impl Repository {
    /// One whose name has been looked at.
    pub(super) fn new(place: Place, name: String) -> Self {
        Self { place, name }
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What the registry calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn url(&self, tail: &str) -> Url {
        self.place.url(&format!("/v2/{}/{tail}", self.name))
    }
}

impl Tag {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the list of referrers is called where a registry keeps none itself.
    pub(super) fn of_referrers(subject: &Digest) -> Self {
        Self(subject.to_string().replace(':', "-"))
    }
}

impl FromStr for Tag {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        let is_first = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let allowed = |c: char| is_first(c) || c == '.' || c == '-';
        let is_tag =
            text.starts_with(is_first) && text.chars().all(allowed) && text.len() <= TAG_BYTES_MAX;
        if is_tag { Ok(Self(text.into())) } else { Err(PlaceError::Tag(text.into())) }
    }
}

impl From<Tag> for Reference {
    fn from(tag: Tag) -> Self {
        Self::Tag(tag)
    }
}

impl From<Digest> for Reference {
    fn from(digest: Digest) -> Self {
        Self::Digest(digest)
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.place.host(), self.name)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => tag.fmt(f),
            Self::Digest(digest) => digest.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_what_the_specification_has() {
        for tag in ["1.2.3", "v1", "_x", "A-b_c.d", "sha256-00"] {
            assert_eq!(tag.parse::<Tag>().unwrap().as_str(), tag);
        }
        for tag in ["", ".1", "-1", "1.0.0+build", "a/b", "a:b", "a b", "é", &"a".repeat(129)] {
            assert!(tag.parse::<Tag>().is_err(), "{tag}");
        }
    }
}
