//! What the routes about gates and runs have in common: finding a run that the caller may see, and recording a demotion that
//! is due.

use tokio::runtime::Handle;
use tollgate::autonomy::GateStatus;
use tollgate_api::join_causes;
use tollgate_ledger::RunSummary;
use tollgate_model::{GateName, LevelEvent};

use crate::access::Caller;
use crate::problem::Problem;
use crate::state::ServerState;

impl ServerState {
    /// Finds a run by its name, or by the first digits of it, among those that a caller may see. The answer about others is
    /// the same as about runs that do not exist.
    pub(super) async fn find_visible_run(
        &self,
        caller: &Caller,
        name: String,
    ) -> Result<RunSummary, Problem> {
        let (host, caller) = (self.host(), caller.clone());
        let find = move || host.find_visible_run(&name, |gate| caller.may_see(gate));
        self.read_blocking(find).await?.map_err(|error| Problem::of_run_lookup(&error))
    }

    /// Reads the state of a gate. A demotion that is due is recorded.
    pub(super) async fn gate_status(&self, gate: &GateName) -> Result<GateStatus, Problem> {
        let (host, name, runtime) = (self.host(), gate.clone(), Handle::current());
        // It blocks while it reads; what it records is written by the ledger's own thread.
        let read = move || runtime.block_on(host.gate_status(&name));
        let status = self.read_blocking(read).await?;
        if let Ok(GateStatus { record_error: Some(error), .. }) = &status {
            let (gate, error) = (gate.as_str(), join_causes(error));
            tracing::error!(gate, error, "a demotion applies and is not recorded yet");
        }
        status.map_err(|error| Problem::of_status(&error))
    }

    /// Records the demotion that something just recorded causes, and returns it. A failure is only logged: the demotion
    /// applies in any case, whoever reads the state of the gate next records it, and the caller must not do again what is
    /// recorded already.
    pub(super) async fn record_due_demotion(&self, gate: &GateName) -> Option<LevelEvent> {
        match self.gate_status(gate).await {
            Ok(status) => status.demotion,
            Err(problem) => {
                let (gate, detail) = (gate.as_str(), &problem.detail);
                let cause = problem.private_cause.as_deref().unwrap_or_default();
                tracing::error!(gate, %detail, cause, "the state of a gate cannot be read");
                None
            }
        }
    }
}
