//! Reading what people write. Every message names the file, the line and the key.

use std::io::{BufWriter, Read, Write};
use std::path::Path;

use anyhow::{Context, bail};
use serde::de::DeserializeOwned;

/// Enough for the largest contract; a larger file is the wrong file.
const FILE_BYTES_MAX: u64 = 128 << 20;

/// A file of bytes.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let file = std::fs::File::open(path).with_context(|| cannot_read(path))?;
    if file.metadata().with_context(|| cannot_read(path))?.is_dir() {
        bail!("{}: it is a folder", cannot_read(path));
    }
    read_bounded(file).with_context(|| cannot_read(path))
}

/// A file of text.
pub(crate) fn read_text(path: &Path) -> anyhow::Result<String> {
    utf8(read(path)?).with_context(|| cannot_read(path))
}

/// A file of text, or standard input where the path is `-`.
pub(crate) fn read_text_or_stdin(path: &Path) -> anyhow::Result<String> {
    if path != Path::new("-") {
        return read_text(path);
    }
    let bytes = read_bounded(std::io::stdin().lock()).context("cannot read standard input")?;
    utf8(bytes).context("cannot read standard input")
}

/// The same, to be read as it arrives.
pub(crate) fn open_or_stdin(path: &Path) -> anyhow::Result<Box<dyn Read>> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    let file = std::fs::File::open(path).with_context(|| cannot_read(path))?;
    Ok(Box::new(file))
}

/// A TOML file in which every key is known.
pub(crate) fn read_toml<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = read_text(path)?;
    toml::from_str(&text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
        anyhow::anyhow!("{}:{line}: {}", path.display(), error.message())
    })
}

/// A JSON file in which every key is known.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = read_text(path)?;
    serde_json::from_str(&text).map_err(|error| {
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default();
        anyhow::anyhow!("{}:{}:{}: {reason}", path.display(), error.line(), error.column())
    })
}

/// Writes a file whole or not at all, also where the power fails.
pub(crate) fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let cannot_write = || format!("cannot write `{}`", path.display());
    std::fs::create_dir_all(folder_of(path)).with_context(cannot_write)?;
    write_with(path, |file| Ok(file.write_all(content)?))
}

/// Writes a file in the same way, piece by piece, into a folder that is there.
pub(crate) fn write_with<T>(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let cannot_write = || format!("cannot write `{}`", path.display());
    let file = tempfile::NamedTempFile::new_in(folder_of(path)).with_context(cannot_write)?;
    let mut to = BufWriter::new(file.as_file());
    let written = content(&mut to).with_context(cannot_write)?;
    to.flush().with_context(cannot_write)?;
    drop(to);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    file.as_file().set_permissions(mode).with_context(cannot_write)?;
    file.as_file().sync_all().with_context(cannot_write)?;
    file.persist(path).with_context(cannot_write)?;
    Ok(written)
}

/// The folder that a file lies in.
pub(crate) fn folder_of(file: &Path) -> &Path {
    // The parent of a bare name is an empty path, which names no folder.
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

pub(crate) fn cannot_read(path: &Path) -> String {
    format!("cannot read `{}`", path.display())
}

fn read_bounded(source: impl Read) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        bail!("it has more than {FILE_BYTES_MAX} bytes");
    }
    Ok(bytes)
}

fn utf8(bytes: Vec<u8>) -> anyhow::Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        anyhow::anyhow!("it is not UTF-8: byte {at} starts no character; convert it first")
    })
}
