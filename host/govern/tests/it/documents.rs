//! What is written about the rules, made from the code or held against it. To write it again:
//! `UPDATE=1 cargo test -p tollgate-govern --test it documents`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};
use tollgate_model::{
    Cause, Effect, FailOpen, Gate, Lift, Missing, Mode, Outcome, Pattern, Ruling, Severity,
};

use crate::causes;
use crate::common::{NOW_MS, Verdict, World, example, failure, pass, report};

const AGAIN: &str = "UPDATE=1 cargo test -p tollgate-govern --test it documents";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Holds a file against what it should be, or writes it.
fn hold(path: &str, wanted: &str) {
    let file = root().join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, wanted).unwrap();
    }
    let there = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(there == wanted, "{path} is not what the code says: write it again with\n{AGAIN}");
}

#[test]
fn the_schema_of_gates_is_up_to_date() {
    let text = serde_json::to_string_pretty(&schema()).unwrap();
    hold("docs/gate.schema.json", &format!("{text}\n"));
}

fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = serde_json::to_value(generator.into_root_schema_for::<Gate>()).unwrap();
    without_null(&mut schema);
    schema["title"] = json!("A gate of Tollgate");
    schema
}

/// TOML has no null: what may be missing is left away.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Array(types)) = members.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = &types[..] {
                    members["type"] = only.clone();
                }
            }
            if let Some(Value::Array(of)) = members.get_mut("anyOf") {
                of.retain(|one| *one != json!({"type": "null"}));
                if let [Value::Object(only)] = &of[..] {
                    let only = only.clone();
                    members.remove("anyOf");
                    members.extend(only);
                }
            }
            members.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}

#[test]
fn the_schema_takes_the_example_and_refuses_what_reading_refuses() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let gate = serde_json::to_value(example()).unwrap();
    let wrong: Vec<_> = validator.iter_errors(&gate).map(|error| error.to_string()).collect();
    assert_eq!(wrong, [""; 0]);
    for (pointer, value) in [
        ("/score/outcome-criticality/value", json!(6)),
        ("/autonomy/scheme", json!("l6")),
        ("/budget/per-day", json!("-1")),
        ("/budget/per-day", json!(1.5)),
        ("/oversight/sample-share", json!(2)),
        ("/review/sla", json!("soon")),
        ("/contracts/0/mode", json!("enforced")),
        ("/contracts/0/colour", json!(1)),
        ("/name", json!("Welcome")),
    ] {
        let mut other = gate.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        other.pointer_mut(parent).unwrap()[key] = value;
        assert!(!validator.is_valid(&other), "{pointer}");
        assert!(serde_json::from_value::<Gate>(other).is_err(), "{pointer}");
    }
}

#[test]
fn the_table_of_decisions_is_up_to_date() {
    let mut text = String::from(ABOUT);
    text.push_str(WHAT_CONTRACTS_SAY);
    text.push_str(&said());
    text.push_str(WHERE_A_HUMAN_STANDS);
    text.push_str(&stands());
    text.push_str(REASONS);
    text.push_str(&reasons());
    text.push_str(MISSING);
    text.push_str(&lacks());
    hold("docs/decide.md", &text);
}

const ABOUT: &str = "\
# How a run is decided

Made from the code by the tests of `host/govern`, and held against it by them.

A run is decided by `decide(gate, checks, facts, state, now)`: the record of the gate, what each
contract said, what is known of the output, what has happened at the gate so far, and the moment.
Every rule is asked, and each adds its reasons. A reason notes, holds or blocks; the strictest
counts, so an output is allowed only where no rule has anything against it. All reasons are given,
the strictest first, in an order that does not depend on the order of contracts.
";

const WHAT_CONTRACTS_SAY: &str = "
## What contracts say

What comes of a run in which one contract says this, and everything else is in order. `on-fail` and
`on-failure` are as they are where the gate says nothing.

";

/// What a contract can say, and what comes of it in each mode.
fn said() -> String {
    let fail = |severity| vec![report(Outcome::Fail, &[severity])];
    let pass_with = |severity| vec![report(Outcome::Pass, &[severity])];
    let rows: Vec<(&str, Vec<Verdict>)> = vec![
        ("`pass`", vec![pass()]),
        ("`pass`, with a `warning`", pass_with(Severity::Warning)),
        ("`pass`, with an `error`: it contradicts itself", pass_with(Severity::Error)),
        ("`fail`, with a `critical` finding", fail(Severity::Critical)),
        ("`fail`, with an `error`", fail(Severity::Error)),
        ("`fail`, with a `warning`", fail(Severity::Warning)),
        ("`fail`, with an `info`", fail(Severity::Info)),
        ("`fail`, without a finding", vec![report(Outcome::Fail, &[])]),
        ("`unsure`", vec![report(Outcome::Unsure, &[])]),
        (
            "three answers that do not agree",
            vec![
                pass(),
                report(Outcome::Fail, &[Severity::Critical]),
                report(Outcome::Unsure, &[]),
            ],
        ),
        ("nothing: a failure", vec![failure()]),
        ("nothing: it was not asked", Vec::new()),
    ];
    let mut text = String::from(
        "| it says | `enforce` | `advise` | `advise`, `fail-open` | `shadow` |\n|---|---|---|---|---|\n",
    );
    for (says, verdicts) in rows {
        let cell = |mode, open| ruling(mode, open, &verdicts);
        let (enforce, advise) = (cell(Mode::Enforce, false), cell(Mode::Advise, false));
        let (open, shadow) = (cell(Mode::Advise, true), cell(Mode::Shadow, false));
        writeln!(text, "| {says} | {enforce} | {advise} | {open} | {shadow} |").unwrap();
    }
    text
}

