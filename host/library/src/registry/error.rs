//! What goes wrong with a registry: where, what it said, and what to do.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::StatusCode;
use tollgate_model::Digest;

use super::place::PlaceError;
use super::repository::{Reference, Repository};
use super::said::{Said, harmless};

/// Something that went wrong with a repository, or with one thing in it.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {problem}")]
pub struct RegistryError {
    /// `HOST/NAME`, and `:TAG` or `@DIGEST` where it is about one.
    pub what: String,
    /// What it was.
    pub problem: Problem,
}

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// It is not there, or we may not know that it is.
    #[error(
        "there is no such thing: {0}\n  check the name, and log in where it is not for everybody"
    )]
    Absent(Said),
    /// It wants to know who we are.
    #[error(
        "it wants to know who you are: {said}\n  run `docker login {host}`, or set \
         TOLLGATE_REGISTRY_USER and TOLLGATE_REGISTRY_PASSWORD, or TOLLGATE_REGISTRY_TOKEN"
    )]
    Unknown {
        /// Which registry.
        host: String,
        /// What it answered.
        said: Said,
    },
    /// It knows us, and does not take what we are known by.
    #[error(
        "it does not take the credentials for {host}, which come from {from}: {said}\n  run \
         `docker login {host}` again, or ask who runs it for access"
    )]
    Unwelcome {
        /// Which registry.
        host: String,
        /// Where the credentials come from.
        from: String,
        /// What it answered.
        said: Said,
    },
    /// It wants credentials that anybody could read on the way.
    #[error(
        "it wants to know who you are, and credentials are not sent over plain HTTP: use a \
         registry with TLS"
    )]
    CredentialsInTheOpen,
    /// We may not.
    #[error(
        "you may not do this: {0}\n  ask who runs the registry for access, or log in as another"
    )]
    Forbidden(Said),
    /// It answered something that was not asked for.
    #[error("{0}")]
    Answered(Said),
    /// It is busy or asks for patience.
    #[error("it cannot answer now: {said}{}\n  try again later", asked(.pause))]
    Busy {
        /// What it answered.
        said: Said,
        /// How long it asks us to wait.
        pause: Option<Duration>,
    },
    /// There is no connection.
    #[error("it cannot be reached: {0}\n  check the host, the network and, behind one, the proxy")]
    Unreachable(String),
    /// It speaks no TLS.
    #[error(
        "it does not speak TLS\n  if it is a registry of plain HTTP and you trust everybody on the \
         way, say `insecure = true` for it"
    )]
    NoTls,
    /// It speaks TLS where plain HTTP is spoken.
    #[error(
        "it speaks TLS, and is spoken to in plain HTTP\n  leave out `insecure = true`; what is on \
         this machine is reached with TLS by its name in the network"
    )]
    OnlyTls,
    /// Its certificate vouches for nothing.
    #[error(
        "its certificate is not to be trusted: {0}\n  where a company signs its own, name the file of \
         its certificates in SSL_CERT_FILE"
    )]
    Certificate(String),
    /// Nothing came any more.
    #[error("it stalled: nothing came for {} s\n  try again: what came of a blob is kept", .0.as_secs_f32())]
    Stalled(Duration),
    /// The connection ended before everything was there.
    #[error("it broke off in the middle: {0}\n  try again: what came of a blob is kept")]
    BrokeOff(String),
    /// It gave other bytes than it was asked for.
    #[error(
        "what it gave is not what was asked for: {asked} was asked for, and {given} came\n  \
         somebody has changed it, or it was damaged on the way; nothing of it was kept"
    )]
    OtherDigest {
        /// What it should have been.
        asked: Digest,
        /// What it is.
        given: Digest,
    },
    /// It says that its bytes are others than they are.
    #[error("it says that this is {said}, and it is {given}\n  nothing of it was kept")]
    OtherDigestSaid {
        /// What it says.
        said: String,
        /// What it is.
        given: Digest,
    },
    /// It gave more than it had announced.
    #[error("it gives more than the {0} bytes that it should: nothing of it was kept")]
    Longer(u64),
    /// It gave less than it had announced.
    #[error("it gives {given} bytes and should give {size}")]
    Shorter {
        /// How many it has.
        given: u64,
        /// How many it should have.
        size: u64,
    },
    /// A blob is too large.
    #[error("it is said to have {size} bytes, and at most {max} are taken")]
    BlobTooLarge {
        /// How many it has.
        size: u64,
        /// How many are taken.
        max: u64,
    },
    /// A document is too large.
    #[error("it answers with more than {0} bytes, which no such document has")]
    DocumentTooLarge(usize),
    /// A document cannot be read.
    #[error("it answers with what is no {what}: {reason}")]
    Malformed {
        /// What it should be.
        what: &'static str,
        /// Why it is not.
        reason: String,
    },
    /// There are several artefacts where there should be one.
    #[error(
        "this is an index of {0} manifests, and should be one artefact\n  an image for several \
         platforms is no package: check the name"
    )]
    Index(usize),
    /// A list has no end.
    #[error("its list of {what} goes on and on, and {max} were read: no list is that long")]
    Endless {
        /// What is listed.
        what: &'static str,
        /// How many were read.
        max: usize,
    },
    /// It sends elsewhere, where we do not go.
    #[error("it sends on to `{to}`, {reason}")]
    Redirect {
        /// Where to.
        to: String,
        /// Why not.
        reason: &'static str,
    },
    /// The tag is taken.
    #[error(
        "this is there already, as {there}, and a version never changes\n  give what you have \
         another version: it is {ours}"
    )]
    Taken {
        /// What is there.
        there: Digest,
        /// What was to be put there.
        ours: Digest,
    },
    /// Others keep changing the list of referrers.
    #[error("others change its list of referrers all the time\n  try again later")]
    Contended,
    /// The file that a blob comes from or goes to.
    #[error("a file cannot be read or written: {0}")]
    File(io::Error),
    /// A file is another than it was.
    #[error("`{}` was changed while it was being sent\n  try again", .0.display())]
    FileChanged(PathBuf),
    /// The credentials.
    #[error(transparent)]
    Credentials(#[from] super::CredentialsError),
    /// A name in it.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// This machine cannot make a connection of this kind.
    #[error(
        "no TLS connection can be made on this machine: {0}\n  on Debian, `apt install \
         ca-certificates`, or name a file of certificates in SSL_CERT_FILE"
    )]
    Client(String),
}

