//! The public keys that a project trusts, and the purposes for which it trusts each of them.

use std::fmt;
use std::path::PathBuf;

use anyhow::{Context, bail};
use toml_edit::{Array, DocumentMut, Item, Table, TableLike};
use tollgate_library::trust::PublicKey;

use crate::files;
use crate::project::Project;
use crate::settings::{NamespaceTrust, SigningKeyNames};

/// Folder of the public keys that the project trusts.
const TRUST_FOLDER: &str = "trust";
/// File name extension of public keys.
pub const PUBLIC_KEY_EXTENSION: &str = "pub";

/// The purpose for which a key is trusted. Trust for one purpose does not extend to the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPurpose {
    /// Packages in a namespace.
    Packages(String),
    /// Checkpoints of the ledger.
    Checkpoints,
    /// Receipts of decisions.
    Receipts,
}

/// A key that the project trusts, with its purposes.
pub struct TrustedKey {
    pub name: String,
    pub key: PublicKey,
    pub purposes: Vec<KeyPurpose>,
}

impl Project {
    /// Returns the keys of which one must have signed a package of this namespace, or `None` if no signature is
    /// required.
    pub fn required_keys(&self, namespace: &str) -> anyhow::Result<Option<Vec<TrustedKey>>> {
        let Some(NamespaceTrust { keys }) = self.settings.trust.get(namespace) else {
            return Ok(None);
        };
        if keys.is_empty() {
            bail!(
                "{}: `[trust.{namespace}]` names no key, so no package of that namespace can be trusted: \
                 add a key with `tollgate keys trust`",
                self.file_path().display()
            );
        }
        self.keys_trusted_for(&KeyPurpose::Packages(namespace.into())).map(Some)
    }

    /// Returns all public keys in the project's folder `trust`, sorted by name.
    pub fn trusted_keys(&self) -> anyhow::Result<Vec<TrustedKey>> {
        let entries =
            std::fs::read_dir(self.folder.join(TRUST_FOLDER)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.path())
            .filter(|path| {
                path.extension().is_some_and(|extension| extension == PUBLIC_KEY_EXTENSION)
            })
            .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
            .collect();
        names.sort();
        names.iter().map(|name| self.trusted_key(name)).collect()
    }

    /// Returns the path of a trusted key.
    pub fn key_path(&self, name: &str) -> PathBuf {
        self.folder.join(TRUST_FOLDER).join(format!("{name}.{PUBLIC_KEY_EXTENSION}"))
    }

    /// Returns the keys that are trusted for a purpose.
    pub fn keys_trusted_for(&self, purpose: &KeyPurpose) -> anyhow::Result<Vec<TrustedKey>> {
        let names = match purpose {
            KeyPurpose::Packages(namespace) => match self.settings.trust.get(namespace) {
                Some(trust) => &trust.keys,
                None => return Ok(Vec::new()),
            },
            KeyPurpose::Checkpoints => &self.settings.signed.checkpoints,
            KeyPurpose::Receipts => &self.settings.signed.receipts,
        };
        names.iter().map(|name| self.trusted_key(name)).collect()
    }

    /// Adds a key for a purpose to the project's file and leaves the rest of the file unchanged.
    pub fn add_trust(&self, purpose: &KeyPurpose, name: &str) -> anyhow::Result<()> {
        let (tables, keys): (&[&str], _) = match purpose {
            KeyPurpose::Packages(namespace) => (&["trust", namespace], "keys"),
            KeyPurpose::Checkpoints => (&["signed"], "checkpoints"),
            KeyPurpose::Receipts => (&["signed"], "receipts"),
        };
        let header = tables.join(".");
        let path = self.file_path();
        let text = files::read_text(&path)?;
        let mut file: DocumentMut = text.parse()?;
        if file.is_empty() {
            // With an empty document `toml_edit` would put the new table above an existing comment.
            let space = if text.is_empty() { "" } else { "\n" };
            let text = format!("{text}{space}[{header}]\n{keys} = [\"{name}\"]\n");
            return files::write(&path, text.as_bytes());
        }
        let wrong_type =
            || format!("`[{header}]` in `{}` is not a table with `{keys}`", path.display());
        let mut table: &mut dyn TableLike = file.as_table_mut();
        for (depth, name) in tables.iter().enumerate() {
            let new = if depth + 1 < tables.len() { implicit_table() } else { Table::new() };
            let found = table.entry(name).or_insert(Item::Table(new));
            table = found.as_table_like_mut().with_context(wrong_type)?;
        }
        let keys_array = table.entry(keys).or_insert(Item::Value(Array::new().into()));
        let named = keys_array.as_array_mut().with_context(wrong_type)?;
        if !named.iter().any(|key| key.as_str() == Some(name)) {
            named.push(name);
        }
        files::write(&path, file.to_string().as_bytes())
    }

    fn trusted_key(&self, name: &str) -> anyhow::Result<TrustedKey> {
        let path = self.key_path(name);
        let invalid_key = || format!("cannot read `{}` as a public key", path.display());
        let key = PublicKey::from_pem(&files::read_text(&path)?).with_context(invalid_key)?;
        let has = |keys: &[String]| keys.iter().any(|key| key == name);
        let SigningKeyNames { checkpoints, receipts } = &self.settings.signed;
        let packages = self.settings.trust.iter().filter(|(_, trust)| has(&trust.keys));
        let packages = packages.map(|(namespace, _)| KeyPurpose::Packages(namespace.clone()));
        let others = [(checkpoints, KeyPurpose::Checkpoints), (receipts, KeyPurpose::Receipts)];
        let others = others.into_iter().filter(|(keys, _)| has(keys)).map(|(_, purpose)| purpose);
        Ok(TrustedKey { name: name.into(), key, purposes: packages.chain(others).collect() })
    }
}

impl fmt::Display for KeyPurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Packages(namespace) => write!(f, "packages in `{namespace}`"),
            Self::Checkpoints => f.write_str("checkpoints"),
            Self::Receipts => f.write_str("receipts"),
        }
    }
}

/// Returns a table without a header of its own, so that no empty `[trust]` is written.
fn implicit_table() -> Table {
    let mut table = Table::new();
    table.set_implicit(true);
    table
}
