//! Repositories, and the tags and digests that name manifests in them.

use std::fmt;
use std::str::FromStr;

use reqwest::Url;
use tollgate_model::Digest;

use super::location::{RegistryLocation, RegistryNameError};

/// Limit of the distribution specification.
pub(super) const TAG_BYTES_MAX: usize = 128;

/// Repository of one package, with a tag for each version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    location: RegistryLocation,
    name: String,
}

/// Name of a version in a registry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

/// Tag or digest of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ManifestReference {
    /// Names whatever the tag points to now.
    Tag(Tag),
    /// Names one manifest for ever.
    Digest(Digest),
}

impl Repository {
    /// Creates a repository whose name was checked before.
    pub(super) fn new(location: RegistryLocation, name: String) -> Self {
        Self { location, name }
    }

    pub fn location(&self) -> &RegistryLocation {
        &self.location
    }

    /// Returns the name without the host.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn url(&self, tail: &str) -> Url {
        self.location.url(&format!("/v2/{}/{tail}", self.name))
    }
}

impl Tag {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the tag of the referrer index, for registries that do not keep lists of referrers.
    pub(super) fn for_referrers(subject: &Digest) -> Self {
        Self(subject.to_string().replace(':', "-"))
    }
}

impl FromStr for Tag {
    type Err = RegistryNameError;

    fn from_str(text: &str) -> Result<Self, RegistryNameError> {
        let is_first = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let allowed = |c: char| is_first(c) || c == '.' || c == '-';
        let is_tag =
            text.starts_with(is_first) && text.chars().all(allowed) && text.len() <= TAG_BYTES_MAX;
        if is_tag { Ok(Self(text.into())) } else { Err(RegistryNameError::InvalidTag(text.into())) }
    }
}

impl From<Tag> for ManifestReference {
    fn from(tag: Tag) -> Self {
        Self::Tag(tag)
    }
}

impl From<Digest> for ManifestReference {
    fn from(digest: Digest) -> Self {
        Self::Digest(digest)
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.location.host(), self.name)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ManifestReference {
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
    fn accepts_tags_of_the_specification() {
        for tag in ["1.2.3", "v1", "_x", "A-b_c.d", "sha256-00"] {
            assert_eq!(tag.parse::<Tag>().unwrap().as_str(), tag);
        }
        for tag in ["", ".1", "-1", "1.0.0+build", "a/b", "a:b", "a b", "é", &"a".repeat(129)] {
            assert!(tag.parse::<Tag>().is_err(), "{tag}");
        }
    }
}
