//! `--rows`: lines, rows and elements that are outputs as they are.

use super::json_lines;
use crate::tool::{Place, Ran};

/// Judges rows with `tollgate/pii`.
fn judge(place: &Place, arguments: &[&str]) -> Ran {
    place.run(&[&["check", "--contract", "tollgate/pii", "--rows"], arguments].concat())
}

/// Returns the id and the decision of each output.
fn decisions(ran: &Ran) -> Vec<String> {
    let decision = |line: &serde_json::Value| {
        format!("{} {}", line["id"].as_str().unwrap(), line["decision"].as_str().unwrap_or("none"))
    };
    json_lines(ran).iter().map(decision).collect()
}

#[test]
fn a_line_or_an_element_is_a_text_or_a_document() {
    let place = Place::new();
    let rows = "\"Hello Kim.\"\n\n{\"sku\": 7, \"mail\": \"kim@example.com\"}\n[\"a\"]\n";
    place.write("a.jsonl", rows);
    place.write("b.json", r#"["Hello Kim.", {"sku": 8, "text": "kim@example.com"}, 7.50]"#);
    let ran = judge(&place, &["a.jsonl", "b.json", "--format", "jsonl"]);
    let expected = [
        "a.jsonl:1 pass",
        "a.jsonl:3 fail",
        "a.jsonl:4 pass",
        "b.json#/0 pass",
        "b.json#/1 fail",
        "b.json#/2 pass",
    ];
    assert_eq!(decisions(ran.exits_with(1)), expected);
    let lines = json_lines(&ran);
    assert_eq!((&lines[4]["file"], &lines[4]["line"]), (&"b.json".into(), &1.into()));
    let ran = place.run_with(
        &["check", "--contract", "tollgate/pii", "--rows", "-", "--format", "jsonl"],
        rows.as_bytes(),
    );
    assert_eq!(decisions(ran.exits_with(1)).len(), 3);
    judge(&place, &["a.jsonl", "b.json"]).exits_with_snapshot(1);
}

#[test]
fn a_row_of_a_table_is_a_document_of_its_columns() {
    let place = Place::new();
    let table = "sku,text,mail\n7,\"Desk, \"\"oak\"\"\nand steel\",\n8,Lamp,kim@example.com\n";
    place.write("a.csv", table).write("a.tsv", "sku\ttext\n7\tDesk, oak\n");
    let ran = judge(&place, &["a.csv", "a.tsv", "--format", "jsonl"]);
    assert_eq!(decisions(ran.exits_with(1)), ["a.csv:2 pass", "a.csv:4 fail", "a.tsv:2 pass"]);
    assert_eq!(json_lines(&ran)[1]["contracts"][0]["findings"][0]["pointer"], "/mail");
    let picked = ["a.csv", "--map", "text=text", "--map", "id=sku", "--format", "jsonl"];
    assert_eq!(decisions(judge(&place, &picked).exits_with(0)), ["7 pass", "8 pass"]);
    // Without rows, a table is one text.
    let whole = ["check", "--contract", "tollgate/pii", "a.csv", "--format", "jsonl"];
    assert_eq!(decisions(place.run(&whole).exits_with(1)), ["a.csv fail"]);
}

#[test]
fn another_delimiter_separates_the_columns_of_a_table() {
    let place = Place::new();
    place.write("a.csv", "sku;text\n7;Desk, oak\n8;\"kim@example.com; Kim\"\n");
    place.write("b.tsv", "sku|text\n9|Lamp\n").write("c.jsonl", "\"Hello\"\n");
    let picked = ["--map", "text=text", "--map", "id=sku", "--format", "jsonl"];
    let judge_with = |file: &str, delimiter: &str| {
        judge(&place, &[&[file, "--delimiter", delimiter], &picked[..]].concat())
    };
    assert_eq!(decisions(judge_with("a.csv", ";").exits_with(1)), ["7 pass", "8 fail"]);
    assert_eq!(decisions(judge_with("b.tsv", "|").exits_with(0)), ["9 pass"]);
    place.write("a.csv", "sku\ttext\n7\tDesk, oak\n");
    assert_eq!(decisions(judge_with("a.csv", r"\t").exits_with(0)), ["7 pass"]);
    let refused = judge_with("a.csv", ";;");
    assert!(refused.exits_with(2).err.contains("`;;` is not one byte"), "{refused:#?}");
    let no_table = judge_with("c.jsonl", ";");
    assert!(
        no_table.exits_with(2).err.contains("`c.jsonl` is not read as a table"),
        "{no_table:#?}"
    );
}

#[test]
fn a_broken_row_is_told_and_the_others_are_judged() {
    let place = Place::new();
    let mut table =
        b"sku,text\n1,Desk\n2,Lamp,9.50\n3,5\" wide\n4,\"never closed\n5,Chair\n6,".to_vec();
    table.extend(b"\xff\n7,kim@example.com\n");
    place.write("a.csv", table);
    let ran = judge(&place, &["a.csv", "--format", "jsonl"]);
    let expected = [
        "a.csv:2 pass",
        "a.csv:3 none",
        "a.csv:4 none",
        "a.csv:5 none",
        "a.csv:6 pass",
        "a.csv:7 none",
        "a.csv:8 fail",
    ];
    assert_eq!(decisions(ran.exits_with(2)), expected);
    judge(&place, &["a.csv"]).exits_with_snapshot(2);
}

/// The usual form of a log: the reply of a model is a string, and the document is its text.
#[test]
fn a_mapped_string_has_a_document_as_its_text() {
    let place = Place::new();
    let replies =
        ["{\"mail\": \"kim@example.com\"}", "{\"sku\": 7}", "```json\n{}\n```", "{\"sku\":"];
    let line = |reply: &&str| serde_json::json!({"output": reply}).to_string() + "\n";
    place.write("log.jsonl", "\u{feff}".to_owned() + &replies.iter().map(line).collect::<String>());
    let plain = ["check", "--contract", "tollgate/pii", "log.jsonl", "--map", "json=output"];
    let expected = ["fail", "pass", "fail", "fail"];
    for rows in [&[][..], &["--rows"]] {
        let ran = place.run(&[&plain[..], rows, &["--format", "jsonl"]].concat());
        let lines = json_lines(ran.exits_with(1));
        let found: Vec<_> = lines.iter().map(|line| line["decision"].as_str().unwrap()).collect();
        assert_eq!(found, expected);
        assert_eq!(lines[0]["contracts"][0]["findings"][0]["pointer"], "/mail");
        assert_eq!(lines[3]["reasons"][0]["code"], "not-json");
        let unfenced = ["--unfence", "--format", "jsonl"];
        let ran = place.run(&[&plain[..], rows, &unfenced].concat());
        assert_eq!(json_lines(ran.exits_with(1))[2]["decision"], "pass");
    }
}

#[test]
fn nothing_is_mapped_in_a_file_that_is_one_output() {
    let place = Place::new();
    place.write("a.csv", "sku,text\n7,Desk\n");
    let mapped = ["check", "--contract", "tollgate/pii", "a.csv", "--map", "text=text"];
    place.run(&mapped).exits_with_snapshot(2);
}

#[test]
fn refuses_files_without_rows() {
    let place = Place::new();
    place
        .write("a.txt", "Hello.")
        .write("a.csv", "sku,text\n7,Desk\n")
        .write("b.csv", "sku,text\n");
    place.write("one.json", "{\"a\": 1}").write("open.json", "[\"a\", \"b\"");
    judge(&place, &["a.txt"]).exits_with_snapshot(2);
    judge(&place, &["a.csv", "--kind", "text"]).exits_with_snapshot(2);
    judge(&place, &["a.csv", "--map", "text=body"]).exits_with_snapshot(2);
    judge(&place, &["b.csv"]).exits_with_snapshot(2);
    judge(&place, &["one.json"]).exits_with_snapshot(2);
    judge(&place, &["open.json"]).exits_with_snapshot(2);
}
