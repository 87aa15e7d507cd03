//! Reads the subjects on which two versions are compared: a contract's own cases, or the lines of a file.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;
use serde_json::Value;
use tollgate_model::{HostFixture, Subject};
use tollgate_toolchain::read_cases;

use crate::files;

/// A recorded subject, with the configuration and host answers that it is judged with.
pub(super) struct RecordedSubject {
    pub(super) name: String,
    pub(super) subject: Subject,
    /// Configuration it was recorded with, if any.
    pub(super) config: Option<ConfigInFolder>,
    pub(super) given: HostFixture,
}

/// A configuration, with the folder that its relative paths refer to.
pub(super) type ConfigInFolder = (Value, PathBuf);

/// A line of a file: a case, whose expectation is ignored, or a bare subject.
#[derive(Deserialize)]
struct SubjectLine {
    subject: Option<Subject>,
    #[serde(default)]
    config: Option<Value>,
    #[serde(default)]
    given: HostFixture,
}

/// Reads the subjects of a contract's folder or of a file.
pub(super) fn read_subjects(path: &Path) -> anyhow::Result<Vec<RecordedSubject>> {
    if path.is_dir() { subjects_in_folder(path) } else { subjects_in_file(path) }
}

fn subjects_in_folder(folder: &Path) -> anyhow::Result<Vec<RecordedSubject>> {
    let cases = read_cases(folder)?.into_iter();
    Ok(cases
        .map(|(path, case)| RecordedSubject {
            name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            config: (!case.config.is_null()).then(|| (case.config, folder.to_owned())),
            subject: case.subject,
            given: case.given,
        })
        .collect())
}

fn subjects_in_file(path: &Path) -> anyhow::Result<Vec<RecordedSubject>> {
    let text = files::read_given_text(path)?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| parse_subject_line(path, number, line)).collect()
}

fn parse_subject_line(path: &Path, number: usize, text: &str) -> anyhow::Result<RecordedSubject> {
    let place = || format!("{}:{number}: neither a case nor a subject", path.display());
    let line: SubjectLine = serde_json::from_str(text).with_context(place)?;
    let subject = match line.subject {
        Some(subject) => subject,
        None => serde_json::from_str(text).with_context(place)?,
    };
    let config = line.config.map(|config| (config, files::parent_folder(path).to_owned()));
    Ok(RecordedSubject { name: format!("line {number}"), subject, config, given: line.given })
}
