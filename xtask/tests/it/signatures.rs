//! Compares the functions that the SDKs export and import by hand with the core signatures of the WIT.

use std::fs;

use crate::boundary::{Boundary, CoreFunction, CoreType, WIT_VERSION, repository_root};

/// Reads the sources of an SDK as one text.
fn read(files: &[&str]) -> String {
    let root = repository_root();
    let texts = files.iter().map(|file| fs::read_to_string(root.join(file)).unwrap());
    // A macro that goes on in the next line is read as one line.
    texts.collect::<String>().replace("\\\n", " ")
}

/// Returns what follows a marker that occurs once.
fn after<'s>(source: &'s str, marker: &str) -> &'s str {
    let mut found = source.split(marker).skip(1);
    let rest = found.next().unwrap_or_else(|| panic!("`{marker}` does not occur"));
    assert!(found.next().is_none(), "`{marker}` occurs twice");
    rest
}

/// Splits a declaration into what stands before, in and after its parameter list.
fn split_declaration(text: &str) -> (&str, &str, &str) {
    let (before, rest) = text.split_once('(').unwrap();
    let (params, after) = rest.split_once(')').unwrap();
    (before, params, after)
}

fn c_type(declared: &str) -> Option<CoreType> {
    let is_word = |word: &str| declared.split_whitespace().any(|part| part == word);
    match () {
        () if declared.contains('*') => Some(CoreType::I32),
        () if is_word("uint32_t") || is_word("size_t") => Some(CoreType::I32),
        () if is_word("uint64_t") => Some(CoreType::I64),
        () if is_word("double") => Some(CoreType::F64),
        () if is_word("void") => None,
        () => panic!("`{declared}` has an unknown type"),
    }
}

/// Reads the signature of a C function. Its parameter list may be a macro.
fn c_signature(source: &str, marker: &str) -> (Vec<CoreType>, Vec<CoreType>) {
    let (declared, params, _) = split_declaration(after(source, marker));
    let is_macro = params.chars().all(|c| c.is_ascii_uppercase());
    let params = match is_macro {
        true => after(source, &format!("#define {params} ")).lines().next().unwrap(),
        false => params,
    };
    (params.split(',').filter_map(c_type).collect(), c_type(declared).into_iter().collect())
}

/// Reads the signature of a Go function, in which parameters may share a type: `a, b uint32`.
fn go_signature(source: &str, marker: &str) -> (Vec<CoreType>, Vec<CoreType>) {
    let (_, params, rest) = split_declaration(after(source, marker));
    let mut types = Vec::new();
    for param in params.split(',').rev().map(str::trim).filter(|param| !param.is_empty()) {
        let own = param.split_once(char::is_whitespace).map(|(_, ty)| go_type(ty.trim()));
        // A parameter without a name has only a type, and one without a type that of the next.
        let ty = own.or(types.last().copied()).unwrap_or_else(|| go_type(param));
        types.push(ty);
    }
    types.reverse();
    let result = rest.lines().next().unwrap().split('{').next().unwrap().trim();
    let result = Some(result).filter(|result| !result.is_empty());
    (types, result.map(go_type).into_iter().collect())
}

fn go_type(name: &str) -> CoreType {
    match name {
        "uint32" | "unsafe.Pointer" => CoreType::I32,
        "uint64" => CoreType::I64,
        "float64" => CoreType::F64,
        other => panic!("`{other}` is an unknown type"),
    }
}

/// Fails for the first function whose signature in an SDK is not that of the WIT.
fn check(read_signature: impl Fn(&CoreFunction) -> (Vec<CoreType>, Vec<CoreType>)) {
    let functions = Boundary::read().functions;
    assert!(functions.len() >= 10);
    for function in functions {
        let (params, results) = read_signature(&function);
        let name = format!("{}#{}", function.interface, function.name);
        assert_eq!(params, function.params, "parameters of `{name}`");
        assert_eq!(results, function.results, "result of `{name}`");
    }
}

fn c_import(function: &CoreFunction) -> String {
    format!("IMPORT(\"{}\", \"{}\")\n", function.interface, function.name)
}

#[test]
fn c_functions_have_the_signatures_of_the_wit() {
    let source = read(&["sdk/c/src/boundary.c", "sdk/c/src/stream.c", "sdk/c/src/host.c"]);
    check(|function| {
        let interface = function.interface.replace('-', "_").to_uppercase();
        let marker = match function.is_import {
            true => c_import(function),
            false => format!("\nEXPORT({interface} \"{}\")\n", function.name),
        };
        c_signature(&source, &marker)
    });
}

#[test]
fn javascript_functions_have_the_signatures_of_the_wit() {
    let source = read(&["sdk/javascript/runtime/contract.c", "sdk/javascript/runtime/modules.c"]);
    check(|function| {
        let (interface, name) = (&function.interface, &function.name);
        let marker = match function.is_import {
            true => c_import(function),
            false => format!("\nEXPORT(\"{interface}@{WIT_VERSION}#{name}\")\n"),
        };
        c_signature(&source, &marker)
    });
}

#[test]
fn go_functions_have_the_signatures_of_the_wit() {
    let files = ["boundary_wasm.go", "stream_wasm.go", "host/calls_wasm.go"];
    let files = files.map(|file| format!("sdk/go/{file}"));
    let source = read(&files.each_ref().map(String::as_str));
    check(|function| {
        let (interface, name) = (&function.interface, &function.name);
        let marker = match function.is_import {
            true => format!("//go:wasmimport tollgate:host/{interface}@{WIT_VERSION} {name}\n"),
            false => {
                format!("//go:wasmexport tollgate:contract/{interface}@{WIT_VERSION}#{name}\n")
            }
        };
        go_signature(&source, &marker)
    });
}
