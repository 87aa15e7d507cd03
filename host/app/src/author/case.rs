//! A contract's own cases: one JSON file each, run by `tollgate test`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tollgate_model::{Given, Measure, Outcome, Subject};

use crate::files;

const FOLDER: &str = "cases";

/// What a contract is shown, and what it has to say.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Case {
    /// What it shows, for the reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// What is judged.
    pub subject: Subject,
    /// With which configuration.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub config: Value,
    /// What the host answers.
    #[serde(default, skip_serializing_if = "Given::is_empty")]
    pub given: Given,
    /// What must come out.
    pub expect: Expectation,
}

/// What must come out. What is not named is not compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// The findings in their order; of each, the members that stand here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<Map<String, Value>>>,
    /// Some of the measures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measures: Option<Vec<Measure>>,
    /// The kind of failure, where no report is expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

impl Case {
    /// The configuration; an empty one where the case names none.
    pub fn config(&self) -> Value {
        if self.config.is_null() { Value::Object(Map::new()) } else { self.config.clone() }
    }
}

/// The cases of a plugin, by their paths in order of their names.
pub fn read_cases(folder: &Path) -> anyhow::Result<Vec<(PathBuf, Case)>> {
    let folder = folder.join(FOLDER);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(&folder);
    let entries = entries.with_context(|| format!("cannot read `{}`", folder.display()))?;
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    paths.into_iter().map(|path| Ok((path.clone(), files::read_json(&path)?))).collect()
}
