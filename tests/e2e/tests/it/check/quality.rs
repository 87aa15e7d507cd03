//! Gates of the purpose `quality`: they judge by their file, record nothing, and give nobody leave to send anything.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{check, json_lines, line, newsletter, recorded};
use crate::tool::{Place, Ran, binary, repository, target};

const GATE: &str = "gates/products.toml";
const THREE_LINES: &str = "purpose = \"quality\"\n[[contracts]]\ncontract = \"tollgate/pii@^1\"\n";
const CLEAN: &str = "A quiet kettle for two cups.\n";
const FOUND: &str = "Ask noor@acme.com about the kettle.\n";

/// Creates a project with nothing but a gate file and two outputs.
fn products(gate: &str) -> Place {
    let place = Place::new();
    place.write("tollgate.toml", "").write(GATE, gate);
    place.write("clean.txt", CLEAN).write("found.txt", FOUND);
    place
}

/// Runs `tollgate check` with the gate of the products.
fn judge(place: &Place, arguments: &[&str]) -> Ran {
    place.run(&[&["check", "--gate", "products"], arguments].concat())
}

#[test]
fn three_lines_are_a_gate() {
    let place = products(THREE_LINES);
    judge(&place, &["clean.txt"]).exits_with_snapshot(0);
    judge(&place, &["clean.txt", "found.txt"]).exits_with_snapshot(1);
    judge(&place, &["found.txt", "--format", "markdown"]).exits_with_snapshot(1);
    judge(&place, &["found.txt", "--format", "junit"]).exits_with_snapshot(1);
    let document = judge(&place, &["clean.txt", "found.txt", "--format", "json"]);
    let document = document.exits_with(1).json();
    assert_eq!(document["purpose"], "quality");
    let decisions: Vec<_> =
        document["runs"].as_array().unwrap().iter().map(|run| &run["decision"]).collect();
    assert_eq!(decisions, ["pass", "fail"]);
    let summary = &document["summary"];
    assert_eq!((&summary["passed"], &summary["failed"]), (&1.into(), &1.into()));
    assert_eq!((&summary["allowed"], &summary["held"]), (&0.into(), &0.into()));
    let lines = judge(&place, &["clean.txt", "found.txt", "--format", "jsonl"]);
    let lines = json_lines(lines.exits_with(1));
    assert!(lines.iter().all(|line| line.get("ai-assisted").is_none()), "{lines:#?}");
    // A bad line is told, whatever the others are.
    place.write("mixed.jsonl", format!("{{\"text\": \"{}\"}}\nnot JSON\n", CLEAN.trim()));
    judge(&place, &["mixed.jsonl"]).exits_with(2);
    assert!(!place.path(".tollgate").exists(), "a quality gate makes no ledger");
    assert!(!place.path("tollgate.lock").exists());
}

/// What it compares with the prompts of outputs needs no package, until somebody locks it.
#[test]
fn a_prompt_that_no_source_has_is_told_with_its_gate() {
    let place = products(&format!("prompt = \"welcome@^1\"\n{THREE_LINES}"));
    place.run(&["lock"]).exits_with_snapshot(2);
    assert!(!place.path("tollgate.lock").exists());
}

#[test]
fn fail_on_says_what_fails_the_command() {
    let with = |rest: &str| products(&format!("{THREE_LINES}{rest}"));
    let codes = |place: &Place| {
        ["block", "hold", "warning"]
            .map(|fail_on| judge(place, &["found.txt", "--fail-on", fail_on]).code)
    };
    assert_eq!(codes(&with("")), [1, 1, 1]);
    assert_eq!(codes(&with("on-fail = { error = \"hold\" }\n")), [0, 1, 1]);
    let warned = with("config = { severity = \"warning\" }\n");
    assert_eq!(codes(&warned), [0, 0, 1]);
    judge(&warned, &["found.txt", "--fail-on", "warning"]).exits_with_snapshot(1);
    judge(&warned, &["clean.txt", "--fail-on", "warning"]).exits_with(0);
    judge(&warned, &["missing.txt", "--fail-on", "block"]).exits_with(2);
    judge(&warned, &["clean.txt", "--fail-on", "nothing"]).exits_with(2);
    // It is for every gate. Without a promotion everything is held.
    let held = newsletter();
    held.write("a.jsonl", line("a", "Welcome."));
    let told = |arguments: &[&str], code| {
        let ran = check(&held, &[&["a.jsonl"][..], arguments].concat());
        ran.exits_with(code).err.contains("held outputs: 1; exit code 0 by `--fail-on block`")
    };
    assert!(told(&["--fail-on", "block"], 0), "it is nobody's leave");
    assert!(!told(&[], 1));
    // That nothing judged an output is not a mild finding.
    let advised = with("mode = \"advise\"\n");
    judge(&advised, &["clean.txt", "--fail-on", "block"]).exits_with(1);
}

