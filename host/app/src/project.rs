//! The project that a folder belongs to: `tollgate.toml`, and what lies beside it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Deserialize;
use tollgate_govern::score::{self, Thresholds};
use tollgate_library::trust::PublicKey;
use toml_edit::{Array, DocumentMut, Item, Table, TableLike};

use crate::files;

/// What makes a folder a project.
pub(crate) const FILE: &str = "tollgate.toml";
/// Where the keys lie that the project trusts.
const TRUSTED: &str = "trust";
pub(crate) const PUBLIC: &str = "pub";

/// A project: a folder, and what its file says.
#[derive(Clone)]
pub(crate) struct Project {
    pub(crate) folder: PathBuf,
    file: ProjectFile,
}

/// The file `tollgate.toml`.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProjectFile {
    /// Whose signature a package needs, by its namespace.
    #[serde(default)]
    trust: BTreeMap<String, Trust>,
    /// Whose signature counts under what the project itself says.
    #[serde(default)]
    signed: SignedEntry,
    /// Where packages come from, in the order in which they are asked.
    #[serde(default)]
    source: Vec<SourceEntry>,
    /// What the organisation makes of delegation scores.
    #[serde(default)]
    score: ScoreEntry,
}

/// Up to which sums a task can be delegated, and with a human in the loop.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ScoreEntry {
    delegate_max: Option<u8>,
    human_max: Option<u8>,
}

/// A source as the project names it: a folder or a registry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceEntry {
    /// What it is called with `--to` and `--from`.
    pub(crate) name: String,
    /// A folder, from the project's.
    pub(crate) folder: Option<PathBuf>,
    /// A registry: its host, and what stands before the names of packages.
    pub(crate) registry: Option<String>,
    /// Whether the registry is spoken to without TLS, though it is not on this machine.
    #[serde(default)]
    pub(crate) insecure: bool,
    /// The namespaces that it may have packages of; any, where none is named.
    #[serde(default)]
    pub(crate) namespaces: Vec<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trust {
    /// The names of keys, of which one suffices.
    keys: Vec<String>,
}

/// The names of keys, of which one suffices.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignedEntry {
    #[serde(default)]
    checkpoints: Vec<String>,
    #[serde(default)]
    receipts: Vec<String>,
}

/// What a key may sign. Who may sign one of these may not sign the others by that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// What is in a namespace.
    Packages(String),
    /// Where the ledger ends.
    Checkpoints,
    /// What was decided of an output.
    Receipts,
}

/// A key that the project trusts, and what it may sign.
pub(crate) struct Trusted {
    pub(crate) name: String,
    pub(crate) key: PublicKey,
    pub(crate) purposes: Vec<Purpose>,
}

impl Project {
    /// The project of a folder: of itself, or of the nearest folder around it.
    pub(crate) fn around(folder: &Path) -> anyhow::Result<Option<Self>> {
        let folder = folder.canonicalize().with_context(|| format!("`{}`", folder.display()))?;
        let Some(folder) = folder.ancestors().find(|folder| folder.join(FILE).is_file()) else {
            return Ok(None);
        };
        let file = files::read_toml(&folder.join(FILE))?;
        let project = Self { folder: folder.to_owned(), file };
        project.check_thresholds()?;
        Ok(Some(project))
    }

    /// Its file.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    /// What the organisation makes of delegation scores.
    pub(crate) fn thresholds(&self) -> Thresholds {
        let (ScoreEntry { delegate_max, human_max }, usual) =
            (self.file.score, Thresholds::default());
        Thresholds {
            delegate_max: delegate_max.unwrap_or(usual.delegate_max),
            human_max: human_max.unwrap_or(usual.human_max),
        }
    }

    /// That what takes more care begins where what takes less ends, and that both are sums of scores.
    fn check_thresholds(&self) -> anyhow::Result<()> {
        let Thresholds { delegate_max, human_max } = self.thresholds();
        let sum_max = score::SUM_MAX;
        if delegate_max > human_max || human_max > sum_max {
            bail!(
                "{}: `[score]` has `delegate-max = {delegate_max}` and `human-max = {human_max}`: the first should \
                 not be above the second, and that not above {sum_max}, the largest sum",
                self.file().display()
            );
        }
        Ok(())
    }

    /// Where its packages come from.
    pub(crate) fn sources(&self) -> anyhow::Result<&[SourceEntry]> {
        let named = |name: &str| self.file.source.iter().filter(|one| one.name == name).count();
        for entry in &self.file.source {
            let (name, file) = (&entry.name, self.file());
            if named(name) > 1 {
                bail!("{}: two sources are called `{name}`: rename one of both", file.display());
            }
            if entry.folder.is_some() == entry.registry.is_some() {
                bail!(
                    "{}: the source `{name}` should have either a `folder` or a `registry`",
                    file.display()
                );
            }
        }
        Ok(&self.file.source)
    }

