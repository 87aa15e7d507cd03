//! Who we are to a registry: as `docker login` and `podman login` left it, or as the environment
//! says. What is kept for one registry is never given to another.

mod docker;
mod helper;

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use super::secret::Secret;
use docker::Kept;

const HOST: &str = "TOLLGATE_REGISTRY_HOST";
const USER: &str = "TOLLGATE_REGISTRY_USER";
const PASSWORD: &str = "TOLLGATE_REGISTRY_PASSWORD";
const TOKEN: &str = "TOLLGATE_REGISTRY_TOKEN";

/// What a registry knows somebody by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A name and a password.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A token that is sent as it is.
    Token(Secret),
    /// A token that others are given for.
    Identity(Secret),
}

/// Where credentials are looked for, first things first.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    given: Vec<(String, Credential)>,
    files: Vec<PathBuf>,
    /// Where programs that keep credentials lie: nothing, where `PATH` says so.
    programs: Option<OsString>,
}

/// Credentials, and where they come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub credential: Credential,
    pub from: String,
}

/// Why credentials cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// A file that keeps them cannot be read.
    #[error("the credentials in `{}` cannot be read: {reason}", .file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// A program that keeps them gives none.
    #[error(
        "`{program}`, which keeps the credentials for `{host}` as `{}` says, gives none: {reason}",
        .file.display()
    )]
    Helper {
        /// Which program.
        program: String,
        /// For which registry.
        host: String,
        /// Who names the program.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// The environment does not say whose they are.
    #[error(
        "the environment has credentials for a registry and does not say for which: set {HOST} to \
         its host"
    )]
    NoHost,
    /// The environment has half of them.
    #[error("the environment has one of {USER} and {PASSWORD}: set both, or {TOKEN}")]
    Half,
}

impl Credentials {
    /// None: everything is done as nobody.
    pub fn none() -> Self {
        Self::default()
    }

    /// As this machine has them. Those of the environment are for the registry that
    /// `TOLLGATE_REGISTRY_HOST` names, or else for `host`, which a caller gives who knows only one.
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
            _ => return Err(CredentialsError::Half),
        };
        let mut credentials = Self { files: files(&variable), ..Self::default() };
        if let Some(credential) = credential {
            let host = text(HOST).or(host.map(Into::into)).ok_or(CredentialsError::NoHost)?;
            credentials.given.push((host.to_ascii_lowercase(), credential));
        }
        Ok(credentials)
    }

    /// The same, and this one for this registry.
    pub fn with(mut self, host: &str, credential: Credential) -> Self {
        self.given.push((host.to_ascii_lowercase(), credential));
        self
    }

    /// The same, and what is in a file as docker and podman write it.
    pub fn with_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.files.push(file.into());
        self
    }

    /// The same, with programs that keep credentials in these folders and nowhere else.
    pub fn with_programs(mut self, path: impl Into<OsString>) -> Self {
        self.programs = Some(path.into());
        self
    }

    /// What a registry knows us by, for one of its repositories.
    pub(super) async fn find(
        &self,
        host: &str,
        repository: &str,
        patience: Duration,
    ) -> Result<Option<Found>, CredentialsError> {
        if let Some((_, credential)) = self.given.iter().find(|(whose, _)| whose == host) {
            return Ok(Some(Found {
                credential: credential.clone(),
                from: "the environment".into(),
            }));
        }
        for file in &self.files {
            let Some(kept) = Kept::read(file)? else { continue };
            let from = || format!("`{}`", file.display());
            for helper in kept.helpers(host) {
                let found = helper::ask(&helper, host, file, self.programs.as_deref(), patience);
                if let Some(credential) = found.await? {
                    return Ok(Some(Found { credential, from: format!("`{helper}`") }));
                }
            }
            if let Some(credential) = kept.credential(file, host, repository)? {
                return Ok(Some(Found { credential, from: from() }));
            }
        }
        Ok(None)
    }
}

/// Where docker and podman keep what they were told, what somebody has named first.
fn files(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let folder = |name: &str| variable(name).map(PathBuf::from);
    let docker = folder("DOCKER_CONFIG").or(folder("HOME").map(|home| home.join(".docker")));
    let podman = folder("XDG_RUNTIME_DIR").map(|folder| folder.join("containers/auth.json"));
    let docker = docker.map(|folder| folder.join("config.json"));
    [folder("REGISTRY_AUTH_FILE"), docker, podman].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