#[test]
fn keys_of_a_delegation_are_refused() {
    let rest = "[autonomy]\nscheme = \"l0-l5\"\nlevel = 3\n[budget]\ncurrency = \"EUR\"\nper-day = \"12.00\"\n";
    let place = products(&format!("cost-centre = \"17\"\n{THREE_LINES}{rest}"));
    judge(&place, &["clean.txt"]).exits_with_snapshot(2);
    place.write(GATE, format!("purpose = \"delegation\"\n{THREE_LINES}"));
    judge(&place, &["clean.txt"]).exits_with_snapshot(2);
    place.write(GATE, "purpose = \"both\"\n");
    judge(&place, &["clean.txt"]).exits_with_snapshot(2);
}

#[test]
fn nothing_is_recorded_of_a_quality_gate() {
    let place = products(THREE_LINES);
    let by = ["--by", "Sam Reed"];
    let reason = ["--by", "Sam Reed", "--reason", "a reason"];
    let refuse = |arguments: &[&str], options: &[&str]| {
        place.run(&[arguments, options].concat()).exits_with_snapshot(2);
    };
    refuse(&["release", "products"], &by);
    refuse(&["release"], &by);
    refuse(&["rollback", "products"], &reason);
    refuse(&["gate", "promote", "products"], &by);
    refuse(&["gate", "demote", "products"], &reason);
    refuse(&["gate", "history", "products"], &[]);
    refuse(&["queue", "list", "--gate", "products"], &[]);
    refuse(&["kpi", "add", "--gate", "products", "open-rate=0.4"], &[]);
    refuse(&["incident", "a wrong name", "--gate", "products"], &by);
    judge(&place, &["clean.txt", "--batch", "autumn"]).exits_with_snapshot(2);
    judge(&place, &["clean.txt", "--quality", "--batch", "autumn"]).exits_with(2);
    assert!(!place.path(".tollgate").exists());
}

#[test]
fn a_release_of_all_gates_leaves_out_those_that_only_judge() {
    let place = newsletter();
    place.write(GATE, THREE_LINES);
    place.run(&["lock"]).exits_with(0);
    place.run(&["release", "--by", "Sam Reed"]).exits_with_snapshot(0);
    place.run(&["risk"]).exits_with_snapshot(0);
    place.run(&["tree"]).exits_with_snapshot(0);
}

#[test]
fn shows_the_next_step_to_a_gate_that_delegates() {
    let place = products(THREE_LINES);
    place.run(&["gate", "check", "products"]).exits_with_snapshot(0);
    place.run(&["gate", "show", "products"]).exits_with_snapshot(0);
    let shown = place.run(&["gate", "show", "products", "--json"]).exits_with(0).json();
    for member in ["oversight", "level", "promotion", "checklist", "spent"] {
        assert!(shown[member].is_null(), "it delegates nothing, so it has no {member}: {shown:#}");
    }
    assert_eq!(shown["record"]["purpose"], "quality");
    let of_gate = |place: &Place, code| {
        let checked = place.run(&["gate", "check", "--json"]).exits_with(code).json();
        checked["gates"][0].clone()
    };
    let checked = of_gate(&place, 0);
    assert_eq!((&checked["purpose"], &checked["complete"]), (&"quality".into(), &true.into()));
    assert_eq!(checked["to-delegate"][0]["key"], "task");
    place.write(GATE, "purpose = \"quality\"\ntask = \"Describes products.\"\n");
    place.run(&["gate", "check", "products"]).exits_with_snapshot(1);
    assert_eq!(of_gate(&place, 1)["missing"][0]["key"], "[[contracts]]");
    place.write(GATE, "purpose = \"quality\"\n[[contracts]]\ncontract = \"acme/claims@^1\"\n");
    place.run(&["gate", "show", "products"]).exits_with_snapshot(2);
}

