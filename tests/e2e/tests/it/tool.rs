//! Starts the tool in a folder of its own and captures how it ended and what it wrote.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use crate::transcript;

/// Returns the folder of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Returns the folder that cargo builds into.
pub fn target() -> PathBuf {
    let named = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    repository().join(named.unwrap_or_else(|| "target".into()))
}

/// Returns the tool that `cargo xtask build` made.
pub fn binary() -> PathBuf {
    let path = target().join("debug/tollgate");
    assert!(path.is_file(), "`{}` is missing: run `cargo xtask build`", path.display());
    path
}

/// A temporary folder that a test works in. When it is dropped, the commands that ran since are
/// compared with the test's transcript.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        transcript::mask_folder(folder.path());
        Self(folder)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// Returns a command that starts the tool here, with a store and keys of its own. Compiled
    /// code is shared between the tests.
    pub fn tool(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .args(arguments)
            .current_dir(self.0.path())
            .env("TOLLGATE_CACHE", target().join("e2e-cache"))
            .env("TOLLGATE_STORE", self.path("store"))
            .env("TOLLGATE_KEYS", self.path("keys"))
            .env("CARGO_TARGET_DIR", target().join("e2e"))
            .env("USER", "tester")
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from_command(&mut self.tool(arguments))
    }

    /// Runs the tool on a terminal, with this text typed into it. The terminal shows both streams, and what is typed.
    pub fn run_on_terminal(&self, arguments: &[&str], typed: &str) -> Ran {
        self.run_on_terminal_in(&[], arguments, typed)
    }

    /// Runs the tool on a terminal, with its standard output in a file.
    pub fn run_on_terminal_into(&self, file: &str, arguments: &[&str], typed: &str) -> Ran {
        let into_file = format!("exec \"$0\" \"$@\" > '{file}'");
        self.run_on_terminal_in(&["/bin/sh", "-c", &into_file], arguments, typed)
    }

    fn run_on_terminal_in(&self, shell: &[&str], arguments: &[&str], typed: &str) -> Ran {
        let tool = self.tool(arguments);
        let mut python = Command::new("python3");
        python.args(["-c", TERMINAL]).args(shell).arg(tool.get_program()).args(tool.get_args());
        let variables = tool.get_envs().filter_map(|(name, value)| Some((name, value?)));
        python.envs(variables).env("TYPED", typed).env("NO_COLOR", "1").env("TERM", "dumb");
        python.current_dir(self.0.path()).stdin(Stdio::null());
        Ran::from_command(&mut python)
    }

    pub fn run_with(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut command = self.tool(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let line = command_line(&command);
        let mut child = command.spawn().unwrap();
        // The tool may end before it has read everything.
        let _ = child.stdin.take().unwrap().write_all(input);
        Ran::of(line, child.wait_with_output().unwrap())
    }
}

/// Runs a program on a terminal of its own, types into it, and prints what the terminal shows.
const TERMINAL: &str = r#"
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
os.write(terminal, os.environ["TYPED"].encode())
shown = b""
while True:
    try:
        more = os.read(terminal, 65536)
    except OSError:  # the program has ended
        break
    if not more:
        break
    shown += more
sys.stdout.buffer.write(shown)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"#;

impl Drop for Place {
    fn drop(&mut self) {
        transcript::compare();
    }
}

/// One command that was run: its exit code and its output.
#[derive(Debug)]
pub struct Ran {
    pub line: String,
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    fn of(line: String, output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            line,
            code: output.status.code().unwrap_or(-1),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    pub fn from_command(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self::of(command_line(command), output)
    }

    /// Waits for a child that was started with pipes.
    pub fn from_child(line: &str, child: Child) -> Self {
        Self::of(line.to_owned(), child.wait_with_output().unwrap())
    }

    /// Asserts the exit code.
    pub fn exits_with(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Asserts the exit code and adds the whole output to the test's transcript, which is
    /// compared with the one on file.
    pub fn exits_with_snapshot(&self, code: i32) -> &Self {
        self.exits_with(code);
        transcript::add(self);
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

/// Returns the command as a person would type it.
fn command_line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(quote).collect::<Vec<_>>().join(" ")
}

fn quote(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_alphanumeric() || "-_./=@:^,%+".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.into_owned(),
        false => format!("'{}'", word.replace('\n', "\\n")),
    }
}
