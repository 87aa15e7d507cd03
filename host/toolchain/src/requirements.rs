//! Programs that must be installed for each language. Everything else is fetched when a contract is
//! built.

use std::process::{Command, Stdio};

use crate::languages::Language;
use crate::toolbox::ToolError;

/// Instruction shown when cargo or rustc is missing.
pub(crate) const INSTALL_RUST: &str = "install Rust from https://rustup.rs";
/// Instruction shown when Python is missing.
pub(crate) const INSTALL_PYTHON: &str = "install Python 3.11 or later with its `venv`, on \
                                         Debian with `apt install python3 python3-venv`";
/// Instruction shown when Node.js or npm is missing.
pub(crate) const INSTALL_NODE: &str =
    "install Node.js 20 or later with its `npm` from https://nodejs.org";

/// A program that building a language's contracts needs, and the command that detects it.
#[derive(Clone, Copy, Debug)]
pub struct ToolRequirement {
    /// Name shown to the user.
    pub label: &'static str,
    program: &'static str,
    arguments: &'static [&'static str],
    /// Instruction for installing it.
    pub remedy: &'static str,
}

const CARGO: ToolRequirement = ToolRequirement {
    label: "cargo",
    program: "cargo",
    arguments: &["--version"],
    remedy: INSTALL_RUST,
};
const WASM_TARGET: ToolRequirement = ToolRequirement {
    label: "the target wasm32-unknown-unknown",
    program: "sh",
    // rustc prints a folder even when the target is not installed; only `ls` notices that it is missing.
    arguments: &[
        "-c",
        "ls $(rustc --print target-libdir --target wasm32-unknown-unknown) > /dev/null",
    ],
    remedy: "run `rustup target add wasm32-unknown-unknown`",
};
pub(crate) const PYTHON_VENV: ToolRequirement = ToolRequirement {
    label: "Python 3.11 or later with `venv`",
    program: "python3",
    arguments: &[
        "-c",
        "import ensurepip, venv, sys; assert sys.version_info >= (3, 11); print('Python', sys.version.split()[0])",
    ],
    remedy: INSTALL_PYTHON,
};
const C_COMPILER: ToolRequirement = ToolRequirement {
    label: "a C compiler, for the unit tests",
    program: "cc",
    arguments: &["--version"],
    remedy: "install one, on Debian by `apt install build-essential`",
};

pub(crate) const NODE_20: ToolRequirement = ToolRequirement {
    label: "Node.js 20 or later",
    program: "node",
    arguments: &[
        "-e",
        "const { node } = process.versions; if (parseInt(node) < 20) process.exit(1); console.log(node)",
    ],
    remedy: INSTALL_NODE,
};
pub(crate) const NPM: ToolRequirement = ToolRequirement {
    label: "npm",
    program: "npm",
    arguments: &["--version"],
    remedy: INSTALL_NODE,
};

impl Language {
    /// Returns the programs that building this language's contracts needs.
    pub fn requirements(self) -> &'static [ToolRequirement] {
        match self {
            Self::Rust => &[CARGO, WASM_TARGET],
            Self::Python | Self::Go => &[PYTHON_VENV],
            Self::C => &[PYTHON_VENV, C_COMPILER],
            Self::JavaScript | Self::TypeScript => &[NODE_20, NPM],
        }
    }
}

impl ToolRequirement {
    /// Fails if the program is missing or too old.
    pub(crate) fn require(&self) -> Result<(), ToolError> {
        match self.installed_version() {
            Some(_) => Ok(()),
            None => Err(ToolError::Missing { label: self.label, remedy: self.remedy }),
        }
    }

    /// Runs the program and returns the first line that it prints (its version, or nothing), or `None`
    /// if it is missing or fails.
    pub fn installed_version(&self) -> Option<String> {
        let mut command = Command::new(self.program);
        let output = command.args(self.arguments).stdin(Stdio::null()).output().ok()?;
        let stdout = String::from_utf8_lossy(&output.stdout);
        let version = stdout.lines().next().unwrap_or_default().trim().to_owned();
        output.status.success().then_some(version)
    }
}
