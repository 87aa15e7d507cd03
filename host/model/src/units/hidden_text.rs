//! Hidden characters: those that readers do not see, or that change how the text around them is shown. People who read a
//! text before it goes out must see them, so they are spelled out.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_general_category::get_general_category;

use super::visible_text::{is_invisible, is_meaningless};

/// Returns the text with each hidden character as `\u{202e}`. Line breaks (`\n`, `\r\n`) and tabs stay.
///
/// A joiner stays between two emoji, which it makes one, and between letters of an alphabet whose shapes depend on it
/// (Persian and Indic words need it). A variation selector stays after an emoji. Readers see what these do. Everything
/// else is spelled out, flags of regions too, because the characters that name the region can write any text.
pub fn reveal_hidden(text: &str) -> Cow<'_, str> {
    replace_hidden(text, |revealed, c| {
        let _ = write!(revealed, "\\u{{{:x}}}", u32::from(c));
    })
}

/// Returns a JSON text with each hidden character as an escape of JSON. It still means the same.
pub fn escape_hidden_in_json(json: &str) -> Cow<'_, str> {
    replace_hidden(json, |escaped, c| {
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    })
}

/// Returns the number of hidden characters in a text.
pub fn count_hidden(text: &str) -> usize {
    find_hidden(text).count()
}

fn replace_hidden(text: &str, write: impl Fn(&mut String, char)) -> Cow<'_, str> {
    let mut hidden = find_hidden(text).peekable();
    if hidden.peek().is_none() {
        return Cow::Borrowed(text);
    }
    let (mut replaced, mut rest) = (String::with_capacity(text.len()), 0);
    for (at, c) in hidden {
        replaced.push_str(text.get(rest..at).unwrap_or_default());
        write(&mut replaced, c);
        rest = at + c.len_utf8();
    }
    replaced.push_str(text.get(rest..).unwrap_or_default());
    Cow::Owned(replaced)
}

/// Returns the hidden characters of a text with their places in bytes.
fn find_hidden(text: &str) -> impl Iterator<Item = (usize, char)> {
    let is_shown = move |at: usize, c: char| {
        let (before, rest) = text.split_at_checked(at).unwrap_or_default();
        has_visible_effect(before, c, rest.get(c.len_utf8()..).unwrap_or_default())
    };
    text.char_indices().filter(move |(at, c)| is_hidden(*c) && !is_shown(*at, *c))
}

fn is_hidden(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        // Separators of lines and paragraphs, which terminals and browsers show in different ways.
        '\u{2028}' | '\u{2029}' => true,
        c if c.is_ascii() => c.is_ascii_control(),
        c => c.is_control() || is_invisible(c) || is_meaningless(c),
    }
}

/// Returns whether readers see what a character does between two texts.
fn has_visible_effect(before: &str, c: char, after: &str) -> bool {
    let (last, first) = (before.chars().next_back(), after.chars().next());
    let joins_letters =
        || last.is_some_and(is_joined_letter) && first.is_some_and(is_joined_letter);
    match c {
        // A line break as some systems write it.
        '\r' => first == Some('\n'),
        '\u{200c}' => joins_letters(),
        '\u{200d}' => joins_letters() || (ends_with_emoji(before) && first.is_some_and(is_emoji)),
        '\u{fe0e}' | '\u{fe0f}' => match last {
            // A key, such as 1️⃣.
            Some('0'..='9' | '#' | '*') => first == Some('\u{20e3}'),
            last => last.is_some_and(is_emoji),
        },
        _ => false,
    }
}

/// Returns whether a character is a letter or mark of Arabic, Syriac, N'Ko or an Indic alphabet.
fn is_joined_letter(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{7ff}' | '\u{900}'..='\u{dff}')
        && !is_hidden(c)
        && matches!(get_general_category(c).abbreviation().as_bytes(), [b'L' | b'M', ..])
}

fn ends_with_emoji(text: &str) -> bool {
    let base = text.strip_suffix('\u{fe0f}').unwrap_or(text);
    base.chars().next_back().is_some_and(is_emoji)
}

/// Returns whether a character is in a block of emoji and symbols that are shown as emoji.
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{21ff}'
        | '\u{2300}'..='\u{27bf}' | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}'
        | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_out_what_readers_do_not_see() {
        for (text, revealed) in [
            ("pay 100\u{202e}001 yap\u{202c}", "pay 100\\u{202e}001 yap\\u{202c}"),
            ("\u{2066}a\u{2069}", "\\u{2066}a\\u{2069}"),
            ("po\u{200b}li\u{ad}tics\u{feff}", "po\\u{200b}li\\u{ad}tics\\u{feff}"),
            ("\u{1b}[2J\u{9b}8m\r\u{7f}", "\\u{1b}[2J\\u{9b}8m\\u{d}\\u{7f}"),
            ("a\u{2028}b\u{85}c", "a\\u{2028}b\\u{85}c"),
            ("\u{e0041}\u{e000}\u{378}\u{fffc}", "\\u{e0041}\\u{e000}\\u{378}\\u{fffc}"),
            ("\u{3164}\u{2800}", "\\u{3164}\\u{2800}"),
            // Selectors and joiners where nobody sees what they do.
            ("a\u{fe0f}b\u{200d}c 1\u{fe0f}2", "a\\u{fe0f}b\\u{200d}c 1\\u{fe0f}2"),
            ("\u{1f600}\u{fe0f}\u{fe01}", "\u{1f600}\u{fe0f}\\u{fe01}"),
            ("\u{1f600}\u{fe0f}\u{fe0f}", "\u{1f600}\u{fe0f}\\u{fe0f}"),
            ("\u{1f600}\u{200d} x", "\u{1f600}\\u{200d} x"),
            ("\u{6cc}\u{200c}\u{200c}\u{62e}", "\u{6cc}\\u{200c}\\u{200c}\u{62e}"),
            ("\u{1f3f4}\u{e0067}\u{e007f}", "\u{1f3f4}\\u{e0067}\\u{e007f}"),
        ] {
            assert_eq!(reveal_hidden(text), revealed, "{text:?}");
        }
    }

    #[test]
    fn keeps_what_readers_see() {
        for text in [
            "Grüße,\r\n\tJosé\u{301} 日本 \u{a0}\u{3000}.",
            "\u{1f469}\u{1f3fd}\u{200d}\u{1f4bb} \u{2764}\u{fe0f}\u{200d}\u{1f525} 1\u{fe0f}\u{20e3}",
            "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
            "\u{915}\u{94d}\u{200d}\u{937}",
            "\\u{202e}",
        ] {
            assert!(matches!(reveal_hidden(text), Cow::Borrowed(same) if same == text), "{text:?}");
            assert_eq!(count_hidden(text), 0);
        }
    }

    #[test]
    fn escapes_json_without_changing_it() {
        let text = "a\u{202e}\u{9b}\u{e0041}\"\u{1b}\u{1f469}\u{200d}\u{1f4bb}";
        let json = serde_json::to_string(text).unwrap();
        let escaped = escape_hidden_in_json(&json);
        assert!(escaped.contains("\\u202e\\u009b\\udb40\\udc41"), "{escaped}");
        assert_eq!(count_hidden(&escaped), 0);
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text);
    }
}
