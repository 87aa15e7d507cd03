//! Checks the dependencies between the crates of the workspace. `ARCHITECTURE.md` draws them.

use std::collections::BTreeSet;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::shell::command;

/// Each crate, with the crates of this workspace that it may depend on.
const ALLOWED_DEPENDENCIES: &[(&str, &[&str])] = &[
    ("tollgate-model", &[]),
    ("tollgate-govern", &["tollgate-model"]),
    ("tollgate-engine", &["tollgate-model"]),
    ("tollgate-packages", &["tollgate-model"]),
    ("tollgate-ledger", &["tollgate-model"]),
    ("tollgate-ledger-sqlite", &["tollgate-model", "tollgate-ledger"]),
    (
        "tollgate-project",
        &["tollgate-model", "tollgate-govern", "tollgate-engine", "tollgate-packages"],
    ),
    ("tollgate-toolchain", &["tollgate-model", "tollgate-engine", "tollgate-project"]),
    (
        "tollgate",
        &[
            "tollgate-model",
            "tollgate-govern",
            "tollgate-engine",
            "tollgate-packages",
            "tollgate-ledger",
            "tollgate-project",
        ],
    ),
    (
        "tollgate-api",
        &[
            "tollgate",
            "tollgate-model",
            "tollgate-govern",
            "tollgate-engine",
            "tollgate-packages",
            "tollgate-ledger",
        ],
    ),
    (
        "tollgate-server",
        &[
            "tollgate",
            "tollgate-api",
            "tollgate-model",
            "tollgate-govern",
            "tollgate-engine",
            "tollgate-packages",
            "tollgate-ledger",
            "tollgate-project",
        ],
    ),
    (
        "tollgate-cli",
        &[
            "tollgate",
            "tollgate-api",
            "tollgate-server",
            "tollgate-model",
            "tollgate-govern",
            "tollgate-engine",
            "tollgate-packages",
            "tollgate-ledger",
            "tollgate-ledger-sqlite",
            "tollgate-project",
            "tollgate-toolchain",
        ],
    ),
    ("tollgate-embed-example", &["tollgate", "tollgate-ledger-sqlite"]),
    ("tollgate-sdk", &[]),
    ("tollgate-e2e", &[]),
    ("tollgate-load", &[]),
    (
        "tollgate-model-check",
        &["tollgate-model", "tollgate-govern", "tollgate-ledger", "tollgate-ledger-sqlite"],
    ),
    (
        "tollgate-bench",
        &[
            "tollgate-model",
            "tollgate-govern",
            "tollgate-engine",
            "tollgate-packages",
            "tollgate-sdk",
        ],
    ),
    ("xtask", &[]),
];

/// Further crates of this workspace that only the tests of a crate may use.
const ALLOWED_IN_TESTS: &[(&str, &str)] =
    &[("tollgate", "tollgate-ledger-sqlite"), ("tollgate-server", "tollgate-ledger-sqlite")];

/// External crates that only one crate of the workspace may depend on.
const RESTRICTED_DEPENDENCIES: &[(&str, &str)] = &[
    ("wasmtime", "tollgate-engine"),
    ("wasmtime-wizer", "tollgate-engine"),
    ("rusqlite", "tollgate-ledger-sqlite"),
];

/// Fails if a crate has a dependency that it must not have.
pub fn check_dependencies() -> anyhow::Result<()> {
    let output = command("cargo", &["metadata", "--format-version", "1", "--no-deps"]).output()?;
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("`cargo metadata` lists no packages")?;
    let ours: BTreeSet<_> =
        packages.iter().filter_map(|package| package["name"].as_str()).collect();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, allowed)) = ALLOWED_DEPENDENCIES.iter().find(|(owner, _)| *owner == name)
        else {
            bail!("the crate `{name}` is missing in `xtask/src/dependencies.rs`: add it there");
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let required = dependency["name"].as_str().unwrap_or_default();
            let is_for_tests =
                dependency["kind"] == "dev" && ALLOWED_IN_TESTS.contains(&(name, required));
            if ours.contains(required) && !allowed.contains(&required) && !is_for_tests {
                bail!("`{name}` must not depend on `{required}`: see `ARCHITECTURE.md`");
            }
            if let Some((_, owner)) =
                RESTRICTED_DEPENDENCIES.iter().find(|(narrow, _)| *narrow == required)
                && *owner != name
            {
                bail!("`{name}` must not depend on `{required}`: only `{owner}` may");
            }
        }
    }
    println!("dependencies: {} crates checked", packages.len());
    Ok(())
}
