//! Checking many outputs: at a gate, which records, or at a gate on trial.

use std::sync::Arc;

use tokio::runtime::Handle;
use tollgate_model::{BatchLine, NonBlankString, Subject};
use tracing::{Instrument, Span};

use super::answers::CheckAnswers;
use super::error::PipelineError;
use super::input_item::{InputItem, InputOrigin};
use super::pipeline::{AbortingTask, DecideOutput, JudgeOutput, Judging, Settling, start_checks};
use crate::actor::Actor;
use crate::clock::Clock;
use crate::gate::{
    CheckError, CheckOutcome, GateHandle, JudgedOutput, JudgedSubmission, LoadedGate, Submission,
    TrialGate,
};
use crate::host::Host;

/// Settings of [`GateHandle::check_many`].
#[derive(Clone, Debug)]
pub struct CheckManyOptions {
    actor: Actor,
    batch: Option<NonBlankString>,
    /// Whether some of the batch may be recorded already.
    is_resuming: bool,
}

impl CheckManyOptions {
    /// Creates settings without a batch: each output is checked, whatever is recorded.
    pub fn new(actor: Actor) -> Self {
        Self { actor, batch: None, is_resuming: false }
    }

    /// Makes the outputs a batch, with their [places](InputOrigin::place) as keys. Outputs that the active release has
    /// decided in it are answered from the record, as their decision stands now, and not judged again. So checking the
    /// same input again resumes an interrupted batch.
    #[must_use]
    pub fn with_batch(mut self, name: NonBlankString) -> Self {
        (self.batch, self.is_resuming) = (Some(name), true);
        self
    }

    /// Makes the outputs a batch whose name is new. No output is looked up in the ledger, which saves time.
    #[must_use]
    pub fn with_new_batch(mut self, name: NonBlankString) -> Self {
        (self.batch, self.is_resuming) = (Some(name), false);
        self
    }

    fn batch_line(&self, origin: &InputOrigin) -> Option<BatchLine> {
        let batch = self.batch.clone()?;
        Some(BatchLine { batch, key: origin.place() })
    }
}

impl GateHandle {
    /// Checks many outputs. The answers come in the order of the input, each once its decision is durable. While earlier
    /// outputs are decided and recorded, the following ones are read and judged in tasks of the current runtime.
    ///
    /// The items are read on a thread of their own, so the iterator may block: a source may be slow, and each output is
    /// answered without waiting for the next. An output that cannot be read or checked is answered with its error, and
    /// the others go on.
    ///
    /// # Panics
    ///
    /// Panics outside of a Tokio runtime.
    ///
    /// ```no_run
    /// # use std::{fs::File, io::BufReader};
    /// # use tollgate::{Actor, CheckOutcome, GateHandle};
    /// use tollgate::intake::{CheckManyOptions, SubjectReader};
    ///
    /// # async fn example(gate: GateHandle, actor: Actor) -> Result<(), Box<dyn std::error::Error>> {
    /// let source = BufReader::new(File::open("letters.jsonl")?);
    /// let reader = SubjectReader::default().with_mapping("text=body".parse()?)?;
    /// let options = CheckManyOptions::new(actor).with_batch("autumn".parse()?);
    /// let mut answers = gate.check_many(reader.lines(source, "letters.jsonl"), options);
    /// while let Some(answer) = answers.next().await {
    ///     let answer = answer?;
    ///     match answer.outcome {
    ///         Ok(CheckOutcome::Decided(run)) => println!("{}: {}", answer.origin.id, run.decision.ruling),
    ///         Ok(_) => println!("{}: recorded before", answer.origin.id),
    ///         Err(error) => println!("{}: {error}", answer.origin.place()),
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    pub fn check_many<I>(&self, items: I, options: CheckManyOptions) -> CheckAnswers
    where
        I: IntoIterator<Item = InputItem, IntoIter: Send + 'static>,
    {
        let checks = RecordedChecks { gate: self.clone(), options, span: Span::current() };
        start_checks(items.into_iter(), checks.clone(), checks)
    }
}

