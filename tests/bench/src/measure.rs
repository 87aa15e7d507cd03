//! Taking times.

use std::time::Instant;

/// Of this many rounds the best counts: the others were disturbed.
const ROUNDS: u32 = 9;
/// A round is long enough that reading the clock costs nothing.
const ROUND_US: f64 = 60_000.0;

/// How long one call takes, in microseconds.
pub fn natively(mut work: impl FnMut()) -> f64 {
    let mut best = f64::MAX;
    let calls = calls(&mut work);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        for _ in 0..calls {
            work();
        }
        best = best.min(started.elapsed().as_secs_f64() * 1e6 / f64::from(calls));
    }
    best
}

/// The same for work that waits.
pub async fn awaited(mut work: impl AsyncFnMut()) -> f64 {
    for _ in 0..20 {
        work().await;
    }
    let started = Instant::now();
    work().await;
    let calls = enough(started.elapsed().as_secs_f64() * 1e6);
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

fn calls(mut work: impl FnMut()) -> u32 {
    for _ in 0..20 {
        work();
    }
    let started = Instant::now();
    work();
    enough(started.elapsed().as_secs_f64() * 1e6)
}

fn enough(once_us: f64) -> u32 {
    (ROUND_US / once_us.max(0.05)).clamp(5.0, 200_000.0) as u32
}
