//! Tests of the rows: what a writer of tables wrote is read, and what is broken is told.

use std::io::{BufReader, Read};

use proptest::prelude::*;
use serde_json::Value;
use tollgate_model::Content;

use super::super::subject_reader::SubjectReader;
use super::*;

fn reader(mappings: &[&str]) -> SubjectReader {
    let add = |reader: SubjectReader, mapping: &&str| reader.with_mapping(mapping.parse().unwrap());
    mappings.iter().try_fold(SubjectReader::default(), add).unwrap()
}

fn rows<'s>(mappings: &[&str], source: &'s [u8]) -> CsvRows<&'s [u8]> {
    CsvRows::new(reader(mappings).into_row_reader(), source, "a.csv".into(), b',')
}

/// Returns the id of each row, and its content or error.
fn read(mappings: &[&str], source: impl AsRef<[u8]>) -> Vec<(String, Result<String, String>)> {
    let read = |item: InputItem| {
        let content = item.subject.map(|subject| match subject.content {
            Content::Text(text) => format!("text {text}"),
            other => format!("json {}", other.output_text().unwrap()),
        });
        (item.origin.id, content.map_err(|error| error.to_string()))
    };
    rows(mappings, source.as_ref()).map(read).collect()
}

fn ok(id: &str, content: &str) -> (String, Result<String, String>) {
    (id.into(), Ok(content.into()))
}

fn failed(line: u64, reason: &str) -> (String, Result<String, String>) {
    (format!("a.csv:{line}"), Err(reason.into()))
}

