//! Checks that need no tests: dependencies, links, released WIT versions, formatting, lints and licences.

use crate::shell::{self, repository_root, run_command};
use crate::{dependencies, links, setup, wit_versions};

/// Each workspace with its clippy arguments. Guests are linted for the sandbox's target only.
const WORKSPACES: [(&str, &[&str]); 3] = [
    (".", &["--all-targets"]),
    ("plugins", &["--all-targets"]),
    ("tests/guests", &["--target", "wasm32-unknown-unknown"]),
];
/// Manifests whose dependencies get into the tool or into a contract.
const CHECKED_MANIFESTS: [&str; 3] =
    ["Cargo.toml", "plugins/Cargo.toml", "sdk/javascript/runtime/source/Cargo.toml"];
/// Checks of cargo-deny. Advisories change daily, so `cargo deny check advisories` runs apart.
const DENY_CHECKS: &[&str] = &["licenses", "bans", "sources"];
const CLIPPY_ARGUMENTS: &[&str] = &["--quiet", "--", "-D", "warnings"];

/// Runs all checks.
pub fn run() -> anyhow::Result<()> {
    dependencies::check_dependencies()?;
    links::check_links()?;
    wit_versions::check_wit_versions()?;
    setup::install_wasm_target()?;
    for (workspace, targets) in WORKSPACES {
        let folder = repository_root().join(workspace);
        let mut format = shell::command("cargo", &["fmt", "--all", "--check"]);
        run_command(format.current_dir(&folder))?;
        let mut clippy = shell::command("cargo", &["clippy", "--workspace"]);
        run_command(clippy.args(targets).args(CLIPPY_ARGUMENTS).current_dir(&folder))?;
    }
    setup::install_cargo_deny()?;
    for manifest in CHECKED_MANIFESTS {
        let deny = ["deny", "--manifest-path", manifest, "--config", "deny.toml", "check"];
        shell::run("cargo", &[&deny[..], DENY_CHECKS].concat())?;
    }
    println!("tidy");
    Ok(())
}
