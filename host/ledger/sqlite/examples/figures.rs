//! Measures the ledger: durable appends compared with plain SQLite, verifying, and lists of a large
//! ledger. `cargo run --release -p tollgate-ledger-sqlite --example figures -- [FOLDER] [EVENTS]`
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};
use tollgate_ledger::{
    EventQuery, Ledger, LedgerEntry, PageCursor, QueueKind, QueueQuery, RunQuery,
};
use tollgate_ledger_sqlite::SqliteLedger;
use tollgate_model::{
    BatchLine, Content, ContractCheck, Decision, Determinism, Digest, EnforcementMode, Event,
    EventKind, Finding, JsonText, Outcome, Place, Reason, ReasonEffect, ReasonKind,
    RecordedVerdict, Report, RetainedContent, ReviewAction, ReviewEvent, Ruling, RunEvent,
    Severity, Subject, Verdict,
};

const WRITERS: u64 = 64;
const APPENDS: u64 = 32_000;
/// Single transactions are slow, so a smaller number of them is enough.
const ALONE: u64 = 1_000;
const ROUNDS: u32 = 3;
const BULK: u64 = 500;
const GATES: u64 = 20;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or("target/ledger-figures".into()));
    let events = arguments.next().map_or(1_000_000, |events| events.parse().unwrap());
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    for round in 0..ROUNDS {
        println!("round {}", round + 1);
        appends(&folder.join(format!("{round}")));
    }
    large(&folder.join("large.db"), events);
    std::fs::remove_dir_all(&folder).unwrap();
}

fn appends(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let rate = |what: &str, count: u64, took: Duration| {
        let rate = count as f64 / took.as_secs_f64();
        println!("  {what:<58} {rate:>9.0} a second");
        rate
    };
    let took = plain(&folder.join("alone.db"), ALONE, 1);
    let alone = rate("plain SQLite, a transaction each", ALONE, took);
    let took = plain(&folder.join("groups.db"), APPENDS, WRITERS);
    let groups = rate("plain SQLite, 64 in a transaction", APPENDS, took);
    let ledger = SqliteLedger::open(&folder.join("ledger.db")).unwrap();
    let took = from_many(&ledger, 0, APPENDS);
    ledger.close();
    let ours = rate("the ledger, 64 writers, each append durable", APPENDS, took);
    println!(
        "  the ledger has {:.1} x the rate of the first, {:.2} x of the second",
        ours / alone,
        ours / groups
    );
}

/// Writes the same bytes into a plain table without a chain or projections.
fn plain(path: &Path, count: u64, group: u64) -> Duration {
    let mut connection = Connection::open(path).unwrap();
    let durable = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
        CREATE TABLE runs (seq INTEGER PRIMARY KEY, event TEXT, content TEXT)";
    connection.execute_batch(durable).unwrap();
    let begin = Instant::now();
    for at in 0..count / group {
        let transaction = connection.transaction().unwrap();
        for one in 0..group {
            let event = run(at * group + one);
            let EventKind::Run(run) = &event.kind else { continue };
            let content = serde_json::to_string(&run.content).unwrap();
            let text = serde_json::to_string(&event.kind).unwrap();
            let sql = "INSERT INTO runs (event, content) VALUES (?1, ?2)";
            transaction.prepare_cached(sql).unwrap().execute(params![text, content]).unwrap();
        }
        transaction.commit().unwrap();
    }
    begin.elapsed()
}

