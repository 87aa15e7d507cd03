//! Judging never blocks what else the runtime has to do.

use std::time::{Duration, Instant};

use serde_json::json;
use tollgate_engine::{Grants, Limits};

use crate::common::{config, engine, guest, judge, limits, word};

/// On a single thread, a timer goes on ticking while a contract runs into its limits.
#[tokio::test]
async fn other_work_goes_on() {
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
    // While this loops, the other task has to get its hundred turns.
    assert_eq!(word(&judge(&contract, "loop").await), "out-of-fuel");
    assert!(ticking.is_finished(), "the other task had too few turns");
    assert!(ticking.await.unwrap() > 100);
}
