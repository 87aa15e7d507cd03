//! Progress of fetching packages.

use tollgate_packages::source::TransferProgress;

/// Receives the progress of fetching. The bytes are reported through [`TransferProgress`].
pub trait FetchProgress: TransferProgress {
    /// Fetching begins. `bytes` is the size of everything that is to be fetched, and may be 0.
    fn start(&self, bytes: u64);

    /// Fetching has ended, with or without an error.
    fn finish(&self);
}

/// Ignores progress.
impl FetchProgress for () {
    fn start(&self, _: u64) {}

    fn finish(&self) {}
}
