//! Decides on the judged outputs of a gate, and records the decisions before anybody learns of them.
//!
//! A decision depends on what was recorded before it: money that is spent, the level, incidents. So one thread per
//! open gate decides, one output after another, and hands all decisions of a group to the ledger at once, on the
//! condition that the gate has not changed since its state was read. If another process was faster, the state is
//! read and everything decided again. That keeps caps hard without a lock around the gate.

use std::collections::HashSet;
use std::sync::Arc;
use std::thread;

use tokio::sync::{mpsc, oneshot};
use tollgate_ledger::{Append, AppendCondition, ConflictError, LedgerEntry, LedgerError};
use tollgate_model::{BatchLine, Digest, GateName};
use tracing::{Span, info_span};

use super::checked_run::CheckedRun;
use super::decider::{DecidedRun, GateDecider, RunOrigin};
use super::error::{CheckError, GateOpenError};
use super::judging::JudgedOutput;
use super::loaded_gate::LoadedGate;
use super::releases::find_active_release;
use crate::host::HostShared;

/// Outputs that may wait for a decision before the next caller waits for a place. More would only wait longer.
const QUEUE_OUTPUTS_MAX: usize = 1024;
/// Outputs that are decided and recorded together. Beyond this the wait for the disk is shared by enough.
const GROUP_OUTPUTS_MAX: usize = 256;
/// Attempts to record a group. Each failed one means that another process recorded something, so thousands in a row
/// mean that something is wrong.
const ATTEMPTS_MAX: usize = 10_000;

/// A judged output that waits for its decision.
pub(crate) struct DecisionRequest {
    /// The release that judged it.
    pub(crate) release: Digest,
    pub(crate) judged: JudgedOutput,
    pub(crate) origin: RunOrigin,
    pub(crate) reply: oneshot::Sender<Settlement>,
    /// Span of the check that waits.
    pub(crate) span: Span,
}

/// The answer to a request.
pub(crate) enum Settlement {
    /// The decision is recorded.
    Decided(Box<CheckedRun>),
    /// Another release is active by now, so the output has to be judged by that one. Nothing is recorded.
    ReleaseChanged(Box<DismissedOutput>),
    /// The active release has decided the line of the batch in this run. Nothing else is recorded.
    AlreadyRecorded { line: BatchLine, run: Digest, judged: Box<JudgedOutput> },
    /// Nothing is recorded.
    Failed(CheckError),
}

/// An output that comes back undecided.
pub(crate) struct DismissedOutput {
    /// The release that judged it, and is not active.
    pub(crate) release: Digest,
    pub(crate) judged: JudgedOutput,
    pub(crate) origin: RunOrigin,
}

/// The queue of a gate. Its thread ends when the queue is dropped and everything that was handed in is answered. Nobody
/// joins it, so any thread may drop the queue.
pub(crate) struct DecisionQueue {
    requests: mpsc::Sender<DecisionRequest>,
}

impl DecisionQueue {
    /// Starts the thread of a gate.
    pub(crate) fn start(host: Arc<HostShared>, loaded: LoadedGate) -> Result<Self, GateOpenError> {
        let reader = host.ledger()?.open_reader()?;
        let now_ms = host.clock.now_ms();
        let decider = GateDecider::new::<GateOpenError>(loaded, Some(reader), now_ms)?;
        let (requests, received) = mpsc::channel(QUEUE_OUTPUTS_MAX);
        let name = decider.loaded.gate.name.clone();
        let worker = DecisionWorker { host, name, decider, requests: received };
        let thread = thread::Builder::new().name("tollgate-gate".into());
        thread.spawn(move || worker.run()).map_err(GateOpenError::NoThread)?;
        Ok(Self { requests })
    }

    /// Hands in a judged output, and returns where its answer arrives. Waits while the queue is full.
    pub(crate) async fn submit(
        &self,
        release: Digest,
        judged: JudgedOutput,
        origin: RunOrigin,
        span: Span,
    ) -> Result<oneshot::Receiver<Settlement>, CheckError> {
        let (reply, answer) = oneshot::channel();
        let request = DecisionRequest { release, judged, origin, reply, span };
        self.requests.send(request).await.map_err(|_| CheckError::Closed)?;
        Ok(answer)
    }
}

struct DecisionWorker {
    host: Arc<HostShared>,
    name: GateName,
    decider: GateDecider,
    requests: mpsc::Receiver<DecisionRequest>,
}

/// Result of one attempt to record a group.
enum Attempt {
    Recorded,
    /// These are decided again.
    Again(Vec<DecisionRequest>),
    /// The decision on one of these cannot be recorded, so each is decided alone.
    Apart(Vec<DecisionRequest>),
    Failed(Vec<DecisionRequest>, CheckError),
}

impl DecisionWorker {
    fn run(mut self) {
        while let Some(first) = self.requests.blocking_recv() {
            let mut group = vec![first];
            while group.len() < GROUP_OUTPUTS_MAX
                && let Ok(request) = self.requests.try_recv()
            {
                group.push(request);
            }
            let mut next = Some(group);
            while let Some(group) = next {
                let (group, repeated) = split_repeated_lines(group);
                self.settle_group(group);
                next = Some(repeated).filter(|repeated| !repeated.is_empty());
            }
        }
    }

    fn settle_group(&mut self, mut group: Vec<DecisionRequest>) {
        for _ in 0..ATTEMPTS_MAX {
            // A caller that is gone wants no decision, and none is recorded that could be left out.
            group.retain(|request| !request.reply.is_closed());
            if group.is_empty() {
                return;
            }
            match self.attempt(group) {
                Attempt::Recorded => return,
                Attempt::Again(rest) => group = rest,
                Attempt::Apart(rest) => {
                    return rest.into_iter().for_each(|request| self.settle_group(vec![request]));
                }
                Attempt::Failed(rest, error) => return fail(rest, &error),
            }
        }
        fail(group, &CheckError::TooManyConflicts { gate: self.name.clone() });
    }

