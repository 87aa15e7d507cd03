//! Artefacts and blobs to be pushed to a registry.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::sync::watch;
use tollgate_model::Digest;

use super::manifest::{Annotations, ArtefactManifest, Descriptor, EMPTY_TYPE};
use crate::hash::{READ_BUFFER_BYTES, hash_reader};

/// An artefact to be pushed.
#[derive(Clone, Debug)]
pub struct Artefact {
    /// Media type that names the kind of artefact.
    pub artifact_type: String,
    pub config: Blob,
    pub layers: Vec<Blob>,
    pub annotations: Annotations,
}

/// Bytes to be pushed, in memory or in a file.
#[derive(Clone, Debug)]
pub struct Blob {
    descriptor: Descriptor,
    content: BlobContent,
}

#[derive(Clone, Debug)]
enum BlobContent {
    Bytes(Bytes),
    File(PathBuf),
}

impl Artefact {
    pub(crate) fn manifest(&self, subject: Option<Descriptor>) -> ArtefactManifest {
        let layers = self.layers.iter().map(|layer| layer.descriptor.clone()).collect();
        let config = self.config.descriptor.clone();
        let mut manifest = ArtefactManifest::new(&self.artifact_type, config, layers);
        manifest.annotations = self.annotations.clone();
        manifest.subject = subject;
        manifest
    }

    pub(crate) fn blobs(&self) -> impl Iterator<Item = &Blob> {
        std::iter::once(&self.config).chain(&self.layers)
    }
}

impl Blob {
    /// Creates a blob from bytes in memory.
    pub fn bytes(media_type: &str, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let (digest, size) = (Digest::of(&bytes), bytes.len() as u64);
        Self::new(media_type, digest, size, BlobContent::Bytes(bytes))
    }

    /// Creates a blob from a file, which is read now for its digest and again when it is sent.
    pub fn file(media_type: &str, path: &Path) -> io::Result<Self> {
        let (digest, size) = hash_reader(File::open(path)?)?;
        Ok(Self::new(media_type, digest, size, BlobContent::File(path.into())))
    }

    /// Creates the blob `{}`, the configuration of artefacts that need none.
    pub fn empty() -> Self {
        Self::bytes(EMPTY_TYPE, "{}")
    }

    pub fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    fn new(media_type: &str, digest: Digest, size: u64, content: BlobContent) -> Self {
        let (artifact_type, annotations) = (None, Annotations::new());
        let media_type = media_type.into();
        let descriptor = Descriptor { media_type, digest, size, artifact_type, annotations };
        Self { descriptor, content }
    }

    /// Returns the bytes, or `None` if they are in a file.
    pub(crate) fn as_bytes(&self) -> Option<&[u8]> {
        match &self.content {
            BlobContent::Bytes(bytes) => Some(bytes),
            BlobContent::File(_) => None,
        }
    }

    /// Returns the path if the file no longer has the digest that was computed first.
    pub(super) fn changed_file(&self) -> Option<&Path> {
        let BlobContent::File(path) = &self.content else { return None };
        let now = File::open(path).and_then(hash_reader).ok();
        let then = (self.descriptor.digest, self.descriptor.size);
        (now != Some(then)).then_some(path)
    }

    /// Returns a request body that reports the number of bytes sent.
    pub(super) fn body(&self, sent: watch::Sender<u64>) -> io::Result<UploadBody> {
        let source = match &self.content {
            BlobContent::Bytes(bytes) => BodySource::Bytes(bytes.clone()),
            BlobContent::File(path) => BodySource::File(File::open(path)?),
        };
        Ok(UploadBody { source, remaining: self.descriptor.size, sent })
    }
}

enum BodySource {
    Bytes(Bytes),
    File(File),
}

/// Body of an upload. Reads one chunk at a time, so a large file is never in memory as a whole.
pub(super) struct UploadBody {
    source: BodySource,
    remaining: u64,
    sent: watch::Sender<u64>,
}

impl UploadBody {
    fn next_chunk(&mut self) -> io::Result<Bytes> {
        let length =
            usize::try_from(self.remaining).unwrap_or(READ_BUFFER_BYTES).min(READ_BUFFER_BYTES);
        let chunk = match &mut self.source {
            BodySource::Bytes(bytes) => bytes.split_to(length.min(bytes.len())),
            BodySource::File(file) => {
                let mut buffer = vec![0; length];
                io::Read::read_exact(file, &mut buffer)?;
                buffer.into()
            }
        };
        self.remaining -= chunk.len() as u64;
        self.sent.send_modify(|sent| *sent += chunk.len() as u64);
        Ok(chunk)
    }
}

impl http_body::Body for UploadBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.remaining == 0 {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(self.next_chunk().map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.remaining == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.remaining)
    }
}
