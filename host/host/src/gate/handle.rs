//! The handle of an open gate.

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::oneshot;
use tollgate_ledger::{EventQuery, PageCursor};
use tollgate_model::{
    BatchLine, Digest, EventKind, Gate, GateName, OutputId, PromptRef, RunEvent, Subject,
};

use super::checked_run::CheckedRun;
use super::decider::RunOrigin;
use super::decision_queue::{DecisionQueue, Settlement};
use super::error::CheckError;
use super::judging::{JudgedOutput, subject_digest};
use super::loaded_gate::LoadedGate;
use crate::actor::Actor;
use crate::host::HostShared;

/// An output to check.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Submission {
    pub subject: Subject,
    /// Line of a batch. A line that is recorded already is not judged again.
    pub batch_line: Option<BatchLine>,
    /// Id by which the caller knows the output. Runs are found by it; it need not be unique.
    pub output_id: Option<String>,
}

impl Submission {
    pub fn new(subject: Subject) -> Self {
        Self { subject, batch_line: None, output_id: None }
    }

    /// Makes it a line of a batch.
    #[must_use]
    pub fn with_batch_line(mut self, line: BatchLine) -> Self {
        self.batch_line = Some(line);
        self
    }

    /// Sets the id by which the caller knows the output.
    #[must_use]
    pub fn with_output_id(mut self, id: impl Into<String>) -> Self {
        self.output_id = Some(id.into());
        self
    }
}

/// An output that was judged and is not decided yet.
pub struct JudgedSubmission {
    active: Arc<ActiveGate>,
    output: JudgedOutput,
    batch_line: Option<BatchLine>,
    output_id: Option<OutputId>,
}

/// An output that was handed in. Its decision is recorded even if nobody waits for it, unless this is dropped before
/// its turn.
pub struct PendingDecision {
    gate: GateHandle,
    release: Digest,
    origin: RunOrigin,
    reply: oneshot::Receiver<Settlement>,
}

impl PendingDecision {
    /// Waits until the decision is durable.
    pub async fn outcome(self) -> Result<CheckOutcome, CheckError> {
        let Self { gate, mut release, origin, mut reply } = self;
        loop {
            let settlement = reply.await.map_err(|_| CheckError::Closed)?;
            match settlement {
                Settlement::Decided(run) => return Ok(CheckOutcome::Decided(run)),
                Settlement::Failed(error) => return Err(error),
                Settlement::AlreadyRecorded { event, judged } => {
                    let run = gate.recorded_run(event)?;
                    check_same_output(&run, judged.digest)?;
                    return Ok(CheckOutcome::AlreadyRecorded(run));
                }
                // Another release became active after the output was judged, so that one has to judge it.
                Settlement::ReleaseChanged(judged) => {
                    gate.follow_release(release).await?;
                    let active = gate.shared.active.load_full();
                    let now_ms = gate.shared.host.clock.now_ms();
                    let JudgedOutput { subject, .. } = *judged;
                    let output = active.loaded.judge(subject, now_ms).await?;
                    release = active.loaded.snapshot.digest;
                    reply = active.queue.submit(release, output, origin.clone()).await?;
                }
            }
        }
    }
}

/// The outcome of [`GateHandle::check`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum CheckOutcome {
    /// The output was judged, and its decision is recorded.
    Decided(Box<CheckedRun>),
    /// The line of the batch was recorded before.
    AlreadyRecorded(Box<RunEvent>),
}

/// An open gate. Clones are the same gate, and cloning is cheap. It follows the active release: an output is judged
/// and decided by one release, the one that is active when its decision is recorded.
#[derive(Clone)]
pub struct GateHandle {
    shared: Arc<GateShared>,
}

struct GateShared {
    host: Arc<HostShared>,
    active: ArcSwap<ActiveGate>,
    /// Held while another release is loaded, so that it is loaded once.
    loading: tokio::sync::Mutex<()>,
}

/// A loaded release with the queue that decides by it.
struct ActiveGate {
    loaded: LoadedGate,
    queue: DecisionQueue,
}

impl GateHandle {
    pub(crate) async fn open(host: Arc<HostShared>, name: &GateName) -> Result<Self, CheckError> {
        let active = ActiveGate::load(&host, name).await?;
        let (active, loading) = (ArcSwap::from_pointee(active), tokio::sync::Mutex::new(()));
        Ok(Self { shared: Arc::new(GateShared { host, active, loading }) })
    }

    /// Returns the gate record of the active release.
    pub fn gate(&self) -> Arc<Gate> {
        self.shared.active.load().loaded.gate.clone()
    }

