//! The handle of an open gate.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use tokio::sync::oneshot;
use tollgate_ledger::LedgerError;
use tollgate_model::{BatchLine, Digest, Gate, GateName, OutputId, PromptRef, RunEvent, Subject};
use tracing::{Instrument, Span, field, info_span};

use super::checked_run::CheckedRun;
use super::decider::RunOrigin;
use super::decision_queue::{DecisionQueue, DismissedOutput, Settlement};
use super::error::{CheckError, GateOpenError};
use super::following::FailedLoad;
use super::judging::{JudgedOutput, subject_digest};
use super::loaded_gate::LoadedGate;
use super::releases::find_active_release;
use super::standby::StandbyReleases;
use super::stream::{CheckStream, StreamSubmission};
use crate::actor::Actor;
use crate::host::HostShared;
use crate::lookup::{find_revocation, latest_decision};

/// An output to check.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Submission {
    pub subject: Subject,
    /// Line of a batch. A line that the active release has decided already is not judged again.
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
    /// Span of the whole check.
    span: Span,
}

/// An output that was handed in. Its decision is recorded even if nobody waits for it, unless this is dropped before
/// its turn.
pub struct PendingDecision {
    gate: GateHandle,
    reply: oneshot::Receiver<Settlement>,
    span: Span,
}

