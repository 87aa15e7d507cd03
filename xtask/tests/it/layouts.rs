//! The layout files of the SDKs: generated from the WIT, committed, and compared here. In C, the compiler
//! asserts that the structs match them; in Go, values are written at their offsets.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::boundary::{Boundary, WIT_VERSION, repository_root};

const REGENERATE: &str = "UPDATE=1 cargo test -p xtask --test it layout";

/// Layout file of an SDK, and the sources that have to use all of it.
struct LayoutFile {
    path: &'static str,
    render: fn(&Boundary) -> String,
    sources: &'static str,
}

const C: LayoutFile = LayoutFile {
    path: "sdk/c/src/layout.h",
    render: |of| render_c(of, false),
    sources: "sdk/c/src",
};
const JAVASCRIPT: LayoutFile = LayoutFile {
    path: "sdk/javascript/runtime/layout.h",
    render: |of| render_c(of, true),
    sources: "sdk/javascript/runtime",
};
const GO: LayoutFile =
    LayoutFile { path: "sdk/go/internal/wire/layout.go", render: render_go, sources: "sdk/go" };

/// Renders the layout for C. Only the JavaScript runtime needs the names of cases: its values are texts.
fn render_c(boundary: &Boundary, with_names: bool) -> String {
    let mut text = format!(
        "/* Generated from wit/{WIT_VERSION} by `{REGENERATE}`; do not edit.\n \
         * Sizes and offsets in bytes, and the numbers of cases, under the canonical ABI. */\n\
         #ifndef WIT_LAYOUT_H\n#define WIT_LAYOUT_H\n\n#include <stddef.h>\n\n\
         #define ASSERT_SIZE(type, name)                                                    \\\n    \
         _Static_assert(sizeof(type) == name##_SIZE && _Alignof(type) == name##_ALIGN,  \\\n                   \
         \"size of `\" #type \"` in the WIT\")\n\
         #define ASSERT_FIELD(type, field, offset)                                          \\\n    \
         _Static_assert(offsetof(type, field) == offset, \"`\" #type \".\" #field \"` in the WIT\")\n"
    );
    for (table, constants) in &boundary.tables {
        let constants = constants.iter().map(|(name, value)| (format!("{table}-{name}"), *value));
        write_c_enum(&mut text, constants);
    }
    for (of, cases) in &boundary.cases {
        write_c_enum(&mut text, (0..).zip(cases).map(|(n, case)| (format!("{of}-{case}"), n)));
        if with_names {
            let names: Vec<_> = cases.iter().map(|case| format!("\"{case}\"")).collect();
            writeln!(text, "#define {}_NAMES {}", c_name(of), names.join(", ")).unwrap();
        }
    }
    text + "\n#endif\n"
}

fn write_c_enum(text: &mut String, constants: impl Iterator<Item = (String, usize)>) {
    text.push_str("\nenum {\n");
    for (name, value) in constants {
        writeln!(text, "    {} = {value},", c_name(&name)).unwrap();
    }
    text.push_str("};\n");
}

fn c_name(name: &str) -> String {
    format!("WIT_{}", name.replace('-', "_").to_uppercase())
}

/// Renders the layout for Go. Alignments are left out: Go aligns every allocation of these sizes.
fn render_go(boundary: &Boundary) -> String {
    let mut text = format!(
        "// Code generated from wit/{WIT_VERSION} by `{REGENERATE}`; DO NOT EDIT.\n\npackage wire\n\n\
         // Sizes and offsets in bytes of values in memory, under the canonical ABI.\nconst (\n"
    );
    let tables = boundary.tables.iter().map(|(table, constants)| {
        let constants = constants.iter().filter(|(name, _)| name != "align");
        constants.map(|(name, value)| (go_name(&format!("{table}-{name}")), *value)).collect()
    });
    write_go_groups(&mut text, tables.collect());
    text.push_str(")\n\n// Numbers of the cases of enums and variants.\nconst (\n");
    let cases = boundary.cases.iter().map(|(of, cases)| {
        (0..).zip(cases).map(|(n, case)| (go_name(&format!("{of}-{case}")), n)).collect()
    });
    write_go_groups(&mut text, cases.collect());
    text + ")\n"
}

