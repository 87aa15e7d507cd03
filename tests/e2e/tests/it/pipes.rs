//! Pipes in the place of files that a project has: whoever reads one would wait for somebody who writes into it.

use std::process::{Command, Stdio};

use crate::check::newsletter;
use crate::tool::{Place, Ran};

/// A tool that waits for somebody who writes into a pipe is ended after so long, with another exit code than its own.
const SECONDS_MAX: &str = "60";

const GATE: &str = "gates/welcome-email.toml";

/// Puts a pipe in the place of a file.
fn make_pipe(place: &Place, file: &str) {
    let path = place.path(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let _ = std::fs::remove_file(&path);
    Ran::from_command(Command::new("mkfifo").arg(path)).exits_with(0);
}

/// Runs the tool for a limited time.
fn run(place: &Place, arguments: &[&str]) -> Ran {
    let tool = place.tool(arguments);
    let mut limited = Command::new("timeout");
    limited.arg(SECONDS_MAX).arg(tool.get_program()).args(tool.get_args());
    let variables = tool.get_envs().filter_map(|(name, value)| Some((name, value?)));
    limited.envs(variables).current_dir(place.path("")).stdin(Stdio::null());
    Ran::from_command(&mut limited)
}

/// Fails unless the command is refused for this file, which is a pipe.
fn assert_refused(place: &Place, file: &str, command: &[&str]) {
    let ran = run(place, command);
    let name = file.rsplit('/').next().unwrap();
    assert!(ran.exits_with(2).err.contains(name), "{ran:#?}");
    let reasons = ["it is a pipe", "it is not a regular file", "is not a Tollgate ledger"];
    assert!(reasons.iter().any(|reason| ran.err.contains(reason)), "{ran:#?}");
}

#[test]
fn no_file_of_a_project_is_a_pipe() {
    for (file, command) in [
        ("tollgate.toml", &["gate", "check"][..]),
        (GATE, &["gate", "check"]),
        ("gates/another.toml", &["lock"]),
        ("tollgate.lock", &["release", "--by", "Sam Reed"]),
        ("tollgate.lock", &["lock"]),
        ("prompts/welcome-email.prompt", &["prompt", "show", "prompts/welcome-email.prompt"]),
        ("packages/prompts/welcome-email/2.1.0.json", &["update"]),
        (".tollgate/ledger.db", &["log", "list"]),
        (".tollgate/ledger.db", &["release", "--by", "Sam Reed"]),
    ] {
        let place = newsletter();
        make_pipe(&place, file);
        assert_refused(&place, file, command);
    }
}

#[test]
fn no_table_is_a_pipe() {
    let place = newsletter();
    let gate = std::fs::read_to_string(place.path(GATE)).unwrap();
    let table = "# tables = { terms = \"tables/terms.csv\" }";
    assert!(gate.contains(table));
    let gate = gate.replace("# grants = [\"lookup\"]", "grants = [\"lookup\"]");
    place.write(GATE, gate.replace(table, "tables = { terms = \"tables/terms.csv\" }"));
    make_pipe(&place, "tables/terms.csv");
    let refused = run(&place, &["release", "--by", "Sam Reed"]);
    assert!(refused.exits_with(2).err.contains("tables/terms.csv"), "{refused:#?}");
    assert!(refused.err.contains("it is a pipe or a device"), "{refused:#?}");
}

#[test]
fn no_description_of_a_contract_is_a_pipe() {
    let place = Place::new();
    place.run(&["new", "calm", "--lang", "rust"]).exits_with(0);
    make_pipe(&place, "calm/contract.toml");
    assert_refused(&place, "contract.toml", &["test", "calm"]);
}

#[test]
fn a_person_may_name_a_pipe() {
    let place = newsletter();
    let line =
        "cat letter.txt | \"$0\" judge tollgate/length --config @<(cat config.json) /dev/stdin";
    place.write("letter.txt", "hello").write("config.json", "{\"words\": {\"max\": 3}}");
    let tool = place.tool(&[]);
    let mut shell = Command::new("bash");
    shell.args(["-c", line]).arg(tool.get_program()).current_dir(place.path(""));
    let variables = tool.get_envs().filter_map(|(name, value)| Some((name, value?)));
    Ran::from_command(shell.envs(variables)).exits_with(0);
}
