//! Processes that a benchmark serves from: the gate of the example with four contracts, and a server that does nothing.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::Value;

use super::http::ask;

/// Name of the gate that is measured.
pub const GATE: &str = "welcome-email";

/// Time in which a server has to be ready.
const READY_TIME_MAX: Duration = Duration::from_secs(60);

/// The fourth contract, beside the three of the example.
const FOURTH_CONTRACT: &str = "\n[[contracts]]\ncontract = \"tollgate/length@^1\"\nconfig = { characters = { max = 5000 } }\n";

/// What precedes the bound of the fourth contract in the file of the gate.
const BOUND: &str = "characters = { max = ";

/// A process that listens. It is ended when this is dropped.
pub struct ListeningProcess {
    child: Child,
    pub address: SocketAddr,
}

/// A project with a gate, as it is made for a benchmark.
pub struct BenchProject {
    pub folder: PathBuf,
    tool: PathBuf,
    /// Token that may do everything.
    pub token: String,
    /// Files with an output each.
    pub outputs: Vec<PathBuf>,
}

impl ListeningProcess {
    /// Starts a process whose first line says where it listens.
    pub fn start(command: &mut Command) -> anyhow::Result<Self> {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let out = child.stdout.take().context("the process has no output")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let address = line.trim().strip_prefix("listening on http://");
        let address = address.with_context(|| format!("the first line is `{}`", line.trim()))?;
        Ok(Self { address: address.parse()?, child })
    }

    /// Returns the resident memory of the process, in bytes.
    pub fn resident_bytes(&self) -> anyhow::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        Ok(kilobytes
            .context("the system does not say the resident memory")?
            .trim()
            .parse::<u64>()?
            << 10)
    }
}

impl Drop for ListeningProcess {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl BenchProject {
    /// Makes the example with a fourth contract, at the level at which outputs go out.
    pub fn create(tool: &Path, folder: &Path) -> anyhow::Result<Self> {
        let folder = folder.join("newsletter");
        let parent = folder.parent().context("the folder has no parent")?;
        run(tool, parent, &["init", "newsletter"])?;
        let gate = folder.join(format!("gates/{GATE}.toml"));
        let text = fs::read_to_string(&gate)?;
        let place = text.find("# What the AI can do").unwrap_or(text.len());
        let (contracts, rest) = text.split_at(place);
        fs::write(&gate, format!("{contracts}{FOURTH_CONTRACT}\n{rest}"))?;
        run(tool, &folder, &["lock"])?;
        run(tool, &folder, &["release", "--by", "Sam Reed"])?;
        let roles = ["--role", "submit", "--role", "operate", "--role", "read", "--for", "24h"];
        let arguments = [&["token", "new", "the benchmark"][..], &roles].concat();
        let token = run(tool, &folder, &arguments)?.trim().to_owned();
        let outputs = write_outputs(&folder)?;
        Ok(Self { folder, tool: tool.to_owned(), token, outputs })
    }

    /// Serves the project, and returns once the gate is ready.
    pub fn serve(&self) -> anyhow::Result<ListeningProcess> {
        let mut command = Command::new(&self.tool);
        command.current_dir(&self.folder).args(["serve", "--listen", "127.0.0.1:0"]);
        let server = ListeningProcess::start(&mut command)?;
        let start = Instant::now();
        while start.elapsed() < READY_TIME_MAX {
            if ask(server.address, "GET", "/readyz", &self.token, None).is_ok() {
                return Ok(server);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        bail!("the gate was not ready in time")
    }

    /// Changes the gate's file to one that makes another release.
    pub fn change_gate(&self, number: usize) -> anyhow::Result<()> {
        let path = self.folder.join(format!("gates/{GATE}.toml"));
        let text = fs::read_to_string(&path)?;
        let start = text.find(BOUND).context("the gate has no fourth contract")? + BOUND.len();
        let (before, after) = text.split_at(start);
        let rest = after.trim_start_matches(|character: char| character.is_ascii_digit());
        fs::write(&path, format!("{before}{}{rest}", 5000 + number))?;
        Ok(())
    }
}

/// Writes each output of the example to a file of its own.
fn write_outputs(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let lines = fs::read_to_string(folder.join("outputs.jsonl"))?;
    let mut files = Vec::new();
    for (number, line) in lines.lines().enumerate() {
        let mut output: Value = serde_json::from_str(line)?;
        if let Some(members) = output.as_object_mut() {
            members.remove("id");
        }
        let file = folder.join(format!("output-{number}.json"));
        fs::write(&file, output.to_string())?;
        files.push(file);
    }
    Ok(files)
}

fn run(tool: &Path, folder: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new(tool).current_dir(folder).args(arguments).output()?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        bail!("`tollgate {}` failed: {error}", arguments.join(" "));
    }
    Ok(String::from_utf8(output.stdout)?)
}
