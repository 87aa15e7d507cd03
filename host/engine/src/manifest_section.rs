//! Reads and writes the manifest of a component, a custom section with JSON.

use std::io::{Cursor, Read, Seek, SeekFrom};

use tollgate_model::Manifest;

/// First bytes of every WebAssembly file.
const MAGIC: &[u8] = b"\0asm";

/// Name of the section, at the top level of the component.
const SECTION_NAME: &str = "tollgate:manifest";
const CUSTOM_SECTION_ID: u8 = 0;
/// Size limit. A manifest has rules, a schema and a few cases, so more is a mistake or an attack.
const MANIFEST_BYTES_MAX: u64 = 4 << 20;

/// The manifest of a component cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The section structure of the file is broken.
    #[error("it is not a WebAssembly file, or is damaged: {0}")]
    Malformed(String),
    #[error("it carries no manifest")]
    Missing,
    /// The component has more than one manifest section.
    #[error("it carries two manifests")]
    Repeated,
    /// The section is not the JSON of a manifest, or is too large.
    #[error("its manifest cannot be read: {0}")]
    Unreadable(String),
}

/// Reads the manifest of a component, and nothing else of it.
pub fn read_manifest(component: &[u8]) -> Result<Manifest, ManifestError> {
    read_manifest_from(&mut Cursor::new(component))
}

/// Reads the manifest of a component that need not be in memory. Seeks from section to section
/// and skips their content.
pub fn read_manifest_from(component: &mut (impl Read + Seek)) -> Result<Manifest, ManifestError> {
    let json = find_section(component)?.ok_or(ManifestError::Missing)?;
    serde_json::from_slice(&json).map_err(|error| ManifestError::Unreadable(error.to_string()))
}

/// Returns the content of the manifest section, or `None` if there is none.
fn find_section(component: &mut (impl Read + Seek)) -> Result<Option<Vec<u8>>, ManifestError> {
    let end = component.seek(SeekFrom::End(0)).map_err(malformed)?;
    component.rewind().map_err(malformed)?;
    let mut header = [0; 8];
    component.read_exact(&mut header).map_err(malformed)?;
    if !header.starts_with(MAGIC) {
        return Err(ManifestError::Malformed("it does not start with `\\0asm`".into()));
    }
    let (mut manifest, mut position) = (None, header.len() as u64);
    while position < end {
        component.seek(SeekFrom::Start(position)).map_err(malformed)?;
        let mut id = [0];
        component.read_exact(&mut id).map_err(malformed)?;
        let length = read_length(component)?;
        let start = component.stream_position().map_err(malformed)?;
        position = start + u64::from(length);
        if position > end {
            return Err(ManifestError::Malformed("it is truncated".into()));
        }
        if id == [CUSTOM_SECTION_ID]
            && let Some(json) = read_if_manifest(component, position)?
            && manifest.replace(json).is_some()
        {
            return Err(ManifestError::Repeated);
        }
    }
    Ok(manifest)
}

/// Returns the content of the custom section that ends at `end`, if it is the manifest's.
fn read_if_manifest(
    component: &mut (impl Read + Seek),
    end: u64,
) -> Result<Option<Vec<u8>>, ManifestError> {
    if read_length(component)? as usize != SECTION_NAME.len() {
        return Ok(None);
    }
    let mut name = [0; SECTION_NAME.len()];
    component.read_exact(&mut name).map_err(malformed)?;
    if name != *SECTION_NAME.as_bytes() {
        return Ok(None);
    }
    let start = component.stream_position().map_err(malformed)?;
    let length =
        end.checked_sub(start).ok_or_else(|| malformed("a name is longer than its section"))?;
    if length > MANIFEST_BYTES_MAX {
        let reason = format!("it has {length} bytes, but the limit is {MANIFEST_BYTES_MAX}");
        return Err(ManifestError::Unreadable(reason));
    }
    let mut json = Vec::new();
    component.take(length).read_to_end(&mut json).map_err(malformed)?;
    Ok(Some(json))
}

fn malformed(reason: impl ToString) -> ManifestError {
    ManifestError::Malformed(reason.to_string())
}

