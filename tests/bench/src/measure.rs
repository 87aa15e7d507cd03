//! Time measurement.

use std::time::Instant;

/// Number of rounds. The best one counts, because the others were disturbed.
const ROUNDS: u32 = 9;
/// Length of a round, so long that reading the clock does not matter.
const ROUND_US: f64 = 60_000.0;

/// Returns the microseconds of one call.
pub fn time_call(mut work: impl FnMut()) -> f64 {
    let mut best = f64::MAX;
    let calls = calls_per_round(&mut work);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        for _ in 0..calls {
            work();
        }
        best = best.min(started.elapsed().as_secs_f64() * 1e6 / f64::from(calls));
    }
    best
}

/// Returns the microseconds of one call of an asynchronous function.
pub async fn time_async_call(mut work: impl AsyncFnMut()) -> f64 {
    for _ in 0..20 {
        work().await;
    }
    let started = Instant::now();
    work().await;
    let calls = calls_that_fill_a_round(started.elapsed().as_secs_f64() * 1e6);
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        for _ in 0..calls {
            work().await;
        }
        best = best.min(started.elapsed().as_secs_f64() * 1e6 / f64::from(calls));
    }
    best
}

/// Warms up, and returns the number of calls that fill a round.
fn calls_per_round(mut work: impl FnMut()) -> u32 {
    for _ in 0..20 {
        work();
    }
    let started = Instant::now();
    work();
    calls_that_fill_a_round(started.elapsed().as_secs_f64() * 1e6)
}

fn calls_that_fill_a_round(once_us: f64) -> u32 {
    (ROUND_US / once_us.max(0.05)).clamp(5.0, 200_000.0) as u32
}
