//! Contracts in JavaScript that are invalid, use missing APIs, or misbehave.

use std::fs;

use crate::missing::{assert_logged, declare_log};
use crate::tool::{Place, Ran};

const SOURCE: &str = "it/src/contract.js";
const CONFIG: &str = r#"{"max": 1}"#;

/// Creates a contract that runs one of these lines of code: the subject's text is its number.
fn contract_with(acts: &[&str]) -> Place {
    let place = Place::new();
    place.run(&["new", "it", "--lang", "javascript"]).exits_with(0);
    let code = fs::read_to_string(place.path(SOURCE)).unwrap();
    let (head, tail) = code.split_once("    const marks =").unwrap();
    let acts: String = acts.iter().map(|act| format!("      () => {{ {act} }},\n")).collect();
    let act = format!("    const acts = [\n{acts}    ];\n    return acts[subject.text()]();\n");
    place.write(SOURCE, format!("{head}{act}    const marks ={tail}"));
    place
}

fn judge_act(place: &Place, act: usize) -> Ran {
    place.run_with(&["judge", "it", "--config", CONFIG, "-"], act.to_string().as_bytes())
}

/// Asserts that each of these lines of code makes a judgement fail.
fn assert_each_fails(acts: &[&str]) {
    let place = contract_with(acts);
    place.run(&["build", "it"]).exits_with(0);
    for number in 0..acts.len() {
        judge_act(&place, number).exits_with_snapshot(2);
    }
}

#[test]
fn an_exception_is_a_trap_with_its_message_and_lines() {
    let place = contract_with(&["return subject.nothing.text;", "throw 'only a word';"]);
    place.run(&["build", "it"]).exits_with(0);
    let ran = judge_act(&place, 0);
    ran.exits_with_snapshot(2);
    assert!(!format!("{ran:?}").contains("function "), "{ran:#?}");
    judge_act(&place, 1).exits_with_snapshot(2);
}

#[test]
fn names_missing_apis_and_modules() {
    assert_each_fails(&[
        "console.log(subject);",
        "new Worker('other.js');",
        "fetch('https://example.com');",
        "setTimeout(() => 1, 1);",
        "process.exit(0);",
        "return import(['fs'].join());",
    ]);
    let place = contract_with(&["console.log(subject);"]);
    place.run(&["build", "it"]).exits_with(0);
    let ran = judge_act(&place, 0);
    assert!(ran.exits_with(2).out.contains("declare `log` under `[capabilities]`"), "{ran:#?}");
    let place = contract_with(&[]);
    let code = fs::read_to_string(place.path(SOURCE)).unwrap();
    place.write(SOURCE, format!("import fs from \"fs\";\n{code}"));
    place.run(&["build", "it"]).exits_with_snapshot(2);
}

#[test]
fn stops_endless_code_and_rejects_invalid_reports() {
    assert_each_fails(&[
        "for (;;);",
        "/(a*)*b/.test('a'.repeat(30));",
        "for (let all = 'all'; ; all += all);",
        "for (const all = []; ; all.push(new ArrayBuffer(1 << 26)));",
        "(function again() { return again() + 1; })();",
        "JSON.parse('['.repeat(200000));",
        "return Promise.resolve(report());",
        "return { outcome: 'pass' };",
        "return report([], { n: NaN });",
        "return report([error('shouting', 'x', { at: [3, 99] })]);",
    ]);
}

