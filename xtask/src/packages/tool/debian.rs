//! The Debian package of the tool: the binary, its manual pages and its completions.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::archive::copy_folder;
use super::build::{BuildProfile, ToolFiles};
use super::platform::GlibcVersion;
use crate::packages::SOURCE_DATE_EPOCH;
use crate::shell::{command, run_command};

/// Writes `tollgate_VERSION_ARCHITECTURE.deb`.
pub fn build_package(dist: &Path, files: &ToolFiles) -> anyhow::Result<PathBuf> {
    let root = files.create_stage("debian")?;
    install(&files.binary, &root.join("usr/bin/tollgate"), 0o755)?;
    let manual = root.join("usr/share/man/man1");
    copy_folder(&files.manual, &manual)?;
    compress_folder(&manual)?;
    for (shell, path) in &files.completions {
        install(path, &root.join(completion_path(shell)), 0o644)?;
    }
    let copyright = format!(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\
         Upstream-Name: tollgate\n\nFiles: *\nCopyright: the authors of Tollgate\nLicense: Apache-2.0\n\n\
         License: Apache-2.0\n{}",
        quote_license(&fs::read_to_string(&files.license)?)
    );
    write(&root.join("usr/share/doc/tollgate/copyright"), &copyright)?;
    write(&root.join("DEBIAN/control"), &describe(files, folder_kib(&root)?))?;
    make_modes_common(&root)?;
    let name = format!("tollgate_{}_{}.deb", files.version, files.platform.debian);
    let path = dist.join(name);
    // The small format takes a minute for a binary that is not optimised.
    let compression = match files.profile {
        BuildProfile::Release => "-Zxz",
        BuildProfile::Tests => "-Zgzip",
    };
    let mut dpkg = command("dpkg-deb", &["--build", "--root-owner-group", compression]);
    dpkg.arg(&root).arg(&path).env("SOURCE_DATE_EPOCH", SOURCE_DATE_EPOCH);
    run_command(&mut dpkg)?;
    Ok(path)
}

fn describe(files: &ToolFiles, installed_kib: u64) -> String {
    let GlibcVersion(major, minor) = files.glibc;
    format!(
        "Package: tollgate\n\
         Version: {}\n\
         Architecture: {}\n\
         Maintainer: The Tollgate project <hello@tollgate.dev>\n\
         Installed-Size: {installed_kib}\n\
         Depends: libc6 (>= {major}.{minor}), libgcc-s1\n\
         Section: utils\n\
         Priority: optional\n\
         Homepage: https://tollgate.dev\n\
         Description: judges what AI systems write before it reaches the world\n\
         \x20Outputs are judged by versioned contracts, each in a WebAssembly sandbox of its own.\n\
         \x20Gates decide which of them go out, which wait for a human and which are blocked.\n",
        files.version, files.platform.debian
    )
}

fn completion_path(shell: &str) -> &'static str {
    match shell {
        "bash" => "usr/share/bash-completion/completions/tollgate",
        "zsh" => "usr/share/zsh/vendor-completions/_tollgate",
        _ => "usr/share/fish/vendor_completions.d/tollgate.fish",
    }
}

/// Indents the lines of the licence, as the format of the file asks for.
fn quote_license(text: &str) -> String {
    let lines = text.lines().map(|line| match line.trim() {
        "" => " .\n".to_owned(),
        _ => format!(" {line}\n"),
    });
    lines.collect()
}

fn install(from: &Path, to: &Path, mode: u32) -> anyhow::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to)?;
    Ok(fs::set_permissions(to, fs::Permissions::from_mode(mode))?)
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(path, text)?)
}

fn compress_folder(folder: &Path) -> anyhow::Result<()> {
    let mut gzip = command("gzip", &["--best", "--no-name"]);
    for entry in fs::read_dir(folder)? {
        gzip.arg(entry?.path());
    }
    run_command(&mut gzip)
}

/// Sets the modes of folders and files, which otherwise depend on the umask of whoever packages.
fn make_modes_common(root: &Path) -> anyhow::Result<()> {
    run_command(command("chmod", &["--recursive", "u=rwX,go=rX"]).arg(root))
}

fn folder_kib(folder: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        bytes += match entry.file_type()?.is_dir() {
            true => folder_kib(&entry.path())? * 1024,
            false => entry.metadata()?.len(),
        };
    }
    Ok(bytes.div_ceil(1024))
}
