//! `tollgate log replay`: runs again, as they were or by something else.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use serde_json::{Value, json};
use tollgate_engine::Engine;
use tollgate_ledger::{EventsWanted, Page, View};
use tollgate_model::{Decision, Digest, Gate, GateName, Kept, Reason, Ruling, RunEvent, What};

use crate::cli::gate::project;
use crate::cli::{clock, loading};
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, harmless, paint};
use crate::exit::Exit;
use crate::moments::Since;
use crate::project::Project;
use crate::recorded::{Recorded, run_named, short};
use crate::run::{Candidate, Comparison, Ready, Repeated, Replayer, Same};
use crate::{gates, reference};

/// How many events are read at once.
const PAGE_EVENTS: u32 = 256;

/// Runs what is recorded again: as it was, or by something else.
///
/// Without `--against`, the very contracts judge the output again that was kept, with what the host
/// answered then, and have to say the same, to the byte. With it, every run of a gate is judged by
/// another version of a contract, or another record of the gate, and it is told which decisions would be
/// others. Nothing is recorded.
///
/// Ends with 0 where all is the same, with 1 where something is not, and with 2 where something could not
/// be run again.
///
/// Examples: tollgate log replay 3f9a12
///           tollgate log replay --gate welcome-email --since 7d
///           tollgate log replay --gate welcome-email --since 7d --against tollgate/pii@1.1.0
///           tollgate log replay --gate welcome-email --against gates/stricter.toml
#[derive(Args)]
pub(super) struct Replay {
    /// Which run; with `--gate`, all of a gate.
    #[arg(value_name = "RUN", required_unless_present = "gate", conflicts_with = "gate")]
    run: Option<String>,
    /// All runs of this gate.
    #[arg(long, value_name = "NAME")]
    gate: Option<GateName>,
    /// Those since then.
    #[arg(long, value_name = "SPAN|DAY", requires = "gate")]
    since: Option<Since>,
    /// What judges instead: a contract, by name and version or as a file, or the file of a gate.
    #[arg(long, value_name = "NAME@VERSION|FILE", requires = "gate")]
    against: Option<String>,
    /// Compare as if the gate were at this level.
    #[arg(long, value_name = "LEVEL", requires = "against")]
    at_level: Option<u8>,
    #[command(flatten)]
    recorded: Recorded,
    /// Write JSON, a line for each run.
    #[arg(long)]
    json: bool,
}

/// How many runs came to what.
#[derive(Default)]
struct Counts {
    same: u64,
    other: u64,
    not_kept: u64,
    not_run: u64,
    moved: BTreeMap<(String, String), u64>,
}

