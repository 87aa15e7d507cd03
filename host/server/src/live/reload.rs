//! Reloading: a change of the project's files is prepared off to the side, one generation at a time. What checks outputs goes
//! on meanwhile, and a candidate that fails changes nothing of it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tollgate::gate::{LoadedGate, TestEvidence};
use tollgate::gate_cases::GateCaseOutcome;
use tollgate::{Actor, Host};
use tollgate_api::join_causes;
use tollgate_model::GatePurpose;
use tollgate_project::{Project, PublishMode};

use super::LiveGates;
use super::live_gate::{Candidate, GateState, LiveGate, ReadyCandidate};
use super::names::read_gate_names;

/// Person that is recorded for what the server publishes by itself.
const AUTOMATIC_PUBLISHER: &str = "tollgate serve (automatic)";

/// Cases that a reason names. `tollgate gate test` shows all of them.
const FAILED_CASES_NAMED_MAX: usize = 3;

/// Outcome of reading the project again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReloadResult {
    /// Every gate that changed has a candidate that is ready.
    Ok,
    /// The files make what runs already.
    Noop,
    /// The project, or one of its gates, has something wrong.
    Rejected,
}

impl LiveGates {
    /// Reads the project for the first time, and opens every gate. Gates that are released check as soon as they are open.
    pub(crate) async fn open_project(&self) {
        match read_gate_names(&self.host()) {
            Ok(names) => self.keep_gates(names),
            Err(error) => self.reject_project(join_causes(&error)),
        }
        self.follow_to_end().await;
        self.prepare_generation().await;
    }

    /// Reads the project again, and prepares what has changed.
    pub(crate) async fn reload(&self) -> ReloadResult {
        let folder = self.host().project().folder.clone();
        let project = match Project::open(&folder) {
            Ok(project) => project,
            Err(error) => {
                self.reject_project(join_causes(&error));
                return ReloadResult::Rejected;
            }
        };
        let before = self.host();
        let is_same = before.project().has_settings_of(&project);
        self.0.host.store(Arc::new(before.with_project(project)));
        if !is_same {
            self.reopen_gates().await;
        }
        self.prepare_generation().await
    }

    /// Opens every gate anew, because the project may trust others now. What began at the former handle ends there.
    async fn reopen_gates(&self) {
        let host = self.host();
        for gate in self.all() {
            let _changing = gate.changing.lock().await;
            if gate.handle().is_none() {
                continue;
            }
            match host.gate(gate.name()).await {
                Ok(handle) => {
                    handle.keep_former(true);
                    gate.set_state(GateState::Deciding(handle));
                }
                Err(error) => gate.fail_to_open(&error),
            }
        }
    }

    /// Prepares what the files of the project make of each gate.
    async fn prepare_generation(&self) -> ReloadResult {
        let _preparing = self.0.preparing.lock().await;
        let generation = self.0.generation.fetch_add(1, Ordering::Relaxed) + 1;
        let host = self.host();
        match read_gate_names(&host) {
            Ok(names) => self.keep_gates(names),
            Err(error) => {
                self.reject_project(join_causes(&error));
                return ReloadResult::Rejected;
            }
        }
        self.0.project_error.store(Arc::new(None));
        let mut result = ReloadResult::Noop;
        for gate in self.all() {
            let prepared = self.prepare_gate(&host, &gate, generation).await;
            result = match (result, prepared) {
                (ReloadResult::Rejected, _) | (_, ReloadResult::Rejected) => ReloadResult::Rejected,
                (ReloadResult::Ok, _) | (_, ReloadResult::Ok) => ReloadResult::Ok,
                _ => ReloadResult::Noop,
            };
        }
        tracing::debug!(generation, ?result, "the project was read");
        result
    }

