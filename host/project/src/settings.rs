//! The content of `tollgate.toml`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use tollgate_model::file_schema;
use tollgate_packages::source::{FolderSource, RegistrySource};

/// The content of `tollgate.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProjectFile {
    /// Keys that must sign packages, by namespace.
    #[serde(default)]
    pub(crate) trust: BTreeMap<String, NamespaceTrust>,
    /// Keys that may sign the project's own checkpoints and receipts.
    #[serde(default)]
    pub(crate) signed: SigningKeyNames,
    /// Package sources, in the order in which they are searched.
    #[serde(default)]
    pub(crate) source: Vec<SourceEntry>,
    /// The organisation's thresholds for delegation scores.
    #[serde(default)]
    pub(crate) score: ScoreSettings,
    /// How `tollgate serve` runs the project.
    #[serde(default)]
    pub(crate) serve: ServeSettings,
}

/// How `tollgate serve` runs the project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ServeSettings {
    /// Who publishes a change of the project's files, once it is proven.
    #[serde(default)]
    pub publish: PublishMode,
}

/// Who publishes a change of the project's files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PublishMode {
    /// A person, with `tollgate release` or through the server.
    #[default]
    Person,
    /// The server, as soon as the change is proven. For development.
    Automatic,
}

/// Returns the JSON Schema of `tollgate.toml`, for editors.
pub fn project_file_schema() -> Value {
    file_schema::<ProjectFile>("A project of Tollgate")
}

/// The largest sums up to which a task may be delegated, or handled with a human in the loop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ScoreSettings {
    pub(crate) delegate_max: Option<u8>,
    pub(crate) human_max: Option<u8>,
}

/// A package source of the project: a folder or a registry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceEntry {
    /// Name by which people choose the source.
    pub name: String,
    /// Path of a folder source, relative to the project.
    pub folder: Option<PathBuf>,
    /// Address of a registry source: its host and the prefix of package names.
    pub registry: Option<String>,
    /// Whether the registry may be contacted without TLS although it is not on this machine.
    #[serde(default)]
    pub insecure: bool,
    /// Namespaces that come from this source, and from no source that does not name them. Empty means every namespace
    /// that no source names, other than that of the standard contracts.
    #[serde(default)]
    pub namespaces: Vec<String>,
}

impl SourceEntry {
    pub(crate) fn is_named_for(&self, namespace: &str) -> bool {
        self.namespaces.iter().any(|named| named == namespace)
    }

    /// Returns whether lock files, the store and bundles call the source by this label.
    pub(crate) fn has_label(&self, label: &str) -> bool {
        let folder = self.folder.as_ref().map(|folder| FolderSource::label_of(folder.display()));
        let registry = self.registry.as_ref().map(RegistrySource::label_of);
        [folder, registry].into_iter().flatten().any(|own| own == label)
    }
}

/// Keys of a namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NamespaceTrust {
    /// Names of the keys. One signature suffices.
    pub(crate) keys: Vec<String>,
}

/// Names of the keys that may sign checkpoints and receipts. One signature suffices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SigningKeyNames {
    #[serde(default)]
    pub(crate) checkpoints: Vec<String>,
    #[serde(default)]
    pub(crate) receipts: Vec<String>,
}
