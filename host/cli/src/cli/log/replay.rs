//! `tollgate log replay`: judges recorded runs again, with the recorded contracts or with a candidate. Nothing is
//! recorded.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{ArgGroup, Args};
use tollgate_api::{ComparedRunLine, ReplayedRunLine, join_causes};
use tollgate_engine::Engine;
use tollgate_ledger::{EventQuery, LedgerReader, PageCursor};
use tollgate_model::{
    Content, Decision, Digest, EventKind, Gate, GateName, RetainedContent, Ruling, RunEvent,
    Subject, Verdict,
};
use tollgate_project::{LocalPackages, PROJECT_FILE, read_gate_version};

use crate::cli::known_gate::require_known_gate;
use crate::cli::{clock, contract_loading};
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, paint};
use crate::current_project::local_packages;
use crate::exit::Exit;
use crate::hints;
use crate::json_output;
use crate::ledger_access::LedgerArgs;
use crate::timestamps::Since;
use tollgate::gate::{LoadedGate, require_delegation};
use tollgate::lookup::{self, find_run, short_digest};
use tollgate::replay::{
    Candidate, ComparedDecisions, Comparison, ReplayError, ReplayOutcome, ReplayedCheck, Replayer,
};

/// Number of events read per query.
const PAGE_EVENTS: u32 = 256;

/// Replays recorded runs, to verify them or to try a change.
///
/// Without `--against`, the same contracts judge the stored output again with the recorded host answers, and their
/// reports have to be the same, byte for byte. With `--against`, another version of a contract or another gate file
/// judges every run of a gate, and the command lists the decisions that would change. A contract gets the
/// configuration and the tables of the active release. Nothing is recorded.
///
/// Exit code: 0 if everything is the same, 1 if something differs, 2 if a run could not be replayed.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate log replay 3f9a12
  tollgate log replay --gate welcome-email --since 7d
  tollgate log replay --gate welcome-email --since 7d --against tollgate/pii@1.1.0
  tollgate log replay --gate welcome-email --against gates/stricter.toml")]
#[command(group(ArgGroup::new("runs").required(true).args(["run", "gate"])))]
pub(super) struct ReplayCommand {
    /// Run digest, or an unambiguous prefix of it; `--gate` replays all runs of a gate instead.
    #[arg(value_name = "RUN")]
    run: Option<String>,
    /// Replay all runs of this gate.
    #[arg(long, value_name = "NAME")]
    gate: Option<GateName>,
    /// Only runs since then: a span (`7d`), a date, or a time in UTC.
    #[arg(long, value_name = "SPAN|DATE", requires = "gate")]
    since: Option<Since>,
    /// Candidate to judge with: a contract, by name and version or as a file, or a gate file.
    #[arg(long, value_name = "NAME@VERSION|FILE", requires = "gate")]
    against: Option<String>,
    /// Autonomy level to assume for the gate.
    #[arg(long, value_name = "LEVEL", requires = "against")]
    at_level: Option<u8>,
    #[command(flatten)]
    ledger: LedgerArgs,
    /// Write JSON, one line per run.
    #[arg(long)]
    json: bool,
}

/// Number of replayed runs by result.
#[derive(Default)]
struct ReplayCounts {
    same: u64,
    different: u64,
    not_stored: u64,
    not_replayable: u64,
    changed_rulings: BTreeMap<(String, String), u64>,
}

