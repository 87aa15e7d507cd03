//! The question whether text may go out before its decision, asked each time that text could go out.

use tollgate_govern::OutputFacts;
use tollgate_govern::early_text::early_text_obstacle;
use tollgate_ledger::{LedgerError, LedgerReader};
use tollgate_model::{Determinism, Digest, Subject};

use super::loaded_gate::LoadedGate;
use super::releases::find_active_release;
use super::state::GateState;
use super::stream::StreamStop;
use crate::host::HostShared;

/// The facts of a text that is being written, and what the gate's rules depend on. The state is read again only when
/// the gate has changed.
pub(crate) struct EarlyTextRule {
    facts: OutputFacts,
    contracts: Vec<(String, Determinism)>,
    /// State of the gate with its active release; empty until it is first read.
    read: Option<(GateState, Option<Digest>)>,
}

impl EarlyTextRule {
    /// Creates the rule for a text of which nothing is written yet.
    pub(crate) fn new(loaded: &LoadedGate, subject: &Subject) -> Self {
        // Both digests only matter for samples and approvals, which a text that is still being written has none of.
        let facts = OutputFacts::from_subject(subject, Digest::of(""), Digest::of(""));
        // Whether it stays blank is not known before its end.
        let facts = OutputFacts { is_blank: false, ..facts };
        let bound = loaded.panel.contracts().iter();
        let contracts = bound.map(|one| (one.binding_id.clone(), one.determinism())).collect();
        Self { facts, contracts, read: None }
    }

    /// Returns why no text may go out now, or `None` if it may. It blocks while it reads.
    pub(crate) fn find_obstacle(
        &mut self,
        host: &HostShared,
        loaded: &LoadedGate,
    ) -> Result<Option<StreamStop>, LedgerError> {
        let now_ms = host.clock.now_ms();
        let former = self.read.take();
        let current = host.read(|reader| match former {
            Some(read) if reader.gate_version(&loaded.gate.name)? == read.0.version => Ok(read),
            _ => self.read_state(reader, loaded, now_ms),
        })?;
        let (state, release) = self.read.insert(current);
        if *release != Some(loaded.snapshot.digest) {
            return Ok(Some(StreamStop::ReleaseChanged));
        }
        let obstacle =
            early_text_obstacle(&loaded.gate, &self.contracts, &self.facts, &state.inputs, now_ms);
        Ok(obstacle.map(StreamStop::Gate))
    }

    fn read_state(
        &self,
        reader: &dyn LedgerReader,
        loaded: &LoadedGate,
        now_ms: u64,
    ) -> Result<(GateState, Option<Digest>), LedgerError> {
        let gate = &loaded.gate;
        // The state has the version that it was read from, so what changes after that is found the next time.
        let state = GateState::of_release(&loaded.snapshot.release);
        let mut state = state.with_recorded(reader, gate, now_ms)?;
        state.select_campaign(Some(reader), gate, self.facts.campaign.as_deref())?;
        Ok((state, find_active_release(reader, &gate.name)?))
    }
}
