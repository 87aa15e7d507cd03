//! `tollgate bench`: measures the cost of one judgement.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use tollgate_engine::HostContext;
use tollgate_model::{Content, Subject};

use super::contract_loading::{self, ContractLoadArgs};
use super::subject::SubjectArgs;
use crate::console;
use crate::current_project::local_packages;
use crate::exit::Exit;

/// Text that is judged unless `--subject` is given.
const SAMPLE_TEXT: &str = "Hi Dana,\n\nyour order is on its way. It arrives on Tuesday, between ten and \
    noon. You can change the time in your account until the evening before.\n\nWarm wishes";

/// Measures how long a contract takes to judge, with a new sandbox for each judgement.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate bench tollgate/pii --subject letter.txt")]
pub(super) struct BenchCommand {
    /// Path of a component, or name of a standard contract.
    reference: String,
    #[command(flatten)]
    contract_load: ContractLoadArgs,
    /// Subject to judge [default: a short letter].
    #[arg(long, value_name = "FILE")]
    subject: Option<PathBuf>,
    #[command(flatten)]
    subject_args: SubjectArgs,
    /// Number of judgements.
    #[arg(long, default_value_t = 10_000)]
    runs: u32,
}

impl BenchCommand {
    pub(super) async fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let subject = match &self.subject {
            Some(path) => self.subject_args.read(path)?,
            None => Subject::new(Content::Text(SAMPLE_TEXT.into())),
        };
        let engine = contract_loading::new_engine(cache)?;
        let started = Instant::now();
        let contract =
            self.contract_load.load(&engine, &local_packages()?, &self.reference).await?;
        let load_time = started.elapsed();

        let bar = console::progress_bar("judgements", u64::from(self.runs));
        let mut times = Vec::new();
        let mut fuel = 0;
        // At least one run, so that the percentiles below have a value.
        for _ in 0..self.runs.max(1) {
            let started = Instant::now();
            let judgement = contract.judge(&subject, HostContext::default()).await;
            times.push(started.elapsed());
            fuel = judgement.fuel_used;
            judgement
                .verdict
                .map_err(|failure| anyhow::anyhow!("{}: {failure}", failure.kind()))?;
            // The bar moves rarely, because drawing it would distort the measurement.
            if times.len() % 1000 == 0 {
                bar.inc(1000);
            }
        }
        bar.finish_and_clear();
        times.sort();
        // The difference to the times above is the price of isolation.
        let reused_time = contract.judge_without_isolation(&subject, self.runs.max(1)).await;

        let origin = if contract.was_cached() { "from the cache" } else { "compiled" };
        console::print(format!("loaded    {:9.2} ms  {origin}", load_time.as_secs_f64() * 1e3));
        for (name, fraction) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)] {
            console::print(format!(
                "{name:9} {:9.2} µs  new sandbox each time",
                percentile_us(&times, fraction)?
            ));
        }
        if let Some(reused_time) = reused_time {
            let us = reused_time.as_secs_f64() * 1e6;
            console::print(format!(
                "reused    {us:9.2} µs  one sandbox without isolation, for comparison"
            ));
        }
        console::print(format!("fuel      {fuel:9}"));
        Ok(Exit::Pass)
    }
}

fn percentile_us(times: &[Duration], fraction: f64) -> anyhow::Result<f64> {
    let index = ((times.len() as f64 * fraction) as usize).min(times.len().saturating_sub(1));
    let time = times.get(index).context("nothing was measured")?;
    Ok(time.as_secs_f64() * 1e6)
}
