//! Two threads against one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tollgate_engine::Knobs;

use crate::full::Full;
use crate::page::{Page, times};
use crate::sandbox::engine;
use crate::workload::Workload;

const TIME: Duration = Duration::from_secs(2);

pub fn run(workload: &Workload, page: &mut Page) -> anyhow::Result<()> {
    page.head("Two threads against one (FULL, good)");
    page.columns(&["threads", "FULL a second", "against one"]);
    let mut one = None;
    for threads in [1, 2] {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(threads).build()?;
        let rate = runtime.block_on(rate(workload, threads))?;
        let one = *one.get_or_insert(rate);
        page.row(&[threads.to_string(), format!("{rate:.0}"), times(rate, one)]);
    }
    Ok(())
}

async fn rate(workload: &Workload, threads: usize) -> anyhow::Result<f64> {
    let full = Arc::new(Full::load(&engine(Knobs::default())?, workload, false).await?);
    let mut best = 0.0_f64;
    for _ in 0..3 {
        let started = Instant::now();
        let tasks: Vec<_> = (0..threads)
            .map(|_| {
                let full = full.clone();
                tokio::spawn(async move {
                    let mut count = 0_u32;
                    while started.elapsed() < TIME {
                        full.judge().await;
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        let mut all = 0;
        for task in tasks {
            all += task.await?;
        }
        best = best.max(f64::from(all) / started.elapsed().as_secs_f64());
    }
    Ok(best)
}
