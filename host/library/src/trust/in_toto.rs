//! Statements in the form of in-toto: something is said of things that are named by their digests.
//! What is said, the predicate, is a type of its own for each kind of statement.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tollgate_model::Digest;

use super::{Envelope, EnvelopeError, KeyId, PublicKey, SecretKey};

pub(super) const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
pub(super) const STATEMENT: &str = "https://in-toto.io/Statement/v1";

/// What can be said.
pub(super) trait Predicate: Serialize + DeserializeOwned {
    /// The address that names this kind. A change of its meaning is another address.
    const TYPE: &'static str;
    /// What statements of this kind are about, for messages.
    const ABOUT: &'static str;
}

/// A statement: what is said, and of what.
pub(super) struct Said<P> {
    pub subjects: Vec<(String, Digest)>,
    pub predicate: P,
}

/// Why a signature says nothing.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// The envelope cannot be read.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// What is in it cannot be read.
    #[error("what is signed is no statement about {about}: {reason}")]
    Malformed {
        /// What it should be about.
        about: &'static str,
        /// What cannot be read of it.
        reason: serde_json::Error,
    },
    /// It is about something else.
    #[error("what is signed is a statement of another kind (`{0}`)")]
    OfAnotherKind(String),
    /// It is about none, or several.
    #[error("what is signed speaks of {0} packages, and should of one")]
    NotOne(usize),
    /// It is about a decision, and does not name the output as it should.
    #[error("what is signed does not name one `subject`, and one `output` at most")]
    NotOneOutput,
    /// It says of an output that did not go out that it did.
    #[error("what is signed is a receipt of an output that did not go out")]
    NotAllowed,
}

/// As much as says which kind it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    #[serde(rename = "_type")]
    kind: String,
    predicate_type: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct InToto<P> {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    predicate_type: String,
    predicate: P,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    name: String,
    digest: Sha256,
}

/// in-toto's digests name their algorithm beside the digits, ours before them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sha256 {
    sha256: String,
}

impl From<Digest> for Sha256 {
    fn from(digest: Digest) -> Self {
        Self { sha256: digest.hex() }
    }
}

impl TryFrom<Sha256> for Digest {
    type Error = serde_json::Error;

    fn try_from(digest: Sha256) -> Result<Self, Self::Error> {
        serde_json::from_value(serde_json::Value::String(format!("sha256:{}", digest.sha256)))
    }
}

impl<P: Predicate> Said<P> {
    /// Signs it.
    pub fn sign(self, key: &SecretKey) -> serde_json::Result<Envelope> {
        Ok(Envelope::sign(PAYLOAD_TYPE, &self.written()?, key))
    }

    /// What is signed.
    pub fn written(self) -> serde_json::Result<Vec<u8>> {
        let subject = |(name, digest): (String, Digest)| Subject { name, digest: digest.into() };
        serde_json::to_vec(&InToto {
            kind: STATEMENT.into(),
            subject: self.subjects.into_iter().map(subject).collect(),
            predicate_type: P::TYPE.into(),
            predicate: self.predicate,
        })
    }

    /// What an envelope says, and which of these keys say so.
    pub fn open(
        envelope: &Envelope,
        keys: &[PublicKey],
    ) -> Result<(Self, Vec<KeyId>), StatementError> {
        let (payload, by) = envelope.open(PAYLOAD_TYPE, keys)?;
        let Kind { kind, predicate_type } =
            serde_json::from_slice(&payload).map_err(Self::malformed)?;
        // A statement of another kind is told as that, before anything is asked of its form.
        if kind != STATEMENT || predicate_type != P::TYPE {
            return Err(StatementError::OfAnotherKind(predicate_type));
        }
        let whole: InToto<P> = serde_json::from_slice(&payload).map_err(Self::malformed)?;
        let named = whole.subject.into_iter().map(|one| Ok((one.name, one.digest.try_into()?)));
        let subjects = named.collect::<Result<_, _>>().map_err(Self::malformed)?;
        Ok((Self { subjects, predicate: whole.predicate }, by))
    }

    pub fn malformed(reason: serde_json::Error) -> StatementError {
        StatementError::Malformed { about: P::ABOUT, reason }
    }
}
