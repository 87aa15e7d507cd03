//! Prints the answers to a batch of outputs, each once it is recorded.

use std::io::{self, BufWriter, Write};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, anyhow};
use futures_util::FutureExt;
use indicatif::ProgressBar;
use tollgate::gate::{LoadedGate, TrialGate};
use tollgate::intake::{CheckAnswer, CheckAnswers, CheckManyOptions};
use tollgate::{CheckOutcome, CheckedRun, GateHandle, SystemClock};
use tollgate_api::report::{CheckCounts, CheckResult, GateRelease, ReportFormat};
use tollgate_model::{Decision, NonBlankString};

use super::answer_message::describe_answer_error;
use super::fail_on::{ExitTally, FailOn};
use super::format::FormatName;
use super::input::InputFiles;
use crate::cli::clock;
use crate::console;
use crate::exit::Exit;
use crate::shell_words::quote_word;

/// Size of the output buffer: some dozens of lines. It is also flushed before waiting for an answer.
const OUT_BYTES: usize = 64 << 10;

/// Time that the end of an input from another process waits for Ctrl-C. The same signal ends the sender, and the end can
/// arrive first. The kernel has sent it to both by then, so this is only the time to notice it, and every check of such an
/// input takes that much longer.
const SENDER_END_WAIT: Duration = Duration::from_millis(20);

/// Outputs that go through a gate together, and where their results go.
pub(super) struct Batch {
    gate: CheckedGate,
    format: Box<dyn ReportFormat>,
    out: BufWriter<Box<dyn Write>>,
    counts: CheckCounts,
    tally: ExitTally,
    /// True if another process sends outputs, as through a pipe.
    has_sender: bool,
    /// `None` if nothing can be resumed.
    name: Option<NonBlankString>,
    resume_note: ResumeNote,
}

/// Options for the results: their format, and the least of them that fails the command.
#[derive(Clone, Copy)]
pub(super) struct ReportOptions {
    pub(super) format: FormatName,
    pub(super) fail_on: FailOn,
}

/// End of a batch.
enum BatchEnd {
    Complete,
    Interrupted,
}

/// The gate that the outputs go through.
pub(super) enum Target {
    /// The active release, which records what it decides.
    Recorded { gate: GateHandle, options: CheckManyOptions },
    /// The locked gate, for a trial.
    Trial(Box<TrialGate>),
}

/// The gate as it was loaded last.
enum CheckedGate {
    Recorded(GateHandle),
    Trial(LoadedGate),
}

/// The name of a batch. A single output has none.
pub(super) enum BatchName {
    /// The user named the batch, so some of it may be recorded already.
    Given(NonBlankString),
    Generated(NonBlankString),
    None,
}

/// The note that says how to resume a batch, for inputs that arrive in more than one portion.
struct ResumeNote {
    second_portion: Arc<AtomicBool>,
    /// False if the user knows the name, and once the note is printed.
    is_needed: bool,
}

impl BatchName {
    /// Takes the name that the user gave, or makes up one for several outputs.
    pub(super) fn new(given: Option<&str>, is_many: bool) -> anyhow::Result<Self> {
        Ok(match given {
            Some(name) => {
                Self::Given(name.parse().map_err(|_| anyhow!("`--batch` must not be empty"))?)
            }
            None if is_many => Self::Generated(generate_batch_name(clock::now_ms()?)?),
            None => Self::None,
        })
    }

    fn into_inner(self) -> Option<NonBlankString> {
        match self {
            Self::Given(name) | Self::Generated(name) => Some(name),
            Self::None => None,
        }
    }

    /// Adds the batch to the settings of a check.
    pub(super) fn add_to(&self, options: CheckManyOptions) -> CheckManyOptions {
        match self {
            Self::Given(name) => options.with_batch(name.clone()),
            Self::Generated(name) => options.with_new_batch(name.clone()),
            Self::None => options,
        }
    }
}

impl Target {
    pub(super) fn loaded(&self) -> LoadedGate {
        match self {
            Self::Recorded { gate, .. } => gate.loaded(),
            Self::Trial(trial) => trial.loaded().clone(),
        }
    }

