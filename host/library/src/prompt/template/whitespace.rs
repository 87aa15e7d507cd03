//! White space around tags, as in Handlebars: a `~` takes all of it away, and a block tag,
//! a comment or a partial that has a line to itself takes that line away.

use super::scan::{Kind, Tag, Token};

/// How much of a text's edge goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    Nothing,
    /// Up to the line's end, or from its start.
    Line,
    All,
}

/// The same tokens with the white space gone that does not count, and before each of them
/// the indentation of the line that it has to itself.
pub(super) fn settle(tokens: Vec<Token<'_>>) -> Vec<(String, Token<'_>)> {
    let alone: Vec<bool> = (0..tokens.len()).map(|at| is_alone(&tokens, at)).collect();
    let cut = |at: Option<usize>, strips: fn(&Tag<'_>) -> bool| {
        let Some(at) = at else { return Cut::Nothing };
        match (tokens.get(at), alone.get(at)) {
            (Some(Token::Tag(tag)), _) if strips(tag) => Cut::All,
            (Some(Token::Tag(_)), Some(true)) => Cut::Line,
            _ => Cut::Nothing,
        }
    };
    let mut settled = Vec::with_capacity(tokens.len());
    let mut indentation = String::new();
    for (at, token) in tokens.iter().enumerate() {
        let indent = std::mem::take(&mut indentation);
        let Token::Text(text) = token else {
            settled.push((indent, token.clone()));
            continue;
        };
        let text = cut_start(text, cut(at.checked_sub(1), |tag| tag.strips_behind));
        let end = cut(Some(at + 1), |tag| tag.strips_before);
        if end == Cut::Line {
            indentation = text.rsplit('\n').next().unwrap_or_default().into();
        }
        settled.push((String::new(), Token::Text(cut_end(text, end).into())));
    }
    settled
}

/// Whether a tag is of a kind that can have a line to itself, and has.
fn is_alone(tokens: &[Token<'_>], at: usize) -> bool {
    let Some(Token::Tag(tag)) = tokens.get(at) else { return false };
    if tag.kind == Kind::Value {
        return false;
    }
    let before = match at.checked_sub(1).and_then(|before| tokens.get(before)) {
        None => true,
        Some(Token::Text(text)) => match text.rsplit_once('\n') {
            Some((_, line)) => is_blank(line),
            None => at == 1 && is_blank(text),
        },
        Some(Token::Tag(_)) => false,
    };
    let behind = match tokens.get(at + 1) {
        None => true,
        Some(Token::Text(text)) => match text.split_once('\n') {
            Some((line, _)) => is_blank(line),
            None => at + 2 == tokens.len() && is_blank(text),
        },
        Some(Token::Tag(_)) => false,
    };
    before && behind
}

fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

fn cut_start(text: &str, cut: Cut) -> &str {
    match cut {
        Cut::Nothing => text,
        Cut::All => text.trim_start(),
        Cut::Line => {
            let rest = text.trim_start_matches([' ', '\t']);
            rest.strip_prefix('\n').unwrap_or(rest)
        }
    }
}

fn cut_end(text: &str, cut: Cut) -> &str {
    match cut {
        Cut::Nothing => text,
        Cut::All => text.trim_end(),
        Cut::Line => text.trim_end_matches([' ', '\t']),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::source::Part;
    use super::super::scan::scan;
    use super::*;

    /// What is left, with a `|` for each tag, and what stands before it.
    fn of(text: &str) -> String {
        let settled = settle(scan(Part { text, line: 1 }).unwrap());
        let written = settled.iter().map(|(indent, token)| match token {
            Token::Text(text) => text.clone(),
            Token::Tag(_) => format!("<{indent}>"),
        });
        written.collect()
    }

    #[test]
    fn tags_take_their_line_with_them() {
        assert_eq!(of("a\n  {{#if b}}  \nc\n{{else}}\nd\n{{/if}}\ne"), "a\n<  >c\n<>d\n<>e");
        assert_eq!(of("{{! a }}\nb\n {{> c}}"), "<>b\n< >");
        assert_eq!(of("{{#if a}}b{{/if}}\nc"), "<>b<>\nc");
        assert_eq!(of("a {{! b }}\nc"), "a <>\nc");
        assert_eq!(of("{{role \"user\"}}\nb\n{{c}}\n"), "<>\nb\n<>\n");
        assert_eq!(of("{{#if a}}{{#if b}}\nc{{/if}}{{/if}}"), "<><>\nc<><>");
    }

    #[test]
    fn tildes_take_all_white_space() {
        assert_eq!(of("a \n {{~b~}} \n c"), "a<>c");
        assert_eq!(of("a {{~#if b}} c {{/if~}} d"), "a<> c <>d");
        assert_eq!(of("{{!-- a --~}}\n b"), "<>b");
    }
}