impl PendingDecision {
    /// Waits until the decision is durable.
    pub async fn outcome(self) -> Result<CheckOutcome, CheckError> {
        let Self { gate, mut reply, span } = self;
        loop {
            let settlement = reply.await.map_err(|_| CheckError::Closed)?;
            match settlement {
                Settlement::Decided(run) => return Ok(CheckOutcome::Decided(run)),
                Settlement::Failed(error) => return Err(error),
                Settlement::AlreadyRecorded { line, run, judged } => {
                    let run = gate.recorded_run(run)?;
                    check_same_output(&run, &line, judged.digest)?;
                    return Ok(CheckOutcome::AlreadyRecorded(run));
                }
                // Another release became active after the output was judged, so that one has to judge it.
                Settlement::ReleaseChanged(dismissed) => {
                    let DismissedOutput { release, judged, origin } = *dismissed;
                    gate.leave_release(release).instrument(span.clone()).await?;
                    let (active, subject) =
                        (gate.shared.active.load_full(), judged.into_handed_in());
                    // Text that went out is recorded in any case.
                    if origin.early_text.is_none() {
                        active.loaded.require_context(&subject)?;
                    }
                    let now_ms = gate.shared.host.clock.now_ms();
                    let judging = active.loaded.judge(subject, now_ms);
                    let output = judging.instrument(span.clone()).await?;
                    let release = active.loaded.snapshot.digest;
                    span.record("release", field::display(release));
                    reply = active.queue.submit(release, output, origin, span.clone()).await?;
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
    /// The active release has decided the line of the batch before. The decision is the latest one of the run, and
    /// blocks if it was taken back since: by a retraction, a rejection, an edit or an incident that names the run.
    AlreadyRecorded(Box<RunEvent>),
}

/// An open gate. Clones are the same gate, and cloning is cheap. It follows the active release: an output is judged
/// and decided by one release, the one that is active when its decision is recorded.
///
/// The former release is freed, with its thread, when the last check that it judges has been handed in. A text that is
/// still being written keeps it until its end.
#[derive(Clone)]
pub struct GateHandle {
    pub(super) shared: Arc<GateShared>,
}

pub(super) struct GateShared {
    pub(super) host: Arc<HostShared>,
    pub(super) name: GateName,
    pub(super) active: ArcSwap<ActiveGate>,
    pub(super) standby: Mutex<StandbyReleases>,
    /// Held while the active release is changed, so that it is loaded once.
    pub(super) loading: tokio::sync::Mutex<Option<FailedLoad>>,
    /// Number of attempts to load a release that have ended.
    pub(super) loads_ended: AtomicU64,
}

/// A loaded release with the queue that decides by it.
pub(crate) struct ActiveGate {
    pub(crate) loaded: LoadedGate,
    queue: DecisionQueue,
}

impl GateHandle {
    pub(crate) async fn open(
        host: Arc<HostShared>,
        name: &GateName,
    ) -> Result<Self, GateOpenError> {
        let loaded = host.load_active_gate(name).await?;
        let active = ArcSwap::from_pointee(ActiveGate::start(host.clone(), loaded)?);
        let shared = GateShared {
            host,
            name: name.clone(),
            active,
            standby: Mutex::default(),
            loading: tokio::sync::Mutex::default(),
            loads_ended: AtomicU64::default(),
        };
        Ok(Self { shared: Arc::new(shared) })
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
    ///
    /// ```no_run
    /// # use tollgate::{Actor, CheckOutcome, GateHandle, Submission, model::{Content, Subject}};
    /// # async fn example(gate: GateHandle) -> Result<(), Box<dyn std::error::Error>> {
    /// let letter = Subject::new(Content::Text("Hello Dana".into()));
    /// let submission = Submission::new(letter).with_output_id("order 4711");
    /// let actor = Actor::new("mail service".parse()?);
    /// if let CheckOutcome::Decided(run) = gate.check(submission, &actor).await? {
    ///     println!("{}: {}", run.run, run.decision.ruling);
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn check(
        &self,
        submission: Submission,
        actor: &Actor,
    ) -> Result<CheckOutcome, CheckError> {
        let judged = self.judge(submission).await?;
        self.submit(judged, actor).await?.outcome().await
    }

    /// Begins to check a text that is still being written, with the release that is active now. It has to be called in a
    /// tokio runtime. Waits until a sandbox is free for each contract that judges texts while they are written.
    ///
    /// If another release becomes active before the text is finished, nothing more goes out early: a part that settles more
    /// text is answered with [`StreamStop::ReleaseChanged`](super::StreamStop), and parts can still be pushed. At the end
    /// the release that is active then judges the whole text from its beginning, and decides. So the run names one
    /// release, and says how much had gone out before. The former release stays loaded until the text ends.
    ///
    /// ```no_run
    /// # use tollgate::{Actor, CheckError, CheckOutcome, GateHandle, StreamProgress, StreamSubmission};
    /// # fn show(text: &str) {}
    /// # async fn example(gate: GateHandle, actor: Actor, model: impl Iterator<Item = String>) -> Result<(), CheckError> {
    /// let mut stream = gate.check_stream(StreamSubmission::default(), &actor).await?;
    /// for part in model {
    ///     match stream.push(&part).await? {
    ///         StreamProgress::Text(text) => show(text),
    ///         StreamProgress::Stopped(_) => break,
    ///     }
    /// }
    /// if let CheckOutcome::Decided(run) = stream.finish().await? {
    ///     show(run.text_to_send().unwrap_or_default());
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn check_stream(
        &self,
        submission: StreamSubmission,
        actor: &Actor,
    ) -> Result<CheckStream, CheckError> {
        CheckStream::begin(self.clone(), submission, actor).await
    }

    /// Judges an output with the active release and decides nothing yet. Many outputs can be judged at once. It is not
    /// judged if its context lacks what the gate has to know and no review can supply
    /// ([`CheckError::ContextMissing`]).
    pub async fn judge(&self, submission: Submission) -> Result<JudgedSubmission, CheckError> {
        let Submission { subject, batch_line, output_id } = submission;
        let output_id = output_id.map(OutputId::new);
        let active = self.shared.active.load_full();
        active.loaded.require_context(&subject)?;
        let now_ms = self.shared.host.clock.now_ms();
        let span = active.check_span();
        let output = active.loaded.judge(subject, now_ms).instrument(span.clone()).await?;
        Ok(JudgedSubmission { active, output, batch_line, output_id, span })
    }

    /// Hands in a judged output. Outputs are decided in the order in which they are handed in, so an earlier one gets
    /// what is left of a budget.
    pub async fn submit(
        &self,
        judged: JudgedSubmission,
        actor: &Actor,
    ) -> Result<PendingDecision, CheckError> {
        let JudgedSubmission { active, output, batch_line, output_id, span } = judged;
        let submitted_by = Some(actor.person.clone());
        let origin = RunOrigin { batch_line, output_id, submitted_by, ..RunOrigin::default() };
        self.hand_in(&active, output, origin, span).await
    }

    /// Hands in an output that a release judged.
    pub(crate) async fn hand_in(
        &self,
        active: &ActiveGate,
        output: JudgedOutput,
        origin: RunOrigin,
        span: Span,
    ) -> Result<PendingDecision, CheckError> {
        let release = active.loaded.snapshot.digest;
        let reply = active.queue.submit(release, output, origin, span.clone()).await?;
        Ok(PendingDecision { gate: self.clone(), reply, span })
    }

    /// Returns what the active release has decided about a line of a batch, as
    /// [`CheckOutcome::AlreadyRecorded`] does, without judging anything. `None` if it has decided nothing yet: a decision
    /// of another gate or release never stands for one of this. Fails if the line is recorded with another output. It
    /// blocks while it reads.
    pub fn find_batch_line(
        &self,
        line: &BatchLine,
        subject: &Subject,
    ) -> Result<Option<Box<RunEvent>>, CheckError> {
        let name = &self.shared.name;
        let found = self.shared.host.read(|reader| -> Result<_, LedgerError> {
            // The handle may not know yet which release is active.
            let Some(release) = find_active_release(reader, name)? else { return Ok(None) };
            reader.batch_line(name, line, release)
        })?;
        let Some(run) = found else { return Ok(None) };
        let run = self.recorded_run(run)?;
        let unfenced = self.loaded().without_code_fence(subject);
        check_same_output(&run, line, subject_digest(unfenced.as_ref().unwrap_or(subject))?)?;
        Ok(Some(run))
    }

    /// Returns a run with its decision as it stands now.
    fn recorded_run(&self, run: Digest) -> Result<Box<RunEvent>, CheckError> {
        let history = self.shared.host.read(|reader| reader.history(run))?;
        let (_, latest) = latest_decision(&history, run).ok_or(CheckError::NotARun { run })?;
        let mut latest = Box::new(latest.clone());
        if let Some(revocation) = find_revocation(&history, run) {
            latest.decision = latest.decision.revoked(revocation);
        }
        Ok(latest)
    }

    pub(crate) fn host(&self) -> &HostShared {
        &self.shared.host
    }
}

impl ActiveGate {
    /// Starts to decide by a loaded release.
    pub(super) fn start(host: Arc<HostShared>, loaded: LoadedGate) -> Result<Self, GateOpenError> {
        let queue = DecisionQueue::start(host, loaded.clone())?;
        Ok(Self { loaded, queue })
    }

    /// Begins the span of a check.
    pub(crate) fn check_span(&self) -> Span {
        let LoadedGate { gate, snapshot, .. } = &self.loaded;
        info_span!("check", gate = gate.name.as_str(), release = %snapshot.digest)
    }
}

fn check_same_output(run: &RunEvent, line: &BatchLine, subject: Digest) -> Result<(), CheckError> {
    if run.subject == subject {
        return Ok(());
    }
    let (batch, key) = (line.batch.to_string(), line.key.clone());
    Err(CheckError::DifferentOutput { batch, key, run: run.run })
}
