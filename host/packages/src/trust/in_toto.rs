//! Statements of the in-toto format: a predicate about subjects that are named by their digests.
//! Each kind of statement has its own predicate type.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tollgate_model::Digest;

use super::{Envelope, EnvelopeError, KeyId, PublicKey, SecretKey};

pub(super) const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
pub(super) const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// Content of one kind of statement.
pub(super) trait StatementPredicate: Serialize + DeserializeOwned {
    /// URI of the predicate type. A change of meaning needs a new URI.
    const TYPE: &'static str;
    /// Subject matter for messages, e.g. `a package`.
    const SUBJECT_MATTER: &'static str;
}

/// A predicate and the subjects that it is about.
pub(super) struct InTotoStatement<P> {
    pub subjects: Vec<(String, Digest)>,
    pub predicate: P,
}

/// Reason why a signed statement is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The payload is not a statement of the expected form.
    #[error("the signed document is not a statement about {about}: {reason}")]
    Malformed {
        /// Expected subject matter.
        about: &'static str,
        reason: serde_json::Error,
    },
    /// Holds the predicate type of the statement.
    #[error("the signed document is another kind of statement: `{0}`")]
    UnexpectedType(String),
    /// Holds the number of subjects.
    #[error("the signed statement is about {0} packages instead of one")]
    NotOnePackage(usize),
    /// A receipt has one `subject` and optionally one `output` before it.
    #[error("the signed receipt must name one `subject` and at most one `output`")]
    NotOneOutput,
    /// Receipts exist only for allowed, AI-assisted outputs.
    #[error("the signed receipt is about an output that was not allowed")]
    NotAllowed,
}

/// The keys that tell kinds of statements apart.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatementHeader {
    #[serde(rename = "_type")]
    kind: String,
    predicate_type: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct StatementDocument<P> {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<StatementSubject>,
    predicate_type: String,
    predicate: P,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StatementSubject {
    name: String,
    digest: Sha256,
}

/// Digest in the form of in-toto: the algorithm is the key.
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

impl<P: StatementPredicate> InTotoStatement<P> {
    pub fn sign(self, key: &SecretKey) -> serde_json::Result<Envelope> {
        Ok(Envelope::sign(PAYLOAD_TYPE, &self.into_payload()?, key))
    }

    /// Serialises the statement to the bytes that are signed.
    pub fn into_payload(self) -> serde_json::Result<Vec<u8>> {
        let subject =
            |(name, digest): (String, Digest)| StatementSubject { name, digest: digest.into() };
        serde_json::to_vec(&StatementDocument {
            kind: STATEMENT_TYPE.into(),
            subject: self.subjects.into_iter().map(subject).collect(),
            predicate_type: P::TYPE.into(),
            predicate: self.predicate,
        })
    }

    /// Opens an envelope. Returns the statement and the ids of those keys that signed it.
    pub fn open(
        envelope: &Envelope,
        keys: &[PublicKey],
    ) -> Result<(Self, Vec<KeyId>), StatementError> {
        let (payload, signers) = envelope.open(PAYLOAD_TYPE, keys)?;
        let StatementHeader { kind, predicate_type } =
            serde_json::from_slice(&payload).map_err(Self::malformed_error)?;
        // Check the kind first, so that a receipt is not reported as a malformed package statement.
        if kind != STATEMENT_TYPE || predicate_type != P::TYPE {
            return Err(StatementError::UnexpectedType(predicate_type));
        }
        let document: StatementDocument<P> =
            serde_json::from_slice(&payload).map_err(Self::malformed_error)?;
        let named = document.subject.into_iter().map(|one| Ok((one.name, one.digest.try_into()?)));
        let subjects = named.collect::<Result<_, _>>().map_err(Self::malformed_error)?;
        Ok((Self { subjects, predicate: document.predicate }, signers))
    }

    pub fn malformed_error(reason: serde_json::Error) -> StatementError {
        StatementError::Malformed { about: P::SUBJECT_MATTER, reason }
    }
}
