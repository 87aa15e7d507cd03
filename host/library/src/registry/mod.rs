//! Registries: what packages are pushed to and pulled from, as the distribution specification of
//! the OCI has it.
//!
//! This is below packages. It knows repositories, tags, manifests and blobs; what they are
//! made of is for others to say. Nothing that a registry says is believed: every digest is computed
//! here, every size is counted, every list and every wait has an end.

mod artefact;
mod authority;
mod client;
mod credentials;
mod error;
mod fetch;
mod manifest;
mod manifests;
mod patience;
mod place;
mod push;
mod referrers;
mod repository;
mod said;
mod secret;
mod settings;
mod tags;
mod transport;

pub use artefact::{Artefact, Blob};
pub use client::{Client, Progress};
pub use credentials::{Credential, Credentials, CredentialsError};
pub use error::{Problem, RegistryError};
pub(crate) use manifest::INDEX as INDEX_TYPE;
pub use manifest::{Annotations, Descriptor, MANIFEST, Manifest};
pub use manifests::Pulled;
pub use place::{Place, PlaceError};
pub use push::Overwrite;
pub use repository::{Reference, Repository, Tag};
pub use said::Said;
pub use secret::Secret;
pub use settings::Settings;
