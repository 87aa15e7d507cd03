//! Trust in packages and decisions: keys, signatures and receipts.
//!
//! A package's signature is an Ed25519 signature in a DSSE envelope, over an in-toto statement with
//! the package's id, its digest and the digest of its manifest. It is stored beside the package and
//! does not change it. A receipt is a statement of the same format about one decision. Keys are
//! PKCS #8 and SubjectPublicKeyInfo in PEM, as other tools write them.

mod envelope;
mod in_toto;
mod keys;
mod receipt;
mod statement;

pub use envelope::{Envelope, EnvelopeError};
pub use in_toto::StatementError;
pub use keys::{KeyError, KeyId, PublicKey, SecretKey};
pub use receipt::{LedgerReference, Receipt, ReceiptContract, ReceiptDecision, ReceiptReviewer};
pub use statement::{PackageStatement, SignedStatement};