#[test]
fn a_gate_that_cannot_be_loaded_is_not_ready_to_judge() {
    let place = products("purpose = \"quality\"\n[[contracts]]\ncontract = \"acme/none@^1\"\n");
    place.run(&["gate", "check"]).exits_with_snapshot(2);
    let checked = place.run(&["gate", "check", "--json"]).exits_with(2).json();
    assert_eq!(checked["gates"][0]["complete"], false);
    assert_eq!(checked["gates"][0]["load-error"], "there is no `tollgate.lock`");
    // Those who check by it are told the same.
    judge(&place, &["clean.txt"]).exits_with(2);
    place.write(GATE, format!("{THREE_LINES}config = {{ no-such-key = 1 }}\n"));
    let checked = place.run(&["gate", "check"]);
    assert!(checked.exits_with(2).out.contains("no-such-key"), "{checked:#?}");
    let schema = "[[contracts]]\ncontract = \"tollgate/json-schema@^1\"\n\
                  config = { schema = { \"$file\" = \"none.json\" } }\n";
    place.write(GATE, format!("{THREE_LINES}{schema}"));
    let checked = place.run(&["gate", "check"]);
    assert!(checked.exits_with(2).out.contains("none.json"), "{checked:#?}");
    place.write(GATE, THREE_LINES);
    assert_eq!(place.run(&["gate", "check"]).exits_with(0).err, "");
    assert!(!place.path(".tollgate").exists());
}

#[test]
fn a_prompt_need_not_be_locked_to_judge() {
    let place = products(&format!("prompt = \"product-text@^1\"\n{THREE_LINES}"));
    let check_both = || {
        place.run(&["gate", "check"]).exits_with(0);
        judge(&place, &["clean.txt"]).exits_with(0);
    };
    check_both();
    place.write(GATE, THREE_LINES);
    place.run(&["lock"]).exits_with(0);
    place.write(GATE, format!("prompt = \"product-text@^1\"\n{THREE_LINES}"));
    check_both();
    let other = "{\"text\": \"A kettle.\", \"prompt\": \"product-text@2.0.0\"}\n";
    place.write("other.jsonl", other);
    judge(&place, &["other.jsonl"]).exits_with_snapshot(1);
}

#[test]
fn only_what_has_to_be_locked_is_told_as_missing() {
    let place = products(THREE_LINES);
    place.run(&["lock"]).exits_with(0);
    let more = ["tollgate/banned-terms@^1", "acme/claims@^1"]
        .map(|contract| format!("[[contracts]]\ncontract = \"{contract}\"\n"));
    place.write(GATE, format!("{THREE_LINES}{}", more.concat()));
    let ran = judge(&place, &["clean.txt"]);
    assert!(!ran.exits_with(2).err.contains("banned-terms"), "{ran:#?}");
    ran.exits_with_snapshot(2);
}

#[test]
fn cases_of_a_quality_gate_pass_or_fail() {
    let place = products(THREE_LINES);
    let case = |id: &str, text: &str, expect: &str| {
        format!("{{\"id\": \"{id}\", \"text\": \"{}\", \"expect\": \"{expect}\"}}\n", text.trim())
    };
    let cases = case("a kettle", CLEAN, "pass") + &case("an address", FOUND, "fail");
    place.write("cases/products.jsonl", &cases);
    place.run(&["gate", "test"]).exits_with_snapshot(0);
    place.write("cases/products.jsonl", case("an address", FOUND, "pass"));
    place.run(&["gate", "test"]).exits_with_snapshot(1);
    place.write("cases/products.jsonl", case("a kettle", CLEAN, "allow"));
    place.run(&["gate", "test"]).exits_with_snapshot(2);
}

