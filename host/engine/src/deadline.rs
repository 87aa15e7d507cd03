//! Wall-clock deadline of a judgement.
//!
//! A contract yields after every slice of fuel, and the clock is checked then. A contract
//! past its deadline is not polled again, and dropping its future ends the sandbox. This
//! needs no watchdog thread and blocks no runtime thread.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

/// Runs a future, and returns `None` if it takes longer than `time`.
pub(crate) async fn with_deadline<T>(time: Duration, future: impl Future<Output = T>) -> Option<T> {
    let started = Instant::now();
    let mut future = pin!(future);
    poll_fn(move |context| match future.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending if started.elapsed() >= time => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    })
    .await
}
