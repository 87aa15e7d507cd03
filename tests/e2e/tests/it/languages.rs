//! The same contracts in every language: created, built, tested and run, with the same reports.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::tool::{Place, Ran, repository, target};

/// A language of contracts, and how its template is tested.
pub struct Language {
    name: &'static str,
    /// Shell command that runs the unit tests of a contract or the SDK.
    unit_tests: &'static str,
    /// File of the template that holds the rules.
    source: &'static str,
    is_reproducible: bool,
}

pub const RUST: Language = Language {
    name: "rust",
    unit_tests: "cargo test --quiet",
    source: "src/lib.rs",
    is_reproducible: true,
};
const PYTHON: Language = Language {
    name: "python",
    unit_tests: "python3 -m unittest",
    source: "src/contract.py",
    is_reproducible: false,
};
/// Uses the Go that `tollgate build` fetched.
const GO: Language = Language {
    name: "go",
    unit_tests: "export GOTOOLCHAIN=local GOROOT=$(echo $TOLLGATE_CACHE/tools/go-*/packages/go)
        $GOROOT/bin/go test ./...",
    source: "contract.go",
    is_reproducible: true,
};
const C: Language = Language {
    name: "c",
    unit_tests: "make test",
    source: "src/contract.c",
    is_reproducible: true,
};

/// All languages but Rust, whose reports are the reference.
pub const OTHERS: [Language; 5] = [PYTHON, GO, C, JAVASCRIPT, TYPESCRIPT];
const JAVASCRIPT: Language = Language {
    name: "javascript",
    unit_tests: "npm install --prefer-offline --loglevel=error && npm test",
    source: "src/contract.js",
    is_reproducible: true,
};
const TYPESCRIPT: Language =
    Language { name: "typescript", source: "src/contract.ts", ..JAVASCRIPT };
/// Checks the types of the SDK with the TypeScript compiler that `tollgate build` fetched.
const SDK_TYPES: Language = Language {
    unit_tests: "$TOLLGATE_CACHE/tools/esbuild-*/node_modules/@typescript/*/lib/tsc -p test/types",
    ..JAVASCRIPT
};

