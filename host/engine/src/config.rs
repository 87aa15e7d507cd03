//! Configuration of a contract: the operator's JSON with its placeholders replaced by
//! files of the project, in canonical form, so that the digest covers everything that the
//! contract sees.
//!
//! A placeholder is an object with a single key. `{"$file": "schema.json"}` becomes the
//! document of a JSON file or the text of any other file, `{"$lines": "terms.txt"}` a list
//! of the lines that are not blank, and `{"$table": "claims"}` the named table as an
//! object. Placeholders inside the inserted content are not replaced.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};
use tollgate_model::{CanonicalJsonError, Digest, canonical_json};

use crate::confined_path::confine_path;
use crate::tables::{Table, read_bounded};

/// Largest file that a placeholder can insert. Every sandbox holds the configuration in memory.
const FILE_BYTES_MAX: u64 = 16 << 20;

/// Configuration in canonical JSON, without placeholders.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    value: Value,
    text: Arc<str>,
    digest: Digest,
}

/// Files and tables that the placeholders of a configuration can refer to.
#[derive(Clone, Debug, Default)]
pub struct ConfigInputs {
    /// Folder of the project. Files outside it cannot be inserted.
    pub folder: PathBuf,
    pub tables: std::collections::BTreeMap<String, Arc<Table>>,
}

/// A configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A placeholder cannot be replaced.
    #[error("the configuration names `{named}` at `{pointer}`, but it cannot be used: {reason}")]
    Placeholder {
        /// JSON Pointer (RFC 6901) to the placeholder.
        pointer: String,
        /// File or table that it names.
        named: String,
        reason: String,
    },
    #[error("the configuration has no canonical form: {0}")]
    NotCanonical(#[from] CanonicalJsonError),
}

impl Config {
    /// Replaces the placeholders of a configuration as the operator wrote it.
    pub fn resolve(written: Value, materials: &ConfigInputs) -> Result<Self, ConfigError> {
        let value = materials.resolve_value(written, "")?;
        Self::from_resolved(value)
    }

    /// Returns the digest of the canonical text.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Returns the configuration as JSON.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Makes a configuration of JSON without placeholders, for example from a release. What
    /// looks like a placeholder stays as it is.
    pub fn from_resolved(value: Value) -> Result<Self, ConfigError> {
        let text = canonical_json(&value)?;
        Ok(Self { value, digest: Digest::of(&text), text: text.into() })
    }

    /// Returns the canonical text, which is what the contract receives.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }
}

impl ConfigInputs {
    fn resolve_value(&self, value: Value, pointer: &str) -> Result<Value, ConfigError> {
        match value {
            Value::Object(members) => match parse_placeholder(&members) {
                Some((how, name)) => self.load_placeholder(how, name).map_err(|reason| {
                    ConfigError::Placeholder { pointer: pointer.into(), named: name.into(), reason }
                }),
                None => self.resolve_members(members, pointer),
            },
            Value::Array(items) => items
                .into_iter()
                .enumerate()
                .map(|(index, item)| self.resolve_value(item, &format!("{pointer}/{index}")))
                .collect(),
            other => Ok(other),
        }
    }

    fn resolve_members(
        &self,
        members: Map<String, Value>,
        pointer: &str,
    ) -> Result<Value, ConfigError> {
        members
            .into_iter()
            .map(|(key, member)| {
                let step = key.replace('~', "~0").replace('/', "~1");
                let member = self.resolve_value(member, &format!("{pointer}/{step}"))?;
                Ok((key, member))
            })
            .collect()
    }

    fn load_placeholder(&self, how: Placeholder, name: &str) -> Result<Value, String> {
        match how {
            Placeholder::Table => match self.tables.get(name) {
                Some(table) => Ok(table.to_json()),
                None => Err("there is no table of this name".into()),
            },
            Placeholder::Lines => {
                let text = self.read_project_file(name)?;
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                Ok(lines.map(Value::from).collect())
            }
            Placeholder::File => {
                let text = self.read_project_file(name)?;
                match Path::new(name).extension().and_then(|extension| extension.to_str()) {
                    Some("json") => serde_json::from_str(&text).map_err(|error| error.to_string()),
                    _ => Ok(Value::String(text)),
                }
            }
        }
    }

