//! The words of a tag: names, texts, numbers, and what says how they belong together.

use serde_json::{Number, Value};

use super::{Path, Start, TemplateProblem as Problem, Turn};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    /// A name, or a way to a value.
    Name(String),
    Literal(Value),
    Equals,
    Bar,
}

/// What cannot be part of a name.
const NO_NAME: &str = "!\"#%&'()*+,;<=>^`{|}~";

pub(super) fn words(tag: &str) -> Result<Vec<Word>, Problem> {
    let mut words = Vec::new();
    let mut rest = tag.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, length) = match first {
            '=' => (Word::Equals, 1),
            '|' => (Word::Bar, 1),
            '"' | '\'' => text(rest, first).ok_or_else(|| Problem::OpenText(tag.trim().into()))?,
            _ => name(rest),
        };
        if length == 0 {
            let tag = tag.trim().into();
            return Err(Problem::Character { character: first, tag });
        }
        words.push(word);
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    Ok(words)
}

/// A text in quotes, which a backslash puts into it.
fn text(rest: &str, quote: char) -> Option<(Word, usize)> {
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

fn name(rest: &str) -> (Word, usize) {
    let mut in_brackets = false;
    let mut end = rest.len();
    for (at, character) in rest.char_indices() {
        match character {
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            _ if in_brackets => {}
            other if other.is_whitespace() || NO_NAME.contains(other) => {
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
        "null" | "undefined" => Word::Literal(Value::Null),
        name => number(name).map_or(Word::Name(name.into()), Word::Literal),
    };
    (word, end)
}

fn number(name: &str) -> Option<Value> {
    let digits = name.strip_prefix('-').unwrap_or(name);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    match name.parse::<i64>() {
        Ok(whole) => Some(whole.into()),
        Err(_) => name.parse().ok().and_then(Number::from_f64).map(Value::Number),
    }
}

/// The way that a name is.
pub(super) fn path(written: &str, line: usize) -> Result<Path, Problem> {
    let wrong = || Problem::Path(written.into());
    let (start, rest) = start(written)?;
    let mut parts = Vec::new();
    let mut rest = rest;
    while !rest.is_empty() {
        let (part, behind) = match rest.strip_prefix('[') {
            Some(inner) => inner.split_once(']').ok_or_else(wrong)?,
            None => rest.split_at(rest.find(['.', '/']).unwrap_or(rest.len())),
        };
        if part.is_empty() || part == "this" || (part.contains(['[', ']', '@'])) {
            return Err(wrong());
        }
        parts.push(part.to_owned());
        rest = match behind.strip_prefix(['.', '/']) {
            Some("") => return Err(wrong()),
            Some(next) => next,
            None if behind.is_empty() => behind,
            None => return Err(wrong()),
        };
    }
    let written = written.to_owned();
    if matches!(start, Start::Name) && parts.is_empty() {
        return Err(Problem::Path(written));
    }
    Ok(Path { line, written, start, parts })
}

/// Where a way begins, and the names behind that.
fn start(written: &str) -> Result<(Start, &str), Problem> {
    if let Some(name) = written.strip_prefix('@') {
        let (name, rest) = name.split_once('.').unwrap_or((name, ""));
        let start = match name {
            "root" => Start::Root,
            "index" => Start::Loop(Turn::Index),
            "key" => Start::Loop(Turn::Key),
            "first" => Start::Loop(Turn::First),
            "last" => Start::Loop(Turn::Last),
            _ => return Err(Problem::Data(written.into())),
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
        (Some(rest), _) => Ok((Start::This(out), rest)),
        (None, "this" | ".") => Ok((Start::This(out), "")),
        (None, rest) if out > 0 => Ok((Start::This(out), rest)),
        (None, rest) => Ok((Start::Name, rest)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn path_of(written: &str) -> Option<(Start, String)> {
        path(written, 1).ok().map(|path| (path.start, path.parts.join("|")))
    }

    #[test]
    fn words_of_a_tag() {
        let name = |name: &str| Word::Name(name.into());
        let literal = Word::Literal;
        assert_eq!(
            words(" media url=photo.url kind=\"a \\\"b\\\"\" ").unwrap(),
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
            words("each a.[b c] as |d|").unwrap(),
            [name("each"), name("a.[b c]"), name("as"), Word::Bar, name("d"), Word::Bar,]
        );
        assert_eq!(
            words("f 1 -2.5 true null 'x'").unwrap()[1..],
            [
                literal(json!(1)),
                literal(json!(-2.5)),
                literal(json!(true)),
                literal(json!(null)),
                literal(json!("x")),
            ]
        );
        assert!(matches!(words("if a >= 18"), Err(Problem::Character { character: '>', .. })));
        assert!(matches!(words("if (gt a 1)"), Err(Problem::Character { character: '(', .. })));
        assert!(matches!(words("role \"a"), Err(Problem::OpenText(_))));
    }

    #[test]
    fn ways_to_values() {
        assert_eq!(path_of("a.b/c.0"), Some((Start::Name, "a|b|c|0".into())));
        assert_eq!(path_of("a.[b.c d]"), Some((Start::Name, "a|b.c d".into())));
        assert_eq!(path_of("this"), Some((Start::This(0), String::new())));
        assert_eq!(path_of("."), Some((Start::This(0), String::new())));
        assert_eq!(path_of("./a"), Some((Start::This(0), "a".into())));
        assert_eq!(path_of("../../this.a"), Some((Start::This(2), "a".into())));
        assert_eq!(path_of(".."), Some((Start::This(1), String::new())));
        assert_eq!(path_of("@root.a"), Some((Start::Root, "a".into())));
        assert_eq!(path_of("@first"), Some((Start::Loop(Turn::First), String::new())));
        for wrong in ["a..b", "a.", "a.this", "[a", "a[0]", "@state.a", ""] {
            assert_eq!(path_of(wrong), None, "{wrong}");
        }
    }
}
