//! Creates new contracts from templates. The SDK is copied into each of them because it is not
//! published yet.

use std::path::{Path, PathBuf};

use tollgate_model::ContractName;
use tollgate_project::{FileError, files};

use crate::languages::Language;
use crate::schemas::{contract_case_schema, contract_file_schema};
use crate::{SCHEMA_FILE, VENDOR_FOLDER, embedded};

/// Folder of the files that all languages share.
const COMMON_FOLDER: &str = "common/";
/// Folder of the bare template, which has the same folders as the example.
const BARE_FOLDER: &str = "bare/";
/// Folders of a language that belong to the example, and not to the project that it is in.
const EXAMPLE_FOLDERS: [&str; 3] = ["src/", "tests/", "test/"];
/// Files of a language that belong to the example.
const EXAMPLE_FILES: [&str; 4] = ["README.md", SCHEMA_FILE, "contract.go", "contract_test.go"];
/// JSON Schemas for editors, below the folder of the SDK.
const CONTRACT_SCHEMA: &str = "contract.schema.json";
const CASE_SCHEMA: &str = "case.schema.json";
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

/// Template of a new contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContractTemplate {
    /// One rule, with its configuration, its cases and a unit test.
    Example,
    /// No rule and no configuration: every text passes, and nothing has to be deleted.
    Bare,
}

impl ContractTemplate {
    /// Returns the path of a template's file in the new folder, or `None` if this template does not have it.
    fn path_of<'p>(self, file: &'p str, language_folder: &str) -> Option<&'p str> {
        let strip = |path: &'p str| {
            let path =
                path.strip_prefix(COMMON_FOLDER).or_else(|| path.strip_prefix(language_folder))?;
            Some(path.strip_suffix(DISGUISE_SUFFIX).unwrap_or(path))
        };
        match (self, file.strip_prefix(BARE_FOLDER)) {
            (Self::Example, Some(_)) => None,
            (Self::Example, None) => strip(file),
            (Self::Bare, Some(bare)) => strip(bare),
            (Self::Bare, None) => {
                strip(file).filter(|path| !file.starts_with(COMMON_FOLDER) && !is_of_example(path))
            }
        }
    }
}

fn is_of_example(path: &str) -> bool {
    EXAMPLE_FOLDERS.iter().any(|folder| path.starts_with(folder)) || EXAMPLE_FILES.contains(&path)
}

/// Creates a new contract, ready to build, in a folder that must not exist yet.
pub fn create_contract(
    folder: &Path,
    name: &ContractName,
    language: Language,
    template: ContractTemplate,
) -> Result<(), NewContractError> {
    if folder.exists() {
        return Err(NewContractError::FolderExists { folder: folder.to_owned() });
    }
    let language_folder = format!("{}/", language.name());
    for (file, text) in embedded::TEMPLATES {
        // Other languages' files are skipped.
        let Some(path) = template.path_of(file, &language_folder) else { continue };
        let path = folder.join(restore_hidden_name(&fill_placeholders(path, name)));
        files::write(&path, fill_placeholders(text, name).as_bytes())?;
    }
    let sdk = format!("sdk/{}/", language.sdk_name());
    for (path, bytes) in embedded::SDK {
        if path.starts_with(&sdk) || path.starts_with("wit/") {
            files::write(&folder.join(VENDOR_FOLDER).join(path), bytes)?;
        }
    }
    for (path, schema) in
        [(CONTRACT_SCHEMA, contract_file_schema()), (CASE_SCHEMA, contract_case_schema())]
    {
        let text = format!("{schema:#}\n");
        files::write(&folder.join(VENDOR_FOLDER).join(path), text.as_bytes())?;
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

    fn create(folder: &Path, language: Language, template: ContractTemplate) {
        create_contract(folder, &"acme/calm".parse().unwrap(), language, template).unwrap();
    }

    #[test]
    fn creates_a_contract_with_cases_in_every_language() {
        let place = tempfile::tempdir().unwrap();
        for language in Language::ALL {
            for template in [ContractTemplate::Example, ContractTemplate::Bare] {
                let folder = place.path().join(format!("{}-{template:?}", language.name()));
                create(&folder, language, template);
                let about = tollgate_project::read_contract_file(&folder).unwrap();
                assert_eq!(about.name.to_string(), "acme/calm");
                assert_eq!(about.rules.is_empty(), template == ContractTemplate::Bare);
                for (path, case) in read_cases(&folder).unwrap() {
                    let schema = path.parent().unwrap().join(case.schema.unwrap());
                    assert!(schema.is_file(), "{}", schema.display());
                }
                assert!(folder.join(".gitignore").is_file() && folder.join("README.md").is_file());
                assert!(folder.join(VENDOR_FOLDER).join("wit/0.1.0/guest.wit").is_file());
                let sdk = folder.join(VENDOR_FOLDER).join("sdk");
                assert!(sdk.join(language.sdk_name()).is_dir());
                assert_eq!(std::fs::read_dir(&sdk).unwrap().count(), 1, "only its own SDK");
                let detected = Language::detect(&folder).unwrap();
                assert_eq!(detected.sdk_name(), language.sdk_name());
            }
        }
    }

    #[test]
    fn a_bare_contract_has_nothing_of_the_example() {
        let place = tempfile::tempdir().unwrap();
        for language in Language::ALL {
            let folder = place.path().join(language.name());
            create(&folder, language, ContractTemplate::Bare);
            let cases = read_cases(&folder).unwrap();
            assert_eq!(cases.len(), 1);
            let mut texts = Vec::new();
            collect_own_texts(&folder, &mut texts);
            let example = ["shout", "exclamation", "max"];
            for text in texts {
                assert!(!example.iter().any(|word| text.contains(word)), "{language:?}: {text}");
            }
        }
    }

    /// Collects the texts of all files but those of the SDK.
    fn collect_own_texts(folder: &Path, texts: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true if path.ends_with("vendor") => {}
                true => collect_own_texts(&path, texts),
                false => texts.push(std::fs::read_to_string(path).unwrap()),
            }
        }
    }

    #[test]
    fn refuses_a_folder_that_exists() {
        let folder = tempfile::tempdir().unwrap();
        let created = create_contract(
            folder.path(),
            &"acme/calm".parse().unwrap(),
            Language::C,
            ContractTemplate::Bare,
        );
        assert!(matches!(created, Err(NewContractError::FolderExists { .. })));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
