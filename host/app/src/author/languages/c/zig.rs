//! `src/contract.zig`: an object as any other, made from the header in Zig's own words.

use std::path::Path;
use std::process::Stdio;

use super::{STREAM, Zig};
use crate::author::toolbox::{PYTHON, run, run_with};
use crate::files;

/// The SDK's types as Zig has them: what `@cImport` was, until 0.17.
const TRANSLATE: [&str; 4] = ["translate-c", "-target", "wasm32-wasi", "-lc"];
/// Zig's own library finds no system here, so that what needs one does not compile.
const TARGET: [&str; 4] = ["-target", "wasm32-freestanding", "-O", "safe"];

/// Compiles the contract below the SDK's root, which says what a panic does.
pub(super) fn compile(
    zig: &Zig<'_>,
    source: &Path,
    sdk: &Path,
    object: &Path,
) -> anyhow::Result<()> {
    let header = object.with_extension("zig");
    let mut translate = zig.command();
    translate.args(TRANSLATE).args(zig.stream.then_some(STREAM));
    translate.arg(format!("-I{}", sdk.display())).arg(sdk.join("tollgate.h"));
    let translated = run_with(&mut translate, Stdio::null(), PYTHON)?.out;
    files::write(&header, translated.as_bytes())?;

    let mut build = zig.command();
    build.args(["build-obj", "--name", "contract"]);
    build.arg(format!("-femit-bin={}", object.display()));
    build.args(TARGET).args(["--dep", "contract", "--dep", "tollgate"]);
    build.arg(format!("-Mroot={}", sdk.join("root.zig").display()));
    build.args(TARGET).args(["--dep", "tollgate"]);
    build.arg(format!("-Mcontract={}", source.display()));
    build.args(TARGET).arg(format!("-Mtollgate={}", header.display()));
    run(&mut build, PYTHON)
}
