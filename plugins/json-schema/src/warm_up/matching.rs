//! Generates strings that match a regular expression.

use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind};

/// Longer repetitions are cut here: by then the automaton has its states.
const REPEATS_MAX: u32 = 40;
/// Nested repetitions multiply.
const BYTES_MAX: usize = 1000;

/// Returns a string that matches. Each round chooses different alternatives and characters.
/// For an expression that cannot be parsed, such as one with look-around, any string will
/// do.
pub(super) fn sample_match(pattern: &str, round: usize) -> String {
    let mut text = String::new();
    match regex_syntax::parse(pattern) {
        Ok(expression) => write_match(&expression, round, &mut text),
        Err(_) => text.push('a'),
    }
    text
}

fn write_match(expression: &Hir, round: usize, text: &mut String) {
    if text.len() >= BYTES_MAX {
        return;
    }
    match expression.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => text.extend(pick_character(class, round)),
        HirKind::Capture(capture) => write_match(&capture.sub, round, text),
        HirKind::Repetition(repetition) => {
            let max = repetition.max.unwrap_or(u32::MAX);
            let count = repetition.min.max(1).min(max).min(REPEATS_MAX);
            (0..count).for_each(|_| write_match(&repetition.sub, round, text));
        }
        HirKind::Concat(parts) => parts.iter().for_each(|part| write_match(part, round, text)),
        HirKind::Alternation(ways) => {
            if let Some(way) = ways.get(round % ways.len().max(1)) {
                write_match(way, round, text);
            }
        }
    }
}

/// Returns a character of a class: `a` in the first round if possible, else the start of
/// one of its ranges.
fn pick_character(class: &Class, round: usize) -> Option<char> {
    match class {
        Class::Unicode(class) if contains(class, 'a') && round == 0 => Some('a'),
        Class::Unicode(class) => {
            let ranges = class.ranges();
            ranges.get(round % ranges.len().max(1)).map(|range| range.start())
        }
        Class::Bytes(class) => class.ranges().first().map(|range| char::from(range.start())),
    }
}

fn contains(class: &ClassUnicode, character: char) -> bool {
    class.ranges().iter().any(|range| range.start() <= character && character <= range.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generates_matching_strings() {
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
                let text = sample_match(pattern, round);
                assert!(expression.is_match(&text), "{pattern} {text:?}");
            }
        }
    }

    #[test]
    fn uses_another_alternative_each_round() {
        let rounds: Vec<_> = (0..3).map(|round| sample_match("^(jpg|webp)$", round)).collect();
        assert_eq!(rounds, ["jpg", "webp", "jpg"]);
    }

    #[test]
    fn limits_huge_patterns_and_accepts_unreadable_ones() {
        assert!(sample_match("((a{500}){500}){500}", 0).len() < 100_000);
        assert_eq!(sample_match("^(?!x)", 0), "a");
        assert_eq!(sample_match("(", 0), "a");
    }
}
