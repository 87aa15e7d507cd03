//! Fetching a blob into a file, from where it broke off.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

use reqwest::header::{CONTENT_RANGE, RANGE};
use reqwest::{Response, StatusCode};
use tollgate_model::Digest;

use super::client::{Client, Progress};
use super::error::{Problem, RegistryError};
use super::manifest::Descriptor;
use super::patience::Patience;
use super::repository::Repository;
use super::transport::Request;
use crate::hash::{Hasher, PIECE_BYTES};

struct Fetch<'a> {
    client: &'a Client,
    repository: &'a Repository,
    digest: &'a Digest,
    size: u64,
    file: &'a mut File,
    progress: &'a mut Progress<'a>,
    /// How much of it is in the file, and the digest of that.
    have: u64,
    hasher: Hasher,
}

impl Client {
    /// Fetches a blob into a file that can be read and written. A file that has a beginning of
    /// it already, of a fetch that broke off, is gone on with.
    ///
    /// When this succeeds, the file has these bytes and no others. When it fails, the file is
    /// empty or has a beginning that is worth keeping.
    pub async fn fetch(
        &self,
        repository: &Repository,
        blob: &Descriptor,
        file: &mut File,
        progress: &mut Progress<'_>,
    ) -> Result<(), RegistryError> {
        let mut fetch = Fetch {
            client: self,
            repository,
            digest: &blob.digest,
            size: blob.size,
            file,
            progress: &mut |count| progress(count),
            have: 0,
            hasher: Hasher::default(),
        };
        let done = fetch.run().await;
        done.map_err(|problem| repository.error_at(&blob.digest.into(), problem))
    }
}

impl Fetch<'_> {
    async fn run(&mut self) -> Result<(), Problem> {
        let max = self.client.settings.blob_bytes_max;
        if self.size > max {
            return Err(Problem::BlobTooLarge { size: self.size, max });
        }
        let resumes = self.take_beginning().await?;
        match self.rest().await {
            // It may be the beginning that is not right, and then nobody has lied.
            Err(Problem::OtherDigest { .. }) if resumes => self.rest().await,
            done => done,
        }
    }

    /// Goes on behind what is in the file. One that has too much has something else.
    async fn take_beginning(&mut self) -> Result<bool, Problem> {
        self.file.seek(SeekFrom::Start(0)).map_err(Problem::File)?;
        let length = self.file.metadata().map_err(Problem::File)?.len();
        if length > self.size {
            self.start_again()?;
        }
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let count = self.file.read(&mut piece).map_err(Problem::File)?;
            let Some(read) = piece.get(..count).filter(|read| !read.is_empty()) else { break };
            self.hasher.update(read);
            self.have += count as u64;
            // A large file takes a while, and others want to go on meanwhile.
            tokio::task::yield_now().await;
        }
        (self.progress)(self.have);
        Ok(self.have > 0)
    }

    async fn rest(&mut self) -> Result<(), Problem> {
        let mut patience = Patience::new(&self.client.settings);
        while self.have < self.size {
            if let Err(problem) = self.receive().await {
                patience.again(problem).await?;
            }
        }
        let given = std::mem::take(&mut self.hasher).finish();
        if given != *self.digest {
            self.start_again()?;
            return Err(Problem::OtherDigest { asked: *self.digest, given });
        }
        self.file.flush().map_err(Problem::File)
    }

    /// What one answer gives.
    async fn receive(&mut self) -> Result<(), Problem> {
        let mut response = self.client.open(&self.request()).await?;
        self.see_where_it_starts(&response)?;
        if !response.status().is_success() {
            let answer = self.client.whole(response).await?;
            return Err(Problem::of_answer(answer.status, &answer.body));
        }
        if let Some(rest) = response.content_length() {
            self.check_size(self.have.saturating_add(rest))?;
        }
        while let Some(piece) = self.client.piece(&mut response).await? {
            let have = self.have + piece.len() as u64;
            if have > self.size {
                self.check_size(have)?;
            }
            self.file.write_all(&piece).map_err(Problem::File)?;
            self.hasher.update(&piece);
            self.have = have;
            (self.progress)(have);
        }
        match self.have < self.size {
            true => Err(Problem::BrokeOff(format!("after {} of {} bytes", self.have, self.size))),
            false => Ok(()),
        }
    }

    fn request(&self) -> Request<'_> {
        let url = self.repository.url(&format!("blobs/{}", self.digest));
        let request = Request::get(self.repository, url);
        match self.have {
            0 => request,
            have => request.header(RANGE, format!("bytes={have}-")),
        }
    }

    /// A registry goes on where it was asked to, or does not know how and starts again.
    fn see_where_it_starts(&mut self, response: &Response) -> Result<(), Problem> {
        let range = response.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
        let start = format!("bytes {}-", self.have);
        match response.status() {
            StatusCode::PARTIAL_CONTENT if range.is_some_and(|range| range.starts_with(&start)) => {
                Ok(())
            }
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                self.start_again()?;
                Err(Problem::BrokeOff("it goes on elsewhere than where it was asked to".into()))
            }
            StatusCode::OK if self.have > 0 => self.start_again(),
            _ => Ok(()),
        }
    }

    fn check_size(&mut self, given: u64) -> Result<(), Problem> {
        let size = self.size;
        match given.cmp(&size) {
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Less => Err(Problem::Shorter { given, size }),
            std::cmp::Ordering::Greater => {
                self.start_again()?;
                Err(Problem::Longer(size))
            }
        }
    }

    fn start_again(&mut self) -> Result<(), Problem> {
        self.file.set_len(0).map_err(Problem::File)?;
        self.file.seek(SeekFrom::Start(0)).map_err(Problem::File)?;
        self.have = 0;
        self.hasher = Hasher::default();
        (self.progress)(0);
        Ok(())
    }
}
