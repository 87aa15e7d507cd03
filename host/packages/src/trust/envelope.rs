//! Signature envelopes (DSSE 1.0): a document and its signatures.
//!
//! A signature also covers the document's type, so that a statement of one kind is never accepted
//! as another kind.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::{KeyId, PublicKey, SecretKey};

/// Size limit of an envelope, which is read into memory as a whole.
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
    /// Identifies the signer's key. Only a hint: every trusted key is tried.
    #[serde(default)]
    keyid: String,
    sig: String,
}

/// Reason why an envelope cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    #[error("the signature file has {0} bytes: at most {ENVELOPE_BYTES_MAX} are allowed")]
    TooLarge(usize),
    #[error("not a DSSE envelope: {0}")]
    Malformed(#[from] serde_json::Error),
    #[error("the envelope's payload is not base64")]
    NotBase64,
}

impl Envelope {
    /// Signs a document of the given type.
    pub fn sign(payload_type: &str, payload: &[u8], key: &SecretKey) -> Self {
        let signature = key.sign(&pre_authentication_encoding(payload_type, payload));
        Self {
            payload: STANDARD.encode(payload),
            payload_type: payload_type.into(),
            signatures: vec![EnvelopeSignature {
                keyid: key.public().id().to_string(),
                sig: STANDARD.encode(signature),
            }],
        }
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        if bytes.len() > ENVELOPE_BYTES_MAX {
            return Err(EnvelopeError::TooLarge(bytes.len()));
        }
        Ok(serde_json::from_slice(bytes)?)
    }

    pub fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }

    /// Combines the signatures of two envelopes, or returns `None` if they sign different
    /// documents.
    pub fn merged_with(mut self, other: Self) -> Option<Self> {
        if (&self.payload, &self.payload_type) != (&other.payload, &other.payload_type) {
            return None;
        }
        self.signatures.retain(|one| other.signatures.iter().all(|two| two.keyid != one.keyid));
        self.signatures.extend(other.signatures);
        Some(self)
    }

    /// Returns whether this envelope has every signature of `other` for the same document.
    pub fn contains_signatures(&self, other: &Self) -> bool {
        (&self.payload, &self.payload_type) == (&other.payload, &other.payload_type)
            && other.signatures.iter().all(|signature| self.signatures.contains(signature))
    }

    /// Returns the document and the ids of those keys that signed it as a document of this type.
    pub fn open(
        &self,
        payload_type: &str,
        keys: &[PublicKey],
    ) -> Result<(Vec<u8>, Vec<KeyId>), EnvelopeError> {
        let payload = STANDARD.decode(&self.payload).map_err(|_| EnvelopeError::NotBase64)?;
        if self.payload_type != payload_type {
            return Ok((payload, Vec::new()));
        }
        let message = pre_authentication_encoding(payload_type, &payload);
        let decoded = |signature: &EnvelopeSignature| STANDARD.decode(&signature.sig).ok();
        let signatures: Vec<_> = self.signatures.iter().filter_map(decoded).collect();
        let has_signed =
            |key: &&PublicKey| signatures.iter().any(|signature| key.verifies(&message, signature));
        Ok((payload.clone(), keys.iter().filter(has_signed).map(PublicKey::id).collect()))
    }
}

/// Returns the bytes that are signed: type and document, each after its length (DSSE's PAE).
fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "application/vnd.in-toto+json";

    #[test]
    fn encodes_the_signed_bytes_as_specified() {
        let expected: &[u8] = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world";
        assert_eq!(
            pre_authentication_encoding("http://example.com/HelloWorld", b"hello world"),
            expected
        );
        assert_eq!(pre_authentication_encoding("", "ä".as_bytes()), "DSSEv1 0  2 ä".as_bytes());
    }

    #[test]
    fn opens_with_the_keys_of_its_signers() {
        let (one, other) = (SecretKey::generate().unwrap(), SecretKey::generate().unwrap());
        let envelope = Envelope::sign(TYPE, b"{}", &one);
        let envelope = Envelope::parse(&envelope.to_json().unwrap()).unwrap();
        let keys = [other.public(), one.public()];
        assert_eq!(envelope.open(TYPE, &keys).unwrap(), (b"{}".to_vec(), vec![one.public().id()]));
        assert_eq!(envelope.open(TYPE, &[other.public()]).unwrap().1, []);
        assert_eq!(envelope.open("text/plain", &keys).unwrap().1, [], "another kind of document");
    }

    #[test]
    fn merges_signatures_of_one_document() {
        let (one, other) = (SecretKey::generate().unwrap(), SecretKey::generate().unwrap());
        let keys = [one.public(), other.public()];
        let sign = |key| Envelope::sign(TYPE, b"{}", key);
        let both =
            sign(&one).merged_with(sign(&other)).and_then(|both| both.merged_with(sign(&one)));
        let both = both.unwrap();
        assert_eq!(both.signatures.len(), 2, "one signature for each key");
        assert_eq!(both.open(TYPE, &keys).unwrap().1.len(), 2);
        let another = Envelope::sign(TYPE, b"[]", &other);
        assert_eq!(sign(&one).merged_with(another), None);
    }

    #[test]
    fn every_changed_byte_invalidates_the_signature() {
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
    fn rejects_malformed_and_oversized_envelopes() {
        for text in ["", "{}", r#"{"payload": "", "payloadType": "", "signatures": [], "x": 1}"#] {
            assert!(matches!(Envelope::parse(text.as_bytes()), Err(EnvelopeError::Malformed(_))));
        }
        let huge = vec![b' '; ENVELOPE_BYTES_MAX + 1];
        assert!(matches!(Envelope::parse(&huge), Err(EnvelopeError::TooLarge(_))));
    }
}
