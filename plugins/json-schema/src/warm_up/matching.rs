//! A string that a regular expression matches.

use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind};

/// A counted repetition is cut here: the automaton has seen it by then.
const REPEATS_MAX: u32 = 40;
/// What many patterns are nested by can multiply.
const BYTES_MAX: usize = 1000;

/// Alternatives and classes are gone through in turn. Where the expression cannot be
/// read (look-around, say), any string will do.
pub(super) fn sample(pattern: &str, round: usize) -> String {
    let mut text = String::new();
    match regex_syntax::parse(pattern) {
        Ok(expression) => write(&expression, round, &mut text),
        Err(_) => text.push('a'),
    }
    text
}

fn write(expression: &Hir, round: usize, text: &mut String) {
    if text.len() >= BYTES_MAX {
        return;
    }
    match expression.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => text.extend(character(class, round)),
        HirKind::Capture(capture) => write(&capture.sub, round, text),
        HirKind::Repetition(repetition) => {
            let max = repetition.max.unwrap_or(u32::MAX);
            let count = repetition.min.max(1).min(max).min(REPEATS_MAX);
            (0..count).for_each(|_| write(&repetition.sub, round, text));
        }
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, round, text)),
        HirKind::Alternation(ways) => {
            if let Some(way) = ways.get(round % ways.len().max(1)) {
                write(way, round, text);
            }
        }
    }
}

/// A letter for a class of everything, else the start of one of its ranges.
fn character(class: &Class, round: usize) -> Option<char> {
    match class {
        Class::Unicode(class) if holds(class, 'a') && round == 0 => Some('a'),
        Class::Unicode(class) => {
            let ranges = class.ranges();
            ranges.get(round % ranges.len().max(1)).map(|range| range.start())
        }
        Class::Bytes(class) => class.ranges().first().map(|range| char::from(range.start())),
    }
}

fn holds(class: &ClassUnicode, wanted: char) -> bool {
    class.ranges().iter().any(|range| range.start() <= wanted && wanted <= range.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_matches() {
        for pattern in [
            "^mail-[0-9]{4}-[0-9]{4}$",
            "^https://[a-z0-9.-]+/[A-Za-z0-9/_-]*$",
            "^(a|bc|[^x])+d?$",
            "\\d{2}:\\d{2}",
            "^.*$",
            "^[\\w ]{3,5}$",
            "",
            "^(?:[A-Z]{2}\\s?){2}$",
            "é|日",
        ] {
            let expression = regex::Regex::new(pattern).unwrap();
            for round in 0..5 {
                let text = sample(pattern, round);
                assert!(expression.is_match(&text), "{pattern} {text:?}");
            }
        }
    }

    #[test]
    fn alternatives_have_their_turn() {
        let rounds: Vec<_> = (0..3).map(|round| sample("^(jpg|webp)$", round)).collect();
        assert_eq!(rounds, ["jpg", "webp", "jpg"]);
    }

    #[test]
    fn what_is_huge_or_unreadable_is_no_trouble() {
        assert!(sample("((a{500}){500}){500}", 0).len() < 100_000);
        assert_eq!(sample("^(?!x)", 0), "a");
        assert_eq!(sample("(", 0), "a");
    }
}
