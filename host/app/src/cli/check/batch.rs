//! Takes a batch of outputs through a gate: while one group is decided and recorded, the next one is
//! already being judged.

use std::io::{BufWriter, IsTerminal, Write, stdout};
use std::path::PathBuf;
use std::sync::mpsc::Receiver;

use anyhow::{Context, anyhow, bail};
use indicatif::ProgressBar;
use tokio::task::JoinHandle;
use tollgate_ledger::{EventQuery, PageCursor, SqliteLedger};
use tollgate_model::{
    BatchLine, Content, Decision, Digest, EventKind, NonBlankString, Ruling, RunEvent, Subject,
};

use super::Workers;
use super::format::{CheckResult, CheckSummary, OutputFormat};
use super::input::InputItem;
use crate::cli::clock;
use crate::console;
use crate::exit::Exit;
use crate::local_user::local_user;
use crate::project::Project;
use crate::run::{DecidedRun, GateDecider, JudgedOutput, LoadedGate, RunOrigin};

/// Outputs that one task judges in sequence: enough that spawning costs nothing.
const TASK_ITEMS_MAX: usize = 16;
/// Size of the output buffer: some dozens of lines. It is also flushed after each group.
const OUT_BYTES: usize = 64 << 10;

/// Outputs that go through a gate together, and where their results go.
pub(super) struct Batch {
    project: Project,
    decider: GateDecider,
    ledger: Option<SqliteLedger>,
    /// Batch name; `None` for a single output and when nothing is recorded.
    name: Option<NonBlankString>,
    /// Whether the user named the batch, so that some of it may be recorded already.
    is_resuming: bool,
    format: Box<dyn OutputFormat>,
    out: BufWriter<Box<dyn Write>>,
    summary: CheckSummary,
}

/// An item of a group after judging.
enum BatchItem {
    Judged(InputItem, Box<anyhow::Result<JudgedOutput>>),
    AlreadyRecorded(InputItem, Box<RunEvent>),
}

type JudgingTasks = Vec<JoinHandle<Vec<BatchItem>>>;

impl Batch {
    pub(super) fn new(
        project: &Project,
        loaded: LoadedGate,
        ledger: Option<SqliteLedger>,
        path: Option<PathBuf>,
        name: Option<String>,
        is_many: bool,
        format: Box<dyn OutputFormat>,
    ) -> anyhow::Result<Self> {
        let now_ms = clock::now_ms()?;
        let decider = GateDecider::new(loaded, project, path.as_ref(), now_ms)?;
        let is_resuming = name.is_some();
        let name = match (name, &ledger) {
            (Some(name), _) => {
                Some(name.parse().map_err(|_| anyhow!("`--batch` must not be empty"))?)
            }
            // A single output needs no name: there is nothing to resume.
            (None, Some(_)) if is_many => Some(generate_batch_name(now_ms)?),
            (None, _) => None,
        };
        let out = BufWriter::with_capacity(OUT_BYTES, format.open_output());
        let (project, summary) = (project.clone(), CheckSummary::default());
        Ok(Self { project, decider, ledger, name, is_resuming, format, out, summary })
    }

    /// Processes groups until the reader has no more, and returns the exit code.
    pub(super) fn run(
        &mut self,
        workers: &Workers,
        groups: &Receiver<Vec<InputItem>>,
        bytes: Option<u64>,
    ) -> anyhow::Result<Exit> {
        self.begin()?;
        let bar = progress_bar(bytes);
        let mut next: Option<JudgingTasks> = None;
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
        self.format.end(&mut self.out, &self.summary, &self.decider.loaded)?;
        self.out.flush()?;
        Ok(self.summary.exit())
    }

    /// Waits until everything handed to the ledger is written.
    pub(super) fn close(&self) {
        if let Some(ledger) = &self.ledger {
            ledger.close();
        }
    }

    fn begin(&mut self) -> anyhow::Result<()> {
        if let Some(ledger) = &self.ledger
            && let Some(entry) =
                self.decider.activate_release_entry(&local_user(), clock::now_ms()?)?
        {
            ledger.append_blocking(vec![entry])?;
        }
        self.format.begin(&mut self.out, &self.decider.loaded)
    }

    /// Prints how to resume the batch. Called only when there is more than one group.
    fn print_batch_name(&self) {
        if let Some(name) = self.name.as_ref().filter(|_| !self.is_resuming) {
            console::note(format!("if this run is interrupted, `--batch {name}` resumes it"));
        }
    }

    /// Starts tasks that judge a group, except for outputs that are already recorded.
    fn start_judging(
        &self,
        workers: &Workers,
        group: Vec<InputItem>,
        bar: &ProgressBar,
    ) -> anyhow::Result<JudgingTasks> {
        bar.inc(group.iter().map(|item| item.bytes as u64).sum());
        let now_ms = clock::now_ms()?;
        let mut pending = Vec::with_capacity(group.len());
        for item in group {
            let recorded = if self.is_resuming { self.find_recorded(&item)? } else { None };
            pending.push((item, recorded));
        }
        let mut tasks = Vec::new();
        while !pending.is_empty() {
            let rest = pending.split_off(pending.len().min(TASK_ITEMS_MAX));
            let items = std::mem::replace(&mut pending, rest);
            let loaded = self.decider.loaded.clone();
            tasks.push(workers.spawn(judge_lines(loaded, items, now_ms)));
        }
        Ok(tasks)
    }

