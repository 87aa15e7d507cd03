//! What is done with bytes that somebody calls a signature. What nobody signed stays signed by
//! nobody, and what is signed says what was signed, whatever is done to its bytes.

use std::sync::LazyLock;

use tollgate_library::trust::{Envelope, PublicKey, SecretKey, Signed, Statement};
use tollgate_model::Digest;

/// A sound signature. It is made anew each time, but its length and its outline never change.
struct Sound {
    statement: Statement,
    envelope: Envelope,
    bytes: Vec<u8>,
    signer: PublicKey,
    stranger: PublicKey,
}

static SOUND: LazyLock<Sound> = LazyLock::new(|| {
    let [signer, stranger] = [(); 2].map(|()| SecretKey::generate().expect("randomness"));
    let [digest, manifest] = ["component", "manifest"].map(Digest::of);
    let statement = Statement { package: "acme/claims@1.2.0".into(), digest, manifest };
    let envelope = statement.sign(&signer).expect("a statement");
    let bytes = envelope.to_json().expect("JSON");
    let [signer, stranger] = [signer, stranger].map(|key| key.public());
    Sound { statement, envelope, bytes, signer, stranger }
});

/// What became of the bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Became {
    Nothing,
    /// They are an envelope.
    Envelope,
    /// They are an envelope with a statement in it.
    Statement,
    /// They are an envelope with a receipt in it.
    Receipt,
}

/// Bytes that come from anywhere, alone and with a sound signature of the same beside them.
pub fn open(bytes: &[u8]) -> Became {
    let Ok(envelope) = Envelope::parse(bytes) else { return Became::Nothing };
    let again = envelope.to_json().expect("what was read is written");
    assert_eq!(Envelope::parse(&again).expect("and read again"), envelope);
    assert!(!is_signed(&envelope), "nobody has signed it");
    if let Some(joined) = envelope.clone().joined(SOUND.envelope.clone()) {
        assert!(is_signed(&joined), "a signature beside it hides that of the signer");
    }
    if let Ok(receipt) = Signed::open_receipt(&envelope, &[]) {
        assert!(
            receipt.by.is_empty() && Signed::open(&envelope, &[]).is_err(),
            "it is one of both"
        );
        return Became::Receipt;
    }
    match Signed::open(&envelope, &[]) {
        Ok(_) => Became::Statement,
        Err(_) => Became::Envelope,
    }
}

/// A sound signature in which some bytes are others: the first two say from where, the third how
/// many, and what follows stands in their place. Says whether it is signed still.
pub fn damage(bytes: &[u8]) -> bool {
    let [high, low, length, instead @ ..] = bytes else { return false };
    let sound = &SOUND.bytes;
    let start = usize::from(u16::from_be_bytes([*high, *low])) % (sound.len() + 1);
    let end = (start + usize::from(*length)).min(sound.len());
    let damaged = [&sound[..start], instead, &sound[end..]].concat();
    Envelope::parse(&damaged).is_ok_and(|envelope| is_signed(&envelope))
}

/// Whether it is signed, by the signer alone, and says what the signer did.
fn is_signed(envelope: &Envelope) -> bool {
    let Sound { statement, signer, stranger, .. } = &*SOUND;
    let keys = [stranger.clone(), signer.clone()];
    let Ok(signed) = Signed::open(envelope, &keys) else { return false };
    if signed.by.is_empty() {
        assert!(!signed.vouches_for(&signed.statement), "nobody vouches for it");
        return false;
    }
    assert_eq!(signed.by, [signer.id()]);
    assert!(signed.vouches_for(statement), "it says something that was never signed");
    true
}