#[test]
fn a_row_is_a_document_of_its_columns() {
    let table = "\u{feff}sku,name,price\r\n\r\n7,\"Desk, \"\"oak\"\"\r\nwide\",\r\n8,Lamp,9.50";
    let expected = [
        ok("a.csv:3", r#"json {"sku": "7", "name": "Desk, \"oak\"\r\nwide", "price": ""}"#),
        ok("a.csv:5", r#"json {"sku": "8", "name": "Lamp", "price": "9.50"}"#),
    ];
    assert_eq!(read(&[], table), expected);
}

#[test]
fn mappings_pick_columns() {
    let table = "id,body,context,text\n7,Welcome!,nothing,ignored\n,\"\",x,\n";
    let expected = [ok("7", "text Welcome!"), ok("a.csv:3", "text ")];
    assert_eq!(read(&["text=body", "id=id"], table), expected);
    let picked = ["json=data", "context=about", "context.channel=medium"];
    let table =
        "data,about,medium\n\"{\"\"a\"\": 1}\",\"{\"\"region\"\": \"\"eu\"\"}\",sms\n7,{,\n";
    let items: Vec<_> = rows(&picked, table.as_bytes()).collect();
    let subject = items[0].subject.as_ref().unwrap();
    assert_eq!(subject.content.output_text(), Some("{\"a\": 1}"));
    assert_eq!(subject.context.as_str(), r#"{"channel":"sms","region":"eu"}"#);
    let error = items[1].subject.as_ref().unwrap_err().to_string();
    assert!(error.starts_with("`about`: EOF while parsing"), "{error}");
    let picked = ["text=a", "context.confidence=b", "context.campaign=c", "context.topics=d"];
    let table = "a,b,c,d\nHello,0.90,2026,\"[\"\"news\"\"]\"\nHello,high,,\n";
    let contexts = rows(&picked, table.as_bytes()).map(|item| item.subject.unwrap().context);
    let contexts: Vec<_> = contexts.map(|context| context.as_str().to_owned()).collect();
    let values = r#"{"campaign":"2026","confidence":0.90,"topics":["news"]}"#;
    assert_eq!(contexts, [values, r#"{"confidence":"high"}"#]);
    let several = read(&["json=data", "action=call"], "data,call\n{,\n\"{\"\"a\"\": 1}\",\n");
    let broken = several[0].1.as_ref().unwrap_err();
    assert!(
        broken.starts_with("`data`: EOF while parsing"),
        "a broken one is not left out: {broken}"
    );
    assert_eq!(several[1..], [ok("a.csv:3", r#"json {"a": 1}"#)]);
    let empty = read(&["json=data", "id=sku"], "sku,data\n7,\n8,\"\"\n9,{\n");
    let no_output = "an output needs exactly one of `text`, `json`, `action` and `content`";
    let missing = |id: &str| (id.to_owned(), Err(no_output.to_owned()));
    assert_eq!(empty, [missing("7"), missing("8"), ok("9", "json {")], "a broken one is given");
    let id_only = read(&["id=sku"], "sku,name\n7,Desk\n");
    assert_eq!(id_only, [ok("7", r#"json {"sku": "7", "name": "Desk"}"#)]);
}

#[test]
fn a_broken_row_stops_no_other() {
    let mut table = b"a,b\n1,2,3\n1,5\" wide\n\"open,2\n\"5\" wide\",2\n1,\xff\n1\n".to_vec();
    table.extend(b"good,\"last\n\"\n");
    let quote = "a quote inside a value that is not quoted (byte 4): put the value in quotes, and write each quote \
                 in it twice";
    let text = |at| {
        format!(
            "text behind the closing quote of a value (byte {at}): write each quote inside a quoted value twice"
        )
    };
    let count = |found| format!("the row has {found} values, but the header has 2");
    let expected = [
        failed(2, &count(3)),
        failed(3, quote),
        // The quote is closed by the next one, which is in the next line.
        failed(4, &text(2)),
        failed(5, &text(4)),
        failed(6, "invalid UTF-8 at byte 2"),
        failed(7, &count(1)),
        ok("a.csv:8", r#"json {"a": "good", "b": "last\n"}"#),
    ];
    assert_eq!(read(&[], table), expected);
}

#[test]
fn an_unclosed_quote_takes_no_rows_with_it() {
    let expected = [
        failed(2, "the quote that opens a value (byte 3) is never closed"),
        ok("a.csv:3", r#"json {"a": "3", "b": "4"}"#),
        ok("a.csv:4", r#"json {"a": "5", "b": "6"}"#),
    ];
    assert_eq!(read(&[], "a,b\n1,\"2\n3,4\n5,6\n"), expected);
    let expected =
        [failed(2, "a carriage return without a line feed (byte 4): put the value in quotes")];
    assert_eq!(read(&[], "a,b\n1,2\r3,4\n"), expected);
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_quoted_name() {
    let expected = [ok("a.csv:2", r#"json {"sku": "7", "name": "Desk"}"#)];
    assert_eq!(read(&[], "\u{feff}\"sku\",\"name\"\n7,Desk\n"), expected);
}

#[test]
fn rows_before_an_error_of_the_source_are_read() {
    let source = BufReader::with_capacity(
        1 << 20,
        b"a,b\n1,\"2\n3,4\n".as_slice().chain(std::io::repeat(b'a')),
    );
    let row_reader = SubjectReader::default().into_row_reader();
    let rows = CsvRows::new(row_reader, source, "a.csv".into(), b',');
    let read: Vec<_> = rows
        .map(|item| (item.origin.line, item.subject.map_err(|error| error.to_string())))
        .collect();
    assert_eq!(read.len(), 3, "{read:?}");
    let unclosed = "the quote that opens a value (byte 3) is never closed";
    assert_eq!(read[0], (Some(2), Err(unclosed.into())));
    assert!(matches!(&read[1], (Some(3), Ok(_))), "{read:?}");
    assert!(matches!(&read[2], (Some(4), Err(error)) if error.starts_with("the line is longer")));
}

#[test]
fn a_quoted_value_has_a_limited_number_of_lines() {
    let table = format!("a\n\"{}", "\n".repeat(ROW_LINES_MAX + 1));
    let told = read(&[], &table);
    assert_eq!(told.len(), 1, "the blank lines behind it are no rows");
    let error = told[0].1.as_ref().unwrap_err();
    assert!(error.ends_with("is not closed within 33554432 bytes and 1048576 lines"), "{error}");
}

#[test]
fn a_broken_header_is_one_error() {
    let twice = "the header has the column `a` twice";
    assert_eq!(read(&[], "a,b,a\n1,2,3\n"), [failed(1, twice)]);
    let missing = "there is no column `body`: the header has `a`, `b`";
    assert_eq!(read(&["text=body"], "\na,b\n1,2\n"), [failed(2, missing)]);
    assert_eq!(read(&[], "a,b\n"), []);
    assert_eq!(read(&[], ""), []);
}

#[test]
fn ends_at_a_line_that_is_too_long() {
    let endless =
        BufReader::with_capacity(1 << 20, b"a,b\n1,2\n".as_slice().chain(std::io::repeat(b'a')));
    let row_reader = SubjectReader::default().into_row_reader();
    let mut rows = CsvRows::new(row_reader, endless, "a.csv".into(), b',');
    assert!(rows.next().unwrap().subject.is_ok());
    let failed = rows.next().unwrap();
    assert_eq!(failed.origin.place(), "a.csv:3");
    assert!(matches!(failed.subject, Err(IntakeError::LineTooLong { .. })), "{failed:?}");
    assert!(rows.next().is_none());
}

proptest! {
    #[test]
    fn reads_what_was_written(
        table in (1_usize..4).prop_flat_map(|columns| {
            let value = "[ab,\"\r\n\t ä]{0,6}";
            proptest::collection::vec(proptest::collection::vec(value, columns), 0..6)
        }),
        has_line_feeds: bool,
    ) {
        let columns = table.first().map_or(1, Vec::len);
        let mut writer = csv::WriterBuilder::new();
        let line_break = if has_line_feeds { csv::Terminator::Any(b'\n') } else { csv::Terminator::CRLF };
        let mut writer = writer.terminator(line_break).from_writer(Vec::new());
        writer.write_record((0..columns).map(|column| format!("c{column}"))).unwrap();
        table.iter().for_each(|row| writer.write_record(row).unwrap());
        let written = writer.into_inner().unwrap();
        let contents = read(&[], written).into_iter().map(|(_, content)| content.unwrap());
        let values = |content: String| {
            let row: Value = serde_json::from_str(content.strip_prefix("json ").unwrap()).unwrap();
            (0..columns).map(|column| row[format!("c{column}")].as_str().unwrap().to_owned()).collect()
        };
        let read: Vec<Vec<String>> = contents.map(values).collect();
        prop_assert_eq!(read, table);
    }

    /// Each line that is not blank is a row, the line of one, or told.
    #[test]
    fn loses_no_line(text in "[ab\"\r\n]{0,40}") {
        let source = format!("a\n{text}");
        // A record has a quoted line break for each line but its last.
        let lines = |content: Result<String, String>| {
            1 + content.map_or(0, |content| content.matches("\\n").count())
        };
        let told: usize = read(&[], &source).into_iter().map(|(_, content)| lines(content)).sum();
        let blank = |line: &&str| matches!(*line, "" | "\r");
        let written = text.strip_suffix('\n').unwrap_or(&text).split('\n');
        let written = written.filter(|line| !blank(line)).count();
        prop_assert!(told >= written, "{told} of {written}: {source:?}");
    }
}
