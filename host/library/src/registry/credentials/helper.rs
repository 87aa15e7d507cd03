//! Programs that keep credentials, as docker calls them: `docker-credential-NAME get`.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use zeroize::Zeroizing;

use super::docker::server;
use super::{Credential, CredentialsError};
use crate::registry::said::harmless;
use crate::registry::secret::Secret;

/// Tokens have a few thousand bytes.
const OUTPUT_BYTES_MAX: u64 = 1 << 16;
/// What such a program says of a registry that it has nothing for.
const NOTHING: &str = "credentials not found";
/// The name of whoever is known by a token alone.
const TOKEN_USER: &str = "<token>";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Output {
    username: String,
    secret: Secret,
}

/// What a program keeps for a registry.
pub(super) async fn ask(
    program: &str,
    host: &str,
    file: &Path,
    path: Option<&OsStr>,
    patience: Duration,
) -> Result<Option<Credential>, CredentialsError> {
    let wrong = |reason: String| CredentialsError::Helper {
        program: program.into(),
        host: host.into(),
        file: file.into(),
        reason,
    };
    // A name with a slash would be a program anywhere.
    if program.contains('/') {
        return Err(wrong("that is no name of a program".into()));
    }
    let answer = tokio::time::timeout(patience, run(program, host, path)).await;
    let late = |_| wrong(format!("it says nothing for {} s", patience.as_secs_f32()));
    let (succeeded, output) = answer.map_err(late)?.map_err(|error| wrong(error.to_string()))?;
    let text = String::from_utf8_lossy(&output);
    match succeeded {
        true => {
            read(&output).map(Some).ok_or_else(|| wrong("what it says is not to be read".into()))
        }
        false if text.contains(NOTHING) => Ok(None),
        false => Err(wrong(format!("it fails: {}", harmless(text.trim())))),
    }
}

async fn run(
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
    tell(&mut child, server(host)).await?;
    let mut output = Zeroizing::new(Vec::new());
    if let Some(stdout) = child.stdout.take() {
        stdout.take(OUTPUT_BYTES_MAX).read_to_end(&mut output).await?;
    }
    Ok((child.wait().await?.success(), output))
}

async fn tell(child: &mut Child, host: &str) -> io::Result<()> {
    let Some(mut stdin) = child.stdin.take() else { return Ok(()) };
    match stdin.write_all(format!("{host}\n").as_bytes()).await {
        // It may not want to know.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        told => told,
    }
}

fn read(output: &[u8]) -> Option<Credential> {
    let Output { username, secret } = serde_json::from_slice(output).ok()?;
    Some(match username.as_str() {
        TOKEN_USER => Credential::Identity(secret),
        _ => Credential::Password { user: username, password: secret },
    })
}
