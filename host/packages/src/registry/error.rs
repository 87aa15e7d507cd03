//! Errors of registry requests: the place, the registry's message, and the remedy.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::StatusCode;
use tollgate_model::Digest;

use super::location::RegistryNameError;
use super::remote_message::{RemoteMessage, sanitise};
use super::repository::{ManifestReference, Repository};

/// An error with the repository, tag or blob that it occurred at.
#[derive(Debug, thiserror::Error)]
#[error("{target}: {error}")]
pub struct RegistryError {
    /// `HOST/NAME`, followed by `:TAG` or `@DIGEST` if the error concerns one of them.
    pub target: String,
    pub error: RequestError,
}

/// Reason why a request to a registry failed.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// Registries also answer so when the repository is not visible to this user.
    #[error("not found: {0}\n  check the name, and log in if the repository is private")]
    NotFound(RemoteMessage),
    #[error("authentication required: {message}\n  log in with `docker login {host}`")]
    CredentialsRequired { host: String, message: RemoteMessage },
    #[error(
        "the registry rejected the credentials for {host} from {origin}: {message}\n  run \
         `docker login {host}` again, or ask the registry's operator for access"
    )]
    CredentialsRejected {
        host: String,
        /// Source of the credentials, e.g. a file name in backticks.
        origin: String,
        message: RemoteMessage,
    },
    /// The registry wants the credentials for it to be sent to somebody else.
    #[error(
        "authentication required, but the credentials for {host} are not sent to its token server \
         `{token_server}`: it is not in the same domain"
    )]
    ForeignTokenServer {
        host: String,
        /// Host of the token server.
        token_server: String,
    },
    /// The registry asks for credentials over a connection that anybody on the way could read.
    #[error(
        "authentication required, but credentials are not sent over plain HTTP: use a registry \
         with TLS"
    )]
    CredentialsOverPlainHttp,
    #[error(
        "permission denied: {0}\n  ask the registry's operator for access, or log in as another \
         user"
    )]
    Forbidden(RemoteMessage),
    /// A status that this request does not expect.
    #[error("{0}")]
    UnexpectedResponse(RemoteMessage),
    /// HTTP status 429 or 5xx.
    #[error("the registry is busy: {message}{}\n  try again later", requested_pause(.retry_after))]
    Busy {
        message: RemoteMessage,
        /// Pause that the registry asks for in `Retry-After`.
        retry_after: Option<Duration>,
    },
    #[error("cannot connect: {0}\n  check the host, the network and, if there is one, the proxy")]
    Unreachable(String),
    #[error(
        "the registry does not use TLS\n  if it serves plain HTTP and you trust the network, set \
         `insecure = true` for it"
    )]
    TlsUnsupported,
    #[error(
        "the registry requires TLS, but plain HTTP was used\n  remove `insecure = true`; address a \
         registry on this machine by its network name to use TLS"
    )]
    TlsRequired,
    #[error(
        "the registry's certificate is not trusted: {0}\n  if your company signs its own, set \
         SSL_CERT_FILE to the file with its certificates"
    )]
    UntrustedCertificate(String),
    /// No bytes arrived within the time limit.
    #[error("the transfer stalled: no data for {} s\n  try again: downloads resume", .0.as_secs_f32())]
    Stalled(Duration),
    /// Bytes arrived or were taken, but too few of them within the time for the whole transfer.
    #[error(
        "the transfer is too slow: it was not complete after {} s\n  try again later, or with a \
         faster connection",
        .0.as_secs_f32()
    )]
    TooSlow(Duration),
    #[error("the connection was interrupted: {0}\n  try again: downloads resume")]
    Interrupted(String),
    /// The bytes received do not have the requested digest.
    #[error(
        "received {found} instead of {expected}: nothing was kept\n  the data was modified or \
         damaged on the way"
    )]
    DigestMismatch { expected: Digest, found: Digest },
    /// The registry's digest header contradicts the bytes that it sent or received.
    #[error(
        "the registry reports the digest {claimed}, but the data has {found}: nothing was kept"
    )]
    FalseDigestHeader { claimed: String, found: Digest },
    /// The blob is longer than its manifest says.
    #[error("the registry sends more than the expected {0} bytes: nothing was kept")]
    TooManyBytes(u64),
    /// The blob is shorter than its manifest says.
    #[error("the registry sends {found} bytes instead of {expected}")]
    TooFewBytes { found: u64, expected: u64 },
    #[error("the blob has {size} bytes, but at most {max} are accepted")]
    BlobTooLarge {
        /// Size according to the manifest.
        size: u64,
        max: u64,
    },
    /// A manifest or list is above the limit for documents.
    #[error("the response is too large: at most {0} bytes are accepted")]
    DocumentTooLarge(usize),
    #[error("the response is not a valid {document}: {reason}")]
    Malformed {
        /// Expected kind of document.
        document: &'static str,
        reason: String,
    },
    /// The reference names an image index instead of one artefact. Holds its number of manifests.
    #[error(
        "this is an index of {0} manifests instead of one artefact\n  an image for several \
         platforms is not a package: check the name"
    )]
    UnexpectedIndex(usize),
    /// A list has more entries or pages than are accepted.
    #[error("the list of {list} is too long: reading stopped after {max}")]
    ListTooLong {
        list: &'static str,
        /// Number of entries read.
        max: usize,
    },
    /// The registry redirects to an address that must not be followed.
    #[error("refused to follow the registry to `{to}`: {reason}")]
    ForbiddenRedirect { to: String, reason: &'static str },
    /// Another artefact has this tag, and overwriting was not allowed.
    #[error(
        "this version is already published as {published}, but yours is {offered}: published versions \
         never change\n  choose another version number"
    )]
    TagTaken { published: Digest, offered: Digest },
    /// Other clients overwrote the list of referrers in every attempt.
    #[error("other clients keep changing the list of referrers\n  try again later")]
    ReferrersContended,
    /// The file that a blob is read from or written to.
    #[error("cannot read or write a file: {0}")]
    File(io::Error),
    #[error("`{}` was changed while it was being uploaded\n  try again", .0.display())]
    FileChanged(PathBuf),
    #[error(transparent)]
    Credentials(#[from] super::CredentialsError),
    #[error(transparent)]
    Name(#[from] RegistryNameError),
    /// No TLS client can be created, usually because certificates are missing.
    #[error(
        "cannot set up TLS on this machine: {0}\n  on Debian, run `apt install \
         ca-certificates`, or set SSL_CERT_FILE to a file of certificates"
    )]
    TlsSetup(String),
}

