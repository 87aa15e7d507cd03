//! Progress of long work, for callers that show it to somebody.

/// Receives the progress of long work.
pub trait Progress: Send + Sync {
    /// A step has begun, such as loading a gate.
    fn begin_step(&self, _name: &str) {}

    /// The step that began last has ended.
    fn end_step(&self) {}
}

/// Progress that nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProgress;

impl Progress for NoProgress {}
