//! What is pushed: an artefact, and the blobs that it is made of.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::sync::watch;
use tollgate_model::Digest;

use super::manifest::{Annotations, Descriptor, EMPTY, Manifest};
use crate::hash::{PIECE_BYTES, read_through};

/// An artefact that is to be pushed.
#[derive(Clone, Debug)]
pub struct Artefact {
    /// What kind it is of, as a media type.
    pub artifact_type: String,
    /// What describes it.
    pub config: Blob,
    /// What it is made of.
    pub layers: Vec<Blob>,
    /// What else is said of it.
    pub annotations: Annotations,
}

/// Bytes, in memory or in a file.
#[derive(Clone, Debug)]
pub struct Blob {
    descriptor: Descriptor,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Bytes(Bytes),
    File(PathBuf),
}

impl Artefact {
    pub(crate) fn manifest(&self, subject: Option<Descriptor>) -> Manifest {
        let layers = self.layers.iter().map(|layer| layer.descriptor.clone()).collect();
        let config = self.config.descriptor.clone();
        let mut manifest = Manifest::new(&self.artifact_type, config, layers);
        manifest.annotations = self.annotations.clone();
        manifest.subject = subject;
        manifest
    }

    pub(crate) fn blobs(&self) -> impl Iterator<Item = &Blob> {
        std::iter::once(&self.config).chain(&self.layers)
    }
}

impl Blob {
    /// Bytes in memory.
    pub fn bytes(media_type: &str, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let (digest, size) = (Digest::of(&bytes), bytes.len() as u64);
        Self::new(media_type, digest, size, Content::Bytes(bytes))
    }

    /// A file. It is read once for its digest, and again while it is sent.
    pub fn file(media_type: &str, path: &Path) -> io::Result<Self> {
        let (digest, size) = read_through(File::open(path)?)?;
        Ok(Self::new(media_type, digest, size, Content::File(path.into())))
    }

    /// `{}`: the configuration of what has none.
    pub fn empty() -> Self {
        Self::bytes(EMPTY, "{}")
    }

    /// What identifies it.
    pub fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    fn new(media_type: &str, digest: Digest, size: u64, content: Content) -> Self {
        let (artifact_type, annotations) = (None, Annotations::new());
        let media_type = media_type.into();
        let descriptor = Descriptor { media_type, digest, size, artifact_type, annotations };
        Self { descriptor, content }
    }

    /// Its bytes, where they are in memory.
    pub(crate) fn in_memory(&self) -> Option<&[u8]> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes),
            Content::File(_) => None,
        }
    }

    /// The file that it is in, where that is no longer the one whose digest was taken.
    pub(super) fn changed(&self) -> Option<&Path> {
        let Content::File(path) = &self.content else { return None };
        let now = File::open(path).and_then(read_through).ok();
        let then = (self.descriptor.digest, self.descriptor.size);
        (now != Some(then)).then_some(path)
    }

    /// What is sent, and tells how much of it is.
    pub(super) fn body(&self, sent: watch::Sender<u64>) -> io::Result<Sending> {
        let source = match &self.content {
            Content::Bytes(bytes) => Source::Bytes(bytes.clone()),
            Content::File(path) => Source::File(File::open(path)?),
        };
        Ok(Sending { source, left: self.descriptor.size, sent })
    }
}

enum Source {
    Bytes(Bytes),
    File(File),
}

/// A blob on its way, a piece at a time, so that it is never in memory as a whole.
pub(super) struct Sending {
    source: Source,
    left: u64,
    sent: watch::Sender<u64>,
}

impl Sending {
    fn piece(&mut self) -> io::Result<Bytes> {
        let length = usize::try_from(self.left).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
        let piece = match &mut self.source {
            Source::Bytes(bytes) => bytes.split_to(length.min(bytes.len())),
            Source::File(file) => {
                let mut piece = vec![0; length];
                io::Read::read_exact(file, &mut piece)?;
                piece.into()
            }
        };
        self.left -= piece.len() as u64;
        self.sent.send_modify(|sent| *sent += piece.len() as u64);
        Ok(piece)
    }
}

impl http_body::Body for Sending {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(self.piece().map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
