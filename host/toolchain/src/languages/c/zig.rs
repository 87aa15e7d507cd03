//! Compiles `src/contract.zig` into an object file, with the SDK's header translated to Zig.

use std::path::Path;
use std::process::Stdio;

use tollgate_project::files;

use super::{STREAM_DEFINE, ZigToolchain};
use crate::build_error::BuildError;
use crate::requirements::INSTALL_PYTHON;
use crate::toolbox::{run_tool, run_tool_with_input};

/// Arguments that translate the SDK's header to Zig, in place of `@cImport`, which Zig 0.17 removed.
const TRANSLATE_ARGUMENTS: [&str; 4] = ["translate-c", "-target", "wasm32-wasi", "-lc"];
/// A freestanding target: code that needs an operating system does not compile.
const TARGET_ARGUMENTS: [&str; 4] = ["-target", "wasm32-freestanding", "-O", "safe"];

/// Compiles the contract with the SDK's root module, which defines the panic handler.
pub(super) fn compile_zig(
    zig: &ZigToolchain<'_>,
    source: &Path,
    sdk: &Path,
    object: &Path,
) -> Result<(), BuildError> {
    let header = object.with_extension("zig");
    let mut translate = zig.command();
    translate.args(TRANSLATE_ARGUMENTS).args(zig.stream.then_some(STREAM_DEFINE));
    translate.arg(format!("-I{}", sdk.display())).arg(sdk.join("tollgate.h"));
    let translated = run_tool_with_input(&mut translate, Stdio::null(), INSTALL_PYTHON)?.out;
    files::write(&header, translated.as_bytes())?;

    let mut build = zig.command();
    build.args(["build-obj", "--name", "contract"]);
    build.arg(format!("-femit-bin={}", object.display()));
    build.args(TARGET_ARGUMENTS).args(["--dep", "contract", "--dep", "tollgate"]);
    build.arg(format!("-Mroot={}", sdk.join("root.zig").display()));
    build.args(TARGET_ARGUMENTS).args(["--dep", "tollgate"]);
    build.arg(format!("-Mcontract={}", source.display()));
    build.args(TARGET_ARGUMENTS).arg(format!("-Mtollgate={}", header.display()));
    Ok(run_tool(&mut build, INSTALL_PYTHON)?)
}
