//! Takes a batch of outputs through a gate: while one group is decided and recorded, the next one is
//! already being judged.

use std::io::{BufWriter, IsTerminal, Write, stdout};
use std::sync::mpsc::Receiver;

use anyhow::{Context, anyhow};
use indicatif::ProgressBar;
use tokio::task::JoinHandle;
use tollgate::gate::{JudgedOutput, JudgedSubmission, LoadedGate, PendingDecision, TrialGate};
use tollgate::{Actor, CheckError, CheckOutcome, CheckedRun, GateHandle, Submission};
use tollgate_model::{
    BatchLine, Content, Decision, NonBlankString, RetainedContent, Ruling, RunEvent, Subject,
};

use super::Workers;
use super::format::{CheckResult, CheckSummary, OutputFormat};
use super::input::InputItem;
use crate::cli::clock;
use crate::console;
use crate::exit::Exit;

/// Size of the output buffer: some dozens of lines. It is also flushed after each group.
const OUT_BYTES: usize = 64 << 10;

/// Outputs that go through a gate together, and where their results go.
pub(super) struct Batch {
    target: Target,
    format: Box<dyn OutputFormat>,
    out: BufWriter<Box<dyn Write>>,
    summary: CheckSummary,
}

/// The gate that the outputs go through.
pub(super) enum Target {
    /// The active release, which records what it decides.
    Recorded { gate: GateHandle, actor: Actor, batch: Option<BatchName> },
    /// The locked gate, for a trial.
    Trial(Box<TrialGate>),
}

/// The name of a batch. A single output has none.
#[derive(Clone)]
pub(super) struct BatchName {
    name: NonBlankString,
    /// Whether the user named the batch, so that some of it may be recorded already.
    is_resuming: bool,
}

/// An item on its way.
enum Judging {
    /// No output could be read, or judging could not begin.
    Refused(String),
    AlreadyRecorded(Box<RunEvent>),
    Recorded(JoinHandle<Result<JudgedSubmission, CheckError>>),
    Trial(JoinHandle<anyhow::Result<JudgedOutput>>),
}

type JudgedGroup = Vec<(InputItem, Judging)>;

impl BatchName {
    /// Takes the name that the user gave, or makes up one for several outputs.
    pub(super) fn new(given: Option<String>, is_many: bool) -> anyhow::Result<Option<Self>> {
        Ok(match given {
            Some(name) => {
                let name = name.parse().map_err(|_| anyhow!("`--batch` must not be empty"))?;
                Some(Self { name, is_resuming: true })
            }
            None if is_many => {
                let name = generate_batch_name(clock::now_ms()?)?;
                Some(Self { name, is_resuming: false })
            }
            None => None,
        })
    }

    fn line(&self, item: &InputItem) -> BatchLine {
        BatchLine { batch: self.name.clone(), key: batch_key(item) }
    }
}

impl Target {
    fn loaded(&self) -> LoadedGate {
        match self {
            Self::Recorded { gate, .. } => gate.loaded(),
            Self::Trial(trial) => trial.loaded().clone(),
        }
    }

    /// Begins to judge an item, unless it is recorded already.
    fn start_judging(&self, workers: &Workers, item: &mut InputItem, now_ms: u64) -> Judging {
        // The placeholder is an empty text rather than an error, because creating an error
        // captures a backtrace.
        let placeholder = Subject::new(Content::Text(String::new()));
        let subject = match std::mem::replace(&mut item.subject, Ok(placeholder)) {
            Ok(subject) => subject,
            Err(error) => return Judging::Refused(format!("{error:#}")),
        };
        match self {
            Self::Trial(trial) => {
                let loaded = trial.loaded().clone();
                Judging::Trial(workers.spawn(async move { loaded.judge(subject, now_ms).await }))
            }
            Self::Recorded { gate, batch, .. } => {
                let line = batch.as_ref().map(|batch| batch.line(item));
                if batch.as_ref().is_some_and(|batch| batch.is_resuming)
                    && let Some(line) = &line
                {
                    match gate.find_batch_line(line, &subject) {
                        Ok(None) => {}
                        Ok(Some(run)) => return Judging::AlreadyRecorded(run),
                        Err(error) => return Judging::Refused(check_error_message(&error)),
                    }
                }
                let submission = Submission::new(subject);
                let submission = match item.has_own_id {
                    true => submission.with_output_id(item.id.clone()),
                    false => submission,
                };
                let submission = match line {
                    Some(line) => submission.with_batch_line(line),
                    None => submission,
                };
                let gate = gate.clone();
                Judging::Recorded(workers.spawn(async move { gate.judge(submission).await }))
            }
        }
    }
}

