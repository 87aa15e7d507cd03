//! Receipts and the provenance of outputs.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate_govern::provenance::Provenance;
use tollgate_model::{Digest, FormatVersion, GateName, Person};
use tollgate_packages::trust::{Receipt, ReceiptDecision, SignedStatement};

/// Result of verifying a receipt.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ReceiptVerificationDocument {
    pub format: FormatVersion<1>,
    /// Whether a trusted key signed the receipt.
    pub signed: bool,
    /// Names of the trusted keys that signed it.
    pub signers: Vec<String>,
    /// Whether the compared output is the one of the receipt; `null` if none was compared.
    pub is_output: Option<bool>,
    /// Content of the receipt; `null` unless it is signed.
    pub statement: Option<VerifiedReceipt>,
}

/// Signed receipt: an envelope in the format DSSE 1.0. It has no `format` of this tool, because others read it too.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignedReceipt {
    /// Statement in the format of in-toto, in base64.
    pub payload: String,
    pub payload_type: String,
    pub signatures: Vec<ReceiptSignature>,
}

/// Signature of a receipt.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ReceiptSignature {
    /// Id of the key that signed.
    pub keyid: String,
    /// Signature in base64.
    pub sig: String,
}

/// Content of a signed receipt.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct VerifiedReceipt {
    /// Digest of the output as it was judged, with its context.
    pub subject: Digest,
    /// Digest of the bare text or JSON; `null` for actions.
    pub output: Option<Digest>,
    pub decision: ReceiptDecision,
}

/// Provenance of an output that went out, unsigned.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ProvenanceDocument {
    pub format: FormatVersion<1>,
    pub gate: GateName,
    /// Release that decided.
    pub release: Digest,
    pub run: Digest,
    pub subject: Digest,
    /// Model that made the output; absent if the caller did not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// People who approved the output; empty if no approval was needed.
    pub reviewers: Vec<Person>,
}

impl ReceiptVerificationDocument {
    /// Describes a receipt that was read. `signers` are the names of the trusted keys that signed it.
    pub fn new(
        signed: &SignedStatement<Receipt>,
        signers: Vec<String>,
        is_output: Option<bool>,
    ) -> Self {
        // An unsigned statement is left out, so that programs cannot mistake it for a signed one.
        let statement = (!signers.is_empty()).then(|| (&signed.statement).into());
        Self { format: FormatVersion, signed: !signers.is_empty(), signers, is_output, statement }
    }
}

impl From<&Receipt> for VerifiedReceipt {
    fn from(receipt: &Receipt) -> Self {
        let Receipt { subject, output, decision } = receipt.clone();
        Self { subject, output, decision }
    }
}

impl From<Provenance> for ProvenanceDocument {
    fn from(provenance: Provenance) -> Self {
        let Provenance { gate, release, run, subject, model, reviewers } = provenance;
        Self { format: FormatVersion, gate, release, run, subject, model, reviewers }
    }
}