fn asked(pause: &Option<Duration>) -> String {
    let told = |pause: &Duration| format!(", and asks for {} s of patience", pause.as_secs());
    pause.as_ref().map(told).unwrap_or_default()
}

impl RegistryError {
    /// Whether there is nothing, as opposed to nothing that we may see.
    pub fn is_absent(&self) -> bool {
        matches!(self.problem, Problem::Absent(_))
    }
}

impl Repository {
    pub(super) fn error(&self, problem: Problem) -> RegistryError {
        RegistryError { what: self.to_string(), problem }
    }

    pub(super) fn error_at(&self, reference: &Reference, problem: Problem) -> RegistryError {
        let sign = match reference {
            Reference::Tag(_) => ':',
            Reference::Digest(_) => '@',
        };
        RegistryError { what: format!("{self}{sign}{reference}"), problem }
    }
}

impl Problem {
    /// What an answer means that is not what was asked for.
    pub(super) fn of_answer(status: StatusCode, body: &[u8]) -> Self {
        let said = Said::new(status, body);
        let page = String::from_utf8_lossy(body);
        match status {
            StatusCode::NOT_FOUND => Self::Absent(said),
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => Self::Forbidden(said),
            // As Go's server says it, and nginx.
            StatusCode::BAD_REQUEST if page.contains("HTTP request") && page.contains("HTTPS") => {
                Self::OnlyTls
            }
            _ => Self::Answered(said),
        }
    }

    pub(super) fn malformed(what: &'static str, reason: impl fmt::Display) -> Self {
        Self::Malformed { what, reason: harmless(&reason.to_string()) }
    }

    /// What it means that there is no answer. Addresses are left out: those of storage are
    /// as good as a key.
    pub(super) fn of_transport(error: reqwest::Error) -> Self {
        let error = error.without_url();
        match tls_error(&error) {
            Some(rustls::Error::InvalidMessage(_)) => return Self::NoTls,
            Some(error @ rustls::Error::InvalidCertificate(_)) => {
                return Self::Certificate(harmless(&error.to_string()));
            }
            _ => {}
        }
        let told = harmless(&innermost(&error));
        if error.is_connect() { Self::Unreachable(told) } else { Self::BrokeOff(told) }
    }

    /// Whether the next try may go better.
    pub(super) fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Busy { .. } | Self::Unreachable(_) | Self::Stalled(_) | Self::BrokeOff(_)
        )
    }
}

/// What TLS found wrong, wherever it is in the chain of causes.
fn tls_error<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<rustls::Error>() {
            return Some(found);
        }
        // An input error does not name what is in it as its source.
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
