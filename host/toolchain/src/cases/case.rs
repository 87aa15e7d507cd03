//! Test cases of a contract as files: one JSON file each.

use std::io;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tollgate_model::{HostFixture, Subject};
use tollgate_project::{FileError, files};

use super::CaseExpectation;

/// Folder of the test cases, in that of the contract.
pub(crate) const CASES_FOLDER: &str = "cases";

/// One test case of a contract: the input and the expected result.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ContractCase {
    /// Place of the JSON Schema of cases, for editors only.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
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

/// Reason why the cases of a contract cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    #[error("cannot read `{}`", .folder.display())]
    Folder {
        folder: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    File(#[from] FileError),
    #[error("cannot write the case as JSON")]
    Json(#[from] serde_json::Error),
}

impl ContractCase {
    /// Returns the configuration, or an empty object when the case has none.
    pub fn config_or_empty(&self) -> Value {
        if self.config.is_null() { Value::Object(Map::new()) } else { self.config.clone() }
    }
}

/// Reads all cases of a contract with their paths, sorted by path. Returns none when the contract has
/// no `cases` folder.
pub fn read_cases(folder: &Path) -> Result<Vec<(PathBuf, ContractCase)>, CaseError> {
    let folder = folder.join(CASES_FOLDER);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(&folder);
    let entries = entries.map_err(|source| CaseError::Folder { folder, source })?;
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    paths.into_iter().map(|path| Ok((path.clone(), files::read_json(&path)?))).collect()
}

/// Writes a case to a file, indented and with a line break at the end.
pub fn write_case(path: &Path, case: &ContractCase) -> Result<(), CaseError> {
    let text = format!("{}\n", serde_json::to_string_pretty(case)?);
    Ok(files::write(path, text.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn case(text: &str) -> ContractCase {
        serde_json::from_value(json!({"subject": {"text": text}, "expect": {}})).unwrap()
    }

    #[test]
    fn reads_cases_sorted_by_path_and_ignores_other_files() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read_cases(folder.path()).unwrap().is_empty(), "there is no folder `cases`");
        let cases = folder.path().join(CASES_FOLDER);
        let names = ["d.json", "b.json", "e.json", "a.json", "f.json", "c.json"];
        for name in names {
            write_case(&cases.join(name), &case(name)).unwrap();
        }
        files::write(&cases.join("notes.txt"), b"not a case").unwrap();
        let read = read_cases(folder.path()).unwrap();
        let paths: Vec<_> = read.iter().map(|(path, _)| path.clone()).collect();
        let sorted = ["a.json", "b.json", "c.json", "d.json", "e.json", "f.json"];
        assert_eq!(paths, sorted.map(|name| cases.join(name)));
        assert_eq!(read[0].1.config_or_empty(), json!({}));
    }

    #[test]
    fn keeps_the_place_of_its_schema() {
        let text = json!({"$schema": "case.schema.json", "subject": {"text": "a"}, "expect": {}});
        let case: ContractCase = serde_json::from_value(text.clone()).unwrap();
        assert_eq!(json!(case), text);
    }

    #[test]
    fn names_the_place_of_an_unknown_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(CASES_FOLDER).join("a.json");
        files::write(&path, b"{\n\"colour\": 1}").unwrap();
        let error = read_cases(folder.path()).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{}:2: unknown field", path.display())), "{error}");
    }
}
