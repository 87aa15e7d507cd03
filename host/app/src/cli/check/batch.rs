//! Outputs that go through a gate together: while one group is decided and recorded, the next is
//! judged.

use std::io::{BufWriter, IsTerminal, Write, stdout};
use std::path::PathBuf;
use std::sync::mpsc::Receiver;

use anyhow::{Context, anyhow, bail};
use indicatif::ProgressBar;
use tokio::task::JoinHandle;
use tollgate_ledger::{EventsWanted, Ledger, Page};
use tollgate_model::{
    BatchLine, Content, Decision, Digest, Ruling, RunEvent, Subject, What, Words,
};

use super::Workers;
use super::format::{Format, Shown, Summary};
use super::lines::Line;
use crate::cli::clock;
use crate::console;
use crate::exit::Exit;
use crate::project::Project;
use crate::run::{Came, Decided, Judged, Keeper, Ready};
use crate::who::who;

/// How many outputs one task judges, one after the other: enough that handing out costs nothing.
const TASK_LINES: usize = 16;
/// Size of the output buffer: some dozens of lines. It is flushed after each group anyway.
const OUT_BYTES: usize = 64 << 10;

/// Outputs that go through a gate together.
pub(super) struct Batch {
    project: Project,
    keeper: Keeper,
    ledger: Option<Ledger>,
    name: Option<Words>,
    /// Whether something may be recorded already under this name.
    goes_on: bool,
    format: Box<dyn Format>,
    out: BufWriter<Box<dyn Write>>,
    summary: Summary,
}

/// A line on its way: still being judged, decided before, or no output.
enum Coming {
    Judged(Line, Box<anyhow::Result<Judged>>),
    Before(Line, Box<RunEvent>),
}

type Judging = Vec<JoinHandle<Vec<Coming>>>;

impl Batch {
    pub(super) fn new(
        project: &Project,
        ready: Ready,
        ledger: Option<Ledger>,
        path: Option<PathBuf>,
        name: Option<String>,
        is_many: bool,
        format: Box<dyn Format>,
    ) -> anyhow::Result<Self> {
        let now_ms = clock::now_ms()?;
        let keeper = Keeper::new(ready, project, path.as_ref(), now_ms)?;
        let goes_on = name.is_some();
        let name = match (name, &ledger) {
            (Some(name), _) => Some(name.parse().map_err(|_| anyhow!("`--batch` says nothing"))?),
            (None, Some(_)) if is_many => Some(invented(now_ms)?),
            (None, _) => None,
        };
        let out = BufWriter::with_capacity(OUT_BYTES, format.out());
        let (project, summary) = (project.clone(), Summary::default());
        Ok(Self { project, keeper, ledger, name, goes_on, format, out, summary })
    }

    /// Takes what comes until nothing does.
    pub(super) fn run(
        &mut self,
        workers: &Workers,
        groups: &Receiver<Vec<Line>>,
        bytes: Option<u64>,
    ) -> anyhow::Result<Exit> {
        self.begin()?;
        let bar = bar(bytes);
        let mut next: Option<Judging> = None;
        for count in 1.. {
            let current = match next.take() {
                Some(current) => current,
                None => match groups.recv() {
                    Ok(group) => self.judge(workers, group, &bar)?,
                    Err(_) => break,
                },
            };
            if count == 2 {
                self.tell_name();
            }
            next = match groups.try_recv() {
                Ok(group) => Some(self.judge(workers, group, &bar)?),
                Err(_) => None,
            };
            self.settle(workers, current)?;
        }
        bar.finish_and_clear();
        self.format.end(&mut self.out, &self.summary, &self.keeper.ready)?;
        self.out.flush()?;
        Ok(self.summary.exit())
    }

    /// Waits until everything that was handed in is recorded.
    pub(super) fn close(&self) {
        if let Some(ledger) = &self.ledger {
            ledger.close();
        }
    }

