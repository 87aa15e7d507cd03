//! `tollgate log` and `receipt`: the ledger is read, verified and erased from, and receipts are
//! verified without the ledger.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::tool::{Place, Ran};

/// Folder of the project. Other folders beside it have no access to its ledger.
const SHOP: &str = "shop";
const GATE: &str = "shop/gates/welcome-email.toml";

/// Appends an event as `docs/decisions/0019-ledger.md` specifies it: a promotion of the gate, after
/// which outputs are allowed without approval.
const PROMOTE: &str = r#"
import hashlib, sqlite3, struct
ledger = sqlite3.connect(".tollgate/ledger.db")
seq, at, before = ledger.execute("SELECT seq, at_ms, hash FROM events ORDER BY seq DESC").fetchone()
reason = '{"kind":"promoted","accepted-by":"Sam Reed","reviewed":30,"approval-rate":0.97}'
body = '{"format":2,"event":{"level":{"scheme":"l0-l5","from":3,"to":4,"reason":%s}}}' % reason
fields = ["welcome-email", "level", body]
message = b"tollgate ledger event 2\0" + before + struct.pack(">QQ", seq + 1, at)
message += b"".join(struct.pack(">Q", len(field)) + field.encode() for field in fields)
row = (seq + 1, at, *fields, hashlib.sha256(message).digest())
ledger.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", row)
ledger.commit()
"#;

fn run(place: &Place, arguments: &[&str]) -> Ran {
    run_in(place, SHOP, arguments)
}

fn run_in(place: &Place, folder: &str, arguments: &[&str]) -> Ran {
    Ran::from_command(place.tool(arguments).current_dir(place.path(folder)))
}

fn python(place: &Place, script: &str) {
    let mut python = Command::new("python3");
    python.args(["-c", script]).current_dir(place.path(SHOP));
    Ran::from_command(&mut python).exits_with(0);
}

/// Creates a project with six recorded outputs, some held and some blocked.
fn shop() -> Place {
    let place = Place::new();
    place.run(&["init", SHOP]).exits_with(0);
    let record = fs::read_to_string(place.path(GATE)).unwrap();
    let record = record.replace("contents = \"masked\"", "contents = \"full\"");
    // Whether an output is sampled depends on the name of its run, which is random.
    place.write(GATE, record.replace("sample-share = 0.1", "sample-share = 1"));
    run(&place, &["release", "--by", "Sam Reed"]).exits_with(0);
    run(&place, &["check", "--gate", "welcome-email", "outputs.jsonl"]).exits_with(1);
    place
}

/// Promotes the gate and checks the first output again. Returns its text and the allowed run.
fn allow_first_output(place: &Place) -> (String, String) {
    python(place, PROMOTE);
    run(place, &["log", "rebuild"]).exits_with_snapshot(0);
    let outputs = fs::read_to_string(place.path("shop/outputs.jsonl")).unwrap();
    let first = outputs.lines().next().unwrap();
    place.write("shop/first.jsonl", format!("{first}\n"));
    run(place, &["check", "--gate", "welcome-email", "first.jsonl"]).exits_with(0);
    let first: Value = serde_json::from_str(first).unwrap();
    (first["text"].as_str().unwrap().into(), newest(place, &["--decision", "allow"]))
}

