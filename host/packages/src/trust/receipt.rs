//! Receipts: signed statements of the decision about one allowed output. The public key is enough
//! to verify one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::{
    ContractName, Digest, GateName, NonBlankString, Person, PinnedPrompt, Ruling,
};

use semver::Version;

use super::in_toto::{InTotoStatement, StatementPredicate};
use super::statement::SignedStatement;
use super::{Envelope, PublicKey, SecretKey, StatementError};

/// Name of the whole output with its context.
const SUBJECT_NAME: &str = "subject";
/// Name of the output's bare bytes, for people who received only the text.
const OUTPUT_NAME: &str = "output";

/// A decision about one output, before it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Digest of the output as it was judged, including its context.
    pub subject: Digest,
    /// Digest of the bare text or JSON. `None` for actions, which have no bare form.
    pub output: Option<Digest>,
    pub decision: ReceiptDecision,
}

/// A decision with the gate, release, contracts and reviewers behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReceiptDecision {
    /// Always true in a valid receipt.
    pub ai_assisted: bool,
    pub gate: GateName,
    /// Digest of the gate record at the time of the decision.
    pub gate_digest: Digest,
    /// Release that judged the output.
    pub release: Digest,
    /// Prompt version of the release. `None` if the release has no prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<PinnedPrompt>,
    /// Model that produced the output, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Contracts in the order of the gate.
    pub contracts: Vec<ReceiptContract>,
    /// Always `allow` in a valid receipt.
    pub ruling: Ruling,
    /// Reviewers of the output. Empty if it was allowed automatically.
    pub reviewers: Vec<ReceiptReviewer>,
    /// Time of the decision (RFC 3339, UTC).
    pub decided_at: String,
    pub run: Digest,
    /// Ledger event of the decision.
    pub event: LedgerReference,
}

/// A contract version and its outcomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReceiptContract {
    /// Name of this contract use in the gate.
    pub id: String,
    pub name: ContractName,
    pub version: Version,
    /// Digest of the component.
    pub digest: Digest,
    pub config_digest: Digest,
    /// An outcome for each repetition and part, the code of the failure, or `part-not-judged`. `None` if this was erased from
    /// the ledger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcomes: Option<Vec<String>>,
}

/// A reviewer of the output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReceiptReviewer {
    pub name: Person,
    /// Role in which the reviewer decided, if given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<NonBlankString>,
    /// One word, e.g. `approve`.
    pub action: String,
    /// Time of the review (RFC 3339, UTC).
    pub at: String,
}

/// Position of an event in a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LedgerReference {
    /// Id of the ledger, in hex.
    pub ledger: String,
    pub seq: u64,
    /// Hash of the event, which the ledger's chain contains.
    pub hash: Digest,
}

impl StatementPredicate for ReceiptDecision {
    const TYPE: &'static str = "https://tollgate.dev/decision/v2";
    const SUBJECT_MATTER: &'static str = "a decision";
}

impl Receipt {
    pub fn sign(&self, key: &SecretKey) -> serde_json::Result<Envelope> {
        let output = self.output.map(|output| (OUTPUT_NAME.to_owned(), output));
        let subjects =
            output.into_iter().chain([(SUBJECT_NAME.to_owned(), self.subject)]).collect();
        InTotoStatement { subjects, predicate: self.decision.clone() }.sign(key)
    }
}

impl SignedStatement<Receipt> {
    /// Opens an envelope with a receipt. `signers` contains those of the given keys that signed it.
    pub fn open_receipt(envelope: &Envelope, keys: &[PublicKey]) -> Result<Self, StatementError> {
        let (InTotoStatement { subjects, predicate: decision }, signers) =
            InTotoStatement::<ReceiptDecision>::open(envelope, keys)?;
        let (subject, output) = match subjects.as_slice() {
            [(name, subject)] if name == SUBJECT_NAME => (*subject, None),
            [(first, output), (name, subject)] if first == OUTPUT_NAME && name == SUBJECT_NAME => {
                (*subject, Some(*output))
            }
            _ => return Err(StatementError::NotOneOutput),
        };
        if decision.ruling != Ruling::Allow || !decision.ai_assisted {
            return Err(StatementError::NotAllowed);
        }
        Ok(Self { statement: Receipt { subject, output, decision }, signers })
    }
}

#[cfg(test)]
mod tests {
    use super::super::in_toto::PAYLOAD_TYPE;
    use super::*;

