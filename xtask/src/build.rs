//! Builds the tool and everything that is embedded in it.
//!
//! `tollgate build` builds the standard contracts, as it builds those of any author. The runtime
//! of JavaScript contracts is built beside them. The tool is then built a second time to embed
//! both. Nothing is built again if nothing has changed.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::shell::{repository_root, run};
use crate::{runtime, setup};

/// Excluded from ordinary builds: the benchmarks link the contracts natively, which would enable
/// other features of shared dependencies.
pub const BENCH: &str = "tollgate-bench";

/// Builds the tool, its contracts, and the guests of the tests. Returns the path of the tool.
pub fn build_all() -> anyhow::Result<PathBuf> {
    let tool = build_tool()?;
    for guest in contract_folders("tests/guests")? {
        run(&tool, &["build", &guest])?;
    }
    Ok(tool)
}

/// Builds the tool with its contracts. Returns the path of the tool.
pub fn build_tool() -> anyhow::Result<PathBuf> {
    setup::install_wasm_target()?;
    let tool = cargo_build()?;
    for plugin in contract_folders("plugins")? {
        run(&tool, &["build", &plugin])?;
    }
    runtime::build_if_outdated()?;
    cargo_build()
}

/// Feature that the tests of a crate enable in one that others depend on.
const FEATURE_OF_TESTS: &str = "tollgate-ledger/conformance";

/// Builds the whole workspace, as the tests do. Building the tool's package alone, or without the
/// feature that only tests ask for, would enable fewer features of its dependencies, and the
/// tests would compile everything above them again.
fn cargo_build() -> anyhow::Result<PathBuf> {
    let arguments = ["build", "--workspace", "--exclude", BENCH, "--bins"];
    run("cargo", &[&arguments[..], &["--features", FEATURE_OF_TESTS]].concat())?;
    Ok(target_folder().join("debug/tollgate"))
}

/// Returns cargo's target folder.
pub fn target_folder() -> PathBuf {
    let configured = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    repository_root().join(configured.unwrap_or_else(|| Path::new("target").into()))
}

/// Returns the folders of contracts in `folder`. All paths are relative to the repository.
pub fn contract_folders(folder: &str) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(repository_root().join(folder))? {
        let entry = entry?;
        if entry.path().join("contract.toml").is_file() {
            found.push(format!("{folder}/{}", entry.file_name().to_string_lossy()));
        }
    }
    found.sort();
    Ok(found)
}