    fn begin(&mut self) -> anyhow::Result<()> {
        if let Some(ledger) = &self.ledger
            && let Some(entry) = self.keeper.take_over(&who(), clock::now_ms()?)?
        {
            ledger.append_blocking(vec![entry])?;
        }
        self.format.begin(&mut self.out, &self.keeper.ready)
    }

    /// How to go on, where there is more than is done in a moment.
    fn tell_name(&self) {
        if let Some(name) = self.name.as_ref().filter(|_| !self.goes_on) {
            console::note(format!("if this is stopped, `--batch {name}` goes on with it"));
        }
    }

    /// Lets workers judge a group, but for what is recorded already.
    fn judge(
        &self,
        workers: &Workers,
        group: Vec<Line>,
        bar: &ProgressBar,
    ) -> anyhow::Result<Judging> {
        bar.inc(group.iter().map(|line| line.bytes as u64).sum());
        let now_ms = clock::now_ms()?;
        let mut coming = Vec::with_capacity(group.len());
        for line in group {
            let before = if self.goes_on { self.before(&line)? } else { None };
            coming.push((line, before));
        }
        let mut tasks = Vec::new();
        while !coming.is_empty() {
            let rest = coming.split_off(coming.len().min(TASK_LINES));
            let lines = std::mem::replace(&mut coming, rest);
            let ready = self.keeper.ready.clone();
            tasks.push(workers.spawn(judge(ready, lines, now_ms)));
        }
        Ok(tasks)
    }

    /// What was decided of a line under this batch's name.
    fn before(&self, line: &Line) -> anyhow::Result<Option<Box<RunEvent>>> {
        let (Some(view), Some(name)) = (self.keeper.view(), &self.name) else { return Ok(None) };
        let Some(seq) = view.line(name.as_str(), &key(line))? else { return Ok(None) };
        let page = Page::After(seq.saturating_sub(1));
        let wanted = EventsWanted { gate: None, kind: None, page, limit: 1 };
        let found = view.events(&wanted)?.pop().map(|found| found.event.what);
        let Some(What::Run(run)) = found else { bail!("event {seq} of the ledger is no run") };
        Ok(Some(run))
    }

    /// Decides what was judged, records it, and tells it.
    fn settle(&mut self, workers: &Workers, judging: Judging) -> anyhow::Result<()> {
        let now_ms = clock::now_ms()?;
        self.keeper.look(&self.project, now_ms)?;
        let (mut told, mut entries) = (Vec::new(), Vec::new());
        for task in judging {
            for coming in workers.block_on(task).context("a worker ended")? {
                let (line, shown) = self.decide(coming, now_ms, &mut entries)?;
                told.push((line, shown));
            }
        }
        if let Some(ledger) = self.ledger.as_ref().filter(|_| !entries.is_empty()) {
            ledger.append_blocking(entries)?;
        }
        for (line, shown) in &told {
            self.summary.add(shown);
            self.format.line(&mut self.out, line, shown)?;
        }
        self.out.flush()?;
        Ok(())
    }

    fn decide(
        &mut self,
        coming: Coming,
        now_ms: u64,
        entries: &mut Vec<tollgate_ledger::Entry>,
    ) -> anyhow::Result<(Line, Result<Shown, String>)> {
        let (line, judged) = match coming {
            Coming::Judged(line, judged) => (line, *judged),
            Coming::Before(line, run) => {
                let shown = same(&line, &run).map(|()| Shown::before(*run));
                return Ok((line, shown));
            }
        };
        let judged = match judged {
            Ok(judged) => judged,
            Err(error) => return Ok((line, Err(format!("{error:#}")))),
        };
        let name = self.name.clone();
        let came = Came {
            line: name.map(|batch| BatchLine { batch, key: key(&line) }),
            ..Came::default()
        };
        let mut decided = self.keeper.decide(judged, came, now_ms)?;
        entries.append(&mut decided.entries);
        if let Some(change) = &decided.demoted {
            console::warn(format!(
                "gate `{}` went from level {} to level {}: {}",
                self.keeper.ready.gate.name,
                change.from,
                change.to,
                reason(&decided.decision)
            ));
        }
        Ok((line, Ok(Shown::of(decided, self.keeper.ready.pinned.digest))))
    }
}

