//! Referrers: artefacts that refer to another one, such as signatures and yank notices.
//!
//! Registries of version 1.1 keep the list of referrers themselves. For others, the specification
//! uses a tag, `sha256-…`, that names an index which every client updates. No registry prevents
//! concurrent clients from overwriting each other's update. So the index is read again a while
//! after it was written, and written again if the entry is missing.

use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::IF_MATCH;
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tollgate_model::Digest;

use super::artefact::Artefact;
use super::auth::RepositoryAccess;
use super::client::{Client, ProgressCallback};
use super::error::{RegistryError, RequestError};
use super::manifest::{Descriptor, INDEX_TYPE, MANIFEST_TYPE};
use super::manifest_requests::{FetchedDocument, put_request};
use super::repository::{ManifestReference, Repository, Tag};
use super::retry::random_up_to;
use super::tags::next_page;
use super::transport::{RegistryRequest, within};

/// Number of attempts to update an index that other clients overwrite.
const ROUNDS_MAX: u32 = 10;
/// Header sent by registries that keep lists of referrers themselves.
const SUBJECT_HEADER: &str = "oci-subject";

/// An index of referrers. Entries of other tools are kept as they are.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReferrerIndex {
    #[serde(default)]
    manifests: Vec<Value>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// An update of an index.
enum IndexChange {
    Add(Box<Descriptor>),
    Remove(Digest),
}

impl Client {
    /// Pushes an artefact that refers to the one with this digest. Returns the digest of its
    /// manifest.
    pub async fn push_referrer(
        &self,
        repository: &Repository,
        subject: &Digest,
        artefact: &Artefact,
        progress: &mut ProgressCallback<'_>,
    ) -> Result<Digest, RegistryError> {
        let result = self.try_push_referrer(repository, subject, artefact, progress).await;
        result.map_err(|error| repository.error_at(&(*subject).into(), error))
    }

    /// Lists the referrers of an artefact, of one type or of all.
    pub async fn list_referrers(
        &self,
        repository: &Repository,
        subject: &Digest,
        artifact_type: Option<&str>,
    ) -> Result<Vec<Descriptor>, RegistryError> {
        let listed = async {
            match self.registry_referrers(repository, subject).await? {
                Some(entries) => Ok(entries),
                None => Ok(self
                    .tagged_index(repository, subject, RepositoryAccess::Pull)
                    .await?
                    .0
                    .manifests),
            }
        };
        let entries =
            listed.await.map_err(|error| repository.error_at(&(*subject).into(), error))?;
        let of_kind = |entry: &Descriptor| {
            artifact_type.is_none_or(|kind| entry.artifact_type.as_deref() == Some(kind))
        };
        // Entries that cannot be read, e.g. with another digest algorithm, belong to other tools.
        let readable = entries.into_iter().filter_map(|entry| serde_json::from_value(entry).ok());
        Ok(readable.filter(of_kind).collect())
    }

    /// Removes a referrer. Returns whether it existed.
    pub async fn remove_referrer(
        &self,
        repository: &Repository,
        subject: &Digest,
        referrer: &Digest,
    ) -> Result<bool, RegistryError> {
        let result = self.try_remove_referrer(repository, subject, referrer).await;
        result.map_err(|error| repository.error_at(&(*referrer).into(), error))
    }

    async fn try_push_referrer(
        &self,
        repository: &Repository,
        subject: &Digest,
        artefact: &Artefact,
        progress: &mut ProgressCallback<'_>,
    ) -> Result<Digest, RequestError> {
        let pulled =
            self.pull_with_access(repository, &(*subject).into(), RepositoryAccess::Push).await?;
        let manifest = artefact.manifest(Some(pulled.descriptor()));
        let bytes = Bytes::from(manifest.to_bytes()?);
        let digest = Digest::of(&bytes);
        self.upload_blobs(repository, artefact, progress).await?;
        let size = bytes.len() as u64;
        let response = self
            .put_manifest(put_request(repository, &digest.into()), MANIFEST_TYPE, bytes)
            .await?;
        if response.header(SUBJECT_HEADER).is_none() {
            let (media_type, annotations) = (MANIFEST_TYPE.into(), manifest.annotations);
            let artifact_type = manifest.artifact_type;
            let entry = Descriptor { media_type, digest, size, artifact_type, annotations };
            self.change_tagged_index(repository, subject, &IndexChange::Add(Box::new(entry)))
                .await?;
        }
        Ok(digest)
    }

