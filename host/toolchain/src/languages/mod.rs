//! Languages that contracts are written in. Each has a file that calls the language's own tools;
//! this one has what they share.

mod c;
mod encoding;
mod go;
mod javascript;
mod python;
mod rust;

use std::path::{Path, PathBuf};

use serde_json::Value;
use tollgate_model::ContractFile;
use tollgate_project::{CONTRACT_FILE, files};

pub use encoding::WIT_VERSION;

use crate::build_error::BuildError;
use crate::component::Toolchain;
use crate::{SCHEMA_FILE, VENDOR_FOLDER, embedded};

/// A language that has an SDK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Built with the author's own cargo.
    Rust,
    /// Built by componentize-py.
    Python,
    /// Built by the standard compiler.
    Go,
    /// C, C++, Zig and other languages that can use a C header.
    C,
    /// Bundled by esbuild, for the runtime that this crate embeds.
    JavaScript,
    /// JavaScript with types, which are checked first.
    TypeScript,
}

/// Result of a language's tools: a component without its manifest, and the configuration's schema.
pub(crate) struct CompiledComponent {
    pub(crate) component: Vec<u8>,
    pub(crate) config_schema: Value,
    /// Whether the schema was derived from the code and differs from the file that was there.
    pub(crate) schema_changed: bool,
}

/// File by which each language is recognised: the one that its own tools look for.
const MARKER_FILES: [(&str, Language); 5] = [
    ("Cargo.toml", Language::Rust),
    ("pyproject.toml", Language::Python),
    ("go.mod", Language::Go),
    // TypeScript as well: both are built in the same way.
    ("package.json", Language::JavaScript),
    ("Makefile", Language::C),
];

/// Lists the files by which languages are recognised, for a message.
pub(crate) fn marker_list() -> String {
    MARKER_FILES.map(|(marker, _)| format!("`{marker}`")).join(", ")
}

impl Language {
    /// All languages, in the order in which they are listed for users.
    pub const ALL: [Self; 6] =
        [Self::Rust, Self::Python, Self::Go, Self::C, Self::JavaScript, Self::TypeScript];

    /// Detects the language of the contract in a folder. TypeScript is detected as JavaScript, because
    /// both are built in the same way.
    pub fn detect(folder: &Path) -> Result<Self, BuildError> {
        let marker = MARKER_FILES.into_iter().find(|(marker, _)| folder.join(marker).is_file());
        let unknown = || BuildError::UnknownLanguage { folder: folder.to_owned() };
        marker.map(|(_, language)| language).ok_or_else(unknown)
    }

    /// Builds the contract in a folder into a component without a manifest.
    pub(crate) fn build_component(
        self,
        folder: &Path,
        about: &ContractFile,
        toolchain: &Toolchain,
    ) -> Result<CompiledComponent, BuildError> {
        match self {
            Self::Rust => rust::build_component(folder, toolchain),
            Self::Python => python::build_component(folder, about, toolchain),
            Self::Go => go::build_component(folder, about, toolchain),
            Self::C => c::build_component(folder, about, toolchain),
            Self::JavaScript | Self::TypeScript => {
                javascript::build_component(folder, about, toolchain)
            }
        }
    }

    /// Returns the language's name in lower case, which is also its template's folder.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::Go => "go",
            Self::C => "c",
            Self::JavaScript => "javascript",
            Self::TypeScript => "typescript",
        }
    }

    /// Returns the error of a contract that says that it judges streams, and has no code for that.
    pub(crate) fn missing_stream(self, folder: &Path) -> BuildError {
        let remedy = match self {
            Self::Rust => "give `contract!` a fourth argument, the function that begins a stream",
            Self::Python => "give the class of the contract a method `begin`",
            Self::Go => "register it with `tollgate.RegisterStreaming`",
            Self::C => "define `tg_begin`, `tg_push` and `tg_finish`",
            Self::JavaScript | Self::TypeScript => "give `contract` a `begin` beside `judge`",
        };
        BuildError::MissingStream { file: folder.join(CONTRACT_FILE), remedy }
    }

    /// Returns the folder name of the language's SDK.
    pub(crate) fn sdk_name(self) -> &'static str {
        match self {
            Self::TypeScript => Self::JavaScript.name(),
            other => other.name(),
        }
    }
}

/// Combines a component with the schema that its author wrote.
fn with_authored_schema(
    folder: &Path,
    component: Vec<u8>,
) -> Result<CompiledComponent, BuildError> {
    let config_schema =
        files::read_json(&folder.join(SCHEMA_FILE)).map_err(BuildError::MissingSchema)?;
    Ok(CompiledComponent { component, config_schema, schema_changed: false })
}

/// Returns the folder of the contract's own SDK. Without one, unpacks the embedded SDK into the work
/// folder.
fn resolve_sdk_folder(folder: &Path, name: &str, work: &Path) -> Result<PathBuf, BuildError> {
    let vendored = folder.join(VENDOR_FOLDER).join("sdk").join(name);
    if vendored.is_dir() {
        return Ok(vendored);
    }
    let prefix = format!("sdk/{name}/");
    for (path, bytes) in embedded::SDK.iter().filter(|(path, _)| path.starts_with(&prefix)) {
        files::write(&work.join(path), bytes)?;
    }
    Ok(work.join("sdk").join(name))
}

/// Reads a module of the SDK that is written in WebAssembly's text format.
fn read_text_module(path: &Path) -> Result<Vec<u8>, BuildError> {
    let text = files::read_text(path)?;
    wat::parse_str(text).map_err(|source| BuildError::SdkModule { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detects_each_language_by_its_project_file() {
        for (marker, language) in MARKER_FILES {
            let folder = tempfile::tempdir().unwrap();
            files::write(&folder.path().join(marker), b"").unwrap();
            assert_eq!(Language::detect(folder.path()).unwrap(), language);
        }
    }

    #[test]
    fn names_the_project_files_when_none_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let error = Language::detect(folder.path()).unwrap_err().to_string();
        assert!(error.contains("`Cargo.toml`, `pyproject.toml`"), "{error}");
    }

    #[test]
    fn prefers_the_sdk_in_the_contract_to_the_embedded_one() {
        let (folder, work) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let unpacked = resolve_sdk_folder(folder.path(), "c", work.path()).unwrap();
        assert!(unpacked.starts_with(work.path()) && unpacked.join("tollgate.h").is_file());
        let vendored = folder.path().join(VENDOR_FOLDER).join("sdk/c");
        std::fs::create_dir_all(&vendored).unwrap();
        assert_eq!(resolve_sdk_folder(folder.path(), "c", work.path()).unwrap(), vendored);
    }
}
