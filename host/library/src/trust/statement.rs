//! What a signature says: this package, of these bytes and with this manifest, is ours.

use serde::{Deserialize, Serialize};
use tollgate_model::Digest;

use super::{Envelope, EnvelopeError, KeyId, PublicKey, SecretKey};

const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// What the statement is about. A change of its meaning is another address.
const PREDICATE: &str = "https://tollgate.dev/package/v1";

/// A package, as one vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// `name@version`.
    pub package: String,
    /// Of its bytes.
    pub digest: Digest,
    /// Of its manifest, in canonical form.
    pub manifest: Digest,
}

/// A statement, and who has signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// What they say.
    pub statement: Statement,
    /// Those of the keys that were asked for.
    pub by: Vec<KeyId>,
}

/// Why a signature says nothing.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// The envelope cannot be read.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// What is in it cannot be read.
    #[error("what is signed is no statement about a package: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It is about something else.
    #[error("what is signed is a statement of another kind (`{0}`)")]
    OfAnotherKind(String),
    /// It is about none, or several.
    #[error("what is signed speaks of {0} packages, and should of one")]
    NotOne(usize),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct InToto {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    predicate_type: String,
    predicate: Predicate,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    name: String,
    digest: Sha256,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Predicate {
    manifest: Sha256,
}

/// in-toto's digests name their algorithm beside the digits, ours before them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sha256 {
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

impl Statement {
    /// Signs it.
    pub fn sign(&self, key: &SecretKey) -> serde_json::Result<Envelope> {
        let document = InToto {
            kind: STATEMENT.into(),
            subject: vec![Subject { name: self.package.clone(), digest: self.digest.into() }],
            predicate_type: PREDICATE.into(),
            predicate: Predicate { manifest: self.manifest.into() },
        };
        Ok(Envelope::sign(PAYLOAD_TYPE, &serde_json::to_vec(&document)?, key))
    }
}

impl Signed {
    /// What an envelope says, and which of these keys say so.
    pub fn open(envelope: &Envelope, keys: &[PublicKey]) -> Result<Self, StatementError> {
        let (payload, by) = envelope.open(PAYLOAD_TYPE, keys)?;
        let document: InToto = serde_json::from_slice(&payload)?;
        if document.kind != STATEMENT || document.predicate_type != PREDICATE {
            return Err(StatementError::OfAnotherKind(document.predicate_type));
        }
        let count = document.subject.len();
        let Ok([subject]) = <[Subject; 1]>::try_from(document.subject) else {
            return Err(StatementError::NotOne(count));
        };
        let statement = Statement {
            package: subject.name,
            digest: subject.digest.try_into()?,
            manifest: document.predicate.manifest.try_into()?,
        };
        Ok(Self { statement, by })
    }

    /// Whether it speaks of this package, and any of the keys say so.
    pub fn vouches_for(&self, statement: &Statement) -> bool {
        self.statement == *statement && !self.by.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement() -> Statement {
        Statement {
            package: "acme/claims@1.2.0".into(),
            digest: Digest::of("component"),
            manifest: Digest::of("manifest"),
        }
    }

    #[test]
    fn a_statement_reads_back_with_its_signers() {
        let key = SecretKey::generate().unwrap();
        let envelope = statement().sign(&key).unwrap();
        let signed = Signed::open(&envelope, &[key.public()]).unwrap();
        assert_eq!(signed, Signed { statement: statement(), by: vec![key.public().id()] });
        assert!(signed.vouches_for(&statement()));
    }

    #[test]
    fn nobody_vouches_for_another_package_or_without_a_key() {
        let key = SecretKey::generate().unwrap();
        let envelope = statement().sign(&key).unwrap();
        let unsigned = Signed::open(&envelope, &[]).unwrap();
        assert!(!unsigned.vouches_for(&statement()));
        let signed = Signed::open(&envelope, &[key.public()]).unwrap();
        let others = [
            Statement { package: "acme/claims@1.2.1".into(), ..statement() },
            Statement { digest: Digest::of("another"), ..statement() },
            Statement { manifest: Digest::of("another"), ..statement() },
        ];
        assert!(others.iter().all(|other| !signed.vouches_for(other)));
    }

    #[test]
    fn other_statements_say_nothing() {
        let key = SecretKey::generate().unwrap();
        let open = |payload: &str| {
            let envelope = Envelope::sign(PAYLOAD_TYPE, payload.as_bytes(), &key);
            Signed::open(&envelope, &[key.public()]).unwrap_err().to_string()
        };
        assert!(open("hello").contains("no statement"));
        let zeros = "0".repeat(64);
        let about = |kind: &str, subjects: &str| {
            format!(
                r#"{{"_type": "{STATEMENT}", "subject": [{subjects}], "predicateType": "{kind}",
                    "predicate": {{"manifest": {{"sha256": "{zeros}"}}}}}}"#
            )
        };
        let one = format!(r#"{{"name": "a/b@1.0.0", "digest": {{"sha256": "{zeros}"}}}}"#);
        assert!(open(&about("https://slsa.dev/provenance/v1", &one)).contains("another kind"));
        assert!(open(&about(PREDICATE, &format!("{one}, {one}"))).contains("2 packages"));
        assert!(open(&about(PREDICATE, &one.replace('0', "g"))).contains("no statement"));
    }
}
