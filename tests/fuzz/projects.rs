//! Fuzz body for `tollgate.toml`: any bytes are the file of a project, or are rejected with the file's name and a line
//! that it has.

use std::cell::LazyCell;

use tempfile::TempDir;
use tollgate_project::{FileError, PROJECT_FILE, Project, ProjectError};

thread_local! {
    static FOLDER: LazyCell<TempDir> = LazyCell::new(|| tempfile::tempdir().expect("a folder"));
}

/// Returns whether a project with these bytes as its file has usable sources.
pub fn is_project(bytes: &[u8]) -> bool {
    FOLDER.with(|folder| {
        std::fs::write(folder.path().join(PROJECT_FILE), bytes).expect("a file");
        let project = match Project::open(folder.path()) {
            Ok(project) => project,
            Err(error) => {
                check_error(bytes, &error);
                return false;
            }
        };
        let thresholds = project.thresholds();
        assert!(thresholds.delegate_max <= thresholds.human_max);
        match project.sources() {
            Ok(sources) => {
                for (at, entry) in sources.iter().enumerate() {
                    assert_ne!(entry.folder.is_some(), entry.registry.is_some());
                    assert!(sources[..at].iter().all(|before| before.name != entry.name));
                }
                true
            }
            Err(error) => {
                check_error(bytes, &error);
                false
            }
        }
    })
}

fn check_error(bytes: &[u8], error: &ProjectError) {
    let message = error.to_string();
    if let ProjectError::File(FileError::Invalid(errors)) = error {
        let lines = String::from_utf8_lossy(bytes).lines().count().max(1);
        assert!(!errors.0.is_empty(), "it is rejected without an error");
        for error in &errors.0 {
            assert!(error.line().is_none_or(|line| (1..=lines).contains(&line)), "{error}");
        }
    }
    // The key of a namespace is a file that is not there.
    let names_a_file = message.contains(PROJECT_FILE) || message.contains(".pub");
    assert!(names_a_file, "{message}");
}
