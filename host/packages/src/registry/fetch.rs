//! Downloading a blob into a file, resuming an earlier download.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

use reqwest::header::{CONTENT_RANGE, RANGE};
use reqwest::{Response, StatusCode};
use tollgate_model::Digest;

use super::client::{Client, ProgressCallback};
use super::error::{RegistryError, RequestError};
use super::manifest::Descriptor;
use super::repository::Repository;
use super::retry::RetryState;
use super::transport::{RegistryRequest, within};
use crate::hash::{DigestHasher, READ_BUFFER_BYTES};

struct BlobDownload<'a> {
    client: &'a Client,
    repository: &'a Repository,
    digest: &'a Digest,
    size: u64,
    file: &'a mut File,
    progress: &'a mut ProgressCallback<'a>,
    /// Number of bytes in the file. `hasher` has processed the same bytes.
    received: u64,
    hasher: DigestHasher,
}

impl Client {
    /// Downloads a blob into a file that is open for reading and writing. If the file already has
    /// the beginning of the blob, from an interrupted download, the download resumes there.
    ///
    /// On success, the file has exactly the blob's bytes. On failure, it is empty or has a
    /// beginning that the next call can resume.
    pub async fn fetch_blob(
        &self,
        repository: &Repository,
        blob: &Descriptor,
        file: &mut File,
        progress: &mut ProgressCallback<'_>,
    ) -> Result<(), RegistryError> {
        let mut download = BlobDownload {
            client: self,
            repository,
            digest: &blob.digest,
            size: blob.size,
            file,
            progress: &mut |count| progress(count),
            received: 0,
            hasher: DigestHasher::default(),
        };
        let result = download.run().await;
        result.map_err(|error| repository.error_at(&blob.digest.into(), error))
    }
}

impl BlobDownload<'_> {
    async fn run(&mut self) -> Result<(), RequestError> {
        let max = self.client.settings.blob_bytes_max;
        if self.size > max {
            return Err(RequestError::BlobTooLarge { size: self.size, max });
        }
        let resumes = self.load_partial().await?;
        match self.download_rest().await {
            // The earlier beginning may be wrong rather than the registry, so start once more.
            Err(RequestError::DigestMismatch { .. }) if resumes => self.download_rest().await,
            done => done,
        }
    }

    /// Hashes what is in the file, so that the download resumes behind it. A file that is too long
    /// is emptied.
    async fn load_partial(&mut self) -> Result<bool, RequestError> {
        self.file.seek(SeekFrom::Start(0)).map_err(RequestError::File)?;
        let length = self.file.metadata().map_err(RequestError::File)?.len();
        if length > self.size {
            self.restart()?;
        }
        let mut buffer = vec![0; READ_BUFFER_BYTES];
        loop {
            let count = self.file.read(&mut buffer).map_err(RequestError::File)?;
            let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else { break };
            self.hasher.update(read);
            self.received += count as u64;
            // Hashing a large file takes a while, so let other tasks run.
            tokio::task::yield_now().await;
        }
        (self.progress)(self.received);
        Ok(self.received > 0)
    }

    async fn download_rest(&mut self) -> Result<(), RequestError> {
        let mut retry = RetryState::new(&self.client.settings);
        while self.received < self.size {
            if let Err(error) = self.receive_response().await {
                retry.wait_or_fail(error).await?;
            }
        }
        let given = std::mem::take(&mut self.hasher).finish();
        if given != *self.digest {
            self.restart()?;
            return Err(RequestError::DigestMismatch { expected: *self.digest, found: given });
        }
        self.file.flush().map_err(RequestError::File)
    }

    /// Appends the data of one response.
    async fn receive_response(&mut self) -> Result<(), RequestError> {
        let mut response = self.client.open_response(&self.request()).await?;
        self.check_start(&response)?;
        if !response.status().is_success() {
            let response = self.client.read_response(response).await?;
            return Err(RequestError::from_response(response.status, &response.body));
        }
        if let Some(rest) = response.content_length() {
            self.check_size(self.received.saturating_add(rest))?;
        }
        let limit = self.client.settings.blob_timeout(self.size.saturating_sub(self.received));
        within(limit, self.receive_body(&mut response)).await
    }

    async fn receive_body(&mut self, response: &mut Response) -> Result<(), RequestError> {
        while let Some(chunk) = self.client.next_chunk(response).await? {
            let have = self.received + chunk.len() as u64;
            if have > self.size {
                self.check_size(have)?;
            }
            self.file.write_all(&chunk).map_err(RequestError::File)?;
            self.hasher.update(&chunk);
            self.received = have;
            (self.progress)(have);
        }
        match self.received < self.size {
            true => Err(RequestError::Interrupted(format!(
                "after {} of {} bytes",
                self.received, self.size
            ))),
            false => Ok(()),
        }
    }

    fn request(&self) -> RegistryRequest<'_> {
        let url = self.repository.url(&format!("blobs/{}", self.digest));
        let request = RegistryRequest::get(self.repository, url);
        match self.received {
            0 => request,
            have => request.header(RANGE, format!("bytes={have}-")),
        }
    }

    /// Checks that the response starts at the requested offset. A registry that does not support
    /// ranges starts at the beginning, which is accepted.
    fn check_start(&mut self, response: &Response) -> Result<(), RequestError> {
        let range = response.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
        let start = format!("bytes {}-", self.received);
        match response.status() {
            StatusCode::PARTIAL_CONTENT if range.is_some_and(|range| range.starts_with(&start)) => {
                Ok(())
            }
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                self.restart()?;
                Err(RequestError::Interrupted("the registry resumed at the wrong offset".into()))
            }
            StatusCode::OK if self.received > 0 => self.restart(),
            _ => Ok(()),
        }
    }

    fn check_size(&mut self, given: u64) -> Result<(), RequestError> {
        let size = self.size;
        match given.cmp(&size) {
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Less => {
                Err(RequestError::TooFewBytes { found: given, expected: size })
            }
            std::cmp::Ordering::Greater => {
                self.restart()?;
                Err(RequestError::TooManyBytes(size))
            }
        }
    }

    fn restart(&mut self) -> Result<(), RequestError> {
        self.file.set_len(0).map_err(RequestError::File)?;
        self.file.seek(SeekFrom::Start(0)).map_err(RequestError::File)?;
        self.received = 0;
        self.hasher = DigestHasher::default();
        (self.progress)(0);
        Ok(())
    }
}