    async fn prepare_gate(
        &self,
        host: &Host,
        gate: &Arc<LiveGate>,
        generation: u64,
    ) -> ReloadResult {
        if !host.project().has_gate(gate.name()) {
            // Its active release goes on without the file.
            gate.set_candidate(Candidate::None);
            return ReloadResult::Noop;
        }
        gate.set_candidate(Candidate::Preparing { generation });
        let loaded = match host.load_locked_gate(gate.name().as_str()).await {
            Ok(loaded) => loaded,
            Err(error) => return gate.reject(generation, None, join_causes(&error)),
        };
        let release = loaded.snapshot.digest;
        if gate.state().release() == Some(release) {
            gate.set_candidate(Candidate::None);
            return ReloadResult::Noop;
        }
        let evidence = match prove(host, &loaded).await {
            Ok(evidence) => evidence,
            Err(reason) => return gate.reject(generation, Some(release), reason),
        };
        let _changing = gate.changing.lock().await;
        match loaded.gate.purpose {
            // Its files are all that it has, so what is proven judges.
            GatePurpose::Quality => {
                gate.set_candidate(Candidate::None);
                gate.set_state(GateState::Judging(Box::new(loaded)));
            }
            GatePurpose::Delegation => {
                if let Some(handle) = gate.handle()
                    && let Err(error) = handle.prepare(loaded.clone())
                {
                    return gate.reject(generation, Some(release), join_causes(&error));
                }
                let ready = Arc::new(ReadyCandidate { generation, loaded, evidence });
                gate.set_candidate(Candidate::Ready(ready.clone()));
                if host.project().serve_settings().publish == PublishMode::Automatic {
                    return self.publish_automatically(host, gate, &ready).await;
                }
                if gate.state().release().is_none() {
                    gate.wait_for_release();
                }
            }
        }
        ReloadResult::Ok
    }

    /// Publishes a candidate by the setting of the project. A gate under change control refuses it.
    async fn publish_automatically(
        &self,
        host: &Host,
        gate: &Arc<LiveGate>,
        ready: &ReadyCandidate,
    ) -> ReloadResult {
        let ReadyCandidate { generation, loaded, evidence } = ready;
        let actor = match AUTOMATIC_PUBLISHER.parse() {
            Ok(person) => Actor::new(person),
            Err(_) => return ReloadResult::Rejected,
        };
        let reason = "a watched file changed".parse().ok();
        match host.publish_loaded_release(loaded, &actor, reason, evidence).await {
            Ok(change) => {
                self.change_at_once(gate, change).await;
                ReloadResult::Ok
            }
            Err(error) => {
                let release = Some(loaded.snapshot.digest);
                gate.reject(*generation, release, join_causes(&error))
            }
        }
    }

    fn reject_project(&self, reason: String) {
        tracing::error!(reason, "the project cannot be read; what runs goes on");
        self.0.project_error.store(Arc::new(Some(reason)));
    }
}

impl LiveGate {
    fn reject(
        &self,
        generation: u64,
        release: Option<tollgate_model::Digest>,
        reason: String,
    ) -> ReloadResult {
        tracing::error!(
            gate = self.name().as_str(),
            generation,
            reason,
            "a candidate was rejected"
        );
        if let GateState::Pending { .. } = &*self.state() {
            self.set_state(GateState::Failed { reason: reason.clone() });
        }
        self.set_candidate(Candidate::Failed { generation, release, reason });
        ReloadResult::Rejected
    }

    fn wait_for_release(&self) {
        let reason = "it has no active release: publish one with `tollgate release`";
        self.set_state(GateState::Pending { reason });
    }
}

/// Proves a release by the gate's recorded cases. A gate without cases is proven by loading alone. Returns the reason if a
/// case does not come out as it should, or cannot be judged.
pub(super) async fn prove(host: &Host, loaded: &LoadedGate) -> Result<Vec<TestEvidence>, String> {
    let outcome = host.test_loaded_gate(loaded, host.now_ms()).await;
    let report = match outcome.map_err(|error| join_causes(&error))? {
        GateCaseOutcome::Tested(report) => report,
        GateCaseOutcome::NoCases { .. } => return Ok(Vec::new()),
    };
    let failed: Vec<_> = report.failed_cases().collect();
    if failed.is_empty() {
        return Ok(vec![report.to_evidence()]);
    }
    let file = report.file.display();
    let named = failed
        .iter()
        .take(FAILED_CASES_NAMED_MAX)
        .map(|tested| format!("{file}:{}: {}", tested.case.line, tested.mismatches.join("; ")));
    let (count, named) = (failed.len(), named.collect::<Vec<_>>().join(" · "));
    Err(format!("{count} of {} cases do not come out as they should: {named}", report.cases.len()))
}
