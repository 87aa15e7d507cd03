//! Small changes to a core module that the linker of its language cannot make.

use wasmparser::{BinaryReaderError, Parser, Payload, TypeRef};

use crate::manifest_section::{write_length, write_section};

/// How DWARF's custom sections are called.
const DWARF: &str = ".debug_";
const HEADER_BYTES: usize = 8;
/// An unchanging `i32`, and what its first value is computed with.
const CONSTANT_I32: [u8; 3] = [0x7f, 0x00, 0x41];
const END: u8 = 0x0b;
const GLOBAL: u8 = 0x03;

/// The same module without what only a debugger reads. The names of functions stay: they
/// stand in every post mortem.
pub fn strip_debug_info(module: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
    let mut stripped = module.get(..HEADER_BYTES).unwrap_or(module).to_vec();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        let is_debug_info = matches!(
            &payload, Payload::CustomSection(section) if section.name().starts_with(DWARF)
        );
        if let Some((id, range)) = payload.as_section()
            && !is_debug_info
        {
            write_section(&mut stripped, id, module.get(range).unwrap_or_default());
        }
    }
    Ok(stripped)
}

/// The same module with a global that holds this address, exported by this name.
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
                let mut global = CONSTANT_I32.to_vec();
                write_signed(&mut global, address as i32);
                global.push(END);
                globals += reader.count();
                write_section(&mut changed, id, &with_one_more(body, reader.count(), &global));
            }
            Payload::ExportSection(reader) => {
                let mut export = Vec::new();
                write_length(&mut export, name.len());
                export.extend_from_slice(name.as_bytes());
                export.push(GLOBAL);
                write_length(&mut export, globals as usize);
                write_section(&mut changed, id, &with_one_more(body, reader.count(), &export));
            }
            _ => write_section(&mut changed, id, body),
        }
    }
    Ok(changed)
}

/// A section is a number of items and the items.
fn with_one_more(section: &[u8], count: u32, item: &[u8]) -> Vec<u8> {
    let mut written = Vec::new();
    write_length(&mut written, count as usize);
    let items = section.get(written.len()..).unwrap_or_default();
    let mut section = Vec::new();
    write_length(&mut section, count as usize + 1);
    section.extend_from_slice(items);
    section.extend_from_slice(item);
    section
}

/// LEB128 with a sign.
fn write_signed(bytes: &mut Vec<u8>, mut value: i32) {
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

    #[test]
    fn an_address_is_exported() {
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
