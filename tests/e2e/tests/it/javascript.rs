//! Contracts in JavaScript that are wrong, ask for what is not there, or misbehave.

use std::fs;

use crate::tool::{Place, Ran};

const SOURCE: &str = "it/src/contract.js";
const FIRST_ACT: usize = 17;
const CONFIG: &str = r#"{"max": 1}"#;

/// What `tollgate new` makes, but that a text is the number of one of these lines to run.
fn contract_that(acts: &[&str]) -> Place {
    let place = Place::new();
    place.run(&["new", "it", "--lang", "javascript"]).exits_with(0);
    let code = fs::read_to_string(place.path(SOURCE)).unwrap();
    let (head, tail) = code.split_once("    const marks =").unwrap();
    let acts: String = acts.iter().map(|act| format!("      () => {{ {act} }},\n")).collect();
    let act = format!("    const acts = [\n{acts}    ];\n    return acts[subject.text()]();\n");
    place.write(SOURCE, format!("{head}{act}    const marks ={tail}"));
    place
}

fn judged(place: &Place, act: usize) -> Ran {
    place.run_with(&["judge", "it", "--config", CONFIG, "-"], act.to_string().as_bytes())
}

/// Builds a contract in which each line fails, and judges with each.
fn fails_each(acts: &[&str]) {
    let place = contract_that(acts);
    place.run(&["build", "it"]).exits_with(0);
    for number in 0..acts.len() {
        judged(&place, number).exits_with_snapshot(2);
    }
}

/// An exception is a trap with its message, and the lines that it came from.
#[test]
fn javascript_that_crashes() {
    let place = contract_that(&["return subject.nothing.text;", "throw 'only a word';"]);
    place.run(&["build", "it"]).exits_with(0);
    let ran = judged(&place, 0);
    ran.exits_with_snapshot(2);
    assert!(!format!("{ran:?}").contains("function "), "{ran:#?}");
    judged(&place, 1).exits_with_snapshot(2);
}

/// There is nothing around the language, and the message says what is not there.
#[test]
fn javascript_that_wants_what_is_not_there() {
    fails_each(&[
        "console.log(subject);",
        "new Worker('other.js');",
        "fetch('https://example.com');",
        "setTimeout(() => 1, 1);",
        "process.exit(0);",
        "return import(['fs'].join());",
    ]);
    let place = contract_that(&[]);
    let code = fs::read_to_string(place.path(SOURCE)).unwrap();
    place.write(SOURCE, format!("import fs from \"fs\";\n{code}"));
    place.run(&["build", "it"]).exits_with_snapshot(2);
}

/// What never ends is stopped, and what is no report is none.
#[test]
fn javascript_that_misbehaves() {
    fails_each(&[
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

/// Chance and the clock are the same in every judgement.
#[test]
fn javascript_that_wants_chance_and_the_time() {
    let says = "[Math.random(), Date.now(), new Date().toJSON(), [...new Set('ba')].join('')]";
    let place = contract_that(&[&format!("return report([error('shouting', {says}.join())]);")]);
    place.run(&["build", "it"]).exits_with(0);
    let message = |context: &str| {
        let judge = ["judge", "it", "--json", "--config", CONFIG, "--context", context, "-"];
        let report = place.run_with(&judge, b"0").exits_with(1).json();
        report["findings"][0]["message"].as_str().unwrap().to_owned()
    };
    let said = message(r#"{"who": "somebody"}"#);
    assert_eq!(said, message("{}"));
    let (chance, rest) = said.split_once(',').unwrap();
    assert!((0.0..1.0).contains(&chance.parse::<f64>().unwrap()), "{said}");
    assert_eq!(rest, "0,1970-01-01T00:00:00.000Z,ba");
}

/// A package says which of its files is the contract.
#[test]
fn javascript_without_a_contract() {
    let place = contract_that(&[]);
    place.write(SOURCE, "export const judge = () => null;\n");
    let build = ["build", "it"];
    place.run(&build).exits_with_snapshot(2);
    place.write("it/package.json", r#"{"type": "module"}"#);
    place.run(&build).exits_with_snapshot(2);
    place.write("it/package.json", "{");
    place.run(&build).exits_with_snapshot(2);
}

/// Who promises to judge a text while it is being written has to.
#[test]
fn javascript_without_a_stream() {
    let place = contract_that(&[]);
    let about = fs::read_to_string(place.path("it/contract.toml")).unwrap();
    place.write("it/contract.toml", about.replace("[rules", "stream = true\n\n[rules"));
    place.run(&["build", "it"]).exits_with(0);
    judged(&place, 0).exits_with_snapshot(2);
}

/// What is missing on a machine is said, and how to get it.
#[test]
fn javascript_without_node() {
    let place = contract_that(&[]);
    place.write("bin/.keep", "");
    let without = |arguments: &[&str]| {
        let mut tool = place.tool(arguments);
        tool.env("PATH", place.path("bin")).env("TOLLGATE_CACHE", place.path("cache"));
        Ran::from_command(&mut tool)
    };
    let doctor = without(&["doctor", "--lang", "typescript"]);
    doctor.exits_with_snapshot(1);
    without(&["build", "it"]).exits_with_snapshot(2);
}
