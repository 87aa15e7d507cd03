//! The server that does nothing: it reads the body of a request and answers with a small document.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;

/// Serves until the process is ended. The first line on standard output says where.
pub(crate) async fn serve(listen: SocketAddr) -> anyhow::Result<()> {
    let answer = async |body: Bytes| format!("{{\"bytes\":{}}}", body.len());
    let router = Router::new().route("/{*path}", post(answer));
    let listener = tokio::net::TcpListener::bind(listen).await?;
    println!("listening on http://{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let builder = Builder::new(TokioExecutor::new());
            // A client that is gone is no error here.
            let _ = builder.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
