//! Receipts: what was decided of one output that went out, signed, so that it can be checked by
//! whoever has the public key and nothing else.

use serde::{Deserialize, Serialize};
use tollgate_model::{ContractName, Digest, GateName, Person, PinnedPrompt, Ruling, Words};

use semver::Version;

use super::in_toto::{Predicate, Said};
use super::statement::Signed;
use super::{Envelope, PublicKey, SecretKey, StatementError};

/// The whole output, with what was known of it.
const SUBJECT: &str = "subject";
/// The bare bytes of the output: what somebody has who was only sent the text.
const OUTPUT: &str = "output";

/// What a receipt says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What identifies the output as it was judged, with what was known of it.
    pub subject: Digest,
    /// What identifies its bare text or JSON; none for an action.
    pub output: Option<Digest>,
    /// What was decided, and what stands behind it.
    pub decided: Decided,
}

/// What was decided of an output, and what stands behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Decided {
    /// Always: that is what a receipt is for.
    pub ai_assisted: bool,
    /// Which gate let it out.
    pub gate: GateName,
    /// What the gate's record said.
    pub gate_digest: Digest,
    /// The release that judged it.
    pub release: Digest,
    /// The prompt version that the release is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<PinnedPrompt>,
    /// The model that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The contracts, in the order of the gate.
    pub contracts: Vec<Asked>,
    /// What happened to the output: it went out.
    pub ruling: Ruling,
    /// Who looked at it before; nobody, where it went out by itself.
    pub reviewers: Vec<Reviewer>,
    /// When it was decided (RFC 3339).
    pub decided_at: String,
    /// The run.
    pub run: Digest,
    /// Where it is recorded.
    pub event: RecordedAs,
}

/// A contract version, and what it said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Asked {
    /// What this use of it is called in the gate.
    pub called: String,
    /// The contract's name.
    pub name: ContractName,
    /// Its contract version.
    pub version: Version,
    /// What identifies its component.
    pub digest: Digest,
    /// What identifies its configuration.
    pub config_digest: Digest,
    /// An outcome for each time that it was asked, or the word for the failure; nothing, where
    /// that has been erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcomes: Option<Vec<String>>,
}

/// Somebody who looked at the output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reviewer {
    /// Who.
    pub name: Person,
    /// As what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Words>,
    /// What they did, in a word.
    pub act: String,
    /// When (RFC 3339).
    pub at: String,
}

/// An event of a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RecordedAs {
    /// Which ledger, in hex.
    pub ledger: String,
    /// Which event.
    pub seq: u64,
    /// Its hash.
    pub hash: Digest,
}

impl Predicate for Decided {
    const TYPE: &'static str = "https://tollgate.dev/decision/v1";
    const ABOUT: &'static str = "a decision";
}

impl Receipt {
    /// Signs it.
    pub fn sign(&self, key: &SecretKey) -> serde_json::Result<Envelope> {
        let output = self.output.map(|output| (OUTPUT.to_owned(), output));
        let subjects = output.into_iter().chain([(SUBJECT.to_owned(), self.subject)]).collect();
        Said { subjects, predicate: self.decided.clone() }.sign(key)
    }
}

impl Signed<Receipt> {
    /// What an envelope says of a decision, and which of these keys say so.
    pub fn open_receipt(envelope: &Envelope, keys: &[PublicKey]) -> Result<Self, StatementError> {
        let (Said { subjects, predicate: decided }, by) = Said::<Decided>::open(envelope, keys)?;
        let (subject, output) = match subjects.as_slice() {
            [(name, subject)] if name == SUBJECT => (*subject, None),
            [(first, output), (name, subject)] if first == OUTPUT && name == SUBJECT => {
                (*subject, Some(*output))
            }
            _ => return Err(StatementError::NotOneOutput),
        };
        if decided.ruling != Ruling::Allow || !decided.ai_assisted {
            return Err(StatementError::NotAllowed);
        }
        Ok(Self { statement: Receipt { subject, output, decided }, by })
    }
}

#[cfg(test)]
mod tests {
    use super::super::in_toto::PAYLOAD_TYPE;
    use super::*;

