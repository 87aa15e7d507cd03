//! Random histories of one gate, recorded in a real ledger, with what the ledger says about the gate afterwards.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};
use tollgate_govern::promotion::count_track_record;
use tollgate_ledger::{Append, Ledger, LedgerEntry, LedgerReader};
use tollgate_ledger_sqlite::SqliteLedger;
use tollgate_model::{Digest, Event, EventKind, Gate, GateName, Money, format_rfc3339};

use crate::random::Random;
use crate::world::{DAY_MS, FIRST_DAY_MS, PEOPLE};

/// Times are up to this far out of order, because they come from the clocks of several machines.
const CLOCK_SKEW_MS: u64 = 90_000;
const CONTRACTS: [&str; 2] = ["tollgate/pii", "easy to read"];

/// Runs that a history has so far.
#[derive(Default)]
struct Runs {
    count: u64,
    held: Vec<Digest>,
    sampled: Vec<Digest>,
    allowed: Vec<Digest>,
}

/// Writes a history of some hundred events as one line of JSON. The ledger is a new file in the folder.
pub fn write_history(number: u64, folder: &Path, mut output: impl Write) -> io::Result<()> {
    let mut random = Random::from_seed(number.wrapping_mul(0xa076_1d64_78bd_642f));
    let gate: GateName = "welcome-email".parse().unwrap();
    let ledger = SqliteLedger::open(&folder.join(format!("{number}.db"))).unwrap();
    let mut now_ms = FIRST_DAY_MS;
    let mut runs = Runs::default();
    let mut events = Vec::new();
    let mut entries = Vec::new();
    for _ in 0..100 + random.below(400) {
        // Some things follow each other within seconds, as reviews do that nobody took time for.
        let step_ms = if random.is_one_in(3) { 12_000 } else { DAY_MS / 8 };
        now_ms += random.below(step_ms);
        let at_ms = now_ms - if random.is_one_in(8) { random.below(CLOCK_SKEW_MS) } else { 0 };
        for kind in random_kinds(&mut random, &mut runs, now_ms) {
            events.push(json!({ "at": at_ms, "event": kind }));
            let kind: EventKind = serde_json::from_value(kind).unwrap();
            entries.push(LedgerEntry::new(Event { at_ms, gate: gate.clone(), kind }));
        }
        // An append waits for the disk, so several things are recorded with one.
        if random.is_one_in(32) {
            ledger.append_blocking(Append::from(std::mem::take(&mut entries))).unwrap();
        }
    }
    ledger.append_blocking(Append::from(entries)).unwrap();
    let reader = ledger.open_reader().unwrap();
    let answer = answer_history(reader.as_ref(), &gate, now_ms);
    ledger.close();
    serde_json::to_writer(
        &mut output,
        &json!({ "number": number, "events": events, "now": now_ms, "answer": answer }),
    )?;
    output.write_all(b"\n")
}

fn answer_history(reader: &dyn LedgerReader, gate: &GateName, now_ms: u64) -> Value {
    let level = reader.level(gate).unwrap();
    let counts = |from_ms| reader.counts(gate, from_ms, now_ms).unwrap();
    let campaigns: Vec<(String, Money)> = reader.campaigns(gate).unwrap();
    let today = counts(now_ms);
    let ever = counts(FIRST_DAY_MS - DAY_MS);
    let cycles = reader.review_cycles(gate).unwrap();
    json!({
        "level": level.map(|level| json!({ "level": level.change.to, "since": level.since_ms })),
        "track-record": count_track_record(&Gate::named(gate.clone()), &cycles),
        "cycles": cycles,
        "incidents": reader.level_incidents(gate).unwrap(),
        "figures": reader.figures(gate).unwrap(),
        "oldest-hold": reader.oldest_hold_ms(gate).unwrap(),
        "campaigns": campaigns,
        "today": { "runs": today.runs, "spent": today.spent },
        "ever": ever,
        "differences": reader.check_projections().unwrap().len(),
    })
}

