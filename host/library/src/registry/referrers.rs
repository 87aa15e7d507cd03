//! What refers to an artefact: signatures, and marks such as that it was withdrawn.
//!
//! Registries of version 1.1 keep the list themselves. For others the specification has a tag,
//! `sha256-…`, that stands for an index, which everybody changes who adds to it. No registry can
//! promise that two who do so at once do not overwrite each other. So it is looked at again a
//! while after it was written, and written again where ours is gone.

use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::IF_MATCH;
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tollgate_model::Digest;

use super::artefact::Artefact;
use super::authority::Access;
use super::client::{Client, Progress};
use super::error::{Problem, RegistryError};
use super::manifest::{Descriptor, INDEX, MANIFEST};
use super::manifests::{Document, putting};
use super::patience::jitter;
use super::repository::{Reference, Repository, Tag};
use super::tags::next_page;
use super::transport::Request;

/// How often a list is written again that others have overwritten.
const ROUNDS_MAX: u32 = 10;
/// What a registry answers with that keeps lists of referrers itself.
const SUBJECT: &str = "oci-subject";

/// A list of manifests. What others have put in it stays as they wrote it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Index {
    #[serde(default)]
    manifests: Vec<Value>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// What is done to a list.
enum Change {
    Add(Box<Descriptor>),
    Remove(Digest),
}

impl Client {
    /// Pushes an artefact that refers to the one of this digest, and gives the digest of its
    /// manifest.
    pub async fn refer(
        &self,
        repository: &Repository,
        subject: &Digest,
        artefact: &Artefact,
        progress: &mut Progress<'_>,
    ) -> Result<Digest, RegistryError> {
        let referred = self.refer_to(repository, subject, artefact, progress).await;
        referred.map_err(|problem| repository.error_at(&(*subject).into(), problem))
    }

    /// What refers to the artefact of this digest, of one kind or of any.
    pub async fn referrers(
        &self,
        repository: &Repository,
        subject: &Digest,
        artifact_type: Option<&str>,
    ) -> Result<Vec<Descriptor>, RegistryError> {
        let listed = async {
            match self.listed(repository, subject).await? {
                Some(entries) => Ok(entries),
                None => Ok(self.index(repository, subject, Access::Pull).await?.0.manifests),
            }
        };
        let entries =
            listed.await.map_err(|problem| repository.error_at(&(*subject).into(), problem))?;
        let of_kind = |entry: &Descriptor| {
            artifact_type.is_none_or(|kind| entry.artifact_type.as_deref() == Some(kind))
        };
        // An entry that cannot be read, such as one with another kind of digest, is none of ours.
        let readable = entries.into_iter().filter_map(|entry| serde_json::from_value(entry).ok());
        Ok(readable.filter(of_kind).collect())
    }

    /// Takes back that an artefact refers to another. Gives whether it did.
    pub async fn unrefer(
        &self,
        repository: &Repository,
        subject: &Digest,
        referrer: &Digest,
    ) -> Result<bool, RegistryError> {
        let done = self.unrefer_to(repository, subject, referrer).await;
        done.map_err(|problem| repository.error_at(&(*referrer).into(), problem))
    }

    async fn refer_to(
        &self,
        repository: &Repository,
        subject: &Digest,
        artefact: &Artefact,
        progress: &mut Progress<'_>,
    ) -> Result<Digest, Problem> {
        let pulled = self.pull(repository, &(*subject).into(), Access::Push).await?;
        let manifest = artefact.manifest(Some(pulled.descriptor()));
        let bytes = Bytes::from(manifest.to_bytes()?);
        let digest = Digest::of(&bytes);
        self.blobs(repository, artefact, progress).await?;
        let size = bytes.len() as u64;
        let answer = self.put(putting(repository, &digest.into()), MANIFEST, bytes).await?;
        if answer.header(SUBJECT).is_none() {
            let (media_type, annotations) = (MANIFEST.into(), manifest.annotations);
            let artifact_type = manifest.artifact_type;
            let entry = Descriptor { media_type, digest, size, artifact_type, annotations };
            self.change(repository, subject, &Change::Add(Box::new(entry))).await?;
        }
        Ok(digest)
    }