fn list(place: &Place, filter: &[&str]) -> Vec<Value> {
    let ran = run(place, &[&["log", "list", "--json"], filter].concat());
    let lines = ran.exits_with(0).out.lines();
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Returns the name of the newest run that the filter selects.
fn newest(place: &Place, filter: &[&str]) -> String {
    list(place, filter)[0]["run"].as_str().unwrap().to_owned()
}

fn verify_json(place: &Place, arguments: &[&str], code: i32) -> Value {
    run(place, &[&["log", "verify", "--json"], arguments].concat()).exits_with(code).json()
}

#[test]
fn rejects_names_of_unknown_gates() {
    let place = shop();
    let commands: [&[&str]; 3] = [&["log", "list"], &["log", "stats"], &["queue", "list"]];
    for command in commands {
        run(&place, &[command, &["--gate", "other"]].concat()).exits_with_snapshot(2);
        run(&place, &[command, &["--gate", "welcome-email"]].concat()).exits_with(0);
    }
    // A gate that was removed from the project is still in the ledger, and one with errors in its file is a gate.
    fs::rename(place.path(GATE), place.path("shop/gates/other.toml")).unwrap();
    for gate in ["welcome-email", "other"] {
        run(&place, &["log", "list", "--gate", gate]).exits_with(0);
    }
}

#[test]
fn lists_and_shows_events() {
    let place = shop();
    let runs = list(&place, &["--kind", "run"]);
    assert_eq!(runs.len(), 6);
    let seqs: Vec<_> = runs.iter().map(|run| run["seq"].as_u64().unwrap()).collect();
    assert!(seqs.is_sorted_by(|one, next| one > next), "not newest first: {seqs:?}");
    let page = list(&place, &["--kind", "run", "--limit", "2", "--before", &seqs[1].to_string()]);
    assert_eq!(page[0]["seq"], seqs[2]);
    assert_eq!(list(&place, &["--since", "1h", "--kind", "run"]).len(), 6);
    assert_eq!(list(&place, &["--since", "9999-01-01"]).len(), 0);
    run(&place, &["log", "list", "--since", "soon"]).exits_with_snapshot(2);
    let held = list(&place, &["--decision", "hold"]);
    assert!(!held.is_empty() && held.iter().all(|run| run["latest-ruling"] == "hold"));

    let name = newest(&place, &["--decision", "hold"]);
    let short = &name["sha256:".len()..][..12];
    run(&place, &["log", "list"]).exits_with_snapshot(0);
    run(&place, &["log", "show", short]).exits_with_snapshot(0);
    let shown = run(&place, &["log", "show", short, "--json"]).exits_with(0).json();
    assert_eq!((&shown["run"], &shown["decision"]["ruling"]), (&name.into(), &"hold".into()));
    assert_eq!(shown["pinned"]["contracts"][0]["id"], "tollgate/pii");
    let first = run(&place, &["log", "show", "1", "--json"]).exits_with(0).json();
    assert_eq!((&first["seq"], &first["kind"]), (&1.into(), &"rollout".into()));
    run(&place, &["log", "show", "99999"]).exits_with_snapshot(2);
    run(&place, &["log", "show", "ffffffffffff"]).exits_with_snapshot(2);
    let stats = run(&place, &["log", "stats", "--json"]).exits_with(0).json()["gates"].clone();
    assert_eq!((&stats[0]["gate"], &stats[0]["now"]["runs"]), (&"welcome-email".into(), &6.into()));
    assert_eq!(stats[0]["held"]["count"], held.len());
    assert_eq!(stats[0]["before"]["safe-automation"], Value::Null, "no rate without runs");
    assert!(stats[0]["health"]["judged-us-median"].as_u64() > Some(0), "{stats:#}");
    assert_eq!(stats[0]["health"]["runs"], 6);
    let measures = stats[0]["health"]["measures"].as_array().unwrap();
    assert!(
        measures.iter().any(|one| one["contract"] == "easy to read" && one["measure"] == "flesch")
    );
    assert_eq!((&stats[0]["health-before"]["runs"], &stats[0]["drifted"]), (&0.into(), &json!([])));
    run(&place, &["log", "stats"]).exits_with_snapshot(0);
}

#[test]
fn lists_the_runs_of_an_id() {
    let place = shop();
    let outputs = fs::read_to_string(place.path("shop/outputs.jsonl")).unwrap();
    let line = outputs.lines().find(|line| line.contains("\"id\": \"ari\"")).unwrap();
    place.write("shop/again.jsonl", format!("{line}\n"));
    run(&place, &["check", "--gate", "welcome-email", "again.jsonl"]).exits_with(1);
    let runs = list(&place, &["--id", "ari"]);
    let newest_first = |one: &Value, next: &Value| one["seq"].as_u64() > next["seq"].as_u64();
    assert_eq!(runs.len(), 2, "an id may occur again");
    assert!(runs.is_sorted_by(newest_first) && runs.iter().all(|run| run["kind"] == "run"));
    assert_ne!(runs[0]["run"], runs[1]["run"]);
    for one in &runs {
        let run_name = one["run"].as_str().unwrap();
        let shown = run(&place, &["log", "show", run_name, "--json"]).exits_with(0).json();
        assert_eq!(shown["requested"]["output-id"]["text"], "ari", "{shown:#}");
    }
    run(&place, &["log", "list", "--id", "ari"]).exits_with_snapshot(0);
    assert_eq!(list(&place, &["--id", "ari", "--gate", "welcome-email"]), runs);
    assert_eq!(list(&place, &["--id", "ari", "--decision", "block"]).len(), 0);
    assert_eq!(list(&place, &["--id", "ari", "--since", "9999-01-01"]).len(), 0);
    assert_eq!(list(&place, &["--id", "ari", "--limit", "1"]), runs[..1]);
    let before = runs[0]["seq"].to_string();
    assert_eq!(list(&place, &["--id", "ari", "--before", &before]), runs[1..]);
    run(&place, &["log", "list", "--id", "nobody"]).exits_with_snapshot(0);
    run(&place, &["log", "list", "--id", "ari", "--kind", "run"]).exits_with_snapshot(2);
}

#[test]
fn escapes_control_characters_of_outputs() {
    let place = shop();
    let outputs = fs::read_to_string(place.path("shop/outputs.jsonl")).unwrap();
    let first =
        outputs.lines().next().unwrap().replace("Hello Dana", "Hello \\u001b[2J\\u0007Dana");
    place.write("shop/evil.jsonl", format!("{first}\n"));
    run(&place, &["check", "--gate", "welcome-email", "evil.jsonl"]).exits_with(1);
    let name = newest(&place, &["--kind", "run"]);
    // The transcript shows how they are spelled out.
    run(&place, &["log", "show", &name]).exits_with_snapshot(0);
}

#[test]
fn verify_names_a_changed_event() {
    let place = shop();
    let sound = verify_json(&place, &[], 0);
    assert_eq!((&sound["sound"], &sound["faults"]), (&true.into(), &Value::Array(Vec::new())));
    run(&place, &["log", "verify"]).exits_with_snapshot(0);
    let path = place.path("shop/.tollgate/ledger.db");
    let before = fs::read(&path).unwrap();
    let mut bytes = before.clone();
    let key = b"\"time-us\":";
    let at = bytes.windows(key.len()).position(|part| part == key).unwrap() + key.len();
    bytes[at] = if bytes[at] == b'7' { b'8' } else { b'7' };
    fs::write(&path, &bytes).unwrap();
    let found = verify_json(&place, &[], 1);
    let runs = list(&place, &["--kind", "run"]);
    assert_eq!((&found["sound"], &found["faults"][0]["fault"]), (&false.into(), &"changed".into()));
    assert!(runs.iter().any(|run| run["seq"] == found["faults"][0]["event"]), "{found:#}");
    run(&place, &["log", "verify"]).exits_with_snapshot(1);
    // A copy of the file can be verified in any folder.
    run_in(&place, "", &["log", "verify", "shop/.tollgate/ledger.db"]).exits_with_snapshot(1);
    fs::write(&path, before).unwrap();
    run_in(&place, "", &["log", "verify", "shop/.tollgate/ledger.db"]).exits_with_snapshot(0);
    python(
        &place,
        "import sqlite3\nledger = sqlite3.connect('.tollgate/ledger.db')\n\
        ledger.execute(\"DELETE FROM queue\")\nledger.commit()",
    );
    run(&place, &["log", "verify"]).exits_with_snapshot(1);
    run(&place, &["log", "rebuild"]).exits_with(0);
    run(&place, &["log", "verify"]).exits_with_snapshot(0);
    run(&place, &["log", "verify", "outputs.jsonl"]).exits_with_snapshot(2);
}

#[test]
fn verifies_an_export_without_the_ledger() {
    let place = shop();
    let export = ["log", "export", "--contents", "../contents", "-o", "../export.jsonl"];
    run(&place, &export).exits_with_snapshot(0);
    let verify = |file: &str, code| {
        let arguments = ["log", "verify", file, "--contents", "contents"];
        run_in(&place, "", &arguments).exits_with_snapshot(code);
    };
    verify("export.jsonl", 0);
    let text = fs::read_to_string(place.path("export.jsonl")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let export_with = |lines: &[&str]| place.write("other.jsonl", lines.join("\n") + "\n");
    place.write("other.jsonl", text.replacen("Sam Reed", "Sam Reid", 1));
    verify("other.jsonl", 1);
    export_with(&[&lines[..3], &lines[4..]].concat());
    verify("other.jsonl", 1);
    export_with(&[&lines[..3], &[lines[4], lines[3]], &lines[5..]].concat());
    verify("other.jsonl", 1);
    export_with(&lines[1..]);
    verify("other.jsonl", 2);
    let contents = fs::read_dir(place.path("contents")).unwrap();
    let content = contents.map(|entry| entry.unwrap().path()).next().unwrap();
    let bytes = fs::read(&content).unwrap();
    fs::write(&content, [&bytes[..], b" "].concat()).unwrap();
    verify("export.jsonl", 1);
    fs::remove_file(&content).unwrap();
    verify("export.jsonl", 1);
    let since = ["log", "export", "--since", "1h", "-o", "../late.jsonl"];
    run(&place, &since).exits_with(0);
    run_in(&place, "", &["log", "verify", "late.jsonl"]).exits_with_snapshot(0);
}

#[test]
fn a_checkpoint_reveals_a_truncated_ledger() {
    let place = shop();
    for name in ["auditor", "stranger"] {
        run(&place, &["keys", "new", name]).exits_with(0);
    }
    let sign = ["log", "checkpoint", "--key", "auditor", "--output", "../kept.jsonl"];
    run(&place, &sign).exits_with_snapshot(0);
    let verify = |more: &[&str], code| {
        let kept = ["log", "verify", "--checkpoints", "../kept.jsonl"];
        run(&place, &[&kept[..], more].concat()).exits_with_snapshot(code);
    };
    verify(&["--key", "auditor"], 0);
    verify(&["--key", "../keys/auditor.pub"], 0);
    verify(&["--key", "stranger"], 1);
    verify(&[], 1);
    let kept = fs::read_to_string(place.path("kept.jsonl")).unwrap();
    let mut changed: Value = serde_json::from_str(&kept).unwrap();
    changed["seq"] = 1.into();
    place.write("changed.jsonl", format!("{changed}\n"));
    let told = |checkpoints: &str, key: &str| {
        let arguments = ["--checkpoints", checkpoints, "--key", key];
        verify_json(&place, &arguments, 1)["faults"].to_string()
    };
    assert!(told("../kept.jsonl", "stranger").contains("is not trusted"));
    let not_signed = told("../changed.jsonl", "auditor");
    assert!(not_signed.contains("is not signed by"), "{not_signed}");
    assert!(!not_signed.contains("trusted"), "{not_signed}");
    let trust = |purpose: &[&str]| {
        let trust = ["keys", "trust", "../keys/auditor.pub"];
        run(&place, &[&trust[..], purpose].concat())
    };
    trust(&[]).exits_with_snapshot(2);
    // Trust for other purposes does not cover checkpoints.
    trust(&["--for", "acme", "--for-receipts"]).exits_with_snapshot(0);
    verify(&[], 1);
    trust(&["--for-checkpoints"]).exits_with_snapshot(0);
    verify(&[], 0);
    run(&place, &["keys", "list"]).exits_with_snapshot(0);
    run(&place, &["log", "verify", "--key", "nobody"]).exits_with_snapshot(2);
    // Delete the last events and all traces of them in the file, and the head file, which would tell.
    python(
        &place,
        "import sqlite3\nledger = sqlite3.connect('.tollgate/ledger.db')\n\
        last, = ledger.execute('SELECT max(seq) FROM events').fetchone()\n\
        ledger.execute('DELETE FROM events WHERE seq > ?', (last - 2,))\n\
        ledger.execute('DELETE FROM checkpoints')\nledger.commit()",
    );
    run(&place, &["log", "rebuild"]).exits_with_snapshot(2);
    fs::remove_file(place.path("shop/.tollgate/ledger.db-head")).unwrap();
    run(&place, &["log", "rebuild"]).exits_with(0);
    run(&place, &["log", "verify"]).exits_with_snapshot(0);
    verify(&["--key", "auditor"], 1);
}

#[test]
fn erases_a_run_and_keeps_the_ledger_sound() {
    let place = shop();
    let (_, name) = allow_first_output(&place);
    let options = ["--by", "Dana Hill", "--reason", "the customer asked for it"];
    let erase =
        |name: &str| run(&place, &[&["log", "erase", "--run", name], &options[..]].concat());
    let held = newest(&place, &["--decision", "hold"]);
    erase(&held).exits_with_snapshot(2);
    run(&place, &["log", "show", &name]).exits_with_snapshot(0);
    let blocked = newest(&place, &["--decision", "block"]);
    let before = run(&place, &["log", "show", &blocked]);
    erase(&blocked).exits_with_snapshot(0);
    let shown = run(&place, &["log", "show", &blocked]);
    shown.exits_with_snapshot(0);
    assert!(before.out.contains("| Hello") || before.out.contains("| Welcome"), "{before:#?}");
    assert!(!shown.out.contains("| "), "the text is still shown: {shown:#?}");
    let json = run(&place, &["log", "show", &blocked, "--json"]).exits_with(0).json();
    assert_eq!(json["generated"]["kind"], "erased");
    assert!(json["details-missing"].is_string(), "{json:#}");
    run(&place, &["log", "verify"]).exits_with_snapshot(0);
    erase(&blocked).exits_with_snapshot(0);
}

#[test]
fn erases_expired_runs_unless_they_are_held() {
    let place = Place::new();
    place.run(&["init", SHOP]).exits_with(0);
    let record = fs::read_to_string(place.path(GATE)).unwrap();
    place.write(GATE, record.replace("retention = \"400d\"", "retention = \"1s\""));
    run(&place, &["release", "--by", "Sam Reed"]).exits_with(0);
    run(&place, &["check", "--gate", "welcome-email", "outputs.jsonl"]).exits_with(1);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let erase = ["log", "erase", "--expired", "--by", "Dana Hill", "--reason", "its time is over"];
    run(&place, &erase).exits_with_snapshot(0);
    let shown = |decision| newest(&place, &["--decision", decision]);
    run(&place, &["log", "show", &shown("block")]).exits_with_snapshot(0);
    run(&place, &["log", "show", &shown("hold")]).exits_with_snapshot(0);
    run(&place, &["log", "verify"]).exits_with_snapshot(0);
}

#[test]
fn a_receipt_proves_its_output_without_the_ledger() {
    let place = shop();
    let (text, name) = allow_first_output(&place);
    let show = |more: &[&str]| run(&place, &[&["receipt", "show", &name], more].concat());
    show(&[]).exits_with_snapshot(2);
    show(&["--header"]).exits_with_snapshot(0);
    assert_eq!(show(&["--unsigned"]).exits_with(0).json()["model"], "acme/large");
    for key in ["ours", "theirs"] {
        run(&place, &["keys", "new", key]).exits_with(0);
    }
    show(&["--key", "ours", "-o", "../elsewhere/letter.receipt"]).exits_with_snapshot(0);

    // The folder `elsewhere` has no project, no ledger, and only public keys.
    place.write("elsewhere/letter.txt", &text).write("elsewhere/other.txt", format!("{text} "));
    for key in ["ours.pub", "theirs.pub"] {
        fs::copy(place.path(&format!("keys/{key}")), place.path(&format!("elsewhere/{key}")))
            .unwrap();
    }
    let verify = |key: &str, more: &[&str]| {
        let arguments = [&["receipt", "verify", "letter.receipt", "--key", key], more].concat();
        let mut tool = place.tool(&arguments);
        tool.current_dir(place.path("elsewhere")).env("TOLLGATE_KEYS", "nowhere");
        Ran::from_command(&mut tool)
    };
    verify("ours.pub", &["--output", "letter.txt"]).exits_with_snapshot(0);
    verify("ours.pub", &[]).exits_with_snapshot(0);
    verify("theirs.pub", &["--output", "letter.txt"]).exits_with_snapshot(1);
    verify("ours.pub", &["--output", "other.txt"]).exits_with_snapshot(1);
    let json = verify("ours.pub", &["--output", "letter.txt", "--json"]).exits_with(0).json();
    assert_eq!(
        (&json["is-output"], &json["statement"]["decision"]["run"]),
        (&true.into(), &name.clone().into())
    );
    assert_eq!(json["statement"]["decision"]["ai-assisted"], true);
    let without_key = ["receipt", "verify", "letter.receipt"];
    run_in(&place, "elsewhere", &without_key).exits_with_snapshot(2);
    let here = ["receipt", "verify", "../elsewhere/letter.receipt"];
    let trust = |purpose| run(&place, &["keys", "trust", "../keys/ours.pub", purpose]);
    trust("--for-checkpoints").exits_with(0);
    run(&place, &here).exits_with_snapshot(2);
    trust("--for-receipts").exits_with_snapshot(0);
    run(&place, &here).exits_with_snapshot(0);

    python(
        &place,
        "import base64, json\npath = '../elsewhere/letter.receipt'\n\
        receipt = json.load(open(path))\npayload = base64.b64decode(receipt['payload'])\n\
        payload = payload.replace(b'acme/large', b'acme/small')\n\
        receipt['payload'] = base64.b64encode(payload).decode()\n\
        json.dump(receipt, open(path, 'w'))",
    );
    let changed = verify("ours.pub", &["--output", "letter.txt"]);
    assert!(!changed.exits_with_snapshot(1).out.contains("acme/small"), "{changed:#?}");
    place.write("elsewhere/letter.receipt", "hello");
    verify("ours.pub", &[]).exits_with_snapshot(2);
}

#[test]
fn held_and_blocked_outputs_have_no_receipt() {
    let place = shop();
    for decision in ["hold", "block"] {
        let name = newest(&place, &["--decision", decision]);
        let shown = run(&place, &["receipt", "show", &name, "--header"]);
        shown.exits_with_snapshot(2);
        assert!(shown.out.is_empty());
    }
}

#[test]
fn erasing_and_replaying_name_all_that_would_do() {
    let place = Place::new();
    let erase = place.run(&["log", "erase", "--by", "Dana Hill", "--reason", "over"]);
    assert!(erase.exits_with_snapshot(2).err.contains("<--run <RUN>|--expired>"), "{erase:#?}");
    let replay = place.run(&["log", "replay"]);
    assert!(replay.exits_with_snapshot(2).err.contains("<RUN|--gate <NAME>>"), "{replay:#?}");
    let both = ["log", "replay", "3fe52a7f50bd", "--gate", "welcome-email"];
    place.run(&both).exits_with_snapshot(2);
}
