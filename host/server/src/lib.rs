//! The server of Tollgate: applications put their outputs through gates over HTTP, and operators change contracts,
//! prompts and gates while traffic runs.
//!
//! It is built on the library and on the wire types alone. The caller opens the project and its ledger, and hands over
//! a [`tollgate::Host`] to [`Server::start`].

pub mod access;
mod admission;
mod exchange;
mod instance_lock;
mod limits;
mod listen;
mod live;
mod openapi;
mod problem;
mod routes;
mod settings;
pub mod signals;
mod state;
pub mod watch;

use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio::sync::watch as signal;
use tokio::task::JoinHandle;
use tollgate::Host;

use access::{TokenStore, TokenStoreError, TokenVerifier};
use exchange::RequestIds;
use instance_lock::InstanceLock;
pub use instance_lock::InstanceLockError;
use listen::Acceptor;
pub use listen::TlsError;
use live::LiveGates;
pub use openapi::openapi_document;
pub use settings::{Limits, ServerSettings, TlsFiles};
use signals::Signals;
use signals::alerts::WebhookStartError;
use state::ServerState;

/// A server that takes requests.
pub struct RunningServer {
    address: SocketAddr,
    is_open: bool,
    shutdown: signal::Sender<bool>,
    listening: JoinHandle<()>,
    state: ServerState,
    _lock: InstanceLock,
}

/// The reason why a server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    #[error("cannot listen on {address}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error(
        "there are no tokens, so everybody who reaches {address} could do everything: listen on 127.0.0.1, or make a \
         token first with `tollgate token new`"
    )]
    OpenToOthers { address: SocketAddr },
    #[error(transparent)]
    Lock(#[from] InstanceLockError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Tokens(#[from] TokenStoreError),
    #[error("the webhook for alerts cannot be used")]
    AlertWebhook(#[from] WebhookStartError),
    #[error("this machine gives no random numbers")]
    NoRandomness(#[from] getrandom::Error),
}

/// Starts a server. It answers once this returns; its gates are loaded meanwhile.
pub async fn start(host: Host, settings: ServerSettings) -> Result<RunningServer, ServerError> {
    let mut lock = InstanceLock::take(&settings.state_folder)?;
    let store = TokenStore::new(&settings.state_folder);
    let verifier = TokenVerifier::open(store, settings.operator.clone())?;
    let (address, is_open) = (settings.listen, verifier.is_open()?);
    if is_open && !address.ip().is_loopback() {
        return Err(ServerError::OpenToOthers { address });
    }
    let tls = settings.tls.as_ref().map(listen::read_acceptor).transpose()?;
    let not_listening = |source| ServerError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(not_listening)?;
    let address = listener.local_addr().map_err(not_listening)?;
    if let Err(error) = lock.note(address) {
        tracing::warn!(%error, "the lock of this server does not say where it listens");
    }
    let live = LiveGates::new(host, &settings.limits);
    let telemetry = settings.telemetry.clone();
    let signals = Signals::start(live.clone(), settings.alert_webhook.clone(), telemetry.clone())?;
    let state = ServerState::new(live.clone(), settings, RequestIds::new()?, verifier, signals);
    let (shutdown, begun) = signal::channel(false);
    let router = routes::router(state.clone());
    let metrics = state.signals.metrics.clone();
    let listening = tokio::spawn(Acceptor { listener, tls, router, metrics }.run(begun.clone()));
    tokio::spawn(state.signals.alerts.clone().run(begun.clone()));
    if let Some(telemetry) = telemetry {
        telemetry.start_metrics(state.clone());
    }
    tokio::spawn(live.clone().run(state.signals.metrics.clone(), begun.clone()));
    tokio::spawn(live::follow_releases(live, begun));
    Ok(RunningServer { address, is_open, shutdown, listening, state, _lock: lock })
}

impl RunningServer {
    /// Returns the address that the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns whether the server has no tokens, so that every caller is its operator.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Takes no more requests, waits until the running ones are answered, and returns. What was acknowledged is recorded.
    pub async fn shut_down(self) {
        self.state.begin_shutdown();
        // The listener is gone if nobody receives it.
        let _ = self.shutdown.send(true);
        if let Err(error) = self.listening.await {
            tracing::error!(%error, "the listener failed");
        }
        let host = self.state.host();
        drop(self.state);
        host.close();
    }
}
