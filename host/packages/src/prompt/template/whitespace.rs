//! White space control as in Handlebars: `~` strips all adjacent white space, and a block tag,
//! comment or partial on a line of its own removes that line.

use super::scan::{Tag, TagKind, Token};

/// Amount of white space to remove at the edge of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trim {
    Nothing,
    /// White space on the same line, with the newline after it.
    Line,
    All,
}

/// Removes white space from the tokens. Returns each with the indentation of its line, which is
/// empty unless the token is a tag on a line of its own.
pub(super) fn trim_whitespace(tokens: Vec<Token<'_>>) -> Vec<(String, Token<'_>)> {
    let alone: Vec<bool> = (0..tokens.len()).map(|at| is_alone_on_line(&tokens, at)).collect();
    let trim = |at: Option<usize>, strips: fn(&Tag<'_>) -> bool| {
        let Some(at) = at else { return Trim::Nothing };
        match (tokens.get(at), alone.get(at)) {
            (Some(Token::Tag(tag)), _) if strips(tag) => Trim::All,
            (Some(Token::Tag(_)), Some(true)) => Trim::Line,
            _ => Trim::Nothing,
        }
    };
    let mut trimmed = Vec::with_capacity(tokens.len());
    let mut indentation = String::new();
    for (at, token) in tokens.iter().enumerate() {
        let indent = std::mem::take(&mut indentation);
        let Token::Text(text) = token else {
            trimmed.push((indent, token.clone()));
            continue;
        };
        let text = trim_start(text, trim(at.checked_sub(1), |tag| tag.strips_after));
        let end = trim(Some(at + 1), |tag| tag.strips_before);
        if end == Trim::Line {
            indentation = text.rsplit('\n').next().unwrap_or_default().into();
        }
        trimmed.push((String::new(), Token::Text(trim_end(text, end).into())));
    }
    trimmed
}

/// Returns whether a tag other than a value is alone on its line.
fn is_alone_on_line(tokens: &[Token<'_>], at: usize) -> bool {
    let Some(Token::Tag(tag)) = tokens.get(at) else { return false };
    if tag.kind == TagKind::Value {
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
    let after = match tokens.get(at + 1) {
        None => true,
        Some(Token::Text(text)) => match text.split_once('\n') {
            Some((line, _)) => is_blank(line),
            None => at + 2 == tokens.len() && is_blank(text),
        },
        Some(Token::Tag(_)) => false,
    };
    before && after
}

fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

fn trim_start(text: &str, trim: Trim) -> &str {
    match trim {
        Trim::Nothing => text,
        Trim::All => text.trim_start(),
        Trim::Line => {
            let rest = text.trim_start_matches([' ', '\t']);
            rest.strip_prefix('\n').unwrap_or(rest)
        }
    }
}

fn trim_end(text: &str, trim: Trim) -> &str {
    match trim {
        Trim::Nothing => text,
        Trim::All => text.trim_end(),
        Trim::Line => text.trim_end_matches([' ', '\t']),
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::TextFile;

    use super::super::super::text::TextSection;
    use super::super::scan::scan;
    use super::*;

    /// Shows the remaining text, with `<indentation>` for each tag.
    fn show(text: &str) -> String {
        let file = TextFile::new("a", text);
        let trimmed = trim_whitespace(scan(TextSection::whole(&file)).unwrap());
        let written = trimmed.iter().map(|(indent, token)| match token {
            Token::Text(text) => text.clone(),
            Token::Tag(_) => format!("<{indent}>"),
        });
        written.collect()
    }

    #[test]
    fn removes_the_line_of_a_standalone_tag() {
        assert_eq!(show("a\n  {{#if b}}  \nc\n{{else}}\nd\n{{/if}}\ne"), "a\n<  >c\n<>d\n<>e");
        assert_eq!(show("{{! a }}\nb\n {{> c}}"), "<>b\n< >");
        assert_eq!(show("{{#if a}}b{{/if}}\nc"), "<>b<>\nc");
        assert_eq!(show("a {{! b }}\nc"), "a <>\nc");
        assert_eq!(show("{{role \"user\"}}\nb\n{{c}}\n"), "<>\nb\n<>\n");
        assert_eq!(show("{{#if a}}{{#if b}}\nc{{/if}}{{/if}}"), "<><>\nc<><>");
    }

    #[test]
    fn strips_white_space_at_tildes() {
        assert_eq!(show("a \n {{~b~}} \n c"), "a<>c");
        assert_eq!(show("a {{~#if b}} c {{/if~}} d"), "a<> c <>d");
        assert_eq!(show("{{!-- a --~}}\n b"), "<>b");
    }
}