/// Returns the events of one thing that happens at the gate; events that belong together are recorded together.
fn random_kinds(random: &mut Random, runs: &mut Runs, now_ms: u64) -> Vec<Value> {
    match random.below(40) {
        0 => vec![json!({ "level": random_level_change(random) })],
        1 => vec![random_incident(random, runs)],
        2 if !runs.allowed.is_empty() => {
            let run = runs.allowed.swap_remove(position(random, &runs.allowed));
            vec![json!({ "rollback": { "run": run, "by": "Kim Osei", "reason": "a reason" } })]
        }
        3 => vec![
            json!({ "rollback": { "release": Digest::of("old"), "by": "Sam Reed", "reason": "a reason" } }),
        ],
        4..=6 => {
            let value = *random.pick(&[0.2, 0.32, 0.5]);
            let kpi = *random.pick(&["open-rate", "complaints-per-thousand"]);
            vec![json!({ "kpi": { "kpi": kpi, "value": value, "source": "a report" } })]
        }
        7..=9 => vec![random_spend(random, None)],
        10..=22 if !runs.held.is_empty() => review_held(random, runs, now_ms),
        23 | 24 if !runs.sampled.is_empty() => audit(random, runs),
        _ => {
            runs.count += 1;
            let run = Digest::of(runs.count.to_le_bytes());
            let mut kinds = vec![random_run(random, runs, run, None)];
            if random.is_one_in(3) {
                kinds.push(random_spend(random, Some(run)));
            }
            kinds
        }
    }
}

fn position(random: &mut Random, runs: &[Digest]) -> usize {
    usize::try_from(random.below(runs.len() as u64)).unwrap()
}

fn random_level_change(random: &mut Random) -> Value {
    let (from, to, reason) = match random.below(3) {
        0 => (
            3,
            4,
            json!({ "kind": "promoted", "accepted-by": "Sam Reed", "reviewed": 30, "approval-rate": 1.0 }),
        ),
        1 => (4, 3, json!({ "kind": "demoted", "causes": [] })),
        _ => (4, 2, json!({ "kind": "lowered", "by": "Sam Reed", "reason": "a reason" })),
    };
    json!({ "scheme": "l0-l5", "from": from, "to": to, "reason": reason })
}

fn random_spend(random: &mut Random, run: Option<Digest>) -> Value {
    let mut spend = json!({ "amount": random.pick(&["0.000001", "0.50", "12.00"]) });
    if let Some(run) = run {
        spend["run"] = json!(run);
    }
    if random.is_one_in(2) {
        spend["campaign"] = json!(random.pick(&["autumn", "spring"]));
    }
    json!({ "spend": spend })
}

fn random_run(
    random: &mut Random,
    runs: &mut Runs,
    run: Digest,
    edited_from: Option<Digest>,
) -> Value {
    let mut reasons = Vec::new();
    let ruling = *random.pick(&["hold", "hold", "hold", "allow", "block"]);
    if random.is_one_in(20) {
        let (contract, mode) =
            (random.pick(&CONTRACTS), *random.pick(&["enforce", "enforce", "advise", "shadow"]));
        let effect = if ruling == "allow" { "note" } else { ruling };
        reasons.push(json!({
            "code": "failure", "effect": effect, "contract": contract, "kind": "deadline", "message": "late",
            "mode": mode, "fail-open": false, "fails-ordinary": !random.is_one_in(4),
        }));
    }
    let is_sampled = ruling == "allow" && random.is_one_in(3);
    match ruling {
        "hold" => runs.held.push(run),
        "allow" => {
            runs.allowed.push(run);
            if is_sampled {
                runs.sampled.push(run);
            }
        }
        _ => {}
    }
    run_event(run, ruling, &reasons, is_sampled, edited_from)
}