/// Appends the manifest to a component that has none.
pub fn embed_manifest(component: &mut Vec<u8>, manifest: &Manifest) -> serde_json::Result<()> {
    let json = serde_json::to_vec(manifest)?;
    let mut body = Vec::with_capacity(json.len() + SECTION_NAME.len() + 1);
    write_length(&mut body, SECTION_NAME.len());
    body.extend_from_slice(SECTION_NAME.as_bytes());
    body.extend_from_slice(&json);
    write_section(component, CUSTOM_SECTION_ID, &body);
    Ok(())
}

/// Appends a section to a module or component.
pub(crate) fn write_section(bytes: &mut Vec<u8>, id: u8, body: &[u8]) {
    bytes.push(id);
    write_length(bytes, body.len());
    bytes.extend_from_slice(body);
}

/// Reads an unsigned LEB128 length of at most 32 bits.
fn read_length(bytes: &mut impl Read) -> Result<u32, ManifestError> {
    let mut length = 0_u64;
    for shift in (0..35).step_by(7) {
        let mut byte = [0];
        bytes.read_exact(&mut byte).map_err(malformed)?;
        let [byte] = byte;
        length |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return u32::try_from(length).map_err(|_| malformed("a length has too many bits"));
        }
    }
    Err(malformed("a length has no end"))
}

/// Writes a length in unsigned LEB128, as WebAssembly files do.
pub(crate) fn write_length(bytes: &mut Vec<u8>, mut length: usize) {
    loop {
        let low = (length & 0x7f) as u8;
        length >>= 7;
        if length == 0 {
            return bytes.push(low);
        }
        bytes.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY_COMPONENT: [u8; 8] = *b"\0asm\x0d\0\x01\0";

    fn manifest() -> Manifest {
        serde_json::from_value(serde_json::json!({
            "contract": {
                "name": "a/b", "version": "1.0.0", "description": "d".repeat(300),
                "license": "MIT", "wit": "0.1.0",
            },
            "config-schema": {},
        }))
        .unwrap()
    }

    #[test]
    fn reads_the_embedded_manifest() {
        let mut component = EMPTY_COMPONENT.to_vec();
        assert!(matches!(read_manifest(&component), Err(ManifestError::Missing)));
        embed_manifest(&mut component, &manifest()).unwrap();
        assert_eq!(read_manifest(&component).unwrap(), manifest());
        embed_manifest(&mut component, &manifest()).unwrap();
        assert!(matches!(read_manifest(&component), Err(ManifestError::Repeated)));
    }

    #[test]
    fn agrees_with_wasmparser_on_damaged_components() {
        let mut sound = EMPTY_COMPONENT.to_vec();
        write_section(&mut sound, CUSTOM_SECTION_ID, b"\x04name");
        embed_manifest(&mut sound, &manifest()).unwrap();
        write_section(&mut sound, CUSTOM_SECTION_ID, b"\x05other things");
        let by_parser = |bytes: &[u8]| -> Option<Vec<Vec<u8>>> {
            let mut found = Vec::new();
            for payload in wasmparser::Parser::new(0).parse_all(bytes) {
                if let wasmparser::Payload::CustomSection(section) = payload.ok()?
                    && section.name() == SECTION_NAME
                {
                    found.push(section.data().to_vec());
                }
            }
            Some(found)
        };
        for at in 8..sound.len() {
            for changed in [0, 1, 0x7f, 0x80, 0xff] {
                let mut bytes = sound.clone();
                bytes[at] = changed;
                let Some(expected) = by_parser(&bytes) else { continue };
                let found = find_section(&mut Cursor::new(&bytes));
                match expected.as_slice() {
                    [] => assert!(matches!(found, Ok(None)), "{at} {changed}: {found:?}"),
                    [json] => assert_eq!(found.unwrap().as_ref(), Some(json)),
                    _ => assert!(matches!(found, Err(ManifestError::Repeated))),
                }
            }
            assert!(
                at < 10 || read_manifest(&sound[..at]).is_err() || at > sound.len() - 16,
                "{at}"
            );
        }
    }
}
