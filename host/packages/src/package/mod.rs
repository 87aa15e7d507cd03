//! Packages: contracts and prompts as they are published, requested and identified.
//!
//! A package is one file. A contract's file is its component with the manifest inside; a prompt's
//! file is its canonical bytes, including partials. Sources list a package's metadata beside the
//! bytes, so that versions can be chosen without downloading them; the metadata is compared with
//! the bytes after the download.

mod identity;
mod metadata;
mod name;

pub use identity::{PackageId, PackageIdError};
pub use metadata::{
    ListedPackage, ManifestReader, Package, PackageError, PackageMetadata, PackageMismatchError,
    YankNotice,
};
pub use name::{PackageKind, PackageName, PackageNameError};
pub use tollgate_model::RequirementError;

/// A range of versions of one package: `acme/claims@^1.2`.
pub type Requirement = tollgate_model::Requirement<PackageName>;

/// Upper bound on the size of a package. A listing that claims more is refused before download.
pub const PACKAGE_BYTES_MAX: u64 = 128 << 20;