fn requested_pause(pause: &Option<Duration>) -> String {
    pause.map(|pause| format!(", and asks to wait {} s", pause.as_secs())).unwrap_or_default()
}

impl RegistryError {
    /// Returns whether the target does not exist or is not visible to this user.
    pub fn is_not_found(&self) -> bool {
        matches!(self.error, RequestError::NotFound(_))
    }
}

impl Repository {
    pub(super) fn error(&self, error: RequestError) -> RegistryError {
        RegistryError { target: self.to_string(), error }
    }

    pub(super) fn error_at(
        &self,
        reference: &ManifestReference,
        error: RequestError,
    ) -> RegistryError {
        let sign = match reference {
            ManifestReference::Tag(_) => ':',
            ManifestReference::Digest(_) => '@',
        };
        RegistryError { target: format!("{self}{sign}{reference}"), error }
    }
}

impl RequestError {
    /// Converts a response with an unexpected status.
    pub(super) fn from_response(status: StatusCode, body: &[u8]) -> Self {
        let message = RemoteMessage::new(status, body);
        let page = String::from_utf8_lossy(body);
        match status {
            StatusCode::NOT_FOUND => Self::NotFound(message),
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => Self::Forbidden(message),
            // These words are used by Go's HTTP server and by nginx.
            StatusCode::BAD_REQUEST if page.contains("HTTP request") && page.contains("HTTPS") => {
                Self::TlsRequired
            }
            _ => Self::UnexpectedResponse(message),
        }
    }

    pub(super) fn malformed(document: &'static str, reason: impl fmt::Display) -> Self {
        Self::Malformed { document, reason: sanitise(&reason.to_string()) }
    }

    /// Converts an error of the HTTP client. Addresses are left out, because those of storage
    /// contain signatures that grant access.
    pub(super) fn from_transport(error: reqwest::Error) -> Self {
        let error = error.without_url();
        match find_tls_error(&error) {
            Some(rustls::Error::InvalidMessage(_)) => return Self::TlsUnsupported,
            Some(error @ rustls::Error::InvalidCertificate(_)) => {
                return Self::UntrustedCertificate(sanitise(&error.to_string()));
            }
            _ => {}
        }
        let message = sanitise(&innermost_message(&error));
        if error.is_connect() { Self::Unreachable(message) } else { Self::Interrupted(message) }
    }

    /// Returns whether a retry may succeed.
    pub(super) fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Busy { .. } | Self::Unreachable(_) | Self::Stalled(_) | Self::Interrupted(_)
        )
    }
}

/// Searches the chain of sources for an error of TLS.
fn find_tls_error<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<rustls::Error>() {
            return Some(found);
        }
        // `io::Error` does not return the error that it wraps from `source`.
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn innermost_message(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
