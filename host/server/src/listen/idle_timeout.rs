//! A connection that ends when its peer does not take what is written to it. A peer that reads nothing would hold an answer,
//! and the place of its request, for ever.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// A stream whose writes fail if none succeeds for a time. Reads may take as long as they like: a connection that is
/// kept for later is idle, and who reads a body has a time limit of its own.
pub(crate) struct IdleTimeout<S> {
    stream: S,
    time_max: Duration,
    /// Set while a write waits.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl<S> IdleTimeout<S> {
    pub(crate) fn new(stream: S, time_max: Duration) -> Self {
        Self { stream, time_max, deadline: None }
    }

    /// Passes on the result of a write, or fails if it has waited for too long.
    fn bound<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.deadline = None;
            return written;
        }
        let time_max = self.time_max;
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep(time_max)));
        ready!(deadline.as_mut().poll(context));
        let reason = "the peer does not read what is sent to it";
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, reason)))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for IdleTimeout<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for IdleTimeout<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.bound(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.bound(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.bound(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.bound(context, shut)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test]
    async fn ends_a_write_that_nobody_takes() {
        let (near, _far) = duplex(8);
        let mut stream = IdleTimeout::new(near, Duration::from_millis(20));
        let error = stream.write_all(&[0; 64]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn gives_each_write_its_time() {
        let (near, mut far) = duplex(8);
        let reading = tokio::spawn(async move {
            for _ in 0..8 {
                // All of them together take longer than one may.
                tokio::time::sleep(Duration::from_millis(200)).await;
                far.read_exact(&mut [0; 8]).await.unwrap();
            }
        });
        let mut stream = IdleTimeout::new(near, Duration::from_secs(1));
        stream.write_all(&[0; 64]).await.unwrap();
        reading.await.unwrap();
    }
}