#[test]
fn contracts_come_from_the_lock_or_from_the_tool() {
    let of = |contract: &str| {
        products(&format!("purpose = \"quality\"\n[[contracts]]\ncontract = \"{contract}\"\n"))
    };
    judge(&of("tollgate/pi@^1"), &["clean.txt"]).exits_with_snapshot(2);
    judge(&of("tollgate/pii@^9"), &["clean.txt"]).exits_with_snapshot(2);
    judge(&of("acme/claims@^1"), &["clean.txt"]).exits_with_snapshot(2);
    let locked = of("tollgate/pii@^1");
    locked.run(&["lock"]).exits_with(0);
    judge(&locked, &["clean.txt"]).exits_with(0);
    // What is added later is not in the lock, and the tool has it.
    let gate = fs::read_to_string(locked.path(GATE)).unwrap();
    let length =
        "[[contracts]]\ncontract = \"tollgate/length@^1\"\nconfig = { words = { max = 80 } }\n";
    locked.write(GATE, gate + length);
    judge(&locked, &["clean.txt"]).exits_with(0);
}

#[test]
fn any_gate_can_be_run_for_its_findings_alone() {
    let place = newsletter();
    fs::remove_dir_all(place.path(".tollgate")).unwrap();
    place.write("clean.txt", CLEAN).write("found.txt", FOUND);
    check(&place, &["clean.txt", "--quality"]).exits_with_snapshot(0);
    check(&place, &["found.txt", "--quality"]).exits_with_snapshot(1);
    let document = check(&place, &["clean.txt", "--quality", "--format", "json"]).json();
    assert_eq!(
        (&document["purpose"], &document["runs"][0]["decision"]),
        (&"quality".into(), &"pass".into())
    );
    assert!(!place.path(".tollgate").exists(), "nothing is recorded");
    check(&place, &["clean.txt"]).exits_with(2);
}

#[test]
fn a_released_gate_delegates_whatever_its_file_says() {
    let place = newsletter();
    place.write("a.jsonl", line("a", "Welcome."));
    let contract = "[[contracts]]\ncontract = \"tollgate/pii@^1\"\n";
    place.write("gates/welcome-email.toml", format!("purpose = \"quality\"\n{contract}"));
    let held = check(&place, &["a.jsonl", "--format", "jsonl"]);
    assert_eq!(json_lines(held.exits_with(1))[0]["decision"], "hold");
    assert_eq!(recorded(&place).0, 1);
    let judged = check(&place, &["a.jsonl", "--quality", "--format", "jsonl"]);
    assert_eq!(json_lines(judged.exits_with(0))[0]["decision"], "pass");
    assert_eq!(recorded(&place).0, 1);
    // The draft cannot be released, and the active release stays.
    place.run(&["release", "welcome-email", "--by", "Sam Reed"]).exits_with_snapshot(2);
    check(&place, &["a.jsonl"]).exits_with(1);
    let checked = place.run(&["gate", "check", "welcome-email"]);
    assert!(checked.exits_with(0).err.contains("its active release decides"), "{checked:#?}");
    checked.exits_with_snapshot(0);
    place.run(&["release", "--by", "Sam Reed"]).exits_with(2);
    place.write(GATE, THREE_LINES.replace("\"quality\"", "\"delegation\""));
    place.run(&["lock"]).exits_with(0);
    let released = place.run(&["release", "--by", "Sam Reed"]);
    let told = "`tollgate check --gate welcome-email FILE --quality` judges by the file";
    assert!(released.exits_with(0).err.contains(told), "{released:#?}");
}

/// Returns the commands of the workflow in `docs/check.md`.
fn workflow_commands() -> Vec<String> {
    let text = fs::read_to_string(repository().join("docs/check.md")).unwrap();
    let (_, section) = text.split_once("## On GitHub").unwrap();
    let workflow = section.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let commands = workflow
        .lines()
        .filter_map(|line| line.trim_start_matches(['-', ' ']).strip_prefix("run: "));
    commands.map(str::to_owned).collect()
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=tester", "-c", "user.email=tester@example.com"]);
    Ran::from_command(git.args(arguments).current_dir(folder)).exits_with(0);
}

