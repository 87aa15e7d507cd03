//! The client for registries, against Debian's registry and against one that lies.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod attacks;
mod broken;
mod debian;
mod hostile;
mod invented;
mod letting_in;
mod memory;
mod real;
mod tls;

use std::fs::File;

use tollgate_library::registry::{
    Annotations, Artefact, Blob, Client, Credentials, Descriptor, Overwrite, Place, RegistryError,
    Repository, Settings,
};
use tollgate_model::Digest;

/// As patient as a test is.
pub(crate) fn settings() -> Settings {
    Settings { pause_ms: 1, pause_ms_max: 4, settle_ms: 10, ..Settings::default() }
}

pub(crate) fn client() -> Client {
    Client::new(settings(), Credentials::none())
}

pub(crate) fn repository(address: &str) -> Repository {
    address.parse::<Place>().unwrap().repository("acme/claims").unwrap()
}

pub(crate) fn blob(bytes: &[u8]) -> Descriptor {
    Descriptor {
        media_type: "application/wasm".into(),
        digest: Digest::of(bytes),
        size: bytes.len() as u64,
        artifact_type: None,
        annotations: Annotations::new(),
    }
}

pub(crate) fn artefact(bytes: &[u8]) -> Artefact {
    Artefact {
        artifact_type: "application/vnd.acme.test".into(),
        config: Blob::empty(),
        layers: vec![Blob::bytes("application/wasm", bytes.to_vec())],
        annotations: Annotations::new(),
    }
}

/// Pushes without looking at the progress.
pub(crate) async fn push(
    client: &Client,
    repository: &Repository,
    tag: &str,
    artefact: &Artefact,
    overwrite: Overwrite,
) -> Result<Digest, RegistryError> {
    let tag = tag.parse().unwrap();
    client.push(repository, &tag, artefact, overwrite, &mut |_| ()).await
}

pub(crate) fn file() -> File {
    tempfile::tempfile().unwrap()
}

pub(crate) fn content(mut file: &File) -> Vec<u8> {
    use std::io::{Read, Seek};
    file.rewind().unwrap();
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}

/// Bytes of which no two pieces are the same.
pub(crate) fn some_bytes(count: usize) -> Vec<u8> {
    let mut state = 1u64;
    let next = |_| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..count).map(next).collect()
}
