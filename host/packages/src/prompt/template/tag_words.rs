//! Words of a tag: names and paths, literals, `=` and `|`.

use serde_json::{Number, Value};
use tollgate_model::TextSpan;

use super::{LoopVariable, PathStart, TemplateError, ValuePath};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    /// A name or a path.
    Name(String),
    Literal(Value),
    Equals,
    Bar,
}

/// Characters that cannot be part of a name.
const NOT_IN_NAMES: &str = "!\"#%&'()*+,;<=>^`{|}~";

pub(super) fn split_words(tag: &str) -> Result<Vec<Word>, TemplateError> {
    let mut words = Vec::new();
    let mut rest = tag.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, length) = match first {
            '=' => (Word::Equals, 1),
            '|' => (Word::Bar, 1),
            '"' | '\'' => read_text(rest, first)
                .ok_or_else(|| TemplateError::UnclosedText(tag.trim().into()))?,
            _ => read_name(rest),
        };
        if length == 0 {
            let tag = tag.trim().into();
            return Err(TemplateError::UnexpectedCharacter { character: first, tag });
        }
        words.push(word);
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    Ok(words)
}

/// Reads a quoted text, in which a backslash escapes the quote.
fn read_text(rest: &str, quote: char) -> Option<(Word, usize)> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' if characters.peek().is_some_and(|(_, next)| *next == quote) => {
                characters.next();
                text.push(quote);
            }
            end if end == quote => return Some((Word::Literal(Value::String(text)), at + 1)),
            other => text.push(other),
        }
    }
    None
}

fn read_name(rest: &str) -> (Word, usize) {
    let mut in_brackets = false;
    let mut end = rest.len();
    for (at, character) in rest.char_indices() {
        match character {
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            _ if in_brackets => {}
            other if other.is_whitespace() || NOT_IN_NAMES.contains(other) => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    let name = rest.get(..end).unwrap_or_default();
    let word = match name {
        "true" => Word::Literal(true.into()),
        "false" => Word::Literal(false.into()),
        // JSON has no `undefined`; both mean an absent value.
        "null" | "undefined" => Word::Literal(Value::Null),
        name => parse_number(name).map_or(Word::Name(name.into()), Word::Literal),
    };
    (word, end)
}

fn parse_number(name: &str) -> Option<Value> {
    let digits = name.strip_prefix('-').unwrap_or(name);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    match name.parse::<i64>() {
        Ok(whole) => Some(whole.into()),
        Err(_) => name.parse().ok().and_then(Number::from_f64).map(Value::Number),
    }
}

/// Parses a path of the tag at this place.
pub(super) fn parse_path(written: &str, span: TextSpan) -> Result<ValuePath, TemplateError> {
    let invalid = || TemplateError::InvalidPath(written.into());
    let (start, rest) = parse_start(written)?;
    let mut parts = Vec::new();
    let mut rest = rest;
    while !rest.is_empty() {
        let (part, behind) = match rest.strip_prefix('[') {
            Some(inner) => inner.split_once(']').ok_or_else(invalid)?,
            None => rest.split_at(rest.find(['.', '/']).unwrap_or(rest.len())),
        };
        if part.is_empty() || part == "this" || (part.contains(['[', ']', '@'])) {
            return Err(invalid());
        }
        parts.push(part.to_owned());
        rest = match behind.strip_prefix(['.', '/']) {
            Some("") => return Err(invalid()),
            Some(next) => next,
            None if behind.is_empty() => behind,
            None => return Err(invalid()),
        };
    }
    let written = written.to_owned();
    if matches!(start, PathStart::Name) && parts.is_empty() {
        return Err(TemplateError::InvalidPath(written));
    }
    Ok(ValuePath { span, text: written, start, parts })
}

/// Parses the start of a path. Returns it with the text after it.
fn parse_start(written: &str) -> Result<(PathStart, &str), TemplateError> {
    if let Some(name) = written.strip_prefix('@') {
        let (name, rest) = name.split_once('.').unwrap_or((name, ""));
        let start = match name {
            "root" => PathStart::Root,
            "index" => PathStart::Loop(LoopVariable::Index),
            "key" => PathStart::Loop(LoopVariable::Key),
            "first" => PathStart::Loop(LoopVariable::First),
            "last" => PathStart::Loop(LoopVariable::Last),
            _ => return Err(TemplateError::UnknownContextVariable(written.into())),
        };
        return Ok((start, rest));
    }
    let mut rest = written;
    let mut out = 0;
    while let Some(further) = rest.strip_prefix("..") {
        out += 1;
        rest = further.strip_prefix('/').unwrap_or(further);
    }
    let here = rest
        .strip_prefix("./")
        .or_else(|| rest.strip_prefix("this."))
        .or_else(|| rest.strip_prefix("this/"));
    match (here, rest) {
        (Some(rest), _) => Ok((PathStart::This(out), rest)),
        (None, "this" | ".") => Ok((PathStart::This(out), "")),
        (None, rest) if out > 0 => Ok((PathStart::This(out), rest)),
        (None, rest) => Ok((PathStart::Name, rest)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn path_of(written: &str) -> Option<(PathStart, String)> {
        parse_path(written, TextSpan::default()).ok().map(|path| (path.start, path.parts.join("|")))
    }

    #[test]
    fn splits_a_tag_into_words() {
        let name = |name: &str| Word::Name(name.into());
        let literal = Word::Literal;
        assert_eq!(
            split_words(" media url=photo.url kind=\"a \\\"b\\\"\" ").unwrap(),
            [
                name("media"),
                name("url"),
                Word::Equals,
                name("photo.url"),
                name("kind"),
                Word::Equals,
                literal(json!("a \"b\"")),
            ]
        );
        assert_eq!(
            split_words("each a.[b c] as |d|").unwrap(),
            [name("each"), name("a.[b c]"), name("as"), Word::Bar, name("d"), Word::Bar,]
        );
        assert_eq!(
            split_words("f 1 -2.5 true null 'x'").unwrap()[1..],
            [
                literal(json!(1)),
                literal(json!(-2.5)),
                literal(json!(true)),
                literal(json!(null)),
                literal(json!("x")),
            ]
        );
        assert!(matches!(
            split_words("if a >= 18"),
            Err(TemplateError::UnexpectedCharacter { character: '>', .. })
        ));
        assert!(matches!(
            split_words("if (gt a 1)"),
            Err(TemplateError::UnexpectedCharacter { character: '(', .. })
        ));
        assert!(matches!(split_words("role \"a"), Err(TemplateError::UnclosedText(_))));
    }

    #[test]
    fn parses_paths() {
        assert_eq!(path_of("a.b/c.0"), Some((PathStart::Name, "a|b|c|0".into())));
        assert_eq!(path_of("a.[b.c d]"), Some((PathStart::Name, "a|b.c d".into())));
        assert_eq!(path_of("this"), Some((PathStart::This(0), String::new())));
        assert_eq!(path_of("."), Some((PathStart::This(0), String::new())));
        assert_eq!(path_of("./a"), Some((PathStart::This(0), "a".into())));
        assert_eq!(path_of("../../this.a"), Some((PathStart::This(2), "a".into())));
        assert_eq!(path_of(".."), Some((PathStart::This(1), String::new())));
        assert_eq!(path_of("@root.a"), Some((PathStart::Root, "a".into())));
        assert_eq!(path_of("@first"), Some((PathStart::Loop(LoopVariable::First), String::new())));
        for invalid in ["a..b", "a.", "a.this", "[a", "a[0]", "@state.a", ""] {
            assert_eq!(path_of(invalid), None, "{invalid}");
        }
    }
}
