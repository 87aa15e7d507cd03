//! The SDKs as packages: each is installed and used without the repository.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tool::{Place, Ran, repository, target};

/// Makes all packages anew, and returns their folder.
fn make_packages() -> PathBuf {
    let mut xtask = Command::new(target().join("debug/xtask"));
    let made = xtask.arg("dist").current_dir(repository()).env("CARGO_TARGET_DIR", target());
    Ran::from_command(made).exits_with(0);
    target().join("dist")
}

fn bash(place: &Place, dist: &Path, script: &str) -> Ran {
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", script])
        .current_dir(place.path(""))
        .env("DIST", dist)
        .env("TOLLGATE_CACHE", target().join("e2e-cache"));
    Ran::from_command(&mut bash)
}

#[test]
fn packages_are_reproducible_and_usable() {
    let dist = make_packages();
    let first = contents(&dist);
    assert_eq!(contents(&make_packages()), first, "the packages are reproducible");
    let place = Place::new();
    python(&place, &dist);
    javascript(&place, &dist);
    go(&place, &dist);
    c(&place, &dist);
}

/// Returns the content of every file below a folder.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

fn python(place: &Place, dist: &Path) {
    place.write(
        "judge.py",
        "from tollgate import Finding, Report, Span\n\
         print(Report.of([Finding.error('a', 'b', at=Span(0, 1))]).outcome.name)\n",
    );
    let script = "python3 -m venv venv
        venv/bin/python -m pip --quiet install --no-index $DIST/*.whl
        venv/bin/python judge.py";
    bash(place, dist, script).exits_with_snapshot(0);
}

fn javascript(place: &Place, dist: &Path) {
    place.write("js/package.json", r#"{"private": true, "type": "module"}"#);
    place.write(
        "js/judge.js",
        "import { error, report } from 'tollgate-sdk';\n\
         console.log(report([error('a', 'b')]).outcome);\n",
    );
    let script = "cd js; npm install --silent --offline $DIST/*.tgz
        node judge.js; ls node_modules/tollgate-sdk/src/index.d.ts";
    bash(place, dist, script).exits_with_snapshot(0);
}

/// Uses the Go that `tollgate build` fetches, and a folder as module proxy.
fn go(place: &Place, dist: &Path) {
    place.run(&["new", "any", "--lang", "go"]).exits_with(0);
    place.run(&["build", "any"]).exits_with(0);
    place.write("go/go.mod", "module judge\n\ngo 1.27\n\nrequire tollgate.dev/sdk v0.1.0\n");
    place.write(
        "go/main.go",
        "package main\n\nimport tollgate \"tollgate.dev/sdk\"\n\nfunc main() {\n\
         \tvar report tollgate.Report\n\treport.Add(tollgate.Error(\"a\", \"b\"))\n\
         \tprintln(report.Outcome == tollgate.Fail)\n}\n",
    );
    let script = "cd go
        export GOROOT=$(echo $TOLLGATE_CACHE/tools/go-*/packages/go) GOTOOLCHAIN=local
        export GOPROXY=file://$DIST/go GONOSUMDB=* GONOSUMCHECK=1 GOFLAGS=-mod=mod
        export GOMODCACHE=$PWD/modules GOCACHE=$TOLLGATE_CACHE/tools/go-cache
        $GOROOT/bin/go run . 2>&1; $GOROOT/bin/go clean -modcache";
    bash(place, dist, script).exits_with_snapshot(0);
}

fn c(place: &Place, dist: &Path) {
    place.write(
        "c/main.c",
        "#include <stdio.h>\n#include <tollgate.h>\n\
         int main(void) { puts(TG_SDK_VERSION); return !tg_equal(tg(\"a\"), tg(\"a\")); }\n",
    );
    let script = "cd c; python3 -m zipfile -e $DIST/tollgate-sdk-c-*.zip .
        cc -std=c11 -Wall -Werror -I tollgate-sdk-c-0.1.0 -o judge main.c tollgate-sdk-c-0.1.0/tollgate.c -lm
        ./judge";
    bash(place, dist, script).exits_with_snapshot(0);
}
