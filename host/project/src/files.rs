//! Reading and writing files. Errors of reading name the file and, for TOML and JSON, the line and the key.

use std::io::{BufWriter, Read, Write};
use std::path::Path;

use anyhow::{Context, bail};
use serde::de::DeserializeOwned;

/// Enough for the largest contract. A larger file is surely the wrong one.
const FILE_BYTES_MAX: u64 = 128 << 20;

/// Reads a file of bytes.
pub fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let file = std::fs::File::open(path).with_context(|| read_error_message(path))?;
    if file.metadata().with_context(|| read_error_message(path))?.is_dir() {
        bail!("{}: it is a folder", read_error_message(path));
    }
    read_bounded(file).with_context(|| read_error_message(path))
}

/// Reads a file of UTF-8 text.
pub fn read_text(path: &Path) -> anyhow::Result<String> {
    decode_utf8(read(path)?).with_context(|| read_error_message(path))
}

/// Reads a TOML file. An unknown key is an error if `T` denies unknown fields.
pub fn read_toml<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = read_text(path)?;
    toml::from_str(&text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
        anyhow::anyhow!("{}:{line}: {}", path.display(), error.message())
    })
}

/// Reads a JSON file. An unknown key is an error if `T` denies unknown fields.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = read_text(path)?;
    serde_json::from_str(&text).map_err(|error| {
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default();
        anyhow::anyhow!("{}:{}:{}: {reason}", path.display(), error.line(), error.column())
    })
}

/// Writes a file completely or not at all, even if the power fails, and creates its folder if needed.
pub fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let cannot_write = || format!("cannot write `{}`", path.display());
    std::fs::create_dir_all(parent_folder(path)).with_context(cannot_write)?;
    write_with(path, |file| Ok(file.write_all(content)?))
}

/// Writes a file in the same way from a callback. Its folder must exist.
pub fn write_with<T>(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let cannot_write = || format!("cannot write `{}`", path.display());
    let file = tempfile::NamedTempFile::new_in(parent_folder(path)).with_context(cannot_write)?;
    let mut to = BufWriter::new(file.as_file());
    let written = content(&mut to).with_context(cannot_write)?;
    to.flush().with_context(cannot_write)?;
    drop(to);
    // Temporary files are private by default, but the result is an ordinary file.
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    file.as_file().set_permissions(mode).with_context(cannot_write)?;
    // The content reaches the disk before the file gets its name, so a power failure leaves no half-written
    // file.
    file.as_file().sync_all().with_context(cannot_write)?;
    file.persist(path).with_context(cannot_write)?;
    Ok(written)
}

/// Returns the folder that contains a file.
pub fn parent_folder(file: &Path) -> &Path {
    // The parent of a bare file name is an empty path, which is not a usable folder.
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

pub fn read_error_message(path: &Path) -> String {
    format!("cannot read `{}`", path.display())
}

fn read_bounded(source: impl Read) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        bail!("it is larger than {FILE_BYTES_MAX} bytes");
    }
    Ok(bytes)
}

fn decode_utf8(bytes: Vec<u8>) -> anyhow::Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        anyhow::anyhow!(
            "it is not UTF-8: byte {at} does not start a character; convert the file first"
        )
    })
}