impl ReplayCommand {
    pub(super) async fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let packages = local_packages()?;
        let project = packages.require_project()?;
        let view = self.ledger.view(project)?;
        require_known_gate(project, &view, self.gate.as_ref())?;
        let engine = contract_loading::new_engine(cache)?;
        match (&self.against, &self.gate) {
            (Some(against), Some(gate)) => {
                self.compare_runs(&engine, &packages, &view, gate, against).await
            }
            _ => self.replay_runs(&engine, &packages, &view).await,
        }
    }

    async fn replay_runs(
        &self,
        engine: &Engine,
        packages: &LocalPackages,
        view: &dyn LedgerReader,
    ) -> anyhow::Result<Exit> {
        let mut replayer = Replayer::new(engine, packages, view);
        let mut counts = ReplayCounts::default();
        if let Some(run_prefix) = &self.run {
            let run = first_judgement(view, find_run(view, run_prefix)?.run)?;
            self.replay_run(&mut replayer, &run, &mut counts).await?;
        }
        let mut runs = self.read_runs(view)?;
        while let Some((_, run)) = runs.next()? {
            self.replay_run(&mut replayer, &run, &mut counts).await?;
        }
        if !self.json && self.gate.is_some() {
            let all = counts.same + counts.different + counts.not_replayable;
            console::print(format!(
                "{all} runs: {} identical{}",
                counts.same,
                counts.describe_rest()
            ));
        }
        Ok(counts.exit())
    }

    async fn replay_run(
        &self,
        replayer: &mut Replayer<'_>,
        run: &RunEvent,
        counts: &mut ReplayCounts,
    ) -> anyhow::Result<()> {
        match replayer.replay_run(run).await {
            Ok(checks) => {
                let same = checks
                    .iter()
                    .all(|check| matches!(check.outcome, ReplayOutcome::Identical { .. }));
                *(if same { &mut counts.same } else { &mut counts.different }) += 1;
                self.print_replayed(run, &checks, same)
            }
            Err(error) => {
                counts.not_replayable += 1;
                self.print_not_replayable(run, &error)
            }
        }
    }

    fn print_replayed(
        &self,
        run: &RunEvent,
        checks: &[ReplayedCheck],
        same: bool,
    ) -> anyhow::Result<()> {
        if self.json {
            return json_output::print_line(&ReplayedRunLine::replayed(run.run, checks));
        }
        let (style, word) = if same { (GOOD, "same   ") } else { (BAD, "differs") };
        console::print(format!(
            "{}  run {}",
            paint(style, word),
            paint(STRONG, short_digest(&run.run))
        ));
        for check in checks {
            if self.gate.is_none() || !matches!(check.outcome, ReplayOutcome::Identical { .. }) {
                console::print(format!("         {}", describe_check(check)));
            }
        }
        Ok(())
    }

    fn print_not_replayable(&self, run: &RunEvent, error: &ReplayError) -> anyhow::Result<()> {
        let hint = hints::first_hint(error);
        let error = join_causes(error);
        if self.json {
            return json_output::print_line(&ReplayedRunLine::not_replayed(run.run, error));
        }
        let word = paint(DOUBT, "not run");
        console::print(format!("{word}  run {}: {error}", paint(STRONG, short_digest(&run.run))));
        if let Some(hint) = hint {
            console::print(format!("         {hint}"));
        }
        Ok(())
    }

    async fn compare_runs(
        &self,
        engine: &Engine,
        packages: &LocalPackages,
        view: &dyn LedgerReader,
        gate: &GateName,
        against: &str,
    ) -> anyhow::Result<Exit> {
        let project = packages.require_project()?;
        let gate = project.read_gate(gate.as_str())?;
        let candidate = load_candidate(engine, packages, view, &gate, against).await?;
        let now_ms = clock::now_ms()?;
        let comparison = Comparison::new(view, &gate, &candidate, self.at_level, now_ms);
        let (mut comparison, mut counts) = (comparison?, ReplayCounts::default());
        let mut runs = self.read_runs(view)?;
        while let Some((at_ms, run)) = runs.next()? {
            if !matches!(run.content, RetainedContent::Full(_)) || !has_judgement(&run) {
                counts.not_stored += 1;
                continue;
            }
            let compared = comparison.compare_run(&run, at_ms).await?;
            counts.add_ruling(&compared.before, &compared.after);
            self.print_comparison(&run, &compared)?;
        }
        self.print_counts(&counts);
        Ok(counts.exit())
    }

    fn print_comparison(&self, run: &RunEvent, compared: &ComparedDecisions) -> anyhow::Result<()> {
        let line = ComparedRunLine::new(run.run, compared);
        if self.json {
            return json_output::print_line(&line);
        }
        let ComparedDecisions { before, after, .. } = compared;
        let ComparedRunLine { removed_reasons: removed, added_reasons: added, .. } = line;
        if removed.is_empty() && added.is_empty() && before.ruling == after.ruling {
            return Ok(());
        }
        let style = if before.ruling == after.ruling { QUIET } else { DOUBT };
        let change = match before.ruling == after.ruling {
            true => format!("{} as before, with other reasons", before.ruling),
            false => format!("{} → {}", before.ruling, after.ruling),
        };
        console::print(format!(
            "run {}  {}",
            paint(STRONG, short_digest(&run.run)),
            paint(style, change)
        ));
        removed.iter().for_each(|reason| console::print(format!("  - {reason}")));
        added.iter().for_each(|reason| console::print(format!("  + {reason}")));
        Ok(())
    }

    fn print_counts(&self, counts: &ReplayCounts) {
        if self.json {
            return;
        }
        let all = counts.same + counts.different;
        console::print(format!(
            "{all} runs: {} decided as before{}",
            counts.same,
            counts.describe_rest()
        ));
        for ((before, after), count) in &counts.changed_rulings {
            console::print(format!("  {count} {before} → {after}"));
        }
    }

    fn read_runs<'v>(&self, view: &'v dyn LedgerReader) -> anyhow::Result<RunReader<'v>> {
        let after = match &self.since {
            None => Some(0),
            Some(since) => {
                let since_ms = since.at_ms(clock::now_ms()?);
                view.first_since(since_ms)?.map(|seq| seq.saturating_sub(1))
            }
        };
        let after = after.filter(|_| self.gate.is_some());
        Ok(RunReader { view, gate: self.gate.clone(), after, page: Vec::new() })
    }
}

/// Returns whether the ledger still has what the contracts said. They say nothing about what should be JSON and is not.
fn has_judgement(run: &RunEvent) -> bool {
    let is_invalid = |subject: &Subject| matches!(subject.content, Content::InvalidJson(_));
    let is_unasked = matches!(&run.content, RetainedContent::Full(subject) if is_invalid(subject));
    is_unasked || !run.checks.is_empty()
}

