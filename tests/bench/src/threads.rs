//! Throughput of two threads compared with one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tollgate_engine::Knobs;

use crate::full::FullWorkload;
use crate::page::{Page, format_ratio};
use crate::sandbox::new_engine;
use crate::workload::Workload;

const ROUND_TIME: Duration = Duration::from_secs(1);
/// One and two threads take turns, so that a disturbance of the machine affects both.
const ROUNDS: usize = 6;

pub fn run(workload: &Workload, page: &mut Page) -> anyhow::Result<()> {
    page.add_heading("Two threads against one (FULL, good)");
    page.add_columns(&["threads", "FULL a second", "against one"]);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
    let rates = runtime.block_on(async {
        let full =
            Arc::new(FullWorkload::load(&new_engine(Knobs::default())?, workload, false).await?);
        let mut rates = [0.0_f64; 2];
        for _ in 0..ROUNDS {
            for (rate, threads) in rates.iter_mut().zip(1..) {
                *rate = rate.max(judgements_per_second(&full, threads).await?);
            }
        }
        anyhow::Ok(rates)
    })?;
    for (rate, threads) in rates.into_iter().zip(1..) {
        page.add_row(&[threads.to_string(), format!("{rate:.0}"), format_ratio(rate, rates[0])]);
    }
    Ok(())
}

/// Returns the FULL judgements per second on this number of threads.
async fn judgements_per_second(full: &Arc<FullWorkload>, threads: usize) -> anyhow::Result<f64> {
    let started = Instant::now();
    let judging = |full: Arc<FullWorkload>| async move {
        let mut count = 0_u32;
        while started.elapsed() < ROUND_TIME {
            full.judge().await;
            count += 1;
        }
        count
    };
    let tasks: Vec<_> = (0..threads).map(|_| tokio::spawn(judging(full.clone()))).collect();
    let mut all = 0;
    for task in tasks {
        all += task.await?;
    }
    Ok(f64::from(all) / started.elapsed().as_secs_f64())
}
