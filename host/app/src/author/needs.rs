//! What has to be on the machine for each language, besides what `tollgate build` fetches.

use std::process::{Command, Stdio};

use anyhow::bail;

use super::Language;
use super::toolbox::{NODE, PYTHON};

/// A program that a language needs.
#[derive(Clone, Copy)]
pub struct Need {
    /// What it is needed for.
    pub what: &'static str,
    program: &'static str,
    arguments: &'static [&'static str],
    /// How to get it.
    pub remedy: &'static str,
}

const CARGO: Need = Need {
    what: "cargo",
    program: "cargo",
    arguments: &["--version"],
    remedy: "install Rust from https://rustup.rs",
};
const WASM_TARGET: Need = Need {
    what: "the target wasm32-unknown-unknown",
    program: "sh",
    // Without the target, rustc names a folder that is not there.
    arguments: &[
        "-c",
        "ls $(rustc --print target-libdir --target wasm32-unknown-unknown) > /dev/null",
    ],
    remedy: "run `rustup target add wasm32-unknown-unknown`",
};
pub(super) const PYTHON_VENV: Need = Need {
    what: "Python 3.11 or later with `venv`",
    program: "python3",
    arguments: &[
        "-c",
        "import ensurepip, venv, sys; assert sys.version_info >= (3, 11); print('Python', sys.version.split()[0])",
    ],
    remedy: PYTHON,
};
const C_COMPILER: Need = Need {
    what: "a C compiler, for the unit tests",
    program: "cc",
    arguments: &["--version"],
    remedy: "install one, on Debian by `apt install build-essential`",
};

pub(super) const NODE_20: Need = Need {
    what: "Node.js 20 or later",
    program: "node",
    arguments: &[
        "-e",
        "const { node } = process.versions; if (parseInt(node) < 20) process.exit(1); console.log(node)",
    ],
    remedy: NODE,
};
pub(super) const NPM: Need =
    Need { what: "npm", program: "npm", arguments: &["--version"], remedy: NODE };

impl Language {
    /// What its contracts need.
    pub fn needs(self) -> &'static [Need] {
        match self {
            Self::Rust => &[CARGO, WASM_TARGET],
            Self::Python | Self::Go => &[PYTHON_VENV],
            Self::C => &[PYTHON_VENV, C_COMPILER],
            Self::JavaScript | Self::TypeScript => &[NODE_20, NPM],
        }
    }
}

impl Need {
    /// Fails where the program is missing or too old.
    pub(super) fn require(&self) -> anyhow::Result<()> {
        match self.found() {
            Some(_) => Ok(()),
            None => bail!("there is no {} here: {}", self.what, self.remedy),
        }
    }

    /// What the program says of itself; nothing, where it is missing or broken.
    pub fn found(&self) -> Option<String> {
        let mut command = Command::new(self.program);
        let output = command.args(self.arguments).stdin(Stdio::null()).output().ok()?;
        let said = String::from_utf8_lossy(&output.stdout);
        let version = said.lines().next().unwrap_or_default().trim().to_owned();
        output.status.success().then_some(version)
    }
}