fn from_many(ledger: &SqliteLedger, first: u64, count: u64) -> Duration {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let begin = Instant::now();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let ledger = ledger.clone();
                tokio::spawn(async move {
                    for at in 0..count / WRITERS {
                        let entry = LedgerEntry::new(run(first + at * WRITERS + writer));
                        ledger.append(entry.into()).await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    begin.elapsed()
}

fn large(path: &Path, events: u64) {
    let ledger = SqliteLedger::open(path).unwrap();
    let begin = Instant::now();
    for at in 0..events / BULK {
        let entries = (0..BULK).map(|one| LedgerEntry::new(run(at * BULK + one)));
        ledger.append_blocking(entries.collect::<Vec<_>>().into()).unwrap();
    }
    println!("{events} events in {:.0} s", begin.elapsed().as_secs_f64());
    let took = from_many(&ledger, events, APPENDS);
    println!("  64 writers into it: {:.0} a second", APPENDS as f64 / took.as_secs_f64());
    lists(&ledger, events);
    ledger.close();
    let bytes = std::fs::metadata(path).unwrap().len();
    println!("  file size: {} bytes per event", bytes / (events + APPENDS));
    let reader = ledger.open_reader().unwrap();
    let begin = Instant::now();
    let verified = reader.verify(&[], &|_, _| false).unwrap();
    let took = begin.elapsed().as_secs_f64();
    assert!(verified.is_sound());
    println!("  verify, contents too: {:.0} events a second", verified.events as f64 / took);
    let mut lines =
        std::io::BufWriter::new(std::fs::File::create(path.with_extension("jsonl")).unwrap());
    let begin = Instant::now();
    let count = reader.export(0, &mut lines).unwrap();
    println!("  export: {:.0} events a second", count as f64 / begin.elapsed().as_secs_f64());
    drop(lines);
    let lines = std::fs::File::open(path.with_extension("jsonl")).unwrap();
    let begin = Instant::now();
    let lines = std::io::BufReader::with_capacity(1 << 16, lines);
    let verified = tollgate_ledger::verify_export(lines, &[], |_, _| false).unwrap();
    let took = begin.elapsed().as_secs_f64();
    println!("  verify the lines: {:.0} events a second", verified.events as f64 / took);
    let begin = Instant::now();
    assert_eq!(reader.check_projections().unwrap(), []);
    println!("  check all projections: {:.0} s", begin.elapsed().as_secs_f64());
}

fn lists(ledger: &SqliteLedger, events: u64) {
    let reader = ledger.open_reader().unwrap();
    let gate: tollgate_model::GateName = "gate-7".parse().unwrap();
    let limit = 50;
    let slowest = |what: &str, ask: &dyn Fn(u64)| {
        let mut slowest = Duration::ZERO;
        for at in 0..50 {
            let begin = Instant::now();
            ask(at * (events / 50));
            slowest = slowest.max(begin.elapsed());
        }
        println!("  {what:<58} {:>7.2} ms at most", slowest.as_secs_f64() * 1e3);
    };
    let runs = |gate: Option<_>, ruling, page| {
        reader.runs(&RunQuery { gate, ruling, page, limit }).unwrap();
    };
    slowest("list: the newest runs", &|_| runs(None, None, PageCursor::Newest));
    slowest("list: blocked runs of a gate, from anywhere", &|at| {
        runs(Some(gate.clone()), Some(Ruling::Block), PageCursor::Before(at));
    });
    slowest("list: reviews of a gate, from anywhere", &|at| {
        let (gate, kind) = (Some(gate.clone()), Some("review".into()));
        reader.events(&EventQuery { gate, kind, page: PageCursor::After(at), limit }).unwrap();
    });
    slowest("show: everything about a run", &|at| {
        reader.history(Digest::of(at.to_be_bytes())).unwrap();
    });
    slowest("queue: a page of a gate, from anywhere", &|after| {
        let (gate, waiting_for) = (Some(gate.clone()), QueueKind::Review);
        reader.queue(&QueueQuery { gate, kind: waiting_for, after, limit }).unwrap();
    });
    slowest("queue: the oldest of all", &|_| {
        let waiting_for = QueueKind::Review;
        reader.queue(&QueueQuery { gate: None, kind: waiting_for, after: 0, limit }).unwrap();
    });
    slowest("input of a decision: level, incidents, figures, budget", &|_| {
        reader.level(&gate).unwrap();
        reader.level_incidents(&gate).unwrap();
        reader.figures(&gate).unwrap();
        reader.counts(&gate, 0, u64::MAX).unwrap();
        reader.oldest_hold_ms(&gate).unwrap();
        reader.gate_version(&gate).unwrap();
    });
    slowest("resume: look up a line of a batch", &|at| {
        reader.batch_line(&gate, &batch_line(at), Digest::of("release")).unwrap();
    });
    slowest("opening a reader", &|_| drop(ledger.open_reader().unwrap()));
}

fn batch_line(at: u64) -> BatchLine {
    BatchLine { batch: "march".parse().unwrap(), key: at.to_string() }
}

/// An e-mail judged by four contracts. One in ten is held, one in ten is blocked, and one in fifty
/// events is a review.
fn run(at: u64) -> Event {
    let gate = format!("gate-{}", at / 7 % GATES).parse().unwrap();
    let at_ms = 1_796_083_200_000 + at * 500;
    if at % 50 == 49 {
        let review = ReviewEvent {
            run: Digest::of((at - 9).to_be_bytes()),
            subject: Digest::of(at.to_le_bytes()),
            by: "Kim Osei".parse().unwrap(),
            role: None,
            action: ReviewAction::Reject { reason: "wrong offer".parse().unwrap() },
            answers: Vec::new(),
            time_ms: Some(30_000),
        };
        return Event { at_ms, gate, kind: EventKind::Review(review) };
    }
    let ruling = match at % 10 {
        0 => Ruling::Hold,
        1 => Ruling::Block,
        _ => Ruling::Allow,
    };
    let message = "the term `guaranteed` is not allowed in offers".to_owned();
    let cause = ReasonKind::Finding {
        contract: "tollgate/banned-terms".into(),
        at: None,
        rule: "banned-term".into(),
        severity: Severity::Error,
        message: message.clone(),
        mode: EnforcementMode::Enforce,
    };
    let effect = if ruling == Ruling::Block { ReasonEffect::Block } else { ReasonEffect::Hold };
    let found = ruling != Ruling::Allow;
    let finding = Finding {
        rule: "banned-term".into(),
        severity: Severity::Error,
        message,
        place: Place::Whole,
        fix: None,
        confidence: None,
    };
    let check = |contract: &str| ContractCheck {
        contract: format!("tollgate/{contract}"),
        determinism: Determinism::Deterministic,
        part: None,
        verdicts: vec![RecordedVerdict {
            result: Verdict::Report(Report {
                outcome: if found { Outcome::Fail } else { Outcome::Pass },
                findings: if found { vec![finding.clone()] } else { Vec::new() },
                measures: Vec::new(),
            }),
            answers: Vec::new(),
            fuel_used: 12_345 + at,
        }],
        fails_ordinary: false,
    };
    let context = r#"{"channel":"email","model":"acme/large","confidence":0.93}"#;
    let text = format!("Welcome, customer {at}! {}", "We are glad to have you. ".repeat(20));
    let subject =
        Subject { context: JsonText::parse(context).unwrap(), ..Subject::new(Content::Text(text)) };
    let run = RunEvent {
        run: Digest::of(at.to_be_bytes()),
        release: Digest::of("release"),
        subject: Digest::of(at.to_le_bytes()),
        output: Some(Digest::of(at.to_le_bytes())),
        content: RetainedContent::Full(Box::new(subject)),
        output_id: Some(tollgate_model::OutputId::new(at.to_string())),
        submitted_by: None,
        author: Some("Ada Writer".parse().unwrap()),
        prompt: None,
        model: Some("acme/large".into()),
        edited_from: None,
        batch_line: Some(batch_line(at)),
        checks: ["banned-terms", "pii", "readability", "json-schema"].map(check).into(),
        decision: Decision {
            ruling,
            would_be: None,
            reasons: found
                .then_some(Reason { effect, lifted: false, kind: cause })
                .into_iter()
                .collect(),
            audit: false,
            undo_until_ms: None,
            cost: None,
        },
        owner: None,
        cost: None,
        time_us: 70,
        early_text: None,
    };
    Event { at_ms, gate, kind: EventKind::Run(Box::new(run)) }
}
