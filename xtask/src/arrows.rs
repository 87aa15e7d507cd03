//! The arrows between rooms: who may know whom. `ARCHITECTURE.md` draws them.

use std::collections::BTreeSet;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::shell::command;

/// Each crate, and the crates of this workspace that it may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    ("tollgate-model", &[]),
    ("tollgate-govern", &["tollgate-model"]),
    ("tollgate-engine", &["tollgate-model"]),
    ("tollgate-library", &["tollgate-model"]),
    ("tollgate-ledger", &["tollgate-model"]),
    (
        "tollgate",
        &[
            "tollgate-model",
            "tollgate-govern",
            "tollgate-engine",
            "tollgate-library",
            "tollgate-ledger",
        ],
    ),
    ("tollgate-sdk", &[]),
    ("tollgate-e2e", &[]),
    (
        "tollgate-bench",
        &[
            "tollgate-model",
            "tollgate-govern",
            "tollgate-engine",
            "tollgate-library",
            "tollgate-sdk",
        ],
    ),
    ("xtask", &[]),
];

/// Crates that one room alone may name.
const NARROWED: &[(&str, &str)] = &[
    ("wasmtime", "tollgate-engine"),
    ("wasmtime-wizer", "tollgate-engine"),
    ("rusqlite", "tollgate-ledger"),
];

/// Fails when a crate depends on one that it should not know.
pub fn check() -> anyhow::Result<()> {
    let output = command("cargo", &["metadata", "--format-version", "1", "--no-deps"]).output()?;
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("cargo names no packages")?;
    let ours: BTreeSet<_> =
        packages.iter().filter_map(|package| package["name"].as_str()).collect();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, allowed)) = ARROWS.iter().find(|(room, _)| *room == name) else {
            bail!("`{name}` is a room that xtask/src/arrows.rs does not know: add it there");
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let known = dependency["name"].as_str().unwrap_or_default();
            if ours.contains(known) && !allowed.contains(&known) {
                bail!("`{name}` must not depend on `{known}`: see ARCHITECTURE.md");
            }
            if let Some((_, room)) = NARROWED.iter().find(|(narrow, _)| *narrow == known)
                && *room != name
            {
                bail!("`{name}` must not depend on `{known}`: only `{room}` does");
            }
        }
    }
    println!("arrows: {} rooms, each knows only whom it may", packages.len());
    Ok(())
}
