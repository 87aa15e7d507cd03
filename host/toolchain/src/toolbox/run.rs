//! Runs tools as child processes. They inherit the environment of this process.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Interval between two checks whether a tool has exited.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Reason why a tool did not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ToolError {
    #[error("{label} is missing: {remedy}")]
    Missing { label: &'static str, remedy: &'static str },
    #[error("cannot run `{program}`: {remedy}")]
    CannotRun {
        program: String,
        remedy: &'static str,
        #[source]
        source: io::Error,
    },
    /// The tool exited with an error. Its output is trimmed.
    #[error("`{program}` failed:\n{output}")]
    Failed { program: String, output: String },
    #[error(
        "`{program}` did not end within {} s: check the module-level code for an endless loop",
        .limit.as_secs()
    )]
    TimedOut { program: String, limit: Duration },
    /// The output of the tool cannot be read, or its end cannot be awaited.
    #[error("cannot follow `{program}`")]
    Lost {
        program: String,
        #[source]
        source: io::Error,
    },
}

/// Output of a tool that succeeded, trimmed.
#[derive(Debug)]
pub(crate) struct ToolOutput {
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs a command until it exits, successfully or not.
pub(crate) fn run_command(
    command: &mut Command,
    remedy: &'static str,
) -> Result<Output, ToolError> {
    command.output().map_err(|source| cannot_run(command, remedy, source))
}

/// Runs a tool until it exits. On failure the error contains its output.
pub(crate) fn run_tool(command: &mut Command, remedy: &'static str) -> Result<(), ToolError> {
    run_tool_with_input(command, Stdio::null(), remedy).map(drop)
}

/// Runs a tool with this standard input and returns its output.
pub(crate) fn run_tool_with_input(
    command: &mut Command,
    input: Stdio,
    remedy: &'static str,
) -> Result<ToolOutput, ToolError> {
    let output = run_command(command.stdin(input), remedy)?;
    check_exit_status(command, output)
}

/// Runs a tool with a time limit, for tools that execute an author's code, which may never end. Its
/// output is stored in the folder `work` meanwhile.
pub(crate) fn run_tool_within(
    limit: Duration,
    command: &mut Command,
    remedy: &'static str,
    work: &Path,
) -> Result<ToolOutput, ToolError> {
    let program = program_name(command);
    let lost = |source| ToolError::Lost { program: program.clone(), source };
    // Output goes to files, because a tool blocks on a pipe that nobody drains.
    let mut out = tempfile::tempfile_in(work).map_err(lost)?;
    let mut err = tempfile::tempfile_in(work).map_err(lost)?;
    command.stdin(Stdio::null());
    command.stdout(out.try_clone().map_err(lost)?).stderr(err.try_clone().map_err(lost)?);
    let started = Instant::now();
    let mut child = command.spawn().map_err(|source| cannot_run(command, remedy, source))?;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(lost)? {
            break status;
        }
        if started.elapsed() >= limit {
            child.kill().and_then(|()| child.wait()).map_err(lost)?;
            return Err(ToolError::TimedOut { program, limit });
        }
        std::thread::sleep(POLL_INTERVAL);
    };
    let stdout = read_all(&mut out).map_err(lost)?;
    let stderr = read_all(&mut err).map_err(lost)?;
    check_exit_status(command, Output { status, stdout, stderr })
}

fn read_all(file: &mut File) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut content)?;
    Ok(content)
}

fn check_exit_status(command: &Command, output: Output) -> Result<ToolOutput, ToolError> {
    let [out, err] =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).trim().to_owned());
    if !output.status.success() {
        let output = format!("{out}\n{err}").trim().to_owned();
        return Err(ToolError::Failed { program: program_name(command), output });
    }
    Ok(ToolOutput { out, err })
}

fn cannot_run(command: &Command, remedy: &'static str, source: io::Error) -> ToolError {
    ToolError::CannotRun { program: program_name(command), remedy, source }
}

fn program_name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Result<ToolOutput, ToolError> {
        let work = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        run_tool_within(limit, command.args(["-c", script]), "install a shell", work.path())
    }

    #[test]
    fn kills_a_tool_that_never_ends() {
        let error = shell("sleep 60", Duration::from_millis(50)).unwrap_err();
        assert!(error.to_string().contains("did not end within"), "{error}");
    }

    #[test]
    fn captures_output_larger_than_a_pipe() {
        let minute = Duration::from_secs(60);
        // More than the buffer of a pipe holds.
        let output = shell("seq 100000; echo careful >&2", minute).unwrap();
        assert!(output.out.ends_with("100000") && output.err == "careful");
        let error = shell("echo no; exit 3", minute).unwrap_err();
        assert!(error.to_string().contains("failed:\nno"), "{error}");
    }

    #[test]
    fn explains_how_to_install_a_missing_tool() {
        let mut command = Command::new("no-such-program-anywhere");
        let error = run_tool(&mut command, "install it").unwrap_err();
        assert_eq!(error.to_string(), "cannot run `no-such-program-anywhere`: install it");
    }
}
