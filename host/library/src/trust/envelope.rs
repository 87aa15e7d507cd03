//! Envelopes: what is signed, and by whom (DSSE 1.0).
//!
//! The signature covers the type of what is in the envelope too, so that a statement of one
//! kind is never taken for one of another.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::{KeyId, PublicKey, SecretKey};

/// Signatures lie beside each package; a larger one is no signature.
const ENVELOPE_BYTES_MAX: usize = 1 << 20;

/// A signed document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Envelope {
    payload: String,
    payload_type: String,
    signatures: Vec<EnvelopeSignature>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnvelopeSignature {
    /// Which key it claims to be of. Only a hint: every key that is asked for is tried.
    #[serde(default)]
    keyid: String,
    sig: String,
}

/// Why an envelope cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// It is larger than any signature.
    #[error("it has {0} bytes, and a signature has at most {ENVELOPE_BYTES_MAX}")]
    TooLarge(usize),
    /// It is no envelope.
    #[error("it is no DSSE envelope: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Its payload is not what base64 makes.
    #[error("its payload is not base64")]
    NotBase64,
}

impl Envelope {
    /// Signs a document of this type.
    pub fn sign(payload_type: &str, payload: &[u8], key: &SecretKey) -> Self {
        let signature = key.sign(&encoded(payload_type, payload));
        Self {
            payload: STANDARD.encode(payload),
            payload_type: payload_type.into(),
            signatures: vec![EnvelopeSignature {
                keyid: key.public().id().to_string(),
                sig: STANDARD.encode(signature),
            }],
        }
    }

    /// Reads one.
    pub fn parse(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        if bytes.len() > ENVELOPE_BYTES_MAX {
            return Err(EnvelopeError::TooLarge(bytes.len()));
        }
        Ok(serde_json::from_slice(bytes)?)
    }

    /// As JSON.
    pub fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }

    /// One document with the signatures of both; nothing, where they are of two.
    pub fn joined(mut self, other: Self) -> Option<Self> {
        if (&self.payload, &self.payload_type) != (&other.payload, &other.payload_type) {
            return None;
        }
        self.signatures.retain(|one| other.signatures.iter().all(|two| two.keyid != one.keyid));
        self.signatures.extend(other.signatures);
        Some(self)
    }

    /// Whether it has every signature of another, of the same document.
    pub fn holds(&self, other: &Self) -> bool {
        (&self.payload, &self.payload_type) == (&other.payload, &other.payload_type)
            && other.signatures.iter().all(|signature| self.signatures.contains(signature))
    }

    /// The document, and which of these keys have signed it as one of this type.
    pub fn open(
        &self,
        payload_type: &str,
        keys: &[PublicKey],
    ) -> Result<(Vec<u8>, Vec<KeyId>), EnvelopeError> {
        let payload = STANDARD.decode(&self.payload).map_err(|_| EnvelopeError::NotBase64)?;
        if self.payload_type != payload_type {
            return Ok((payload, Vec::new()));
        }
        let message = encoded(payload_type, &payload);
        let decoded = |signature: &EnvelopeSignature| STANDARD.decode(&signature.sig).ok();
        let signatures: Vec<_> = self.signatures.iter().filter_map(decoded).collect();
        let has_signed =
            |key: &&PublicKey| signatures.iter().any(|signature| key.verifies(&message, signature));
        Ok((payload.clone(), keys.iter().filter(has_signed).map(PublicKey::id).collect()))
    }
}

/// What is signed: type and document, each behind its length (DSSE's PAE).
fn encoded(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "application/vnd.in-toto+json";

    #[test]
    fn what_is_signed_is_as_the_specification_has_it() {
        let expected: &[u8] = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world";
        assert_eq!(encoded("http://example.com/HelloWorld", b"hello world"), expected);
        assert_eq!(encoded("", "ä".as_bytes()), "DSSEv1 0  2 ä".as_bytes());
    }

    #[test]
    fn an_envelope_opens_to_those_who_signed_it() {
        let (one, other) = (SecretKey::generate().unwrap(), SecretKey::generate().unwrap());
        let envelope = Envelope::sign(TYPE, b"{}", &one);
        let envelope = Envelope::parse(&envelope.to_json().unwrap()).unwrap();
        let keys = [other.public(), one.public()];
        assert_eq!(envelope.open(TYPE, &keys).unwrap(), (b"{}".to_vec(), vec![one.public().id()]));
        assert_eq!(envelope.open(TYPE, &[other.public()]).unwrap().1, []);
        assert_eq!(envelope.open("text/plain", &keys).unwrap().1, [], "another kind of document");
    }

    #[test]
    fn several_sign_one_document() {
        let (one, other) = (SecretKey::generate().unwrap(), SecretKey::generate().unwrap());
        let keys = [one.public(), other.public()];
        let sign = |key| Envelope::sign(TYPE, b"{}", key);
        let both = sign(&one).joined(sign(&other)).and_then(|both| both.joined(sign(&one)));
        let both = both.unwrap();
        assert_eq!(both.signatures.len(), 2, "nobody signs twice");
        assert_eq!(both.open(TYPE, &keys).unwrap().1.len(), 2);
        let another = Envelope::sign(TYPE, b"[]", &other);
        assert_eq!(sign(&one).joined(another), None);
    }

    /// Every byte counts, wherever it is changed.
    #[test]
    fn whatever_is_changed_is_signed_by_nobody() {
        let key = SecretKey::generate().unwrap();
        let sound = Envelope::sign(TYPE, b"a document", &key);
        let keys = [key.public()];
        let signers = |envelope: &Envelope| envelope.open(TYPE, &keys).map(|(_, ids)| ids.len());
        assert_eq!(signers(&sound).unwrap(), 1);
        let text = STANDARD.decode(&sound.payload).unwrap();
        for at in 0..text.len() {
            let mut changed = text.clone();
            changed[at] ^= 1;
            let envelope = Envelope { payload: STANDARD.encode(changed), ..sound.clone() };
            assert_eq!(signers(&envelope).unwrap(), 0);
        }
        let signature = STANDARD.decode(&sound.signatures[0].sig).unwrap();
        for at in 0..signature.len() {
            let mut changed = sound.clone();
            let mut bytes = signature.clone();
            bytes[at] ^= 1;
            changed.signatures[0].sig = STANDARD.encode(bytes);
            assert_eq!(signers(&changed).unwrap(), 0);
        }
    }

    #[test]
    fn what_is_no_envelope_is_refused() {
        for text in ["", "{}", r#"{"payload": "", "payloadType": "", "signatures": [], "x": 1}"#] {
            assert!(matches!(Envelope::parse(text.as_bytes()), Err(EnvelopeError::Malformed(_))));
        }
        let huge = vec![b' '; ENVELOPE_BYTES_MAX + 1];
        assert!(matches!(Envelope::parse(&huge), Err(EnvelopeError::TooLarge(_))));
    }
}