    fn read_project_file(&self, name: &str) -> Result<String, String> {
        let path = confine_path(&self.folder, name).map_err(|error| error.to_string())?;
        read_bounded(&path, FILE_BYTES_MAX)
    }
}

#[derive(Clone, Copy)]
enum Placeholder {
    File,
    Lines,
    Table,
}

fn parse_placeholder(members: &Map<String, Value>) -> Option<(Placeholder, &str)> {
    let mut entries = members.iter();
    let (Some((key, Value::String(name))), None) = (entries.next(), entries.next()) else {
        return None;
    };
    match key.as_str() {
        "$file" => Some((Placeholder::File, name)),
        "$lines" => Some((Placeholder::Lines, name)),
        "$table" => Some((Placeholder::Table, name)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn project() -> (tempfile::TempDir, ConfigInputs) {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("project");
        std::fs::create_dir(&project).unwrap();
        std::fs::write(folder.path().join("secret.txt"), "secret").unwrap();
        std::fs::write(project.join("terms.txt"), "act now\n\n  cure \n").unwrap();
        std::fs::write(project.join("schema.json"), r#"{"type": {"$file": "x"}}"#).unwrap();
        std::os::unix::fs::symlink("../secret.txt", project.join("link.txt")).unwrap();
        let claims: Table = [("best".into(), "legal".into())].into_iter().collect();
        let tables = [("claims".into(), Arc::new(claims))].into();
        (folder, ConfigInputs { folder: project, tables })
    }

    #[test]
    fn replaces_placeholders() {
        let (_folder, materials) = project();
        let written = json!({
            "terms": {"$lines": "terms.txt"},
            "schema": {"$file": "schema.json"},
            "list": [{"$table": "claims"}, {"$file": "a", "more": 1}],
        });
        let config = Config::resolve(written, &materials).unwrap();
        let resolved = json!({
            "terms": ["act now", "cure"],
            "schema": {"type": {"$file": "x"}},
            "list": [{"best": "legal"}, {"$file": "a", "more": 1}],
        });
        assert_eq!(config.value(), &resolved);
        assert_eq!(config.digest(), Digest::of(canonical_json(&resolved).unwrap()));
    }

    #[test]
    fn digest_covers_inserted_files() {
        let (_folder, materials) = project();
        let digest = || {
            let written = json!({"terms": {"$lines": "terms.txt"}});
            Config::resolve(written, &materials).unwrap().digest()
        };
        let before = digest();
        std::fs::write(materials.folder.join("terms.txt"), "other").unwrap();
        assert_ne!(before, digest());
    }

    #[test]
    fn equal_numbers_have_one_digest_and_inexact_ones_none() {
        let digest = |text: &str| {
            let value = serde_json::from_str(text).unwrap();
            Config::from_resolved(value).map(|config| config.digest())
        };
        let one = digest(r#"{"a": 1, "b": 2}"#).unwrap();
        assert_eq!(digest(r#"{"b": 2.0, "a": 1e0}"#).unwrap(), one);
        let error = digest(r#"{"limit": 9007199254740993}"#).unwrap_err().to_string();
        assert!(error.contains("`/limit`"), "{error}");
    }

    #[test]
    fn refuses_files_outside_the_project() {
        let (_folder, materials) = project();
        for name in
            ["../secret.txt", "/etc/passwd", "link.txt", "missing.txt", "a/../../secret.txt"]
        {
            let written = json!({"a/b": [{"$file": name}]});
            let error = Config::resolve(written, &materials).unwrap_err().to_string();
            assert!(error.contains("`/a~1b/0`") && error.contains(name), "{error}");
        }
        let written = json!({"$table": "prices"});
        assert!(Config::resolve(written, &materials).is_err());
    }
}