    /// Returns the run recorded for an item under this batch's name, if there is one.
    fn find_recorded(&self, item: &InputItem) -> anyhow::Result<Option<Box<RunEvent>>> {
        let (Some(view), Some(name)) = (self.decider.view(), &self.name) else { return Ok(None) };
        let Some(seq) = view.batch_line(name.as_str(), &batch_key(item))? else { return Ok(None) };
        let page = PageCursor::After(seq.saturating_sub(1));
        let query = EventQuery { gate: None, kind: None, page, limit: 1 };
        let event = view.events(&query)?.pop().map(|stored| stored.event.kind);
        let Some(EventKind::Run(run)) = event else {
            bail!("event {seq} of the ledger is not a run")
        };
        Ok(Some(run))
    }

    /// Decides the judged outputs, records the decisions, and only then prints them.
    fn settle_group(&mut self, workers: &Workers, tasks: JudgingTasks) -> anyhow::Result<()> {
        let now_ms = clock::now_ms()?;
        // The gate may have been demoted by another process since the last group.
        self.decider.refresh(&self.project, now_ms)?;
        let (mut results, mut entries) = (Vec::new(), Vec::new());
        for task in tasks {
            for judged in workers.block_on(task).context("a worker stopped unexpectedly")? {
                results.push(self.decide_item(judged, now_ms, &mut entries)?);
            }
        }
        if let Some(ledger) = self.ledger.as_ref().filter(|_| !entries.is_empty()) {
            ledger.append_blocking(entries)?;
        }
        for (item, result) in &results {
            self.summary.add(result);
            self.format.write_result(&mut self.out, item, result)?;
        }
        self.out.flush()?;
        Ok(())
    }

    fn decide_item(
        &mut self,
        batch_item: BatchItem,
        now_ms: u64,
        entries: &mut Vec<tollgate_ledger::LedgerEntry>,
    ) -> anyhow::Result<(InputItem, Result<CheckResult, String>)> {
        let (item, judged) = match batch_item {
            BatchItem::Judged(item, judged) => (item, *judged),
            BatchItem::AlreadyRecorded(item, run) => {
                let result =
                    check_same_subject(&item, &run).map(|()| CheckResult::from_recorded(*run));
                return Ok((item, result));
            }
        };
        let judged = match judged {
            Ok(judged) => judged,
            Err(error) => return Ok((item, Err(format!("{error:#}")))),
        };
        let name = self.name.clone();
        let origin = RunOrigin {
            batch_line: name.map(|batch| BatchLine { batch, key: batch_key(&item) }),
            ..RunOrigin::default()
        };
        let mut decided = self.decider.decide(judged, origin, now_ms)?;
        entries.append(&mut decided.entries);
        if let Some(change) = &decided.demotion {
            console::warn(format!(
                "gate `{}` was demoted from level {} to level {}: {}",
                self.decider.loaded.gate.name,
                change.from,
                change.to,
                join_reasons(&decided.decision)
            ));
        }
        Ok((item, Ok(CheckResult::from_decided(decided, self.decider.loaded.snapshot.digest))))
    }
}

async fn judge_lines(
    loaded: LoadedGate,
    items: Vec<(InputItem, Option<Box<RunEvent>>)>,
    now_ms: u64,
) -> Vec<BatchItem> {
    let mut judged_items = Vec::with_capacity(items.len());
    for (mut item, recorded) in items {
        judged_items.push(match recorded {
            Some(run) => BatchItem::AlreadyRecorded(item, run),
            None => {
                // The placeholder is an empty text rather than an error, because creating an error
                // captures a backtrace.
                let placeholder = Subject::new(Content::Text(String::new()));
                let subject = std::mem::replace(&mut item.subject, Ok(placeholder));
                let judged = match subject {
                    Ok(subject) => loaded.judge(subject, now_ms).await,
                    Err(error) => Err(error),
                };
                BatchItem::Judged(item, Box::new(judged))
            }
        });
    }
    judged_items
}

/// Returns the key of an item in its batch: file and line, because ids need not be unique.
fn batch_key(item: &InputItem) -> String {
    match item.line {
        Some(number) => format!("{}:{number}", item.file),
        None => item.file.clone(),
    }
}

/// Checks that an item has the same subject as the run recorded for it.
fn check_same_subject(item: &InputItem, run: &RunEvent) -> Result<(), String> {
    let subject = item.subject.as_ref().map_err(|error| format!("{error:#}"))?;
    let digest = serde_json::to_vec(subject).map(Digest::of).map_err(|error| error.to_string())?;
    if digest == run.subject {
        return Ok(());
    }
    Err("a different output is recorded here in this batch: use a new `--batch` name for changed outputs"
        .into())
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
    fn from_decided(decided: DecidedRun, release: Digest) -> Self {
        let DecidedRun { run, facts, decision, subject: judged, checks, time_us, .. } = decided;
        Self {
            run,
            release,
            decision,
            checks,
            time_us,
            output: facts.subject,
            subject: Some(judged),
            facts: Some(facts),
            was_recorded: false,
        }
    }

    fn from_recorded(run: RunEvent) -> Self {
        let RunEvent { run, release, decision, checks, content, time_us, subject: output, .. } =
            run;
        let subject = match content {
            tollgate_model::RetainedContent::Full(subject)
            | tollgate_model::RetainedContent::Masked(subject) => Some(*subject),
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
