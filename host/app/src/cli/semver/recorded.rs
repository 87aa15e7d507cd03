//! The subjects that two versions are compared by: a contract's own cases, or lines of a file.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;
use serde_json::Value;
use tollgate_model::{Given, Subject};

use crate::author::read_cases;
use crate::files;

/// A subject that was recorded, and the world that it was judged in.
pub(super) struct Recorded {
    pub(super) name: String,
    pub(super) subject: Subject,
    /// Where it was recorded with one.
    pub(super) config: Option<Configured>,
    pub(super) given: Given,
}

/// A configuration, and the folder in which the files lie that it names.
pub(super) type Configured = (Value, PathBuf);

/// A line of a file: a case, of which nothing is expected here, or a subject alone.
#[derive(Deserialize)]
struct Line {
    subject: Option<Subject>,
    #[serde(default)]
    config: Option<Value>,
    #[serde(default)]
    given: Given,
}

/// What is recorded in a contract's folder, or in a file.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<Recorded>> {
    if path.is_dir() { of_folder(path) } else { of_lines(path) }
}

fn of_folder(folder: &Path) -> anyhow::Result<Vec<Recorded>> {
    let cases = read_cases(folder)?.into_iter();
    Ok(cases
        .map(|(path, case)| Recorded {
            name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            config: (!case.config.is_null()).then(|| (case.config, folder.to_owned())),
            subject: case.subject,
            given: case.given,
        })
        .collect())
}

fn of_lines(path: &Path) -> anyhow::Result<Vec<Recorded>> {
    let text = files::read_text(path)?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| of_line(path, number, line)).collect()
}

fn of_line(path: &Path, number: usize, text: &str) -> anyhow::Result<Recorded> {
    let place = || format!("{}:{number}: this is neither a case nor a subject", path.display());
    let line: Line = serde_json::from_str(text).with_context(place)?;
    let subject = match line.subject {
        Some(subject) => subject,
        None => serde_json::from_str(text).with_context(place)?,
    };
    let config = line.config.map(|config| (config, files::folder_of(path).to_owned()));
    Ok(Recorded { name: format!("line {number}"), subject, config, given: line.given })
}
