//! People are shown what goes out, and nothing that they are shown acts on a terminal or in a shell.

use std::os::unix::fs::PermissionsExt;

use regex::Regex;
use serde_json::{Value, json};

use crate::check::{check, context, json_lines, newsletter};
use crate::help::listed_commands;
use crate::tool::{Place, Ran};

const GATE: &str = "gates/welcome-email.toml";

/// Text that conceals what follows, sets a title, clears the screen, changes directions, overwrites the line, and has
/// characters that nobody sees.
const HOSTILE: &str =
    "x\u{1b}[8m\u{1b}]0;t\u{7}\u{9b}2J\u{202e}\u{2066}\u{200b}\r\u{e0041}\u{1b}[1;31mz";

/// Runs the tool as on a terminal that has colours.
fn run(place: &Place, arguments: &[&str]) -> Ran {
    Ran::from_command(place.tool(arguments).env("CLICOLOR_FORCE", "1"))
}

/// Asserts that an output has no hidden characters, and no escape sequences but styles that the tool uses.
#[track_caller]
fn assert_harmless(ran: &Ran) {
    let style = Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    for text in [&ran.out, &ran.err] {
        for foreign in ["\u{1b}[8m", "\u{1b}[1;31mz"] {
            assert!(!text.contains(foreign), "{ran:#?}");
        }
        let plain = style.replace_all(text, "");
        let is_hidden = |c: char| {
            c.is_control() && !matches!(c, '\n' | '\t')
                || matches!(c, '\u{202e}' | '\u{2066}' | '\u{200b}' | '\u{e0041}')
        };
        assert!(!plain.contains(is_hidden), "{ran:#?}");
    }
}

/// Adds every command without commands of its own, with the options that take a value.
fn add_leaf_commands(place: &Place, command: &[&str], found: &mut Vec<(Vec<String>, Vec<String>)>) {
    let help = place.run(&[command, &["--help"]].concat()).exits_with(0).out.clone();
    let inner = listed_commands(&help);
    for name in &inner {
        add_leaf_commands(place, &[command, &[name]].concat(), found);
    }
    if inner.is_empty() {
        let option = Regex::new(r"(?m)^ +(?:-\w, )?(--[a-z-]+) <").unwrap();
        let options = option.captures_iter(&help).map(|option| option[1].to_owned()).collect();
        found.push((command.iter().map(ToString::to_string).collect(), options));
    }
}

#[test]
fn no_argument_acts_on_the_terminal() {
    let place = newsletter();
    let mut commands = Vec::new();
    add_leaf_commands(&place, &[], &mut commands);
    assert!(commands.iter().any(|(command, _)| *command == ["queue", "review"]), "{commands:#?}");
    for (command, options) in &commands {
        let command: Vec<_> = command.iter().map(String::as_str).collect();
        let unknown_option = run(&place, &[&command[..], &[&format!("--{HOSTILE}")]].concat());
        assert_harmless(unknown_option.exits_with(2));
        assert!(unknown_option.err.contains("--x\\u{1b}[8m"), "it is quoted: {unknown_option:#?}");
        let positional = [&command[..], &[HOSTILE]].concat();
        let mut lines = vec![positional.clone()];
        for option in options {
            lines.push([&positional[..], &[option, HOSTILE]].concat());
        }
        for line in lines {
            assert_harmless(&run(&place, &line));
        }
    }
}

/// Creates a project whose gate has hostile texts wherever it takes any text.
fn hostile_project() -> Place {
    let place = newsletter();
    let mut gate = std::fs::read_to_string(place.path(GATE)).unwrap();
    for text in [
        "Write the welcome e-mail that a new subscriber of the newsletter gets on the first day",
        "More first orders within 14 days, and no complaint about what we promise",
        "MKT-4410",
        "Head of Lifecycle Marketing",
        "One e-mail, on one day",
        "https://mailer.example.com/hooks/cancel",
        "marketing-operations",
        "tone",
        "Would we say it like this to a customer in the shop?",
        "complaints-per-thousand",
        "newsletter database",
        "interest in an offer",
        "Acme AI",
        "New here; being watched",
    ] {
        let (from, to) = (format!("\"{text}\""), json!(format!("{text} {HOSTILE}")).to_string());
        assert!(gate.contains(&from), "{from}");
        gate = gate.replace(&from, &to);
    }
    place.write(GATE, gate);
    let hostile_output = |channel: &str| {
        let mut written = context();
        written["channel"] = channel.into();
        written[HOSTILE] = HOSTILE.into();
        let text = format!("Hello Dana {HOSTILE}");
        json!({"id": HOSTILE, "text": text, "prompt": "welcome-email@2.1.0", "context": written})
    };
    let (held, blocked) = (hostile_output("email"), hostile_output(HOSTILE));
    place.write("hostile.jsonl", format!("{held}\n{blocked}\n{}\n", json!({HOSTILE: 1})));
    place
}

