//! Who vouches for a package or a decision: keys, signatures, and whose are needed.
//!
//! A signature is an Ed25519 signature in a DSSE envelope, over a statement (in-toto) that names
//! the package, its digest and the digest of its manifest. It lies beside the package and
//! changes nothing in it. A receipt is another statement of the same form, of one decision. Keys are PKCS #8 and SubjectPublicKeyInfo in PEM, as other tools
//! write them.

mod envelope;
mod in_toto;
mod keys;
mod receipt;
mod statement;

pub use envelope::{Envelope, EnvelopeError};
pub use in_toto::StatementError;
pub use keys::{KeyError, KeyId, PublicKey, SecretKey};
pub use receipt::{Asked, Decided, Receipt, RecordedAs, Reviewer};
pub use statement::{Signed, Statement};
