//! Errors of building a contract.

use std::error::Error;
use std::path::{Path, PathBuf};

use tollgate_engine::{ConfigSchemaError, InspectError, ProgramError, UnusableSchemaError};
use tollgate_project::{ContractFolderError, FileError};

use crate::cases::CaseError;
use crate::languages::marker_list;
use crate::toolbox::{ToolError, ToolboxError};

/// An error of a library that this crate does not name in its interface.
pub(crate) type BoxedError = Box<dyn Error + Send + Sync>;

/// Reason why a contract was not built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    #[error(transparent)]
    ContractFolder(#[from] ContractFolderError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Case(#[from] CaseError),
    #[error(transparent)]
    Toolbox(#[from] ToolboxError),
    #[error(transparent)]
    Tool(#[from] ToolError),
    #[error("cannot detect the language of `{}`: it has none of {}", .folder.display(), marker_list())]
    UnknownLanguage { folder: PathBuf },
    #[error("cannot create a temporary folder")]
    TemporaryFolder(#[source] std::io::Error),
    /// A file or folder cannot be read or changed.
    #[error("`{}`", .path.display())]
    Path {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("cannot copy `{}`", .folder.display())]
    CopyFolder {
        folder: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("a contract needs a JSON Schema of its configuration")]
    MissingSchema(#[source] FileError),
    #[error("`{}` is missing: it is the main module of a contract in {language}", .path.display())]
    MissingMainModule { path: PathBuf, language: &'static str },
    #[error("`{}` has no folder `src`", .folder.display())]
    NoSourceFolder {
        folder: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("there is no `.c`, no `.cpp` and no `contract.zig` in `{}`", .folder.display())]
    NoSources { folder: PathBuf },
    #[error("`{}` has no `Cargo.toml`: a contract in Rust is a crate", .folder.display())]
    NoCrate {
        folder: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error(
        "`main` in `{}` must name the contract's file, such as `src/contract.js`", .manifest.display()
    )]
    NoEntryFile { manifest: PathBuf },
    /// cargo failed. Its messages are empty if they went to standard error.
    #[error("`cargo build` failed in `{}`{}", .folder.display(), format_messages(.messages))]
    CargoBuild { folder: PathBuf, messages: String },
    /// cargo failed. Its messages are empty if they went to standard error.
    #[error("`cargo metadata` failed for `{}`{}", .manifest.display(), format_messages(.messages))]
    CargoMetadata { manifest: PathBuf, messages: String },
    #[error("cannot read the output of `cargo metadata`")]
    UnreadableMetadata(#[source] serde_json::Error),
    #[error("the Rust target `{target}` is missing: run `rustup target add {target}`")]
    MissingTarget { target: &'static str },
    #[error(
        "`{}` builds no WebAssembly module: add `crate-type = [\"cdylib\"]` under `[lib]`",
        .manifest.display()
    )]
    NoModule { manifest: PathBuf },
    /// The author's Python code cannot be imported, or does not fit the WIT.
    #[error("{message}")]
    Python { message: String },
    #[error("`{scope}` has no package for this platform in `{}`", .modules.display())]
    NoNativeProgram { scope: &'static str, modules: PathBuf },
    #[error("esbuild wrote a source map that cannot be read")]
    SourceMap,
    #[error("a sandbox has none of Node.js's built-in modules: no files, no network, no processes")]
    NodeModule(#[source] ToolError),
    #[error("this tool was built without the JavaScript runtime")]
    MissingRuntime,
    #[error(transparent)]
    Program(#[from] ProgramError),
    #[error("the {unit} exports no contract: {remedy}")]
    NoContractExported { unit: &'static str, remedy: &'static str },
    #[error(transparent)]
    ConfigSchema(#[from] ConfigSchemaError),
    #[error("`{}` is not a schema that configurations can be checked against", .path.display())]
    UnusableSchema {
        path: PathBuf,
        #[source]
        source: UnusableSchemaError,
    },
    /// A text module of the SDK is not valid.
    #[error("cannot read `{}` as WebAssembly", .path.display())]
    SdkModule {
        path: PathBuf,
        #[source]
        source: wat::Error,
    },
    /// A compiler wrote a module that is not valid.
    #[error("the compiled module cannot be read")]
    MalformedModule(#[source] BoxedError),
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    #[error(
        "a sandbox has no operating system: `fd_…` is imported by `printf` or file access, `clock_…` \
         by time functions, `random_…` by `getentropy`, `environ_…` by `getenv`, `poll_…` by `sleep`, \
         `proc_…` by `exit`"
    )]
    OperatingSystem(#[source] EncodingError),
    /// The code has nothing that judges streams, but `contract.toml` says so.
    #[error("`{}` says `stream = true`, but the contract judges no streams: {remedy}, or remove `stream`", .file.display())]
    MissingStream { file: PathBuf, remedy: &'static str },
    #[error("the manifest cannot be written as JSON")]
    Manifest(#[source] serde_json::Error),
    #[error("the component built from `{}` is not a contract", .folder.display())]
    NoContract {
        folder: PathBuf,
        #[source]
        source: Box<InspectError>,
    },
}

/// Reason why a compiled module does not become a component.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodingError {
    /// The world of the WIT cannot be embedded in the module.
    #[error(transparent)]
    World(BoxedError),
    #[error("the module cannot be read as a contract")]
    Module(#[source] BoxedError),
    #[error(transparent)]
    Adapter(BoxedError),
    #[error(
        "the module cannot become a component: it may only import capabilities. Libraries that need \
         JavaScript or an operating system do not work in a sandbox"
    )]
    Component(#[source] BoxedError),
}

impl BuildError {
    /// Returns a function that adds a path to an error of the file system.
    pub(crate) fn at_path(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        |source| Self::Path { path: path.to_owned(), source }
    }
}

impl EncodingError {
    /// Returns whether this error or one of its causes contains a text. The encoder's errors have no
    /// codes, so their texts tell them apart.
    pub(crate) fn mentions(&self, text: &str) -> bool {
        let mut error: Option<&dyn Error> = Some(self);
        while let Some(current) = error {
            if current.to_string().contains(text) {
                return true;
            }
            error = current.source();
        }
        false
    }
}

/// Formats cargo's messages after an error, or says where they went.
fn format_messages(messages: &str) -> String {
    if messages.is_empty() { "; its messages are above".into() } else { format!(":\n{messages}") }
}
