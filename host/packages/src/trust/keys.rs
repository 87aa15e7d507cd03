//! Signing keys, in PEM files that other tools can read and write. Secret keys are never printed.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{
    DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, KeypairBytes,
};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use tollgate_model::Digest;
use zeroize::Zeroizing;

/// Mode of secret key files, and the bits that would give others access.
const SECRET_MODE: u32 = 0o600;
const OTHERS_MASK: u32 = 0o077;
const ENCRYPTED_HEADER: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
/// DER prefix of every Ed25519 SubjectPublicKeyInfo (RFC 8410): a sequence of the algorithm
/// 1.3.101.112 and a bit string.
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0];

/// Reason why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(transparent)]
    File(#[from] io::Error),
    /// Holds the file's mode.
    #[error(
        "other users can read the key file (mode {0:o}): run `chmod 600` on it and consider \
         replacing the key"
    )]
    ReadableByOthers(u32),
    #[error("not an Ed25519 key in PEM format")]
    Malformed,
    #[error("wrong passphrase")]
    WrongPassphrase,
    #[error("the key is protected by a passphrase, but none was given")]
    PassphraseNeeded,
    #[error("the system provides no random numbers: {0}")]
    NoRandomness(String),
}

/// Identifier of a public key: the SHA-256 of its SubjectPublicKeyInfo, in hex.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(String);

/// A key that signs.
pub struct SecretKey(SigningKey);

/// A key that verifies signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl SecretKey {
    /// Generates a new key.
    pub fn generate() -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut())
            .map_err(|error| KeyError::NoRandomness(error.to_string()))?;
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    /// Reads a key file. Refuses files that other users can read.
    pub fn read(path: &Path, passphrase: Option<&str>) -> Result<Self, KeyError> {
        let mode = fs::metadata(path)?.permissions().mode() & 0o777;
        if mode & OTHERS_MASK != 0 {
            return Err(KeyError::ReadableByOthers(mode));
        }
        let pem = Zeroizing::new(fs::read_to_string(path)?);
        match (pem.contains(ENCRYPTED_HEADER), passphrase) {
            (false, _) => SigningKey::from_pkcs8_pem(&pem).map_err(|_| KeyError::Malformed),
            (true, None) => Err(KeyError::PassphraseNeeded),
            (true, Some(passphrase)) => SigningKey::from_pkcs8_encrypted_pem(&pem, passphrase)
                .map_err(|_| KeyError::WrongPassphrase),
        }
        .map(Self)
    }

    /// Returns whether a key file is protected by a passphrase.
    pub fn is_protected(path: &Path) -> io::Result<bool> {
        Ok(Zeroizing::new(fs::read_to_string(path)?).contains(ENCRYPTED_HEADER))
    }

    /// Writes the key to a new file that only the owner can read. An existing file is never
    /// overwritten, because packages signed with its key would lose their signer.
    pub fn write(&self, path: &Path, passphrase: Option<&str>) -> Result<(), KeyError> {
        // With the public key included, the file would have a version that OpenSSL cannot read.
        let key = KeypairBytes { secret_key: self.0.to_bytes(), public_key: None };
        let pem = match passphrase {
            Some(passphrase) => key.to_pkcs8_encrypted_pem(passphrase, LineEnding::LF),
            None => key.to_pkcs8_pem(LineEnding::LF),
        };
        let pem = pem.map_err(|_| KeyError::Malformed)?;
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(SECRET_MODE).open(path)?;
        file.write_all(pem.as_bytes())?;
        Ok(file.sync_all()?)
    }

    /// Returns the public key, with which others verify signatures.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs a message. The message must begin with a prefix of its own domain, so that a signature
    /// for one purpose is never valid for another.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.public().id())
    }
}

impl PublicKey {
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        VerifyingKey::from_public_key_pem(pem).map(Self).map_err(|_| KeyError::Malformed)
    }

    pub fn to_pem(&self) -> Result<String, KeyError> {
        self.0.to_public_key_pem(LineEnding::LF).map_err(|_| KeyError::Malformed)
    }

    pub fn id(&self) -> KeyId {
        KeyId(Digest::of([SPKI_PREFIX.as_slice(), self.0.as_bytes()].concat()).hex())
    }

    /// Returns whether the signature is valid. Strict: refuses keys and signatures that
    /// implementations disagree about.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = Signature::from_slice(signature) else { return false };
        self.0.verify_strict(message, &signature).is_ok()
    }
}

