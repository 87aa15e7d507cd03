//! Selects the keys whose signatures count: those given on the command line, or else those that the project trusts.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use tollgate_packages::trust::{KeyId, PublicKey};
use tollgate_project::{KeyPurpose, PUBLIC_KEY_EXTENSION, Project};

use super::keys;
use crate::current_project::find_project;
use crate::{environment, files};

/// Options that select the trusted keys.
#[derive(Args, Clone, Debug)]
pub(super) struct TrustedSignerArgs {
    /// Trusted key: the file of a public key, or the name of a key of the project or of your own; may be repeated
    /// [default: all keys that the project trusts for this purpose].
    #[arg(long = "key", value_name = "NAME|FILE.pub")]
    named: Vec<String>,
    /// Folder of your own keys [default: `tollgate/keys` in the user's configuration folder].
    #[arg(long, env = environment::KEYS.name, hide_env_values = true, value_name = "DIR")]
    keys: Option<PathBuf>,
}

/// A trusted key, with its name for messages.
pub(super) struct TrustedSigner {
    pub(super) name: String,
    pub(super) key: PublicKey,
}

impl TrustedSignerArgs {
    /// Returns the keys given with `--key`, or else all that the project trusts for the purpose. Empty if there is
    /// neither.
    pub(super) fn resolve(&self, purpose: &KeyPurpose) -> anyhow::Result<Vec<TrustedSigner>> {
        let project = find_project()?;
        if self.named.is_empty() {
            let trusted = project.map(|project| project.keys_trusted_for(purpose)).transpose()?;
            let trusted = trusted.into_iter().flatten();
            return Ok(trusted.map(|one| TrustedSigner { name: one.name, key: one.key }).collect());
        }
        self.named.iter().map(|name| self.load_signer(project.as_ref(), name)).collect()
    }

    fn load_signer(&self, project: Option<&Project>, name: &str) -> anyhow::Result<TrustedSigner> {
        let path = self.find_key_file(project, name)?;
        let unusable = || format!("the key `{}` cannot be used", path.display());
        let key = PublicKey::from_pem(&files::read_text(&path)?).with_context(unusable)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(TrustedSigner { name, key })
    }

    fn find_key_file(&self, project: Option<&Project>, name: &str) -> anyhow::Result<PathBuf> {
        let file = Path::new(name);
        if file.extension().is_some_and(|extension| extension == PUBLIC_KEY_EXTENSION) {
            return Ok(file.to_owned());
        }
        keys::check_key_name(name)?;
        let trusted = project.map(|project| project.key_path(name));
        let own =
            keys::keys_folder(self.keys.as_deref())?.join(format!("{name}.{PUBLIC_KEY_EXTENSION}"));
        let found = trusted.into_iter().chain([own]).find(|path| path.is_file());
        let Some(path) = found else {
            bail!(
                "neither the project nor your key folder has a key `{name}`: pass the file of the \
                 public key, or see `tollgate keys list`"
            );
        };
        Ok(path)
    }
}

/// Returns the name of a key for messages, or its identity if it is not among the trusted keys.
pub(super) fn signer_name(signers: &[TrustedSigner], key: &KeyId) -> String {
    let named = signers.iter().find(|signer| signer.key.id() == *key);
    named.map_or_else(|| key.to_string(), |signer| signer.name.clone())
}