/// Clones the project that a place has.
fn clone(place: &Place) {
    let folder = place.path("");
    git(&folder, &["init", "--quiet"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "--message", "Add a project"]);
    git(&folder, &["clone", "--quiet", ".", "clone"]);
}

/// Runs a command of a workflow in the clone, on a machine that has nothing but the tool.
fn run_in_clone(place: &Place, command: &str) -> Ran {
    let tool = binary().parent().unwrap().display().to_string();
    let path = format!("{tool}:{}", std::env::var("PATH").unwrap());
    let mut bash = Command::new("bash");
    bash.args(["-e", "-o", "pipefail", "-c", command])
        .current_dir(place.path("clone"))
        .env("PATH", path)
        .env("TOLLGATE_CACHE", target().join("e2e-cache"))
        .env("TOLLGATE_STORE", place.path("fresh-store"))
        .env("GITHUB_STEP_SUMMARY", place.path("summary.md"));
    Ran::from_command(&mut bash)
}

#[test]
fn the_workflow_of_the_documents_is_green_on_a_fresh_clone() {
    let place = products(THREE_LINES);
    let outputs = format!("{{\"id\": \"kettle\", \"text\": \"{}\"}}\n", CLEAN.trim());
    place.write("outputs.jsonl", outputs).write(".gitignore", "/.tollgate/\n");
    place.run(&["lock"]).exits_with(0);
    clone(&place);
    let commands = workflow_commands();
    assert!(commands.iter().any(|command| command.contains("--format junit")), "{commands:?}");
    for command in &commands {
        run_in_clone(&place, command).exits_with(0);
    }
    let report = fs::read_to_string(place.path("clone/report.xml")).unwrap();
    assert!(report.contains("tests=\"1\" failures=\"0\" errors=\"0\""), "{report}");
    let sarif = fs::read_to_string(place.path("clone/findings.sarif")).unwrap();
    assert!(serde_json::from_str::<Value>(&sarif).is_ok(), "{sarif}");
    assert!(fs::read_to_string(place.path("summary.md")).unwrap().contains("| 1 | 1 | 0 | 0 |"));
    assert!(!place.path("clone/.tollgate").exists());
    // The same workflow is red if an output fails.
    place.write("clone/outputs.jsonl", format!("{{\"text\": \"{}\"}}\n", FOUND.trim()));
    let codes: Vec<_> = commands.iter().map(|command| run_in_clone(&place, command).code).collect();
    assert_eq!(codes.iter().filter(|code| **code != 0).count(), 1, "{codes:?}");
}

#[test]
fn a_gate_that_delegates_is_checked_on_a_fresh_clone_for_its_findings() {
    let place = newsletter();
    place.write("one.jsonl", line("a", "Welcome."));
    clone(&place);
    assert!(!place.path("clone/.tollgate").exists(), "the ledger is not under version control");
    run_in_clone(&place, "tollgate pull").exits_with(0);
    let gate = "tollgate check --gate welcome-email one.jsonl";
    run_in_clone(&place, &format!("{gate} --quality --format junit > report.xml")).exits_with(0);
    let report = fs::read_to_string(place.path("clone/report.xml")).unwrap();
    assert!(report.contains("tests=\"1\" failures=\"0\" errors=\"0\""), "{report}");
    run_in_clone(&place, gate).exits_with(2);
}

#[test]
fn a_gate_without_a_record_is_told_that_it_could_just_judge() {
    let contracts = THREE_LINES.strip_prefix("purpose = \"quality\"\n").unwrap();
    let place = products(contracts);
    place.run(&["lock"]).exits_with(0);
    let hint = "`purpose = \"quality\"` is all that it lacks";
    let checked = place.run(&["gate", "check", "products"]);
    assert!(checked.exits_with(1).out.contains(hint), "{checked:#?}");
    judge(&place, &["clean.txt"]).exits_with_snapshot(2);
    judge(&place, &["clean.txt", "--quality"]).exits_with(0);
    place.write(GATE, format!("cost-centre = \"17\"\n{contracts}"));
    let checked = place.run(&["gate", "check", "products"]);
    assert!(!checked.exits_with(1).out.contains(hint), "{checked:#?}");
}
