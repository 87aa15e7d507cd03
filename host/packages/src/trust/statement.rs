//! Package statements: the signed claim that a package with these bytes and this manifest is one's
//! own.

use serde::{Deserialize, Serialize};
use tollgate_model::Digest;

use super::in_toto::{InTotoStatement, Sha256, StatementPredicate};
use super::{Envelope, KeyId, PublicKey, SecretKey, StatementError};

/// Content of a package's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageStatement {
    /// Package id, `name@version`.
    pub package: String,
    /// Digest of the package's bytes.
    pub digest: Digest,
    /// Digest of its manifest in canonical form. For a prompt, the digest of its bytes.
    pub manifest: Digest,
}

/// A statement and the trusted keys that signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedStatement<T = PackageStatement> {
    pub statement: T,
    /// Ids of those keys that signed it, out of the keys that it was opened with. May be empty.
    pub signers: Vec<KeyId>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PackagePredicate {
    manifest: Sha256,
}

impl StatementPredicate for PackagePredicate {
    const TYPE: &'static str = "https://tollgate.dev/package/v2";
    const SUBJECT_MATTER: &'static str = "a package";
}

impl PackageStatement {
    pub fn sign(&self, key: &SecretKey) -> serde_json::Result<Envelope> {
        let subjects = vec![(self.package.clone(), self.digest)];
        InTotoStatement { subjects, predicate: PackagePredicate { manifest: self.manifest.into() } }
            .sign(key)
    }
}

impl SignedStatement {
    /// Opens an envelope with a package statement. `signers` contains those of the given keys that
    /// signed it.
    pub fn open(envelope: &Envelope, keys: &[PublicKey]) -> Result<Self, StatementError> {
        let (InTotoStatement { subjects, predicate }, signers) =
            InTotoStatement::<PackagePredicate>::open(envelope, keys)?;
        let count = subjects.len();
        let Ok([(package, digest)]) = <[_; 1]>::try_from(subjects) else {
            return Err(StatementError::NotOnePackage(count));
        };
        let manifest = predicate
            .manifest
            .try_into()
            .map_err(InTotoStatement::<PackagePredicate>::malformed_error)?;
        Ok(Self { statement: PackageStatement { package, digest, manifest }, signers })
    }

    /// Returns whether it is about this package and at least one key signed it.
    pub fn vouches_for(&self, statement: &PackageStatement) -> bool {
        self.statement == *statement && !self.signers.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::in_toto::{PAYLOAD_TYPE, STATEMENT_TYPE};
    use super::*;

    fn statement() -> PackageStatement {
        PackageStatement {
            package: "acme/claims@1.2.0".into(),
            digest: Digest::of("component"),
            manifest: Digest::of("manifest"),
        }
    }

    #[test]
    fn statements_round_trip_with_their_signers() {
        let key = SecretKey::generate().unwrap();
        let envelope = statement().sign(&key).unwrap();
        let signed = SignedStatement::open(&envelope, &[key.public()]).unwrap();
        assert_eq!(
            signed,
            SignedStatement { statement: statement(), signers: vec![key.public().id()] }
        );
        assert!(signed.vouches_for(&statement()));
    }

    #[test]
    fn vouches_only_for_the_signed_package_with_a_key() {
        let key = SecretKey::generate().unwrap();
        let envelope = statement().sign(&key).unwrap();
        let unsigned = SignedStatement::open(&envelope, &[]).unwrap();
        assert!(!unsigned.vouches_for(&statement()));
        let signed = SignedStatement::open(&envelope, &[key.public()]).unwrap();
        let others = [
            PackageStatement { package: "acme/claims@1.2.1".into(), ..statement() },
            PackageStatement { digest: Digest::of("another"), ..statement() },
            PackageStatement { manifest: Digest::of("another"), ..statement() },
        ];
        assert!(others.iter().all(|other| !signed.vouches_for(other)));
    }

    #[test]
    fn rejects_other_statements() {
        let key = SecretKey::generate().unwrap();
        let open = |payload: &str| {
            let envelope = Envelope::sign(PAYLOAD_TYPE, payload.as_bytes(), &key);
            SignedStatement::open(&envelope, &[key.public()]).unwrap_err().to_string()
        };
        assert!(open("hello").contains("not a statement"));
        let zeros = "0".repeat(64);
        let about = |kind: &str, subjects: &str| {
            format!(
                r#"{{"_type": "{STATEMENT_TYPE}", "subject": [{subjects}], "predicateType": "{kind}",
                    "predicate": {{"manifest": {{"sha256": "{zeros}"}}}}}}"#
            )
        };
        let one = format!(r#"{{"name": "a/b@1.0.0", "digest": {{"sha256": "{zeros}"}}}}"#);
        assert!(open(&about("https://slsa.dev/provenance/v1", &one)).contains("another kind"));
        assert!(
            open(&about(PackagePredicate::TYPE, &format!("{one}, {one}"))).contains("2 packages")
        );
        assert!(
            open(&about(PackagePredicate::TYPE, &one.replace('0', "g")))
                .contains("not a statement")
        );
    }
}
