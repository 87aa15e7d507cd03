//! Credentials for registries: given ones, and those of `docker login` and `podman login`. Credentials
//! of one registry are never sent to another.

mod docker;
mod helper;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use super::secret::Secret;
use docker::DockerConfig;

/// Credentials that a client presents to a registry or its token server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    Password {
        user: String,
        password: Secret,
    },
    /// An access token, sent as it is.
    Token(Secret),
    /// A token that is exchanged for access tokens.
    IdentityToken(Secret),
}

/// Credentials as the user of this machine has set them up. All parts are optional.
#[derive(Clone, Debug, Default)]
pub struct CredentialSettings {
    /// Registry that the user, password and token are for.
    pub host: Option<String>,
    pub user: Option<String>,
    pub password: Option<Secret>,
    /// Access token, which takes precedence over user and password.
    pub token: Option<Secret>,
    /// Credential files of docker and podman, in order of precedence. Missing ones are skipped.
    pub files: Vec<PathBuf>,
}

/// Sources of credentials, in order of precedence.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    explicit: Vec<(String, Credential)>,
    files: Vec<PathBuf>,
    /// Folders searched for credential helpers, or `None` for those in `PATH`.
    helper_path: Option<OsString>,
}

/// A credential and its source, for messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LocatedCredential {
    pub credential: Credential,
    pub origin: String,
}

/// Reason why credentials cannot be determined.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    #[error("cannot read the credentials in `{}`: {reason}", .file.display())]
    File { file: PathBuf, reason: String },
    #[error(
        "the credential helper `{program}`, which `{}` names for `{host}`, failed: {reason}",
        .file.display()
    )]
    Helper {
        program: String,
        host: String,
        /// Credential file that names the helper.
        file: PathBuf,
        reason: String,
    },
    /// The settings do not name the registry that their credentials are for.
    #[error("credentials for a registry are set, but not the registry's host")]
    MissingHost,
    /// Either the user name or the password is missing.
    #[error("only one of the registry's user name and password is set")]
    IncompletePair,
}

impl Credentials {
    /// Returns no credentials, for anonymous access.
    pub fn none() -> Self {
        Self::default()
    }

    /// Collects the credentials that `settings` holds or points to. Those that name no host are for `only_host`,
    /// which callers pass that use only one registry.
    pub fn from_settings(
        settings: &CredentialSettings,
        only_host: Option<&str>,
    ) -> Result<Self, CredentialsError> {
        let CredentialSettings { host, user, password, token, files } = settings;
        let credential = match (token, user, password) {
            (Some(token), _, _) => Some(Credential::Token(token.clone())),
            (None, Some(user), Some(password)) => {
                Some(Credential::Password { user: user.clone(), password: password.clone() })
            }
            (None, None, None) => None,
            _ => return Err(CredentialsError::IncompletePair),
        };
        let mut credentials = Self { files: files.clone(), ..Self::default() };
        if let Some(credential) = credential {
            let host = host.as_deref().or(only_host).ok_or(CredentialsError::MissingHost)?;
            credentials.explicit.push((host.to_ascii_lowercase(), credential));
        }
        Ok(credentials)
    }

    /// Adds a credential for a registry, which takes precedence over files.
    pub fn with_credential(mut self, host: &str, credential: Credential) -> Self {
        self.explicit.push((host.to_ascii_lowercase(), credential));
        self
    }

    /// Adds a credential file of docker or podman.
    pub fn with_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.files.push(file.into());
        self
    }

    /// Searches credential helpers in these folders instead of `PATH`.
    pub fn with_helper_path(mut self, path: impl Into<OsString>) -> Self {
        self.helper_path = Some(path.into());
        self
    }

    /// Finds the credential for a repository of a registry.
    pub(super) async fn find(
        &self,
        host: &str,
        repository: &str,
        timeout: Duration,
    ) -> Result<Option<LocatedCredential>, CredentialsError> {
        if let Some((_, credential)) = self.explicit.iter().find(|(whose, _)| whose == host) {
            return Ok(Some(LocatedCredential {
                credential: credential.clone(),
                origin: "the environment".into(),
            }));
        }
        for file in &self.files {
            let Some(kept) = DockerConfig::read(file)? else { continue };
            let from = || format!("`{}`", file.display());
            for helper in kept.helpers(host) {
                let found =
                    helper::query_helper(&helper, host, file, self.helper_path.as_deref(), timeout);
                if let Some(credential) = found.await? {
                    return Ok(Some(LocatedCredential {
                        credential,
                        origin: format!("`{helper}`"),
                    }));
                }
            }
            if let Some(credential) = kept.credential(file, host, repository)? {
                return Ok(Some(LocatedCredential { credential, origin: from() }));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests;
