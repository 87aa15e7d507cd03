//! Packages the tool and the SDKs for the package managers of their users, in `target/dist`, and lists what the tool is
//! built from.

mod archive;
mod checksums;
mod go;
mod sbom;
mod tool;
mod wheel;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::shell::{repository_root, run_command};
use crate::{build, setup, shell};

pub use tool::BuildProfile;

/// 1980-01-01, the earliest time that a zip archive can store, in seconds since 1970.
const SOURCE_DATE_EPOCH: &str = "315532800";

/// Makes packages of the tool and of every SDK except the Rust one, which is a crate, the bill of materials of the tool, and
/// the checksums of all.
pub fn run(profile: BuildProfile) -> anyhow::Result<()> {
    setup::require_python()?;
    setup::require_node()?;
    let dist = build::target_folder().join("dist");
    if dist.is_dir() {
        fs::remove_dir_all(&dist).with_context(|| format!("`{}`", dist.display()))?;
    }
    fs::create_dir_all(&dist)?;
    let sbom = sbom::write_sbom(&dist)?;
    let mut packages = tool::package_tool(&dist, profile, &sbom)?;
    packages.extend([wheel::build_wheel(&dist)?, package_npm(&dist)?, package_c(&dist)?, sbom]);
    packages.push(checksums::write_checksums(&dist, &packages)?);
    packages.push(go::package_go(&dist)?);
    println!();
    for package in packages {
        println!("{}", package.display());
    }
    Ok(())
}

fn package_npm(dist: &Path) -> anyhow::Result<PathBuf> {
    let mut npm = shell::command("npm", &["pack", "--silent", "--pack-destination"]);
    run_command(npm.arg(dist).current_dir(repository_root().join("sdk/javascript")))?;
    Ok(dist.join(format!("tollgate-sdk-{}.tgz", workspace_version()?)))
}

/// Packages the C SDK: the header and the sources to compile with a contract.
fn package_c(dist: &Path) -> anyhow::Result<PathBuf> {
    let name = format!("tollgate-sdk-c-{}", workspace_version()?);
    let path = dist.join(format!("{name}.zip"));
    archive::write_archive(&repository_root().join("sdk/c"), &["build", "tests"], &name, &path)?;
    Ok(path)
}

/// Returns the version of the workspace, which all packages share.
fn workspace_version() -> anyhow::Result<String> {
    let manifest = fs::read_to_string(repository_root().join("Cargo.toml"))?;
    let line = manifest.lines().find_map(|line| line.strip_prefix("version = \""));
    Ok(line.context("`Cargo.toml` has no version")?.trim_end_matches('"').to_owned())
}
