//! Creates new contracts from templates. The SDK is copied into each of them because it is not
//! published yet.

use std::path::{Path, PathBuf};

use tollgate_model::ContractName;
use tollgate_project::{FileError, files};

use crate::languages::Language;
use crate::{VENDOR_FOLDER, embedded};

/// Folder of the template files that all languages share.
const COMMON_FOLDER: &str = "common/";
/// Suffix of template files, removed on creation. It keeps tools such as cargo and npm from
/// treating a template as a real project.
const DISGUISE_SUFFIX: &str = ".txt";

/// Reason why a new contract was not created.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NewContractError {
    #[error("`{}` exists already: choose another name, or remove it first", .folder.display())]
    FolderExists { folder: PathBuf },
    #[error(transparent)]
    File(#[from] FileError),
}

/// Creates a new contract, ready to build, in a folder that must not exist yet.
pub fn create_contract(
    folder: &Path,
    name: &ContractName,
    language: Language,
) -> Result<(), NewContractError> {
    if folder.exists() {
        return Err(NewContractError::FolderExists { folder: folder.to_owned() });
    }
    let language_folder = format!("{}/", language.name());
    for (path, text) in embedded::TEMPLATES {
        let path = path.strip_prefix(COMMON_FOLDER).or_else(|| path.strip_prefix(&language_folder));
        // Other languages' templates are skipped.
        let Some(path) = path else { continue };
        let path = fill_placeholders(path.strip_suffix(DISGUISE_SUFFIX).unwrap_or(path), name);
        let path = folder.join(restore_hidden_name(&path));
        files::write(&path, fill_placeholders(text, name).as_bytes())?;
    }
    let sdk = format!("sdk/{}/", language.sdk_name());
    for (path, bytes) in embedded::SDK {
        if path.starts_with(&sdk) || path.starts_with("wit/") {
            files::write(&folder.join(VENDOR_FOLDER).join(path), bytes)?;
        }
    }
    Ok(())
}

/// Replaces the placeholders `{namespace}` and `{name}`.
fn fill_placeholders(text: &str, name: &ContractName) -> String {
    text.replace("{namespace}", name.namespace()).replace("{name}", name.name())
}

/// Restores the leading dot of `.gitignore`. Templates omit it, because git would obey the file.
fn restore_hidden_name(path: &str) -> String {
    if path == "gitignore" { format!(".{path}") } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::read_cases;

    #[test]
    fn creates_a_contract_with_cases_in_every_language() {
        let place = tempfile::tempdir().unwrap();
        for language in Language::ALL {
            let folder = place.path().join(language.name());
            create_contract(&folder, &"acme/calm".parse().unwrap(), language).unwrap();
            let about = tollgate_project::read_contract_file(&folder).unwrap();
            assert_eq!(about.name.to_string(), "acme/calm");
            assert!(!read_cases(&folder).unwrap().is_empty());
            assert!(folder.join(".gitignore").is_file());
            assert!(folder.join(VENDOR_FOLDER).join("wit/0.1.0/guest.wit").is_file());
            let sdk = folder.join(VENDOR_FOLDER).join("sdk");
            assert!(sdk.join(language.sdk_name()).is_dir());
            assert_eq!(std::fs::read_dir(&sdk).unwrap().count(), 1, "only its own SDK");
            let detected = Language::detect(&folder).unwrap();
            assert_eq!(detected.sdk_name(), language.sdk_name());
        }
    }

    #[test]
    fn refuses_a_folder_that_exists() {
        let folder = tempfile::tempdir().unwrap();
        let created = create_contract(folder.path(), &"acme/calm".parse().unwrap(), Language::C);
        assert!(matches!(created, Err(NewContractError::FolderExists { .. })));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
