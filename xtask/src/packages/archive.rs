//! Writes zip archives whose bytes depend only on their content.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Writes a folder into an archive below a prefix, without hidden files and without the folders
/// named in `without`.
pub fn write_archive(
    folder: &Path,
    without: &[&str],
    prefix: &str,
    to: &Path,
) -> anyhow::Result<()> {
    let mut paths = Vec::new();
    let is_left_out = |path: &Path| without.iter().any(|name| path == folder.join(name));
    collect_files(folder, &is_left_out, &mut paths)?;
    paths.sort();
    let file = File::create(to).with_context(|| format!("`{}`", to.display()))?;
    let mut archive = ZipWriter::new(BufWriter::new(file));
    // The default options give every file the same time, so the archive is reproducible.
    let options = SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Stored);
    for path in paths {
        let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy();
        archive.start_file(format!("{prefix}/{name}"), options)?;
        archive.write_all(&fs::read(&path)?)?;
    }
    archive.finish()?.flush()?;
    Ok(())
}

fn collect_files(
    folder: &Path,
    is_left_out: &dyn Fn(&Path) -> bool,
    found: &mut Vec<PathBuf>,
) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_hidden =
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if is_hidden || is_left_out(&path) {
            continue;
        }
        if path.is_dir() {
            collect_files(&path, is_left_out, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}
