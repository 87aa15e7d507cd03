//! The tool and the SDKs as packages: each is installed and used without the repository.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tool::{Place, Ran, repository, target};

/// Makes all packages anew, and returns their folder.
fn make_packages() -> PathBuf {
    let mut xtask = Command::new(target().join("debug/xtask"));
    let made = xtask
        .args(["dist", "--as-tested"])
        .current_dir(repository())
        .env("CARGO_TARGET_DIR", target());
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

/// Packages of the tool are large, so this is for nightly runs.
#[test]
#[ignore = "packs and installs a binary of 150 MB four times"]
fn packages_of_the_tool_are_usable() {
    let dist = make_packages();
    let place = Place::new();
    checksums(&place, &dist);
    tool_from_archive(&place, &dist);
    tool_from_wheel(&place, &dist);
    tool_from_npm(&place, &dist);
    tool_from_debian(&place, &dist);
}

/// Returns whether a package has the binary of the tool in it, which other tests may build anew meanwhile.
fn is_of_the_tool(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    ["tollgate-cli", "tollgate_cli", "tollgate_0", "tollgate-0", "SHA256SUMS"]
        .iter()
        .any(|start| name.starts_with(start))
}

/// Returns the size and a hash of every file below a folder: a message with the bytes themselves would have gigabytes.
fn contents(folder: &Path) -> BTreeMap<PathBuf, (usize, u64)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else if !is_of_the_tool(&path) {
            let content = fs::read(&path).unwrap();
            let mut hasher = DefaultHasher::new();
            content.hash(&mut hasher);
            found.insert(path, (content.len(), hasher.finish()));
        }
    }
    found
}

fn checksums(place: &Place, dist: &Path) {
    bash(place, dist, "cd $DIST; sha256sum --check --quiet SHA256SUMS").exits_with_snapshot(0);
}

/// Judges with the tool that `$TOLLGATE` names, which has the standard contracts in it.
const JUDGE: &str = "
    $TOLLGATE --version
    echo 'Write to dana@example.com' | $TOLLGATE judge tollgate/pii - --json | grep -o '\"outcome\":\"[a-z]*\"'";

fn tool_from_archive(place: &Place, dist: &Path) {
    let script = "tar -xzf $DIST/tollgate-0.1.0-*.tar.gz
        TOLLGATE=$(echo $PWD/tollgate-0.1.0-*/tollgate)
        ls tollgate-0.1.0-* | head -4; ls tollgate-0.1.0-*/man1 | head -3";
    bash(place, dist, &format!("{script}{JUDGE}")).exits_with_snapshot(0);
}

fn tool_from_wheel(place: &Place, dist: &Path) {
    let script = "python3 -m venv tool
        tool/bin/python -m pip --quiet install --no-index $DIST/tollgate_cli-*.whl
        tool/bin/python -m pip --quiet check
        TOLLGATE=$PWD/tool/bin/tollgate";
    bash(place, dist, &format!("{script}{JUDGE}")).exits_with_snapshot(0);
    // The tag keeps pip from installing a binary that cannot run.
    let script = "other=$PWD/tollgate_cli-0.1.0-py3-none-win_amd64.whl
        cp $DIST/tollgate_cli-*.whl $other
        tool/bin/python -m pip --quiet install --no-index $other 2>&1 | grep -o 'is not a supported wheel on this platform'";
    bash(place, dist, script).exits_with_snapshot(0);
}

fn tool_from_npm(place: &Place, dist: &Path) {
    let script = "mkdir npm; cd npm; echo '{\"private\": true}' > package.json
        npm install --silent --offline $DIST/tollgate-cli-linux-*.tgz $DIST/tollgate-cli-0.1.0.tgz
        TOLLGATE=$PWD/node_modules/.bin/tollgate";
    bash(place, dist, &format!("{script}{JUDGE}")).exits_with_snapshot(0);
    let exit_code = "cd npm; node_modules/.bin/tollgate judge tollgate/nothing - < /dev/null";
    bash(place, dist, exit_code).exits_with_snapshot(2);
    let without_binary = "mkdir bare; cd bare; echo '{\"private\": true}' > package.json
        npm install --silent --offline --omit=optional $DIST/tollgate-cli-0.1.0.tgz
        node_modules/.bin/tollgate --version";
    bash(place, dist, without_binary).exits_with_snapshot(2);
}

/// Unpacks the package, because installing it would change the machine.
fn tool_from_debian(place: &Place, dist: &Path) {
    let script = "dpkg-deb --extract $DIST/tollgate_0.1.0_*.deb debian
        dpkg-deb --field $DIST/tollgate_0.1.0_*.deb Package Version Section
        find debian -type f -name 'tollgate*' -not -path '*/man1/tollgate-*' | sort
        man --warnings --local-file debian/usr/share/man/man1/tollgate.1.gz > page.txt 2>&1 || zcat debian/usr/share/man/man1/tollgate.1.gz > page.txt
        grep -c . page.txt > /dev/null
        TOLLGATE=$PWD/debian/usr/bin/tollgate";
    bash(place, dist, &format!("{script}{JUDGE}")).exits_with_snapshot(0);
}

fn python(place: &Place, dist: &Path) {
    place.write(
        "judge.py",
        "from tollgate import Finding, Report, Span\n\
         print(Report.of([Finding.error('a', 'b', at=Span(0, 1))]).outcome.name)\n",
    );
    let script = "python3 -m venv venv
        venv/bin/python -m pip --quiet install --no-index $DIST/tollgate_contracts-*.whl
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
    let script = "cd js; npm install --silent --offline $DIST/tollgate-sdk-*.tgz
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
