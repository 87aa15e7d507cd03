//! Tests that the documents about the rules match the code. To regenerate them:
//! `UPDATE=1 cargo test -p tollgate-govern --test it documents`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};
use tollgate_model::{
    EnforcementMode, FailOpen, Gate, GatePart, LiftScope, Outcome, OversightPattern, ReasonEffect,
    ReasonKind, Ruling, Severity,
};

use crate::common::{NOW_MS, Scenario, Verdict, example, failure, pass, report};
use crate::reason_samples;

const REGENERATE: &str = "UPDATE=1 cargo test -p tollgate-govern --test it documents";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares a document with its expected text, or writes it if `UPDATE` is set.
fn assert_document(path: &str, expected: &str) {
    let file = root().join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, expected).unwrap();
    }
    let there = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(there == expected, "{path} is out of date: regenerate it with\n{REGENERATE}");
}

#[test]
fn gate_schema_is_up_to_date() {
    let text = serde_json::to_string_pretty(&schema()).unwrap();
    assert_document("docs/gate.schema.json", &format!("{text}\n"));
}

fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = serde_json::to_value(generator.into_root_schema_for::<Gate>()).unwrap();
    without_null(&mut schema);
    schema["title"] = json!("A gate of Tollgate");
    schema
}

/// Removes `null` from the schema: TOML has none, an absent key is left out.
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
fn schema_accepts_and_refuses_like_the_reader() {
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
fn decision_tables_are_up_to_date() {
    let mut text = String::from(INTRODUCTION);
    text.push_str(CONTRACTS);
    text.push_str(&contract_table());
    text.push_str(QUALITY);
    text.push_str(OVERSIGHT);
    text.push_str(&oversight_table());
    text.push_str(REASONS);
    text.push_str(&reason_table());
    text.push_str(MISSING);
    text.push_str(&missing_table());
    assert_document("docs/decide.md", &text);
}

const INTRODUCTION: &str = "\
# How a run is decided

This page is generated from the code by the tests of `host/govern`, which also check that it is
up to date.

A run is decided by `decide(gate, checks, facts, state, now)`: the gate record, the results of the
contracts, the facts about the output, the history of the gate, and the time. Every rule adds its
reasons. A reason notes, holds or blocks, and the strictest effect counts, so an output is allowed
only if no rule holds or blocks it. All reasons are reported with the strictest first, in an order
that does not depend on the order of contracts.
";

const CONTRACTS: &str = "
## Results of contracts

The decision about a run in which one contract has this result and everything else is in order.
`on-fail` and `on-failure` have their defaults.

";

const QUALITY: &str = "
A gate of the purpose `quality` delegates nothing. Only this table decides at it, with `pass` in the
place of `allow`, and `fail` in the place of `hold` and `block`. A text without a visible character
and an output that names another prompt than the gate fail, too. Neither `pass` nor `fail` is leave
to send the output, nothing is recorded, and no approval changes them.
";

/// Table of contract results with the ruling in each mode.
fn contract_table() -> String {
    let fail = |severity| vec![report(Outcome::Fail, &[severity])];
    let pass_with = |severity| vec![report(Outcome::Pass, &[severity])];
    let rows: Vec<(&str, Vec<Verdict>)> = vec![
        ("`pass`", vec![pass()]),
        ("`pass`, with a `warning`", pass_with(Severity::Warning)),
        ("`pass`, with an `error` (a contradiction)", pass_with(Severity::Error)),
        ("`fail`, with a `critical` finding", fail(Severity::Critical)),
        ("`fail`, with an `error`", fail(Severity::Error)),
        ("`fail`, with a `warning`", fail(Severity::Warning)),
        ("`fail`, with an `info`", fail(Severity::Info)),
        ("`fail`, without a finding", vec![report(Outcome::Fail, &[])]),
        ("`unsure`", vec![report(Outcome::Unsure, &[])]),
        (
            "three reports that disagree",
            vec![
                pass(),
                report(Outcome::Fail, &[Severity::Critical]),
                report(Outcome::Unsure, &[]),
            ],
        ),
        ("a failure", vec![failure()]),
        ("no result: it was not run", Vec::new()),
    ];
    let mut text = String::from(
        "| result | `enforce` | `advise` | `advise`, `fail-open` | `shadow` |\n|---|---|---|---|---|\n",
    );
    for (result, verdicts) in rows {
        let cell = |mode, open| ruling_in_mode(mode, open, &verdicts);
        let (enforce, advise) =
            (cell(EnforcementMode::Enforce, false), cell(EnforcementMode::Advise, false));
        let (open, shadow) =
            (cell(EnforcementMode::Advise, true), cell(EnforcementMode::Shadow, false));
        writeln!(text, "| {result} | {enforce} | {advise} | {open} | {shadow} |").unwrap();
    }
    text
}

fn ruling_in_mode(mode: EnforcementMode, open: bool, verdicts: &[Verdict]) -> Ruling {
    let mut scenario = Scenario::valid();
    let binding = &mut scenario.gate.contracts[2];
    binding.mode = mode;
    binding.repeat = if verdicts.len() == 3 { 3 } else { 1 };
    binding.fail_open = open.then(|| FailOpen {
        owner: "Sam Reed".parse().unwrap(),
        until: tollgate_model::Date::from_ms(NOW_MS),
        reason: "reason".parse().unwrap(),
    });
    scenario.set_verdicts(2, verdicts.to_vec());
    scenario.ruling()
}

const OVERSIGHT: &str = "
## Human oversight

The decision about an output that no other rule stops, by the recorded level of the gate and the
pattern of its record. At a sampled level, a sample of the allowed outputs is audited; on the loop,
allowed outputs can be retracted during the undo window.

";

fn oversight_table() -> String {
    let patterns = [
        OversightPattern::InTheLoop,
        OversightPattern::OverTheLoop,
        OversightPattern::OnTheLoop,
        OversightPattern::Shadow,
    ];
    let mut text = String::from("| level of l0-l5 |");
    for pattern in patterns {
        write!(text, " `{pattern}` |").unwrap();
    }
    text.push_str("\n|---|---|---|---|---|\n");
    for level in [None, Some(0), Some(1), Some(2), Some(3), Some(4), Some(5)] {
        let name = level.map_or("none recorded, and the file starts at 4".into(), |level: u8| {
            let name =
                tollgate_govern::autonomy::level_name(tollgate_model::LevelScheme::L0ToL5, level);
            format!("{level} {}", name.unwrap())
        });
        write!(text, "| {name} |").unwrap();
        for pattern in patterns {
            write!(text, " {} |", ruling_at(level, pattern)).unwrap();
        }
        text.push('\n');
    }
    text
}

fn ruling_at(level: Option<u8>, pattern: OversightPattern) -> Ruling {
    let mut scenario = Scenario::valid();
    let autonomy = scenario.gate.autonomy.as_mut().unwrap();
    (autonomy.highest, autonomy.level) = (None, 4);
    scenario.gate.oversight.pattern = Some(pattern);
    scenario.set_level(level.unwrap_or_default());
    scenario.state.level = scenario.state.level.filter(|_| level.is_some());
    // The score of the example asks for at least a sample, so no level shows `exceptions only`.
    scenario.ruling()
}

const REASONS: &str = "
## Reasons

*Approvable* says whether an approval lifts a hold for this reason: *unedited* means only if the
reviewer did not edit the output, *always* means after an edit too. An edited output is judged
again. Blocks cannot be approved. An effect with a star is the strictest that is possible: `mode`,
`on-fail` and `on-failure` of the gate can make it milder.

";

fn reason_table() -> String {
    let descriptions = reason_samples::descriptions();
    let mut text =
        String::from("| code | when | effect | approvable | text |\n|---|---|---|---|---|\n");
    for kind in reason_samples::all() {
        let (code, effect) = (kind.code(), kind.default_effect());
        let reason_text = kind.to_string().replace('|', "\\|");
        let star = if is_set_by_the_gate(&kind) { "\\*" } else { "" };
        let approved = approved(&kind, effect);
        let when = descriptions[code].trim_end_matches('.');
        writeln!(text, "| `{code}` | {when} | {effect}{star} | {approved} | {reason_text} |")
            .unwrap();
    }
    text
}

fn is_set_by_the_gate(kind: &ReasonKind) -> bool {
    matches!(
        kind,
        ReasonKind::Finding { .. }
            | ReasonKind::Fail { .. }
            | ReasonKind::Unsure { .. }
            | ReasonKind::NoMajority { .. }
            | ReasonKind::Failure { .. }
            | ReasonKind::AnswersMissing { .. }
            | ReasonKind::PartNotJudged { .. }
    )
}

fn approved(kind: &ReasonKind, effect: ReasonEffect) -> &'static str {
    match (kind.lift_scope(), effect) {
        (_, ReasonEffect::Note) => "",
        (LiftScope::Never, _) => "no",
        (LiftScope::AsSeen, _) => "unedited",
        (LiftScope::Edited, _) => "always",
    }
}

