//! Runs other programs, and prints their command lines.

use std::env;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// Returns the folder of the repository.
pub fn repository_root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}

/// Returns a command that runs in the repository's folder, without the variables that cargo set
/// for xtask: they would trigger rebuilds in a nested cargo.
pub fn command(program: impl AsRef<Path>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program.as_ref());
    command.args(arguments).current_dir(repository_root());
    for (name, _) in env::vars().filter(|(name, _)| name.starts_with("CARGO_PKG")) {
        command.env_remove(name);
    }
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "RUST_RECURSION_COUNT"] {
        command.env_remove(name);
    }
    command
}

/// Runs a program, and fails if it does.
pub fn run(program: impl AsRef<Path>, arguments: &[&str]) -> anyhow::Result<()> {
    run_command(&mut command(program, arguments))
}

/// Runs a prepared command, and fails if it does.
pub fn run_command(command: &mut Command) -> anyhow::Result<()> {
    let shown = command_line(command);
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

/// Returns whether a program can be run and succeeds.
pub fn succeeds(program: &str, arguments: &[&str]) -> bool {
    command(program, arguments).output().is_ok_and(|output| output.status.success())
}

/// Returns the target that this machine builds for.
pub fn host_target() -> anyhow::Result<String> {
    let output = command("rustc", &["-vV"]).output().context("cannot run `rustc`")?;
    let text = String::from_utf8(output.stdout)?;
    let line = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(line.context("`rustc -vV` names no host")?.to_owned())
}

fn command_line(command: &Command) -> String {
    let short = |part: &std::ffi::OsStr| {
        let part = part.to_string_lossy();
        part.strip_prefix(&format!("{}/", repository_root().display())).unwrap_or(&part).to_owned()
    };
    let parts = std::iter::once(command.get_program()).chain(command.get_args());
    parts.map(short).collect::<Vec<_>>().join(" ")
}
