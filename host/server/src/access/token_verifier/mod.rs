//! Verifying tokens in a server. The file of tokens is kept in memory, and read again when it is another than before, so a
//! revocation holds from the next request on.

mod error;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::sync::{Arc, Mutex, PoisonError};

use subtle::ConstantTimeEq;
use tollgate_model::{Digest, Person};

use super::caller::Caller;
use super::token_record::{TokenRecord, TokenState};
use super::token_store::{OpenTokensFile, TokenStore, TokenStoreError};
use super::token_text::{PresentedToken, TokenId};

pub use error::TokenError;

/// Digest that no secret has. It is compared where a token is unknown, which so takes as long as a wrong secret.
const NO_DIGEST: Digest = Digest::from_bytes([0; 32]);

/// Says who a request comes from. Each answer costs one look at the file of tokens, and a change of it one reading.
pub struct TokenVerifier {
    store: TokenStore,
    /// Person who runs the server. In open mode every caller is this person.
    operator: Person,
    memory: Mutex<Memory>,
}

/// Memory of the file of tokens.
#[derive(Default)]
struct Memory {
    /// Whether there ever was a file. From then on there is no open mode.
    had_file: bool,
    /// Tokens as they were read last.
    tokens: Option<Arc<LoadedTokens>>,
}

/// Tokens in memory.
struct LoadedTokens {
    identity: FileIdentity,
    by_id: HashMap<TokenId, TokenRecord>,
    /// Keeps the number of the file from being given to a later one, which could then look the same.
    _file: File,
}

/// What tells a file from another at the same path, and from itself before a change. A change of owner or permissions is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileIdentity {
    file: (u64, u64),
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl FileIdentity {
    fn of(metadata: &Metadata) -> Self {
        Self {
            file: (metadata.dev(), metadata.ino()),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

impl TokenVerifier {
    /// Reads the tokens. Fails if there is a file of them that cannot be used. Without one, the server begins in open mode.
    pub fn open(store: TokenStore, operator: Person) -> Result<Self, TokenStoreError> {
        let verifier = Self { store, operator, memory: Mutex::default() };
        verifier.current_tokens()?;
        Ok(verifier)
    }

    /// Returns whether the server is in open mode now: no token was ever made.
    pub fn is_open(&self) -> Result<bool, TokenStoreError> {
        Ok(self.current_tokens()?.is_none())
    }

    /// Verifies the token of a request, or finds that it needs none. In open mode a token is refused as unknown: whoever has
    /// one acts as somebody else than the operator.
    pub fn verify(&self, token: Option<&str>, now_ms: u64) -> Result<Caller, TokenError> {
        let tokens = self.current_tokens().map_err(TokenError::Unverifiable)?;
        let presented = match (&tokens, token) {
            (None, None) => return Ok(Caller::local_operator(self.operator.clone())),
            (Some(_), None) => return Err(TokenError::Missing),
            (_, Some(text)) => PresentedToken::parse(text).ok_or(TokenError::Malformed)?,
        };
        let tokens = tokens.as_deref();
        let token = find_token(tokens, &presented.id, &presented.secret_digest, now_ms)?;
        Ok(Caller::of_token(token))
    }

    /// Verifies again that a caller may act.
    pub(super) fn verify_again(&self, caller: &Caller, now_ms: u64) -> Result<(), TokenError> {
        let tokens = self.current_tokens().map_err(TokenError::Unverifiable)?;
        match (&tokens, caller.token()) {
            (None, None) => Ok(()),
            (Some(_), None) => Err(TokenError::Missing),
            (_, Some(token)) => {
                find_token(tokens.as_deref(), &token.id, &token.secret_sha256, now_ms).map(drop)
            }
        }
    }

    /// Returns the tokens as they are now, or `None` in open mode.
    fn current_tokens(&self) -> Result<Option<Arc<LoadedTokens>>, TokenStoreError> {
        let found = match self.store.path().symlink_metadata() {
            Ok(metadata) => Some(FileIdentity::of(&metadata)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                let path = self.store.path();
                return Err(TokenStoreError::File { path, source: error.into() });
            }
        };
        // What is changed under this lock is valid after each step.
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(found) = found else {
            return match memory.had_file {
                true => Err(TokenStoreError::Gone(self.store.path())),
                false => Ok(None),
            };
        };
        memory.had_file = true;
        if let Some(tokens) = memory.tokens.as_ref().filter(|tokens| tokens.identity == found) {
            return Ok(Some(tokens.clone()));
        }
        let gone = || TokenStoreError::Gone(self.store.path());
        let loaded = Arc::new(LoadedTokens::new(self.store.open_file()?.ok_or_else(gone)?));
        memory.tokens = Some(loaded.clone());
        Ok(Some(loaded))
    }
}

impl LoadedTokens {
    fn new(open: OpenTokensFile) -> Self {
        let OpenTokensFile { file, metadata, tokens } = open;
        let by_id = tokens.into_iter().map(|token| (token.id.clone(), token)).collect();
        Self { identity: FileIdentity::of(&metadata), by_id, _file: file }
    }
}

/// Finds the token with an id and a secret. Nobody learns which ids exist without the secret.
fn find_token<'a>(
    tokens: Option<&'a LoadedTokens>,
    id: &TokenId,
    secret_digest: &Digest,
    now_ms: u64,
) -> Result<&'a TokenRecord, TokenError> {
    let token = tokens.and_then(|tokens| tokens.by_id.get(id));
    let expected = token.map_or(&NO_DIGEST, |token| &token.secret_sha256);
    let is_equal = bool::from(expected.as_bytes().ct_eq(secret_digest.as_bytes()));
    let Some(token) = token.filter(|_| is_equal) else {
        return Err(TokenError::Unknown { id: id.clone() });
    };
    let (id, person) = (token.id.clone(), token.person.clone());
    match token.state(now_ms) {
        TokenState::Valid => Ok(token),
        TokenState::Expired => Err(TokenError::Expired { id, person, at_ms: token.expires_at_ms }),
        TokenState::Revoked => {
            let at_ms = token.revoked_at_ms.unwrap_or(token.expires_at_ms);
            Err(TokenError::Revoked { id, person, at_ms })
        }
    }
}