impl Batch {
    pub(super) fn new(target: Target, format: Box<dyn OutputFormat>) -> Self {
        let out = BufWriter::with_capacity(OUT_BYTES, format.open_output());
        Self { target, format, out, summary: CheckSummary::default() }
    }

    /// Processes groups until the reader has no more, and returns the exit code.
    pub(super) fn run(
        &mut self,
        workers: &Workers,
        groups: &Receiver<Vec<InputItem>>,
        bytes: Option<u64>,
    ) -> anyhow::Result<Exit> {
        self.format.begin(&mut self.out, &self.target.loaded())?;
        let bar = progress_bar(bytes);
        let mut next: Option<JudgedGroup> = None;
        for count in 1.. {
            let current = match next.take() {
                Some(current) => current,
                None => match groups.recv() {
                    Ok(group) => self.start_judging(workers, group, &bar)?,
                    Err(_) => break,
                },
            };
            if count == 2 {
                self.print_batch_name();
            }
            // Judging of the next group starts before this one is settled, so that workers stay busy
            // while the ledger writes.
            next = match groups.try_recv() {
                Ok(group) => Some(self.start_judging(workers, group, &bar)?),
                Err(_) => None,
            };
            self.settle_group(workers, current)?;
        }
        bar.finish_and_clear();
        self.format.end(&mut self.out, &self.summary, &self.target.loaded())?;
        self.out.flush()?;
        Ok(self.summary.exit())
    }

    /// Prints how to resume the batch. Called only when there is more than one group.
    fn print_batch_name(&self) {
        if let Target::Recorded { batch: Some(BatchName { name, is_resuming: false }), .. } =
            &self.target
        {
            console::note(format!("if this run is interrupted, `--batch {name}` resumes it"));
        }
    }

    fn start_judging(
        &self,
        workers: &Workers,
        group: Vec<InputItem>,
        bar: &ProgressBar,
    ) -> anyhow::Result<JudgedGroup> {
        bar.inc(group.iter().map(|item| item.bytes as u64).sum());
        let now_ms = clock::now_ms()?;
        let start = |mut item| {
            let judging = self.target.start_judging(workers, &mut item, now_ms);
            (item, judging)
        };
        Ok(group.into_iter().map(start).collect())
    }

    /// Decides the judged outputs in their order, and prints each decision once it is recorded.
    fn settle_group(&mut self, workers: &Workers, group: JudgedGroup) -> anyhow::Result<()> {
        let now_ms = clock::now_ms()?;
        if let Target::Trial(trial) = &mut self.target {
            trial.reset_to_ledger(now_ms)?;
        }
        let mut pending = Vec::with_capacity(group.len());
        for (item, judging) in group {
            let settled = workers.block_on(self.target.submit(judging, now_ms))?;
            pending.push((item, settled));
        }
        for (item, settled) in pending {
            let result = match settled {
                Settled::Done(result) => *result,
                Settled::Pending(decision) => match workers.block_on(decision.outcome()) {
                    Ok(CheckOutcome::Decided(run)) => Ok(self.decided_result(*run)),
                    Ok(CheckOutcome::AlreadyRecorded(run)) => Ok(CheckResult::from_recorded(*run)),
                    Ok(_) => Err("the host gave an unknown outcome".into()),
                    Err(error) => Err(refuse_output(error)?),
                },
            };
            self.summary.add(&result);
            self.format.write_result(&mut self.out, &item, &result)?;
        }
        self.out.flush()?;
        Ok(())
    }

    fn decided_result(&self, run: CheckedRun) -> CheckResult {
        if let Some(change) = &run.demotion {
            console::warn(format!(
                "gate `{}` was demoted from level {} to level {}: {}",
                self.target.loaded().gate.name,
                change.from,
                change.to,
                join_reasons(&run.decision)
            ));
        }
        CheckResult::from_checked(run)
    }
}

/// An item that was handed in.
enum Settled {
    Done(Box<Result<CheckResult, String>>),
    Pending(Box<PendingDecision>),
}

