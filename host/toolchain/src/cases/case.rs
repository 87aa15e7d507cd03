//! A contract's own cases: one JSON file each, run by `tollgate test`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tollgate_model::{HostFixture, Measure, Outcome, Subject};

use crate::files;

const CASES_FOLDER: &str = "cases";

/// One test case of a contract: the input and the expected result.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ContractCase {
    /// Purpose of the case, for readers only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    pub subject: Subject,
    /// Configuration of the contract; null means an empty object.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub config: Value,
    /// Answers that the host gives instead of its own.
    #[serde(default, skip_serializing_if = "HostFixture::is_empty")]
    pub given: HostFixture,
    pub expect: CaseExpectation,
}

/// Expected result of a case. Members that are absent are not compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseExpectation {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Expected findings, in order. Of each finding only the members given here are compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<Map<String, Value>>>,
    /// Measures that the report must contain; others may be there too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measures: Option<Vec<Measure>>,
    /// Kind of failure, when a failure is expected instead of a report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

impl ContractCase {
    /// Returns the configuration, or an empty object when the case has none.
    pub fn config_or_empty(&self) -> Value {
        if self.config.is_null() { Value::Object(Map::new()) } else { self.config.clone() }
    }
}

/// Reads all cases of a plugin, sorted by path. Returns none when the plugin has no `cases` folder.
pub fn read_cases(folder: &Path) -> anyhow::Result<Vec<(PathBuf, ContractCase)>> {
    let folder = folder.join(CASES_FOLDER);
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
