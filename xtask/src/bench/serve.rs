//! Benchmarks of `tollgate serve`, with load from a second process. The same load goes to a server that does nothing, in the
//! same run, so that what HTTP costs can be taken off.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::http::ask;
use super::served::{BenchProject, GATE, ListeningProcess};
use crate::{build, shell};

/// Passes of each measurement. The machine is shared, so the best one counts.
const PASSES: usize = 3;
/// Seconds of one pass.
const PASS_SECONDS: u64 = 8;
/// Connections that load is sent over.
const CONNECTIONS: usize = 16;
/// Changes of contract configuration and gate under load.
const SWAPS: usize = 200;
/// Load above what the server can do.
const OVERLOAD_FACTOR: f64 = 4.0;

/// Load that is sent in a second process.
struct Load<'a> {
    tool: &'a Path,
    address: SocketAddr,
    token: &'a str,
    outputs: &'a [PathBuf],
}

/// What the benchmarks found.
struct Findings {
    /// Requests in a second: of the server, and of the one that does nothing.
    capacity: (f64, f64),
    /// Answers at half capacity: of the server, and of the one that does nothing.
    at_half: (Value, Value),
    idle_bytes: u64,
    swapping: SwapFindings,
    overload: Value,
    overload_bytes: u64,
}

struct SwapFindings {
    answers: Value,
    /// Time from the request to publish until the release serves, sorted.
    publish_times: Vec<Duration>,
    rollback_times: Vec<Duration>,
    releases: usize,
    bytes: (u64, u64),
}

