//! Changes to core modules that the linkers of some languages cannot make.

use wasmparser::{BinaryReaderError, Parser, Payload, TypeRef};

use crate::manifest_section::{write_length, write_section};

/// Prefix of the names of DWARF's custom sections.
const DWARF_PREFIX: &str = ".debug_";
const HEADER_BYTES: usize = 8;
/// Type of an immutable `i32` global, and the `i32.const` that starts its initialiser.
const IMMUTABLE_I32: [u8; 3] = [0x7f, 0x00, 0x41];
const END_OPCODE: u8 = 0x0b;
const GLOBAL_EXPORT_KIND: u8 = 0x03;

/// Removes DWARF sections from a module. Function names stay, because trap messages show them.
pub fn strip_debug_info(module: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
    let mut stripped = module.get(..HEADER_BYTES).unwrap_or(module).to_vec();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        let is_debug_info = matches!(
            &payload, Payload::CustomSection(section) if section.name().starts_with(DWARF_PREFIX)
        );
        if let Some((id, range)) = payload.as_section()
            && !is_debug_info
        {
            write_section(&mut stripped, id, module.get(range).unwrap_or_default());
        }
    }
    Ok(stripped)
}

/// Adds an exported global that holds `address` to a module.
pub fn export_address(
    module: &[u8],
    name: &str,
    address: u32,
) -> Result<Vec<u8>, BinaryReaderError> {
    let mut changed = module.get(..HEADER_BYTES).unwrap_or(module).to_vec();
    let mut globals = 0;
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        let Some((id, range)) = payload.as_section() else { continue };
        let body = module.get(range).unwrap_or_default();
        match payload {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    globals += u32::from(matches!(import?.ty, TypeRef::Global(_)));
                }
                write_section(&mut changed, id, body);
            }
            Payload::GlobalSection(reader) => {
                let mut global = IMMUTABLE_I32.to_vec();
                write_signed_leb128(&mut global, address as i32);
                global.push(END_OPCODE);
                globals += reader.count();
                write_section(&mut changed, id, &append_item(body, reader.count(), &global));
            }
            Payload::ExportSection(reader) => {
                let mut export = Vec::new();
                write_length(&mut export, name.len());
                export.extend_from_slice(name.as_bytes());
                export.push(GLOBAL_EXPORT_KIND);
                write_length(&mut export, globals as usize);
                write_section(&mut changed, id, &append_item(body, reader.count(), &export));
            }
            _ => write_section(&mut changed, id, body),
        }
    }
    Ok(changed)
}

/// Appends an item to a section, which is a count followed by the items.
fn append_item(section: &[u8], count: u32, item: &[u8]) -> Vec<u8> {
    let mut written = Vec::new();
    write_length(&mut written, count as usize);
    let items = section.get(written.len()..).unwrap_or_default();
    let mut section = Vec::new();
    write_length(&mut section, count as usize + 1);
    section.extend_from_slice(items);
    section.extend_from_slice(item);
    section
}

/// Writes signed LEB128.
fn write_signed_leb128(bytes: &mut Vec<u8>, mut value: i32) {
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 && low & 0x40 == 0 || value == -1 && low & 0x40 != 0 {
            return bytes.push(low);
        }
        bytes.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_dwarf_and_keeps_names() {
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

    #[test]
    fn exports_an_address() {
        let text = r#"(module
            (import "env" "g" (global i32))
            (global i64 (i64.const 1))
            (func (export "f") nop))"#;
        let module = wat::parse_str(text).unwrap();
        for address in [0, 63, 64, 4096, 0x7fff_ffff, 0x8000_0000] {
            let changed = export_address(&module, "here", address).unwrap();
            wasmparser::validate(&changed).unwrap();
            let globals = Parser::new(0).parse_all(&changed).find_map(|payload| match payload {
                Ok(Payload::GlobalSection(globals)) => Some(globals),
                _ => None,
            });
            let global = globals.unwrap().into_iter().last().unwrap().unwrap();
            let first = global.init_expr.get_operators_reader().read().unwrap();
            let wasmparser::Operator::I32Const { value } = first else { panic!("{first:?}") };
            assert_eq!(value as u32, address);
            let exports = Parser::new(0).parse_all(&changed).find_map(|payload| match payload {
                Ok(Payload::ExportSection(exports)) => Some(exports),
                _ => None,
            });
            let export = exports.unwrap().into_iter().last().unwrap().unwrap();
            assert_eq!((export.name, export.index), ("here", 2));
        }
    }
}
