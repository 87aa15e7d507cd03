//! The manifest inside a component: a custom section that holds its JSON.

use tollgate_model::Manifest;
use wasmparser::{Parser, Payload};

/// The name of the section. It stands at the top level of the component.
const SECTION: &str = "tollgate:manifest";
const CUSTOM_SECTION_ID: u8 = 0;
/// A manifest is rules, a schema and a few cases; more is a mistake or an attack.
const MANIFEST_BYTES_MAX: usize = 4 << 20;

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
    let mut found = Vec::new();
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(component) {
        match payload.map_err(|error| ManifestError::Malformed(error.to_string()))? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section) if depth == 0 && section.name() == SECTION => {
                found.push(section.data());
            }
            _ => {}
        }
    }
    let json = match found.as_slice() {
        [] => return Err(ManifestError::Missing),
        [json] => *json,
        _ => return Err(ManifestError::Repeated),
    };
    if json.len() > MANIFEST_BYTES_MAX {
        let reason = format!("it has {} bytes, and may have {MANIFEST_BYTES_MAX}", json.len());
        return Err(ManifestError::Unreadable(reason));
    }
    serde_json::from_slice(json).map_err(|error| ManifestError::Unreadable(error.to_string()))
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
}
