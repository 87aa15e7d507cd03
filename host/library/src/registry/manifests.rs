//! Getting and putting manifests.

use bytes::Bytes;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Method, StatusCode};
use tollgate_model::Digest;

use super::authority::Access;
use super::client::Client;
use super::error::{Problem, RegistryError};
use super::manifest::{ACCEPTED, Annotations, Descriptor, Manifest};
use super::repository::{Reference, Repository};
use super::said::harmless;
use super::transport::{Answer, Body, Request};

/// What a registry says that the digest of a manifest is.
const DIGEST: &str = "docker-content-digest";

/// A manifest that was pulled.
#[derive(Clone, Debug)]
pub struct Pulled {
    /// What it says.
    pub manifest: Manifest,
    /// What it is written as: these bytes have the digest.
    pub bytes: Bytes,
    /// What identifies it.
    pub digest: Digest,
}

/// A document by its digest, whatever it says.
pub(super) struct Document {
    pub bytes: Bytes,
    pub digest: Digest,
    /// What a registry that can do so knows this state of it by.
    pub etag: Option<String>,
}

impl Pulled {
    /// How others refer to it.
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
    /// The manifest that a tag or a digest names.
    pub async fn manifest(
        &self,
        repository: &Repository,
        reference: &Reference,
    ) -> Result<Pulled, RegistryError> {
        let pulled = self.pull(repository, reference, Access::Pull).await;
        pulled.map_err(|problem| repository.error_at(reference, problem))
    }

    /// The digest that a tag stands for; nothing, where there is none.
    pub async fn digest(
        &self,
        repository: &Repository,
        reference: &Reference,
    ) -> Result<Option<Digest>, RegistryError> {
        let document = self.document(repository, reference, Access::Pull).await;
        let document = document.map_err(|problem| repository.error_at(reference, problem))?;
        Ok(document.map(|document| document.digest))
    }

    pub(super) async fn pull(
        &self,
        repository: &Repository,
        reference: &Reference,
        access: Access,
    ) -> Result<Pulled, Problem> {
        let answer = self.ask(&wanting(repository, reference, access)).await?;
        let Document { bytes, digest, .. } = checked(reference, answer.one_of(&[StatusCode::OK])?)?;
        Ok(Pulled { manifest: Manifest::parse(&bytes)?, bytes, digest })
    }

    /// What is there under a name; nothing, where there is nothing.
    pub(super) async fn document(
        &self,
        repository: &Repository,
        reference: &Reference,
        access: Access,
    ) -> Result<Option<Document>, Problem> {
        let answer = self.ask(&wanting(repository, reference, access)).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        checked(reference, answer.one_of(&[StatusCode::OK])?).map(Some)
    }

    /// Puts a manifest there, and gives what the registry says to it.
    pub(super) async fn put(
        &self,
        request: Request<'_>,
        media_type: &str,
        bytes: Bytes,
    ) -> Result<Answer, Problem> {
        let digest = Digest::of(&bytes);
        let request = request.header(CONTENT_TYPE, media_type).body(Body::Bytes(bytes));
        let answer = self.ask(&request).await?.one_of(&[StatusCode::CREATED, StatusCode::OK])?;
        compared(&answer, &digest)?;
        Ok(answer)
    }
}

pub(super) fn putting<'a>(repository: &'a Repository, reference: &Reference) -> Request<'a> {
    let url = repository.url(&format!("manifests/{reference}"));
    Request::new(repository, Access::Push, Method::PUT, url)
}

fn wanting<'a>(repository: &'a Repository, reference: &Reference, access: Access) -> Request<'a> {
    let url = repository.url(&format!("manifests/{reference}"));
    let request = Request::new(repository, access, Method::GET, url);
    request.header(ACCEPT, ACCEPTED.join(", "))
}

/// The bytes, by the digest that they have: not by the one that anybody says.
fn checked(reference: &Reference, answer: Answer) -> Result<Document, Problem> {
    let digest = Digest::of(&answer.body);
    match reference {
        Reference::Digest(asked) if *asked != digest => {
            Err(Problem::OtherDigest { asked: *asked, given: digest })
        }
        _ => {
            compared(&answer, &digest)?;
            // A weak one matches nothing, not even itself.
            let etag = answer.header("etag").filter(|etag| !etag.starts_with("W/"));
            let etag = etag.map(Into::into);
            Ok(Document { bytes: answer.body, digest, etag })
        }
    }
}

/// Whether a registry says what is true of what it gives or got.
fn compared(answer: &Answer, digest: &Digest) -> Result<(), Problem> {
    match answer.header(DIGEST) {
        // Others than SHA-256 are true in another way, and not looked at.
        Some(said) if said.starts_with("sha256:") && said != digest.to_string() => {
            Err(Problem::OtherDigestSaid { said: harmless(said), given: *digest })
        }
        _ => Ok(()),
    }
}
