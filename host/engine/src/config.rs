//! A contract's configuration: what the operator wrote, with the project's files in
//! their places, in one spelling, so that its digest covers all that a contract sees.
//!
//! An object with a single key names something of the project:
//! `{"$file": "schema.json"}` becomes the document in a JSON file or the text of any
//! other, `{"$lines": "terms.txt"}` the lines that are not empty, `{"$table": "claims"}`
//! the named table as an object. What is put in is not looked into again.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};
use tollgate_model::{Digest, canonical_json};

use crate::tables::{Table, read_bounded};

/// A configuration is held in memory by every sandbox.
const FILE_BYTES_MAX: u64 = 16 << 20;

/// A configuration that is complete in itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    value: Value,
    text: Arc<str>,
    digest: Digest,
}

/// Where a configuration may take files and tables from.
#[derive(Clone, Debug, Default)]
pub struct Materials {
    /// Files are found below this folder and nowhere else.
    pub folder: PathBuf,
    /// Tables by their names.
    pub tables: std::collections::BTreeMap<String, Arc<Table>>,
}

/// Why a configuration could not be completed.
#[derive(Debug, thiserror::Error)]
#[error("the configuration names `{named}` at `{pointer}`, which cannot be used: {reason}")]
pub struct ConfigError {
    pointer: String,
    named: String,
    reason: String,
}

impl Config {
    /// Puts what the configuration names in its place.
    pub fn complete(written: Value, materials: &Materials) -> Result<Self, ConfigError> {
        let value = materials.place(written, "")?;
        Ok(Self::completed(value))
    }

    /// What identifies it.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The document.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// A configuration that was complete before: nothing is put into it.
    pub fn completed(value: Value) -> Self {
        let text = canonical_json(&value);
        Self { value, digest: Digest::of(&text), text: text.into() }
    }

    /// The text that the contract gets.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }
}

impl Materials {
    fn place(&self, value: Value, pointer: &str) -> Result<Value, ConfigError> {
        match value {
            Value::Object(members) => match named(&members) {
                Some((how, name)) => self.fetch(how, name).map_err(|reason| ConfigError {
                    pointer: pointer.into(),
                    named: name.into(),
                    reason,
                }),
                None => self.place_members(members, pointer),
            },
            Value::Array(items) => items
                .into_iter()
                .enumerate()
                .map(|(index, item)| self.place(item, &format!("{pointer}/{index}")))
                .collect(),
            other => Ok(other),
        }
    }

    fn place_members(
        &self,
        members: Map<String, Value>,
        pointer: &str,
    ) -> Result<Value, ConfigError> {
        members
            .into_iter()
            .map(|(key, member)| {
                let step = key.replace('~', "~0").replace('/', "~1");
                let member = self.place(member, &format!("{pointer}/{step}"))?;
                Ok((key, member))
            })
            .collect()
    }

    fn fetch(&self, how: How, name: &str) -> Result<Value, String> {
        match how {
            How::Table => match self.tables.get(name) {
                Some(table) => Ok(table.to_json()),
                None => Err("no table of this name is given".into()),
            },
            How::Lines => {
                let text = self.read(name)?;
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                Ok(lines.map(Value::from).collect())
            }
            How::File => {
                let text = self.read(name)?;
                match Path::new(name).extension().and_then(|extension| extension.to_str()) {
                    Some("json") => serde_json::from_str(&text).map_err(|error| error.to_string()),
                    _ => Ok(Value::String(text)),
                }
            }
        }
    }

    /// Only below the folder, however the name is written and whatever links there are.
    fn read(&self, name: &str) -> Result<String, String> {
        let plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if !Path::new(name).components().all(plain) {
            return Err("files are named from the project's folder, without `..`".into());
        }
        let folder = self.folder.canonicalize().map_err(|error| error.to_string())?;
        let path = folder.join(name).canonicalize().map_err(|error| error.to_string())?;
        if !path.starts_with(&folder) {
            return Err("it leads out of the project's folder".into());
        }
        read_bounded(&path, FILE_BYTES_MAX)
    }
}

#[derive(Clone, Copy)]
enum How {
    File,
    Lines,
    Table,
}

fn named(members: &Map<String, Value>) -> Option<(How, &str)> {
    let mut entries = members.iter();
    let (Some((key, Value::String(name))), None) = (entries.next(), entries.next()) else {
        return None;
    };
    match key.as_str() {
        "$file" => Some((How::File, name)),
        "$lines" => Some((How::Lines, name)),
        "$table" => Some((How::Table, name)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn project() -> (tempfile::TempDir, Materials) {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("project");
        std::fs::create_dir(&project).unwrap();
        std::fs::write(folder.path().join("secret.txt"), "secret").unwrap();
        std::fs::write(project.join("terms.txt"), "act now\n\n  cure \n").unwrap();
        std::fs::write(project.join("schema.json"), r#"{"type": {"$file": "x"}}"#).unwrap();
        std::os::unix::fs::symlink("../secret.txt", project.join("link.txt")).unwrap();
        let claims: Table = [("best".into(), "legal".into())].into_iter().collect();
        let tables = [("claims".into(), Arc::new(claims))].into();
        (folder, Materials { folder: project, tables })
    }

    #[test]
    fn what_is_named_is_put_in_its_place() {
        let (_folder, materials) = project();
        let written = json!({
            "terms": {"$lines": "terms.txt"},
            "schema": {"$file": "schema.json"},
            "list": [{"$table": "claims"}, {"$file": "a", "more": 1}],
        });
        let config = Config::complete(written, &materials).unwrap();
        let completed = json!({
            "terms": ["act now", "cure"],
            "schema": {"type": {"$file": "x"}},
            "list": [{"best": "legal"}, {"$file": "a", "more": 1}],
        });
        assert_eq!(config.value(), &completed);
        assert_eq!(config.digest(), Digest::of(canonical_json(&completed)));
    }

    #[test]
    fn the_digest_covers_the_file() {
        let (_folder, materials) = project();
        let digest = || {
            let written = json!({"terms": {"$lines": "terms.txt"}});
            Config::complete(written, &materials).unwrap().digest()
        };
        let before = digest();
        std::fs::write(materials.folder.join("terms.txt"), "other").unwrap();
        assert_ne!(before, digest());
    }

    #[test]
    fn nothing_outside_the_project_is_read() {
        let (_folder, materials) = project();
        for name in
            ["../secret.txt", "/etc/passwd", "link.txt", "missing.txt", "a/../../secret.txt"]
        {
            let written = json!({"a/b": [{"$file": name}]});
            let error = Config::complete(written, &materials).unwrap_err().to_string();
            assert!(error.contains("`/a~1b/0`") && error.contains(name), "{error}");
        }
        let written = json!({"$table": "prices"});
        assert!(Config::complete(written, &materials).is_err());
    }
}
