//! Credential files of docker and podman, which contain credentials or name a credential helper.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{Credential, CredentialsError};
use crate::registry::secret::Secret;

/// Size limit of a credential file. Real ones have a handful of entries.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// Docker Hub's name in this project, and the one in credential files.
const DOCKER_HUB: &str = "docker.io";
const DOCKER_HUB_KEY: &str = "index.docker.io";

/// The parts of a credential file that are used here. Docker keeps other settings in it, too.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct DockerConfig {
    auths: BTreeMap<String, AuthEntry>,
    cred_helpers: BTreeMap<String, String>,
    creds_store: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AuthEntry {
    auth: Option<Secret>,
    username: Option<String>,
    password: Option<Secret>,
    identitytoken: Option<Secret>,
    registrytoken: Option<Secret>,
}

impl DockerConfig {
    /// Reads a file, or returns `None` if it does not exist.
    pub fn read(path: &Path) -> Result<Option<Self>, CredentialsError> {
        let file_error = |reason: String| CredentialsError::File { file: path.into(), reason };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(file_error(error.to_string())),
        };
        let mut text = Zeroizing::new(Vec::new());
        let read = file.take(FILE_BYTES_MAX + 1).read_to_end(&mut text);
        read.map_err(|error| file_error(error.to_string()))?;
        if text.len() as u64 > FILE_BYTES_MAX {
            return Err(file_error(format!("it has more than {FILE_BYTES_MAX} bytes")));
        }
        // The parser's message is left out, because it could quote a password.
        let json_error = |error: serde_json::Error| {
            let (line, column) = (error.line(), error.column());
            file_error(format!("it is not a valid credential file: line {line}, column {column}"))
        };
        serde_json::from_slice(&text).map(Some).map_err(json_error)
    }

    /// Returns the credential helpers for a registry, in the order in which they are asked.
    pub fn helpers(&self, host: &str) -> Vec<String> {
        let own = self.cred_helpers.iter().find(|(key, _)| matches_scope(key, host));
        let all = Some(&self.creds_store).filter(|store| !store.is_empty());
        let mut helpers: Vec<_> = own.map(|(_, helper)| helper).into_iter().chain(all).collect();
        helpers.dedup();
        helpers.into_iter().map(|helper| format!("docker-credential-{helper}")).collect()
    }

    /// Returns the credential in the file. Podman may store one for part of a registry; the longest
    /// matching scope wins.
    pub fn credential(
        &self,
        path: &Path,
        host: &str,
        repository: &str,
    ) -> Result<Option<Credential>, CredentialsError> {
        let whole = format!("{host}/{repository}");
        let mut scope = whole.as_str();
        loop {
            let entries = self.auths.iter().filter(|(key, _)| matches_scope(key, scope));
            if let Some(found) = entries.map(|(_, entry)| entry.to_credential(path)).next() {
                return found;
            }
            match scope.rsplit_once('/') {
                Some((wider, _)) => scope = wider,
                None => return Ok(None),
            }
        }
    }
}

/// Returns whether an entry is for this scope. Docker writes some entries with a scheme and an API
/// version.
fn matches_scope(key: &str, scope: &str) -> bool {
    let key = key.trim_start_matches("https://").trim_start_matches("http://");
    let key = key.trim_end_matches('/');
    let key = key.strip_suffix("/v1").or(key.strip_suffix("/v2")).unwrap_or(key);
    key == scope || (scope == DOCKER_HUB && key == DOCKER_HUB_KEY)
}

/// Returns the server name that credential helpers expect for a registry.
pub(super) fn helper_server(host: &str) -> &str {
    if host == DOCKER_HUB { "https://index.docker.io/v1/" } else { host }
}

impl AuthEntry {
    fn to_credential(&self, path: &Path) -> Result<Option<Credential>, CredentialsError> {
        let is_set = |secret: &&Secret| !secret.expose().is_empty();
        if let Some(token) = self.registrytoken.as_ref().filter(is_set) {
            return Ok(Some(Credential::Token(token.clone())));
        }
        if let Some(token) = self.identitytoken.as_ref().filter(is_set) {
            return Ok(Some(Credential::IdentityToken(token.clone())));
        }
        if let Some(auth) = self.auth.as_ref().filter(is_set) {
            let malformed = || CredentialsError::File {
                file: path.into(),
                reason: "an `auth` entry is not a base64 user name and password".into(),
            };
            return decode_auth(auth).map(Some).ok_or_else(malformed);
        }
        let (Some(user), Some(password)) = (&self.username, &self.password) else {
            return Ok(None);
        };
        Ok(Some(Credential::Password { user: user.clone(), password: password.clone() }))
    }
}

fn decode_auth(auth: &Secret) -> Option<Credential> {
    let bytes = Zeroizing::new(STANDARD.decode(auth.expose().trim()).ok()?);
    let (user, password) = str::from_utf8(&bytes).ok()?.split_once(':')?;
    Some(Credential::Password {
        user: user.into(),
        password: Secret::new(password.trim_end_matches('\0')),
    })
}
