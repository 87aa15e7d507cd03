//! `URL` and `URLSearchParams` for contracts in JavaScript: the web has them, and the language does not. They are those of
//! core-js, bundled once into one module without imports. esbuild adds it only to programs that name one of them.

use std::path::{Path, PathBuf};
use std::process::Command;

use tollgate_project::files;

use super::PACKAGE_FILE;
use crate::build_error::BuildError;
use crate::requirements::INSTALL_NODE;
use crate::toolbox::run_tool;

/// Name of the module in messages about lines.
pub(super) const STABLE_NAME: &str = "core-js/url.js";

/// Folder of the module beside the packages that it is made from.
const FOLDER: &str = "url";
const MODULE: &str = "index.js";
/// Says that the module does nothing by itself, so that esbuild leaves it out where it is not used.
const PACKAGE: &str = r#"{"type": "module", "sideEffects": false}"#;
/// Source of the module.
const ENTRY: &str = r#"export { default as URL } from "core-js-pure/actual/url/index.js";
export { default as URLSearchParams } from "core-js-pure/actual/url-search-params/index.js";
"#;
/// Arguments that bundle the module. Without `--minify` it would have the paths of this machine in it.
const ARGUMENTS: [&str; 7] = [
    "--bundle",
    "--minify",
    "--format=esm",
    "--platform=neutral",
    "--main-fields=module,main",
    "--target=es2023",
    "--log-level=warning",
];

/// Returns the path of the module in the folder of the tools, bundling it first if necessary.
pub(super) fn get_or_bundle(
    tools: &Path,
    esbuild: &Path,
    work: &Path,
) -> Result<PathBuf, BuildError> {
    // Names of sources are compared with this path, and esbuild resolves links.
    let tools = tools.canonicalize().map_err(BuildError::at_path(tools))?;
    let module = tools.join(FOLDER).join(MODULE);
    if module.is_file() {
        return Ok(module);
    }
    // The packages are found from the folder of the entry.
    let (entry, bundle) = (tools.join("url-entry.js"), work.join("url.js"));
    files::write(&entry, ENTRY.as_bytes())?;
    let mut command = Command::new(esbuild);
    command.arg(&entry).args(ARGUMENTS).arg(format!("--outfile={}", bundle.display()));
    run_tool(command.current_dir(&tools), INSTALL_NODE)?;
    files::write(&tools.join(FOLDER).join(PACKAGE_FILE), PACKAGE.as_bytes())?;
    // The module comes last, because its presence says that all is there.
    files::write(&module, &files::read(&bundle)?)?;
    Ok(module)
}