    fn receipt() -> Receipt {
        let contract = ReceiptContract {
            id: "tollgate/pii".into(),
            name: "tollgate/pii".parse().unwrap(),
            version: "1.0.0".parse().unwrap(),
            digest: Digest::of("component"),
            config_digest: Digest::of("{}"),
            outcomes: Some(vec!["pass".into()]),
        };
        let reviewer = ReceiptReviewer {
            name: "Kim Osei".parse().unwrap(),
            role: None,
            action: "approve".into(),
            at: "2026-03-31T12:00:00Z".into(),
        };
        let decision = ReceiptDecision {
            ai_assisted: true,
            gate: "welcome-email".parse().unwrap(),
            gate_digest: Digest::of("gate"),
            release: Digest::of("release"),
            prompt: None,
            model: Some("acme/large".into()),
            contracts: vec![contract],
            ruling: Ruling::Allow,
            reviewers: vec![reviewer],
            decided_at: "2026-03-31T12:00:00Z".into(),
            run: Digest::of("run"),
            event: LedgerReference { ledger: "00".repeat(16), seq: 3, hash: Digest::of("event") },
        };
        Receipt { subject: Digest::of("subject"), output: Some(Digest::of("hello")), decision }
    }

    #[test]
    fn receipts_round_trip_with_their_signers() {
        let (key, other) = (SecretKey::generate().unwrap(), SecretKey::generate().unwrap());
        for receipt in [receipt(), Receipt { output: None, ..receipt() }] {
            let envelope = receipt.sign(&key).unwrap();
            let signed = SignedStatement::open_receipt(&envelope, &[key.public()]).unwrap();
            assert_eq!((&signed.statement, &signed.signers), (&receipt, &vec![key.public().id()]));
            assert_eq!(
                SignedStatement::open_receipt(&envelope, &[other.public()]).unwrap().signers,
                []
            );
        }
    }

    #[test]
    fn receipts_and_package_signatures_are_not_interchangeable() {
        let key = SecretKey::generate().unwrap();
        let envelope = receipt().sign(&key).unwrap();
        let error = SignedStatement::open(&envelope, &[key.public()]).unwrap_err().to_string();
        assert!(
            error.contains("another kind of statement: `https://tollgate.dev/decision/v2`"),
            "{error}"
        );
        let digest = Digest::of("component");
        let package = super::super::PackageStatement {
            package: "a/b@1.0.0".into(),
            digest,
            manifest: digest,
        };
        let envelope = package.sign(&key).unwrap();
        let error = SignedStatement::open_receipt(&envelope, &[]).unwrap_err().to_string();
        assert!(error.contains("another kind"), "{error}");
    }

    #[test]
    fn rejects_receipts_for_outputs_that_were_not_allowed() {
        let key = SecretKey::generate().unwrap();
        for ruling in [Ruling::Hold, Ruling::Block] {
            let decision = ReceiptDecision { ruling, ..receipt().decision };
            let envelope = Receipt { decision, ..receipt() }.sign(&key).unwrap();
            let opened = SignedStatement::open_receipt(&envelope, &[key.public()]);
            assert!(matches!(opened, Err(StatementError::NotAllowed)), "{ruling:?}");
        }
        let decision = ReceiptDecision { ai_assisted: false, ..receipt().decision };
        let envelope = Receipt { decision, ..receipt() }.sign(&key).unwrap();
        assert!(matches!(
            SignedStatement::open_receipt(&envelope, &[]),
            Err(StatementError::NotAllowed)
        ));
    }

    #[test]
    fn rejects_receipts_with_other_subjects() {
        let key = SecretKey::generate().unwrap();
        let subjects = |names: &[&str]| {
            let subjects = names.iter().map(|name| ((*name).to_owned(), Digest::of("x"))).collect();
            InTotoStatement { subjects, predicate: receipt().decision }.sign(&key).unwrap()
        };
        for names in [&[][..], &["output"], &["other"], &["subject", "output"], &["output"; 2]] {
            let opened = SignedStatement::open_receipt(&subjects(names), &[]);
            assert!(matches!(opened, Err(StatementError::NotOneOutput)), "{names:?}");
        }
        let not_a_receipt = Envelope::sign(PAYLOAD_TYPE, b"hello", &key);
        let error = SignedStatement::open_receipt(&not_a_receipt, &[]).unwrap_err().to_string();
        assert!(error.contains("not a statement about a decision"), "{error}");
    }
}
