//! Asking the contracts of a gate about one output.

use std::time::Instant;

use tollgate_model::{Checked, Digest, Kept, RunEvent, Subject};

use super::kept::{Personal, kept};
use super::ready::Ready;

/// An output, and what contracts said of it.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    pub(crate) subject: Subject,
    /// What identifies the output, with what is known of it.
    pub(crate) digest: Digest,
    /// What identifies its bare text or JSON.
    pub(super) bare: Option<Digest>,
    pub(crate) checks: Vec<Checked>,
    /// What of the output is recorded.
    pub(super) kept: Kept,
    /// What must not be recorded, wherever it is quoted.
    pub(super) personal: Personal,
    pub(super) time_us: u64,
}

impl Ready {
    /// Asks every contract, one after the other: a subject takes microseconds, and whoever has
    /// many of them asks about many at once.
    pub(crate) async fn judge(&self, subject: Subject, now_ms: u64) -> anyhow::Result<Judged> {
        let started = Instant::now();
        let written = serde_json::to_vec(&subject)?;
        let live = self.live(now_ms);
        let mut checks = Vec::with_capacity(self.contracts.len());
        for contract in self.contracts.iter() {
            checks.push(contract.ask(&subject, &live).await);
        }
        let time_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let digest = Digest::of(written);
        let (kept, personal) = match self.records {
            true => kept(self, &subject, &checks, &live).await,
            false => (Kept::Digest, Personal::Everything),
        };
        let bare = subject.content.bare().filter(|_| self.records).map(Digest::of);
        Ok(Judged { subject, digest, bare, checks, kept, personal, time_us })
    }
}

impl Judged {
    /// What was judged before, to be decided again. The output is as it was kept, or as whoever
    /// decides has it.
    pub(crate) fn before(run: &RunEvent, subject: Subject) -> Self {
        Self {
            subject,
            digest: run.subject,
            bare: run.output,
            checks: run.checks.clone(),
            kept: run.content.clone(),
            personal: Personal::none(),
            time_us: run.time_us,
        }
    }
}
