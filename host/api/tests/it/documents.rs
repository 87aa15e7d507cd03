//! Golden files of all documents, and what is generated from them. To write all of these files again:
//! `UPDATE=1 cargo test -p tollgate-api --test it documents`

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::examples;
use crate::golden_file::assert_golden;
use crate::wire_document::WireDocument;

const REGENERATE: &str = "UPDATE=1 cargo test -p tollgate-api --test it documents";
const SCHEMAS_FOLDER: &str = "docs/reference/schemas";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares a document with its expected text, or writes it if `UPDATE` is set.
fn assert_document(path: &str, expected: &str) {
    let file = root().join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, expected).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(found == expected, "{path} is out of date: regenerate it with\n{REGENERATE}");
}

#[test]
fn golden_documents() {
    for document in examples::all() {
        assert_golden(&format!("{}.json", document.name), &document.example);
    }
}

#[test]
fn schemas_are_up_to_date() {
    let documents = examples::all();
    let mut expected = BTreeSet::new();
    for document in &documents {
        let file = format!("{}.json", document.name);
        let text = serde_json::to_string_pretty(&document.schema).unwrap();
        assert_document(&format!("{SCHEMAS_FOLDER}/{file}"), &format!("{text}\n"));
        assert!(expected.insert(file), "two documents are named {}", document.name);
    }
    let found = std::fs::read_dir(root().join(SCHEMAS_FOLDER)).unwrap();
    let found = found.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(found.collect::<BTreeSet<_>>(), expected, "{SCHEMAS_FOLDER} has other files");
}

#[test]
fn examples_match_their_schemas() {
    for document in examples::all() {
        let validator = jsonschema::validator_for(&document.schema).unwrap();
        let example: Value = serde_json::from_str(&document.example).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(&example)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, [""; 0], "{}", document.name);
    }
}

#[test]
fn schemas_require_every_member_of_the_examples_that_is_always_written() {
    for WireDocument { name, schema, example, .. } in examples::all() {
        let validator = jsonschema::validator_for(&schema).unwrap();
        let example: Value = serde_json::from_str(&example).unwrap();
        assert_eq!(example["format"], json!(1), "{name}");
        for (member, value) in [("format", json!(2)), ("format", json!("1"))] {
            let mut other = example.clone();
            other[member] = value;
            assert!(!validator.is_valid(&other), "{name}: {other}");
        }
        for member in schema["required"].as_array().unwrap() {
            let mut other = example.clone();
            other.as_object_mut().unwrap().remove(member.as_str().unwrap()).unwrap();
            assert!(!validator.is_valid(&other), "{name} without {member}");
        }
    }
}

#[test]
fn page_is_up_to_date() {
    let documents = examples::all();
    let mut text = String::from(INTRODUCTION);
    text.push_str("\n| command | document |\n|---|---|\n");
    let mut rows: Vec<_> = documents
        .iter()
        .flat_map(|document| document.commands.iter().map(|command| (*command, document.name)))
        .collect();
    rows.sort_unstable();
    for (command, name) in rows {
        writeln!(text, "| `{command}` | [{name}](#{name}) |").unwrap();
    }
    for document in &documents {
        text.push_str(&section(document));
    }
    text.push_str(OTHER_FORMATS);
    assert_document("docs/reference/json.md", &text);
}

fn section(document: &WireDocument) -> String {
    let WireDocument { name, commands, schema, example } = document;
    let description = schema["description"].as_str().unwrap().replace('\n', " ");
    let commands: Vec<_> = commands.iter().map(|command| format!("`{command}`")).collect();
    format!(
        "\n## {name}\n\n{description} Written by {}; [schema](schemas/{name}.json).\n\n```json\n{example}\n```\n",
        commands.join(", ")
    )
}

const INTRODUCTION: &str = "\
# JSON of the tool

This page and the schemas are generated from the code by the tests of `host/api`, which also check
that they are up to date.

Each document starts with `format`, the version of its type. Under the same version a later version
of the tool may add members, so readers have to ignore members that they do not know. A member that
is renamed, removed or gets another meaning raises the version. Times are RFC 3339 in UTC, digests
are SHA-256, and durations have their unit in the name. Texts in `sentence`, `message`, `error` and
`warnings` are for people and may change at any time; codes do not.

A command that can write any number of results writes one document per line. The examples below are
indented for reading.
";

const OTHER_FORMATS: &str = "
## Other formats

`tollgate check`, `tollgate gate test` and `tollgate test` also write [reports](../check.md) for other tools: JUnit XML,
SARIF 2.1.0 and Markdown. `tollgate log export`, `tollgate log checkpoint`, signatures, receipts and
`tollgate.lock` are [formats of their own](../decisions/0021-formats.md).
";
