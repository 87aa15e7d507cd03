//! Pushing artefacts: blobs first and the manifest last, so that nobody sees an incomplete
//! artefact.

use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, StatusCode, Url};
use tokio::sync::watch;
use tollgate_model::Digest;

use super::artefact::{Artefact, Blob};
use super::auth::RepositoryAccess;
use super::client::{Client, ProgressCallback};
use super::error::{RegistryError, RequestError};
use super::manifest::MANIFEST_TYPE;
use super::manifest_requests::put_request;
use super::repository::{ManifestReference, Repository, Tag};
use super::retry::RetryState;
use super::transport::{RegistryRequest, RequestBody, check_redirect};

/// Treatment of a tag that already exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// The tag stays, and pushing something else to it is an error. Registries have no conditional
    /// write, so the tag is checked before the upload and again before the manifest is written; a
    /// client that writes in between is overwritten. To exclude that, make tags immutable in the
    /// registry's settings.
    Never,
    /// The tag is moved to the new artefact.
    Always,
}

impl Client {
    /// Pushes an artefact and returns the digest of its manifest.
    pub async fn push(
        &self,
        repository: &Repository,
        tag: &Tag,
        artefact: &Artefact,
        overwrite: Overwrite,
        progress: &mut ProgressCallback<'_>,
    ) -> Result<Digest, RegistryError> {
        let reference = ManifestReference::Tag(tag.clone());
        let pushed = self.try_push(repository, &reference, artefact, overwrite, progress).await;
        pushed.map_err(|error| repository.error_at(&reference, error))
    }

    async fn try_push(
        &self,
        repository: &Repository,
        reference: &ManifestReference,
        artefact: &Artefact,
        overwrite: Overwrite,
        progress: &mut ProgressCallback<'_>,
    ) -> Result<Digest, RequestError> {
        let bytes = Bytes::from(artefact.manifest(None).to_bytes()?);
        let ours = Digest::of(&bytes);
        // Check before the upload, which may take long, and again as late as possible.
        if overwrite == Overwrite::Never {
            self.check_tag_free(repository, reference, ours).await?;
        }
        self.upload_blobs(repository, artefact, progress).await?;
        if overwrite == Overwrite::Never {
            self.check_tag_free(repository, reference, ours).await?;
        }
        self.put_manifest(put_request(repository, reference), MANIFEST_TYPE, bytes).await?;
        Ok(ours)
    }

    /// Fails if the tag exists and names another artefact.
    async fn check_tag_free(
        &self,
        repository: &Repository,
        reference: &ManifestReference,
        ours: Digest,
    ) -> Result<(), RequestError> {
        match self.find_document(repository, reference, RepositoryAccess::Push).await? {
            Some(there) if there.digest != ours => {
                Err(RequestError::TagTaken { published: there.digest, offered: ours })
            }
            _ => Ok(()),
        }
    }

    /// Uploads the blobs of an artefact that the registry does not have yet.
    pub(super) async fn upload_blobs(
        &self,
        repository: &Repository,
        artefact: &Artefact,
        progress: &mut ProgressCallback<'_>,
    ) -> Result<(), RequestError> {
        let mut done = 0;
        for blob in artefact.blobs() {
            if !self.has_blob(repository, blob).await? {
                let mut progress = |sent| progress(done + sent);
                let uploaded = self.upload_blob(repository, blob, &mut progress).await;
                uploaded.map_err(|error| file_changed(blob).unwrap_or(error))?;
            }
            done += blob.descriptor().size;
            progress(done);
        }
        Ok(())
    }

    async fn has_blob(&self, repository: &Repository, blob: &Blob) -> Result<bool, RequestError> {
        let url = repository.url(&format!("blobs/{}", blob.descriptor().digest));
        let request = RegistryRequest::new(repository, RepositoryAccess::Push, Method::HEAD, url);
        let response = self.send_with_retries(&request).await?;
        match response.status {
            StatusCode::NOT_FOUND => Ok(false),
            _ => response.expect_status(&[StatusCode::OK]).map(|_| true),
        }
    }

    async fn upload_blob(
        &self,
        repository: &Repository,
        blob: &Blob,
        progress: &mut ProgressCallback<'_>,
    ) -> Result<(), RequestError> {
        let mut retry = RetryState::new(&self.settings);
        // Registries discard interrupted uploads, so an upload always starts from the beginning.
        while let Err(error) = self.upload_blob_once(repository, blob, progress).await {
            retry.wait_or_fail(error).await?;
        }
        Ok(())
    }

    async fn upload_blob_once(
        &self,
        repository: &Repository,
        blob: &Blob,
        progress: &mut ProgressCallback<'_>,
    ) -> Result<(), RequestError> {
        progress(0);
        let url = self.start_upload(repository, blob).await?;
        let (sender, mut sent) = watch::channel(0);
        let request = RegistryRequest::new(repository, RepositoryAccess::Push, Method::PUT, url)
            .header(CONTENT_TYPE, "application/octet-stream")
            .body(RequestBody::Blob(blob, sender));
        let mut sending = std::pin::pin!(self.send_once(&request));
        let response = loop {
            tokio::select! {
                answer = &mut sending => break answer?,
                Ok(()) = sent.changed() => progress(*sent.borrow_and_update()),
            }
        };
        response.expect_status(&[StatusCode::CREATED]).map(drop)
    }

    /// Starts an upload and returns the address for its bytes, which may belong to another host.
    async fn start_upload(
        &self,
        repository: &Repository,
        blob: &Blob,
    ) -> Result<Url, RequestError> {
        let asked = repository.url("blobs/uploads/");
        let request =
            RegistryRequest::new(repository, RepositoryAccess::Push, Method::POST, asked.clone());
        let response = self.send_once(&request).await?.expect_status(&[StatusCode::ACCEPTED])?;
        let missing = || RequestError::malformed("upload response", "it has no location");
        let mut url = response.location(&asked).ok_or_else(missing)?;
        check_redirect(&asked, &url)?;
        url.query_pairs_mut().append_pair("digest", &blob.descriptor().digest.to_string());
        Ok(url)
    }
}

/// Returns the error for a blob whose file was changed, which explains any failure to upload it.
fn file_changed(blob: &Blob) -> Option<RequestError> {
    blob.changed_file().map(|path| RequestError::FileChanged(path.into()))
}
