//! Prompts of a project: those in its folder, and those that are locked.

use std::path::Path;

use tollgate_model::{PromptRequirement, TextFileError};
use tollgate_packages::package::{PackageName, Requirement};
use tollgate_packages::prompt::{PromptFile, PromptFolder};

use crate::packages::{LocalPackages, PackageAccessError, parse_prompt};
use crate::project::Project;

/// Folder of the prompts in a project.
pub const PROMPT_FOLDER: &str = "prompts";

impl Project {
    /// Lists the prompts in the project's folder of prompts without opening them, or returns `None` if there is no such
    /// folder. Files are named by their paths in the project.
    pub fn open_prompts(&self) -> Result<Option<PromptFolder>, TextFileError> {
        let folder = Path::new(PROMPT_FOLDER);
        match self.folder.join(folder).symlink_metadata() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            // Whatever else is wrong with it, opening it says so.
            _ => PromptFolder::open_below(&self.folder, folder).map(Some),
        }
    }
}

impl LocalPackages {
    /// Finds the highest version of a prompt that meets a requirement: in the project's folder of prompts, or among the
    /// locked ones if the folder has none of this name. Returns `None` if there is none. What was only pulled is not
    /// looked at, because all projects of a user share it.
    pub fn find_project_prompt(
        &self,
        wanted: &PromptRequirement,
    ) -> Result<Option<PromptFile>, PackageAccessError> {
        let folder = self.require_project()?.open_prompts();
        let folder = folder.map_err(|error| PackageAccessError::Prompt(error.into()))?;
        let PromptRequirement { name, versions } = wanted.clone();
        if let Some(folder) = folder.filter(|folder| folder.contains(&name)) {
            let found = folder.find_if_present(&name, &versions);
            return found.map_err(PackageAccessError::Prompt);
        }
        let requirement = Requirement { name: PackageName::Prompt(name), versions };
        match self.resolve_project_package(&requirement)? {
            Some((package, bytes)) => parse_prompt(&package, &bytes),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::PROJECT_FILE;

    fn packages(files: &[(&str, &str)]) -> (tempfile::TempDir, LocalPackages) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(PROJECT_FILE), "").unwrap();
        for (file, text) in files {
            crate::files::write(&folder.path().join(file), text.as_bytes()).unwrap();
        }
        let project = Project::open(folder.path()).unwrap();
        (folder, LocalPackages::new(Some(project), None))
    }

    fn letter(version: &str) -> String {
        format!("---\nname: letter\nversion: {version}\n---\nHello")
    }

    fn find(packages: &LocalPackages, wanted: &str) -> Result<Option<String>, PackageAccessError> {
        let found = packages.find_project_prompt(&wanted.parse().unwrap())?;
        Ok(found.map(|prompt| prompt.version().unwrap().to_string()))
    }

    #[test]
    fn finds_the_highest_matching_version_in_the_folder() {
        let (one, two) = (letter("1.0.0"), letter("2.0.0"));
        let files =
            [("prompts/letter@1.0.0.prompt", &*one), ("prompts/letter@2.0.0.prompt", &*two)];
        let (_folder, packages) = packages(&files);
        assert_eq!(find(&packages, "letter").unwrap().as_deref(), Some("2.0.0"));
        assert_eq!(find(&packages, "letter@1").unwrap().as_deref(), Some("1.0.0"));
        assert_eq!(find(&packages, "letter@3").unwrap(), None);
        assert_eq!(find(&packages, "offer").unwrap(), None);
    }

    #[test]
    fn a_prompt_with_errors_is_no_prompt_that_is_missing() {
        let (_folder, packages) = packages(&[("prompts/letter.prompt", "---\nname: [\n---\n")]);
        let error = find(&packages, "letter").unwrap_err();
        assert!(matches!(error, PackageAccessError::Prompt(_)), "{error}");
        assert!(error.to_string().starts_with("prompts/letter.prompt"), "{error}");
    }

    #[test]
    fn a_project_without_the_folder_has_no_prompts() {
        let (_folder, packages) = packages(&[]);
        assert_eq!(find(&packages, "letter").unwrap(), None);
    }
}
