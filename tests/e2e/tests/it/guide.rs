//! Runs the commands of the guide one after the other in one shell, and compares exit codes and
//! outputs with those that the guide shows.

use std::fs;

use crate::one_shell::run_in_one_shell;
use crate::tool::{Place, repository};

const GUIDE: &str = "docs/guide/README.md";
/// Stands for any text in a line that the guide shows.
const WILDCARD: char = '…';

/// A block of the guide: commands, and the part of their output that the guide shows.
#[derive(Default)]
struct Block<'g> {
    commands: Vec<&'g str>,
    shown: Vec<&'g str>,
}

#[test]
fn the_guide_shows_the_actual_output() {
    let guide = fs::read_to_string(repository().join(GUIDE)).unwrap();
    let blocks = blocks(&guide);
    assert!(blocks.len() > 10, "the guide has lost its blocks");
    let place = Place::new();
    let commands: Vec<_> = blocks.iter().flat_map(|block| block.commands.clone()).collect();
    let outputs = run_in_one_shell(&place, "work", &commands);
    let mut outputs = outputs.iter();
    for block in &blocks {
        let mut lines = Vec::new();
        for command in &block.commands {
            let output = outputs.next().unwrap();
            let (text, code) = (&output.text, &output.code);
            assert!(
                output.ended_as_written(command),
                "{GUIDE}: `{command}` ended with {code}: {text}"
            );
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
