//! The manifest inside a component: a custom section that holds its JSON.

use std::io::{Cursor, Read, Seek, SeekFrom};

use tollgate_model::Manifest;

/// How every WebAssembly file starts.
const MAGIC: &[u8] = b"\0asm";

/// The name of the section. It stands at the top level of the component.
const SECTION: &str = "tollgate:manifest";
const CUSTOM_SECTION_ID: u8 = 0;
/// A manifest is rules, a schema and a few cases; more is a mistake or an attack.
const MANIFEST_BYTES_MAX: u64 = 4 << 20;

/// Why a component's manifest cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The bytes are not WebAssembly at all.
    #[error("it is not a WebAssembly file, or a damaged one: {0}")]
    Malformed(String),
    /// There is none.
    #[error("it carries no manifest: build it with `tollgate build`, which embeds one")]
    Missing,
    /// There are two.
    #[error("it carries two manifests: build it again with `tollgate build`")]
    Repeated,
    /// It does not say what a manifest says.
    #[error("its manifest cannot be read: {0}; build it again with `tollgate build`")]
    Unreadable(String),
}

/// Reads the manifest. Nothing else of the component is looked at.
pub fn read_manifest(component: &[u8]) -> Result<Manifest, ManifestError> {
    find_manifest(&mut Cursor::new(component))
}

/// Reads the manifest of a component that need not be in memory: from section to section, and
/// over whatever is in them.
pub fn find_manifest(component: &mut (impl Read + Seek)) -> Result<Manifest, ManifestError> {
    let json = sections(component)?.ok_or(ManifestError::Missing)?;
    serde_json::from_slice(&json).map_err(|error| ManifestError::Unreadable(error.to_string()))
}

/// What is in the section, if there is one.
fn sections(component: &mut (impl Read + Seek)) -> Result<Option<Vec<u8>>, ManifestError> {
    let end = component.seek(SeekFrom::End(0)).map_err(malformed)?;
    component.rewind().map_err(malformed)?;
    let mut header = [0; 8];
    component.read_exact(&mut header).map_err(malformed)?;
    if !header.starts_with(MAGIC) {
        return Err(ManifestError::Malformed("it does not start as one".into()));
    }
    let (mut found, mut at) = (None, header.len() as u64);
    while at < end {
        component.seek(SeekFrom::Start(at)).map_err(malformed)?;
        let mut id = [0];
        component.read_exact(&mut id).map_err(malformed)?;
        let length = read_length(component)?;
        let start = component.stream_position().map_err(malformed)?;
        at = start + u64::from(length);
        if at > end {
            return Err(ManifestError::Malformed("it is cut off".into()));
        }
        if id == [CUSTOM_SECTION_ID]
            && let Some(json) = manifest_in(component, at)?
            && found.replace(json).is_some()
        {
            return Err(ManifestError::Repeated);
        }
    }
    Ok(found)
}

/// What is in a custom section that ends here, if it is the manifest's.
fn manifest_in(
    component: &mut (impl Read + Seek),
    end: u64,
) -> Result<Option<Vec<u8>>, ManifestError> {
    if read_length(component)? as usize != SECTION.len() {
        return Ok(None);
    }
    let mut name = [0; SECTION.len()];
    component.read_exact(&mut name).map_err(malformed)?;
    if name != *SECTION.as_bytes() {
        return Ok(None);
    }
    let start = component.stream_position().map_err(malformed)?;
    let length =
        end.checked_sub(start).ok_or_else(|| malformed("a name is longer than its section"))?;
    if length > MANIFEST_BYTES_MAX {
        let reason = format!("it has {length} bytes, and may have {MANIFEST_BYTES_MAX}");
        return Err(ManifestError::Unreadable(reason));
    }
    let mut json = Vec::new();
    component.take(length).read_to_end(&mut json).map_err(malformed)?;
    Ok(Some(json))
}

fn malformed(reason: impl ToString) -> ManifestError {
    ManifestError::Malformed(reason.to_string())
}

/// Adds the manifest to a component that has none.
pub fn embed_manifest(component: &mut Vec<u8>, manifest: &Manifest) -> serde_json::Result<()> {
    let json = serde_json::to_vec(manifest)?;
    let mut body = Vec::with_capacity(json.len() + SECTION.len() + 1);
    write_length(&mut body, SECTION.len());
    body.extend_from_slice(SECTION.as_bytes());
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

/// A length of at most 32 bits.
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

/// LEB128, as every length in a WebAssembly file is written.
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
    fn reads_what_was_embedded() {
        let mut component = EMPTY_COMPONENT.to_vec();
        assert!(matches!(read_manifest(&component), Err(ManifestError::Missing)));
        embed_manifest(&mut component, &manifest()).unwrap();
        assert_eq!(read_manifest(&component).unwrap(), manifest());
        embed_manifest(&mut component, &manifest()).unwrap();
        assert!(matches!(read_manifest(&component), Err(ManifestError::Repeated)));
    }

    /// The whole parser sees the same sections.
    #[test]
    fn whatever_is_damaged_is_read_as_the_parser_reads_it() {
        let mut sound = EMPTY_COMPONENT.to_vec();
        write_section(&mut sound, CUSTOM_SECTION_ID, b"\x04name");
        embed_manifest(&mut sound, &manifest()).unwrap();
        write_section(&mut sound, CUSTOM_SECTION_ID, b"\x05other things");
        let by_parser = |bytes: &[u8]| -> Option<Vec<Vec<u8>>> {
            let mut found = Vec::new();
            for payload in wasmparser::Parser::new(0).parse_all(bytes) {
                if let wasmparser::Payload::CustomSection(section) = payload.ok()?
                    && section.name() == SECTION
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
                let found = sections(&mut Cursor::new(&bytes));
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
