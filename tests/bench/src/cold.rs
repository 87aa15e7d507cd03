//! Cold start: the time from starting the binary to its first verdict.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::page::Page;

const STARTS: u32 = 40;

pub fn run(page: &mut Page) -> anyhow::Result<()> {
    page.add_heading("Cold start: the process, the engine, the contract, one verdict");
    page.add_columns(&["contract", "empty cache", "warm cache, median"]);
    for (contract, config, subject) in [
        ("tollgate/pii", "pii.json", "letter.txt"),
        ("tollgate/banned-terms", "banned-terms.json", "letter.txt"),
        ("tollgate/json-schema", "order.json", "order.json"),
    ] {
        let cache = tempfile::tempdir()?;
        let cold = time_cold_start(contract, config, subject, cache.path())?;
        let mut warm = Vec::new();
        for _ in 0..STARTS {
            warm.push(time_cold_start(contract, config, subject, cache.path())?);
        }
        warm.sort_by(f64::total_cmp);
        let median = warm[warm.len() / 2];
        page.add_row(&[
            format!("`{contract}`"),
            format!("{cold:.0} ms"),
            format!("{median:.1} ms"),
        ]);
    }
    Ok(())
}

/// Returns the milliseconds of one run of the tool.
fn time_cold_start(
    contract: &str,
    config: &str,
    subject: &str,
    cache: &Path,
) -> anyhow::Result<f64> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let tool = std::env::current_exe()?.with_file_name("tollgate");
    let started = Instant::now();
    let status = Command::new(tool)
        .args(["judge", contract, "--config", &format!("@config/{config}")])
        .arg(format!("outputs/{subject}"))
        .current_dir(root.join("examples"))
        .env("TOLLGATE_CACHE", cache)
        .stdout(Stdio::null())
        .status()?;
    anyhow::ensure!(status.success(), "`{contract}` ended with {status}");
    Ok(started.elapsed().as_secs_f64() * 1e3)
}