    async fn try_remove_referrer(
        &self,
        repository: &Repository,
        subject: &Digest,
        referrer: &Digest,
    ) -> Result<bool, RequestError> {
        if self.registry_referrers(repository, subject).await?.is_none() {
            return self
                .change_tagged_index(repository, subject, &IndexChange::Remove(*referrer))
                .await;
        }
        // The registry keeps the list itself, so the referrer has to be deleted.
        let url = repository.url(&format!("manifests/{referrer}"));
        let response = self
            .send_with_retries(&RegistryRequest::new(
                repository,
                RepositoryAccess::Delete,
                Method::DELETE,
                url,
            ))
            .await?;
        if response.status == StatusCode::NOT_FOUND {
            return Ok(false);
        }
        response.expect_status(&[StatusCode::ACCEPTED, StatusCode::OK, StatusCode::NO_CONTENT])?;
        Ok(true)
    }

    /// Returns the list that the registry keeps itself, or `None` if it does not support that.
    async fn registry_referrers(
        &self,
        repository: &Repository,
        subject: &Digest,
    ) -> Result<Option<Vec<Value>>, RequestError> {
        within(self.settings.list_timeout(), self.read_referrer_pages(repository, subject)).await
    }

    async fn read_referrer_pages(
        &self,
        repository: &Repository,
        subject: &Digest,
    ) -> Result<Option<Vec<Value>>, RequestError> {
        let mut entries = Vec::new();
        let mut url = repository.url(&format!("referrers/{subject}"));
        for _ in 0..self.settings.pages_max {
            let response =
                self.send_with_retries(&RegistryRequest::get(repository, url.clone())).await?;
            if matches!(response.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) {
                return Ok(None);
            }
            let response = response.expect_status(&[StatusCode::OK])?;
            entries.extend(ReferrerIndex::parse(&response.body)?.manifests);
            self.check_count(entries.len())?;
            match next_page(repository, &url, &response)? {
                Some(next) => url = next,
                None => return Ok(Some(entries)),
            }
        }
        Err(RequestError::ListTooLong { list: "referrers", max: entries.len() })
    }

    /// Returns the index that is kept under a tag, and the document that it was read from.
    async fn tagged_index(
        &self,
        repository: &Repository,
        subject: &Digest,
        access: RepositoryAccess,
    ) -> Result<(ReferrerIndex, Option<FetchedDocument>), RequestError> {
        let reference = ManifestReference::Tag(Tag::for_referrers(subject));
        let document = self.find_document(repository, &reference, access).await?;
        let index = match &document {
            Some(document) => ReferrerIndex::parse(&document.bytes)?,
            None => ReferrerIndex::new(),
        };
        self.check_count(index.manifests.len())?;
        Ok((index, document))
    }

    fn check_count(&self, count: usize) -> Result<(), RequestError> {
        let max = self.settings.referrers_max;
        if count > max { Err(RequestError::ListTooLong { list: "referrers", max }) } else { Ok(()) }
    }

    /// Updates the index that is kept under a tag until the update lasts. Returns whether there was
    /// anything to update.
    async fn change_tagged_index(
        &self,
        repository: &Repository,
        subject: &Digest,
        change: &IndexChange,
    ) -> Result<bool, RequestError> {
        let _lock = self.referrer_list_lock.lock().await;
        for round in 0..ROUNDS_MAX {
            let started = Instant::now();
            let (mut index, before) =
                self.tagged_index(repository, subject, RepositoryAccess::Push).await?;
            if !index.apply(change) {
                return Ok(round > 0);
            }
            self.write_tagged_index(repository, subject, &index, before).await?;
            // A client that read the index before this update may still write its own version. It
            // is about as slow as this one. The random part keeps both from returning together.
            let settle = self.settings.settle_pause() + 2 * started.elapsed();
            let jitter = random_up_to(self.settings.settle_ms * u64::from(round));
            tokio::time::sleep(settle + Duration::from_millis(jitter)).await;
        }
        let (mut index, _) = self.tagged_index(repository, subject, RepositoryAccess::Push).await?;
        if index.apply(change) { Err(RequestError::ReferrersContended) } else { Ok(true) }
    }

