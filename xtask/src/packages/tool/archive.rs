//! The archive of the tool: what `cargo binstall` and people unpack.

use std::fs;
use std::path::{Path, PathBuf};

use super::build::ToolFiles;
use crate::packages::SOURCE_DATE_EPOCH;
use crate::shell::{command, run_command};

/// Writes `tollgate-VERSION-TARGET.tar.gz`.
pub fn write_tar(dist: &Path, files: &ToolFiles) -> anyhow::Result<PathBuf> {
    let name = format!("tollgate-{}-{}", files.version, files.platform.target);
    let stage = files.create_stage("archive")?;
    let folder = stage.join(&name);
    fs::create_dir_all(folder.join("completions"))?;
    fs::copy(&files.binary, folder.join("tollgate"))?;
    fs::copy(&files.license, folder.join("LICENSE"))?;
    fs::copy(&files.readme, folder.join("README.md"))?;
    for (shell, path) in &files.completions {
        fs::copy(path, folder.join("completions").join(format!("tollgate.{shell}")))?;
    }
    copy_folder(&files.manual, &folder.join("man1"))?;
    let path = dist.join(format!("{name}.tar.gz"));
    let mut tar = command("tar", &["--create", "--sort=name", "--numeric-owner", "--format=ustar"]);
    tar.args(["--owner=0", "--group=0", "--mode=go-w", &format!("--mtime=@{SOURCE_DATE_EPOCH}")]);
    // Without the name and the time of the file, the archive depends only on its content.
    tar.arg("--use-compress-program=gzip --no-name").arg("--file").arg(&path);
    run_command(tar.arg("--directory").arg(&stage).arg(&name))?;
    Ok(path)
}

/// Copies the files of a folder that has no folders in it.
pub fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}
