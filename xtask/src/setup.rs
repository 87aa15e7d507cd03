//! What has to be on the machine: it is installed where that is possible, and named
//! where it is not.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail};

use crate::build;
use crate::shell::{command, run, run_command, works};

const WASM: &str = "wasm32-unknown-unknown";
const REGISTRY: &str = "docker-registry";

/// The Rust target that contracts are built for. A `rust-toolchain.toml` alone does not
/// add it to a toolchain that is already there.
pub fn wasm_target() -> anyhow::Result<()> {
    if has_target()? {
        return Ok(());
    }
    println!("installing the Rust target `{WASM}`: contracts are built for it");
    if works("rustup", &["--version"]) {
        run("rustup", &["target", "add", WASM])
            .with_context(|| format!("the Rust target `{WASM}` cannot be installed"))?;
    }
    if !has_target()? {
        bail!("the Rust target `{WASM}` is missing: install it as you installed Rust");
    }
    Ok(())
}

fn has_target() -> anyhow::Result<bool> {
    let arguments = ["--print", "target-libdir", "--target", WASM];
    let output = crate::shell::command("rustc", &arguments).output()?;
    let libraries = String::from_utf8_lossy(&output.stdout);
    Ok(std::path::Path::new(libraries.trim()).is_dir())
}

/// Whether the faster test runner is there. The tests run without it.
pub fn has_nextest() -> bool {
    works("cargo", &["nextest", "--version"])
}

/// The checker of licences and sources.
pub fn cargo_deny() -> anyhow::Result<()> {
    if works("cargo", &["deny", "--version"]) {
        return Ok(());
    }
    println!("installing `cargo-deny`: it checks licences and sources of dependencies");
    run("cargo", &["install", "--locked", "--quiet", "cargo-deny"])
        .context("`cargo-deny` cannot be installed: run `cargo install cargo-deny` where it can")
}

/// What the tools of other languages are fetched with.
pub fn has_python() -> anyhow::Result<()> {
    if works("python3", &["-c", "import ensurepip, sys, venv; assert sys.version_info >= (3, 11)"])
    {
        return Ok(());
    }
    bail!(
        "Python 3.11 or later with `venv` is missing, and fetches what other languages are built \
         with: on Debian, apt install python3-venv"
    )
}

/// What contracts in JavaScript and TypeScript are tested with.
pub fn has_node() -> anyhow::Result<()> {
    let is_20 = "if (parseInt(process.versions.node) < 20) process.exit(1)";
    if works("node", &["-e", is_20]) && works("npm", &["--version"]) {
        return Ok(());
    }
    bail!(
        "Node.js 20 or later with `npm` is missing, and tests contracts in JavaScript: install it \
         from https://nodejs.org"
    )
}

/// A registry, which contracts are pushed to and pulled from in tests. Where it is not installed,
/// its package is unpacked for the tests alone: installed, it would be a service from then on.
pub fn registry() -> anyhow::Result<()> {
    let folder = build::target().join("registry");
    let unpacked = folder.join("usr/bin").join(REGISTRY);
    if works(REGISTRY, &["--version"]) || works(&unpacked.display().to_string(), &["--version"]) {
        return Ok(());
    }
    println!(
        "fetching Debian's `{REGISTRY}`: contracts are pushed to it and pulled from it in tests"
    );
    unpack(folder).with_context(|| {
        format!("`{REGISTRY}` is missing, and cannot be fetched: on Debian, apt install {REGISTRY}")
    })
}

fn unpack(folder: PathBuf) -> anyhow::Result<()> {
    // Lists of its own: a fresh machine has none, and those of the machine are root's.
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