/// Writes constants in groups with a blank line between them, aligned as gofmt does.
fn write_go_groups(text: &mut String, groups: Vec<Vec<(String, usize)>>) {
    for (index, group) in groups.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let width = group.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, value) in group {
            writeln!(text, "\t{name:width$} = {value}").unwrap();
        }
    }
}

fn go_name(name: &str) -> String {
    let capitalize = |word: &str| match word {
        "json" => "JSON".into(),
        _ => word[..1].to_uppercase() + &word[1..],
    };
    name.split('-').map(capitalize).collect()
}

/// Reads the sources of a folder and the folders below, except the layout file and what tools created.
fn read_sources(folder: &Path, layout: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_source =
            path.extension().is_some_and(|ext| ["c", "h", "go"].iter().any(|of| ext == *of));
        if path.is_dir() {
            read_sources(&path, layout, text);
        } else if is_source && path != layout {
            text.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

impl LayoutFile {
    fn check(&self) {
        let rendered = (self.render)(&Boundary::read());
        let path = repository_root().join(self.path);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &rendered).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        let difference = committed.lines().zip(rendered.lines()).find(|(one, other)| one != other);
        assert!(
            committed == rendered,
            "`{}` differs from the WIT: {difference:?}\nIf the WIT has a new version, run `{REGENERATE}`",
            self.path
        );
    }

    /// Returns the constants that no source uses.
    fn unused<'n>(&self, names: &'n [String]) -> Vec<&'n str> {
        let (root, mut sources) = (repository_root(), String::new());
        read_sources(&root.join(self.sources), &root.join(self.path), &mut sources);
        let words: Vec<_> = sources.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        // `ASSERT_SIZE` gets the name of the table alone.
        let table = |name: &str| {
            name.strip_suffix("_SIZE").or(name.strip_suffix("_ALIGN")).map(str::to_owned)
        };
        let is_used = |name: &str| {
            words.contains(&name)
                || table(name).is_some_and(|table| words.contains(&table.as_str()))
        };
        names.iter().map(String::as_str).filter(|name| !is_used(name)).collect()
    }
}

/// Returns the names of all offsets and sizes of the WIT.
fn offset_names() -> Vec<String> {
    let tables = Boundary::read().tables.into_iter();
    tables
        .flat_map(|(table, of)| of.into_iter().map(move |(name, _)| format!("{table}-{name}")))
        .collect()
}

/// Returns the names of all cases of the WIT.
fn case_names() -> Vec<String> {
    let cases = Boundary::read().cases.into_iter();
    cases
        .flat_map(|(of, cases)| cases.into_iter().map(move |case| format!("{of}-{case}")))
        .collect()
}

#[test]
fn layout_files_match_the_wit() {
    [C, JAVASCRIPT, GO].iter().for_each(LayoutFile::check);
}

#[test]
fn c_asserts_the_whole_layout() {
    let names: Vec<_> =
        offset_names().iter().chain(&case_names()).map(|name| c_name(name)).collect();
    assert!(names.len() > 50, "{names:?}");
    assert_eq!(C.unused(&names), [""; 0]);
}

#[test]
fn javascript_asserts_the_whole_layout() {
    let cases = Boundary::read().cases.into_keys().map(|of| format!("{}_NAMES", c_name(&of)));
    let names: Vec<_> = offset_names().iter().map(|name| c_name(name)).chain(cases).collect();
    assert_eq!(JAVASCRIPT.unused(&names), [""; 0]);
}

#[test]
fn go_uses_the_whole_layout() {
    let offsets = offset_names().into_iter().filter(|name| !name.ends_with("-align"));
    let names: Vec<_> = offsets.chain(case_names()).map(|name| go_name(&name)).collect();
    assert_eq!(GO.unused(&names), [""; 0]);
    let mut sources = String::new();
    read_sources(&repository_root().join("sdk/go"), Path::new(""), &mut sources);
    for write in [
        ".Byte(",
        ".Word(",
        ".Float(",
        ".String(",
        ".List(",
        ".ReadWord(",
        ".ReadString(",
        "answer[",
    ] {
        let mut after = sources.split(write).skip(1);
        let literal = after.find(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let line = literal.and_then(|rest| rest.lines().next());
        assert_eq!(line, None, "an offset as a number after `{write}`");
    }
}
