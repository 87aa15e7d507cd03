//! A client for registries that implement the distribution specification of the OCI.
//!
//! This layer knows repositories, tags, manifests and blobs, but not packages. It does not trust
//! registries: every digest is computed here, every size is counted, and every list and wait has a
//! limit.

mod artefact;
mod auth;
mod client;
mod credentials;
mod error;
mod fetch;
mod location;
mod manifest;
mod manifest_requests;
mod push;
mod referrers;
mod remote_message;
mod repository;
mod retry;
mod secret;
mod settings;
mod tags;
mod transport;

pub use artefact::{Artefact, Blob};
pub use client::{Client, ProgressCallback};
pub use credentials::{Credential, CredentialSettings, Credentials, CredentialsError};
pub use error::{RegistryError, RequestError};
pub use location::{RegistryLocation, RegistryNameError};
pub(crate) use manifest::INDEX_TYPE;
pub use manifest::{Annotations, ArtefactManifest, Descriptor, MANIFEST_TYPE};
pub use manifest_requests::PulledManifest;
pub use push::Overwrite;
pub use remote_message::RemoteMessage;
pub use repository::{ManifestReference, Repository, Tag};
pub use secret::Secret;
pub use settings::RegistrySettings;
