//! E-mail addresses, as they are used rather than as RFC 5322 allows them: no
//! comments, no domain literals. With plus tags, quoted local parts, subdomains and
//! letters of every script (RFC 6531).
//!
//! The rule starts at the `@` and walks both ways. Characters that the standard
//! allows but that usually end an address in running text, such as `/`, `=` and `?`
//! of a link, end it here.

use crate::candidate::Candidate;
use crate::kind::Kind;
use crate::text::Text;

const USUAL: f64 = 0.95;
/// `logo@2x.png` is a file. No such top-level domain exists.
const FILE: f64 = 0.3;

const FILE_ENDINGS: [&str; 14] = [
    "png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "json", "html", "xml", "txt", "pdf",
    "exe",
];

/// RFC 5321, 4.5.3.1: nothing longer can be delivered to.
const LOCAL_BYTES_MAX: usize = 64;
const DOMAIN_BYTES_MAX: usize = 255;
const TLD_CHARS_MIN: usize = 2;
/// Marks a label that is written in ASCII but means another script.
const PUNYCODE: &str = "xn--";

/// An address whose `@` stands here.
pub(crate) fn find(text: &Text, at: usize) -> Option<Candidate> {
    let domain = domain(text.from(at + 1))?;
    let local = local(text.up_to(at))?;
    let span = at - local.len()..at + 1 + domain.len();
    let ending = domain.rsplit('.').next().unwrap_or("");
    let is_file = FILE_ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending));
    Some(Candidate::new(Kind::Email, span, if is_file { FILE } else { USUAL }))
}

/// The part in front of the `@`, read backwards.
fn local(before: &str) -> Option<&str> {
    if before.ends_with('"') {
        return quoted(before);
    }
    let spaced =
        trailing(before, |next| is_local(next) || (next.is_alphanumeric() && is_spaced(next)));
    let found = if spaced.is_empty() { trailing(before, char::is_alphanumeric) } else { spaced };
    // Two dots in a row are an ellipsis in front of the address.
    let found = found.rsplit("..").next().unwrap_or(found);
    let found = found.trim_start_matches(|first: char| !first.is_alphanumeric() && first != '_');
    let valid = !found.is_empty() && found.len() <= LOCAL_BYTES_MAX && !found.ends_with('.');
    valid.then_some(found)
}

/// `"dana lee"@example.com`.
fn quoted(before: &str) -> Option<&str> {
    let inner = before.strip_suffix('"')?;
    let near = inner.len().saturating_sub(LOCAL_BYTES_MAX);
    let open = inner.get(inner.floor_char_boundary(near)..)?.rfind('"')?;
    let found = before.get(inner.floor_char_boundary(near) + open..)?;
    let plain = found.len() > 2 && !found.contains(['\n', '\r']);
    plain.then_some(found)
}

/// The part behind the `@`: labels with dots between them, the last one a top-level
/// domain. What follows the last label that can be one is left out.
fn domain(behind: &str) -> Option<&str> {
    let behind = behind.get(..behind.floor_char_boundary(DOMAIN_BYTES_MAX))?;
    let (mut end, mut found) = (label(behind)?.len(), None);
    while let Some(next) = behind.get(end..).and_then(|rest| rest.strip_prefix('.')).and_then(label)
    {
        end += 1 + next.len();
        if is_top_level(next) {
            found = behind.get(..end);
        }
    }
    found
}

/// One label of a domain. Where an ASCII label meets a script that is written without
/// spaces, the sentence goes on: `dana@example.com是`.
fn label(text: &str) -> Option<&str> {
    let ascii = text.starts_with(|first: char| first.is_ascii());
    let fits = |next: char| next == '-' || (next.is_alphanumeric() && (!ascii || is_spaced(next)));
    let end = text.find(|next| !fits(next)).unwrap_or(text.len());
    let label = text.get(..end)?.trim_end_matches('-');
    (!label.is_empty() && !label.starts_with('-')).then_some(label)
}

fn is_top_level(label: &str) -> bool {
    let letters =
        label.chars().all(char::is_alphabetic) && label.chars().nth(TLD_CHARS_MIN - 1).is_some();
    letters || label.get(..PUNYCODE.len()).is_some_and(|head| head.eq_ignore_ascii_case(PUNYCODE))
}

/// The end of a text, as far as its characters fit.
fn trailing(text: &str, fits: impl Fn(char) -> bool) -> &str {
    let near = text.floor_char_boundary(text.len().saturating_sub(LOCAL_BYTES_MAX + 1));
    let near = text.get(near..).unwrap_or("");
    let start = near.char_indices().rev().take_while(|(_, next)| fits(*next)).last();
    start.and_then(|(start, _)| near.get(start..)).unwrap_or("")
}

fn is_local(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(
            character,
            '.' | '_' | '-' | '+' | '%' | '\'' | '!' | '#' | '$' | '&' | '*' | '^' | '~'
        )
}

/// Latin, Greek, Cyrillic and Armenian come first in Unicode, and put spaces between
/// words. Of the scripts behind them many do not.
fn is_spaced(character: char) -> bool {
    character < '\u{590}'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_in(text: &str) -> Option<&str> {
        let found = find(&Text::of(text), text.find('@')?)?;
        text.get(found.span)
    }

    #[test]
    fn addresses_of_every_usual_form() {
        for text in [
            "dana@example.com",
            "dana.lee+news@mail.example.co.uk",
            "d@x-y.io",
            "o'neil@example.com",
            "\"dana lee\"@example.com",
            "user@xn--80ak6aa92e.com",
            "a@xn--d1acufc.xn--p1ai",
            "müller@bücher.example",
            "почта@пример.рф",
            "用户@例子.公司",
            "a_b%c@1and1.com",
            "_@a.bc",
        ] {
            assert_eq!(find_in(text), Some(text));
        }
    }

    #[test]
    fn what_stands_around_it_is_left_out() {
        for text in [
            "<dana@example.com>",
            "mailto:dana@example.com?subject=hi",
            "(dana@example.com)",
            "'dana@example.com'",
            "**dana@example.com**",
            "to=dana@example.com&x=1",
            "wait...dana@example.com",
            "邮箱dana@example.com是",
            "write dana@example.com.",
            "dana@example.com-",
            "dana@example.com..",
            "dana@example.com.1",
            "/dana@example.com/",
        ] {
            assert_eq!(find_in(text), Some("dana@example.com"), "{text}");
        }
    }

    #[test]
    fn other_uses_of_the_sign() {
        for text in [
            "info@presidio.",
            "@dana",
            "a @ b.com",
            "dana@localhost",
            "foo@1.2.3",
            "dana.@example.com",
            "@types/node@18.0.0",
            "dana@-example.com",
            "dana@example.c",
            "dana@.com",
            "\"\"@x.com",
            "@",
            "a@",
        ] {
            assert_eq!(find_in(text), None, "{text}");
        }
        assert_eq!(find_in(&format!("{}@example.com", "a".repeat(65))), None);
        assert_eq!(find_in(&format!("\"{}\"@example.com", "a".repeat(65))), None);
    }

    #[test]
    fn a_file_is_less_sure() {
        let text = Text::of("logo@2x.png");
        assert_eq!(find(&text, 4).map(|found| found.confidence), Some(FILE));
    }
}