    async fn unrefer_to(
        &self,
        repository: &Repository,
        subject: &Digest,
        referrer: &Digest,
    ) -> Result<bool, Problem> {
        if self.listed(repository, subject).await?.is_none() {
            return self.change(repository, subject, &Change::Remove(*referrer)).await;
        }
        // The list is the registry's own: what is to be no longer in it has to go.
        let url = repository.url(&format!("manifests/{referrer}"));
        let answer =
            self.ask(&Request::new(repository, Access::Delete, Method::DELETE, url)).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(false);
        }
        answer.one_of(&[StatusCode::ACCEPTED, StatusCode::OK, StatusCode::NO_CONTENT])?;
        Ok(true)
    }

    /// The list that a registry keeps itself; nothing, where it keeps none.
    async fn listed(
        &self,
        repository: &Repository,
        subject: &Digest,
    ) -> Result<Option<Vec<Value>>, Problem> {
        let mut entries = Vec::new();
        let mut url = repository.url(&format!("referrers/{subject}"));
        for _ in 0..self.settings.pages_max {
            let answer = self.ask(&Request::get(repository, url.clone())).await?;
            if matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) {
                return Ok(None);
            }
            let answer = answer.one_of(&[StatusCode::OK])?;
            entries.extend(Index::parse(&answer.body)?.manifests);
            self.check_count(entries.len())?;
            match next_page(repository, &url, &answer)? {
                Some(next) => url = next,
                None => return Ok(Some(entries)),
            }
        }
        Err(Problem::Endless { what: "referrers", max: entries.len() })
    }

    /// The list that is kept as a tag, and what it is known by now.
    async fn index(
        &self,
        repository: &Repository,
        subject: &Digest,
        access: Access,
    ) -> Result<(Index, Option<Document>), Problem> {
        let reference = Reference::Tag(Tag::of_referrers(subject));
        let document = self.document(repository, &reference, access).await?;
        let index = match &document {
            Some(document) => Index::parse(&document.bytes)?,
            None => Index::new(),
        };
        self.check_count(index.manifests.len())?;
        Ok((index, document))
    }

    fn check_count(&self, count: usize) -> Result<(), Problem> {
        let max = self.settings.referrers_max;
        if count > max { Err(Problem::Endless { what: "referrers", max }) } else { Ok(()) }
    }

    /// Changes the list that is kept as a tag, until it stays so. Gives whether there was anything
    /// to change.
    async fn change(
        &self,
        repository: &Repository,
        subject: &Digest,
        change: &Change,
    ) -> Result<bool, Problem> {
        let _ours_alone = self.list.lock().await;
        for round in 0..ROUNDS_MAX {
            let begun = Instant::now();
            let (mut index, before) = self.index(repository, subject, Access::Push).await?;
            if !index.apply(change) {
                return Ok(round > 0);
            }
            self.write(repository, subject, &index, before).await?;
            // Whoever read the list before that and has not written it yet does so now, and is
            // about as slow as we are. We should not come back together.
            let settle = self.settings.settle() + 2 * begun.elapsed();
            let longer = jitter(self.settings.settle_ms * u64::from(round));
            tokio::time::sleep(settle + Duration::from_millis(longer)).await;
        }
        let (mut index, _) = self.index(repository, subject, Access::Push).await?;
        if index.apply(change) { Err(Problem::Contended) } else { Ok(true) }
    }

    /// Writes it, where it is still as it was read: some registries see to that.
    async fn write(
        &self,
        repository: &Repository,
        subject: &Digest,
        index: &Index,
        before: Option<Document>,
    ) -> Result<(), Problem> {
        let wrong = |error| Problem::malformed("list of referrers", error);
        let bytes = serde_json::to_vec(index).map_err(wrong)?;
        let mut request = putting(repository, &Reference::Tag(Tag::of_referrers(subject)));
        if let Some(etag) = before.and_then(|document| document.etag) {
            request = request.header(IF_MATCH, etag);
        }
        match self.put(request, INDEX, bytes.into()).await {
            Err(Problem::Answered(said)) if said.status == StatusCode::PRECONDITION_FAILED => {
                Ok(())
            }
            written => written.map(drop),
        }
    }
}

impl Index {
    fn new() -> Self {
        let mut rest = Map::new();
        rest.insert("schemaVersion".into(), 2.into());
        rest.insert("mediaType".into(), INDEX.into());
        Self { manifests: Vec::new(), rest }
    }

    fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let wrong = |reason: String| Problem::malformed("list of referrers", reason);
        let index: Self =
            serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
        match index.rest.get("mediaType").and_then(Value::as_str) {
            Some(INDEX) | None => Ok(index),
            Some(other) => Err(wrong(format!("it is `{other}`"))),
        }
    }

    /// Makes the change; gives whether there was anything to do.
    fn apply(&mut self, change: &Change) -> bool {
        let is = |entry: &Value, digest: &Digest| {
            entry.get("digest").and_then(Value::as_str) == Some(&digest.to_string())
        };
        match change {
            Change::Add(entry) => {
                let is_there = self.manifests.iter().any(|other| is(other, &entry.digest));
                let value = serde_json::to_value(entry).ok().filter(|_| !is_there);
                self.manifests.extend(value.clone());
                value.is_some()
            }
            Change::Remove(digest) => {
                let count = self.manifests.len();
                self.manifests.retain(|entry| !is(entry, digest));
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
    fn what_others_have_written_stays() {
        let theirs = json!({"digest": format!("sha512:{}", "0".repeat(128)), "size": 1, "new": {}});
        let document =
            json!({"schemaVersion": 2, "manifests": [theirs], "annotations": {"a": "b"}});
        let mut index = Index::parse(document.to_string().as_bytes()).unwrap();
        let ours = Blob::empty().descriptor().clone();
        let add = Change::Add(Box::new(ours.clone()));
        assert!(index.apply(&add) && !index.apply(&add), "it is added once");
        assert_eq!(index.manifests.len(), 2);
        let remove = Change::Remove(ours.digest);
        assert!(index.apply(&remove) && !index.apply(&remove));
        assert_eq!(serde_json::to_value(&index).unwrap(), document);
    }

    #[test]
    fn what_is_no_list_is_not_written_over() {
        for text in ["", "[]", r#"{"manifests": {}}"#, r#"{"mediaType": "text/plain"}"#] {
            assert!(Index::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
