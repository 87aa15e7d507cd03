//! `tollgate bench`: what one judgement costs.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use tollgate_engine::Live;
use tollgate_model::{Content, Subject};

use super::loading::{self, Loading};
use super::subject::About;
use crate::console;
use crate::exit::Exit;

/// What is judged where the caller names nothing.
const SAMPLE: &str = "Hi Dana,\n\nyour order is on its way. It arrives on Tuesday, between ten and \
    noon. You can change the time in your account until the evening before.\n\nWarm wishes";

/// Measures how long a contract takes, in a sandbox of its own each time.
///
/// Example: tollgate bench tollgate/pii --subject letter.txt
#[derive(Args)]
pub(super) struct Bench {
    /// The path of a component, or the name of a standard contract.
    reference: String,
    #[command(flatten)]
    loading: Loading,
    /// What is judged, instead of a short letter.
    #[arg(long, value_name = "FILE")]
    subject: Option<PathBuf>,
    #[command(flatten)]
    about: About,
    /// How many judgements.
    #[arg(long, default_value_t = 10_000)]
    runs: u32,
}

impl Bench {
    pub(super) async fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let subject = match &self.subject {
            Some(path) => self.about.read(path)?,
            None => Subject::new(Content::Text(SAMPLE.into())),
        };
        let engine = loading::engine(cache)?;
        let started = Instant::now();
        let contract = self.loading.load(&engine, &self.reference).await?;
        let loaded = started.elapsed();

        let bar = console::progress("judgements", u64::from(self.runs));
        let mut times = Vec::new();
        let mut fuel = 0;
        for _ in 0..self.runs.max(1) {
            let started = Instant::now();
            let judgement = contract.judge(&subject, Live::default()).await;
            times.push(started.elapsed());
            fuel = judgement.fuel_used;
            judgement
                .verdict
                .map_err(|failure| anyhow::anyhow!("{}: {failure}", failure.kind()))?;
            if times.len() % 1000 == 0 {
                bar.inc(1000);
            }
        }
        bar.finish_and_clear();
        times.sort();
        let reused = contract.judge_without_isolation(&subject, self.runs.max(1)).await;

        let from = if contract.was_cached() { "from the cache" } else { "compiled" };
        console::say(format!("loaded    {:9.2} ms  {from}", loaded.as_secs_f64() * 1e3));
        for (name, share) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)] {
            console::say(format!("{name:9} {:9.2} µs  a fresh sandbox each", at(&times, share)?));
        }
        if let Some(reused) = reused {
            let us = reused.as_secs_f64() * 1e6;
            console::say(format!(
                "reused    {us:9.2} µs  one sandbox, no isolation: for comparison"
            ));
        }
        console::say(format!("fuel      {fuel:9}"));
        Ok(Exit::Pass)
    }
}

fn at(times: &[Duration], share: f64) -> anyhow::Result<f64> {
    let index = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
    let time = times.get(index).context("nothing was measured")?;
    Ok(time.as_secs_f64() * 1e6)
}
