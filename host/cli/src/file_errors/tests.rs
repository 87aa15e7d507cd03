use proptest::prelude::*;

use super::*;
use crate::console::strip_styles;
use crate::styled_text::terminal_text;

fn plain(errors: &[TextFileError]) -> String {
    strip_styles(&terminal_text(render_errors(errors)))
}

/// Renders one error about the part of a text that equals `wrong`.
#[track_caller]
fn show(text: &str, wrong: &str) -> String {
    let start = text.find(wrong).unwrap();
    let file = TextFile::new("gates/a.toml", text);
    plain(&[file.error_at(start..start + wrong.len(), "unknown key")])
}

#[test]
fn marks_the_wrong_part_and_adds_the_help() {
    let file = TextFile::new("gates/a.toml", "name = \"a\"\ntsak = \"b\"\n");
    let help = Some("possible keys are `name` and `task`".into());
    let error = file.error_at(11..15, "`tsak`: unknown key").with_help(help);
    let expected = "\
error: `tsak`: unknown key
 --> gates/a.toml:2:1
  |
2 | tsak = \"b\"
  | ^^^^
  |
  = help: possible keys are `name` and `task`";
    assert_eq!(plain(&[error]), expected);
}

#[test]
fn shows_every_error() {
    let file = TextFile::new("a.toml", "a = 1\nb = 2\n");
    let errors = [file.error_at(0..1, "first"), file.error_at(6..7, "second"), file.error("third")];
    let expected = "\
error: first
 --> a.toml:1:1
  |
1 | a = 1
  | ^

error: second
 --> a.toml:2:1
  |
2 | b = 2
  | ^

error: third
--> a.toml";
    assert_eq!(plain(&errors), expected);
}

#[test]
fn lists_very_many_errors_a_line_each() {
    let text = "key = 1\n".repeat(20);
    let errors_in = |name: &str, count: usize| -> Vec<_> {
        let file = TextFile::new(name, text.as_str());
        let errors =
            (0..count).map(|number| file.error_at(number * 8..number * 8 + 3, "`key`: no\u{202e}"));
        errors.map(|error| error.with_help(Some("remove it".into()))).collect()
    };
    let few = plain(&errors_in("a.toml", SHOWN_ERRORS_MAX));
    assert_eq!(few.matches(" --> a.toml:").count(), SHOWN_ERRORS_MAX);
    let many = plain(&[errors_in("a.toml", 11), errors_in("b.toml", 2)].concat());
    let lines: Vec<_> = many.lines().collect();
    assert_eq!(lines[0], "error: 11 errors in a.toml");
    assert_eq!((lines[1], lines[11]), ("    1  `key`: no\\u{202e}", "   11  `key`: no\\u{202e}"));
    assert_eq!((lines[12], lines[13]), ("  help: remove it", "error: 2 errors in b.toml"));
    assert_eq!(lines.len(), 17, "{many}");
    let warnings = render_warnings(&errors_in("a.toml", 13));
    assert!(strip_styles(&terminal_text(warnings)).starts_with("warning: 13 errors in a.toml\n"));
}

#[test]
fn aligns_the_mark_behind_tabs_and_wide_characters() {
    let expected = "\
error: unknown key
 --> gates/a.toml:1:2
  |
1 |     a = 1
  |     ^";
    assert_eq!(show("\ta = 1", "a"), expected);
    let expected = "\
error: unknown key
 --> gates/a.toml:1:7
  |
1 | \"日本é\" a = 1
  |         ^";
    assert_eq!(show("\"日本é\" a = 1", "a"), expected);
    let expected = "\
error: unknown key
 --> gates/a.toml:1:1
  |
1 | 日本 = 1
  | ^^^^";
    assert_eq!(show("日本 = 1", "日本"), expected);
}

#[test]
fn shows_lines_without_their_breaks() {
    let expected = "\
error: unknown key
 --> gates/a.toml:2:5
  |
2 | b = 2
  |     ^";
    assert_eq!(show("a = 1\r\nb = 2\r\n", "2"), expected);
    assert_eq!(show("a = 1\nb = 2", "2"), expected);
}

#[test]
fn marks_the_end_of_a_text() {
    let file = TextFile::new("a.toml", "a = [");
    let expected = "\
error: a bracket is missing
 --> a.toml:1:6
  |
1 | a = [
  |      ^";
    assert_eq!(plain(&[file.error_at(5..5, "a bracket is missing")]), expected);
    assert_eq!(plain(&[file.error_at(99..120, "a bracket is missing")]), expected);
    let expected = "\
error: a key is missing
 --> a.toml:1:1
  |
1 |
  | ^";
    let empty = TextFile::new("a.toml", "").error_at(0..0, "a key is missing");
    assert_eq!(plain(&[empty]), expected);
}

#[test]
fn marks_only_the_first_line_of_a_long_span() {
    let expected = "\
error: unknown key
 --> gates/a.toml:1:5
  |
1 | a = [
  |     ^";
    assert_eq!(show("a = [\n1,\n2]\n", "[\n1,\n2]"), expected);
}

#[test]
fn spells_out_hidden_characters() {
    let shown = show("a = \"\u{1b}[2J\u{9b}2J\u{202e}\" x", "x");
    assert!(shown.contains(r#"a = "\u{1b}[2J\u{9b}2J\u{202e}" x"#), "{shown:?}");
    let file = TextFile::new("a\u{1b}[31m", "a");
    let shown = plain(&[file.error_at(0..1, "\u{1b}[2J").with_help(Some("\u{7}".into()))]);
    assert!(!shown.contains(['\u{1b}', '\u{7}']), "{shown:?}");
}

#[test]
fn marks_warnings_and_colours_both() {
    let file = TextFile::new("a.toml", "a");
    let warning = terminal_text(render_warnings(&[file.error_at(0..1, "unused")]));
    assert!(strip_styles(&warning).starts_with("warning: unused\n"));
    assert!(warning.contains("\u{1b}["), "{warning:?}");
}

proptest! {
    #[test]
    fn renders_any_text_and_span(
        text in "([a-z= \\t]|\\r\\n|\\n|\\PC|\\p{C}){0,40}",
        message in "(\\PC|\\n|\\t|\\p{C}){0,20}",
        start in 0..200_usize,
        length in 0..200_usize,
    ) {
        let file = TextFile::new("gates/a.toml", text.as_str());
        let span = start..start.saturating_add(length);
        let shown = plain(&[file.error_at(span, message.as_str()).with_help(Some(message.clone()))]);
        prop_assert!(shown.starts_with("error: "));
        let place = format!("gates/a.toml:{}:", file.line_at(start));
        prop_assert!(shown.contains(&place), "{}", shown);
        let cleaned = shown.replace(['\n', '\t'], "");
        prop_assert!(!cleaned.contains(char::is_control), "{:?}", shown);
        // A reversed span is a mistake of a reader, which must not hide its error.
        let reversed = TextSpan { start: start + length, end: start };
        plain(&[file.error_at(reversed, message)]);
    }
}