    /// Returns the digest of the active release, as far as this handle knows.
    pub fn release(&self) -> Digest {
        self.shared.active.load().loaded.snapshot.digest
    }

    /// Returns the prompt that the active release pins.
    pub fn prompt(&self) -> Option<PromptRef> {
        self.shared.active.load().loaded.prompt.clone()
    }

    /// Returns the active release as it is loaded, as far as this handle knows.
    pub fn loaded(&self) -> LoadedGate {
        self.shared.active.load().loaded.clone()
    }

    /// Judges an output with the active release, decides, and records the decision. It completes once the decision is
    /// durable. If the future is dropped before that, the output is recorded completely or not at all.
    pub async fn check(
        &self,
        submission: Submission,
        actor: &Actor,
    ) -> Result<CheckOutcome, CheckError> {
        let judged = self.judge(submission).await?;
        self.submit(judged, actor).await?.outcome().await
    }

    /// Judges an output with the active release and decides nothing yet. Many outputs can be judged at once.
    pub async fn judge(&self, submission: Submission) -> Result<JudgedSubmission, CheckError> {
        let Submission { subject, batch_line, output_id } = submission;
        let output_id = output_id.map(OutputId::new);
        let active = self.shared.active.load_full();
        let now_ms = self.shared.host.clock.now_ms();
        let output = active.loaded.judge(subject, now_ms).await?;
        Ok(JudgedSubmission { active, output, batch_line, output_id })
    }

    /// Hands in a judged output. Outputs are decided in the order in which they are handed in, so an earlier one gets
    /// what is left of a budget.
    pub async fn submit(
        &self,
        judged: JudgedSubmission,
        actor: &Actor,
    ) -> Result<PendingDecision, CheckError> {
        let JudgedSubmission { active, output, batch_line, output_id } = judged;
        let submitted_by = Some(actor.person.clone());
        let origin = RunOrigin { batch_line, output_id, submitted_by, ..RunOrigin::default() };
        let release = active.loaded.snapshot.digest;
        let reply = active.queue.submit(release, output, origin.clone()).await?;
        Ok(PendingDecision { gate: self.clone(), release, origin, reply })
    }

    /// Returns what is recorded for a line of a batch, without judging anything. Fails if the line is recorded with
    /// another output. It blocks while it reads.
    pub fn find_batch_line(
        &self,
        line: &BatchLine,
        subject: &Subject,
    ) -> Result<Option<Box<RunEvent>>, CheckError> {
        let found = self.shared.host.read(|reader| -> Result<_, CheckError> {
            Ok(reader.batch_line(line.batch.as_str(), &line.key)?)
        })?;
        let Some(event) = found else { return Ok(None) };
        let run = self.recorded_run(event)?;
        check_same_output(&run, subject_digest(subject)?)?;
        Ok(Some(run))
    }

    fn recorded_run(&self, event: u64) -> Result<Box<RunEvent>, CheckError> {
        self.shared.host.read(|reader| {
            let page = PageCursor::After(event.saturating_sub(1));
            let query = EventQuery { gate: None, kind: None, page, limit: 1 };
            match reader.events(&query)?.pop().map(|stored| stored.event.kind) {
                Some(EventKind::Run(run)) => Ok(run),
                _ => Err(anyhow::anyhow!("event {event} of the ledger is not a run").into()),
            }
        })
    }

    /// Loads the release that is active by now, unless another task has done so.
    async fn follow_release(&self, former: Digest) -> Result<(), CheckError> {
        let _loading = self.shared.loading.lock().await;
        let name = self.gate().name.clone();
        if self.release() == former {
            let active = ActiveGate::load(&self.shared.host, &name).await?;
            self.shared.active.store(Arc::new(active));
        }
        Ok(())
    }
}

impl ActiveGate {
    async fn load(host: &Arc<HostShared>, name: &GateName) -> Result<Self, CheckError> {
        let loaded = host.load_active_gate(name).await?;
        let queue = DecisionQueue::start(host.clone(), loaded.clone())?;
        Ok(Self { loaded, queue })
    }
}

fn check_same_output(run: &RunEvent, subject: Digest) -> Result<(), CheckError> {
    if run.subject == subject {
        return Ok(());
    }
    let line = run.batch_line.as_ref();
    let (batch, key) =
        line.map(|line| (line.batch.to_string(), line.key.clone())).unwrap_or_default();
    Err(CheckError::DifferentOutput { batch, key })
}