    fn receipt() -> Receipt {
        let asked = Asked {
            called: "tollgate/pii".into(),
            name: "tollgate/pii".parse().unwrap(),
            version: "1.0.0".parse().unwrap(),
            digest: Digest::of("component"),
            config_digest: Digest::of("{}"),
            outcomes: Some(vec!["pass".into()]),
        };
        let reviewer = Reviewer {
            name: "Kim Osei".parse().unwrap(),
            role: None,
            act: "approve".into(),
            at: "2026-03-31T12:00:00Z".into(),
        };
        let decided = Decided {
            ai_assisted: true,
            gate: "welcome-email".parse().unwrap(),
            gate_digest: Digest::of("gate"),
            release: Digest::of("release"),
            prompt: None,
            model: Some("acme/large".into()),
            contracts: vec![asked],
            ruling: Ruling::Allow,
            reviewers: vec![reviewer],
            decided_at: "2026-03-31T12:00:00Z".into(),
            run: Digest::of("run"),
            event: RecordedAs { ledger: "00".repeat(16), seq: 3, hash: Digest::of("event") },
        };
        Receipt { subject: Digest::of("subject"), output: Some(Digest::of("hello")), decided }
    }

    #[test]
    fn a_receipt_reads_back_with_its_signers() {
        let (key, other) = (SecretKey::generate().unwrap(), SecretKey::generate().unwrap());
        for receipt in [receipt(), Receipt { output: None, ..receipt() }] {
            let envelope = receipt.sign(&key).unwrap();
            let signed = Signed::open_receipt(&envelope, &[key.public()]).unwrap();
            assert_eq!((&signed.statement, &signed.by), (&receipt, &vec![key.public().id()]));
            assert_eq!(Signed::open_receipt(&envelope, &[other.public()]).unwrap().by, []);
        }
    }

    /// Each of the two kinds is of no use as the other.
    #[test]
    fn a_receipt_is_no_signature_of_a_package() {
        let key = SecretKey::generate().unwrap();
        let envelope = receipt().sign(&key).unwrap();
        let error = Signed::open(&envelope, &[key.public()]).unwrap_err().to_string();
        assert!(error.contains("another kind (`https://tollgate.dev/decision/v1`)"), "{error}");
        let digest = Digest::of("component");
        let package =
            super::super::Statement { package: "a/b@1.0.0".into(), digest, manifest: digest };
        let envelope = package.sign(&key).unwrap();
        let error = Signed::open_receipt(&envelope, &[]).unwrap_err().to_string();
        assert!(error.contains("another kind"), "{error}");
    }

    #[test]
    fn what_did_not_go_out_has_no_receipt() {
        let key = SecretKey::generate().unwrap();
        for ruling in [Ruling::Hold, Ruling::Block] {
            let decided = Decided { ruling, ..receipt().decided };
            let envelope = Receipt { decided, ..receipt() }.sign(&key).unwrap();
            let opened = Signed::open_receipt(&envelope, &[key.public()]);
            assert!(matches!(opened, Err(StatementError::NotAllowed)), "{ruling:?}");
        }
        let decided = Decided { ai_assisted: false, ..receipt().decided };
        let envelope = Receipt { decided, ..receipt() }.sign(&key).unwrap();
        assert!(matches!(Signed::open_receipt(&envelope, &[]), Err(StatementError::NotAllowed)));
    }

    #[test]
    fn a_receipt_names_the_output_and_nothing_else() {
        let key = SecretKey::generate().unwrap();
        let subjects = |names: &[&str]| {
            let subjects = names.iter().map(|name| ((*name).to_owned(), Digest::of("x"))).collect();
            Said { subjects, predicate: receipt().decided }.sign(&key).unwrap()
        };
        for names in [&[][..], &["output"], &["other"], &["subject", "output"], &["output"; 2]] {
            let opened = Signed::open_receipt(&subjects(names), &[]);
            assert!(matches!(opened, Err(StatementError::NotOneOutput)), "{names:?}");
        }
        let no_receipt = Envelope::sign(PAYLOAD_TYPE, b"hello", &key);
        let error = Signed::open_receipt(&no_receipt, &[]).unwrap_err().to_string();
        assert!(error.contains("no statement about a decision"), "{error}");
    }
}
