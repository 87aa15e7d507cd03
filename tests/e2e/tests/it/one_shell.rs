//! Runs the commands of a document one after the other in one shell, as somebody who pastes them would.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::tool::{Place, binary, target};

/// Introduces the exit code of a command that does not end with 0.
pub const EXIT_CODE_MARK: &str = " # exits with ";

/// The output of one command, and its exit code.
pub struct CommandOutput {
    pub text: String,
    pub code: String,
}

impl CommandOutput {
    /// Returns whether the command ended as its line says.
    pub fn ended_as_written(&self, command: &str) -> bool {
        self.code == command.split_once(EXIT_CODE_MARK).map_or("0", |(_, code)| code)
    }
}

/// Runs all commands in one shell that starts in a folder of the place, and returns the output of each.
pub fn run_in_one_shell(place: &Place, folder: &str, commands: &[&str]) -> Vec<CommandOutput> {
    let mut script = String::new();
    for (number, command) in commands.iter().enumerate() {
        writeln!(script, "{{\n{command}\n}} > $OUTPUTS/{number} 2>&1 < /dev/null").unwrap();
        writeln!(script, "echo $? > $OUTPUTS/{number}.code").unwrap();
    }
    place.write("outputs/script", &script);
    fs::create_dir_all(place.path(folder)).unwrap();
    let path = [binary().parent().unwrap(), Path::new(&std::env::var("PATH").unwrap())]
        .map(|path| path.display().to_string())
        .join(":");
    let bash = Command::new("bash")
        .arg(place.path("outputs/script"))
        .current_dir(place.path(folder))
        .env("PATH", path)
        .env("OUTPUTS", place.path("outputs"))
        .env("TOLLGATE_CACHE", target().join("e2e-cache"))
        .env("TOLLGATE_STORE", place.path("store"))
        .env("CARGO_TARGET_DIR", target().join("e2e"))
        .env_remove("TOLLGATE_LEDGER")
        .stdin(Stdio::null())
        .status();
    assert!(bash.unwrap().success());
    let read = |name: String| fs::read_to_string(place.path("outputs").join(name)).unwrap();
    let output = |number: usize| CommandOutput {
        text: read(number.to_string()),
        code: read(format!("{number}.code")).trim().to_owned(),
    };
    (0..commands.len()).map(output).collect()
}
