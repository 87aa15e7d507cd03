//! Fuzz bodies for signatures. No bytes may count as signed without the key, and a damaged
//! signature must either be invalid or still vouch for exactly the signed statement.

use std::sync::LazyLock;

use tollgate_model::Digest;
use tollgate_packages::trust::{Envelope, PackageStatement, PublicKey, SecretKey, SignedStatement};

/// A valid signature. It is made anew in every process, but its length and structure are fixed.
struct SignedSample {
    statement: PackageStatement,
    envelope: Envelope,
    bytes: Vec<u8>,
    signer: PublicKey,
    stranger: PublicKey,
}

static SIGNED_SAMPLE: LazyLock<SignedSample> = LazyLock::new(|| {
    let [signer, stranger] = [(); 2].map(|()| SecretKey::generate().expect("randomness"));
    let [digest, manifest] = ["component", "manifest"].map(Digest::of);
    let statement = PackageStatement { package: "acme/claims@1.2.0".into(), digest, manifest };
    let envelope = statement.sign(&signer).expect("a statement");
    let bytes = envelope.to_json().expect("JSON");
    let [signer, stranger] = [signer, stranger].map(|key| key.public());
    SignedSample { statement, envelope, bytes, signer, stranger }
});

/// Result of reading bytes as an envelope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EnvelopeKind {
    NotAnEnvelope,
    /// An envelope with neither a statement nor a receipt.
    Envelope,
    Statement,
    Receipt,
}

/// Reads arbitrary bytes, alone and joined with a valid envelope.
pub fn read_arbitrary(bytes: &[u8]) -> EnvelopeKind {
    let Ok(envelope) = Envelope::parse(bytes) else { return EnvelopeKind::NotAnEnvelope };
    let again = envelope.to_json().expect("a parsed envelope can be written");
    assert_eq!(Envelope::parse(&again).expect("a written envelope can be parsed"), envelope);
    assert!(!is_signed(&envelope), "it counts as signed without the key");
    if let Some(joined) = envelope.clone().merged_with(SIGNED_SAMPLE.envelope.clone()) {
        assert!(is_signed(&joined), "joining an envelope hides the valid signature");
    }
    if let Ok(receipt) = SignedStatement::open_receipt(&envelope, &[]) {
        assert!(
            receipt.signers.is_empty() && SignedStatement::open(&envelope, &[]).is_err(),
            "it is both a receipt and a statement"
        );
        return EnvelopeKind::Receipt;
    }
    match SignedStatement::open(&envelope, &[]) {
        Ok(_) => EnvelopeKind::Statement,
        Err(_) => EnvelopeKind::Envelope,
    }
}

/// Replaces some bytes of a valid signature, and returns whether it still counts as signed. The
/// first two input bytes give the position, the third the number of bytes, and the rest replaces
/// them.
pub fn read_damaged(bytes: &[u8]) -> bool {
    let [high, low, length, replacement @ ..] = bytes else { return false };
    let sound = &SIGNED_SAMPLE.bytes;
    let start = usize::from(u16::from_be_bytes([*high, *low])) % (sound.len() + 1);
    let end = (start + usize::from(*length)).min(sound.len());
    let damaged = [&sound[..start], replacement, &sound[end..]].concat();
    Envelope::parse(&damaged).is_ok_and(|envelope| is_signed(&envelope))
}

/// Returns whether the envelope is signed. If so, it must be signed by the signer only, and contain
/// the signed statement.
fn is_signed(envelope: &Envelope) -> bool {
    let SignedSample { statement, signer, stranger, .. } = &*SIGNED_SAMPLE;
    let keys = [stranger.clone(), signer.clone()];
    let Ok(signed) = SignedStatement::open(envelope, &keys) else { return false };
    if signed.signers.is_empty() {
        assert!(!signed.vouches_for(&signed.statement), "it is vouched for without a signer");
        return false;
    }
    assert_eq!(signed.signers, [signer.id()]);
    assert!(signed.vouches_for(statement), "it contains a statement that was never signed");
    true
}
