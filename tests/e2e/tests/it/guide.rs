//! The guide is a story: its commands are run one after the other in one shell, end as it says, and say what
//! is shown.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::documents::EXITS;
use crate::tool::{Place, binary, repository, target};

const GUIDE: &str = "docs/guide/README.md";
/// What stands for anything.
const ANYTHING: char = '…';

/// A block of the guide: commands, and what is shown of what they say.
#[derive(Default)]
struct Block<'g> {
    commands: Vec<&'g str>,
    shown: Vec<&'g str>,
}

/// What one command said, and how it ended.
struct Said {
    text: String,
    code: String,
}

#[test]
fn the_guide_says_what_happens() {
    let guide = fs::read_to_string(repository().join(GUIDE)).unwrap();
    let blocks = blocks(&guide);
    assert!(blocks.len() > 10, "the guide has lost its blocks");
    let place = Place::new();
    let said = run(&place, &blocks);
    let mut said = said.iter();
    for block in &blocks {
        let mut lines = Vec::new();
        for command in &block.commands {
            let Said { text, code } = said.next().unwrap();
            let expected = command.split_once(EXITS).map_or("0", |(_, code)| code);
            assert_eq!(code, expected, "{GUIDE}: `{command}` said: {text}");
            lines.extend(text.lines());
        }
        shown_in_order(&block.shown, &lines);
    }
}

fn blocks(guide: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for fenced in guide.split("\n```").skip(1).step_by(2) {
        let (kind, lines) = fenced.split_once('\n').unwrap();
        match kind {
            "sh" => blocks.push(Block { commands: lines.lines().collect(), ..Block::default() }),
            "text" => blocks.last_mut().unwrap().shown.extend(lines.lines()),
            other => panic!("{GUIDE}: a block of `{other}`"),
        }
    }
    blocks
}

/// Runs all commands, as somebody would who types them into one terminal.
fn run(place: &Place, blocks: &[Block<'_>]) -> Vec<Said> {
    let commands: Vec<_> = blocks.iter().flat_map(|block| &block.commands).collect();
    let mut script = String::new();
    for (number, command) in commands.iter().enumerate() {
        writeln!(script, "{{\n{command}\n}} > $SAID/{number} 2>&1 < /dev/null").unwrap();
        writeln!(script, "echo $? > $SAID/{number}.code").unwrap();
    }
    place.write("said/script", &script).write("work/.gitkeep", "");
    let path = [binary().parent().unwrap(), Path::new(&std::env::var("PATH").unwrap())]
        .map(|path| path.display().to_string())
        .join(":");
    let bash = Command::new("bash")
        .arg(place.path("said/script"))
        .current_dir(place.path("work"))
        .env("PATH", path)
        .env("SAID", place.path("said"))
        .env("TOLLGATE_CACHE", target().join("e2e-cache"))
        .env("TOLLGATE_STORE", place.path("store"))
        .env_remove("TOLLGATE_LEDGER")
        .stdin(Stdio::null())
        .status();
    assert!(bash.unwrap().success());
    let read = |name: String| fs::read_to_string(place.path("said").join(name)).unwrap();
    let said = |number: usize| Said {
        text: read(number.to_string()),
        code: read(format!("{number}.code")).trim().to_owned(),
    };
    (0..commands.len()).map(said).collect()
}

/// Each line that is shown was said, after the one that is shown before it.
fn shown_in_order(shown: &[&str], said: &[&str]) {
    let mut rest = said.iter();
    for line in shown {
        let found = rest.any(|said| fits(line.trim(), said.trim()));
        assert!(found, "{GUIDE} shows `{line}`, and this was said: {said:#?}");
    }
}

fn fits(shown: &str, said: &str) -> bool {
    let mut parts = shown.split(ANYTHING);
    let Some(mut rest) = parts.next().and_then(|start| said.strip_prefix(start)) else {
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
fn what_differs_may_differ_and_nothing_else() {
    for (shown, said) in [("a", "a"), ("a…c", "abc"), ("…c", "abc"), ("a…b…d", "axbyd"), ("…", "")]
    {
        assert!(fits(shown, said), "{shown} {said}");
    }
    for (shown, said) in [("a", "ab"), ("a…c", "abd"), ("a…b…d", "axcyd"), ("b…", "ab")] {
        assert!(!fits(shown, said), "{shown} {said}");
    }
}
