//! The wheel of the tool: the binary where `pip` puts programs, and nothing in Python.
//!
//! No build backend is needed for that, and the format is small: a zip archive with a list of its files
//! (<https://packaging.python.org/en/latest/specifications/binary-distribution-format/>).

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::build::ToolFiles;
use super::platform::GlibcVersion;

/// Name in the Python package index, where `tollgate` belongs to others.
const NAME: &str = "tollgate-cli";

/// Writes the wheel, with the bill of materials in it.
pub fn write_wheel(dist: &Path, files: &ToolFiles, sbom: &Path) -> anyhow::Result<PathBuf> {
    let version = &files.version;
    let base = format!("{}-{version}", NAME.replace('-', "_"));
    let GlibcVersion(major, minor) = files.glibc;
    let tag = format!("py3-none-manylinux_{major}_{minor}_{}", files.platform.python);
    let path = dist.join(format!("{base}-{tag}.whl"));
    let mut wheel = WheelWriter::create(&path)?;
    wheel.add(&format!("{base}.data/scripts/tollgate"), &fs::read(&files.binary)?, 0o755)?;
    let info = format!("{base}.dist-info");
    let readme = fs::read_to_string(&files.readme)?;
    wheel.add(&format!("{info}/METADATA"), describe(version, &readme).as_bytes(), 0o644)?;
    let format = format!(
        "Wheel-Version: 1.0\nGenerator: xtask ({version})\nRoot-Is-Purelib: false\nTag: {tag}\n"
    );
    wheel.add(&format!("{info}/WHEEL"), format.as_bytes(), 0o644)?;
    wheel.add(&format!("{info}/licenses/LICENSE"), &fs::read(&files.license)?, 0o644)?;
    let bill = sbom.file_name().context("the bill of materials has no name")?;
    let bill = format!("{info}/sboms/{}", bill.to_string_lossy());
    wheel.add(&bill, &fs::read(sbom)?, 0o644)?;
    wheel.finish(&format!("{info}/RECORD"))?;
    Ok(path)
}

fn describe(version: &str, readme: &str) -> String {
    format!(
        "Metadata-Version: 2.4\n\
         Name: {NAME}\n\
         Version: {version}\n\
         Summary: Judges what AI systems write, with versioned contracts in WebAssembly sandboxes\n\
         License-Expression: Apache-2.0\n\
         License-File: LICENSE\n\
         Requires-Python: >=3.8\n\
         Description-Content-Type: text/markdown\n\n{readme}"
    )
}

/// Writes a wheel, and keeps the list of its files.
struct WheelWriter {
    archive: ZipWriter<BufWriter<File>>,
    /// Lines of the list: name, hash, size.
    record: String,
}

impl WheelWriter {
    fn create(path: &Path) -> anyhow::Result<Self> {
        let file = File::create(path).with_context(|| format!("`{}`", path.display()))?;
        Ok(Self { archive: ZipWriter::new(BufWriter::new(file)), record: String::new() })
    }

    fn add(&mut self, name: &str, content: &[u8], mode: u32) -> anyhow::Result<()> {
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(content));
        writeln!(self.record, "{name},sha256={hash},{}", content.len())?;
        self.write(name, content, mode)
    }

    fn write(&mut self, name: &str, content: &[u8], mode: u32) -> anyhow::Result<()> {
        // The default options give every file the same time, so the wheel is reproducible.
        let options = SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Deflated);
        self.archive.start_file(name, options.unix_permissions(mode))?;
        Ok(self.archive.write_all(content)?)
    }

    /// Writes the list of files. It has no hash of itself.
    fn finish(mut self, name: &str) -> anyhow::Result<()> {
        writeln!(self.record, "{name},,")?;
        let record = std::mem::take(&mut self.record);
        self.write(name, record.as_bytes(), 0o644)?;
        self.archive.finish()?.flush()?;
        Ok(())
    }
}
