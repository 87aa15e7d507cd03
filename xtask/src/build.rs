//! Building the tool and what it carries.
//!
//! The standard contracts are built by `tollgate build`, as anybody's are, and what contracts
//! in JavaScript run on is made beside them. Then the tool is built once more to carry them.
//! When nothing changed, nothing is built.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::shell::{root, run};
use crate::{runtime, setup};

/// The benchmarks link the contracts natively, which gives shared dependencies other
/// features still.
pub const BENCH: &str = "tollgate-bench";

/// The tool with its contracts, and the guests that the tests use.
pub fn everything() -> anyhow::Result<PathBuf> {
    let tool = tool()?;
    for guest in contracts("tests/guests")? {
        run(&tool, &["build", &guest])?;
    }
    Ok(tool)
}

/// The tool with its contracts.
pub fn tool() -> anyhow::Result<PathBuf> {
    setup::wasm_target()?;
    let tool = cargo_build()?;
    for plugin in contracts("plugins")? {
        run(&tool, &["build", &plugin])?;
    }
    runtime::make()?;
    cargo_build()
}

/// With the whole workspace, as the tests are: a package alone would get its dependencies
/// with fewer features, and everything would be compiled a second time for the tests.
fn cargo_build() -> anyhow::Result<PathBuf> {
    run("cargo", &["build", "--workspace", "--exclude", BENCH, "--bins"])?;
    Ok(target().join("debug/tollgate"))
}

/// Where cargo builds to.
pub fn target() -> PathBuf {
    let named = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    root().join(named.unwrap_or_else(|| Path::new("target").into()))
}

/// The folders of contracts in a folder, from the repository's.
pub fn contracts(folder: &str) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder))? {
        let entry = entry?;
        if entry.path().join("contract.toml").is_file() {
            found.push(format!("{folder}/{}", entry.file_name().to_string_lossy()));
        }
    }
    found.sort();
    Ok(found)
}