async fn judge(
    ready: Ready,
    lines: Vec<(Line, Option<Box<RunEvent>>)>,
    now_ms: u64,
) -> Vec<Coming> {
    let mut coming = Vec::with_capacity(lines.len());
    for (mut line, before) in lines {
        coming.push(match before {
            Some(run) => Coming::Before(line, run),
            None => {
                // An empty text in its place costs nothing; an error would look at its whole way here.
                let nothing = Subject::new(Content::Text(String::new()));
                let taken = std::mem::replace(&mut line.subject, Ok(nothing));
                let judged = match taken {
                    Ok(subject) => ready.judge(subject, now_ms).await,
                    Err(error) => Err(error),
                };
                Coming::Judged(line, Box::new(judged))
            }
        });
    }
    coming
}

/// What a line is called in its batch: by its place, because ids may be there twice.
fn key(line: &Line) -> String {
    match line.line {
        Some(number) => format!("{}:{number}", line.file),
        None => line.file.clone(),
    }
}

/// That a line is the one that was judged then.
fn same(line: &Line, run: &RunEvent) -> Result<(), String> {
    let subject = line.subject.as_ref().map_err(|error| format!("{error:#}"))?;
    let digest = serde_json::to_vec(subject).map(Digest::of).map_err(|error| error.to_string())?;
    if digest == run.subject {
        return Ok(());
    }
    Err("another output was recorded for it in this batch: give changed outputs another `--batch`"
        .into())
}

/// A name for a batch that nobody else has.
fn invented(now_ms: u64) -> anyhow::Result<Words> {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes)?;
    let (day, digits) = (tollgate_model::Date::of_ms(now_ms), tollgate_model::hex(&bytes));
    Ok(format!("{day}-{digits}").parse()?)
}

fn reason(decision: &Decision) -> String {
    let all: Vec<_> = decision.reasons.iter().map(ToString::to_string).collect();
    all.join("; ")
}

/// A bar, where it does not stand between lines that are told.
fn bar(bytes: Option<u64>) -> ProgressBar {
    match bytes {
        Some(bytes) if !stdout().is_terminal() => console::transfer("checking", bytes),
        _ => ProgressBar::hidden(),
    }
}

impl Shown {
    fn of(decided: Decided, release: Digest) -> Self {
        let Decided { run, facts, decision, judged, checks, time_us, .. } = decided;
        Self {
            run,
            release,
            decision,
            checks,
            time_us,
            output: facts.subject,
            subject: Some(judged),
            facts: Some(facts),
            before: false,
        }
    }

    fn before(run: RunEvent) -> Self {
        let RunEvent { run, release, decision, checks, content, time_us, subject: output, .. } =
            run;
        let subject = match content {
            tollgate_model::Kept::Full(subject) | tollgate_model::Kept::Masked(subject) => {
                Some(*subject)
            }
            _ => None,
        };
        let facts = None;
        Self { run, release, decision, checks, time_us, output, subject, facts, before: true }
    }
}

impl Summary {
    fn add(&mut self, shown: &Result<Shown, String>) {
        match shown.as_ref().map(|shown| shown.decision.ruling) {
            Ok(Ruling::Allow) => self.allowed += 1,
            Ok(Ruling::Hold) => self.held += 1,
            Ok(Ruling::Block) => self.blocked += 1,
            Err(_) => self.not_judged += 1,
        }
        self.before += u64::from(shown.as_ref().is_ok_and(|shown| shown.before));
    }

    fn exit(&self) -> Exit {
        match (self.not_judged, self.held + self.blocked) {
            (0, 0) => Exit::Pass,
            (0, _) => Exit::Fail,
            _ => Exit::CouldNotTell,
        }
    }
}