#[test]
fn nothing_in_a_file_or_a_ledger_acts_on_the_terminal() {
    let place = hostile_project();
    let why = ["--by", "Sam Reed", "--reason", HOSTILE];
    let exits = |code: i32, arguments: &[&str]| {
        let ran = run(&place, arguments);
        assert_harmless(ran.exits_with(code));
        ran
    };
    exits(0, &[&["release"], &why[..]].concat());
    for command in [
        &["gate", "show", "welcome-email"][..],
        &["gate", "check"],
        &["gate", "score", "welcome-email"],
    ] {
        assert_harmless(&run(&place, command));
        assert_harmless(&run(&place, &[command, &["--json"]].concat()));
    }
    for format in ["human", "json", "jsonl", "junit", "sarif"] {
        let ran =
            exits(2, &["check", "--gate", "welcome-email", "hostile.jsonl", "--format", format]);
        assert!(ran.out.contains("202e"), "{ran:#?}");
    }
    // Markdown has a joiner of its own, which stops mentions.
    let markdown = check(&place, &["hostile.jsonl", "--format", "markdown"]);
    assert!(markdown.exits_with(2).out.contains("&#92;u{202e}"), "{markdown:#?}");
    let runs = json_lines(check(&place, &["hostile.jsonl", "--format", "jsonl"]).exits_with(2));
    assert_eq!(runs[0]["id"], HOSTILE, "formats for programs are exact");
    let held = runs[0]["run"].as_str().unwrap();
    exits(0, &["incident", "--gate", "welcome-email", "--by", "Sam Reed", HOSTILE]);
    exits(0, &["log", "list"]);
    exits(0, &["log", "list", "--json"]);
    exits(0, &["log", "show", held]);
    exits(0, &["log", "show", held, "--json"]);
    exits(0, &["log", "show", "1"]);
    exits(0, &["log", "stats"]);
    exits(0, &["risk"]);
    exits(0, &["risk", "--json"]);
    for command in [
        &["queue", "list"][..],
        &["queue", "show", held],
        &["queue", "review", held, "--reject", HOSTILE, "--reviewer", "Kim Osei"],
        &[
            "queue",
            "review",
            held,
            "--approve",
            "--reviewer",
            "Kim Osei",
            "--check",
            &format!("{HOSTILE}=yes"),
        ],
        &["kpi", "list"],
        &["gate", "history", "welcome-email"],
        &["log", "replay"],
        &["log", "verify"],
    ] {
        assert_harmless(&run(&place, command));
    }
}

