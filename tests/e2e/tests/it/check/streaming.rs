//! Lines that arrive one by one, and files with one output.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use serde_json::json;

use super::{check, context, json_lines, line, lines, newsletter, recorded};

#[test]
fn exit_codes_summarise_the_decisions() {
    let place = newsletter();
    place.write("good.jsonl", lines(2)).write("none.jsonl", "\n\n");
    check(&place, &["good.jsonl"]).exits_with_snapshot(1);
    check(&place, &["none.jsonl"]).exits_with_snapshot(2);
    check(&place, &["none.jsonl", "good.jsonl", "--no-record"]).exits_with_snapshot(2);
    check(&place, &["missing.jsonl"]).exits_with_snapshot(2);
    place.run(&["check", "--gate", "farewell", "good.jsonl"]).exits_with_snapshot(2);
    assert_eq!(recorded(&place), (2, 2));
}

#[test]
fn suggests_a_batch_name_for_large_files_only() {
    let place = newsletter();
    place.write("few.jsonl", lines(3)).write("many.jsonl", lines(600));
    let few = check(&place, &["few.jsonl"]);
    assert!(!few.exits_with(1).err.contains("--batch"), "{few:#?}");
    check(&place, &["many.jsonl"]).exits_with_snapshot(1);
}

#[test]
fn continues_after_invalid_lines() {
    let place = newsletter();
    let bad = [
        "{\"text\": \"a\",, }\n",
        "{\"text\": \"a\", \"txet\": \"b\"}\n",
        "{\"text\": \"a\", \"text\": \"b\"}\n",
        "{\"id\": \"x\"}\n",
        "{\"text\": \"cut off\n",
        "[1]\n",
        "{\"text\": \"a\", \"prompt\": \"welcome-email\"}\n",
        "{\"text\": \"a\", \"context\": [1]}\n",
    ];
    let mixed = bad.iter().fold(lines(1), |all, bad| all + bad) + &lines(1);
    place.write("mixed.jsonl", [mixed.as_bytes(), b"{\"text\": \"caf\xe9\"}\n"].concat());
    check(&place, &["mixed.jsonl"]).exits_with_snapshot(2);
    assert_eq!(recorded(&place), (2, 2), "only the valid lines are recorded");
}

#[test]
fn answers_each_line_before_the_next_arrives() {
    let place = newsletter();
    let mut tool = place.tool(&["check", "--gate", "welcome-email", "--format", "jsonl"]);
    let tool = tool.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = tool.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for id in ["first", "second", "third"] {
        input.write_all(line(id, "Welcome.").as_bytes()).unwrap();
        let answer = answers.next().unwrap().unwrap();
        assert!(answer.contains(&format!("\"id\":\"{id}\"")), "{answer}");
    }
    drop(input);
    assert!(answers.next().is_none());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert_eq!(recorded(&place), (3, 3));
}

#[test]
fn maps_members_with_other_names() {
    let place = newsletter();
    let own = json!({"uuid": 7, "body": "Welcome.", "medium": "billboard", "price": 3});
    place.write("own.jsonl", own.to_string());
    place.write("context.json", context().to_string());
    let given = ["own.jsonl", "--format", "jsonl", "--prompt", "prompts/welcome-email.prompt"];
    let mapped = ["--map", "text=body", "--map", "id=uuid", "--map", "context.channel=medium"];
    let ran = check(&place, &[&given[..], &["--context", "@context.json"], &mapped[..]].concat());
    let run = &json_lines(ran.exits_with(1))[0];
    assert_eq!((&run["id"], &run["decision"]), (&json!("7"), &json!("block")), "{run}");
    assert_eq!(run["reasons"][0]["channel"], "billboard");
    check(&place, &["own.jsonl", "--map", "words=body"]).exits_with_snapshot(2);
    let twice = ["--context", r#"{"channel": "sms", "channel": "email"}"#];
    let ran = check(&place, &[&["own.jsonl"], &mapped[..2], &twice[..]].concat());
    ran.exits_with(2);
    assert!(ran.err.contains("`--context`: duplicate member `channel`"), "{ran:#?}");
}

#[test]
fn judges_actions_documents_and_single_files() {
    let place = newsletter();
    let action = |tool: &str| {
        let action = json!({"tool": tool, "arguments": {"text": "Welcome."}});
        json!({"id": tool, "action": action, "prompt": "welcome-email@2.1.0", "context": context()})
    };
    let document = json!({"text": "mail kim@example.com"});
    let document = json!({
        "id": "document", "json": document, "prompt": "welcome-email@2.1.0", "context": context(),
    });
    let all = [action("mailer.send"), action("crm.delete"), document];
    place.write("all.jsonl", all.map(|output| output.to_string() + "\n").concat());
    let ran = check(&place, &["all.jsonl", "--format", "jsonl"]);
    let runs = json_lines(ran.exits_with(1));
    let decisions: Vec<_> = runs.iter().map(|run| run["decision"].as_str().unwrap()).collect();
    assert_eq!(decisions, ["hold", "block", "hold"]);
    assert!(ran.out.contains("\"tool-not-allowed\"") && ran.out.contains("\"email\""), "{ran:#?}");

    place.write("letter.txt", "Welcome.").write("act.json", r#"{"tool": "mailer.send"}"#);
    place.write("context.json", context().to_string());
    let facts = ["--context", "@context.json", "--prompt", "prompts/welcome-email.prompt"];
    check(&place, &[&["letter.txt", "all.jsonl"], &facts[..]].concat()).exits_with_snapshot(1);
    check(&place, &["act.json", "--kind", "action"]).exits_with_snapshot(2);
    check(&place, &["letter.txt", "letter.txt"]).exits_with_snapshot(2);
}

#[test]
fn accepts_duplicate_ids() {
    let place = newsletter();
    place.write("twice.jsonl", line("same", "One.") + &line("same", "Two."));
    let ran = check(&place, &["twice.jsonl", "--format", "jsonl"]);
    let runs = json_lines(ran.exits_with(1));
    assert_eq!(runs.len(), 2);
    assert_ne!(runs[0]["run"], runs[1]["run"]);
    assert_eq!(recorded(&place), (2, 2));
}

#[test]
fn no_record_leaves_no_trace() {
    let place = newsletter();
    check(&place, &["outputs.jsonl", "--no-record"]).exits_with_snapshot(1);
    assert_eq!(recorded(&place), (0, 0));
    check(&place, &["outputs.jsonl"]).exits_with(1);
    check(&place, &["outputs.jsonl", "--no-record"]).exits_with(1);
    assert_eq!(recorded(&place), (6, 6));
}
