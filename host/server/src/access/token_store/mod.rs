//! The file of tokens in a folder. The tool and servers change and read it at the same time: changes are made one after the
//! other under a lock, and a reader sees the file before a change or after it.

mod request;
#[cfg(test)]
mod tests;

use std::fs::{File, Metadata, TryLockError};
use std::io;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tollgate_model::{Digest, Person, format_utc};

use super::private_file::{PrivateFileError, PrivateFolder, read_bounded};
use super::token_record::{TokenRecord, TokensFile};
use super::token_text::{PresentedToken, TokenId, TokenText};

pub use request::{TOKEN_LIFETIME_DAYS_MAX, TokenRequest, TokenRequestError};

const TOKENS_FILE: &str = "tokens.json";
/// File that is locked. The file of tokens is replaced by each change, so it cannot be the one.
const LOCK_FILE: &str = "tokens.lock";

/// Tokens of one project. A new one for each job of a build server stays below this; it bounds what a server reads again
/// after a change.
const TOKENS_MAX: usize = 20_000;
/// Room for that many tokens with long names. A larger file is surely not one of tokens.
const FILE_BYTES_MAX: u64 = 32 << 20;
/// Time after which a token that has ended is left out of the file. Until then its user is told that it expired or was
/// revoked. The record of its use stays.
const ENDED_KEPT_DAYS: u64 = 90;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Longest wait for the lock. Others hold it while they write one small file.
const LOCK_WAIT_MAX: Duration = Duration::from_secs(10);
const LOCK_RETRY_INTERVAL: Duration = Duration::from_millis(10);

/// Reason why tokens cannot be read or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenStoreError {
    #[error("the file of tokens `{}` cannot be used", .path.display())]
    File { path: PathBuf, source: PrivateFileError },
    #[error("the folder `{}` cannot have tokens", .path.display())]
    Folder { path: PathBuf, source: PrivateFileError },
    /// There were tokens, and now their file is missing.
    #[error("the file of tokens `{}` is gone", .0.display())]
    Gone(PathBuf),
    #[error("the file of tokens `{}` is damaged, or of another version: {reason}", .path.display())]
    Invalid { path: PathBuf, reason: String },
    #[error("the file of tokens `{}` cannot be written", .path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("the lock `{}` cannot be used", .path.display())]
    Lock { path: PathBuf, source: PrivateFileError },
    #[error(
        "another process has held the lock `{}` for {} seconds: end it, and try again",
        .0.display(),
        LOCK_WAIT_MAX.as_secs()
    )]
    Busy(PathBuf),
    #[error(transparent)]
    Request(#[from] TokenRequestError),
    #[error("there is no token `{0}`: `tollgate token list` shows all of them")]
    UnknownToken(TokenId),
    #[error("the token `{id}` was revoked before, by {by} at {}", format_utc(*.at_ms))]
    AlreadyRevoked { id: TokenId, by: Person, at_ms: u64 },
    #[error(
        "there are {TOKENS_MAX} tokens already, the most that a project can have: use tokens that last longer. Those that \
         have ended make room after {ENDED_KEPT_DAYS} days"
    )]
    TooManyTokens,
    #[error("the system provides no random numbers: {0}")]
    NoRandomness(String),
}

/// A token that was just made. Its text is in no other place.
#[derive(Debug)]
pub struct CreatedToken {
    pub text: TokenText,
    pub record: TokenRecord,
}

/// The file of tokens in a folder. It is not opened before it is used.
#[derive(Clone, Debug)]
pub struct TokenStore {
    folder: PathBuf,
}

/// The tokens as they were in an open file.
pub(super) struct OpenTokensFile {
    /// Handle of the file. As long as it is open, no later file has the same number.
    pub(super) file: File,
    /// Metadata from before it was read, so that a change while it was read is found later.
    pub(super) metadata: Metadata,
    pub(super) tokens: Vec<TokenRecord>,
}

impl TokenStore {
    /// Names the folder of the tokens, such as the `.tollgate` of a project. It is made with the first token.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Returns the path of the file.
    pub fn path(&self) -> PathBuf {
        self.folder.join(TOKENS_FILE)
    }

    /// Returns whether a token was ever made: whether there is a file of tokens, usable or not.
    pub fn has_tokens(&self) -> Result<bool, TokenStoreError> {
        let path = self.path();
        match path.symlink_metadata() {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(TokenStoreError::File { path, source: error.into() }),
        }
    }

    /// Returns all tokens, in the order in which they were made.
    pub fn list(&self) -> Result<Vec<TokenRecord>, TokenStoreError> {
        match self.open_folder()? {
            Some(folder) => Ok(self.read(&folder)?.map(|open| open.tokens).unwrap_or_default()),
            None => Ok(Vec::new()),
        }
    }