#[test]
fn random_numbers_and_the_clock_are_deterministic() {
    let values = "[Math.random(), Date.now(), new Date().toJSON(), [...new Set('ba')].join('')]";
    let place = contract_with(&[&format!("return report([error('shouting', {values}.join())]);")]);
    place.run(&["build", "it"]).exits_with(0);
    let message = |context: &str| {
        let judge = ["judge", "it", "--json", "--config", CONFIG, "--context", context, "-"];
        let report = place.run_with(&judge, b"0").exits_with(1).json();
        report["findings"][0]["message"].as_str().unwrap().to_owned()
    };
    let first = message(r#"{"who": "somebody"}"#);
    assert_eq!(first, message("{}"));
    let (random, rest) = first.split_once(',').unwrap();
    assert!((0.0..1.0).contains(&random.parse::<f64>().unwrap()), "{first}");
    assert_eq!(rest, "0,1970-01-01T00:00:00.000Z,ba");
}

#[test]
fn a_package_names_the_file_with_its_contract() {
    let place = contract_with(&[]);
    place.write(SOURCE, "export const judge = () => null;\n");
    let build = ["build", "it"];
    place.run(&build).exits_with_snapshot(2);
    place.write("it/package.json", r#"{"type": "module"}"#);
    place.run(&build).exits_with_snapshot(2);
    place.write("it/package.json", "{");
    place.run(&build).exits_with_snapshot(2);
}

#[test]
fn a_streaming_contract_needs_begin() {
    let place = contract_with(&[]);
    let manifest = fs::read_to_string(place.path("it/contract.toml")).unwrap();
    place.write("it/contract.toml", manifest.replace("[rules", "stream = true\n\n[rules"));
    let built = place.run(&["build", "it"]);
    let err = &built.exits_with(2).err;
    assert!(err.contains("it/contract.toml` says `stream = true`"), "{err}");
    assert!(err.contains("give `contract` a `begin` beside `judge`, or remove `stream`"), "{err}");
    // That the word is no function is only known when the contract runs.
    let code = fs::read_to_string(place.path(SOURCE)).unwrap();
    place.write(SOURCE, format!("// There is nothing to begin.\n{code}"));
    place.run(&["build", "it"]).exits_with(0);
    let judged = format!("{:?}", judge_act(&place, 0).exits_with(2));
    assert!(judged.contains("the contract has no `begin`"), "{judged}");
}

#[test]
fn a_missing_node_is_named_with_a_remedy() {
    let place = contract_with(&[]);
    place.write("bin/.keep", "");
    let run_without_node = |arguments: &[&str]| {
        let mut tool = place.tool(arguments);
        tool.env("PATH", place.path("bin")).env("TOLLGATE_CACHE", place.path("cache"));
        Ran::from_command(&mut tool)
    };
    run_without_node(&["doctor", "--lang", "typescript"]).exits_with_snapshot(1);
    run_without_node(&["build", "it"]).exits_with_snapshot(2);
}

fn new_contract() -> Place {
    let place = Place::new();
    place.run(&["new", "it", "--lang", "javascript"]).exits_with(0);
    place
}

/// Replaces the body of `judge` in the contract `it`, and builds it.
fn write_judge(place: &Place, body: &str) {
    let code = fs::read_to_string(place.path(SOURCE)).unwrap();
    let (head, _) = code.split_once("    const marks =").unwrap();
    place.write(SOURCE, format!("{head}{body}\n  }},\n}});\n"));
    place.run(&["build", "it"]).exits_with(0);
}

#[test]
fn the_console_writes_into_the_log_where_it_is_declared() {
    let place = new_contract();
    declare_log(&place);
    write_judge(
        &place,
        "    console.log('seen:', { text: subject.text() });\n    console.warn(max);\n    return report([]);",
    );
    assert_logged(&place, &["seen: {\"text\":\"calm\"}", "1"]);
}

#[test]
fn addresses_are_read_as_the_web_reads_them() {
    let place = new_contract();
    let component_bytes = || fs::metadata(place.path("it/dist/it-0.1.0.wasm")).unwrap().len();
    place.run(&["build", "it"]).exits_with(0);
    let without = component_bytes();
    write_judge(
        &place,
        "    const url = new URL(subject.text());\n    const all = [url.hostname, url.searchParams.get('x'), URL.canParse('no')];\n    \
         return report([error('shouting', all.join())]);",
    );
    let with = component_bytes();
    assert!(with > without + 20_000, "only a contract that names `URL` has it: {without}, {with}");
    let judge = ["judge", "it", "--json", "--config", CONFIG, "-"];
    let ran = place.run_with(&judge, "https://Exämple.com:443/a?x=1+2".as_bytes());
    let report = ran.exits_with(1).json();
    assert_eq!(report["findings"][0]["message"], "xn--exmple-cua.com,1 2,false");
}

#[test]
fn types_of_addresses_are_known() {
    let place = Place::new();
    place.run(&["new", "it", "--bare", "--lang", "typescript"]).exits_with(0);
    let source = "it/src/contract.ts";
    let code = fs::read_to_string(place.path(source)).unwrap();
    let host = "const _host: string = new URL(subject.text()).hostname;";
    let code = code.replace("const _text = subject.text();", host);
    place.write(source, &code);
    place.run(&["build", "it"]).exits_with(0);
    place.write(source, code.replace("string = new", "number = new"));
    place.run(&["build", "it"]).exits_with(2);
}