    /// Judges by a gate for its findings alone. What is recorded of it does not matter.
    pub(super) fn for_findings(loaded: LoadedGate) -> anyhow::Result<Self> {
        let trial = TrialGate::new(loaded, None, clock::now_ms()?)?;
        Ok(Self::Trial(Box::new(trial)))
    }

    fn is_trial(&self) -> bool {
        matches!(self, Self::Trial(_))
    }

    fn check_many(self, inputs: InputFiles) -> CheckAnswers {
        match self {
            Self::Recorded { gate, options } => gate.check_many(inputs, options),
            Self::Trial(trial) => trial.check_many_by(inputs, Arc::new(SystemClock)),
        }
    }

    fn checked_gate(&self) -> CheckedGate {
        match self {
            Self::Recorded { gate, .. } => CheckedGate::Recorded(gate.clone()),
            Self::Trial(trial) => CheckedGate::Trial(trial.loaded().clone()),
        }
    }
}

impl CheckedGate {
    fn release(&self) -> GateRelease {
        match self {
            Self::Recorded(gate) => (&gate.loaded()).into(),
            Self::Trial(loaded) => loaded.into(),
        }
    }
}

impl ResumeNote {
    /// Returns whether the note is to be printed now, once.
    fn take_due(&mut self) -> bool {
        self.second_portion.load(Ordering::Relaxed) && std::mem::take(&mut self.is_needed)
    }
}

impl Batch {
    /// Takes the outputs through the gate, prints their results, and returns the exit code.
    pub(super) async fn run(
        target: Target,
        name: BatchName,
        inputs: InputFiles,
        has_sender: bool,
        options: ReportOptions,
        bar: &ProgressBar,
    ) -> anyhow::Result<Exit> {
        let ReportOptions { format, fail_on } = options;
        let out = BufWriter::with_capacity(OUT_BYTES, format.open_output());
        let format = format.create(target.is_trial()).context("cannot create a temporary file")?;
        let is_needed = matches!(name, BatchName::Generated(_));
        let resume_note = ResumeNote { second_portion: inputs.second_portion(), is_needed };
        let gate = target.checked_gate();
        let (counts, tally) = (CheckCounts::new(gate.release().purpose), ExitTally::default());
        let name = name.into_inner();
        let mut batch = Self { gate, format, out, counts, tally, has_sender, name, resume_note };
        let answers = target.check_many(inputs);
        let ended = batch.write_report(answers, bar).await.map_err(describe_closed_output)?;
        Ok(match ended {
            BatchEnd::Complete => {
                let exit = batch.tally.exit(fail_on);
                if exit == Exit::Pass {
                    batch.note_held_outputs();
                }
                exit
            }
            BatchEnd::Interrupted => {
                console::note(batch.describe_interruption());
                Exit::Interrupted
            }
        })
    }

    async fn write_report(
        &mut self,
        answers: CheckAnswers,
        bar: &ProgressBar,
    ) -> anyhow::Result<BatchEnd> {
        self.format.begin(&mut self.out, &self.gate.release())?;
        let ended = self.write_answers(answers, bar).await?;
        bar.finish_and_clear();
        // A report without its end is not taken for a complete one.
        if let BatchEnd::Complete = ended {
            self.format.end(&mut self.out, &self.counts, &self.gate.release())?;
        }
        self.out.flush()?;
        Ok(ended)
    }

