//! Docker's credential helpers: programs that are run as `docker-credential-NAME get`.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use zeroize::Zeroizing;

use super::docker::helper_server;
use super::{Credential, CredentialsError};
use crate::registry::remote_message::sanitise;
use crate::registry::secret::Secret;

/// Size limit of a helper's output. Tokens have a few thousand bytes.
const OUTPUT_BYTES_MAX: u64 = 1 << 16;
/// Output of a helper that has no credentials for a registry.
const NOT_FOUND_MESSAGE: &str = "credentials not found";
/// User name that a helper returns with an identity token.
const TOKEN_USER: &str = "<token>";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HelperOutput {
    username: String,
    secret: Secret,
}

/// Asks a helper for the credentials of a registry. `file` is the credential file that names the
/// helper; `path` replaces `PATH` for the search of the program.
pub(super) async fn query_helper(
    program: &str,
    host: &str,
    file: &Path,
    path: Option<&OsStr>,
    timeout: Duration,
) -> Result<Option<Credential>, CredentialsError> {
    let helper_error = |reason: String| CredentialsError::Helper {
        program: program.into(),
        host: host.into(),
        file: file.into(),
        reason,
    };
    // A name with a slash would run any program on the disk.
    if program.contains('/') {
        return Err(helper_error("the name contains a slash".into()));
    }
    let answer = tokio::time::timeout(timeout, run_helper(program, host, path)).await;
    let timed_out = |_| helper_error(format!("no answer within {} s", timeout.as_secs_f32()));
    let (succeeded, output) =
        answer.map_err(timed_out)?.map_err(|error| helper_error(error.to_string()))?;
    let text = String::from_utf8_lossy(&output);
    match succeeded {
        true => parse_output(&output)
            .map(Some)
            .ok_or_else(|| helper_error("its output is invalid".into())),
        false if text.contains(NOT_FOUND_MESSAGE) => Ok(None),
        false => Err(helper_error(format!("it failed: {}", sanitise(text.trim())))),
    }
}

async fn run_helper(
    program: &str,
    host: &str,
    path: Option<&OsStr>,
) -> io::Result<(bool, Zeroizing<Vec<u8>>)> {
    let mut command = Command::new(program);
    command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    if let Some(path) = path {
        command.env("PATH", path);
    }
    let mut child = command.kill_on_drop(true).spawn()?;
    write_host(&mut child, helper_server(host)).await?;
    let mut output = Zeroizing::new(Vec::new());
    if let Some(stdout) = child.stdout.take() {
        stdout.take(OUTPUT_BYTES_MAX).read_to_end(&mut output).await?;
    }
    Ok((child.wait().await?.success(), output))
}

async fn write_host(child: &mut Child, host: &str) -> io::Result<()> {
    let Some(mut stdin) = child.stdin.take() else { return Ok(()) };
    match stdin.write_all(format!("{host}\n").as_bytes()).await {
        // A helper may exit without reading its input.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn parse_output(output: &[u8]) -> Option<Credential> {
    let HelperOutput { username, secret } = serde_json::from_slice(output).ok()?;
    Some(match username.as_str() {
        TOKEN_USER => Credential::IdentityToken(secret),
        _ => Credential::Password { user: username, password: secret },
    })
}