const MISSING: &str = "
## Missing parts of a gate record

While a part marked *nothing is allowed* is missing, the gate allows no output, even an approved
one; it can run in shadow. The other parts are required before outputs can be allowed without a
review.

";

fn missing_table() -> String {
    let mut text = String::from("| key | meaning | while it is missing |\n|---|---|---|\n");
    for missing in GatePart::ALL {
        let (key, meaning) = (missing.key(), missing.meaning());
        writeln!(text, "| `{key}` | {meaning} | {} |", missing.consequence()).unwrap();
    }
    text
}

/// `docs/rules.md` is written by hand: each rule with its file and its tests.
#[test]
fn rules_name_existing_files_and_tests() {
    let text = std::fs::read_to_string(root().join("docs/rules.md")).unwrap();
    let tests = sources();
    // Tables about single rules follow the table of all of them.
    let (rules, _) = text.split_once("\n## ").unwrap();
    let rows = rules.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| rule"));
    let mut count = 0;
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [_, _, files, shown] = cells[..] else { panic!("four cells: {row}") };
        for file in backticked(files) {
            assert!(
                root().join(file).is_file(),
                "docs/rules.md names `{file}`, which is not there"
            );
        }
        for test in backticked(shown) {
            let is_there = tests.contains(&format!("fn {test}("));
            assert!(is_there, "docs/rules.md names the test `{test}`, which is not there");
        }
        assert!(backticked(files).count() > 0 && backticked(shown).count() > 0, "{row}");
        count += 1;
    }
    assert!(count >= 30, "{count} rules");
}

fn backticked(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// Returns the sources of this crate, of the model, of the library's tests, and of the rules and tests that every ledger
/// shares.
fn sources() -> String {
    let mut text = String::new();
    let mut folders = vec![
        root().join("host/govern"),
        root().join("host/host/tests"),
        root().join("host/model/src"),
        root().join("host/ledger/src/conformance"),
        root().join("host/ledger/src/storage"),
    ];
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
