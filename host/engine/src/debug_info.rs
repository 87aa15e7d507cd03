//! A core module without what only a debugger reads. The names of functions stay: they
//! stand in every post mortem.

use wasmparser::{BinaryReaderError, Parser, Payload};

use crate::manifest_section::write_section;

/// How DWARF's custom sections are called.
const PREFIX: &str = ".debug_";
const HEADER_BYTES: usize = 8;

/// The same module without DWARF.
pub fn strip_debug_info(module: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
    let mut stripped = module.get(..HEADER_BYTES).unwrap_or(module).to_vec();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        let is_debug_info = matches!(
            &payload, Payload::CustomSection(section) if section.name().starts_with(PREFIX)
        );
        if let Some((id, range)) = payload.as_section()
            && !is_debug_info
        {
            write_section(&mut stripped, id, module.get(range).unwrap_or_default());
        }
    }
    Ok(stripped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_and_dwarf_goes() {
        let text = r#"(module
            (func $counted (result i32) i32.const 7)
            (export "f" (func $counted))
            (@custom ".debug_info" "where everything comes from")
            (@custom "kept" "something else"))"#;
        let module = wat::parse_str(text).unwrap();
        let stripped = strip_debug_info(&module).unwrap();
        wasmparser::validate(&stripped).unwrap();
        let has = |bytes: &[u8], word: &str| {
            bytes.windows(word.len()).any(|window| window == word.as_bytes())
        };
        assert!(has(&module, "everything") && !has(&stripped, "everything"));
        assert!(has(&stripped, "counted") && has(&stripped, "something else"));
        assert_eq!(strip_debug_info(&stripped).unwrap(), stripped);
        assert!(strip_debug_info(&module[..module.len() - 3]).is_err());
    }
}
