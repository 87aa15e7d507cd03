//! Settings of a toolchain: the folders that it uses, and the handling of cargo's messages.

use std::path::PathBuf;

/// Settings of a [`Toolchain`](crate::Toolchain). All folders have to be absolute paths, because compilers
/// run in the folder of the contract.
#[derive(Clone, Debug)]
pub struct ToolchainSettings {
    /// Folder that fetched tools are stored in. Without one, only contracts in Rust can be built.
    pub toolbox_folder: Option<PathBuf>,
    /// Folder for the intermediate files of a build, which are removed when it ends.
    pub temporary_folder: PathBuf,
    /// Folder that cargo builds contracts in Rust in. Without one, cargo chooses it.
    pub cargo_target_folder: Option<PathBuf>,
    /// Folders in which cargo stores the sources of dependencies. Their paths are kept out of
    /// components, so that every machine builds the same bytes.
    pub cargo_homes: Vec<PathBuf>,
    pub cargo_messages: CargoMessages,
}

/// Destination of the warnings and errors that cargo prints while it builds a contract in Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CargoMessages {
    /// Standard error of this process, as they are printed: with colours and cargo's own progress.
    Inherit,
    /// The error if the build fails, and [`BuildLog::compiler_warned`](crate::BuildLog::compiler_warned)
    /// if it succeeds.
    Capture,
}

impl ToolchainSettings {
    /// Creates settings with a folder for intermediate files, without a toolbox, and with cargo's own
    /// choice of its folders. Cargo's messages are captured.
    pub fn new(temporary_folder: PathBuf) -> Self {
        Self {
            toolbox_folder: None,
            temporary_folder,
            cargo_target_folder: None,
            cargo_homes: Vec::new(),
            cargo_messages: CargoMessages::Capture,
        }
    }
}
