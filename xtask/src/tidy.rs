//! Whether the house is in order.

use crate::shell::{self, root, run_command};
use crate::{arrows, setup};

/// Each workspace, and what of it is linted: guests run nowhere but in a sandbox.
const WORKSPACES: [(&str, &[&str]); 3] = [
    (".", &["--all-targets"]),
    ("plugins", &["--all-targets"]),
    ("tests/guests", &["--target", "wasm32-unknown-unknown"]),
];
/// What has dependencies that go into the tool, or into a contract.
const MANIFESTS: [&str; 3] =
    ["Cargo.toml", "plugins/Cargo.toml", "sdk/javascript/runtime/source/Cargo.toml"];
/// Advisories change from day to day, and are for `cargo deny check advisories`.
const DENY: &[&str] = &["licenses", "bans", "sources"];
const LINTS: &[&str] = &["--quiet", "--", "-D", "warnings"];

/// Checks arrows, formatting, lints, licences.
pub fn run() -> anyhow::Result<()> {
    arrows::check()?;
    setup::wasm_target()?;
    for (workspace, what) in WORKSPACES {
        let folder = root().join(workspace);
        let mut format = shell::command("cargo", &["fmt", "--all", "--check"]);
        run_command(format.current_dir(&folder))?;
        let mut clippy = shell::command("cargo", &["clippy", "--workspace"]);
        run_command(clippy.args(what).args(LINTS).current_dir(&folder))?;
    }
    setup::cargo_deny()?;
    for manifest in MANIFESTS {
        let deny = ["deny", "--manifest-path", manifest, "--config", "deny.toml", "check"];
        shell::run("cargo", &[&deny[..], DENY].concat())?;
    }
    println!("tidy");
    Ok(())
}
