//! Builds a contract: calls the tools of its language and embeds the manifest in the component.
//! Each language's own steps are in `languages/`.

use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;
use tollgate_engine::{InspectError, Inspection, check_config_schema, embed_manifest, inspect};
use tollgate_model::{Manifest, WarmUp};
use tollgate_project::{component_path, files, read_contract_file};

use crate::SCHEMA_FILE;
use crate::build_error::BuildError;
use crate::build_log::BuildLog;
use crate::cases::{CaseError, read_cases};
use crate::contract_files::ContractFiles;
use crate::languages::{CompiledComponent, Language};
use crate::settings::ToolchainSettings;
use crate::toolbox::Toolbox;

/// Maximum number of warm-up cases: further judgements do not make the contract faster.
const WARM_UP_CASES_MAX: usize = 16;
/// Maximum total size of the warm-up cases, which are stored in the component itself.
const WARM_UP_BYTES_MAX: usize = 64 << 10;

/// Builds contracts in all languages.
pub struct Toolchain {
    settings: ToolchainSettings,
    log: Box<dyn BuildLog>,
}

/// A component that was built and written to `dist/`.
#[derive(Debug)]
pub struct BuiltContract {
    pub path: PathBuf,
    pub inspection: Inspection,
    /// Whether this build changed `config.schema.json`.
    pub schema_changed: bool,
}

impl Toolchain {
    pub fn new(settings: ToolchainSettings, log: impl BuildLog + 'static) -> Self {
        Self { settings, log: Box::new(log) }
    }

    /// Builds the contract in a folder and writes its component to `dist/`. Fetches the tools of its
    /// language first if they are not in the toolbox. A component that has not changed is not written
    /// again.
    pub fn build_contract(&self, folder: &Path) -> Result<BuiltContract, BuildError> {
        let contract_file = read_contract_file(folder)?;
        let language = Language::detect(folder)?;
        let CompiledComponent { mut component, config_schema, schema_changed } =
            language.build_component(folder, &contract_file, self)?;
        check_config_schema(&config_schema).map_err(|source| BuildError::UnusableSchema {
            path: folder.join(SCHEMA_FILE),
            source,
        })?;
        let warm_up = select_warm_up(folder)?;
        let manifest = Manifest { contract: contract_file, config_schema, warm_up };
        embed_manifest(&mut component, &manifest).map_err(BuildError::Manifest)?;

        let inspection = inspect(&component).map_err(|error| match error {
            InspectError::StreamMismatch { manifest: true } => language.missing_stream(folder),
            error => BuildError::NoContract { folder: folder.to_owned(), source: Box::new(error) },
        })?;
        let path = component_path(folder, &manifest.contract);
        // An unchanged component keeps its time stamp, so that build tools do not rebuild what depends
        // on it. But if a source is newer, it would be taken for one that was not built from it.
        let is_unchanged = std::fs::read(&path).ok().as_ref() == Some(&component);
        if !is_unchanged || newer_source(folder, &path).is_some() {
            files::write(&path, &component)?;
        }
        Ok(BuiltContract { path, inspection, schema_changed })
    }

    pub(crate) fn settings(&self) -> &ToolchainSettings {
        &self.settings
    }

    pub(crate) fn log(&self) -> &dyn BuildLog {
        &*self.log
    }

    pub(crate) fn toolbox(&self) -> Toolbox<'_> {
        Toolbox { folder: self.settings.toolbox_folder.as_deref(), log: self.log() }
    }

    /// Creates a folder for intermediate files, which is removed when it is dropped.
    pub(crate) fn create_work_folder(&self) -> Result<TempDir, BuildError> {
        tempfile::tempdir_in(&self.settings.temporary_folder).map_err(BuildError::TemporaryFolder)
    }
}

/// Returns the path of a source that is newer than the component, below the folder of the contract. `None` if the component
/// is up to date or missing.
pub fn newer_source(folder: &Path, component: &Path) -> Option<String> {
    let built_at = std::fs::metadata(component).and_then(|about| about.modified()).ok()?;
    let files = ContractFiles::read(folder);
    files.source_newer_than(built_at).map(|path| path.display().to_string())
}

/// Selects the first cases that expect a report and together fit into the size limit.
fn select_warm_up(folder: &Path) -> Result<Vec<WarmUp>, CaseError> {
    let mut bytes_left = WARM_UP_BYTES_MAX;
    let mut warm_up = Vec::new();
    for (_, case) in read_cases(folder)? {
        let bytes = json!([case.subject, case.given]).to_string().len();
        if case.expect.failure.is_none() && bytes <= bytes_left {
            bytes_left -= bytes;
            warm_up.push(WarmUp { subject: case.subject, given: case.given });
        }
    }
    warm_up.truncate(WARM_UP_CASES_MAX);
    Ok(warm_up)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn warms_up_with_cases_that_expect_a_report() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str, expect: &str| {
            let case = format!(r#"{{"subject": {{"text": "{text}"}}, "expect": {expect}}}"#);
            files::write(&folder.path().join("cases").join(name), case.as_bytes()).unwrap();
        };
        write("a.json", "first", "{}");
        write("b.json", "refused", r#"{"failure": "refused"}"#);
        write("c.json", &"long".repeat(WARM_UP_BYTES_MAX), "{}");
        for number in 0..WARM_UP_CASES_MAX {
            write(&format!("d{number:02}.json"), &number.to_string(), "{}");
        }
        let subjects = select_warm_up(folder.path()).unwrap();
        let texts: Vec<_> = subjects.iter().map(|it| json!(it.subject)["text"].clone()).collect();
        assert_eq!(texts.len(), WARM_UP_CASES_MAX);
        assert_eq!(
            texts[..2],
            [json!("first"), json!("0")],
            "neither the failure nor the long one"
        );
    }

    #[test]
    fn finds_a_source_that_is_newer_than_the_component() {
        let folder = tempfile::tempdir().unwrap();
        let component = folder.path().join("dist/calm.wasm");
        let write_later = |name: &str, seconds| {
            let path = folder.path().join(name);
            files::write(&path, b"").unwrap();
            let file = std::fs::File::options().append(true).open(path).unwrap();
            file.set_modified(SystemTime::now() + Duration::from_secs(seconds)).unwrap();
        };
        let newer = || newer_source(folder.path(), &component);
        write_later("contract.go", 0);
        assert_eq!(newer(), None, "there is no component");
        write_later("dist/calm.wasm", 60);
        for name in ["README.md", "cases/calm.json", "letter.txt", "contract_test.go", "go.sum"] {
            write_later(name, 120);
            assert_eq!(newer(), None, "the component is not built from {name}");
        }
        for name in ["src/words/list.txt", "contract.go"] {
            write_later(name, 120);
            assert_eq!(newer().as_deref(), Some(name));
        }
        write_later("dist/calm.wasm", 180);
        assert_eq!(newer(), None);
    }
}