impl KeyId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn keys_round_trip_through_private_files() {
        let folder = folder();
        for passphrase in [None, Some("geheim"), Some("")] {
            let path = folder.path().join(format!("{passphrase:?}.key"));
            let key = SecretKey::generate().unwrap();
            key.write(&path, passphrase).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            let again = SecretKey::read(&path, passphrase).unwrap();
            assert_eq!(again.public(), key.public());
            assert_eq!(SecretKey::is_protected(&path).unwrap(), passphrase.is_some());
            assert!(key.write(&path, passphrase).is_err(), "never overwritten");
        }
    }

    #[test]
    fn requires_the_passphrase_of_a_protected_key() {
        let path = folder().path().join("it.key");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        SecretKey::generate().unwrap().write(&path, Some("geheim")).unwrap();
        assert!(matches!(SecretKey::read(&path, None), Err(KeyError::PassphraseNeeded)));
        assert!(matches!(SecretKey::read(&path, Some("Geheim")), Err(KeyError::WrongPassphrase)));
    }

    #[test]
    fn refuses_keys_that_others_can_read() {
        let folder = folder();
        let path = folder.path().join("it.key");
        SecretKey::generate().unwrap().write(&path, None).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(SecretKey::read(&path, None), Err(KeyError::ReadableByOthers(0o640))));
    }

    #[test]
    fn rejects_files_that_are_not_keys() {
        let folder = folder();
        let path = folder.path().join("it.key");
        fs::write(&path, "hello").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(SecretKey::read(&path, None), Err(KeyError::Malformed)));
        assert!(matches!(PublicKey::from_pem("hello"), Err(KeyError::Malformed)));
    }

    #[test]
    fn debug_output_hides_the_secret() {
        let key = SecretKey::generate().unwrap();
        assert_eq!(format!("{key:?}"), format!("SecretKey({})", key.public().id()));
        assert_eq!(PublicKey::from_pem(&key.public().to_pem().unwrap()).unwrap(), key.public());
    }

    /// The key of RFC 8410. The digest is from `openssl pkey -pubin -outform der` and `sha256sum`.
    #[test]
    fn key_ids_are_the_digest_of_the_public_key() {
        let pem = "-----BEGIN PUBLIC KEY-----\n\
            MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
            -----END PUBLIC KEY-----\n";
        let id = PublicKey::from_pem(pem).unwrap().id();
        assert_eq!(id.as_str(), "a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f");
        let key = SecretKey::generate().unwrap().public();
        let der = key.0.to_public_key_der().unwrap();
        assert_eq!(key.id().as_str(), Digest::of(der.as_bytes()).hex());
    }

    fn bytes(hex: &serde_json::Value) -> Vec<u8> {
        let hex = hex.as_str().unwrap();
        (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect()
    }

    /// Known errors in implementations of Ed25519 (project Wycheproof).
    #[test]
    fn verifies_signatures_like_wycheproof() {
        let named = std::env::var_os("TOLLGATE_CORPORA").map(std::path::PathBuf::from);
        let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
        let corpus = named.unwrap_or(beside).join("signing/ed25519_test.json");
        let Ok(text) = fs::read(corpus) else { return eprintln!("skipped: no corpora") };
        let corpus: serde_json::Value = serde_json::from_slice(&text).unwrap();
        let mut count = 0;
        for group in corpus["testGroups"].as_array().unwrap() {
            let key = bytes(&group["publicKey"]["pk"]).try_into().unwrap();
            let key = PublicKey(VerifyingKey::from_bytes(&key).unwrap());
            for test in group["tests"].as_array().unwrap() {
                let holds = key.verifies(&bytes(&test["msg"]), &bytes(&test["sig"]));
                assert_eq!(holds, test["result"] == "valid", "{test}");
                count += 1;
            }
        }
        assert_eq!(count, corpus["numberOfTests"].as_u64().unwrap());
    }
}
