//! The releases of a gate, each with the act that gave it its stage.

use tollgate_ledger::{LedgerError, LedgerReader, ReleaseState};
use tollgate_model::{EventKind, GateName, NonBlankString, RolloutStage};

use crate::host::Host;
use crate::lookup::event_by_number;

/// A release of a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownRelease {
    pub state: ReleaseState,
    /// Reason of the person who gave it its stage, or took it back. `None` if they gave none.
    pub reason: Option<NonBlankString>,
    /// Whether it is the release that decides.
    pub is_active: bool,
}

impl Host {
    /// Returns the releases of a gate: the active one, followed by the others, the most recently changed first. It blocks
    /// while it reads.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/project.rs"));
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_folder, host) = open_host()?;
    /// assert!(host.releases(&"welcome-email".parse()?, 20)?.is_empty());
    /// # Ok(()) }
    /// ```
    pub fn releases(&self, gate: &GateName, limit: u32) -> Result<Vec<KnownRelease>, LedgerError> {
        let releases = self.shared.read_if_recorded(|reader| {
            let mut states = reader.releases(gate)?;
            let is_full = |state: &&ReleaseState| state.stage == Some(RolloutStage::Full);
            let active = states.iter().find(is_full).map(|state| state.release);
            // The sort is stable, so the others stay in their order.
            states.sort_by_key(|state| Some(state.release) != active);
            states.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            let known = states.into_iter().map(|state| {
                let is_active = Some(state.release) == active;
                Ok(KnownRelease { reason: read_reason(reader, &state)?, state, is_active })
            });
            known.collect::<Result<_, LedgerError>>()
        })?;
        Ok(releases.unwrap_or_default())
    }
}

fn read_reason(
    reader: &dyn LedgerReader,
    state: &ReleaseState,
) -> Result<Option<NonBlankString>, LedgerError> {
    let event = event_by_number(reader, state.seq)?;
    Ok(event.and_then(|event| match event.event.kind {
        EventKind::Rollout(rollout) => rollout.reason,
        EventKind::Rollback(rollback) => Some(rollback.reason),
        _ => None,
    }))
}

#[cfg(test)]
mod tests {
    use tollgate_model::{Digest, RollbackEvent, RolloutEvent};

    use super::*;
    use crate::test_host::{TestHost, gate_name, text};

    async fn publish(test: &TestHost, release: &str, reason: Option<&str>) {
        let (release, by) = (Digest::of(release), "Sam Reed".parse().unwrap());
        let (stage, reason) = (RolloutStage::Full, reason.map(text));
        test.record(EventKind::Rollout(RolloutEvent { release, stage, by, reason })).await;
    }

    #[tokio::test]
    async fn the_active_release_is_first_and_each_has_its_latest_reason() {
        let test = TestHost::new();
        publish(&test, "first", None).await;
        publish(&test, "second", Some("new terms")).await;
        publish(&test, "third", Some("newer terms")).await;
        let (release, reason) = (Some(Digest::of("third")), text("too strict"));
        let by = "Lou Park".parse().unwrap();
        let taken_back = RollbackEvent { run: None, release, by, reason };
        test.record(EventKind::Rollback(taken_back)).await;
        let releases = test.host.releases(&gate_name(), 20).unwrap();
        let rows = releases.iter().map(|known| {
            let reason = known.reason.as_ref().map(NonBlankString::as_str);
            (known.state.release, known.is_active, known.state.stage.is_some(), reason)
        });
        let expected = [
            (Digest::of("second"), true, true, Some("new terms")),
            (Digest::of("third"), false, false, Some("too strict")),
            (Digest::of("first"), false, true, None),
        ];
        assert_eq!(rows.collect::<Vec<_>>(), expected);
        let active = test.host.releases(&gate_name(), 1).unwrap();
        assert_eq!((active.len(), active[0].is_active), (1, true));
    }
}
