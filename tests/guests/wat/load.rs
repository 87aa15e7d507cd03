//! Assembles the guests written in WebAssembly text, and generates those whose text would be too
//! long or too deeply nested.
//!
//! Tests include this file with `#[path = "…/tests/guests/wat/load.rs"] mod guests;` and need
//! the crate `wat`. The guests have no manifest; tests embed one.

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The line `;; include NAME` in a guest stands for `parts/NAME.wat`.
const INCLUDE: &str = ";; include ";
const COMPONENT_HEADER: &[u8] = b"\0asm\x0d\0\x01\0";
const COMPONENT_SECTION: u8 = 4;

/// Assembles the guest in `NAME.wat`.
pub fn guest(name: &str) -> Vec<u8> {
    assemble(&text(name))
}

/// Returns the names of all guests, sorted.
pub fn names() -> Vec<String> {
    let files = std::fs::read_dir(folder()).unwrap();
    let name = |file: std::fs::DirEntry| {
        let name = file.file_name().into_string().unwrap();
        name.strip_suffix(".wat").map(str::to_owned)
    };
    let mut names: Vec<String> = files.filter_map(|file| name(file.unwrap())).collect();
    names.sort();
    names
}

/// Generates a guest that imports `count` unknown capabilities. With 1,000 or more it is invalid
/// WebAssembly; with fewer, the host has to reject it.
pub fn many_imports(count: usize) -> Vec<u8> {
    minimal_with((0..count).map(|number| {
        format!("(import \"tollgate:host/extra-{number}@0.1.0\" (instance (export \"f\" (func))))")
    }))
}

/// Generates a guest with `count` functions. A module may have up to a million; compiling 900,000
/// took wasmtime 48 28 s.
pub fn many_functions(count: usize) -> Vec<u8> {
    let functions = "(func (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))";
    minimal_with([format!("(core module {})", functions.repeat(count))])
}

/// Generates a guest with one function of `branches` branch tables, each with a hundred targets.
/// With fuel, compiling 600 of them (65 KB) took wasmtime 48 8 s, and 1,000 (108 KB) 20 s. The
/// compiler cannot be interrupted.
pub fn long_function(branches: usize) -> Vec<u8> {
    let labels: String = (0..100).fold(String::new(), |mut labels, label| {
        write!(labels, " {label}").unwrap();
        labels
    });
    let branch = format!("(block (br_table {labels} (local.get 0)))");
    minimal_with([format!(
        "(core module (func (param i32) {} {} {}))",
        "block ".repeat(99),
        branch.repeat(branches),
        "end ".repeat(99),
    )])
}

/// Generates nested empty components, deeper than text may be nested. They are valid at any depth,
/// and the memory of wasmtime 48 grows with the square of it: 2 GB at 10,000 (118 KB), 8 GB at
/// 20,000. Use at most 1,000 in a test that might compile them.
pub fn deep_nesting(depth: usize) -> Vec<u8> {
    (0..depth).fold(COMPONENT_HEADER.to_vec(), |inner, _| {
        let length = leb128(inner.len());
        [COMPONENT_HEADER, &[COMPONENT_SECTION], &length, &inner].concat()
    })
}

/// Assembles a guest whose core module has these fields and a `signature` and `realloc`. The fields
/// are in WebAssembly text, may have `;; include NAME` on lines of their own, and have to export a
/// `memory`, `configure` and `judge`.
pub fn with_core(fields: &str) -> Vec<u8> {
    assemble(&expand(&format!(
        "(component
        ;; include types
        (core module $core
        ;; include signature
        ;; include realloc
        {fields}
        )
        (core instance $guest (instantiate $core))
        ;; include lift
        )"
    )))
}

/// Generates a guest that passes everything and has more fields in the component.
pub fn minimal_and(fields: &str) -> Vec<u8> {
    minimal_with([fields.to_owned()])
}

fn minimal_with(fields: impl IntoIterator<Item = String>) -> Vec<u8> {
    let fields: Vec<String> = fields.into_iter().collect();
    assemble(&text("minimal").replacen(
        "(component",
        &format!("(component {}", fields.join("\n")),
        1,
    ))
}

fn assemble(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))
}

fn text(name: &str) -> String {
    let path = folder().join(name).with_extension("wat");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("`{}`: {error}", path.display()));
    expand(&text)
}

/// Replaces the `;; include` lines.
fn expand(text: &str) -> String {
    let line = |line: &str| match line.trim().strip_prefix(INCLUDE) {
        Some(part) => self::text(&format!("parts/{part}")),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// Searches the folders above the including crate, up to the root of the repository.
fn folder() -> PathBuf {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above.map(|folder| folder.join("tests/guests/wat")).find(|folder| folder.is_dir()).unwrap()
}

fn leb128(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}
