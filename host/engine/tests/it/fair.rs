//! Judging never blocks what else the runtime has to do.

use std::time::{Duration, Instant};

use crate::common::{engine, guest, judge, load, word};

/// On a single thread, a timer goes on ticking while a contract runs into its limits.
#[tokio::test]
async fn other_work_goes_on() {
    let contract = load(&engine(), guest("hostile")).await.unwrap();
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