    async fn write_answers(
        &mut self,
        mut answers: CheckAnswers,
        bar: &ProgressBar,
    ) -> anyhow::Result<BatchEnd> {
        let mut interruption = pin!(wait_for_interruption());
        loop {
            if interruption.as_mut().now_or_never().is_some() {
                return Ok(BatchEnd::Interrupted);
            }
            let answer = match answers.next().now_or_never() {
                Some(answer) => answer,
                None => {
                    // A slow sender gets its results before the next output arrives.
                    self.out.flush()?;
                    tokio::select! {
                        answer = answers.next() => answer,
                        () = interruption.as_mut() => return Ok(BatchEnd::Interrupted),
                    }
                }
            };
            let Some(answer) = answer else {
                if !self.has_sender {
                    return Ok(BatchEnd::Complete);
                }
                return Ok(tokio::select! {
                    biased;
                    () = interruption => BatchEnd::Interrupted,
                    () = tokio::time::sleep(SENDER_END_WAIT) => BatchEnd::Complete,
                });
            };
            let answer = answer?;
            bar.inc(answer.origin.bytes as u64);
            if let Some(name) = &self.name
                && self.resume_note.take_due()
            {
                self.out.flush()?;
                let name = quote_word(name.as_str());
                console::note(format!("if this run is interrupted, `--batch {name}` resumes it"));
            }
            self.write_answer(answer)?;
        }
    }

    /// Says that held outputs may not be sent, for exit codes that count them as good.
    fn note_held_outputs(&self) {
        let held = self.counts.held;
        if held > 0 {
            console::note(format!(
                "held outputs: {held}; exit code 0 by `--fail-on block` is nobody's leave to send them"
            ));
        }
    }

    /// Says how far an interrupted batch came, and how to go on. Outputs that are recorded and not printed yet are printed
    /// when it is resumed.
    fn describe_interruption(&self) -> String {
        let total = self.counts.total();
        let outputs = if total == 1 { "output" } else { "outputs" };
        let progress = format!("interrupted after {total} {outputs}");
        match (&self.gate, &self.name) {
            (CheckedGate::Trial(_), _) => format!("{progress}: nothing was recorded"),
            (CheckedGate::Recorded(_), None) => progress,
            (CheckedGate::Recorded(_), Some(name)) => {
                let name = quote_word(name.as_str());
                format!(
                    "{progress}: run it again with `--batch {name}`, with all lines from the first, to resume it"
                )
            }
        }
    }

    fn write_answer(&mut self, answer: CheckAnswer) -> anyhow::Result<()> {
        let CheckAnswer { origin, outcome, .. } = answer;
        let result = match outcome {
            Ok(CheckOutcome::Decided(run)) => Ok(self.decided_result(*run)),
            Ok(CheckOutcome::AlreadyRecorded(run)) => Ok(CheckResult::from(*run)),
            Ok(_) => Err("the host gave an unknown outcome".into()),
            Err(error) => Err(describe_answer_error(&origin, error)),
        };
        self.counts.add(&result);
        self.tally.add(&result);
        Ok(self.format.write_result(&mut self.out, &origin, &result)?)
    }

    fn decided_result(&self, run: CheckedRun) -> CheckResult {
        if let Some(change) = &run.demotion {
            console::warn(format!(
                "gate `{}` was demoted from level {} to level {}: {}",
                self.gate.release().gate,
                change.from,
                change.to,
                join_reasons(&run.decision)
            ));
        }
        run.into()
    }
}

/// Waits until the user presses Ctrl-C. From then on, pressing it again ends the process at once.
async fn wait_for_interruption() {
    match tokio::signal::ctrl_c().await {
        Ok(()) => drop(tokio::spawn(async {
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(Exit::Interrupted as i32);
            }
        })),
        // Without a handler the system ends the process.
        Err(_) => std::future::pending().await,
    }
}

/// Explains a broken pipe: the reader of the results stopped before the end.
fn describe_closed_output(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref::<io::Error>().map(io::Error::kind) {
        Some(io::ErrorKind::BrokenPipe) => {
            anyhow!("standard output was closed before all results were printed")
        }
        _ => error,
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
pub(super) fn progress_bar(bytes: Option<u64>) -> ProgressBar {
    match bytes {
        Some(bytes) if !console::is_output_on_terminal() => {
            console::transfer_bar("checking", bytes)
        }
        _ => ProgressBar::hidden(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_that_the_reader_of_the_results_is_gone() {
        let closed = io::Error::from(io::ErrorKind::BrokenPipe);
        assert_eq!(
            describe_closed_output(closed.into()).to_string(),
            "standard output was closed before all results were printed"
        );
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert_eq!(describe_closed_output(full.into()).to_string(), "no storage space");
    }
}