    /// The keys of which one has to have signed what is in a namespace; nothing, where none
    /// has to.
    pub(crate) fn keys_for(&self, namespace: &str) -> anyhow::Result<Option<Vec<Trusted>>> {
        let Some(Trust { keys }) = self.file.trust.get(namespace) else { return Ok(None) };
        if keys.is_empty() {
            bail!(
                "{}: `[trust.{namespace}]` names no key, so nothing of it could ever be trusted: \
                 name one with `tollgate keys trust`",
                self.file().display()
            );
        }
        self.trusted_for(&Purpose::Packages(namespace.into())).map(Some)
    }

    /// Every key that lies in the project.
    pub(crate) fn trusted(&self) -> anyhow::Result<Vec<Trusted>> {
        let entries = std::fs::read_dir(self.folder.join(TRUSTED)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == PUBLIC))
            .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
            .collect();
        names.sort();
        names.iter().map(|name| self.trusted_key(name)).collect()
    }

    /// Where a trusted key lies.
    pub(crate) fn key_path(&self, name: &str) -> PathBuf {
        self.folder.join(TRUSTED).join(format!("{name}.{PUBLIC}"))
    }

    /// Every key that may sign this.
    pub(crate) fn trusted_for(&self, purpose: &Purpose) -> anyhow::Result<Vec<Trusted>> {
        let names = match purpose {
            Purpose::Packages(namespace) => match self.file.trust.get(namespace) {
                Some(trust) => &trust.keys,
                None => return Ok(Vec::new()),
            },
            Purpose::Checkpoints => &self.file.signed.checkpoints,
            Purpose::Receipts => &self.file.signed.receipts,
        };
        names.iter().map(|name| self.trusted_key(name)).collect()
    }

    /// Writes into the project's file what a key may sign; everything else of the file stays as it
    /// is.
    pub(crate) fn add_trust(&self, purpose: &Purpose, name: &str) -> anyhow::Result<()> {
        let (tables, keys): (&[&str], _) = match purpose {
            Purpose::Packages(namespace) => (&["trust", namespace], "keys"),
            Purpose::Checkpoints => (&["signed"], "checkpoints"),
            Purpose::Receipts => (&["signed"], "receipts"),
        };
        let header = tables.join(".");
        let path = self.file();
        let text = files::read_text(&path)?;
        let mut file: DocumentMut = text.parse()?;
        if file.is_empty() {
            // A comment that stands alone would come to stand below.
            let space = if text.is_empty() { "" } else { "\n" };
            let text = format!("{text}{space}[{header}]\n{keys} = [\"{name}\"]\n");
            return files::write(&path, text.as_bytes());
        }
        let unfit = || format!("`[{header}]` in `{}` is no table with `{keys}`", path.display());
        let mut table: &mut dyn TableLike = file.as_table_mut();
        for (depth, name) in tables.iter().enumerate() {
            let new = if depth + 1 < tables.len() { implicit() } else { Table::new() };
            let found = table.entry(name).or_insert(Item::Table(new));
            table = found.as_table_like_mut().with_context(unfit)?;
        }
        let named = table.entry(keys).or_insert(Item::Value(Array::new().into()));
        let named = named.as_array_mut().with_context(unfit)?;
        if !named.iter().any(|key| key.as_str() == Some(name)) {
            named.push(name);
        }
        files::write(&path, file.to_string().as_bytes())
    }

    fn trusted_key(&self, name: &str) -> anyhow::Result<Trusted> {
        let path = self.key_path(name);
        let unreadable = || format!("`{}` is no key that can be trusted", path.display());
        let key = PublicKey::from_pem(&files::read_text(&path)?).with_context(unreadable)?;
        let has = |keys: &[String]| keys.iter().any(|key| key == name);
        let SignedEntry { checkpoints, receipts } = &self.file.signed;
        let packages = self.file.trust.iter().filter(|(_, trust)| has(&trust.keys));
        let packages = packages.map(|(namespace, _)| Purpose::Packages(namespace.clone()));
        let others = [(checkpoints, Purpose::Checkpoints), (receipts, Purpose::Receipts)];
        let others = others.into_iter().filter(|(keys, _)| has(keys)).map(|(_, purpose)| purpose);
        Ok(Trusted { name: name.into(), key, purposes: packages.chain(others).collect() })
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Packages(namespace) => write!(f, "what is in `{namespace}`"),
            Self::Checkpoints => f.write_str("checkpoints"),
            Self::Receipts => f.write_str("receipts"),
        }
    }
}

/// `[trust]` alone would say nothing.
fn implicit() -> Table {
    let mut table = Table::new();
    table.set_implicit(true);
    table
}
