//! Bundles: packages in one file, for where no network is.
//!
//! A bundle is an OCI image layout in a tar archive, uncompressed, so that other tools copy it to a
//! registry and from one. Nothing of it is unpacked: what is wanted of it is read by name, and
//! believed as much as what a registry says, which is not at all.

mod read;
mod write;

use std::io;

use serde::{Deserialize, Serialize};
use tollgate_model::Digest;

use crate::package::{PackageError, PackageId};
use crate::registry::{Descriptor, Problem};
use crate::store::StoreError;

pub use read::{Imported, import};
pub use write::export;

const LAYOUT: &str = "oci-layout";
const INDEX: &str = "index.json";
const BLOBS: &str = "blobs/sha256/";
/// What other tools call an artefact in a layout.
const NAME: &str = "org.opencontainers.image.ref.name";
/// Which source a package came from, for the lock that names it.
const SOURCE: &str = "dev.tollgate.source";
/// Where packages came from of which nobody says it: another tool made the bundle.
const UNKNOWN_SOURCE: &str = "bundle";

/// The list of what is in a bundle.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Index {
    schema_version: u32,
    /// Other tools leave it away.
    #[serde(default)]
    media_type: String,
    manifests: Vec<Descriptor>,
}

/// Why a bundle cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The file cannot be used.
    #[error("it cannot be read or written: {0}")]
    Io(#[from] io::Error),
    /// It has something that bundles do not have.
    #[error(
        "`{0}` does not belong into a bundle: it holds files `oci-layout`, `index.json` and `blobs/sha256/…`, and nothing else"
    )]
    Foreign(String),
    /// Something in it is too large.
    #[error("`{name}` has {bytes} bytes in it, and may have {max}")]
    TooLarge {
        /// Which file.
        name: String,
        /// How large it is.
        bytes: u64,
        /// How large it may be.
        max: u64,
    },
    /// Something is missing in it.
    #[error("`{0}` is missing in it: it is no bundle, or a part of one")]
    Missing(String),
    /// A file in it is not what it is called.
    #[error(
        "a file in it should be {expected}, and is {found}: it was changed, and nothing of it was taken"
    )]
    Changed {
        /// What it is called.
        expected: Digest,
        /// What it is.
        found: Digest,
    },
    /// What it says cannot be read.
    #[error("`{0}` in it cannot be read: {1}")]
    Unreadable(String, String),
    /// The store has something else under this version.
    #[error(
        "`{package}` is {there} here and {new} in the bundle: a version never changes, so one of both was"
    )]
    Another {
        /// Which version.
        package: Box<PackageId>,
        /// What the store knows.
        there: Digest,
        /// What is in the bundle.
        new: Digest,
    },
    /// What is in it is not what it says.
    #[error(transparent)]
    Package(#[from] Box<PackageError>),
    /// The store does not give or take something.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<serde_json::Error> for BundleError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(INDEX.into(), error.to_string())
    }
}

impl From<PackageError> for BundleError {
    fn from(error: PackageError) -> Self {
        Self::Package(Box::new(error))
    }
}

impl From<Problem> for BundleError {
    fn from(problem: Problem) -> Self {
        Self::Unreadable("a manifest".into(), problem.to_string())
    }
}

fn blob(digest: &Digest) -> String {
    format!("{BLOBS}{}", digest.hex())
}

#[cfg(test)]
mod tests;