impl TrialGate {
    /// Checks many outputs on trial, as [`GateHandle::check_many`] does. Nothing is recorded, but each decision counts for
    /// those that follow.
    ///
    /// # Panics
    ///
    /// Panics outside of a Tokio runtime.
    pub fn check_many<I>(self, items: I, host: &Host) -> CheckAnswers
    where
        I: IntoIterator<Item = InputItem, IntoIter: Send + 'static>,
    {
        self.check_many_by(items, host.shared.clock.clone())
    }

    /// Checks many outputs as [`TrialGate::check_many`] does, without a host: the time is that of a clock.
    ///
    /// # Panics
    ///
    /// Panics outside of a Tokio runtime.
    pub fn check_many_by<I>(self, items: I, clock: Arc<dyn Clock>) -> CheckAnswers
    where
        I: IntoIterator<Item = InputItem, IntoIter: Send + 'static>,
    {
        let judge = TrialJudge { loaded: self.loaded().clone(), clock: clock.clone() };
        start_checks(items.into_iter(), judge, TrialDecider { trial: self, clock })
    }
}

/// Checks that are recorded.
#[derive(Clone)]
struct RecordedChecks {
    gate: GateHandle,
    options: CheckManyOptions,
    /// Span of the caller, which the span of each check belongs to.
    span: Span,
}

impl JudgeOutput for RecordedChecks {
    type Judged = JudgedSubmission;

    fn start_judging(
        &self,
        subject: Subject,
        origin: &InputOrigin,
        runtime: &Handle,
    ) -> Result<Judging<JudgedSubmission>, PipelineError> {
        let batch_line = self.options.batch_line(origin);
        if let Some(line) = batch_line.as_ref().filter(|_| self.options.is_resuming)
            && let Some(run) = self.gate.find_batch_line(line, &subject)?
        {
            return Ok(Judging::AlreadyRecorded(run));
        }
        let output_id = origin.has_own_id.then(|| origin.id.clone());
        let submission = Submission { subject, batch_line, output_id };
        let gate = self.gate.clone();
        let judging = async move { Ok(gate.judge(submission).await?) };
        let task = runtime.spawn(judging.instrument(self.span.clone()));
        Ok(Judging::Started(AbortingTask::new(task)))
    }
}

impl DecideOutput for RecordedChecks {
    type Judged = JudgedSubmission;

    async fn decide(&mut self, judged: JudgedSubmission) -> Result<Settling, PipelineError> {
        let decision = self.gate.submit(judged, &self.options.actor).await?;
        Ok(Settling::Pending(Box::new(decision)))
    }
}

/// Judges by the gate that is on trial.
struct TrialJudge {
    loaded: LoadedGate,
    clock: Arc<dyn Clock>,
}

/// Decides on trial.
struct TrialDecider {
    trial: TrialGate,
    clock: Arc<dyn Clock>,
}

impl JudgeOutput for TrialJudge {
    type Judged = JudgedOutput;

    fn start_judging(
        &self,
        subject: Subject,
        _: &InputOrigin,
        runtime: &Handle,
    ) -> Result<Judging<JudgedOutput>, PipelineError> {
        self.loaded.require_context(&subject)?;
        let (loaded, now_ms) = (self.loaded.clone(), self.clock.now_ms());
        let task = runtime.spawn(async move {
            let judged = loaded.judge(subject, now_ms).await.map_err(CheckError::from)?;
            Ok(judged)
        });
        Ok(Judging::Started(AbortingTask::new(task)))
    }
}

impl DecideOutput for TrialDecider {
    type Judged = JudgedOutput;

    async fn decide(&mut self, judged: JudgedOutput) -> Result<Settling, PipelineError> {
        let run = self.trial.decide(judged, self.clock.now_ms())?;
        Ok(Settling::Decided(CheckOutcome::Decided(Box::new(run))))
    }
}
