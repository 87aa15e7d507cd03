//! The npm packages of the tool: one with the binary, for its platform only, and one that depends on those of all platforms
//! and starts the binary of the platform it is on.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::build::ToolFiles;
use crate::packages::SOURCE_DATE_EPOCH;
use crate::shell::{command, run_command};

const NAME: &str = "tollgate-cli";
const LAUNCHER: &str = include_str!("launcher.js");
/// Platforms that a package with the binary is made for, as Node names them.
const PLATFORMS: [&str; 2] = ["linux-x64", "linux-arm64"];

/// Writes both packages.
pub fn pack(dist: &Path, files: &ToolFiles) -> anyhow::Result<Vec<PathBuf>> {
    Ok(vec![pack_binary(dist, files)?, pack_launcher(dist, files)?])
}

fn pack_binary(dist: &Path, files: &ToolFiles) -> anyhow::Result<PathBuf> {
    let architecture = files.platform.node;
    let name = format!("{NAME}-linux-{architecture}");
    let stage = files.create_stage(&name)?;
    fs::create_dir_all(stage.join("bin"))?;
    fs::copy(&files.binary, stage.join("bin/tollgate"))?;
    let manifest = json!({
        "name": name,
        "version": files.version,
        "description": "The binary of tollgate-cli for Linux",
        "license": "Apache-2.0",
        "os": ["linux"],
        "cpu": [architecture],
        "libc": ["glibc"],
        "files": ["bin"],
        "preferUnplugged": true,
    });
    pack_stage(dist, files, &stage, &name, &manifest)
}

fn pack_launcher(dist: &Path, files: &ToolFiles) -> anyhow::Result<PathBuf> {
    let stage = files.create_stage(NAME)?;
    fs::create_dir_all(stage.join("bin"))?;
    fs::write(stage.join("bin/tollgate.js"), LAUNCHER)?;
    fs::copy(&files.readme, stage.join("README.md"))?;
    let binaries = PLATFORMS.map(|platform| (format!("{NAME}-{platform}"), json!(files.version)));
    let manifest = json!({
        "name": NAME,
        "version": files.version,
        "description":
            "Judges what AI systems write, with versioned contracts in WebAssembly sandboxes",
        "license": "Apache-2.0",
        "bin": { "tollgate": "bin/tollgate.js" },
        "engines": { "node": ">=18" },
        "files": ["bin"],
        "optionalDependencies": serde_json::Map::from_iter(binaries),
    });
    pack_stage(dist, files, &stage, NAME, &manifest)
}

fn pack_stage(
    dist: &Path,
    files: &ToolFiles,
    stage: &Path,
    name: &str,
    manifest: &serde_json::Value,
) -> anyhow::Result<PathBuf> {
    let text = serde_json::to_string_pretty(manifest)?;
    fs::write(stage.join("package.json"), format!("{text}\n"))?;
    fs::copy(&files.license, stage.join("LICENSE"))?;
    let mut npm = command("npm", &["pack", "--silent", "--pack-destination"]);
    npm.arg(dist).current_dir(stage).env("SOURCE_DATE_EPOCH", SOURCE_DATE_EPOCH);
    run_command(&mut npm)?;
    Ok(dist.join(format!("{name}-{}.tgz", files.version)))
}
