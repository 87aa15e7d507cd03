//! Who vouches for a package: keys, signatures, and whose are needed.
//!
//! A signature is an Ed25519 signature in a DSSE envelope, over a statement (in-toto) that names
//! the package, its digest and the digest of its manifest. It lies beside the package and
//! changes nothing in it. Keys are PKCS #8 and SubjectPublicKeyInfo in PEM, as other tools
//! write them.

mod envelope;
mod keys;
mod statement;

pub use envelope::{Envelope, EnvelopeError};
pub use keys::{KeyError, KeyId, PublicKey, SecretKey};
pub use statement::{Signed, Statement, StatementError};
