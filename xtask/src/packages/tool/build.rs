//! Builds the tool for its packages, and has it write its manual pages and completions.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::platform::{GlibcVersion, Platform, find_platform, required_glibc};
use crate::packages::workspace_version;
use crate::shell::{command, host_target, repository_root, run, run_command};
use crate::{build, shell};

/// Way in which the tool in the packages is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuildProfile {
    /// Optimised, for people.
    Release,
    /// As the tests build it, so that they can try the packages without building the tool again.
    Tests,
}

/// The files that every package of the tool has.
pub struct ToolFiles {
    /// The stripped binary.
    pub binary: PathBuf,
    pub platform: &'static Platform,
    pub glibc: GlibcVersion,
    /// Folder of manual pages, one for each command.
    pub manual: PathBuf,
    /// Completions: shell and file.
    pub completions: Vec<(&'static str, PathBuf)>,
    pub version: String,
    pub license: PathBuf,
    pub readme: PathBuf,
    /// Folder to put packages together in.
    pub work: PathBuf,
    pub profile: BuildProfile,
}

const SHELLS: [&str; 3] = ["bash", "zsh", "fish"];

impl ToolFiles {
    /// Builds the tool with its contracts, and everything that is packaged with it.
    pub fn build(profile: BuildProfile) -> anyhow::Result<Self> {
        let platform = find_platform(&host_target()?)?;
        let work = build::target_folder().join("packages");
        if work.is_dir() {
            fs::remove_dir_all(&work).with_context(|| format!("`{}`", work.display()))?;
        }
        fs::create_dir_all(&work)?;
        let built = build_binary(profile)?;
        let binary = work.join("tollgate");
        let (from, to) = (built.to_string_lossy(), binary.to_string_lossy());
        run("strip", &["--strip-all", "-o", &to, &from])
            .context("`strip` is missing: on Debian, `apt install binutils`")?;
        let glibc = required_glibc(&fs::read(&binary)?)
            .context("the binary is not linked with the GNU C library")?;
        let manual = work.join("manual");
        run(&binary, &["manual-pages", &manual.to_string_lossy()])?;
        let completions = SHELLS.iter().map(|shell| write_completions(&binary, shell, &work));
        Ok(Self {
            platform,
            glibc,
            manual,
            completions: completions.collect::<anyhow::Result<_>>()?,
            version: workspace_version()?,
            license: repository_root().join("LICENSE"),
            readme: repository_root().join("README.md"),
            binary,
            work,
            profile,
        })
    }

    /// Returns an empty folder to put one package together in.
    pub fn create_stage(&self, name: &str) -> anyhow::Result<PathBuf> {
        let stage = self.work.join(name);
        fs::create_dir_all(&stage)?;
        Ok(stage)
    }
}

fn build_binary(profile: BuildProfile) -> anyhow::Result<PathBuf> {
    match profile {
        BuildProfile::Tests => {
            let built = build::target_folder().join("debug/tollgate");
            anyhow::ensure!(
                built.is_file(),
                "`{}` is missing: run `cargo xtask build`",
                built.display()
            );
            Ok(built)
        }
        BuildProfile::Release => {
            // It builds the contracts that the tool has in it.
            build::build_tool()?;
            let arguments =
                ["build", "--profile", "released", "--locked", "--package", "tollgate-cli"];
            run_command(&mut command("cargo", &arguments))?;
            Ok(build::target_folder().join("released/tollgate"))
        }
    }
}

fn write_completions(
    binary: &Path,
    shell: &'static str,
    work: &Path,
) -> anyhow::Result<(&'static str, PathBuf)> {
    let output = shell::command(binary, &["completions", shell]).output()?;
    anyhow::ensure!(output.status.success(), "`tollgate completions {shell}` failed");
    let path = work.join(format!("completions.{shell}"));
    fs::write(&path, output.stdout)?;
    Ok((shell, path))
}
