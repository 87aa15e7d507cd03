//! The file in which docker and podman keep credentials, or say which program does.

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

/// Such a file has a handful of entries; a larger one is another file.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// What Docker Hub's credentials are kept under.
const DOCKER_HUB: &str = "docker.io";
const DOCKER_HUB_KEY: &str = "index.docker.io";

/// What a file says. It has other settings too, which are docker's.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Kept {
    auths: BTreeMap<String, Entry>,
    cred_helpers: BTreeMap<String, String>,
    creds_store: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    auth: Option<Secret>,
    username: Option<String>,
    password: Option<Secret>,
    identitytoken: Option<Secret>,
    registrytoken: Option<Secret>,
}

impl Kept {
    /// Reads a file; nothing, where there is none.
    pub fn read(path: &Path) -> Result<Option<Self>, CredentialsError> {
        let wrong = |reason: String| CredentialsError::File { file: path.into(), reason };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(wrong(error.to_string())),
        };
        let mut text = Zeroizing::new(Vec::new());
        let read = file.take(FILE_BYTES_MAX + 1).read_to_end(&mut text);
        read.map_err(|error| wrong(error.to_string()))?;
        if text.len() as u64 > FILE_BYTES_MAX {
            return Err(wrong(format!("it has more than {FILE_BYTES_MAX} bytes")));
        }
        // What is wrong is told by its place alone: the words might be a password.
        let place = |error: serde_json::Error| {
            wrong(format!("it is no such JSON, at line {} column {}", error.line(), error.column()))
        };
        serde_json::from_slice(&text).map(Some).map_err(place)
    }

    /// The programs that keep the credentials for a registry.
    pub fn helpers(&self, host: &str) -> Vec<String> {
        let own = self.cred_helpers.iter().find(|(key, _)| names(key, host));
        let all = Some(&self.creds_store).filter(|store| !store.is_empty());
        let mut helpers: Vec<_> = own.map(|(_, helper)| helper).into_iter().chain(all).collect();
        helpers.dedup();
        helpers.into_iter().map(|helper| format!("docker-credential-{helper}")).collect()
    }

    /// What it keeps itself. Podman keeps some for a part of a registry, and the longest counts.
    pub fn credential(
        &self,
        path: &Path,
        host: &str,
        repository: &str,
    ) -> Result<Option<Credential>, CredentialsError> {
        let whole = format!("{host}/{repository}");
        let mut scope = whole.as_str();
        loop {
            let entries = self.auths.iter().filter(|(key, _)| names(key, scope));
            if let Some(found) = entries.map(|(_, entry)| entry.credential(path)).next() {
                return found;
            }
            match scope.rsplit_once('/') {
                Some((wider, _)) => scope = wider,
                None => return Ok(None),
            }
        }
    }
}

/// Whether an entry is for this. Docker writes some with a scheme and a version of the interface.
fn names(key: &str, scope: &str) -> bool {
    let key = key.trim_start_matches("https://").trim_start_matches("http://");
    let key = key.trim_end_matches('/');
    let key = key.strip_suffix("/v1").or(key.strip_suffix("/v2")).unwrap_or(key);
    key == scope || (scope == DOCKER_HUB && key == DOCKER_HUB_KEY)
}

/// What a program is asked for: the registry as docker names it.
pub(super) fn server(host: &str) -> &str {
    if host == DOCKER_HUB { "https://index.docker.io/v1/" } else { host }
}

impl Entry {
    fn credential(&self, path: &Path) -> Result<Option<Credential>, CredentialsError> {
        let is_there = |secret: &&Secret| !secret.expose().is_empty();
        if let Some(token) = self.registrytoken.as_ref().filter(is_there) {
            return Ok(Some(Credential::Token(token.clone())));
        }
        if let Some(token) = self.identitytoken.as_ref().filter(is_there) {
            return Ok(Some(Credential::Identity(token.clone())));
        }
        if let Some(auth) = self.auth.as_ref().filter(is_there) {
            let wrong = || CredentialsError::File {
                file: path.into(),
                reason: "an `auth` in it is no name and password".into(),
            };
            return decoded(auth).map(Some).ok_or_else(wrong);
        }
        let (Some(user), Some(password)) = (&self.username, &self.password) else {
            return Ok(None);
        };
        Ok(Some(Credential::Password { user: user.clone(), password: password.clone() }))
    }
}

fn decoded(auth: &Secret) -> Option<Credential> {
    let bytes = Zeroizing::new(STANDARD.decode(auth.expose().trim()).ok()?);
    let (user, password) = str::from_utf8(&bytes).ok()?.split_once(':')?;
    Some(Credential::Password {
        user: user.into(),
        password: Secret::new(password.trim_end_matches('\0')),
    })
}
