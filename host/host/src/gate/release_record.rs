//! Reading the contents that a release is made of from the ledger.

use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tollgate_ledger::{LedgerError, LedgerReader};
use tollgate_model::{Digest, Gate, Release};

/// The reason why a release cannot be read from the ledger.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReleaseReadError {
    #[error("the ledger no longer has the {part} {digest}")]
    Missing { part: ReleasePart, digest: Digest },
    #[error("the {part} {digest} in the ledger was changed from outside")]
    Changed { part: ReleasePart, digest: Digest },
    /// Another version of the host wrote the release, which decides by other things.
    #[error("the release {digest} has format {found}, but this host knows {known}")]
    OtherFormat { digest: Digest, found: u32, known: u32 },
    #[error("the {part} {digest} in the ledger is not readable")]
    Unreadable { part: ReleasePart, digest: Digest, source: serde_json::Error },
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// A content that a release is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReleasePart {
    Release,
    GateRecord,
    Prompt,
    /// The complete configuration of a contract.
    Configuration,
    /// A lookup table of a contract.
    Table,
}

impl fmt::Display for ReleasePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Release => "release",
            Self::GateRecord => "gate record",
            Self::Prompt => "prompt",
            Self::Configuration => "configuration",
            Self::Table => "table",
        })
    }
}

/// Reads a release, and nothing that it pins.
pub(crate) fn read_release(
    reader: &dyn LedgerReader,
    digest: Digest,
) -> Result<Release, ReleaseReadError> {
    parse_release(&ReleasePart::Release.read(reader, digest)?, digest)
}

/// Reads a release, or returns `None` if the ledger no longer has it.
pub(crate) fn find_release(
    reader: &dyn LedgerReader,
    digest: Digest,
) -> Result<Option<Release>, ReleaseReadError> {
    let bytes = ReleasePart::Release.find(reader, digest)?;
    bytes.map(|bytes| parse_release(&bytes, digest)).transpose()
}

fn parse_release(bytes: &[u8], digest: Digest) -> Result<Release, ReleaseReadError> {
    /// The one member that releases of all formats have.
    #[derive(Deserialize)]
    struct ReleaseFormat {
        format: u32,
    }
    let ReleaseFormat { format: found } = ReleasePart::Release.parse(bytes, digest)?;
    let known = Release::FORMAT;
    if found != known {
        return Err(ReleaseReadError::OtherFormat { digest, found, known });
    }
    ReleasePart::Release.parse(bytes, digest)
}

/// Reads a release with the gate record that it pins, and nothing else of it.
pub(crate) fn read_release_gate(
    reader: &dyn LedgerReader,
    digest: Digest,
) -> Result<(Release, Gate), ReleaseReadError> {
    let release = read_release(reader, digest)?;
    let gate = ReleasePart::GateRecord.read_json(reader, release.gate_digest)?;
    Ok((release, gate))
}

impl ReleasePart {
    /// Reads the bytes of a content, or returns `None` if the ledger no longer has it.
    pub(crate) fn find(
        self,
        reader: &dyn LedgerReader,
        digest: Digest,
    ) -> Result<Option<Vec<u8>>, ReleaseReadError> {
        let Some(bytes) = reader.content(digest)? else { return Ok(None) };
        // The chain of events covers the digest, but not the bytes: the file may have been changed.
        if Digest::of(&bytes) != digest {
            return Err(ReleaseReadError::Changed { part: self, digest });
        }
        Ok(Some(bytes))
    }

    /// Reads the bytes of a content.
    pub(crate) fn read(
        self,
        reader: &dyn LedgerReader,
        digest: Digest,
    ) -> Result<Vec<u8>, ReleaseReadError> {
        self.find(reader, digest)?.ok_or(ReleaseReadError::Missing { part: self, digest })
    }

    /// Parses the JSON of a content.
    fn parse<T: DeserializeOwned>(
        self,
        bytes: &[u8],
        digest: Digest,
    ) -> Result<T, ReleaseReadError> {
        let unreadable = |source| ReleaseReadError::Unreadable { part: self, digest, source };
        serde_json::from_slice(bytes).map_err(unreadable)
    }

    /// Reads and parses a content.
    pub(crate) fn read_json<T: DeserializeOwned>(
        self,
        reader: &dyn LedgerReader,
        digest: Digest,
    ) -> Result<T, ReleaseReadError> {
        self.parse(&self.read(reader, digest)?, digest)
    }
}
