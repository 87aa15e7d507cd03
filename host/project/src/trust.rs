//! The public keys that a project trusts, and the purposes for which it trusts each of them.

use std::fmt;
use std::path::PathBuf;

use tollgate_model::TextFile;
use tollgate_packages::trust::PublicKey;
use toml_edit::{Array, DocumentMut, Item, Table, TableLike, TomlError};

use crate::files::{self, FileError};
use crate::project::{Project, ProjectError};
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
    pub fn required_keys(&self, namespace: &str) -> Result<Option<Vec<TrustedKey>>, ProjectError> {
        let Some(NamespaceTrust { keys }) = self.settings.trust.get(namespace) else {
            return Ok(None);
        };
        if keys.is_empty() {
            let (file, namespace) = (self.file_path(), namespace.to_owned());
            return Err(ProjectError::NoTrustedKey { file, namespace });
        }
        self.keys_trusted_for(&KeyPurpose::Packages(namespace.into())).map(Some)
    }

    /// Returns all public keys in the project's folder `trust`, sorted by name.
    pub fn trusted_keys(&self) -> Result<Vec<TrustedKey>, ProjectError> {
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
    pub fn keys_trusted_for(&self, purpose: &KeyPurpose) -> Result<Vec<TrustedKey>, ProjectError> {
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
    pub fn add_trust(&self, purpose: &KeyPurpose, name: &str) -> Result<(), ProjectError> {
        let (tables, keys): (&[&str], &'static str) = match purpose {
            KeyPurpose::Packages(namespace) => (&["trust", namespace], "keys"),
            KeyPurpose::Checkpoints => (&["signed"], "checkpoints"),
            KeyPurpose::Receipts => (&["signed"], "receipts"),
        };
        let header = tables.join(".");
        let path = self.file_path();
        let text = files::read_text(&path)?;
        let mut document: DocumentMut = text.parse().map_err(|error: TomlError| {
            let file = TextFile::new(path.display().to_string(), text.as_str());
            FileError::from(file.error_at(error.span().unwrap_or_default(), error.message()))
        })?;
        if document.is_empty() {
            // With an empty document `toml_edit` would put the new table above an existing comment.
            let space = if text.is_empty() { "" } else { "\n" };
            let text = format!("{text}{space}[{header}]\n{keys} = [\"{name}\"]\n");
            return Ok(files::write(&path, text.as_bytes())?);
        }
        let wrong_table =
            || ProjectError::WrongTable { file: path.clone(), table: header.clone(), key: keys };
        let mut table: &mut dyn TableLike = document.as_table_mut();
        for (depth, name) in tables.iter().enumerate() {
            let new = if depth + 1 < tables.len() { implicit_table() } else { Table::new() };
            let found = table.entry(name).or_insert(Item::Table(new));
            table = found.as_table_like_mut().ok_or_else(wrong_table)?;
        }
        let keys_array = table.entry(keys).or_insert(Item::Value(Array::new().into()));
        let named = keys_array.as_array_mut().ok_or_else(wrong_table)?;
        if !named.iter().any(|key| key.as_str() == Some(name)) {
            named.push(name);
        }
        Ok(files::write(&path, document.to_string().as_bytes())?)
    }

    fn trusted_key(&self, name: &str) -> Result<TrustedKey, ProjectError> {
        let path = self.key_path(name);
        let key = PublicKey::from_pem(&files::read_text(&path)?)
            .map_err(|source| ProjectError::PublicKey { path, source })?;
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

#[cfg(test)]
mod tests {
    use tollgate_packages::trust::SecretKey;

    use super::*;
    use crate::project::PROJECT_FILE;

    fn project(file: &str) -> (tempfile::TempDir, Project) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(PROJECT_FILE), file).unwrap();
        for name in ["acme", "auditor"] {
            let key = SecretKey::generate().unwrap().public().to_pem().unwrap();
            files::write(&folder.path().join(format!("trust/{name}.pub")), key.as_bytes()).unwrap();
        }
        let project = Project::open(folder.path()).unwrap();
        (folder, project)
    }

    fn names(keys: Vec<TrustedKey>) -> Vec<String> {
        keys.into_iter().map(|key| key.name).collect()
    }

    #[test]
    fn trusts_a_key_for_the_named_purposes_only() {
        let (_folder, project) = project(
            "[trust.acme]\nkeys = [\"acme\"]\n[signed]\nreceipts = [\"auditor\", \"acme\"]\n",
        );
        assert_eq!(names(project.required_keys("acme").unwrap().unwrap()), ["acme"]);
        assert!(project.required_keys("other").unwrap().is_none());
        assert_eq!(
            names(project.keys_trusted_for(&KeyPurpose::Receipts).unwrap()),
            ["auditor", "acme"]
        );
        assert!(project.keys_trusted_for(&KeyPurpose::Checkpoints).unwrap().is_empty());
        let all = project.trusted_keys().unwrap();
        let purposes: Vec<_> = all.iter().map(|key| key.purposes.clone()).collect();
        let packages = KeyPurpose::Packages("acme".into());
        assert_eq!(purposes, [vec![packages, KeyPurpose::Receipts], vec![KeyPurpose::Receipts]]);
    }

    #[test]
    fn a_namespace_without_keys_trusts_nothing() {
        let (_folder, project) = project("[trust.acme]\nkeys = []\n");
        let error = project.required_keys("acme").err().unwrap();
        assert!(matches!(error, ProjectError::NoTrustedKey { .. }), "{error}");
    }

    #[test]
    fn a_missing_or_damaged_key_is_an_error() {
        let (folder, project) = project("[trust.acme]\nkeys = [\"gone\"]\n");
        let error = project.required_keys("acme").err().unwrap();
        assert!(matches!(error, ProjectError::File(_)), "{error}");
        files::write(&folder.path().join("trust/gone.pub"), b"no key").unwrap();
        let error = project.required_keys("acme").err().unwrap();
        assert!(matches!(error, ProjectError::PublicKey { .. }), "{error}");
    }

    #[test]
    fn adds_trust_and_leaves_the_rest_of_the_file() {
        let before =
            "# Ours.\n[trust.acme] # release keys\nkeys = [\"old\"]\n\n[score]\ndelegate-max = 7\n";
        let (folder, project) = project(before);
        project.add_trust(&KeyPurpose::Packages("acme".into()), "acme").unwrap();
        project.add_trust(&KeyPurpose::Packages("acme".into()), "acme").unwrap();
        project.add_trust(&KeyPurpose::Checkpoints, "auditor").unwrap();
        let after = files::read_text(&folder.path().join(PROJECT_FILE)).unwrap();
        let expected = before.replace("[\"old\"]", "[\"old\", \"acme\"]");
        assert_eq!(after, format!("{expected}\n[signed]\ncheckpoints = [\"auditor\"]\n"));
    }

    #[test]
    fn adds_trust_to_an_empty_file() {
        let (folder, project) = project("# Only a comment.\n");
        project.add_trust(&KeyPurpose::Packages("acme".into()), "acme").unwrap();
        let after = files::read_text(&folder.path().join(PROJECT_FILE)).unwrap();
        assert_eq!(after, "# Only a comment.\n\n[trust.acme]\nkeys = [\"acme\"]\n");
    }

    #[test]
    fn refuses_to_change_something_that_is_not_a_table() {
        let (folder, project) = project("");
        std::fs::write(folder.path().join(PROJECT_FILE), "trust = 1\n").unwrap();
        let error = project.add_trust(&KeyPurpose::Packages("acme".into()), "acme").unwrap_err();
        assert!(matches!(error, ProjectError::WrongTable { .. }), "{error}");
        std::fs::write(folder.path().join(PROJECT_FILE), "trust = [\n").unwrap();
        let error = project.add_trust(&KeyPurpose::Checkpoints, "acme").unwrap_err();
        assert!(matches!(error, ProjectError::File(FileError::Invalid(_))), "{error}");
    }
}
