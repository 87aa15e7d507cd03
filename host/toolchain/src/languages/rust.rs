//! Builds contracts in Rust: the author's own cargo compiles a core module, which also contains the
//! schema of the configuration.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde::Deserialize;
use serde_json::Value;
use tollgate_engine::extract_config_schema;
use tollgate_project::{FileError, files};

use super::CompiledComponent;
use super::encoding::componentize;
use crate::SCHEMA_FILE;
use crate::build_error::BuildError;
use crate::component::Toolchain;
use crate::requirements::INSTALL_RUST;
use crate::settings::CargoMessages;
use crate::toolbox::run_command;

const TARGET: &str = "wasm32-unknown-unknown";

/// Release settings: optimised for speed and small sandboxes. Panics stop the sandbox at once, and
/// function names are kept for messages; other debug information is stripped.
const RELEASE_PROFILE: [(&str, &str); 5] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "3"),
    ("CARGO_PROFILE_RELEASE_LTO", "fat"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    ("CARGO_PROFILE_RELEASE_PANIC", "abort"),
    ("CARGO_PROFILE_RELEASE_STRIP", "debuginfo"),
];

/// Environment variables that are removed, because builds must produce the same bytes everywhere and
/// the caller's settings are meant for other targets.
const REMOVED_VARIABLES: [&str; 4] =
    ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_BUILD_TARGET"];

/// Builds the crate in this folder into a component, and updates `config.schema.json`.
pub(super) fn build_component(
    folder: &Path,
    toolchain: &Toolchain,
) -> Result<CompiledComponent, BuildError> {
    let module = files::read(&build_module(folder, toolchain)?)?;
    let config_schema = extract_config_schema(&module)?.ok_or(BuildError::NoContractExported {
        unit: "module",
        remedy: "call `tollgate_sdk::contract!` in the crate",
    })?;
    let schema_changed = write_schema(folder, &config_schema)?;
    Ok(CompiledComponent { component: componentize(&module)?, config_schema, schema_changed })
}

/// Writes the schema for reviewers and editors; returns whether it changed.
fn write_schema(folder: &Path, schema: &Value) -> Result<bool, FileError> {
    let path = folder.join(SCHEMA_FILE);
    let text = format!("{schema:#}\n");
    let changed = std::fs::read_to_string(&path).ok().as_ref() != Some(&text);
    if changed {
        files::write(&path, text.as_bytes())?;
    }
    Ok(changed)
}

/// Builds the crate and returns the path of its module.
fn build_module(folder: &Path, toolchain: &Toolchain) -> Result<PathBuf, BuildError> {
    let manifest = folder.join("Cargo.toml").canonicalize();
    let manifest =
        manifest.map_err(|source| BuildError::NoCrate { folder: folder.to_owned(), source })?;
    check_target(folder)?;
    let flags = rustflags(&manifest, toolchain)?;
    let mut cargo = build_command(folder, &manifest, &flags, toolchain);
    let failed = |messages| BuildError::CargoBuild { folder: folder.to_owned(), messages };
    let output = run_cargo(&mut cargo, toolchain, failed)?;
    find_built_module(&output.stdout, &manifest).ok_or(BuildError::NoModule { manifest })
}

fn build_command(
    folder: &Path,
    manifest: &Path,
    flags: &[String],
    toolchain: &Toolchain,
) -> Command {
    let mut cargo = Command::new("cargo");
    cargo
        .args(["build", "--release", "--lib", "--target", TARGET])
        .args(["--message-format", "json-render-diagnostics", "--manifest-path"])
        .arg(manifest)
        .current_dir(folder)
        .envs(RELEASE_PROFILE);
    if let Some(target_folder) = &toolchain.settings().cargo_target_folder {
        cargo.arg("--target-dir").arg(target_folder);
    }
    for variable in REMOVED_VARIABLES {
        cargo.env_remove(variable);
    }
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    cargo
}

/// Runs cargo, and handles its messages as the settings say.
fn run_cargo(
    cargo: &mut Command,
    toolchain: &Toolchain,
    failed: impl FnOnce(String) -> BuildError,
) -> Result<Output, BuildError> {
    match toolchain.settings().cargo_messages {
        CargoMessages::Inherit => cargo.stderr(Stdio::inherit()),
        // Only warnings and errors, without the list of what is compiled.
        CargoMessages::Capture => cargo.arg("--quiet").stderr(Stdio::piped()),
    };
    let output = run_command(cargo, INSTALL_RUST)?;
    let messages = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if !output.status.success() {
        return Err(failed(messages));
    }
    if !messages.is_empty() {
        toolchain.log().compiler_warned(&messages);
    }
    Ok(output)
}

fn rustflags(manifest: &Path, toolchain: &Toolchain) -> Result<Vec<String>, BuildError> {
    let mut flags = vec![
        "-Ctarget-feature=+simd128".into(),
        // Taking a snapshot needs this export. If the module has it from the start, snapshotting
        // leaves the code unchanged and nothing is compiled twice.
        "-Clink-arg=--export=__stack_pointer".into(),
        // A sandbox has no randomness. Without this, the crate `getrandom` would import it from
        // JavaScript; the SDK provides a fixed sequence instead.
        "--cfg=getrandom_backend=\"custom\"".into(),
    ];
    // Panic messages name source files. Remapping keeps the builder's folders out of the component.
    let cargo_homes = toolchain.settings().cargo_homes.iter();
    let cargo_homes = cargo_homes.map(|home| (home.clone(), "cargo".into()));
    for (folder, name) in cargo_homes.chain(local_packages(manifest, toolchain)?) {
        flags.push(format!("--remap-path-prefix={}=/{name}", folder.display()));
    }
    Ok(flags)
}

