//! Runs the commands of the guide one after the other in one shell, and compares exit codes and
//! outputs with those that the guide shows.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::documents::EXIT_CODE_MARK;
use crate::tool::{Place, binary, repository, target};

const GUIDE: &str = "docs/guide/README.md";
/// Stands for any text in a line that the guide shows.
const WILDCARD: char = '…';

/// A block of the guide: commands, and the part of their output that the guide shows.
#[derive(Default)]
struct Block<'g> {
    commands: Vec<&'g str>,
    shown: Vec<&'g str>,
}

/// The output of one command, and its exit code.
struct CommandOutput {
    text: String,
    code: String,
}

#[test]
fn the_guide_shows_the_actual_output() {
    let guide = fs::read_to_string(repository().join(GUIDE)).unwrap();
    let blocks = blocks(&guide);
    assert!(blocks.len() > 10, "the guide has lost its blocks");
    let place = Place::new();
    let outputs = run(&place, &blocks);
    let mut outputs = outputs.iter();
    for block in &blocks {
        let mut lines = Vec::new();
        for command in &block.commands {
            let CommandOutput { text, code } = outputs.next().unwrap();
            let expected = command.split_once(EXIT_CODE_MARK).map_or("0", |(_, code)| code);
            assert_eq!(code, expected, "{GUIDE}: `{command}` printed: {text}");
            lines.extend(text.lines());
        }
        assert_shown_in_order(&block.shown, &lines);
    }
}

fn blocks(guide: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for fenced in guide.split("\n```").skip(1).step_by(2) {
        let (language, lines) = fenced.split_once('\n').unwrap();
        match language {
            "sh" => blocks.push(Block { commands: lines.lines().collect(), ..Block::default() }),
            "text" => blocks.last_mut().unwrap().shown.extend(lines.lines()),
            other => panic!("{GUIDE}: unexpected language `{other}` of a block"),
        }
    }
    blocks
}

/// Runs all commands in one shell, and returns the output of each.
fn run(place: &Place, blocks: &[Block<'_>]) -> Vec<CommandOutput> {
    let commands: Vec<_> = blocks.iter().flat_map(|block| &block.commands).collect();
    let mut script = String::new();
    for (number, command) in commands.iter().enumerate() {
        writeln!(script, "{{\n{command}\n}} > $OUTPUTS/{number} 2>&1 < /dev/null").unwrap();
        writeln!(script, "echo $? > $OUTPUTS/{number}.code").unwrap();
    }
    place.write("outputs/script", &script).write("work/.gitkeep", "");
    let path = [binary().parent().unwrap(), Path::new(&std::env::var("PATH").unwrap())]
        .map(|path| path.display().to_string())
        .join(":");
    let bash = Command::new("bash")
        .arg(place.path("outputs/script"))
        .current_dir(place.path("work"))
        .env("PATH", path)
        .env("OUTPUTS", place.path("outputs"))
        .env("TOLLGATE_CACHE", target().join("e2e-cache"))
        .env("TOLLGATE_STORE", place.path("store"))
        .env_remove("TOLLGATE_LEDGER")
        .stdin(Stdio::null())
        .status();
    assert!(bash.unwrap().success());
    let read = |name: String| fs::read_to_string(place.path("outputs").join(name)).unwrap();
    let output = |number: usize| CommandOutput {
        text: read(number.to_string()),
        code: read(format!("{number}.code")).trim().to_owned(),
    };
    (0..commands.len()).map(output).collect()
}

/// Asserts that all lines that the guide shows were printed, in this order.
fn assert_shown_in_order(shown: &[&str], printed: &[&str]) {
    let mut rest = printed.iter();
    for line in shown {
        let found = rest.any(|printed| matches(line.trim(), printed.trim()));
        assert!(found, "{GUIDE} shows `{line}`, but this was printed: {printed:#?}");
    }
}

fn matches(shown: &str, printed: &str) -> bool {
    let mut parts = shown.split(WILDCARD);
    let Some(mut rest) = parts.next().and_then(|start| printed.strip_prefix(start)) else {
        return false;
    };
    let mut parts: Vec<_> = parts.collect();
    let Some(end) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some((_, behind)) = rest.split_once(part) else { return false };
        rest = behind;
    }
    rest.ends_with(end)
}

#[test]
fn a_wildcard_matches_any_text() {
    for (shown, printed) in
        [("a", "a"), ("a…c", "abc"), ("…c", "abc"), ("a…b…d", "axbyd"), ("…", "")]
    {
        assert!(matches(shown, printed), "{shown} {printed}");
    }
    for (shown, printed) in [("a", "ab"), ("a…c", "abd"), ("a…b…d", "axcyd"), ("b…", "ab")]
    {
        assert!(!matches(shown, printed), "{shown} {printed}");
    }
}
