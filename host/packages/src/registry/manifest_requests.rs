//! Requests that get and put manifests.

use bytes::Bytes;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Method, StatusCode};
use tollgate_model::Digest;

use super::auth::RepositoryAccess;
use super::client::Client;
use super::error::{RegistryError, RequestError};
use super::manifest::{ACCEPTED_TYPES, Annotations, ArtefactManifest, Descriptor};
use super::remote_message::sanitise;
use super::repository::{ManifestReference, Repository};
use super::transport::{RegistryRequest, RegistryResponse, RequestBody};

/// Header with the registry's own computation of a manifest's digest.
const DIGEST_HEADER: &str = "docker-content-digest";

/// A manifest and the bytes that its digest was computed from.
#[derive(Clone, Debug)]
pub struct PulledManifest {
    pub manifest: ArtefactManifest,
    pub bytes: Bytes,
    pub digest: Digest,
}

/// A document of any kind, with the digest computed from its bytes.
pub(super) struct FetchedDocument {
    pub bytes: Bytes,
    pub digest: Digest,
    /// Strong entity tag, for conditional writes. Few registries send one.
    pub etag: Option<String>,
}

impl PulledManifest {
    /// Returns a descriptor with which other artefacts can refer to this one.
    pub fn descriptor(&self) -> Descriptor {
        Descriptor {
            media_type: self.manifest.media_type.clone(),
            digest: self.digest,
            size: self.bytes.len() as u64,
            artifact_type: None,
            annotations: Annotations::new(),
        }
    }
}

impl Client {
    /// Pulls the manifest that a tag or digest names.
    pub async fn pull_manifest(
        &self,
        repository: &Repository,
        reference: &ManifestReference,
    ) -> Result<PulledManifest, RegistryError> {
        let pulled = self.pull_with_access(repository, reference, RepositoryAccess::Pull).await;
        pulled.map_err(|error| repository.error_at(reference, error))
    }

    /// Returns the digest that a tag currently names, or `None` if the tag does not exist.
    pub async fn resolve_digest(
        &self,
        repository: &Repository,
        reference: &ManifestReference,
    ) -> Result<Option<Digest>, RegistryError> {
        let document = self.find_document(repository, reference, RepositoryAccess::Pull).await;
        let document = document.map_err(|error| repository.error_at(reference, error))?;
        Ok(document.map(|document| document.digest))
    }

    pub(super) async fn pull_with_access(
        &self,
        repository: &Repository,
        reference: &ManifestReference,
        access: RepositoryAccess,
    ) -> Result<PulledManifest, RequestError> {
        let response = self.send_with_retries(&get_request(repository, reference, access)).await?;
        let FetchedDocument { bytes, digest, .. } =
            verify_document(reference, response.expect_status(&[StatusCode::OK])?)?;
        Ok(PulledManifest { manifest: ArtefactManifest::parse(&bytes)?, bytes, digest })
    }

    /// Fetches a document, or returns `None` if it does not exist.
    pub(super) async fn find_document(
        &self,
        repository: &Repository,
        reference: &ManifestReference,
        access: RepositoryAccess,
    ) -> Result<Option<FetchedDocument>, RequestError> {
        let response = self.send_with_retries(&get_request(repository, reference, access)).await?;
        if response.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        verify_document(reference, response.expect_status(&[StatusCode::OK])?).map(Some)
    }

    /// Uploads a manifest and returns the registry's response.
    pub(super) async fn put_manifest(
        &self,
        request: RegistryRequest<'_>,
        media_type: &str,
        bytes: Bytes,
    ) -> Result<RegistryResponse, RequestError> {
        let digest = Digest::of(&bytes);
        let request = request.header(CONTENT_TYPE, media_type).body(RequestBody::Bytes(bytes));
        let response = self
            .send_with_retries(&request)
            .await?
            .expect_status(&[StatusCode::CREATED, StatusCode::OK])?;
        check_digest_header(&response, &digest)?;
        Ok(response)
    }
}

pub(super) fn put_request<'a>(
    repository: &'a Repository,
    reference: &ManifestReference,
) -> RegistryRequest<'a> {
    let url = repository.url(&format!("manifests/{reference}"));
    RegistryRequest::new(repository, RepositoryAccess::Push, Method::PUT, url)
}

fn get_request<'a>(
    repository: &'a Repository,
    reference: &ManifestReference,
    access: RepositoryAccess,
) -> RegistryRequest<'a> {
    let url = repository.url(&format!("manifests/{reference}"));
    let request = RegistryRequest::new(repository, access, Method::GET, url);
    request.header(ACCEPT, ACCEPTED_TYPES.join(", "))
}

/// Checks the digest of a response against the requested one. The digest is always computed from
/// the bytes.
fn verify_document(
    reference: &ManifestReference,
    response: RegistryResponse,
) -> Result<FetchedDocument, RequestError> {
    let digest = Digest::of(&response.body);
    match reference {
        ManifestReference::Digest(expected) if *expected != digest => {
            Err(RequestError::DigestMismatch { expected: *expected, found: digest })
        }
        _ => {
            check_digest_header(&response, &digest)?;
            // A weak tag cannot be used with `If-Match`.
            let etag = response.header("etag").filter(|etag| !etag.starts_with("W/"));
            let etag = etag.map(Into::into);
            Ok(FetchedDocument { bytes: response.body, digest, etag })
        }
    }
}

/// Checks the registry's digest header, if there is one.
fn check_digest_header(response: &RegistryResponse, digest: &Digest) -> Result<(), RequestError> {
    match response.header(DIGEST_HEADER) {
        // Digests with other algorithms may be correct and are not checked.
        Some(claimed) if claimed.starts_with("sha256:") && claimed != digest.to_string() => {
            Err(RequestError::FalseDigestHeader { claimed: sanitise(claimed), found: *digest })
        }
        _ => Ok(()),
    }
}
