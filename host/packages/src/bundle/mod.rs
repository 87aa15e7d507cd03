//! Bundles: packages in a single file, for machines without a network.
//!
//! A bundle is an OCI image layout in an uncompressed tar archive, so that other tools can copy it
//! to and from registries. It is never unpacked: files are read by name, and their content is
//! verified like that of an untrusted registry.

mod read;
mod write;

use std::io;

use serde::{Deserialize, Serialize};
use tollgate_model::Digest;

use crate::package::{PackageError, PackageId};
use crate::registry::{Annotations, Descriptor, RequestError};
use crate::store::StoreError;

pub use read::{ImportedPackage, import_bundle};
pub use write::export_bundle;

const LAYOUT_FILE: &str = "oci-layout";
const INDEX_FILE: &str = "index.json";
const BLOB_FOLDER: &str = "blobs/sha256/";
/// Annotation with the name of an artefact, defined by OCI.
const NAME_ANNOTATION: &str = "org.opencontainers.image.ref.name";
/// Annotation with the source that a package came from, which lock files refer to.
const SOURCE_ANNOTATION: &str = "dev.tollgate.source";
/// Annotation of the index with the version of the format.
const FORMAT_ANNOTATION: &str = "dev.tollgate.bundle.format";
const FORMAT: &str = "2";
/// Source of packages without that annotation, in bundles made by other tools.
const UNKNOWN_SOURCE: &str = "bundle";

/// Index of a bundle, `index.json`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BundleIndex {
    schema_version: u32,
    /// Empty if another tool omitted it.
    #[serde(default)]
    media_type: String,
    manifests: Vec<Descriptor>,
    /// Has the format. Empty if another tool made the bundle.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    annotations: Annotations,
}

/// Error of writing or reading a bundle.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    #[error("cannot be read or written: {0}")]
    Io(#[from] io::Error),
    /// An entry that does not belong in a bundle, such as a link.
    #[error(
        "unexpected entry `{0}`: a bundle holds only the files `oci-layout`, `index.json` and `blobs/sha256/…`"
    )]
    UnexpectedEntry(String),
    #[error("`{name}` has {bytes} bytes, more than the allowed {max}")]
    TooLarge { name: String, bytes: u64, max: u64 },
    #[error("it has more than {0} entries, which no bundle needs")]
    TooManyEntries(usize),
    /// The bundle ends within the header's or the content's blocks of an entry.
    #[error("the file ends in the middle of `{0}`: it is incomplete, copy it again")]
    CutOff(String),
    /// The bundle ends between two entries, or within the header of one.
    #[error("the file ends before the end of the archive: it is not a bundle, or is incomplete")]
    Unfinished,
    #[error("`{0}` is missing: the file is not a bundle, or is incomplete")]
    Missing(String),
    /// A file whose content does not have the digest in its name.
    #[error(
        "a file in it should have the digest {expected} and has {found}: the bundle was changed, and nothing was imported"
    )]
    DigestMismatch {
        /// Digest in its name.
        expected: Digest,
        found: Digest,
    },
    /// A document with invalid content.
    #[error("`{0}` cannot be read: {1}")]
    Unreadable(String, String),
    #[error("`{INDEX_FILE}` lists {0} twice: the bundle was changed, and nothing was imported")]
    ManifestListedTwice(Digest),
    #[error(
        "`{0}` is in it twice, but a version is one package: the bundle was changed, and nothing was imported"
    )]
    PackageListedTwice(Box<PackageId>),
    /// Another version of the tool made the bundle.
    #[error(
        "it has format {0}, and this tool reads format {FORMAT}: export it with the same version"
    )]
    UnsupportedFormat(String),
    /// The store knows other bytes for the same version.
    #[error(
        "`{package}` is {stored} here and {bundled} in the bundle, but a version never changes: one of them was altered"
    )]
    VersionMismatch { package: Box<PackageId>, stored: Digest, bundled: Digest },
    /// A package that does not match its description.
    #[error(transparent)]
    Package(#[from] Box<PackageError>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<serde_json::Error> for BundleError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(INDEX_FILE.into(), error.to_string())
    }
}

impl From<PackageError> for BundleError {
    fn from(error: PackageError) -> Self {
        Self::Package(Box::new(error))
    }
}

impl From<RequestError> for BundleError {
    fn from(problem: RequestError) -> Self {
        Self::Unreadable("a manifest".into(), problem.to_string())
    }
}

fn blob_path(digest: &Digest) -> String {
    format!("{BLOB_FOLDER}{}", digest.hex())
}

#[cfg(test)]
mod tests;
