//! Scanner: splits a template into text and tags. A tag is the part between double braces.

use tollgate_model::TextSpan;

use super::super::text::TextSection;
use super::{TemplateError, TemplateErrorAt};

/// A token of a template.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'t> {
    Text(String),
    Tag(Tag<'t>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tag<'t> {
    /// Place of the tag, with its braces.
    pub span: TextSpan,
    pub kind: TagKind,
    /// Content, without braces and sigil.
    pub content: &'t str,
    /// Whether a `~` strips the white space before the tag.
    pub strips_before: bool,
    /// Whether a `~` strips the white space after the tag.
    pub strips_after: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TagKind {
    Value,
    Open,
    Close,
    Else,
    Partial,
    Comment,
}

const LONG_COMMENT: &str = "--}}";
const LONG_COMMENT_STRIPS: &str = "--~}}";

pub(super) fn scan(part: TextSection<'_>) -> Result<Vec<Token<'_>>, TemplateErrorAt> {
    let mut scanner = Scanner { rest: part.text, part, tokens: Vec::new() };
    while !scanner.rest.is_empty() {
        scanner.scan_text();
        if !scanner.rest.is_empty() {
            scanner.scan_tag()?;
        }
    }
    Ok(scanner.tokens)
}

struct Scanner<'t> {
    part: TextSection<'t>,
    rest: &'t str,
    tokens: Vec<Token<'t>>,
}

impl<'t> Scanner<'t> {
    /// Returns the place from an earlier [`Self::offset`] to the current one.
    fn span_since(&self, start: usize) -> TextSpan {
        self.part.span(start, self.offset())
    }

    /// Returns the number of bytes that were scanned.
    fn offset(&self) -> usize {
        self.part.text.len() - self.rest.len()
    }

    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// Reads text up to the next tag. A backslash before braces makes them text; two backslashes
    /// are a literal backslash before a tag.
    fn scan_text(&mut self) {
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

    fn scan_tag(&mut self) -> Result<(), TemplateErrorAt> {
        let start = self.offset();
        if self.rest.starts_with("{{{{") {
            self.take(4);
            return Err((
                self.span_since(start),
                unsupported_syntax("{{", "write `\\{{` for literal braces"),
            ));
        }
        let (strips_before, opening) = match self.rest.strip_prefix("{{~") {
            Some(_) => (true, 3),
            None => (false, 2),
        };
        self.take(opening);
        let (kind, closing, sigil) =
            tag_kind(self.rest).map_err(|error| (self.span_since(start), error))?;
        self.take(sigil);
        let end = match kind {
            TagKind::Comment => self.rest.find(closing),
            _ => end_of_tag(self.rest, closing),
        };
        let end =
            end.ok_or_else(|| (self.span_since(start), TemplateError::UnclosedTag(closing)))?;
        let content = self.take(end);
        self.take(closing.len());
        let (content, strips_after) = match content.strip_suffix('~') {
            Some(content) => (content, true),
            None => (content, closing == LONG_COMMENT_STRIPS),
        };
        let span = self.span_since(start);
        self.tokens.push(Token::Tag(Tag { span, kind, content, strips_before, strips_after }));
        Ok(())
    }
}

/// Returns the kind of a tag, its closing braces, and the length of its sigil.
fn tag_kind(rest: &str) -> Result<(TagKind, &'static str, usize), TemplateError> {
    let starts = |sign: &str| rest.starts_with(sign);
    if starts("!--") {
        // A long comment may contain braces; it ends at the first ones after two hyphens.
        let ends = |(at, _): (usize, &str)| {
            let before = rest.get(..at).unwrap_or_default();
            let strips = before.ends_with("--~");
            (strips || before.ends_with("--")).then_some(strips)
        };
        let strips = rest.match_indices("}}").find_map(ends).unwrap_or_default();
        return Ok((TagKind::Comment, if strips { LONG_COMMENT_STRIPS } else { LONG_COMMENT }, 3));
    }
    for (sign, remedy) in [
        ("#>", "partial blocks have no equivalent; write `{{> name}}`"),
        ("#*", "move the partial to a file `_name.prompt`"),
        ("*", "remove the decorator"),
    ] {
        if starts(sign) {
            return Err(unsupported_syntax(sign, remedy));
        }
    }
    Ok(match rest.chars().next() {
        Some('!') => (TagKind::Comment, "}}", 1),
        Some('#') => (TagKind::Open, "}}", 1),
        Some('/') => (TagKind::Close, "}}", 1),
        Some('>') => (TagKind::Partial, "}}", 1),
        Some('{') => (TagKind::Value, "}}}", 1),
        Some('&') => (TagKind::Value, "}}", 1),
        Some('^') => (TagKind::Else, "}}", 1),
        _ if is_else(rest) => (TagKind::Else, "}}", rest.len() - after_else(rest).len()),
        _ => (TagKind::Value, "}}", 0),
    })
}

fn is_else(rest: &str) -> bool {
    let after = after_else(rest);
    after.len() < rest.len() && after.starts_with(|c: char| c.is_whitespace() || "}~".contains(c))
}

fn after_else(rest: &str) -> &str {
    rest.trim_start().strip_prefix("else").unwrap_or(rest)
}

/// Finds the end of a tag, skipping quoted texts, which may contain braces.
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

fn unsupported_syntax(sign: &str, remedy: &'static str) -> TemplateError {
    TemplateError::UnsupportedSyntax(sign.into(), remedy)
}

#[cfg(test)]
mod tests {
    use tollgate_model::TextFile;

    use super::*;

    fn show_tokens(text: &str) -> Vec<String> {
        let file = TextFile::new("a", text);
        let tokens = scan(TextSection::whole(&file)).unwrap();
        let token = |token: &Token<'_>| match token {
            Token::Text(text) => format!("{text:?}"),
            Token::Tag(tag) => {
                let strips = |strips| if strips { "~" } else { "" };
                let (before, after) = (strips(tag.strips_before), strips(tag.strips_after));
                let line = file.line_at(tag.span.start);
                format!("{line}{before}{:?}({}){after}", tag.kind, tag.content)
            }
        };
        tokens.iter().map(token).collect()
    }

    #[test]
    fn splits_texts_and_tags() {
        assert_eq!(
            show_tokens("a {{b}}\n{{~#if c~}} {{{d}}}{{/if}}{{> e}}{{&f}}"),
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
            show_tokens("{{else}}{{ else if a}}{{^}}{{elsewhere}}"),
            ["1Else()", "1Else( if a)", "1Else()", "1Value(elsewhere)",]
        );
        assert_eq!(show_tokens("{{role \"}}\"}}x"), ["1Value(role \"}}\")", "\"x\""]);
    }

    #[test]
    fn scans_comments() {
        assert_eq!(
            show_tokens("{{! a }}{{!-- {{b}}\n --}}{{!-- {{c}} --~}}d"),
            ["1Comment( a )", "1Comment( {{b}}\n )", "2Comment( {{c}} )~", "\"d\"",]
        );
    }

    #[test]
    fn keeps_escaped_braces_as_text() {
        assert_eq!(show_tokens(r"a \{{b}} \\{{c}}"), ["\"a {{b}} \\\\\"", "1Value(c)"]);
        assert_eq!(show_tokens(r"\{{"), ["\"{{\""]);
    }

    #[test]
    fn reports_unclosed_and_unsupported_tags() {
        let error_of = |text: &str| {
            let file = TextFile::new("a", text);
            let (span, error) = scan(TextSection::whole(&file)).unwrap_err();
            (file.line_at(span.start), error)
        };
        assert_eq!(error_of("\n{{a"), (2, TemplateError::UnclosedTag("}}")));
        assert_eq!(error_of("{{{a}}"), (1, TemplateError::UnclosedTag("}}}")));
        assert_eq!(error_of("{{!-- a }}"), (1, TemplateError::UnclosedTag("--}}")));
        assert_eq!(error_of("{{a \"b}}"), (1, TemplateError::UnclosedTag("}}")));
        for text in ["{{{{a}}}}", "{{#> a}}", "{{#*inline 'a'}}", "{{* a}}"] {
            assert!(matches!(error_of(text).1, TemplateError::UnsupportedSyntax(..)), "{text}");
        }
    }
}
