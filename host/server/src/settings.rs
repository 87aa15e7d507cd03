//! Settings of the server, and its bounds.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tollgate_model::Person;

use crate::signals::alerts::WebhookSettings;
use crate::signals::otlp::Telemetry;
use tollgate_packages::trust::SecretKey;

/// Connections that may be open at once. Each idle one costs some kilobytes, so thousands of applications can keep
/// theirs.
pub const CONNECTIONS_MAX: usize = 10_000;

/// Time in which a connection has to send the headers of a request, or a TLS handshake. Longer ones only hold a place.
pub const HEADERS_TIME_MAX: Duration = Duration::from_secs(10);

/// Bytes of all headers of a request: tokens and traces are short.
pub const HEADERS_BYTES_MAX: u32 = 16 << 10;

/// Requests that one HTTP/2 connection may have open at once.
pub const STREAMS_MAX: u32 = 128;

/// Time between two pieces of a body, or between two writes of an answer. A peer that is slower than this is gone.
pub const IDLE_TIME_MAX: Duration = Duration::from_secs(30);

/// Time that running requests get when the server shuts down. Nothing that was acknowledged depends on it.
pub const SHUTDOWN_TIME_MAX: Duration = Duration::from_secs(30);

/// Settings of a server.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ServerSettings {
    /// Address to listen on. Port 0 chooses a free one.
    pub listen: SocketAddr,
    /// Folder with the tokens, the record of their use, and the lock of the server.
    pub state_folder: PathBuf,
    /// Person who runs the server. Without tokens, every caller is this person.
    pub operator: Person,
    /// Certificate and key, if the server itself speaks TLS.
    pub tls: Option<TlsFiles>,
    /// Key that signs receipts and checkpoints. It is wiped from memory when the server ends. Without one there are neither.
    pub signing: Option<Arc<SecretKey>>,
    /// Webhook that is told when alerts begin and end.
    pub alert_webhook: Option<WebhookSettings>,
    /// Export of traces, metrics and logs. Its layer has to be part of the process's subscriber.
    pub telemetry: Option<Telemetry>,
    pub limits: Limits,
}

/// Files for TLS, in PEM.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// Certificate of the server, followed by those that it was signed with.
    pub certificates: PathBuf,
    pub key: PathBuf,
}

/// Limits on what callers can ask for at once.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Requests of one token in a second, on average.
    pub requests_per_second_max: u32,
    /// Requests that are checked at one gate at once. Further ones are answered with `gate-busy`.
    pub checks_per_gate_max: usize,
    /// Bytes of one output with its context.
    pub output_bytes_max: usize,
    /// Bytes of a batch that is one JSON document.
    pub batch_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // More than one machine can check, so it stops loops and not applications.
            requests_per_second_max: 20_000,
            // Enough to keep all processors judging and the disk writing in groups; more would only wait longer.
            checks_per_gate_max: 512,
            output_bytes_max: 4 << 20,
            batch_bytes_max: 64 << 20,
        }
    }
}

impl ServerSettings {
    pub fn new(listen: SocketAddr, state_folder: PathBuf, operator: Person) -> Self {
        Self {
            listen,
            state_folder,
            operator,
            tls: None,
            alert_webhook: None,
            telemetry: None,
            signing: None,
            limits: Limits::default(),
        }
    }
}