/// Reads the runs of a gate page by page, oldest first, each as it was first judged.
struct RunReader<'v> {
    view: &'v dyn LedgerReader,
    gate: Option<GateName>,
    after: Option<u64>,
    page: Vec<(u64, RunEvent)>,
}

impl RunReader<'_> {
    fn next(&mut self) -> anyhow::Result<Option<(u64, RunEvent)>> {
        while self.page.is_empty() {
            let Some(after) = self.after else { return Ok(None) };
            let (gate, kind) = (self.gate.clone(), Some("run".into()));
            let query =
                EventQuery { gate, kind, page: PageCursor::After(after), limit: PAGE_EVENTS };
            let events = self.view.events(&query)?;
            self.after = events.last().map(|event| event.seq);
            let runs = events.into_iter().filter_map(|event| match event.event.kind {
                EventKind::Run(run) if is_first_judgement(self.view, &run, event.seq) => {
                    Some((event.event.at_ms, *run))
                }
                _ => None,
            });
            self.page = runs.collect();
            // `pop` takes from the end, so the page is kept newest first.
            self.page.reverse();
        }
        Ok(self.page.pop())
    }
}

/// Returns whether the event is the run's first judgement; a review can add later decisions of the same run.
fn is_first_judgement(view: &dyn LedgerReader, run: &RunEvent, seq: u64) -> bool {
    view.run(run.run).ok().flatten().is_none_or(|first| first.seq == seq)
}

/// Returns the run as it was first judged.
fn first_judgement(view: &dyn LedgerReader, run: Digest) -> anyhow::Result<RunEvent> {
    let history = view.history(run)?;
    let judged = lookup::first_judgement(&history, run).cloned();
    judged.with_context(|| format!("the ledger has no run {run}"))
}

async fn load_candidate(
    engine: &Engine,
    packages: &LocalPackages,
    view: &dyn LedgerReader,
    gate: &Gate,
    against: &str,
) -> anyhow::Result<Candidate> {
    let path = Path::new(against);
    if path.extension().is_some_and(|extension| extension == "toml") {
        if path.file_name().is_some_and(|name| name == PROJECT_FILE) {
            bail!("`{against}` is the project file: pass a gate file");
        }
        let candidate = read_gate_version(path, &gate.name)?;
        // The recorded decisions say whether outputs may be sent, which no quality gate says.
        require_delegation(&candidate)?;
        let loaded = LoadedGate::from_record(engine, packages, candidate).await?;
        return Ok(Candidate::Gate(Box::new(loaded.without_recording())));
    }
    let component = packages.read_contract(against)?;
    Ok(Candidate::load_contract(engine, view, &gate.name, component).await?)
}

fn describe_check(check: &ReplayedCheck) -> String {
    let name = format!("{}@{}", check.pinned.name, check.pinned.version);
    let name = check.part.as_ref().map_or(name.clone(), |at| format!("{name}, `{at}`"));
    let attempt =
        if check.attempt > 1 { format!(", attempt {}", check.attempt) } else { String::new() };
    let outcome = match &check.outcome {
        ReplayOutcome::Identical { same_fuel: true } => {
            "gives the identical report, with the same fuel".into()
        }
        ReplayOutcome::Identical { same_fuel: false } => {
            "gives the identical report; this engine counts fuel differently".into()
        }
        ReplayOutcome::Different { before, after } => {
            format!(
                "gives a different report\n           then {}\n           now  {}",
                format_verdict(before),
                format_verdict(after)
            )
        }
        ReplayOutcome::NotRepeatable(failure) => {
            format!(
                "cannot be replayed, because the recorded failure depended on the machine: {failure}"
            )
        }
    };
    format!(
        "`{}` ({name}{attempt}, {}) {outcome}",
        check.binding_id,
        short_digest(&check.pinned.digest)
    )
}

/// Writes a verdict in the bytes that are compared.
fn format_verdict(verdict: &Verdict) -> String {
    serde_json::to_string(verdict).unwrap_or_default()
}

impl ReplayCounts {
    fn add_ruling(&mut self, before: &Decision, after: &Decision) {
        if before.ruling == after.ruling {
            self.same += 1;
            return;
        }
        self.different += 1;
        let word = |ruling: Ruling| ruling.to_string();
        *self.changed_rulings.entry((word(before.ruling), word(after.ruling))).or_default() += 1;
    }

    fn describe_rest(&self) -> String {
        let rest = [
            (self.different, "different"),
            (self.not_stored, "skipped, because their outputs were not stored in full"),
            (self.not_replayable, "could not be replayed"),
        ];
        let rest = rest.into_iter().filter(|(count, _)| *count > 0);
        rest.map(|(count, what)| format!(", {count} {what}")).collect()
    }

    fn exit(&self) -> Exit {
        match (self.not_replayable, self.different) {
            (0, 0) => Exit::Pass,
            (0, _) => Exit::Fail,
            _ => Exit::NoOutcome,
        }
    }
}
