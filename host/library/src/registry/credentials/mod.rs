//! Credentials for registries, from `docker login`, `podman login` or the environment. Credentials
//! of one registry are never sent to another.

mod docker;
mod helper;

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use super::secret::Secret;
use docker::DockerConfig;

const HOST: &str = "TOLLGATE_REGISTRY_HOST";
const USER: &str = "TOLLGATE_REGISTRY_USER";
const PASSWORD: &str = "TOLLGATE_REGISTRY_PASSWORD";
const TOKEN: &str = "TOLLGATE_REGISTRY_TOKEN";

/// What a client presents to a registry or its token server.
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
    /// The environment does not name the registry that its credentials are for.
    #[error("the environment has registry credentials but not the registry's host: set {HOST}")]
    MissingHost,
    /// Either the user name or the password is missing.
    #[error("the environment sets only one of {USER} and {PASSWORD}: set both, or set {TOKEN}")]
    IncompletePair,
}

impl Credentials {
    /// Returns no credentials, for anonymous access.
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads the credentials of this machine. Those in variables are for the registry that
    /// `TOLLGATE_REGISTRY_HOST` names, or for `host`, which callers pass that use only one
    /// registry.
    pub fn from_environment(host: Option<&str>) -> Result<Self, CredentialsError> {
        Self::from_variables(host, |name| env::var_os(name).filter(|value| !value.is_empty()))
    }

    fn from_variables(
        host: Option<&str>,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, CredentialsError> {
        let text = |name: &str| variable(name).and_then(|value| value.into_string().ok());
        let credential = match (text(TOKEN), text(USER), text(PASSWORD)) {
            (Some(token), _, _) => Some(Credential::Token(Secret::new(token))),
            (None, Some(user), Some(password)) => {
                Some(Credential::Password { user, password: Secret::new(password) })
            }
            (None, None, None) => None,
            _ => return Err(CredentialsError::IncompletePair),
        };
        let mut credentials = Self { files: config_files(&variable), ..Self::default() };
        if let Some(credential) = credential {
            let host = text(HOST).or(host.map(Into::into)).ok_or(CredentialsError::MissingHost)?;
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

/// Returns the credential files of docker and podman, starting with the one named explicitly.
fn config_files(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let folder = |name: &str| variable(name).map(PathBuf::from);
    let docker = folder("DOCKER_CONFIG").or(folder("HOME").map(|home| home.join(".docker")));
    let podman = folder("XDG_RUNTIME_DIR").map(|folder| folder.join("containers/auth.json"));
    let docker = docker.map(|folder| folder.join("config.json"));
    [folder("REGISTRY_AUTH_FILE"), docker, podman].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