    /// Writes the index. With an entity tag, the registry refuses if it was changed meanwhile.
    async fn write_tagged_index(
        &self,
        repository: &Repository,
        subject: &Digest,
        index: &ReferrerIndex,
        before: Option<FetchedDocument>,
    ) -> Result<(), RequestError> {
        let malformed = |error| RequestError::malformed("list of referrers", error);
        let bytes = serde_json::to_vec(index).map_err(malformed)?;
        let mut request =
            put_request(repository, &ManifestReference::Tag(Tag::for_referrers(subject)));
        if let Some(etag) = before.and_then(|document| document.etag) {
            request = request.header(IF_MATCH, etag);
        }
        match self.put_manifest(request, INDEX_TYPE, bytes.into()).await {
            // The next round reads the changed index and tries again.
            Err(RequestError::UnexpectedResponse(message))
                if message.status == StatusCode::PRECONDITION_FAILED =>
            {
                Ok(())
            }
            written => written.map(drop),
        }
    }
}

impl ReferrerIndex {
    fn new() -> Self {
        let mut rest = Map::new();
        rest.insert("schemaVersion".into(), 2.into());
        rest.insert("mediaType".into(), INDEX_TYPE.into());
        Self { manifests: Vec::new(), rest }
    }

    fn parse(bytes: &[u8]) -> Result<Self, RequestError> {
        let malformed = |reason: String| RequestError::malformed("list of referrers", reason);
        let index: Self =
            serde_json::from_slice(bytes).map_err(|error| malformed(error.to_string()))?;
        match index.rest.get("mediaType").and_then(Value::as_str) {
            Some(INDEX_TYPE) | None => Ok(index),
            Some(other) => Err(malformed(format!("its media type is `{other}`"))),
        }
    }

    /// Applies an update. Returns whether it changed anything.
    fn apply(&mut self, change: &IndexChange) -> bool {
        let has_digest = |entry: &Value, digest: &Digest| {
            entry.get("digest").and_then(Value::as_str) == Some(&digest.to_string())
        };
        match change {
            IndexChange::Add(entry) => {
                let is_listed = self.manifests.iter().any(|other| has_digest(other, &entry.digest));
                let value = serde_json::to_value(entry).ok().filter(|_| !is_listed);
                self.manifests.extend(value.clone());
                value.is_some()
            }
            IndexChange::Remove(digest) => {
                let count = self.manifests.len();
                self.manifests.retain(|entry| !has_digest(entry, digest));
                self.manifests.len() < count
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::registry::Blob;

    #[test]
    fn keeps_entries_of_other_tools() {
        let theirs = json!({"digest": format!("sha512:{}", "0".repeat(128)), "size": 1, "new": {}});
        let document =
            json!({"schemaVersion": 2, "manifests": [theirs], "annotations": {"a": "b"}});
        let mut index = ReferrerIndex::parse(document.to_string().as_bytes()).unwrap();
        let ours = Blob::empty().descriptor().clone();
        let add = IndexChange::Add(Box::new(ours.clone()));
        assert!(index.apply(&add) && !index.apply(&add), "it is added once");
        assert_eq!(index.manifests.len(), 2);
        let remove = IndexChange::Remove(ours.digest);
        assert!(index.apply(&remove) && !index.apply(&remove));
        assert_eq!(serde_json::to_value(&index).unwrap(), document);
    }

    #[test]
    fn rejects_documents_that_are_not_an_index() {
        for text in ["", "[]", r#"{"manifests": {}}"#, r#"{"mediaType": "text/plain"}"#] {
            assert!(ReferrerIndex::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
