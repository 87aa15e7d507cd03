//! Writes the checksums of packages, for `sha256sum --check SHA256SUMS`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// Writes the SHA-256 of each package into one file beside them.
pub fn write_checksums(dist: &Path, packages: &[PathBuf]) -> anyhow::Result<PathBuf> {
    let mut packages: Vec<_> = packages.iter().collect();
    packages.sort();
    let mut text = String::new();
    for package in packages {
        let content = fs::read(package).with_context(|| format!("`{}`", package.display()))?;
        let name = package.strip_prefix(dist).unwrap_or(package).display();
        writeln!(text, "{}  {name}", HEXLOWER.encode(&Sha256::digest(content)))?;
    }
    let path = dist.join("SHA256SUMS");
    fs::write(&path, text)?;
    Ok(path)
}
