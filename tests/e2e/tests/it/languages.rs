//! The same contract in every language: made, built, tested and judged from an empty
//! folder, with the same answers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::tool::{Place, Ran, repository, target};

/// A language, its own way to run unit tests, and the file that holds the rules.
pub struct Language {
    name: &'static str,
    unit_tests: &'static str,
    source: &'static str,
    /// Whether its tools make the same bytes twice.
    same_bytes: bool,
}

pub const RUST: Language = Language {
    name: "rust",
    unit_tests: "cargo test --quiet",
    source: "src/lib.rs",
    same_bytes: true,
};
const PYTHON: Language = Language {
    name: "python",
    unit_tests: "python3 -m unittest",
    source: "src/contract.py",
    same_bytes: false,
};
/// Go itself is what `tollgate build` fetched.
const GO: Language = Language {
    name: "go",
    unit_tests: "export GOTOOLCHAIN=local GOROOT=$(echo $TOLLGATE_CACHE/tools/go-*/packages/go)
        $GOROOT/bin/go test ./...",
    source: "contract.go",
    same_bytes: true,
};
const C: Language =
    Language { name: "c", unit_tests: "make test", source: "src/contract.c", same_bytes: true };

/// All but Rust, which they are held against.
pub const OTHERS: [Language; 5] = [PYTHON, GO, C, JAVASCRIPT, TYPESCRIPT];
const JAVASCRIPT: Language = Language {
    name: "javascript",
    unit_tests: "npm install --prefer-offline --loglevel=error && npm test",
    source: "src/contract.js",
    same_bytes: true,
};
const TYPESCRIPT: Language =
    Language { name: "typescript", source: "src/contract.ts", ..JAVASCRIPT };
/// The compiler of TypeScript, as `tollgate build` fetched it.
const TYPES_OF_THE_SDK: Language = Language {
    unit_tests: "$TOLLGATE_CACHE/tools/esbuild-*/node_modules/@typescript/*/lib/tsc -p test/types",
    ..JAVASCRIPT
};

/// From nothing to verdicts, in the language's own way.
fn from_nothing_to_verdicts(language: &Language) {
    let place = Place::new();
    let new = ["new", "acme/shouting", "--lang", language.name];
    place.run(&new).exits_with_snapshot(0);
    place.run(&["build", "shouting"]).exits_with_snapshot(0);
    let component = place.path("shouting/dist/shouting-0.1.0.wasm");
    let first = fs::read(&component).unwrap();
    fs::remove_file(&component).unwrap();
    place.run(&["build", "shouting"]).exits_with(0);
    let same = fs::read(&component).unwrap() == first;
    assert!(same || !language.same_bytes, "built twice, it is the same");

    unit_tests(language, &place.path("shouting"));
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
    assert_eq!(spans, expected.iter().collect::<Vec<_>>(), "bytes, whatever the language counts");
    let unknown = ["judge", "shouting", "--config", r#"{"max": 1, "min": 0}"#, "-"];
    place.run_with(&unknown, b"").exits_with_snapshot(2);
    let source =
        fs::OpenOptions::new().append(true).open(place.path("shouting").join(language.source));
    source.unwrap().set_modified(SystemTime::now() + Duration::from_secs(2)).unwrap();
    place.run(&["test", "shouting"]).exits_with_snapshot(0);
}

/// The contracts of the examples. All languages share the vectors that they are tested with.
const EXAMPLES: [&str; 2] = ["claims", "draft"];

fn the_shared_vectors(language: &Language) {
    for example in EXAMPLES {
        let place = Place::new();
        let folder = an_example(&place, example, language);
        copy(&repository().join("tests/vectors").join(example), &folder.join("cases"));
        place.run(&["build", example]).exits_with_snapshot(0);
        place.run(&["test", example]).exits_with_snapshot(0);
        unit_tests(language, &folder);
    }
}

/// A copy of an example, which finds its SDK where it did.
pub fn an_example(place: &Place, example: &str, language: &Language) -> PathBuf {
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

/// What does not compile is shown in the author's own file and line.
fn an_error_in_the_source(language: &Language, wrong: &str) {
    let place = Place::new();
    place.run(&["new", "broken", "--lang", language.name]).exits_with(0);
    place.write(&format!("broken/{}", language.source), wrong);
    place.run(&["build", "broken"]).exits_with_snapshot(2);
}

#[test]
fn rust() {
    from_nothing_to_verdicts(&RUST);
    the_shared_vectors(&RUST);
    an_error_in_the_source(&RUST, "fn f() -> u8 {\n    nothing\n}\n");
}

/// The SDK's own tests.
fn the_sdk(language: &Language) {
    let place = Place::new();
    copy(&repository().join("sdk").join(language.name), &place.path("sdk"));
    unit_tests(language, &place.path("sdk"));
}

/// Without any WebAssembly.
fn unit_tests(language: &Language, folder: &Path) {
    let output = Command::new("bash")
        .args(["-c", language.unit_tests])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target().join("e2e"))
        .env("TOLLGATE_CACHE", target().join("e2e-cache"))
        .output();
    Ran::of(output.unwrap()).exits_with(0);
}

#[test]
fn c() {
    the_sdk(&C);
    from_nothing_to_verdicts(&C);
    the_shared_vectors(&C);
    let wrong = "#include <tollgate.h>\n\nint x = nothing;\n";
    an_error_in_the_source(&C, wrong);
}

/// What reads a C header can be a contract: one in Zig, beside the Makefile of C.
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
    the_sdk(&PYTHON);
    from_nothing_to_verdicts(&PYTHON);
    the_shared_vectors(&PYTHON);
    let wrong = "from tollgate import contract\n\nx = nothing\n";
    an_error_in_the_source(&PYTHON, wrong);
}