fn run_event(
    run: Digest,
    ruling: &str,
    reasons: &[Value],
    audit: bool,
    edited_from: Option<Digest>,
) -> Value {
    let mut event = json!({
        "run": run, "release": Digest::of("release"), "subject": Digest::of(run.as_bytes()),
        "content": { "kind": "digest" }, "checks": [], "time-us": 7,
        "decision": { "ruling": ruling, "reasons": reasons, "audit": audit },
    });
    if let Some(edited_from) = edited_from {
        event["edited-from"] = json!(edited_from);
    }
    if let Some(output) = output_of(run) {
        event["output"] = json!(output);
    }
    json!({ "run": event })
}

/// Returns the digest of the output of a run: one that others have, too, one of its own, or none, as that of an action.
fn output_of(run: Digest) -> Option<Digest> {
    let [kind, number, ..] = *run.as_bytes();
    match kind % 3 {
        0 => Some(Digest::of([number % 8])),
        1 => Some(Digest::of(run.to_string())),
        _ => None,
    }
}

fn review_event(random: &mut Random, run: Digest, by: &str, action: &Value) -> Value {
    let subject = Digest::of(run.as_bytes());
    let mut review = json!({ "run": run, "subject": subject, "by": by, "action": action });
    if random.is_one_in(4) {
        review["time-ms"] = json!(random.below(12_000));
    }
    json!({ "review": review })
}

/// Returns a review of a held run with what comes of it: an approval decides again, an edit makes another run.
fn review_held(random: &mut Random, runs: &mut Runs, now_ms: u64) -> Vec<Value> {
    let place = position(random, &runs.held);
    let run = runs.held[place];
    let by = *random.pick(&PEOPLE);
    match random.below(12) {
        0 => {
            let until = format_rfc3339(now_ms + 1000);
            vec![json!({ "claim": { "run": run, "by": by, "until": until } })]
        }
        1 => vec![review_event(
            random,
            run,
            by,
            &json!({ "kind": "escalate", "reason": "too hard" }),
        )],
        2 => vec![review_event(random, run, by, &json!({ "kind": "approve" }))],
        3 | 4 => {
            runs.held.swap_remove(place);
            vec![review_event(random, run, by, &json!({ "kind": "reject", "reason": "no" }))]
        }
        5 | 6 => {
            runs.held.swap_remove(place);
            runs.count += 1;
            let edited = Digest::of(runs.count.to_le_bytes());
            let review = review_event(
                random,
                run,
                by,
                &json!({ "kind": "edit", "edited": Digest::of("edited") }),
            );
            vec![review, random_run(random, runs, edited, Some(run))]
        }
        last => {
            runs.held.swap_remove(place);
            let ruling = if last == 11 { "block" } else { "allow" };
            let approved = json!({ "code": "approved", "effect": "note", "by": [by] });
            let review = review_event(random, run, by, &json!({ "kind": "approve" }));
            if ruling == "allow" {
                runs.allowed.push(run);
            }
            vec![review, run_event(run, ruling, &[approved], false, None)]
        }
    }
}

/// Returns an incident, which often names an output that went out.
fn random_incident(random: &mut Random, runs: &Runs) -> Value {
    let mut incident = json!({ "description": "wrong name", "by": "Kim Osei" });
    let named = if random.is_one_in(2) { &runs.sampled } else { &runs.allowed };
    if !named.is_empty() {
        incident["run"] = json!(named[position(random, named)]);
    }
    json!({ "incident": incident })
}

/// Returns the audit of a sampled run. A rejection is recorded with an incident.
fn audit(random: &mut Random, runs: &mut Runs) -> Vec<Value> {
    let run = runs.sampled.swap_remove(position(random, &runs.sampled));
    if random.is_one_in(3) {
        let incident =
            json!({ "incident": { "description": "an audit", "by": "Kim Osei", "run": run } });
        return vec![
            review_event(random, run, "Kim Osei", &json!({ "kind": "reject", "reason": "no" })),
            incident,
        ];
    }
    vec![review_event(random, run, "Kim Osei", &json!({ "kind": "approve" }))]
}
