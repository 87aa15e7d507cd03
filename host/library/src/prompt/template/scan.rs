//! From a text to texts and tags. A tag is what stands between braces.

use super::super::source::Part;
use super::TemplateProblem as Problem;

/// A piece of a template.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'t> {
    Text(String),
    Tag(Tag<'t>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tag<'t> {
    pub line: usize,
    pub kind: Kind,
    /// What stands in it, without what tells its kind.
    pub inside: &'t str,
    /// Whether a `~` takes the white space before it away.
    pub strips_before: bool,
    /// The same behind it.
    pub strips_behind: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Value,
    Open,
    Close,
    Else,
    Partial,
    Comment,
}

const LONG_COMMENT: &str = "--}}";
const LONG_COMMENT_STRIPS: &str = "--~}}";

type Wrong = (usize, Problem);

pub(super) fn scan(part: Part<'_>) -> Result<Vec<Token<'_>>, Wrong> {
    let mut scanner = Scanner { rest: part.text, line: part.line, tokens: Vec::new() };
    while !scanner.rest.is_empty() {
        scanner.text();
        if !scanner.rest.is_empty() {
            scanner.tag()?;
        }
    }
    Ok(scanner.tokens)
}

struct Scanner<'t> {
    rest: &'t str,
    line: usize,
    tokens: Vec<Token<'t>>,
}

impl<'t> Scanner<'t> {
    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    /// All up to the next tag. One backslash before braces makes them text, two are one
    /// backslash before a tag.
    fn text(&mut self) {
        let mut text = String::new();
        loop {
            let Some(at) = self.rest.find("{{") else {
                text.push_str(self.take(self.rest.len()));
                break;
            };
            let before = self.take(at);
            if let Some(before) = before.strip_suffix("\\\\") {
                text.push_str(before);
                text.push('\\');
                break;
            }
            let Some(before) = before.strip_suffix('\\') else {
                text.push_str(before);
                break;
            };
            text.push_str(before);
            text.push_str(self.take(2));
        }
        if !text.is_empty() {
            self.tokens.push(Token::Text(text));
        }
    }

    fn tag(&mut self) -> Result<(), Wrong> {
        let line = self.line;
        if self.rest.starts_with("{{{{") {
            return Err((line, unread("{{", "write `\\{{` before braces that are text")));
        }
        let (strips_before, opening) = match self.rest.strip_prefix("{{~") {
            Some(_) => (true, 3),
            None => (false, 2),
        };
        self.take(opening);
        let (kind, closing, sigil) = kind_of(self.rest).map_err(|problem| (line, problem))?;
        self.take(sigil);
        let end = match kind {
            Kind::Comment => self.rest.find(closing),
            _ => end_of_tag(self.rest, closing),
        };
        let end = end.ok_or((line, Problem::Unclosed(closing)))?;
        let inside = self.take(end);
        self.take(closing.len());
        let (inside, strips_behind) = match inside.strip_suffix('~') {
            Some(inside) => (inside, true),
            None => (inside, closing == LONG_COMMENT_STRIPS),
        };
        self.tokens.push(Token::Tag(Tag { line, kind, inside, strips_before, strips_behind }));
        Ok(())
    }
}

/// The kind of a tag, how it ends, and how long the sign is that tells.
fn kind_of(rest: &str) -> Result<(Kind, &'static str, usize), Problem> {
    let starts = |sign: &str| rest.starts_with(sign);
    if starts("!--") {
        // A long comment may hold braces, up to those behind two hyphens.
        let ends = |(at, _): (usize, &str)| {
            let before = rest.get(..at).unwrap_or_default();
            let strips = before.ends_with("--~");
            (strips || before.ends_with("--")).then_some(strips)
        };
        let strips = rest.match_indices("}}").find_map(ends).unwrap_or_default();
        return Ok((Kind::Comment, if strips { LONG_COMMENT_STRIPS } else { LONG_COMMENT }, 3));
    }
    for (sign, remedy) in [
        ("#>", "a partial has no content of its own here: `{{> name}}`"),
        ("#*", "put a partial into a file of its own: `_name.prompt`"),
        ("*", "there are no decorators"),
    ] {
        if starts(sign) {
            return Err(unread(sign, remedy));
        }
    }
    Ok(match rest.chars().next() {
        Some('!') => (Kind::Comment, "}}", 1),
        Some('#') => (Kind::Open, "}}", 1),
        Some('/') => (Kind::Close, "}}", 1),
        Some('>') => (Kind::Partial, "}}", 1),
        Some('{') => (Kind::Value, "}}}", 1),
        Some('&') => (Kind::Value, "}}", 1),
        Some('^') => (Kind::Else, "}}", 1),
        _ if is_else(rest) => (Kind::Else, "}}", rest.len() - after_else(rest).len()),
        _ => (Kind::Value, "}}", 0),
    })
}

fn is_else(rest: &str) -> bool {
    let after = after_else(rest);
    after.len() < rest.len() && after.starts_with(|c: char| c.is_whitespace() || "}~".contains(c))
}

fn after_else(rest: &str) -> &str {
    rest.trim_start().strip_prefix("else").unwrap_or(rest)
}

/// Where a tag ends: behind a text in quotes that may hold braces.
fn end_of_tag(rest: &str, closing: &str) -> Option<usize> {
    let mut quote = None;
    for (at, character) in rest.char_indices() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None, '}') if rest.get(at..).is_some_and(|rest| rest.starts_with(closing)) => {
                return Some(at);
            }
            _ => {}
        }
    }
    None
}

