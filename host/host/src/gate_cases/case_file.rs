//! The file of the cases of a gate.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use tollgate_model::GatePurpose;
use tollgate_project::{FileError, files};

use super::error::GateCaseError;
use super::gate_case::GateCase;
use crate::intake::SubjectReader;

/// Folder of the cases in a project, with one file per gate.
pub const CASE_FOLDER: &str = "cases";

/// Returns the path of the cases of a gate.
pub fn case_file_path(project: &Path, gate: &str) -> PathBuf {
    project.join(CASE_FOLDER).join(format!("{gate}.jsonl"))
}

/// Reads all cases of a file for a gate with this purpose. Ids must be unique, and at least one case is required. Returns
/// `None` if there is no such file.
pub(super) fn read_cases(
    path: &Path,
    purpose: GatePurpose,
    subject_reader: &SubjectReader,
) -> Result<Option<Vec<GateCase>>, GateCaseError> {
    if is_missing(path)? {
        return Ok(None);
    }
    // A pipe would keep a release waiting for somebody who writes into it.
    let text = files::read_regular_text(path)?;
    parse_cases(path, &text, purpose, subject_reader).map(Some)
}

/// Returns whether nobody has made a file for the cases. A link that leads nowhere is no missing file: the cases that
/// somebody wrote must not be left out because a folder is not mounted.
fn is_missing(path: &Path) -> Result<bool, FileError> {
    for path in [files::parent_folder(path), path] {
        match path.symlink_metadata() {
            Ok(about) if about.is_symlink() => {
                path.metadata().map_err(|error| read_error(path, error))?;
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
            Err(error) => return Err(read_error(path, error)),
        }
    }
    Ok(false)
}

fn read_error(path: &Path, error: io::Error) -> FileError {
    FileError::Read { path: path.to_owned(), source: error.into() }
}

fn parse_cases(
    path: &Path,
    text: &str,
    purpose: GatePurpose,
    subject_reader: &SubjectReader,
) -> Result<Vec<GateCase>, GateCaseError> {
    let mut cases = Vec::new();
    let mut lines = BTreeMap::new();
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        let case = GateCase::parse(text, line, purpose, subject_reader).map_err(|source| {
            let source = Box::new(source);
            GateCaseError::Invalid { path: path.to_owned(), line, source }
        })?;
        if let Some(earlier_line) = lines.insert(case.id.clone(), line) {
            let (path, id) = (path.to_owned(), case.id);
            return Err(GateCaseError::DuplicateId { path, line, id, earlier_line });
        }
        cases.push(case);
    }
    match cases.is_empty() {
        true => Err(GateCaseError::NoLines { path: path.to_owned() }),
        false => Ok(cases),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use tollgate_project::ReadError;

    use super::*;

    const CASE: &str = "{\"text\": \"a\", \"expect\": \"hold\"}\n";

    fn read(path: &Path) -> Result<Option<Vec<GateCase>>, GateCaseError> {
        read_cases(path, GatePurpose::Delegation, &SubjectReader::default())
    }

    #[test]
    fn reads_one_case_per_line_and_counts_blank_ones() {
        let folder = tempfile::tempdir().unwrap();
        let path = case_file_path(folder.path(), "short");
        files::write(&path, format!("\n{CASE}  \n{CASE}").as_bytes()).unwrap();
        let cases = read(&path).unwrap().unwrap();
        assert_eq!(cases.iter().map(|case| case.line).collect::<Vec<_>>(), [2, 4]);
        files::write(&path, b" \n").unwrap();
        let error = read(&path).unwrap_err();
        assert!(matches!(error, GateCaseError::NoLines { .. }), "{error}");
    }

    #[test]
    fn a_duplicate_id_names_both_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = case_file_path(folder.path(), "short");
        let case = CASE.replace("{\"text\"", "{\"id\": \"x\", \"text\"");
        files::write(&path, format!("{case}{CASE}{case}").as_bytes()).unwrap();
        let Err(GateCaseError::DuplicateId { line, earlier_line, id, .. }) = read(&path) else {
            panic!("the file was read");
        };
        assert_eq!((line, earlier_line, id.as_str()), (3, 1, "x"));
    }

    #[test]
    fn a_gate_has_no_cases_only_if_there_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = case_file_path(folder.path(), "short");
        assert!(read(&path).unwrap().is_none());
        std::fs::create_dir(path.parent().unwrap()).unwrap();
        assert!(read(&path).unwrap().is_none());
        let target = folder.path().join("volume.jsonl");
        symlink(&target, &path).unwrap();
        let error = read(&path).unwrap_err();
        assert!(matches!(error, GateCaseError::File(_)), "{error}");
        files::write(&target, CASE.as_bytes()).unwrap();
        assert_eq!(read(&path).unwrap().unwrap().len(), 1);
    }

    #[test]
    fn a_folder_that_is_not_mounted_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = case_file_path(folder.path(), "short");
        symlink("volume", path.parent().unwrap()).unwrap();
        let error = read(&path).unwrap_err();
        assert!(matches!(error, GateCaseError::File(_)), "{error}");
    }

    #[test]
    fn a_pipe_has_no_cases_and_keeps_nobody_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let path = case_file_path(folder.path(), "short");
        std::fs::create_dir(path.parent().unwrap()).unwrap();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let is_refused = |read: Result<_, _>| {
            let error: GateCaseError = read.map(|_| ()).unwrap_err();
            let GateCaseError::File(FileError::Read { source, .. }) = error else { return false };
            matches!(source, ReadError::NotRegular)
        };
        assert!(is_refused(read(&path)));
        std::fs::remove_file(&path).unwrap();
        symlink("/dev/zero", &path).unwrap();
        assert!(is_refused(read(&path)));
    }
}
