//! The window: how much input is on its way through a gate at once.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

/// Outputs that are read and whose answers are not taken yet: enough to keep all cores busy while the ledger writes,
/// few enough to be recorded quickly.
pub const WINDOW_ITEMS_MAX: usize = 512;
/// Bytes of these outputs, as they were read. A single output that is larger goes through alone.
pub const WINDOW_BYTES_MAX: usize = 8 << 20;
/// Bytes that one place of the window is for. Larger outputs take several places.
const PLACE_BYTES: usize = WINDOW_BYTES_MAX / WINDOW_ITEMS_MAX;

/// Places for the outputs that are on their way. Clones are the same window.
#[derive(Clone)]
pub(super) struct Window {
    places: Arc<Semaphore>,
    runtime: Handle,
}

/// Place of one output. It is free again when this is dropped.
pub(super) struct WindowPlace(OwnedSemaphorePermit);

impl Window {
    pub(super) fn new(runtime: Handle) -> Self {
        Self { places: Arc::new(Semaphore::new(WINDOW_ITEMS_MAX)), runtime }
    }

    /// Blocks until a place is free. Returns `None` once the window is closed.
    pub(super) fn take_place(&self) -> Option<WindowPlace> {
        self.take(1).map(WindowPlace)
    }

    /// Blocks until a place is large enough for an output. Returns `None` once the window is closed.
    pub(super) fn widen_place(&self, mut place: WindowPlace, bytes: usize) -> Option<WindowPlace> {
        let more = bytes.div_ceil(PLACE_BYTES).clamp(1, WINDOW_ITEMS_MAX) - 1;
        if more > 0 {
            place.0.merge(self.take(u32::try_from(more).ok()?)?);
        }
        Some(place)
    }

    /// Wakes whoever waits for a place, and gives out no more of them.
    pub(super) fn close(&self) {
        self.places.close();
    }

    fn take(&self, count: u32) -> Option<OwnedSemaphorePermit> {
        match self.places.clone().try_acquire_many_owned(count) {
            Ok(permit) => Some(permit),
            Err(TryAcquireError::Closed) => None,
            Err(TryAcquireError::NoPermits) => {
                let permit = self.places.clone().acquire_many_owned(count);
                self.runtime.block_on(permit).ok()
            }
        }
    }
}
