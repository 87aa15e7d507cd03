//! Access to the server: tokens, who a request comes from and what they may do, and the record of every use.
//!
//! Tokens are in one file, which the tool changes and a running server reads again as soon as it differs. Where none was ever
//! made the server is in *open mode*: every caller is the person who runs it. It leaves open mode when the first token is
//! made and never returns to it. What goes wrong with tokens refuses requests.

mod access_record;
mod bearer;
mod caller;
mod private_file;
mod role;
mod token_record;
mod token_store;
mod token_text;
mod token_verifier;

pub use access_record::{AccessEntry, AccessRecord, AccessRecordError, Requester};
pub use bearer::find_bearer_token;
pub use caller::{Caller, ForbiddenError};
pub use private_file::PrivateFileError;
pub use role::{Role, RoleError};
pub use token_record::{TokenRecord, TokenState};
pub use token_store::{
    CreatedToken, TOKEN_LIFETIME_DAYS_MAX, TokenRequest, TokenRequestError, TokenStore,
    TokenStoreError,
};
pub use token_text::{TokenId, TokenIdError, TokenText};
pub use token_verifier::{TokenError, TokenVerifier};
