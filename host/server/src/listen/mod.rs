//! Listening: takes connections, within bounds, until the server shuts down.

mod idle_timeout;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;

pub use tls::TlsError;
pub(crate) use tls::read_acceptor;

use crate::settings::{
    CONNECTIONS_MAX, HEADERS_BYTES_MAX, HEADERS_TIME_MAX, IDLE_TIME_MAX, SHUTDOWN_TIME_MAX,
    STREAMS_MAX,
};
use crate::signals::metrics::Metrics;
use idle_timeout::IdleTimeout;

/// Bytes that HTTP/1 reads ahead of a request: all its headers.
const READ_BUFFER_BYTES: usize = HEADERS_BYTES_MAX as usize;

/// Headers of a request over HTTP/1.
const HEADERS_MAX: usize = 64;

/// Time after which a listener that cannot take a connection tries again. The machine has no more open files then.
const ACCEPT_PAUSE: std::time::Duration = std::time::Duration::from_millis(50);

/// The listener with all that a connection needs.
pub(crate) struct Acceptor {
    pub(crate) listener: TcpListener,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) router: Router,
    pub(crate) metrics: Metrics,
}

impl Acceptor {
    /// Takes connections until the shutdown begins, and then waits until running requests are answered.
    pub(crate) async fn run(self, mut shutdown: watch::Receiver<bool>) {
        let connections = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        let graceful = GracefulShutdown::new();
        let builder = Arc::new(connection_builder());
        loop {
            let taken = tokio::select! {
                taken = self.listener.accept() => taken,
                _ = shutdown.wait_for(|begun| *begun) => break,
            };
            let (stream, peer) = match taken {
                Ok(taken) => taken,
                Err(error) => {
                    tracing::warn!(%error, "a connection cannot be taken");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            // Above the bound a connection is closed at once: a place in line would be one more open file.
            let Ok(place) = connections.clone().try_acquire_owned() else {
                tracing::warn!(%peer, "a connection was refused: there are too many");
                continue;
            };
            let (tls, router) = (self.tls.clone(), self.router.clone());
            let (builder, watcher) = (builder.clone(), graceful.watcher());
            let counted = self.metrics.count_connection();
            tokio::spawn(async move {
                serve_connection(stream, peer, tls, router, &builder, watcher).await;
                drop((place, counted));
            });
        }
        drop(self.listener);
        if tokio::time::timeout(SHUTDOWN_TIME_MAX, graceful.shutdown()).await.is_err() {
            tracing::warn!("some requests were still running when the time to shut down was over");
        }
    }
}

async fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    router: Router,
    builder: &auto::Builder<TokioExecutor>,
    watcher: hyper_util::server::graceful::Watcher,
) {
    // Answers are small, and waiting for more to send would only make them late.
    let _ = stream.set_nodelay(true);
    let stream = IdleTimeout::new(stream, IDLE_TIME_MAX);
    match tls {
        None => serve_http(stream, router, builder, watcher).await,
        Some(tls) => match tokio::time::timeout(HEADERS_TIME_MAX, tls.accept(stream)).await {
            Ok(Ok(stream)) => serve_http(stream, router, builder, watcher).await,
            Ok(Err(error)) => tracing::debug!(%peer, %error, "a TLS handshake failed"),
            Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
        },
    }
}

async fn serve_http(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
    builder: &auto::Builder<TokioExecutor>,
    watcher: hyper_util::server::graceful::Watcher,
) {
    let service = TowerToHyperService::new(router);
    let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(error, "a connection ended early");
    }
}

fn connection_builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_TIME_MAX)
        .max_buf_size(READ_BUFFER_BYTES)
        .max_headers(HEADERS_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(IDLE_TIME_MAX)
        .max_header_list_size(HEADERS_BYTES_MAX)
        .max_concurrent_streams(STREAMS_MAX);
    builder
}
