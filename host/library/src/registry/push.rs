//! Pushing: the blobs first and the manifest last, so that nobody ever sees half of an artefact.

use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, StatusCode, Url};
use tokio::sync::watch;
use tollgate_model::Digest;

use super::artefact::{Artefact, Blob};
use super::authority::Access;
use super::client::{Client, Progress};
use super::error::{Problem, RegistryError};
use super::manifest::MANIFEST;
use super::manifests::putting;
use super::patience::Patience;
use super::repository::{Reference, Repository, Tag};
use super::transport::{Body, Request, may_go};

/// What happens to a tag that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// It stays, and pushing something else to it is an error. Registries cannot promise this: it is
    /// looked at before and right before the manifest is put there, and whoever comes in between
    /// is overwritten. Where that must not happen, tags are to be made immutable in the registry.
    Never,
    /// It stands for what is pushed.
    Always,
}

impl Client {
    /// Pushes an artefact, and gives the digest of its manifest.
    pub async fn push(
        &self,
        repository: &Repository,
        tag: &Tag,
        artefact: &Artefact,
        overwrite: Overwrite,
        progress: &mut Progress<'_>,
    ) -> Result<Digest, RegistryError> {
        let reference = Reference::Tag(tag.clone());
        let pushed = self.push_to(repository, &reference, artefact, overwrite, progress).await;
        pushed.map_err(|problem| repository.error_at(&reference, problem))
    }

    async fn push_to(
        &self,
        repository: &Repository,
        reference: &Reference,
        artefact: &Artefact,
        overwrite: Overwrite,
        progress: &mut Progress<'_>,
    ) -> Result<Digest, Problem> {
        let bytes = Bytes::from(artefact.manifest(None).to_bytes()?);
        let ours = Digest::of(&bytes);
        if overwrite == Overwrite::Never {
            self.check_free(repository, reference, ours).await?;
        }
        self.blobs(repository, artefact, progress).await?;
        if overwrite == Overwrite::Never {
            self.check_free(repository, reference, ours).await?;
        }
        self.put(putting(repository, reference), MANIFEST, bytes).await?;
        Ok(ours)
    }

    /// Whether a tag stands for nothing, or for what it is to stand for.
    async fn check_free(
        &self,
        repository: &Repository,
        reference: &Reference,
        ours: Digest,
    ) -> Result<(), Problem> {
        match self.document(repository, reference, Access::Push).await? {
            Some(there) if there.digest != ours => {
                Err(Problem::Taken { there: there.digest, ours })
            }
            _ => Ok(()),
        }
    }

    /// Every blob of an artefact that is not there yet.
    pub(super) async fn blobs(
        &self,
        repository: &Repository,
        artefact: &Artefact,
        progress: &mut Progress<'_>,
    ) -> Result<(), Problem> {
        let mut done = 0;
        for blob in artefact.blobs() {
            if !self.has(repository, blob).await? {
                let mut progress = |sent| progress(done + sent);
                let uploaded = self.upload(repository, blob, &mut progress).await;
                uploaded.map_err(|problem| changed(blob).unwrap_or(problem))?;
            }
            done += blob.descriptor().size;
            progress(done);
        }
        Ok(())
    }

    async fn has(&self, repository: &Repository, blob: &Blob) -> Result<bool, Problem> {
        let url = repository.url(&format!("blobs/{}", blob.descriptor().digest));
        let request = Request::new(repository, Access::Push, Method::HEAD, url);
        let answer = self.ask(&request).await?;
        match answer.status {
            StatusCode::NOT_FOUND => Ok(false),
            _ => answer.one_of(&[StatusCode::OK]).map(|_| true),
        }
    }

    async fn upload(
        &self,
        repository: &Repository,
        blob: &Blob,
        progress: &mut Progress<'_>,
    ) -> Result<(), Problem> {
        let mut patience = Patience::new(&self.settings);
        // An upload that broke off is begun again as a whole: registries throw away what came of it.
        while let Err(problem) = self.upload_once(repository, blob, progress).await {
            patience.again(problem).await?;
        }
        Ok(())
    }

    async fn upload_once(
        &self,
        repository: &Repository,
        blob: &Blob,
        progress: &mut Progress<'_>,
    ) -> Result<(), Problem> {
        progress(0);
        let url = self.begin(repository, blob).await?;
        let (sender, mut sent) = watch::channel(0);
        let request = Request::new(repository, Access::Push, Method::PUT, url)
            .header(CONTENT_TYPE, "application/octet-stream")
            .body(Body::Blob(blob, sender));
        let mut sending = std::pin::pin!(self.ask_once(&request));
        let answer = loop {
            tokio::select! {
                answer = &mut sending => break answer?,
                Ok(()) = sent.changed() => progress(*sent.borrow_and_update()),
            }
        };
        answer.one_of(&[StatusCode::CREATED]).map(drop)
    }

    /// Where the bytes are to go. Some registries have them put elsewhere.
    async fn begin(&self, repository: &Repository, blob: &Blob) -> Result<Url, Problem> {
        let asked = repository.url("blobs/uploads/");
        let request = Request::new(repository, Access::Push, Method::POST, asked.clone());
        let answer = self.ask_once(&request).await?.one_of(&[StatusCode::ACCEPTED])?;
        let none = || Problem::malformed("beginning of an upload", "it does not say where to");
        let mut url = answer.location(&asked).ok_or_else(none)?;
        may_go(&asked, &url)?;
        url.query_pairs_mut().append_pair("digest", &blob.descriptor().digest.to_string());
        Ok(url)
    }
}

/// What it means that a file cannot be sent which is no longer what it was.
fn changed(blob: &Blob) -> Option<Problem> {
    blob.changed().map(|path| Problem::FileChanged(path.into()))
}