/// Creates a contract from the template, builds it, tests it and judges with it.
fn check_template(language: &Language) {
    let place = Place::new();
    let new = ["new", "acme/shouting", "--lang", language.name];
    place.run(&new).exits_with_snapshot(0);
    place.run(&["build", "shouting"]).exits_with_snapshot(0);
    let component = place.path("shouting/dist/shouting-0.1.0.wasm");
    let first = fs::read(&component).unwrap();
    fs::remove_file(&component).unwrap();
    place.run(&["build", "shouting"]).exits_with(0);
    let same = fs::read(&component).unwrap() == first;
    assert!(same || !language.is_reproducible, "builds are reproducible");

    run_unit_tests(language, &place.path("shouting"));
    place.run(&["test", "shouting"]).exits_with_snapshot(0);
    place.run(&["inspect", "shouting"]).exits_with_snapshot(0);
    let config = r#"{"max": 1}"#;
    let judge = ["judge", "shouting", "--json", "--config", config, "-"];
    let report = place.run_with(&judge, "Grüß Gott! Now! é! 👩‍🚀!".as_bytes()).exits_with(1).json();
    let spans =
        report["findings"].as_array().unwrap().iter().map(|finding| &finding["place"]["span"]);
    let spans: Vec<&Value> = spans.collect();
    let expected =
        [(16, 17), (20, 21), (33, 34)].map(|(start, end)| json!({"start": start, "end": end}));
    assert_eq!(spans, expected.iter().collect::<Vec<_>>(), "spans are in bytes, in every language");
    let unknown = ["judge", "shouting", "--config", r#"{"max": 1, "min": 0}"#, "-"];
    place.run_with(&unknown, b"").exits_with_snapshot(2);
    let source =
        fs::OpenOptions::new().append(true).open(place.path("shouting").join(language.source));
    source.unwrap().set_modified(SystemTime::now() + Duration::from_secs(2)).unwrap();
    place.run(&["test", "shouting"]).exits_with_snapshot(0);
}

/// Creates a contract without the example, and builds and tests it as it is.
fn check_bare_template(language: &Language) {
    let place = Place::new();
    place.run(&["new", "acme/plain", "--bare", "--lang", language.name]).exits_with_snapshot(0);
    place.run(&["build", "plain"]).exits_with_snapshot(0);
    let tested = place.run(&["test", "plain"]);
    assert!(tested.exits_with(0).out.ends_with("1 passed, 0 failed\n"), "{tested:#?}");
    place.run_with(&["judge", "plain", "-"], b"Hello").exits_with(0);
    place.run_with(&["judge", "plain", "--config", r#"{"max": 1}"#, "-"], b"Hello").exits_with(2);
    run_unit_tests(language, &place.path("plain"));
}

/// The contracts of the examples. All languages share their test vectors.
const EXAMPLES: [&str; 2] = ["claims", "draft"];

fn check_shared_vectors(language: &Language) {
    for example in EXAMPLES {
        let place = Place::new();
        let folder = copy_example(&place, example, language);
        copy(&repository().join("tests/vectors").join(example), &folder.join("cases"));
        place.run(&["build", example]).exits_with_snapshot(0);
        place.run(&["test", example]).exits_with_snapshot(0);
        run_unit_tests(language, &folder);
    }
}

/// Copies an example, and points its manifests to the SDK of the repository.
pub fn copy_example(place: &Place, example: &str, language: &Language) -> PathBuf {
    let folder = place.path(example);
    let contents = repository().join("examples").join(example).join(language.name).join(".");
    fs::create_dir_all(&folder).unwrap();
    copy(&contents, &folder);
    let sdk = repository().join("sdk");
    let manifests = ["Cargo.toml", "go.mod", "Makefile", "package.json", "tests/__init__.py"];
    for manifest in manifests.map(|it| folder.join(it)) {
        if let Ok(text) = fs::read_to_string(&manifest) {
            fs::write(manifest, text.replace("../../../sdk", sdk.to_str().unwrap())).unwrap();
        }
    }
    folder
}

pub fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-r").arg(from).arg(to).status();
    assert!(copied.unwrap().success());
}

/// Asserts that an error of the compiler is shown with the author's file and line.
fn check_error_message(language: &Language, wrong: &str) {
    let place = Place::new();
    place.run(&["new", "broken", "--lang", language.name]).exits_with(0);
    place.write(&format!("broken/{}", language.source), wrong);
    place.run(&["build", "broken"]).exits_with_snapshot(2);
}

/// Asserts that a build refuses a contract that says that it judges streams, and has no code for that.
fn check_missing_stream(language: &Language) {
    let place = Place::new();
    place.run(&["new", "whole", "--lang", language.name]).exits_with(0);
    let manifest = fs::read_to_string(place.path("whole/contract.toml")).unwrap();
    let streaming = manifest.replace("\n[rules", "\nstream = true\n\n[rules");
    assert_ne!(streaming, manifest, "it has rules");
    place.write("whole/contract.toml", streaming);
    let built = place.run(&["build", "whole"]);
    assert!(built.exits_with(2).err.contains("says `stream = true`, but"), "{built:#?}");
    assert!(!place.path("whole/dist").exists(), "nothing is built");
}

#[test]
fn rust() {
    check_template(&RUST);
    check_bare_template(&RUST);
    check_shared_vectors(&RUST);
    check_missing_stream(&RUST);
    check_error_message(&RUST, "fn f() -> u8 {\n    nothing\n}\n");
}

/// Runs the SDK's own unit tests.
fn check_sdk(language: &Language) {
    let place = Place::new();
    copy(&repository().join("sdk").join(language.name), &place.path("sdk"));
    run_unit_tests(language, &place.path("sdk"));
}

/// Runs unit tests natively, without WebAssembly.
fn run_unit_tests(language: &Language, folder: &Path) {
    let mut bash = Command::new("bash");
    bash.args(["-c", language.unit_tests])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target().join("e2e"))
        .env("TOLLGATE_CACHE", target().join("e2e-cache"));
    Ran::from_command(&mut bash).exits_with(0);
}

#[test]
fn c() {
    check_sdk(&C);
    check_template(&C);
    check_bare_template(&C);
    check_shared_vectors(&C);
    check_missing_stream(&C);
    let wrong = "#include <tollgate.h>\n\nint x = nothing;\n";
    check_error_message(&C, wrong);
}

/// Other languages can use the C header: here Zig, with the Makefile of the C template.
#[test]
fn zig() {
    let place = Place::new();
    place.run(&["new", "shouting", "--lang", "c"]).exits_with(0);
    fs::remove_file(place.path("shouting/src/contract.c")).unwrap();
    place.write("shouting/src/contract.zig", include_str!("contract.zig"));
    place.run(&["build", "shouting"]).exits_with_snapshot(0);
    place.run(&["test", "shouting"]).exits_with_snapshot(0);
    let judge = ["judge", "shouting", "--config", r#"{"max": 0}"#, "-"];
    place.run_with(&judge, "Grüß Gott!".as_bytes()).exits_with_snapshot(1);
    place.run_with(&judge, b"panic").exits_with_snapshot(2);

    place.write("shouting/src/contract.zig", "const x: u8 = nothing;\n");
    place.run(&["build", "shouting"]).exits_with_snapshot(2);
}

#[test]
fn python() {
    check_sdk(&PYTHON);
    check_template(&PYTHON);
    check_bare_template(&PYTHON);
    check_shared_vectors(&PYTHON);
    check_missing_stream(&PYTHON);
    let wrong = "from tollgate import contract\n\nx = nothing\n";
    check_error_message(&PYTHON, wrong);
}

#[test]
fn a_python_exception_is_shown_with_its_traceback() {
    let place = Place::new();
    place.run(&["new", "crash", "--lang", "python"]).exits_with(0);
    let code = fs::read_to_string(place.path("crash/src/contract.py")).unwrap();
    let code = code.replace("text = subject.text()", "text = subject.text()[{}]");
    place.write("crash/src/contract.py", code);
    place.run(&["build", "crash"]).exits_with(0);
    let judge = ["judge", "crash", "--config", r#"{"max": 1}"#, "-"];
    place.run_with(&judge, b"a text").exits_with_snapshot(2);
}

#[test]
fn javascript() {
    check_template(&JAVASCRIPT);
    check_bare_template(&JAVASCRIPT);
    check_sdk(&JAVASCRIPT);
    check_shared_vectors(&JAVASCRIPT);
    check_missing_stream(&JAVASCRIPT);
    let wrong = "import { contract } from 'tollgate-sdk';\n\nlet x = ;\n";
    check_error_message(&JAVASCRIPT, wrong);
}

#[test]
fn typescript() {
    check_template(&TYPESCRIPT);
    check_bare_template(&TYPESCRIPT);
    check_sdk(&SDK_TYPES);
    check_shared_vectors(&TYPESCRIPT);
    check_missing_stream(&TYPESCRIPT);
    let wrong = "import { contract } from 'tollgate-sdk';\n\nlet x: number = 'one';\n";
    check_error_message(&TYPESCRIPT, wrong);
}

#[test]
fn go() {
    check_template(&GO);
    check_bare_template(&GO);
    check_sdk(&GO);
    check_shared_vectors(&GO);
    check_missing_stream(&GO);
    let wrong = "package main\n\nvar x int = nothing\n";
    check_error_message(&GO, wrong);
    let idle = "package main\n\nfunc main() {}\n";
    check_error_message(&GO, idle);
}

#[test]
fn a_go_panic_is_shown_with_its_message_and_lines() {
    let place = Place::new();
    place.run(&["new", "crash", "--lang", "go"]).exits_with(0);
    let code = fs::read_to_string(place.path("crash/contract.go")).unwrap();
    let (head, tail) = code.split_once("func judge(").unwrap();
    let (signature, body) = tail.split_once("{\n").unwrap();
    let panics = "\tvar nothing []int\n\t_ = nothing[len(subject.Context)]\n";
    let code = format!("{head}func judge({signature}{{\n{panics}{body}");
    place.write("crash/contract.go", code);
    place.run(&["build", "crash"]).exits_with(0);
    let judge = ["judge", "crash", "--config", r#"{"max": 1}"#, "-"];
    place.run_with(&judge, b"a text").exits_with_snapshot(2);
}

#[test]
fn a_failed_c_assertion_is_shown_with_its_place() {
    let place = Place::new();
    place.run(&["new", "crash", "--lang", "c"]).exits_with(0);
    let code = fs::read_to_string(place.path("crash/src/contract.c")).unwrap();
    let code = code.replace("#include <tollgate.h>", "#include <assert.h>\n#include <tollgate.h>");
    let code = code.replace("size_t marks = 0;", "size_t marks = 0;\n    assert(text.length < 3);");
    place.write("crash/src/contract.c", code);
    place.run(&["build", "crash"]).exits_with(0);
    let judge = ["judge", "crash", "--config", r#"{"max": 1}"#, "-"];
    place.run_with(&judge, b"long enough").exits_with_snapshot(2);
}

/// The C library of WASI is installed, but contracts may not import WASI.
#[test]
fn rejects_c_that_opens_a_file() {
    let place = Place::new();
    place.run(&["new", "nosy", "--lang", "c"]).exits_with(0);
    let code = fs::read_to_string(place.path("nosy/src/contract.c")).unwrap();
    let includes = "#include <stdio.h>\n#include <tollgate.h>";
    let code = code.replace("#include <tollgate.h>", includes);
    let code =
        code.replace("size_t marks = 0;", "size_t marks = 0;\n    fopen(\"/etc/passwd\", \"r\");");
    place.write("nosy/src/contract.c", code);
    place.run(&["build", "nosy"]).exits_with_snapshot(2);
}
