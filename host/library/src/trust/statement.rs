//! What a signature of a package says: this package, of these bytes and with this manifest, is
//! ours.

use serde::{Deserialize, Serialize};
use tollgate_model::Digest;

use super::in_toto::{Predicate, Said, Sha256};
use super::{Envelope, KeyId, PublicKey, SecretKey, StatementError};

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
pub struct Signed<T = Statement> {
    /// What they say.
    pub statement: T,
    /// Those of the keys that were asked for.
    pub by: Vec<KeyId>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vouched {
    manifest: Sha256,
}

impl Predicate for Vouched {
    const TYPE: &'static str = "https://tollgate.dev/package/v1";
    const ABOUT: &'static str = "a package";
}

impl Statement {
    /// Signs it.
    pub fn sign(&self, key: &SecretKey) -> serde_json::Result<Envelope> {
        let subjects = vec![(self.package.clone(), self.digest)];
        Said { subjects, predicate: Vouched { manifest: self.manifest.into() } }.sign(key)
    }
}

impl Signed {
    /// What an envelope says, and which of these keys say so.
    pub fn open(envelope: &Envelope, keys: &[PublicKey]) -> Result<Self, StatementError> {
        let (Said { subjects, predicate }, by) = Said::<Vouched>::open(envelope, keys)?;
        let count = subjects.len();
        let Ok([(package, digest)]) = <[_; 1]>::try_from(subjects) else {
            return Err(StatementError::NotOne(count));
        };
        let manifest = predicate.manifest.try_into().map_err(Said::<Vouched>::malformed)?;
        Ok(Self { statement: Statement { package, digest, manifest }, by })
    }

    /// Whether it speaks of this package, and any of the keys say so.
    pub fn vouches_for(&self, statement: &Statement) -> bool {
        self.statement == *statement && !self.by.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::in_toto::{PAYLOAD_TYPE, STATEMENT};
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
        assert!(open(&about(Vouched::TYPE, &format!("{one}, {one}"))).contains("2 packages"));
        assert!(open(&about(Vouched::TYPE, &one.replace('0', "g"))).contains("no statement"));
    }
}