    fn attempt(&mut self, group: Vec<DecisionRequest>) -> Attempt {
        let now_ms = self.host.clock.now_ms();
        let active = match self.refresh(now_ms) {
            Ok(active) => active,
            Err(error) => return Attempt::Failed(group, error),
        };
        let group = self.dismiss_others(group, active);
        let mut decided_runs = Vec::with_capacity(group.len());
        let mut entries = Vec::new();
        for request in &group {
            let decide = || self.decider.decide(&request.judged, &request.origin, now_ms);
            match request.span.in_scope(decide) {
                Ok(mut decided) => {
                    entries.append(&mut decided.entries);
                    decided_runs.push(decided);
                }
                Err(error) => return Attempt::Failed(group, error.into()),
            }
        }
        self.record(group, decided_runs, entries)
    }

    /// Reads the state of the gate, and returns the release that is active. The state is read first: a change in
    /// between then fails the append.
    fn refresh(&mut self, now_ms: u64) -> Result<Option<Digest>, CheckError> {
        self.decider.refresh(now_ms)?;
        let reader = self.decider.reader().ok_or(CheckError::Closed)?;
        Ok(find_active_release(reader, &self.name)?)
    }

    /// Sends back the outputs that a release judged which is not active.
    fn dismiss_others(
        &self,
        group: Vec<DecisionRequest>,
        active: Option<Digest>,
    ) -> Vec<DecisionRequest> {
        // The rules are those of the release that the decider has loaded.
        let loaded = self.decider.loaded.snapshot.digest;
        let is_current = |request: &DecisionRequest| {
            Some(request.release) == active && request.release == loaded
        };
        let (current, others): (Vec<_>, Vec<_>) = group.into_iter().partition(is_current);
        for DecisionRequest { release, judged, origin, reply, .. } in others {
            let dismissed = DismissedOutput { release, judged, origin };
            // A caller that does not wait any more needs no answer.
            let _ = reply.send(Settlement::ReleaseChanged(Box::new(dismissed)));
        }
        current
    }

    fn record(
        &self,
        group: Vec<DecisionRequest>,
        decided_runs: Vec<DecidedRun>,
        entries: Vec<LedgerEntry>,
    ) -> Attempt {
        if group.is_empty() {
            return Attempt::Recorded;
        }
        let condition = AppendCondition::GateVersion {
            gate: self.name.clone(),
            version: self.decider.version(),
        };
        let span = self.append_span(&group, entries.len());
        let append = Append::from(entries).on_condition(condition);
        let append = || self.host.ledger().and_then(|ledger| ledger.append_blocking(append));
        let recorded = span.in_scope(append);
        match recorded {
            Ok(_) => {
                for (request, decided) in group.into_iter().zip(decided_runs) {
                    let DecisionRequest { release, judged, reply, .. } = request;
                    let run = CheckedRun::new(release, decided, judged);
                    let _ = reply.send(Settlement::Decided(Box::new(run)));
                }
                Attempt::Recorded
            }
            Err(LedgerError::Conflict(ConflictError::GateChanged { .. })) => Attempt::Again(group),
            Err(LedgerError::Conflict(ConflictError::AlreadyRecorded { line, run })) => {
                Attempt::Again(answer_recorded(group, &line, run))
            }
            Err(error) if error.concerns_entry() && group.len() > 1 => Attempt::Apart(group),
            Err(error) => Attempt::Failed(group, CheckError::Ledger(Arc::new(error))),
        }
    }

    /// Begins the span of an append, which many checks wait for.
    fn append_span(&self, group: &[DecisionRequest], entries: usize) -> Span {
        let (gate, outputs) = (self.name.as_str(), group.len());
        let span = info_span!(parent: None, "append", gate, outputs, entries);
        if !span.is_disabled() {
            group.iter().for_each(|request| _ = span.follows_from(&request.span));
        }
        span
    }
}

/// Splits off the requests whose line of a batch an earlier request of the group has, too. They wait until that one is
/// settled, so that a run which answers them exists. All requests that are decided are of one gate and one release,
/// by which a line is recorded once.
fn split_repeated_lines(
    group: Vec<DecisionRequest>,
) -> (Vec<DecisionRequest>, Vec<DecisionRequest>) {
    let mut lines = HashSet::new();
    group.into_iter().partition(|request| {
        let line = request.origin.batch_line.as_ref();
        line.is_none_or(|line| lines.insert((line.batch.clone(), line.key.clone())))
    })
}

/// Answers the request for a line that is recorded already, and returns the others.
fn answer_recorded(
    group: Vec<DecisionRequest>,
    line: &BatchLine,
    run: Digest,
) -> Vec<DecisionRequest> {
    let is_recorded = |request: &DecisionRequest| request.origin.batch_line.as_ref() == Some(line);
    let (recorded, rest): (Vec<_>, Vec<_>) = group.into_iter().partition(is_recorded);
    for DecisionRequest { judged, reply, .. } in recorded {
        let (line, judged) = (line.clone(), Box::new(judged));
        let _ = reply.send(Settlement::AlreadyRecorded { line, run, judged });
    }
    rest
}

fn fail(group: Vec<DecisionRequest>, error: &CheckError) {
    for request in group {
        let _ = request.reply.send(Settlement::Failed(error.clone()));
    }
}
