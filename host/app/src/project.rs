//! The project that a folder belongs to: its `tollgate.toml` and the public keys in its folder `trust`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Deserialize;
use tollgate_govern::score::{self, ScoreThresholds};
use tollgate_library::trust::PublicKey;
use toml_edit::{Array, DocumentMut, Item, Table, TableLike};

use crate::files;

/// The file that makes a folder a project.
pub(crate) const PROJECT_FILE: &str = "tollgate.toml";
/// Folder of the public keys that the project trusts.
const TRUST_FOLDER: &str = "trust";
pub(crate) const PUBLIC_KEY_EXTENSION: &str = "pub";

/// A project: its folder and the content of its file.
#[derive(Clone)]
pub(crate) struct Project {
    pub(crate) folder: PathBuf,
    content: ProjectFile,
}

/// The content of `tollgate.toml`.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProjectFile {
    /// Keys that must sign packages, by namespace.
    #[serde(default)]
    trust: BTreeMap<String, NamespaceTrust>,
    /// Keys that may sign the project's own checkpoints and receipts.
    #[serde(default)]
    signed: SigningKeyNames,
    /// Package sources, in the order in which they are searched.
    #[serde(default)]
    source: Vec<SourceEntry>,
    /// The organisation's thresholds for delegation scores.
    #[serde(default)]
    score: ScoreSettings,
}

/// The largest sums up to which a task may be delegated, or handled with a human in the loop.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ScoreSettings {
    delegate_max: Option<u8>,
    human_max: Option<u8>,
}

/// A package source of the project: a folder or a registry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceEntry {
    /// Name used with `--to` and `--from`.
    pub(crate) name: String,
    /// Path of a folder source, relative to the project.
    pub(crate) folder: Option<PathBuf>,
    /// Address of a registry source: its host and the prefix of package names.
    pub(crate) registry: Option<String>,
    /// Whether the registry may be contacted without TLS although it is not on this machine.
    #[serde(default)]
    pub(crate) insecure: bool,
    /// Namespaces that may come from this source. Empty means any namespace.
    #[serde(default)]
    pub(crate) namespaces: Vec<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamespaceTrust {
    /// Names of the keys. One signature suffices.
    keys: Vec<String>,
}

/// Names of the keys that may sign checkpoints and receipts. One signature suffices.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SigningKeyNames {
    #[serde(default)]
    checkpoints: Vec<String>,
    #[serde(default)]
    receipts: Vec<String>,
}

/// The purpose for which a key is trusted. Trust for one purpose does not extend to the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeyPurpose {
    /// Packages in a namespace.
    Packages(String),
    /// Checkpoints of the ledger.
    Checkpoints,
    /// Receipts of decisions.
    Receipts,
}

/// A key that the project trusts, with its purposes.
pub(crate) struct TrustedKey {
    pub(crate) name: String,
    pub(crate) key: PublicKey,
    pub(crate) purposes: Vec<KeyPurpose>,
}

impl Project {
    /// Finds the project that a folder belongs to, searching upwards from the folder itself.
    pub(crate) fn find(folder: &Path) -> anyhow::Result<Option<Self>> {
        // The ancestors of a relative path would end at the current folder.
        let folder = folder.canonicalize().with_context(|| format!("`{}`", folder.display()))?;
        let Some(folder) = folder.ancestors().find(|folder| folder.join(PROJECT_FILE).is_file())
        else {
            return Ok(None);
        };
        let file = files::read_toml(&folder.join(PROJECT_FILE))?;
        let project = Self { folder: folder.to_owned(), content: file };
        project.check_thresholds()?;
        Ok(Some(project))
    }

    pub(crate) fn file_path(&self) -> PathBuf {
        self.folder.join(PROJECT_FILE)
    }

    /// Returns the thresholds for delegation scores, with defaults for those that the project does not set.
    pub(crate) fn thresholds(&self) -> ScoreThresholds {
        let (ScoreSettings { delegate_max, human_max }, defaults) =
            (self.content.score, ScoreThresholds::default());
        ScoreThresholds {
            delegate_max: delegate_max.unwrap_or(defaults.delegate_max),
            human_max: human_max.unwrap_or(defaults.human_max),
        }
    }

    /// Checks that the thresholds are in ascending order and do not exceed the largest possible sum.
    fn check_thresholds(&self) -> anyhow::Result<()> {
        let ScoreThresholds { delegate_max, human_max } = self.thresholds();
        let sum_max = score::SUM_MAX;
        if delegate_max > human_max || human_max > sum_max {
            bail!(
                "{}: `[score]` has `delegate-max = {delegate_max}` and `human-max = {human_max}`: `delegate-max` must not \
                 exceed `human-max`, which must not exceed {sum_max}, the largest sum",
                self.file_path().display()
            );
        }
        Ok(())
    }

    /// Returns the package sources after checking that their names are unique and their kinds clear.
    pub(crate) fn sources(&self) -> anyhow::Result<&[SourceEntry]> {
        let count_named =
            |name: &str| self.content.source.iter().filter(|one| one.name == name).count();
        for entry in &self.content.source {
            let (name, file) = (&entry.name, self.file_path());
            if count_named(name) > 1 {
                bail!("{}: two sources are named `{name}`: rename one of them", file.display());
            }
            if entry.folder.is_some() == entry.registry.is_some() {
                bail!(
                    "{}: the source `{name}` must have either a `folder` or a `registry`",
                    file.display()
                );
            }
        }
        Ok(&self.content.source)
    }

    /// Returns the keys of which one must have signed a package of this namespace, or `None` if no signature is
    /// required.
    pub(crate) fn required_keys(&self, namespace: &str) -> anyhow::Result<Option<Vec<TrustedKey>>> {
        let Some(NamespaceTrust { keys }) = self.content.trust.get(namespace) else {
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
    pub(crate) fn trusted_keys(&self) -> anyhow::Result<Vec<TrustedKey>> {
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
    pub(crate) fn key_path(&self, name: &str) -> PathBuf {
        self.folder.join(TRUST_FOLDER).join(format!("{name}.{PUBLIC_KEY_EXTENSION}"))
    }

    /// Returns the keys that are trusted for a purpose.
    pub(crate) fn keys_trusted_for(&self, purpose: &KeyPurpose) -> anyhow::Result<Vec<TrustedKey>> {
        let names = match purpose {
            KeyPurpose::Packages(namespace) => match self.content.trust.get(namespace) {
                Some(trust) => &trust.keys,
                None => return Ok(Vec::new()),
            },
            KeyPurpose::Checkpoints => &self.content.signed.checkpoints,
            KeyPurpose::Receipts => &self.content.signed.receipts,
        };
        names.iter().map(|name| self.trusted_key(name)).collect()
    }

    /// Adds a key for a purpose to the project's file and leaves the rest of the file unchanged.
    pub(crate) fn add_trust(&self, purpose: &KeyPurpose, name: &str) -> anyhow::Result<()> {
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
        let SigningKeyNames { checkpoints, receipts } = &self.content.signed;
        let packages = self.content.trust.iter().filter(|(_, trust)| has(&trust.keys));
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