/// Measures, and returns the section of the page.
pub fn measure() -> anyhow::Result<String> {
    let packages = ["--package", "tollgate-cli", "--package", "tollgate-load"];
    shell::run("cargo", &[&["build", "--release"][..], &packages].concat())?;
    let programs = build::target_folder().join("release");
    let folder = std::env::temp_dir().join(format!("tollgate-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let measured = measure_in(&programs, &folder);
    fs::remove_dir_all(&folder)?;
    Ok(describe(&measured?)?)
}

fn measure_in(programs: &Path, folder: &Path) -> anyhow::Result<Findings> {
    let load_tool = programs.join("tollgate-load");
    let project = BenchProject::create(&programs.join("tollgate"), folder)?;
    let server = project.serve()?;
    let floor = ListeningProcess::start(Command::new(&load_tool).arg("floor"))?;
    let idle_bytes = server.resident_bytes()?;
    let load = |address| Load {
        tool: &load_tool,
        address,
        token: &project.token,
        outputs: &project.outputs,
    };
    let (to_server, to_floor) = (load(server.address), load(floor.address));
    let mut capacity = (0.0_f64, 0.0_f64);
    for _ in 0..PASSES {
        capacity.0 = capacity.0.max(done_per_second(&to_server.send(0, PASS_SECONDS)?));
        capacity.1 = capacity.1.max(done_per_second(&to_floor.send(0, PASS_SECONDS)?));
    }
    let half = (capacity.0 / 2.0) as u64;
    let at_half = (to_server.best_pass(half)?, to_floor.best_pass(half)?);
    let swapping = measure_swaps(&project, &server, &to_server, half)?;
    let overload = to_server.send((capacity.0 * OVERLOAD_FACTOR) as u64, 4 * PASS_SECONDS)?;
    let overload_bytes = server.resident_bytes()?;
    let verified =
        ask(server.address, "POST", "/v1/ledger/verify", &project.token, Some(&json!({})))?;
    ensure!(verified["sound"] == true, "the ledger is not sound: {verified}");
    Ok(Findings { capacity, at_half, idle_bytes, swapping, overload, overload_bytes })
}

/// Changes the gate again and again while outputs are checked, and compares every answer with its record.
fn measure_swaps(
    project: &BenchProject,
    server: &ListeningProcess,
    load: &Load<'_>,
    rate: u64,
) -> anyhow::Result<SwapFindings> {
    let runs = project.folder.join("runs.txt");
    let before = server.resident_bytes()?;
    let mut sender = load.start(rate, 600, Some(&runs))?;
    let mut findings = SwapFindings {
        answers: Value::Null,
        publish_times: Vec::new(),
        rollback_times: Vec::new(),
        releases: 0,
        bytes: (before, before),
    };
    let changed = change_releases(project, server.address, &mut findings);
    // The load ends by itself if it is told so; one that is killed writes nothing.
    fs::write(project.folder.join("stop"), "")?;
    let output = wait_for(&mut sender)?;
    changed?;
    findings.bytes.1 = server.resident_bytes()?;
    findings.answers = serde_json::from_str(&output)?;
    let text = fs::read_to_string(&runs)?;
    let named: BTreeSet<_> =
        text.lines().filter_map(|line| line.split_once(' ')).map(|(_, release)| release).collect();
    findings.releases = named.len();
    for (run, release) in text.lines().filter_map(|line| line.split_once(' ')).step_by(97) {
        let record = ask(server.address, "GET", &format!("/v1/runs/{run}"), &project.token, None)?;
        ensure!(
            record["release"] == release,
            "run {run} names {release}, and its record {}",
            record["release"]
        );
    }
    Ok(findings)
}

fn change_releases(
    project: &BenchProject,
    address: SocketAddr,
    findings: &mut SwapFindings,
) -> anyhow::Result<()> {
    for number in 0..SWAPS {
        let start = Instant::now();
        if number % 4 == 3 {
            let body = json!({"reason": "the benchmark goes back"});
            ask(
                address,
                "POST",
                &format!("/v1/gates/{GATE}/rollback"),
                &project.token,
                Some(&body),
            )?;
            findings.rollback_times.push(start.elapsed());
        } else {
            project.change_gate(number + 1)?;
            let body = json!({"gate": GATE, "reason": "the benchmark changes the gate"});
            ask(address, "POST", "/v1/releases", &project.token, Some(&body))?;
            findings.publish_times.push(start.elapsed());
        }
    }
    findings.publish_times.sort();
    findings.rollback_times.sort();
    Ok(())
}

impl Load<'_> {
    fn start(&self, rate: u64, seconds: u64, runs: Option<&Path>) -> anyhow::Result<Child> {
        let mut command = Command::new(self.tool);
        command.arg("send").arg("--address").arg(self.address.to_string());
        command.arg("--path").arg(format!("/v1/gates/{GATE}/check")).arg("--token").arg(self.token);
        command.arg("--rate").arg(rate.to_string()).arg("--seconds").arg(seconds.to_string());
        command.arg("--connections").arg(CONNECTIONS.to_string());
        for output in self.outputs {
            command.arg("--body").arg(output);
        }
        if let Some(runs) = runs {
            let stop = runs.with_file_name("stop");
            command.arg("--runs").arg(runs).arg("--stop-file").arg(stop);
        }
        command.stdout(Stdio::piped()).spawn().context("the load cannot be started")
    }

    fn send(&self, rate: u64, seconds: u64) -> anyhow::Result<Value> {
        Ok(serde_json::from_str(&wait_for(&mut self.start(rate, seconds, None)?)?)?)
    }

    /// Returns the pass with the lowest 99th percentile.
    fn best_pass(&self, rate: u64) -> anyhow::Result<Value> {
        let mut best = self.send(rate, PASS_SECONDS)?;
        for _ in 1..PASSES {
            let pass = self.send(rate, PASS_SECONDS)?;
            if pass["p99_us"].as_u64() < best["p99_us"].as_u64() {
                best = pass;
            }
        }
        Ok(best)
    }
}

fn wait_for(child: &mut Child) -> anyhow::Result<String> {
    let mut text = String::new();
    let mut out = child.stdout.take().context("the load has no output")?;
    std::io::Read::read_to_string(&mut out, &mut text)?;
    ensure!(child.wait()?.success(), "the load failed");
    Ok(text)
}

fn done_per_second(summary: &Value) -> f64 {
    summary["done_per_second"].as_f64().unwrap_or_default()
}

fn describe(findings: &Findings) -> Result<String, std::fmt::Error> {
    let Findings { capacity, at_half, idle_bytes, swapping, overload, overload_bytes } = findings;
    let time = |summary: &Value, member: &str| summary[member].as_u64().unwrap_or_default();
    let added = |member: &str| time(&at_half.0, member).saturating_sub(time(&at_half.1, member));
    let mebibytes = |bytes: u64| bytes >> 20;
    let middle =
        |times: &[Duration]| times.get(times.len() / 2).copied().unwrap_or_default().as_millis();
    let last = |times: &[Duration]| times.last().copied().unwrap_or_default().as_millis();
    let failed = |summary: &Value| {
        let statuses = summary["statuses"].as_object().into_iter().flatten();
        statuses
            .filter(|(status, _)| *status != "200")
            .filter_map(|(_, count)| count.as_u64())
            .sum::<u64>()
    };
    let mut page = String::new();
    writeln!(page, "## Serving\n")?;
    writeln!(
        page,
        "`cargo xtask bench serve`: the gate of the example with four contracts and its ledger, over HTTP, beside an axum handler that"
    )?;
    writeln!(
        page,
        "does nothing. Load comes from a second process on the same two cores, over {CONNECTIONS} connections; each request's time counts from its"
    )?;
    writeln!(page, "arrival at a fixed rate.\n")?;
    writeln!(page, "| | `tollgate serve` | a handler that does nothing |\n|---|---|---|")?;
    writeln!(
        page,
        "| requests a second, as fast as they are answered | {:.0} | {:.0} |",
        capacity.0, capacity.1
    )?;
    for (name, member) in [("p50", "p50_us"), ("p99", "p99_us"), ("p99.9", "p999_us")] {
        writeln!(
            page,
            "| {name} at half of that, in µs | {} | {} |",
            time(&at_half.0, member),
            time(&at_half.1, member)
        )?;
    }
    writeln!(
        page,
        "\nSo judging by four contracts, deciding and recording add {} µs at the median and {} µs at p99. Resident memory when idle: {} MiB.\n",
        added("p50_us"),
        added("p99_us"),
        mebibytes(*idle_bytes)
    )?;
    writeln!(page, "| {SWAPS} releases published and taken back under that load | |\n|---|---|")?;
    writeln!(
        page,
        "| requests · not answered with a decision | {} · {} |",
        swapping.answers["requests"],
        failed(&swapping.answers)
    )?;
    writeln!(
        page,
        "| releases that runs name · runs compared with their record | {} · every 97th, all equal |",
        swapping.releases
    )?;
    writeln!(
        page,
        "| p50 · p99, in µs (without swaps: {} · {}) | {} · {} |",
        time(&at_half.0, "p50_us"),
        time(&at_half.0, "p99_us"),
        time(&swapping.answers, "p50_us"),
        time(&swapping.answers, "p99_us")
    )?;
    writeln!(
        page,
        "| from the request to publish until the release serves, median · slowest | {} ms · {} ms |",
        middle(&swapping.publish_times),
        last(&swapping.publish_times)
    )?;
    writeln!(
        page,
        "| rollback, median · slowest | {} ms · {} ms |",
        middle(&swapping.rollback_times),
        last(&swapping.rollback_times)
    )?;
    writeln!(
        page,
        "| resident memory before · after | {} MiB · {} MiB |",
        mebibytes(swapping.bytes.0),
        mebibytes(swapping.bytes.1)
    )?;
    writeln!(
        page,
        "\n{OVERLOAD_FACTOR} times as many requests as it can answer, for {} seconds: {:.0} decisions a second ({:.0} % of its best), resident memory {} MiB.",
        4 * PASS_SECONDS,
        done_per_second(overload),
        100.0 * done_per_second(overload) / capacity.0,
        mebibytes(*overload_bytes)
    )?;
    Ok(page)
}
