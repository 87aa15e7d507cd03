//! Parts of documents that contracts judge, documents that are no JSON, and code fences.

use std::fs;

use serde_json::{Value, json};

use crate::check::json_lines;
use crate::tool::{Place, Ran};

const LENGTH: &str = r#"{"words": {"max": 3}}"#;
const PRODUCT: &str = r#"{"name": "Kettle", "description": "A quiet kettle for two cups",
  "reviews": [{"text": "Good"}, {"text": "Good\nbut far too small for me"}]}
"#;
const BROKEN: &str = "{\"name\": \"Kettle\",\n  \"description\": \"A qui";
const FENCED: &str = "```json\n{\"name\": \"Kettle\", \"description\": \"A kettle\"}\n```\n";
/// Judges the description and, where there are some, the texts of the reviews.
const GATE: &str = r#"purpose = "quality"
[[contracts]]
contract = "tollgate/length@^1"
at = "/description"
config = { words = { max = 3 } }
[[contracts]]
contract = "tollgate/length@^1"
as = "reviews"
at = "/reviews/*/text"
when-absent = "pass"
config = { words = { max = 3 } }
"#;

fn products(gate: &str) -> Place {
    let place = Place::new();
    place.write("tollgate.toml", "").write("gates/products.toml", gate);
    place.write("product.json", PRODUCT).write("broken.json", BROKEN).write("fenced.json", FENCED);
    place.write("good.json", r#"{"description": "A kettle"}"#);
    place
}

fn check(place: &Place, arguments: &[&str]) -> Ran {
    place.run(&[&["check", "--gate", "products"], arguments].concat())
}

/// Judges files with a contract that counts words.
fn judge(place: &Place, arguments: &[&str]) -> Ran {
    place.run(&[&["judge", "tollgate/length", "--config", LENGTH], arguments].concat())
}

#[test]
fn judges_parts_of_a_document() {
    let place = products(GATE);
    judge(&place, &["product.json", "--at", "/description"]).exits_with_snapshot(1);
    judge(&place, &["product.json", "--at", "/reviews/*/text"]).exits_with_snapshot(1);
    judge(&place, &["product.json", "--at", "/name"]).exits_with_snapshot(0);
    judge(&place, &["product.json", "--at", "/price"]).exits_with_snapshot(1);
    let missing = judge(&place, &["product.json", "--at", "/price", "--json"]).exits_with(1).json();
    assert_eq!(missing["findings"][0]["place"], json!({"pointer": "/price"}));
    let lines = judge(&place, &["product.json", "--at", "/reviews/*/text", "--json"]);
    let lines = json_lines(lines.exits_with(1));
    let outcomes: Vec<_> = lines.iter().map(|line| (&line["at"], &line["outcome"])).collect();
    assert_eq!(
        outcomes,
        [(&json!("/reviews/0/text"), &json!("pass")), (&json!("/reviews/1/text"), &json!("fail"))]
    );
    place.write("order.json", r#"{"to": {"mail": ["kim@example.com"]}}"#);
    let pii = ["judge", "tollgate/pii", "order.json", "--at", "/to", "--json"];
    let found = place.run(&pii).exits_with(1).json();
    assert_eq!(found["findings"][0]["place"], json!({"pointer": "/to/mail/0"}));
    judge(&place, &["product.json", "--at", "description"]).exits_with_snapshot(2);
    judge(&place, &["product.json", "--at", "/a~b"]).exits_with(2);
}

#[test]
fn hints_at_the_kind_and_the_part() {
    let place = products(GATE);
    place.write("rows.jsonl", "{\"a\": 1}\n{\"a\": 2}\n");
    place.write("schema.json", r#"{"schema": {"type": "object"}}"#);
    let schema = ["judge", "tollgate/json-schema", "--config", "@schema.json", "rows.jsonl"];
    place.run(&schema).exits_with_snapshot(2);
    judge(&place, &["product.json"]).exits_with_snapshot(2);
    judge(&place, &["rows.jsonl", "--at", "/a"]).exits_with_snapshot(1);
    let words = ["check", "--contract", "tollgate/length", "--config", LENGTH, "product.json"];
    place.run(&words).exits_with_snapshot(1);
}

#[test]
fn judges_a_document_that_is_no_json() {
    let place = products(GATE);
    judge(&place, &["broken.json"]).exits_with_snapshot(1);
    let found = judge(&place, &["broken.json", "--at", "/description", "--json"]);
    let found = found.exits_with(1).json();
    assert_eq!((&found["outcome"], &found["failure"]), (&json!("fail"), &Value::Null));
    assert_eq!(found["findings"][0]["rule"], "not-json");
    judge(&place, &["fenced.json", "--at", "/description"]).exits_with_snapshot(1);
    judge(&place, &["fenced.json", "--at", "/description", "--unfence"]).exits_with_snapshot(0);
    place.write("prose.json", format!("Here it is:\n{FENCED}"));
    judge(&place, &["prose.json", "--at", "/description", "--unfence"]).exits_with_snapshot(1);
    check(&place, &["prose.json", "--unfence"]).exits_with_snapshot(1);
    place.write("marked.json", "\u{feff}{\"description\": \"A kettle\"}");
    judge(&place, &["marked.json", "--at", "/description"]).exits_with(0);
    check(&place, &["marked.json"]).exits_with(0);
}

#[test]
fn a_gate_judges_parts_and_tells_their_places() {
    let place = products(GATE);
    let files = ["product.json", "good.json"];
    check(&place, &files).exits_with_snapshot(1);
    for format in ["junit", "markdown"] {
        check(&place, &[&files[..], &["--format", format]].concat()).exits_with_snapshot(1);
    }
    let lines = json_lines(check(&place, &["product.json", "--format", "jsonl"]).exits_with(1));
    let at: Vec<_> = lines[0]["reasons"].as_array().unwrap().iter().map(|one| &one["at"]).collect();
    assert_eq!(at, ["/reviews/1/text", "/description"]);
    let sarif = check(&place, &["product.json", "--format", "sarif"]).exits_with(1).json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let names: Vec<_> = results
        .iter()
        .map(|one| &one["locations"][0]["logicalLocations"][0]["fullyQualifiedName"])
        .collect();
    assert_eq!(names, ["/reviews/1/text", "/description"]);
}

#[test]
fn what_is_not_there_fails_an_output() {
    let place = products(GATE);
    place.write("nameless.json", r#"{"reviews": [{"text": "Good"}, {}]}"#);
    place.write("letter.txt", "Hello");
    check(&place, &["nameless.json", "letter.txt"]).exits_with_snapshot(1);
}

#[test]
fn an_output_that_no_contract_judged_fails() {
    let pii = "[[contracts]]\ncontract = \"tollgate/pii@^1\"\nat = \"/body/text\"\n";
    let place = products(&format!("purpose = \"quality\"\n{pii}when-absent = \"pass\"\n"));
    place.write("misspelled.json", r#"{"bodytext": "dana@example.com"}"#);
    place.write("flat.json", r#"{"body": "dana@example.com"}"#);
    place.write("list.json", r#"["dana@example.com"]"#);
    place.write("text.json", r#""dana@example.com""#);
    let files = ["misspelled.json", "flat.json", "list.json", "text.json"];
    check(&place, &files).exits_with_snapshot(1);
    for format in ["junit", "sarif"] {
        let ran = check(&place, &["misspelled.json", "--format", format]);
        let reason = "no enforced contract passed the output";
        assert!(ran.exits_with(1).out.contains(reason), "{format}: {ran:#?}");
    }
}

#[test]
fn a_pointer_has_a_bound() {
    let place = products(GATE);
    let (pointer, depth) = ("/0".repeat(5000), 60_000);
    place.write("deep.json", format!("{}1{}", "[".repeat(depth), "]".repeat(depth)));
    let refused = judge(&place, &["deep.json", "--at", &pointer]);
    assert!(refused.exits_with(2).err.contains("5000 steps"), "{}", refused.code);
    place.write("gates/products.toml", GATE.replace("/description", &pointer));
    let refused = check(&place, &["deep.json"]);
    assert!(refused.exits_with(2).err.contains("5000 steps"), "{}", refused.code);
}

#[test]
fn a_document_that_is_no_json_is_a_finding_in_every_format() {
    let place = products(GATE);
    let files = ["broken.json", "fenced.json", "good.json"];
    check(&place, &files).exits_with_snapshot(1);
    for format in ["junit", "markdown", "sarif"] {
        let ran = check(&place, &[&files[..], &["--format", format]].concat());
        assert!(ran.exits_with(1).out.contains("line 2, column"), "{format}: {ran:#?}");
    }
    let lines =
        json_lines(check(&place, &[&files[..], &["--format", "jsonl"]].concat()).exits_with(1));
    let decisions: Vec<_> = lines.iter().map(|line| &line["decision"]).collect();
    assert_eq!(decisions, ["fail", "fail", "pass"], "the others go on");
    assert_eq!(lines[0]["reasons"][0]["code"], "not-json");
    assert_eq!(lines[0]["reasons"][0]["line"], 2);
}

#[test]
fn takes_code_fences_off() {
    let place = products(&format!("unfence = true\n{GATE}"));
    check(&place, &["fenced.json"]).exits_with_snapshot(0);
    check(&place, &["broken.json"]).exits_with(1);
    let place = products(GATE);
    check(&place, &["fenced.json", "--unfence"]).exits_with_snapshot(0);
    let contract = ["check", "--contract", "tollgate/pii", "fenced.json"];
    place.run(&contract).exits_with(1);
    place.run(&[&contract[..], &["--unfence"]].concat()).exits_with(0);
}

/// In logs of models the reply is a string, so its fence stands in a member, an element or a cell.
#[test]
fn takes_code_fences_off_mapped_strings_of_rows() {
    let reply = json!({"id": "kettle", "answer": FENCED});
    let cell = FENCED.replace('"', "\"\"");
    for (unfence, code, decision) in [("true", 0, "pass"), ("false", 1, "fail")] {
        let place = products(&format!("unfence = {unfence}\n{GATE}"));
        place.write("rows.jsonl", format!("{reply}\n"));
        place.write("rows.json", format!("[{reply}]"));
        place.write("rows.csv", format!("id,answer\nkettle,\"{cell}\"\n"));
        for file in ["rows.jsonl", "rows.json", "rows.csv"] {
            let options = ["--rows", "--map", "json=answer", "--map", "id=id"];
            let ran = check(&place, &[&[file, "--format", "jsonl"], &options[..]].concat());
            let lines = json_lines(ran.exits_with(code));
            assert_eq!((lines.len(), &lines[0]["id"]), (1, &json!("kettle")), "{file}: {ran:#?}");
            assert_eq!(lines[0]["decision"], decision, "{file}: {ran:#?}");
            let reason = &lines[0]["reasons"][0]["code"];
            let expected = if code == 0 { "unfenced" } else { "not-json" };
            assert_eq!(reason, expected, "{file}: {ran:#?}");
        }
    }
}

#[test]
fn gates_with_unusable_parts_are_told() {
    let twice = GATE.replace("as = \"reviews\"\n", "");
    let place = products(&twice);
    check(&place, &["good.json"]).exits_with_snapshot(2);
    let bad = GATE.replace("/description", "description").replace("/reviews/*/text", "/a~2b");
    check(&products(&bad), &["good.json"]).exits_with_snapshot(2);
    let whole = GATE.replace("at = \"/reviews/*/text\"\n", "");
    check(&products(&whole), &["good.json"]).exits_with_snapshot(2);
}

#[test]
fn the_ledger_keeps_what_was_no_json() {
    let place = crate::check::newsletter();
    let path = place.path("gates/welcome-email.toml");
    let gate = fs::read_to_string(&path).unwrap();
    place.write("gates/welcome-email.toml", gate.replace("\"masked\"", "\"full\""));
    place.run(&["lock"]).exits_with(0);
    crate::check::release(&place).exits_with(0);
    let context = crate::check::context().to_string();
    place.write("broken.json", BROKEN).write("context.json", context);
    let arguments = ["broken.json", "--prompt", "welcome-email@^2", "--context", "@context.json"];
    crate::check::check(&place, &arguments).exits_with(1);
    let runs = json_lines(place.run(&["log", "list", "--json"]).exits_with(0));
    let run = runs.iter().find_map(|event| event["run"].as_str()).unwrap().to_owned();
    let shown = place.run(&["log", "show", &run, "--json"]).exits_with(0).json();
    assert_eq!(shown["generated"]["subject"]["invalid-json"], BROKEN);
    assert_eq!(shown["decision"]["reasons"][0]["code"], "not-json");
    let text = place.run(&["log", "show", &run]);
    assert!(text.exits_with(0).out.contains("a text that should be JSON and is not"), "{text:#?}");
    place.run(&["log", "replay", &run]).exits_with(0);
}
