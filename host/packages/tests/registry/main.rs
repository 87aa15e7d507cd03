//! Tests of the registry client, with Debian's registry and with servers that misbehave.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod attacks;
mod authentication;
mod debian;
mod failures;
mod fake_server;
mod generated;
mod memory;
mod round_trip;
mod tls;

use std::fs::File;

use tollgate_model::Digest;
use tollgate_packages::registry::{
    Annotations, Artefact, Blob, Client, Credentials, Descriptor, Overwrite, RegistryError,
    RegistryLocation, RegistrySettings, Repository,
};

/// Short pauses, so that tests are fast.
pub(crate) fn settings() -> RegistrySettings {
    RegistrySettings {
        retry_pause_ms: 1,
        retry_pause_ms_max: 4,
        settle_ms: 10,
        ..RegistrySettings::default()
    }
}

pub(crate) fn client() -> Client {
    Client::new(settings(), Credentials::none())
}

pub(crate) fn repository(address: &str) -> Repository {
    address.parse::<RegistryLocation>().unwrap().repository("acme/claims").unwrap()
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

/// Pushes an artefact and ignores the progress.
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

/// Returns pseudo-random bytes.
pub(crate) fn some_bytes(count: usize) -> Vec<u8> {
    let mut state = 1u64;
    let next = |_| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..count).map(next).collect()
}
