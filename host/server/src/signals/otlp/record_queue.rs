//! Records on their way to a collector. They wait in a bounded queue, and who adds one never waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::endpoint::OtlpEndpoint;
use crate::signals::metrics::ExportedSignal;

/// Records that wait, as many as a busy second makes. What is beyond is dropped and counted: a collector that takes nothing
/// must neither fill the memory nor delay a request.
pub(super) const WAITING_MAX: usize = 8_192;

/// Records in one request.
const BATCH_MAX: usize = 512;

/// Longest time that a record waits for others to go with.
const BATCH_TIME: Duration = Duration::from_secs(1);

/// Number of records that were not exported, by signal. Clones are the same counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct DroppedRecords(Arc<[AtomicU64; ExportedSignal::ALL.len()]>);

impl DroppedRecords {
    pub(super) fn add(&self, signal: ExportedSignal, count: u64) {
        if let Some(counter) = self.0.get(signal as usize) {
            counter.fetch_add(count, Ordering::Relaxed);
        }
    }

    pub(crate) fn count(&self, signal: ExportedSignal) -> u64 {
        self.0.get(signal as usize).map_or(0, |counter| counter.load(Ordering::Relaxed))
    }
}

/// Queue of the records of one signal. Clones are the same queue.
#[derive(Debug)]
pub(super) struct RecordQueue<T> {
    sender: mpsc::Sender<T>,
    signal: ExportedSignal,
    dropped: DroppedRecords,
}

impl<T> Clone for RecordQueue<T> {
    fn clone(&self) -> Self {
        Self { sender: self.sender.clone(), signal: self.signal, dropped: self.dropped.clone() }
    }
}

impl<T> RecordQueue<T> {
    pub(super) fn new(
        signal: ExportedSignal,
        dropped: DroppedRecords,
    ) -> (Self, mpsc::Receiver<T>) {
        let (sender, waiting) = mpsc::channel(WAITING_MAX);
        (Self { sender, signal, dropped }, waiting)
    }

    /// Adds a record, and does not wait.
    pub(super) fn push(&self, record: T) {
        if self.sender.try_send(record).is_err() {
            self.dropped.add(self.signal, 1);
        }
    }
}

/// Exports the records of a queue until the export ends, and then those that still wait.
pub(super) async fn export_records<T>(
    mut waiting: mpsc::Receiver<T>,
    endpoint: OtlpEndpoint,
    encode: impl Fn(Vec<T>) -> Vec<u8>,
    mut ended: watch::Receiver<bool>,
) {
    loop {
        let mut batch = Vec::new();
        tokio::select! {
            // What waits goes out first, also at the end.
            biased;
            count = waiting.recv_many(&mut batch, BATCH_MAX) => if count == 0 { return },
            _ = ended.wait_for(|ended| *ended) => return,
        }
        fill_batch(&mut batch, &mut waiting, &mut ended).await;
        let count = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        endpoint.export(encode(batch), count).await;
    }
}

/// Waits a moment for more records, so that they travel together.
async fn fill_batch<T>(
    batch: &mut Vec<T>,
    waiting: &mut mpsc::Receiver<T>,
    ended: &mut watch::Receiver<bool>,
) {
    let full_at = Instant::now() + BATCH_TIME;
    while batch.len() < BATCH_MAX {
        let room = BATCH_MAX - batch.len();
        let count = tokio::select! {
            biased;
            count = waiting.recv_many(batch, room) => count,
            () = tokio::time::sleep_until(full_at) => 0,
            _ = ended.wait_for(|ended| *ended) => 0,
        };
        if count == 0 {
            return;
        }
    }
}