impl Target {
    /// Waits until an item is judged, and hands it in to be decided.
    async fn submit(&mut self, judging: Judging, now_ms: u64) -> anyhow::Result<Settled> {
        const STOPPED: &str = "a worker stopped unexpectedly";
        let done = |result| Ok(Settled::Done(Box::new(result)));
        match (judging, self) {
            (Judging::Refused(reason), _) => done(Err(reason)),
            (Judging::AlreadyRecorded(run), _) => done(Ok(CheckResult::from_recorded(*run))),
            (Judging::Trial(task), Self::Trial(trial)) => match task.await.context(STOPPED)? {
                Ok(judged) => done(Ok(CheckResult::from_checked(trial.decide(judged, now_ms)?))),
                Err(error) => done(Err(format!("{error:#}"))),
            },
            (Judging::Recorded(task), Self::Recorded { gate, actor, .. }) => {
                match task.await.context(STOPPED)? {
                    Ok(judged) => Ok(Settled::Pending(Box::new(gate.submit(judged, actor).await?))),
                    Err(error) => done(Err(refuse_output(error)?)),
                }
            }
            (Judging::Trial(_) | Judging::Recorded(_), _) => {
                done(Err("the output was judged for another purpose".into()))
            }
        }
    }
}

/// Returns the message for an error that concerns one output only. Any other error stops the batch.
fn refuse_output(error: CheckError) -> anyhow::Result<String> {
    match &error {
        CheckError::Other(_) | CheckError::DifferentOutput { .. } => {
            Ok(check_error_message(&error))
        }
        _ => Err(error.into()),
    }
}

fn check_error_message(error: &CheckError) -> String {
    match error {
        CheckError::DifferentOutput { .. } => {
            "a different output is recorded here in this batch: use a new `--batch` name for changed \
             outputs"
                .into()
        }
        error => error.to_string(),
    }
}

/// Returns the key of an item in its batch: file and line, because ids need not be unique.
fn batch_key(item: &InputItem) -> String {
    match item.line {
        Some(number) => format!("{}:{number}", item.file),
        None => item.file.clone(),
    }
}

/// Generates a unique batch name from the date and random digits.
fn generate_batch_name(now_ms: u64) -> anyhow::Result<NonBlankString> {
    let mut bytes = [0; 4];
    // Random digits keep batches apart that start on the same day.
    getrandom::fill(&mut bytes)?;
    let (day, digits) = (tollgate_model::Date::from_ms(now_ms), tollgate_model::encode_hex(&bytes));
    Ok(format!("{day}-{digits}").parse()?)
}

fn join_reasons(decision: &Decision) -> String {
    let reasons: Vec<_> = decision.reasons.iter().map(ToString::to_string).collect();
    reasons.join("; ")
}

/// Creates a progress bar. It is hidden when results are printed to the same terminal, or when the size
/// of the input is unknown.
fn progress_bar(bytes: Option<u64>) -> ProgressBar {
    match bytes {
        Some(bytes) if !stdout().is_terminal() => console::transfer_bar("checking", bytes),
        _ => ProgressBar::hidden(),
    }
}

impl CheckResult {
    fn from_checked(run: CheckedRun) -> Self {
        let CheckedRun { run, release, facts, decision, subject, checks, time_us, .. } = run;
        let output = facts.subject;
        Self {
            run,
            release,
            decision,
            checks,
            time_us,
            output,
            subject: Some(subject),
            facts: Some(facts),
            was_recorded: false,
        }
    }

    fn from_recorded(run: RunEvent) -> Self {
        let RunEvent { run, release, decision, checks, content, time_us, subject: output, .. } =
            run;
        let subject = match content {
            RetainedContent::Full(subject) | RetainedContent::Masked(subject) => Some(*subject),
            _ => None,
        };
        let facts = None;
        Self { run, release, decision, checks, time_us, output, subject, facts, was_recorded: true }
    }
}

impl CheckSummary {
    fn add(&mut self, result: &Result<CheckResult, String>) {
        match result.as_ref().map(|result| result.decision.ruling) {
            Ok(Ruling::Allow) => self.allowed += 1,
            Ok(Ruling::Hold) => self.held += 1,
            Ok(Ruling::Block) => self.blocked += 1,
            Err(_) => self.not_judged += 1,
        }
        self.already_recorded += u64::from(result.as_ref().is_ok_and(|result| result.was_recorded));
    }

    fn exit(&self) -> Exit {
        match (self.not_judged, self.held + self.blocked) {
            (0, 0) => Exit::Pass,
            (0, _) => Exit::Fail,
            _ => Exit::NoOutcome,
        }
    }
}
