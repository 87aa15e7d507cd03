//! The SDKs as each language's own packages, in `target/dist`.

mod archive;
mod go;
mod wheel;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::shell::{root, run_command};
use crate::{build, setup, shell};

/// Makes a package of every SDK that does not travel as a crate.
pub fn run() -> anyhow::Result<()> {
    setup::has_python()?;
    setup::has_node()?;
    let dist = build::target().join("dist");
    if dist.is_dir() {
        fs::remove_dir_all(&dist).with_context(|| format!("`{}`", dist.display()))?;
    }
    fs::create_dir_all(&dist)?;
    let packages = [wheel::make(&dist)?, npm(&dist)?, go::make(&dist)?, c(&dist)?];
    println!();
    for package in packages {
        println!("{}", package.display());
    }
    Ok(())
}

fn npm(dist: &Path) -> anyhow::Result<PathBuf> {
    let mut npm = shell::command("npm", &["pack", "--silent", "--pack-destination"]);
    run_command(npm.arg(dist).current_dir(root().join("sdk/javascript")))?;
    Ok(dist.join(format!("tollgate-sdk-{}.tgz", version()?)))
}

/// The header, and the one file to compile beside a contract.
fn c(dist: &Path) -> anyhow::Result<PathBuf> {
    let name = format!("tollgate-sdk-c-{}", version()?);
    let path = dist.join(format!("{name}.zip"));
    archive::write(&root().join("sdk/c"), &["build", "tests"], &name, &path)?;
    Ok(path)
}

/// All packages have the version of the workspace.
fn version() -> anyhow::Result<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
    let line = manifest.lines().find_map(|line| line.strip_prefix("version = \""));
    Ok(line.context("the workspace has a version")?.trim_end_matches('"').to_owned())
}
