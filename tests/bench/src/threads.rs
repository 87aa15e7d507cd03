//! Two threads against one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tollgate_engine::Knobs;

use crate::full::Full;
use crate::page::{Page, times};
use crate::sandbox::engine;
use crate::workload::Workload;

const TIME: Duration = Duration::from_secs(1);
/// One and two in turn, so that what disturbs the machine disturbs both.
const ROUNDS: usize = 6;

pub fn run(workload: &Workload, page: &mut Page) -> anyhow::Result<()> {
    page.head("Two threads against one (FULL, good)");
    page.columns(&["threads", "FULL a second", "against one"]);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
    let rates = runtime.block_on(async {
        let full = Arc::new(Full::load(&engine(Knobs::default())?, workload, false).await?);
        let mut rates = [0.0_f64; 2];
        for _ in 0..ROUNDS {
            for (rate, threads) in rates.iter_mut().zip(1..) {
                *rate = rate.max(judge(&full, threads).await?);
            }
        }
        anyhow::Ok(rates)
    })?;
    for (rate, threads) in rates.into_iter().zip(1..) {
        page.row(&[threads.to_string(), format!("{rate:.0}"), times(rate, rates[0])]);
    }
    Ok(())
}

/// How many a second there are when so many threads judge.
async fn judge(full: &Arc<Full>, threads: usize) -> anyhow::Result<f64> {
    let started = Instant::now();
    let judging = |full: Arc<Full>| async move {
        let mut count = 0_u32;
        while started.elapsed() < TIME {
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