fn ruling(mode: Mode, open: bool, verdicts: &[Verdict]) -> Ruling {
    let mut world = World::in_order();
    let binding = &mut world.gate.contracts[2];
    binding.mode = mode;
    binding.repeat = if verdicts.len() == 3 { 3 } else { 1 };
    binding.fail_open = open.then(|| FailOpen {
        owner: "Sam Reed".parse().unwrap(),
        until: tollgate_model::Date::of_ms(NOW_MS),
        reason: "reason".parse().unwrap(),
    });
    world.says(2, verdicts.to_vec());
    world.ruling()
}

const WHERE_A_HUMAN_STANDS: &str = "
## Where a human stands

What comes of an output that nothing else stands against, by the level that the ledger has for the
gate, and by the pattern of its record. *Allow* at a level that is sampled has the sample looked at
afterwards; *allow* on the loop can be taken back for a while.

";

fn stands() -> String {
    let patterns = [Pattern::InTheLoop, Pattern::OverTheLoop, Pattern::OnTheLoop, Pattern::Shadow];
    let mut text = String::from("| level of l0-l5 |");
    for pattern in patterns {
        write!(text, " `{pattern}` |").unwrap();
    }
    text.push_str("\n|---|---|---|---|---|\n");
    for level in [None, Some(0), Some(1), Some(2), Some(3), Some(4), Some(5)] {
        let name = level.map_or("none yet, and the file names 4".into(), |level: u8| {
            let name = tollgate_govern::autonomy::name(tollgate_model::Scheme::L0ToL5, level);
            format!("{level} {}", name.unwrap())
        });
        write!(text, "| {name} |").unwrap();
        for pattern in patterns {
            write!(text, " {} |", stood(level, pattern)).unwrap();
        }
        text.push('\n');
    }
    text
}

fn stood(level: Option<u8>, pattern: Pattern) -> Ruling {
    let mut world = World::in_order();
    let autonomy = world.gate.autonomy.as_mut().unwrap();
    (autonomy.highest, autonomy.level) = (None, 4);
    world.gate.oversight.pattern = Some(pattern);
    world.at_level(level.unwrap_or_default());
    world.state.level = world.state.level.filter(|_| level.is_some());
    // The score of the example asks for a sample at least.
    world.ruling()
}

const REASONS: &str = "
## The reasons

*Approved*: whether people can approve an output that is held for this reason; what was edited by a
reviewer is judged again, and only what is held for oversight is not held again. What blocks cannot
be approved. An effect with a star is the strictest that a contract can have; `mode`, `on-fail` and
`on-failure` of the gate make it milder.

";

fn reasons() -> String {
    let described = causes::described();
    let mut text =
        String::from("| code | when | does | approved | says |\n|---|---|---|---|---|\n");
    for cause in causes::all() {
        let (code, effect) = (cause.code(), cause.effect());
        let says = cause.to_string().replace('|', "\\|");
        let star = if is_set_by_the_gate(&cause) { "\\*" } else { "" };
        let approved = approved(&cause, effect);
        let when = described[code].trim_end_matches('.');
        writeln!(text, "| `{code}` | {when} | {effect}{star} | {approved} | {says} |").unwrap();
    }
    text
}

fn is_set_by_the_gate(cause: &Cause) -> bool {
    matches!(
        cause,
        Cause::Finding { .. }
            | Cause::Fail { .. }
            | Cause::Unsure { .. }
            | Cause::Split { .. }
            | Cause::Failure { .. }
            | Cause::CheckMissing { .. }
    )
}

fn approved(cause: &Cause, effect: Effect) -> &'static str {
    match (cause.lift(), effect) {
        (_, Effect::Note) => "",
        (Lift::Never, _) => "no",
        (Lift::AsSeen, _) => "as it was seen",
        (Lift::Edited, _) => "edited too",
    }
}

const MISSING: &str = "
## What a record can lack

Without what is marked *nothing is allowed* the gate may shadow, and nothing of it goes out, whoever
approves. The rest is needed by people who do not approve every output.

";

fn lacks() -> String {
    let mut text = String::from("| key | what it says | until it is there |\n|---|---|---|\n");
    for missing in Missing::ALL {
        let (key, meaning) = (missing.key(), missing.meaning());
        writeln!(text, "| `{key}` | {meaning} | {} |", missing.consequence()).unwrap();
    }
    text
}

/// `docs/rules.md` is written by people: a rule, the file that has it, the tests that show it.
#[test]
fn every_rule_has_its_file_and_its_test() {
    let text = std::fs::read_to_string(root().join("docs/rules.md")).unwrap();
    let tests = sources();
    let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| rule"));
    let mut count = 0;
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [_, _, files, shown] = cells[..] else { panic!("four cells: {row}") };
        for file in quoted(files) {
            assert!(
                root().join(file).is_file(),
                "docs/rules.md names `{file}`, which is not there"
            );
        }
        for test in quoted(shown) {
            let is_there = tests.contains(&format!("fn {test}("));
            assert!(is_there, "docs/rules.md names the test `{test}`, which is not there");
        }
        assert!(quoted(files).count() > 0 && quoted(shown).count() > 0, "{row}");
        count += 1;
    }
    assert!(count >= 30, "{count} rules");
}

fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// All of this room, and of the words that it uses.
fn sources() -> String {
    let mut text = String::new();
    let mut folders = vec![root().join("host/govern"), root().join("host/model/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    text
}