impl Replay {
    pub(super) async fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let project = project()?;
        let engine = loading::engine(cache)?;
        let view = self.recorded.view(&project)?;
        match (&self.against, &self.gate) {
            (Some(against), Some(gate)) => {
                self.compare(&engine, &project, &view, gate, against).await
            }
            _ => self.repeat(&engine, &view).await,
        }
    }

    async fn repeat(&self, engine: &Engine, view: &View) -> anyhow::Result<Exit> {
        let mut replayer = Replayer::new(engine, view);
        let mut counts = Counts::default();
        if let Some(named) = &self.run {
            let run = judged(view, run_named(view, named)?.run)?;
            self.repeat_one(&mut replayer, &run, &mut counts).await;
        }
        let mut runs = self.runs(view)?;
        while let Some((_, run)) = runs.next()? {
            self.repeat_one(&mut replayer, &run, &mut counts).await;
        }
        if !self.json && self.gate.is_some() {
            let all = counts.same + counts.other + counts.not_run;
            console::say(format!(
                "{all} runs: {} the same to the byte{}",
                counts.same,
                counts.rest()
            ));
        }
        Ok(counts.exit())
    }

    async fn repeat_one(&self, replayer: &mut Replayer<'_>, run: &RunEvent, counts: &mut Counts) {
        match replayer.repeat(run).await {
            Ok(repeated) => {
                let same = repeated.iter().all(|one| matches!(one.came, Same::Yes { .. }));
                *(if same { &mut counts.same } else { &mut counts.other }) += 1;
                self.tell_repeated(run, &repeated, same);
            }
            Err(error) => {
                counts.not_run += 1;
                self.tell_not_run(run, &error);
            }
        }
    }

    fn tell_repeated(&self, run: &RunEvent, repeated: &[Repeated], same: bool) {
        if self.json {
            let all: Vec<_> = repeated.iter().map(as_json).collect();
            console::say(json!({"run": run.run, "same": same, "contracts": all}));
            return;
        }
        let (style, word) = if same { (GOOD, "same ") } else { (BAD, "other") };
        console::say(format!("{}  run {}", paint(style, word), paint(STRONG, short(&run.run))));
        for one in repeated {
            if self.gate.is_none() || !matches!(one.came, Same::Yes { .. }) {
                console::say(format!("       {}", sentence(one)));
            }
        }
    }

    fn tell_not_run(&self, run: &RunEvent, error: &anyhow::Error) {
        let error = format!("{error:#}");
        if self.json {
            console::say(json!({"run": run.run, "same": null, "error": error}));
            return;
        }
        let word = paint(DOUBT, "not run");
        console::say(format!(
            "{word}  run {}: {}",
            paint(STRONG, short(&run.run)),
            harmless(&error)
        ));
    }

    async fn compare(
        &self,
        engine: &Engine,
        project: &Project,
        view: &View,
        gate: &GateName,
        against: &str,
    ) -> anyhow::Result<Exit> {
        let gate = gates::named(project, gate.as_str())?;
        let candidate = candidate(engine, project, &gate, against).await?;
        let now_ms = clock::now_ms()?;
        let comparison = Comparison::new(view, project, &gate, &candidate, self.at_level, now_ms);
        let (mut comparison, mut counts) = (comparison?, Counts::default());
        let mut runs = self.runs(view)?;
        while let Some((at_ms, run)) = runs.next()? {
            if !matches!(run.content, Kept::Full(_)) || run.checks.is_empty() {
                counts.not_kept += 1;
                continue;
            }
            let compared = comparison.of(&run, at_ms).await?;
            counts.count(&compared.before, &compared.after);
            self.tell_compared(&run, &compared.before, &compared.after);
        }
        self.tell_counts(&counts);
        Ok(counts.exit())
    }

    fn tell_compared(&self, run: &RunEvent, before: &Decision, after: &Decision) {
        let (gone, new) = (only(before, after), only(after, before));
        if self.json {
            console::say(json!({
                "run": run.run, "before": before.ruling, "after": after.ruling,
                "gone": gone, "new": new,
            }));
            return;
        }
        if gone.is_empty() && new.is_empty() && before.ruling == after.ruling {
            return;
        }
        let style = if before.ruling == after.ruling { QUIET } else { DOUBT };
        let moved = match before.ruling == after.ruling {
            true => format!("{} as before, for other reasons", before.ruling),
            false => format!("{} → {}", before.ruling, after.ruling),
        };
        console::say(format!("run {}  {}", paint(STRONG, short(&run.run)), paint(style, moved)));
        gone.iter().for_each(|one| console::say(format!("  - {}", harmless(&one.to_string()))));
        new.iter().for_each(|one| console::say(format!("  + {}", harmless(&one.to_string()))));
    }

    fn tell_counts(&self, counts: &Counts) {
        if self.json {
            return;
        }
        let all = counts.same + counts.other;
        console::say(format!("{all} runs: {} decided as before{}", counts.same, counts.rest()));
        for ((before, after), count) in &counts.moved {
            console::say(format!("  {count} {before} → {after}"));
        }
    }

    fn runs<'v>(&self, view: &'v View) -> anyhow::Result<Runs<'v>> {
        let after = match &self.since {
            None => Some(0),
            Some(since) => {
                let since_ms = since.at_ms(clock::now_ms()?);
                view.first_since(since_ms)?.map(|seq| seq.saturating_sub(1))
            }
        };
        let after = after.filter(|_| self.gate.is_some());
        Ok(Runs { view, gate: self.gate.clone(), after, page: Vec::new() })
    }
}

/// Runs as they were judged first, the oldest first.
struct Runs<'v> {
    view: &'v View,
    gate: Option<GateName>,
    after: Option<u64>,
    page: Vec<(u64, RunEvent)>,
}