fn unread(sign: &str, remedy: &'static str) -> Problem {
    Problem::Kind(sign.into(), remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let tokens = scan(Part { text, line: 1 }).unwrap();
        let token = |token: &Token<'_>| match token {
            Token::Text(text) => format!("{text:?}"),
            Token::Tag(tag) => {
                let strips = |strips| if strips { "~" } else { "" };
                let (before, behind) = (strips(tag.strips_before), strips(tag.strips_behind));
                format!("{}{before}{:?}({}){behind}", tag.line, tag.kind, tag.inside)
            }
        };
        tokens.iter().map(token).collect()
    }

    #[test]
    fn texts_and_tags() {
        assert_eq!(
            of("a {{b}}\n{{~#if c~}} {{{d}}}{{/if}}{{> e}}{{&f}}"),
            [
                "\"a \"",
                "1Value(b)",
                "\"\\n\"",
                "2~Open(if c)~",
                "\" \"",
                "2Value(d)",
                "2Close(if)",
                "2Partial( e)",
                "2Value(f)",
            ]
        );
        assert_eq!(
            of("{{else}}{{ else if a}}{{^}}{{elsewhere}}"),
            ["1Else()", "1Else( if a)", "1Else()", "1Value(elsewhere)",]
        );
        assert_eq!(of("{{role \"}}\"}}x"), ["1Value(role \"}}\")", "\"x\""]);
    }

    #[test]
    fn comments() {
        assert_eq!(
            of("{{! a }}{{!-- {{b}}\n --}}{{!-- {{c}} --~}}d"),
            ["1Comment( a )", "1Comment( {{b}}\n )", "2Comment( {{c}} )~", "\"d\"",]
        );
    }

    #[test]
    fn braces_that_are_text() {
        assert_eq!(of(r"a \{{b}} \\{{c}}"), ["\"a {{b}} \\\\\"", "1Value(c)"]);
        assert_eq!(of(r"\{{"), ["\"{{\""]);
    }

    #[test]
    fn what_is_not_read_is_named() {
        let wrong = |text| scan(Part { text, line: 3 }).unwrap_err();
        assert_eq!(wrong("\n{{a"), (4, Problem::Unclosed("}}")));
        assert_eq!(wrong("{{{a}}"), (3, Problem::Unclosed("}}}")));
        assert_eq!(wrong("{{!-- a }}"), (3, Problem::Unclosed("--}}")));
        assert_eq!(wrong("{{a \"b}}"), (3, Problem::Unclosed("}}")));
        for text in ["{{{{a}}}}", "{{#> a}}", "{{#*inline 'a'}}", "{{* a}}"] {
            assert!(matches!(wrong(text).1, Problem::Kind(..)), "{text}");
        }
    }
}
