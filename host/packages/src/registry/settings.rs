//! Limits on the time and the data that a registry may take. Registries are not always trusted, and
//! networks fail.

use std::time::Duration;

/// Timeouts and size limits of a client.
#[derive(Clone, Debug)]
pub struct RegistrySettings {
    /// Time to connect. A connection that takes longer rarely succeeds.
    pub connect_ms_max: u64,
    /// Time until a response starts. Registries compute the digest of an upload before they answer,
    /// which takes a while for large blobs.
    pub response_ms_max: u64,
    /// Time without any byte after which a transfer has stalled.
    pub stall_ms_max: u64,
    /// Time to read a manifest or other document as a whole. They have some kilobytes, but a registry
    /// that sends a byte before each stall could keep a client waiting for years.
    pub document_ms_max: u64,
    /// Time for all pages of a list, for the same reason. Two hundred pages take a minute or two.
    pub list_ms_max: u64,
    /// Rate below which the transfer of a blob is given up, so that its time is bounded by its size. A
    /// slow mobile connection has some times as much.
    pub blob_bytes_per_second_min: u64,
    /// Number of attempts for transient errors, limited because a person may be waiting.
    pub attempts_max: u32,
    /// Pause before the second attempt. Each further pause is twice as long.
    pub retry_pause_ms: u64,
    /// Longest pause between attempts.
    pub retry_pause_ms_max: u64,
    /// Longest pause that a registry may ask for. If it asks for more, the request fails.
    pub retry_after_ms_max: u64,
    /// Number of redirects followed. Storage is one redirect away, sometimes two.
    pub redirects_max: u32,
    /// Size of a manifest or other document. Registries accept manifests of up to 4 MiB.
    pub document_bytes_max: usize,
    /// Size of a blob. The largest contracts carry an interpreter and have a tenth of this.
    pub blob_bytes_max: u64,
    /// Number of tags in a repository.
    pub tags_max: usize,
    /// Number of pages of a list. Registries return at least a hundred entries on a page.
    pub pages_max: usize,
    /// Number of referrers of one artefact. Signatures and yank notices are a handful.
    pub referrers_max: usize,
    /// Time for concurrent writers of a referrer index to finish, before it is read again.
    pub settle_ms: u64,
    /// Time for a credential helper, which may ask a person to unlock it.
    pub helper_ms_max: u64,
}

impl Default for RegistrySettings {
    fn default() -> Self {
        Self {
            connect_ms_max: 10_000,
            response_ms_max: 60_000,
            stall_ms_max: 30_000,
            document_ms_max: 60_000,
            list_ms_max: 600_000,
            blob_bytes_per_second_min: 8 << 10,
            attempts_max: 5,
            retry_pause_ms: 500,
            retry_pause_ms_max: 8_000,
            retry_after_ms_max: 60_000,
            redirects_max: 5,
            document_bytes_max: 4 << 20,
            blob_bytes_max: 256 << 20,
            tags_max: 10_000,
            pages_max: 200,
            referrers_max: 1_000,
            settle_ms: 300,
            helper_ms_max: 60_000,
        }
    }
}

impl RegistrySettings {
    pub(super) fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_ms_max)
    }

    pub(super) fn response_timeout(&self) -> Duration {
        Duration::from_millis(self.response_ms_max)
    }

    pub(super) fn stall_timeout(&self) -> Duration {
        Duration::from_millis(self.stall_ms_max)
    }

    pub(super) fn document_timeout(&self) -> Duration {
        Duration::from_millis(self.document_ms_max)
    }

    pub(super) fn list_timeout(&self) -> Duration {
        Duration::from_millis(self.list_ms_max)
    }

    /// Returns the time for so many bytes of a blob: at the least rate, and with one stall.
    pub(super) fn blob_timeout(&self, bytes: u64) -> Duration {
        let transfer_s = bytes.div_ceil(self.blob_bytes_per_second_min.max(1));
        self.stall_timeout().saturating_add(Duration::from_secs(transfer_s))
    }

    pub(super) fn settle_pause(&self) -> Duration {
        Duration::from_millis(self.settle_ms)
    }

    pub(super) fn helper_timeout(&self) -> Duration {
        Duration::from_millis(self.helper_ms_max)
    }
}