#[test]
fn no_lock_configuration_or_prompt_acts_on_the_terminal() {
    let place = newsletter();
    let lock = std::fs::read_to_string(place.path("tollgate.lock")).unwrap();
    let source = Regex::new(r#"(?m)^source = .*$"#).unwrap();
    assert!(source.is_match(&lock), "{lock}");
    let hostile = format!("source = {}", json!(HOSTILE));
    place.write("tollgate.lock", source.replace_all(&lock, regex::NoExpand(&hostile)).as_ref());
    assert_harmless(&run(&place, &["tree"]));
    place.write("letter.txt", format!("Hello {HOSTILE}"));
    let config = json!({HOSTILE: 1}).to_string();
    let judge = run(&place, &["judge", "tollgate/length", "--config", &config, "letter.txt"]);
    assert_harmless(judge.exits_with(2));
    assert!(judge.err.contains("202e"), "{judge:#?}");
    let terms = json!({"terms": [format!("hello {HOSTILE}")]}).to_string();
    assert_harmless(&run(
        &place,
        &["judge", "tollgate/banned-terms", "--config", &terms, "letter.txt"],
    ));
    place.write(
        "hostile.prompt",
        format!("---\ndescription: {}\n{HOSTILE}: 1\n---\nHi\n", json!(HOSTILE)),
    );
    for command in ["show", "check", "render"] {
        assert_harmless(&run(&place, &["prompt", command, "hostile.prompt"]));
    }
    place.write("gates/hostile.toml", format!("name = {}\n{HOSTILE}", json!(HOSTILE)));
    for command in [&["gate", "check"][..], &["lock"], &["risk"]] {
        assert_harmless(&run(&place, command));
    }
}

#[test]
fn a_reviewer_sees_the_characters_that_nobody_sees() {
    let place = newsletter();
    let text = "Pay 100 to \u{202e}anaD\u{202c}.\r\nYours \u{1f469}\u{200d}\u{1f4bb} \u{2764}\u{fe0f}\n  indented  \n";
    let output = json!({"text": text, "prompt": "welcome-email@2.1.0", "context": context()});
    place.write("a.jsonl", format!("{output}\n"));
    let runs = json_lines(check(&place, &["a.jsonl", "--format", "jsonl"]).exits_with(1));
    let shown = place.run(&["queue", "show", runs[0]["run"].as_str().unwrap()]);
    let lines: Vec<_> = shown.exits_with_snapshot(0).out.lines().collect();
    for line in [
        "  | Pay 100 to \\u{202e}anaD\\u{202c}.",
        "  | Yours \u{1f469}\u{200d}\u{1f4bb} \u{2764}\u{fe0f}",
        "  |   indented  ",
        "  the output has 2 characters that nobody sees, written as `\\u{…}` here",
    ] {
        assert!(lines.contains(&line), "{line:?} in {shown:#?}");
    }
}

#[test]
fn a_printed_command_gives_the_answers_back_and_runs_nothing_else() {
    let place = newsletter();
    let item = "tone'; touch PWNED; echo '$(touch PWNED)";
    let gate = std::fs::read_to_string(place.path(GATE)).unwrap();
    place.write(GATE, gate.replace("item = \"tone\"", &format!("item = {}", json!(item))));
    place.run(&["release", "--by", "Sam Reed"]).exits_with(0);
    let output = json!({"text": "Hello", "prompt": "welcome-email@2.1.0", "context": context()});
    place.write("a.jsonl", format!("{output}\n"));
    let runs = json_lines(check(&place, &["a.jsonl", "--format", "jsonl"]).exits_with(1));
    let held = runs[0]["run"].as_str().unwrap();
    let shown = place.run(&["queue", "show", held]).exits_with(0).out.clone();
    let printed = shown.lines().skip_while(|line| *line != "command to approve").nth(1).unwrap();
    let document: Value = place.run(&["queue", "show", held, "--json"]).exits_with(0).json();
    assert_eq!(printed.trim_start(), document["command"]);

    place.write("bin/tollgate", "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    let program = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(place.path("bin/tollgate"), program).unwrap();
    let mut shell = std::process::Command::new("sh");
    let path = format!("{}:{}", place.path("bin").display(), std::env::var("PATH").unwrap());
    shell.args(["-c", printed]).current_dir(place.path("")).env("PATH", path);
    let typed = Ran::from_command(&mut shell).exits_with(0).out.clone();
    assert!(!place.path("PWNED").exists(), "{printed}");
    let answer = format!("{item}=yes");
    assert!(typed.lines().any(|word| word == answer), "{typed}");
    let words = typed.lines().map(|word| match word {
        "NAME" => "Kim Osei",
        word => word,
    });
    place.run(&words.collect::<Vec<_>>()).exits_with(0);
}

#[test]
fn a_usage_does_not_depend_on_the_environment() {
    let place = Place::new();
    let with = place.run(&["check"]);
    let mut without = place.tool(&["check"]);
    let without = Ran::from_command(without.env_remove("TOLLGATE_CACHE"));
    assert_eq!(with.exits_with(2).err, without.exits_with(2).err);
    assert!(!with.err.contains("--cache"), "{with:#?}");
    // An error of a variable is still one.
    let mut log = place.tool(&["log", "list"]);
    Ran::from_command(log.env("TOLLGATE_LEDGER", ":memory:")).exits_with(2);
}
