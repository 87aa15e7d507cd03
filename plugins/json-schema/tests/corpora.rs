//! Runs the official test suite, with its remotes as `documents`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use json_schema::{configure, judge};
use serde_json::{Value, json};
use tollgate_sdk::{Outcome, Place, Report, Subject};

/// Base URI of the suite's remotes.
const REMOTES: &str = "http://localhost:1234/";

/// The suite's folders, and the names of their drafts in the configuration.
const DRAFTS: [(&str, &str); 2] = [("draft2020-12", "2020-12"), ("draft7", "7")];

/// Optional groups that fail, in both drafts. All of them are refused by `configure`,
/// because an unknown format must not pass silently.
const OPTIONAL_FAILURES: [&str; 2] = [
    "draft2020-12/optional/format/unknown.json: unknown format",
    "draft7/optional/format/unknown.json: unknown format",
];

fn suite() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    let folder = std::env::var_os("TOLLGATE_CORPORA").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder.join("json-schema-test-suite"));
    }
    eprintln!("skipped: no corpora");
    None
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Returns the files of a folder and its subfolders, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let below = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    paths.into_iter().flat_map(below).collect()
}

fn remotes(suite: &Path) -> BTreeMap<String, Value> {
    let folder = suite.join("remotes");
    let uri = |path: &Path| format!("{REMOTES}{}", path.strip_prefix(&folder).unwrap().display());
    files(&folder).iter().map(|path| (uri(path), read(path))).collect()
}

struct Run {
    suite: PathBuf,
    remotes: BTreeMap<String, Value>,
    cases: usize,
    /// Groups with failed cases, by file and description.
    failures: Vec<String>,
}

impl Run {
    fn new(suite: PathBuf) -> Self {
        let remotes = remotes(&suite);
        Self { suite, remotes, cases: 0, failures: Vec::new() }
    }

    fn file(&mut self, draft: &str, formats: bool, file: &Path) {
        let name = file.strip_prefix(self.suite.join("tests")).unwrap().display().to_string();
        for group in read(file).as_array().unwrap() {
            let config = json!({
                "schema": group["schema"], "draft": draft, "formats": formats,
                "documents": self.remotes,
            });
            let state = configure(serde_json::from_value(config).unwrap());
            let tests = group["tests"].as_array().unwrap();
            self.cases += tests.len();
            let comes_out = |test: &Value| {
                let subject = Subject::of_json(test["data"].to_string());
                let report = state.as_ref().ok().map(|state| judge(state, &subject).unwrap());
                report.is_some_and(|report| agrees(&report, test))
            };
            if !tests.iter().all(comes_out) {
                self.failures.push(format!("{name}: {}", group["description"].as_str().unwrap()));
            }
        }
    }
}

/// Returns whether the outcome is the expected one and every finding points at an existing
/// value.
fn agrees(report: &Report, test: &Value) -> bool {
    let expected = if test["valid"] == true { Outcome::Pass } else { Outcome::Fail };
    let exists = |place: &Place| match place {
        Place::Pointer(pointer) => test["data"].pointer(pointer).is_some(),
        other => panic!("{other:?}"),
    };
    report.outcome == expected && report.findings.iter().all(|finding| exists(&finding.place))
}

#[test]
fn passes_every_required_case() {
    let Some(suite) = suite() else { return };
    let mut run = Run::new(suite.clone());
    for (folder, draft) in DRAFTS {
        let files = files(&suite.join("tests").join(folder)).into_iter();
        let required = files.filter(|file| !file.to_string_lossy().contains("/optional/"));
        required.for_each(|file| run.file(draft, false, &file));
    }
    assert!(run.failures.is_empty(), "{:#?}", run.failures);
    assert!(run.cases > 2000, "only {} cases", run.cases);
}

/// If fewer groups fail than listed, shorten the list.
#[test]
fn passes_every_optional_case_except_the_listed_ones() {
    let Some(suite) = suite() else { return };
    let mut run = Run::new(suite.clone());
    for (folder, draft) in DRAFTS {
        for file in files(&suite.join("tests").join(folder).join("optional")) {
            let formats = file.to_string_lossy().contains("/format/");
            run.file(draft, formats, &file);
        }
    }
    assert_eq!(run.failures, OPTIONAL_FAILURES);
    assert!(run.cases > 1500, "only {} cases", run.cases);
}

/// Runs a case without the remotes: its reference is refused, and the refusal names the
/// URI.
#[test]
fn fetches_nothing() {
    let Some(suite) = suite() else { return };
    let groups = read(&suite.join("tests/draft2020-12/refRemote.json"));
    let first = json!({"schema": groups[0]["schema"]});
    let refusal = configure(serde_json::from_value(first).unwrap()).unwrap_err();
    assert!(format!("{refusal:?}").contains(REMOTES), "{refusal:?}");
}
