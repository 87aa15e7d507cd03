//! The wall clock around a judgement.
//!
//! A contract steps aside after every slice of fuel. That is when the clock is looked
//! at: a contract that is over its time is not called again, and dropping its future
//! takes the sandbox down. No thread has to watch it, and no runtime thread is held.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

/// What the future came to, or nothing when it took too long.
pub(crate) async fn within<T>(time: Duration, future: impl Future<Output = T>) -> Option<T> {
    let started = Instant::now();
    let mut future = pin!(future);
    poll_fn(move |context| match future.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending if started.elapsed() >= time => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    })
    .await
}
