//! Packages the tool for people who compile nothing: an archive, a wheel, npm packages and a Debian package. Each has the
//! same binary, so all of them come from one build.

mod archive;
mod build;
mod debian;
mod npm;
mod platform;
mod wheel;

use std::path::{Path, PathBuf};

pub use build::BuildProfile;
use build::ToolFiles;

/// Makes the packages of the tool, and returns their paths.
pub fn package_tool(
    dist: &Path,
    profile: BuildProfile,
    sbom: &Path,
) -> anyhow::Result<Vec<PathBuf>> {
    let files = ToolFiles::build(profile)?;
    let mut packages = vec![
        archive::write_tar(dist, &files)?,
        wheel::write_wheel(dist, &files, sbom)?,
        debian::build_package(dist, &files)?,
    ];
    packages.extend(npm::pack(dist, &files)?);
    Ok(packages)
}