    /// Makes a token. Those that ended long ago are removed from the file.
    pub fn create(
        &self,
        request: TokenRequest,
        now_ms: u64,
    ) -> Result<CreatedToken, TokenStoreError> {
        request.check()?;
        self.change(|tokens| {
            tokens.retain(|token| now_ms < token.end_ms().saturating_add(ENDED_KEPT_DAYS * DAY_MS));
            if tokens.len() >= TOKENS_MAX {
                return Err(TokenStoreError::TooManyTokens);
            }
            let (text, secret_sha256) = generate_token(tokens)?;
            let record = request.into_record(text.id().clone(), secret_sha256, now_ms);
            tokens.push(record.clone());
            Ok(CreatedToken { text, record })
        })
    }

    /// Revokes a token: from now on it is refused. A token that has expired can be revoked, too.
    pub fn revoke(
        &self,
        id: &TokenId,
        by: &Person,
        now_ms: u64,
    ) -> Result<TokenRecord, TokenStoreError> {
        let unknown = || TokenStoreError::UnknownToken(id.clone());
        if !self.has_tokens()? {
            return Err(unknown());
        }
        self.change(|tokens| {
            let token = tokens.iter_mut().find(|token| token.id == *id).ok_or_else(unknown)?;
            if let (Some(at_ms), Some(by)) = (token.revoked_at_ms, &token.revoked_by) {
                let (id, by) = (id.clone(), by.clone());
                return Err(TokenStoreError::AlreadyRevoked { id, by, at_ms });
            }
            token.revoked_at_ms = Some(now_ms);
            token.revoked_by = Some(by.clone());
            Ok(token.clone())
        })
    }

    /// Reads the file with its handle. Returns `None` if there is none.
    pub(super) fn open_file(&self) -> Result<Option<OpenTokensFile>, TokenStoreError> {
        match self.open_folder()? {
            Some(folder) => self.read(&folder),
            None => Ok(None),
        }
    }

    /// Changes the tokens, and writes them if the change succeeds.
    fn change<T>(
        &self,
        change: impl FnOnce(&mut Vec<TokenRecord>) -> Result<T, TokenStoreError>,
    ) -> Result<T, TokenStoreError> {
        let folder =
            PrivateFolder::create(&self.folder).map_err(|error| self.folder_error(error))?;
        // The lock ends when the file is closed.
        let _lock = self.lock(&folder)?;
        let mut tokens = self.read(&folder)?.map(|open| open.tokens).unwrap_or_default();
        let changed = change(&mut tokens)?;
        let file = TokensFile { tokens, ..TokensFile::default() };
        let written = serde_json::to_vec_pretty(&file)
            .map_err(io::Error::from)
            .and_then(|text| folder.replace_file(TOKENS_FILE, &text));
        written.map_err(|source| TokenStoreError::Write { path: self.path(), source })?;
        Ok(changed)
    }

    /// Opens the folder. Returns `None` if there is none.
    fn open_folder(&self) -> Result<Option<PrivateFolder>, TokenStoreError> {
        match PrivateFolder::open(&self.folder) {
            Ok(folder) => Ok(Some(folder)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(self.folder_error(error)),
        }
    }

    fn read(&self, folder: &PrivateFolder) -> Result<Option<OpenTokensFile>, TokenStoreError> {
        let unusable = |source| TokenStoreError::File { path: self.path(), source };
        let file = match folder.open_to_read(TOKENS_FILE) {
            Ok(file) => file,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(unusable(error)),
        };
        let metadata = file.metadata().map_err(|error| unusable(error.into()))?;
        let bytes = read_bounded(&file, FILE_BYTES_MAX).map_err(unusable)?;
        let parsed = TokensFile::parse(&bytes);
        let invalid = |reason| TokenStoreError::Invalid { path: self.path(), reason };
        let tokens = parsed.map_err(invalid)?.tokens;
        Ok(Some(OpenTokensFile { file, metadata, tokens }))
    }

    /// Waits for the lock on the tokens, and takes it.
    fn lock(&self, folder: &PrivateFolder) -> Result<File, TokenStoreError> {
        let path = self.folder.join(LOCK_FILE);
        let unusable = |source| TokenStoreError::Lock { path: path.clone(), source };
        let file = folder.open_to_append(LOCK_FILE).map_err(unusable)?;
        let begin = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(error)) => return Err(unusable(error.into())),
                Err(TryLockError::WouldBlock) if begin.elapsed() > LOCK_WAIT_MAX => {
                    return Err(TokenStoreError::Busy(path));
                }
                Err(TryLockError::WouldBlock) => sleep(LOCK_RETRY_INTERVAL),
            }
        }
    }

    fn folder_error(&self, source: PrivateFileError) -> TokenStoreError {
        TokenStoreError::Folder { path: self.folder.clone(), source }
    }
}

/// Makes a token whose id no other one has, and the digest of its secret.
fn generate_token(tokens: &[TokenRecord]) -> Result<(TokenText, Digest), TokenStoreError> {
    loop {
        let text = TokenText::generate()
            .map_err(|error| TokenStoreError::NoRandomness(error.to_string()))?;
        let is_taken = tokens.iter().any(|token| token.id == *text.id());
        // What is made here parses as a token, so this ends after one round but for an id that is taken.
        if let Some(presented) = PresentedToken::parse(text.reveal()).filter(|_| !is_taken) {
            return Ok((text, presented.secret_digest));
        }
    }
}
