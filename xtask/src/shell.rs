//! Running other programs, and saying which.

use std::env;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// The folder of the repository.
pub fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}

/// A program that starts in the repository's folder, without what cargo told this one.
pub fn command(program: impl AsRef<Path>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program.as_ref());
    command.args(arguments).current_dir(root());
    for (name, _) in env::vars().filter(|(name, _)| name.starts_with("CARGO_PKG")) {
        command.env_remove(name);
    }
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "RUST_RECURSION_COUNT"] {
        command.env_remove(name);
    }
    command
}

/// Runs a program to its end; fails when it does.
pub fn run(program: impl AsRef<Path>, arguments: &[&str]) -> anyhow::Result<()> {
    run_command(&mut command(program, arguments))
}

/// The same with a command that was set up further.
pub fn run_command(command: &mut Command) -> anyhow::Result<()> {
    let shown = shown(command);
    match std::io::stderr().is_terminal() {
        true => eprintln!("\x1b[2m$ {shown}\x1b[0m"),
        false => eprintln!("$ {shown}"),
    }
    let status = command.status().with_context(|| format!("cannot run `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` failed");
    }
    Ok(())
}

/// Whether a program runs and says that all is well.
pub fn works(program: &str, arguments: &[&str]) -> bool {
    command(program, arguments).output().is_ok_and(|output| output.status.success())
}

fn shown(command: &Command) -> String {
    let short = |part: &std::ffi::OsStr| {
        let part = part.to_string_lossy();
        part.strip_prefix(&format!("{}/", root().display())).unwrap_or(&part).to_owned()
    };
    let parts = std::iter::once(command.get_program()).chain(command.get_args());
    parts.map(short).collect::<Vec<_>>().join(" ")
}
