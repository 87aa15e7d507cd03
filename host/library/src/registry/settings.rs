//! How long a registry may take and how much it may send. Whoever runs a registry is not always
//! whom we trust, and networks fail.

use std::time::Duration;

/// How patient a client is, and what is too much for it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A connection that does not stand after this does not come to stand.
    pub connect_ms_max: u64,
    /// How long an answer takes to begin. Registries compute the digest of what was uploaded
    /// before they answer, which takes a while where it is large.
    pub answer_ms_max: u64,
    /// How long no byte comes before a transfer has stalled. There is no bound on the whole: a
    /// slow line is no fault.
    pub stall_ms_max: u64,
    /// How often something is tried that may work the next time. Whoever waits in front of it
    /// wants to know at some point.
    pub tries_max: u32,
    /// The first pause between two tries. Each further one is twice as long.
    pub pause_ms: u64,
    /// The longest of these pauses.
    pub pause_ms_max: u64,
    /// The longest pause that a registry may ask for. One that asks for more is told of instead.
    pub asked_pause_ms_max: u64,
    /// How often a request is sent elsewhere. Storage is one step away, sometimes two.
    pub redirects_max: u32,
    /// The size of a manifest, and of every other document. Registries take manifests of at
    /// most this size.
    pub document_bytes_max: usize,
    /// The size of a blob. The largest contracts carry an interpreter, and are a tenth of this.
    pub blob_bytes_max: u64,
    /// How many tags a repository may have. One that has more is not of contracts.
    pub tags_max: usize,
    /// How many pages lists may have: registries give a hundred entries on each at least, and
    /// one that has no end gives no others.
    pub pages_max: usize,
    /// How many artefacts may refer to one. Signatures and marks are a handful.
    pub referrers_max: usize,
    /// How long others who change the same list of referrers have to be done, before it is
    /// looked at whether ours is still in it.
    pub settle_ms: u64,
    /// How long a program that keeps credentials may take: some ask a person to unlock them.
    pub helper_ms_max: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect_ms_max: 10_000,
            answer_ms_max: 60_000,
            stall_ms_max: 30_000,
            tries_max: 5,
            pause_ms: 500,
            pause_ms_max: 8_000,
            asked_pause_ms_max: 60_000,
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

impl Settings {
    pub(super) fn connect(&self) -> Duration {
        Duration::from_millis(self.connect_ms_max)
    }

    pub(super) fn answer(&self) -> Duration {
        Duration::from_millis(self.answer_ms_max)
    }

    pub(super) fn stall(&self) -> Duration {
        Duration::from_millis(self.stall_ms_max)
    }

    pub(super) fn settle(&self) -> Duration {
        Duration::from_millis(self.settle_ms)
    }

    pub(super) fn helper(&self) -> Duration {
        Duration::from_millis(self.helper_ms_max)
    }
}