#[derive(Deserialize)]
struct CargoMetadata {
    packages: Vec<CargoPackage>,
}

#[derive(Deserialize)]
struct CargoPackage {
    name: String,
    /// Registry or repository; `None` for a package in a local folder.
    source: Option<String>,
    manifest_path: PathBuf,
}

/// Returns the folders and names of all local packages, a nested folder after the one around it,
/// because rustc applies the last prefix that matches.
fn local_packages(
    manifest: &Path,
    toolchain: &Toolchain,
) -> Result<Vec<(PathBuf, String)>, BuildError> {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--format-version", "1", "--manifest-path"]).arg(manifest);
    let failed = |messages| BuildError::CargoMetadata { manifest: manifest.to_owned(), messages };
    let output = run_cargo(&mut cargo, toolchain, failed)?;
    let metadata: CargoMetadata =
        serde_json::from_slice(&output.stdout).map_err(BuildError::UnreadableMetadata)?;
    let local = metadata.packages.into_iter().filter(|package| package.source.is_none());
    let mut folders: Vec<_> = local
        .filter_map(|package| Some((package.manifest_path.parent()?.to_owned(), package.name)))
        .collect();
    folders.sort();
    Ok(folders)
}

/// Fails with a remedy if the target is not installed, since cargo's own message has none.
fn check_target(folder: &Path) -> Result<(), BuildError> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]).current_dir(folder);
    let output = run_command(&mut rustc, INSTALL_RUST)?;
    let libraries = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    if !output.status.success() || !libraries.is_dir() {
        return Err(BuildError::MissingTarget { target: TARGET });
    }
    Ok(())
}

#[derive(Deserialize)]
struct CargoMessage {
    reason: String,
    manifest_path: Option<PathBuf>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

fn find_built_module(messages: &[u8], manifest: &Path) -> Option<PathBuf> {
    let messages =
        serde_json::Deserializer::from_slice(messages).into_iter::<CargoMessage>().flatten();
    let is_own = |message: &CargoMessage| {
        message.reason == "compiler-artifact" && message.manifest_path.as_deref() == Some(manifest)
    };
    let module = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "wasm");
    messages.filter(is_own).flat_map(|message| message.filenames).find(module)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build_log::SilentLog;
    use crate::settings::ToolchainSettings;

    fn toolchain(change: impl FnOnce(&mut ToolchainSettings)) -> Toolchain {
        let mut settings = ToolchainSettings::new("/tmp".into());
        change(&mut settings);
        Toolchain::new(settings, SilentLog)
    }

    #[test]
    fn builds_in_the_target_folder_of_the_settings() {
        let arguments = |toolchain: &Toolchain| -> Vec<String> {
            let command = build_command(Path::new("."), Path::new("Cargo.toml"), &[], toolchain);
            command.get_args().map(|it| it.to_string_lossy().into_owned()).collect()
        };
        let plain = arguments(&toolchain(|_| {}));
        assert!(!plain.contains(&"--target-dir".into()), "cargo chooses: {plain:?}");
        let own = toolchain(|settings| settings.cargo_target_folder = Some("/made".into()));
        assert!(arguments(&own).ends_with(&["--target-dir".into(), "/made".into()]));
    }

    #[test]
    fn captures_messages_of_cargo_in_the_error() {
        let script = "echo error: no such crate >&2; exit 101";
        let run = |toolchain: &Toolchain| {
            let mut cargo = Command::new("sh");
            let failed = |messages| BuildError::CargoBuild { folder: "calm".into(), messages };
            run_cargo(cargo.args(["-c", script]), toolchain, failed)
        };
        let error = run(&toolchain(|_| {})).unwrap_err().to_string();
        assert_eq!(error, "`cargo build` failed in `calm`:\nerror: no such crate");
        let inherit = toolchain(|settings| settings.cargo_messages = CargoMessages::Inherit);
        let error = run(&inherit).unwrap_err().to_string();
        assert_eq!(error, "`cargo build` failed in `calm`; its messages are above");
    }

    #[test]
    fn keeps_the_folders_of_cargo_out_of_the_component() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = folder.path().canonicalize().unwrap().join("Cargo.toml");
        let crate_file = "[package]\nname = \"calm\"\nversion = \"1.0.0\"\n[lib]\npath = \"lib.rs\"\n\
                          [workspace]\n";
        files::write(&manifest, crate_file.as_bytes()).unwrap();
        files::write(&folder.path().join("lib.rs"), b"").unwrap();
        let own = toolchain(|settings| settings.cargo_homes = vec!["/home/me/.cargo".into()]);
        let flags = rustflags(&manifest, &own).unwrap();
        let local = manifest.parent().unwrap().display();
        let remapped = ["/home/me/.cargo=/cargo".into(), format!("{local}=/calm")];
        assert!(flags.ends_with(&remapped.map(|pair| format!("--remap-path-prefix={pair}"))));
    }
}
