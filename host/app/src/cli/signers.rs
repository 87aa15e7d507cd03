//! Whose signatures are believed: those of the keys that are named, or else of those that the
//! project trusts.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use tollgate_library::trust::{KeyId, PublicKey};

use super::keys;
use crate::files;
use crate::project::{PUBLIC, Project, Purpose};

/// The keys that count.
#[derive(Args, Clone, Debug)]
pub(super) struct Signers {
    /// Whose signature counts: the file of a public key, or the name of one that the project trusts
    /// or of your own [default: all that the project trusts for this].
    #[arg(long = "key", value_name = "NAME|FILE.pub")]
    named: Vec<String>,
    /// Where your own keys are kept [default: `tollgate/keys` in the user's folder of settings].
    #[arg(long, env = "TOLLGATE_KEYS", value_name = "DIR")]
    keys: Option<PathBuf>,
}

/// A key that counts, and what it is called here.
pub(super) struct Signer {
    pub(super) name: String,
    pub(super) key: PublicKey,
}

impl Signers {
    /// All of them. Keys that are named are the only ones that count; else those that the project trusts
    /// for this.
    pub(super) fn all(&self, purpose: &Purpose) -> anyhow::Result<Vec<Signer>> {
        let project = Project::around(Path::new("."))?;
        if self.named.is_empty() {
            let trusted = project.map(|project| project.trusted_for(purpose)).transpose()?;
            let trusted = trusted.into_iter().flatten();
            return Ok(trusted.map(|one| Signer { name: one.name, key: one.key }).collect());
        }
        self.named.iter().map(|name| self.named(project.as_ref(), name)).collect()
    }

    fn named(&self, project: Option<&Project>, name: &str) -> anyhow::Result<Signer> {
        let path = self.path(project, name)?;
        let unusable = || format!("the key `{}` cannot be used", path.display());
        let key = PublicKey::from_pem(&files::read_text(&path)?).with_context(unusable)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Signer { name, key })
    }

    fn path(&self, project: Option<&Project>, name: &str) -> anyhow::Result<PathBuf> {
        let file = Path::new(name);
        if file.extension().is_some_and(|extension| extension == PUBLIC) {
            return Ok(file.to_owned());
        }
        keys::check_name(name)?;
        let trusted = project.map(|project| project.key_path(name));
        let own = keys::folder(self.keys.as_deref())?.join(format!("{name}.{PUBLIC}"));
        let found = trusted.into_iter().chain([own]).find(|path| path.is_file());
        let Some(path) = found else {
            bail!(
                "there is no key `{name}`, neither of the project nor of your own: name the file \
                 of the public key, or see `tollgate keys list`"
            );
        };
        Ok(path)
    }
}

/// What a key is called here, or as much of it as people compare.
pub(super) fn called(signers: &[Signer], key: &KeyId) -> String {
    let named = signers.iter().find(|signer| signer.key.id() == *key);
    named.map_or_else(|| key.to_string(), |signer| signer.name.clone())
}
