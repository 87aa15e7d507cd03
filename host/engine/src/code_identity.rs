//! Strips a component down to its code, which is the same for every script of an interpreter.
//!
//! The compiled functions of a component are kept under the digest of what is left here, and compiled
//! from nothing else, so components with the same code can share them. What is removed changes no
//! function: contents of memories, values of mutable variables, names, and the manifest.

use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder};
use wasm_encoder::{
    ConstExpr, DataCountSection, DataSection, GlobalSection, Ieee32, Ieee64, MemorySection, Section,
};
use wasmparser::{DataKind, DataSectionReader, Global, MemoryType, Parser, Payload, ValType};

use crate::manifest_section::write_section;
use crate::sections::rewrite_sections;

/// Pages that a 32-bit memory has at most.
const PAGES_MAX: u64 = 65_536;

/// Returns the component without its state.
pub(crate) fn strip_state(component: &[u8]) -> Result<Vec<u8>, Error> {
    rewrite_sections(component, |payload, stripped| match payload {
        Payload::CustomSection(_) => Ok(true),
        Payload::ModuleSection { unchecked_range, .. } => {
            let module = component.get(unchecked_range.clone()).unwrap_or_default();
            let id = wasm_encoder::ComponentSectionId::CoreModule as u8;
            write_section(stripped, id, &strip_module(module)?);
            Ok(true)
        }
        _ => Ok(false),
    })
}

fn strip_module(module: &[u8]) -> Result<Vec<u8>, Error> {
    let segments = count_segments_of_code(module)?;
    rewrite_sections(module, |payload, stripped| {
        match payload {
            Payload::CustomSection(_) => {}
            Payload::MemorySection(memories) => {
                let mut section = MemorySection::new();
                for memory in memories.clone() {
                    section.memory(RoundtripReencoder.memory_type(round_memory(memory?))?);
                }
                section.append_to(stripped);
            }
            Payload::GlobalSection(globals) => {
                let mut section = GlobalSection::new();
                for global in globals.clone() {
                    strip_global(&mut section, global?)?;
                }
                section.append_to(stripped);
            }
            Payload::DataCountSection { .. } => {
                DataCountSection { count: segments }.append_to(stripped);
            }
            Payload::DataSection(_) => {
                let mut section = DataSection::new();
                for _ in 0..segments {
                    section.passive([]);
                }
                section.append_to(stripped);
            }
            _ => return Ok(false),
        }
        Ok(true)
    })
}

/// Counts the data segments up to the last passive one. Code refers to these by their number. The active
/// ones behind them are the contents of memories, and there are as many as an interpreter's script made.
fn count_segments_of_code(module: &[u8]) -> Result<u32, Error> {
    let mut count = 0;
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::DataSection(segments) = payload? {
            count = last_passive_segment(segments)?;
        }
    }
    Ok(count)
}

fn last_passive_segment(segments: DataSectionReader<'_>) -> Result<u32, Error> {
    let mut count = 0;
    for (number, segment) in (1..).zip(segments) {
        if matches!(segment?.kind, DataKind::Passive) {
            count = number;
        }
    }
    Ok(count)
}

/// Rounds the size of a memory up to a power of two, because scripts need different amounts. The compiler
/// leaves out checks of addresses below that size; those that are in the code are below either.
fn round_memory(memory: MemoryType) -> MemoryType {
    let pages_max = memory.maximum.unwrap_or(PAGES_MAX).min(PAGES_MAX);
    let rounded = memory.initial.checked_next_power_of_two().unwrap_or(PAGES_MAX);
    MemoryType { initial: rounded.min(pages_max).max(memory.initial), ..memory }
}

fn strip_global(section: &mut GlobalSection, global: Global<'_>) -> Result<(), Error> {
    let zero = match global.ty.content_type {
        ValType::I32 => ConstExpr::i32_const(0),
        ValType::I64 => ConstExpr::i64_const(0),
        ValType::F32 => ConstExpr::f32_const(Ieee32::new(0)),
        ValType::F64 => ConstExpr::f64_const(Ieee64::new(0)),
        _ => return RoundtripReencoder.parse_global(section, global),
    };
    // The compiler writes the value of an immutable one into the code.
    if global.ty.mutable {
        section.global(RoundtripReencoder.global_type(global.ty)?, &zero);
        Ok(())
    } else {
        RoundtripReencoder.parse_global(section, global)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a component whose state is given by these values, stripped.
    fn stripped(pages: u64, counter: i32, base: i32, constant: i32, data: &str) -> Vec<u8> {
        let component = format!(
            r#"(component
                (@custom "tollgate:manifest" "{data}")
                (core module
                    (@custom "note" "{counter}")
                    (import "env" "base" (global $imported i32))
                    (memory {pages})
                    (global (mut i32) (i32.const {counter}))
                    (global i32 (i32.const {constant}))
                    (global (mut f64) (f64.const {counter}))
                    (global (mut i32) (global.get $imported))
                    (data $active (i32.const {base}) "{data}")
                    (data $passive "{data}")
                    (data (i32.const {base}) "{data}")
                    (func (export "f") (memory.init $passive (i32.const 0) (i32.const 0) (i32.const 1))
                        (data.drop $active))))"#
        );
        let component = wat::parse_str(component).unwrap();
        let stripped = strip_state(&component).unwrap();
        wasmparser::validate(&stripped).unwrap();
        assert!(stripped.len() < component.len());
        stripped
    }

    #[test]
    fn components_that_differ_in_state_have_the_same_code() {
        let one = stripped(3, 1, 8, 5, "some data");
        assert_eq!(one, stripped(4, 2, 16, 5, "longer data"));
        assert_ne!(one, stripped(5, 1, 8, 5, "some data"), "it may outgrow the memory");
        assert_ne!(one, stripped(3, 1, 8, 6, "some data"), "an immutable value is in the code");
    }

    #[test]
    fn memories_stay_below_their_maximum() {
        for (pages, maximum, expected) in [(3, Some(3), 3), (3, Some(9), 4), (0, None, 1)] {
            let memory = MemoryType {
                memory64: false,
                shared: false,
                initial: pages,
                maximum,
                page_size_log2: None,
            };
            assert_eq!(round_memory(memory).initial, expected);
        }
    }

    #[test]
    fn damaged_components_are_errors() {
        let component = wat::parse_str("(component (core module (memory 1)))").unwrap();
        assert!(strip_state(&component[..component.len() - 1]).is_err());
    }
}