impl Runs<'_> {
    fn next(&mut self) -> anyhow::Result<Option<(u64, RunEvent)>> {
        while self.page.is_empty() {
            let Some(after) = self.after else { return Ok(None) };
            let (gate, kind) = (self.gate.clone(), Some("run".into()));
            let wanted = EventsWanted { gate, kind, page: Page::After(after), limit: PAGE_EVENTS };
            let events = self.view.events(&wanted)?;
            self.after = events.last().map(|event| event.seq);
            let runs = events.into_iter().filter_map(|event| match event.event.what {
                What::Run(run) if is_first(self.view, &run, event.seq) => {
                    Some((event.event.at_ms, *run))
                }
                _ => None,
            });
            self.page = runs.collect();
            self.page.reverse();
        }
        Ok(self.page.pop())
    }
}

/// What was decided again after a review was judged once.
fn is_first(view: &View, run: &RunEvent, seq: u64) -> bool {
    view.run(run.run).ok().flatten().is_none_or(|first| first.seq == seq)
}

/// A run as it was judged first.
fn judged(view: &View, run: Digest) -> anyhow::Result<RunEvent> {
    let history = view.history(run)?.into_iter();
    let mut runs = history.filter_map(|event| match event.event.what {
        What::Run(judged) if judged.run == run => Some(*judged),
        _ => None,
    });
    runs.next().with_context(|| format!("the ledger has no run {run}"))
}

async fn candidate(
    engine: &Engine,
    project: &Project,
    gate: &Gate,
    against: &str,
) -> anyhow::Result<Candidate> {
    let path = Path::new(against);
    if path.extension().is_some_and(|extension| extension == "toml") {
        if path.file_name().is_some_and(|name| name == crate::project::FILE) {
            bail!("`{against}` is the project's file: name a gate's");
        }
        let candidate = gates::of_path(path, &gate.name)?;
        let ready = Ready::of(engine, project, candidate).await?;
        return Ok(Candidate::Gate(Box::new(ready.without_record())));
    }
    let component = reference::read(against)?;
    Candidate::contract(engine, project, gate, component).await
}

/// The reasons of one decision that another does not have.
fn only<'d>(one: &'d Decision, other: &Decision) -> Vec<&'d Reason> {
    one.reasons.iter().filter(|reason| !other.reasons.contains(reason)).collect()
}

fn sentence(one: &Repeated) -> String {
    let name = format!("{}@{}", one.pinned.name, one.pinned.version);
    let time = if one.time > 1 { format!(", time {}", one.time) } else { String::new() };
    let came = match &one.came {
        Same::Yes { fuel: true } => "says the same, to the byte, with the same fuel".into(),
        Same::Yes { fuel: false } => {
            "says the same, to the byte; this engine counts its fuel otherwise".into()
        }
        Same::No { then, now } => {
            format!(
                "says something else\n         then {}\n         now  {}",
                harmless(then),
                harmless(now)
            )
        }
        Same::NotRepeatable(failure) => {
            format!("gave no answer then, because of the machine, which proves nothing: {failure}")
        }
    };
    format!("`{}` ({name}{time}, {}) {came}", one.called, short(&one.pinned.digest))
}

fn as_json(one: &Repeated) -> Value {
    let mut value = json!({
        "called": one.called, "contract": one.pinned, "time": one.time,
        "same": matches!(one.came, Same::Yes { .. }),
    });
    let more = match &one.came {
        Same::Yes { fuel } => json!({"same-fuel": fuel}),
        Same::No { then, now } => json!({"then": then, "now": now}),
        Same::NotRepeatable(failure) => json!({"not-repeatable": failure}),
    };
    if let (Value::Object(all), Value::Object(more)) = (&mut value, more) {
        all.extend(more);
    }
    value
}

impl Counts {
    fn count(&mut self, before: &Decision, after: &Decision) {
        if before.ruling == after.ruling {
            self.same += 1;
            return;
        }
        self.other += 1;
        let word = |ruling: Ruling| ruling.to_string();
        *self.moved.entry((word(before.ruling), word(after.ruling))).or_default() += 1;
    }

    fn rest(&self) -> String {
        let rest = [
            (self.other, "otherwise"),
            (self.not_kept, "not looked at, because their outputs were not kept in full"),
            (self.not_run, "could not be run again"),
        ];
        let rest = rest.into_iter().filter(|(count, _)| *count > 0);
        rest.map(|(count, what)| format!(", {count} {what}")).collect()
    }

    fn exit(&self) -> Exit {
        match (self.not_run, self.other) {
            (0, 0) => Exit::Pass,
            (0, _) => Exit::Fail,
            _ => Exit::CouldNotTell,
        }
    }
}