/// An exception is a failure with its message and where it came from.
#[test]
fn python_that_crashes() {
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
    from_nothing_to_verdicts(&JAVASCRIPT);
    the_sdk(&JAVASCRIPT);
    the_shared_vectors(&JAVASCRIPT);
    let wrong = "import { contract } from 'tollgate-sdk';\n\nlet x = ;\n";
    an_error_in_the_source(&JAVASCRIPT, wrong);
}

#[test]
fn typescript() {
    from_nothing_to_verdicts(&TYPESCRIPT);
    the_sdk(&TYPES_OF_THE_SDK);
    the_shared_vectors(&TYPESCRIPT);
    let wrong = "import { contract } from 'tollgate-sdk';\n\nlet x: number = 'one';\n";
    an_error_in_the_source(&TYPESCRIPT, wrong);
}

#[test]
fn go() {
    from_nothing_to_verdicts(&GO);
    the_sdk(&GO);
    the_shared_vectors(&GO);
    let wrong = "package main\n\nvar x int = nothing\n";
    an_error_in_the_source(&GO, wrong);
    let idle = "package main\n\nfunc main() {}\n";
    an_error_in_the_source(&GO, idle);
}

/// A panic is a trap with Go's own words and lines.
#[test]
fn go_that_crashes() {
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

/// A failed assertion leaves its words, its place and the functions that it was in.
#[test]
fn c_that_crashes() {
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

/// WASI is refused by name, though its C library is there.
#[test]
fn c_that_wants_an_operating_system() {
    let place = Place::new();
    place.run(&["new", "nosy", "--lang", "c"]).exits_with(0);
    let code = fs::read_to_string(place.path("nosy/src/contract.c")).unwrap();
    let asks = "#include <stdio.h>\n#include <tollgate.h>";
    let code = code.replace("#include <tollgate.h>", asks);
    let code =
        code.replace("size_t marks = 0;", "size_t marks = 0;\n    fopen(\"/etc/passwd\", \"r\");");
    place.write("nosy/src/contract.c", code);
    place.run(&["build", "nosy"]).exits_with_snapshot(2);
}
