//! Judging never blocks other tasks of the runtime.

use std::time::{Duration, Instant};

use serde_json::json;
use tollgate_engine::{Grants, Limits};

use crate::common::{config, engine, guest, judge, limits, verdict_name};

/// On a single thread, another task keeps running while a contract uses up its fuel.
#[tokio::test]
async fn other_tasks_run_while_a_contract_loops() {
    // Enough for some three hundred slices.
    let limits = Limits { fuel: 300_000_000, ..limits() };
    let loaded = engine().load(guest("hostile"), config(json!({})), Grants::none(), limits).await;
    let contract = loaded.unwrap();
    let ticking = tokio::spawn(async {
        let (mut ticks, mut longest) = (0, Duration::ZERO);
        loop {
            let before = Instant::now();
            tokio::task::yield_now().await;
            longest = longest.max(before.elapsed());
            ticks += 1;
            if ticks > 100 && longest > Duration::ZERO {
                return ticks;
            }
        }
    });
    // The other task must get its hundred turns while this contract loops.
    assert_eq!(verdict_name(&judge(&contract, "loop").await), "out-of-fuel");
    assert!(ticking.is_finished(), "the other task had too few turns");
    assert!(ticking.await.unwrap() > 100);
}
