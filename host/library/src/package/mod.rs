//! Packages: contracts and prompts as they are published, asked for and identified.
//!
//! A package is one file. A contract is its component, with the manifest in it; a prompt is its
//! canonical bytes, partials included. What a package says of itself can be known without having
//! it: sources tell it beside the bytes, and whoever fetches the bytes compares.

mod about;
mod identity;
mod name;

pub use about::{About, Listed, Mismatch, Package, PackageError, ReadManifest, Yanked};
pub use identity::{IdentityError, PackageId};
pub use name::{Kind, PackageName, PackageNameError};
pub use tollgate_model::RequirementError;

/// Which versions of a package would do: `acme/claims@^1.2`.
pub type Requirement = tollgate_model::Requirement<PackageName>;

/// No component is larger, and no source may say that one is.
pub const PACKAGE_BYTES_MAX: u64 = 128 << 20;
