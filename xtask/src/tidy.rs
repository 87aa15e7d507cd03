//! Whether the house is in order.

use crate::shell::{self, root, run_command};
use crate::{arrows, setup};

const CLIPPY: &[&str] =
    &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];

/// Checks arrows, formatting, lints, licences.
pub fn run() -> anyhow::Result<()> {
    arrows::check()?;
    for workspace in [".", "plugins", "tests/guests"] {
        let folder = root().join(workspace);
        let mut format = crate::shell::command("cargo", &["fmt", "--all", "--check"]);
        run_command(format.current_dir(&folder))?;
        let mut clippy = crate::shell::command("cargo", CLIPPY);
        run_command(clippy.current_dir(&folder))?;
    }
    setup::cargo_deny()?;
    shell::run("cargo", &["deny", "--workspace", "check", "licenses", "bans", "sources"])?;
    println!("tidy");
    Ok(())
}
