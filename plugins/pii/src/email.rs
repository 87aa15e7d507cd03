//! E-mail addresses in practical forms: with plus tags, quoted local parts, subdomains and
//! letters of every script (RFC 6531), but without the comments and domain literals of RFC
//! 5322.
//!
//! The rule starts at the `@` and reads in both directions. Some characters that the
//! standard allows usually end an address in running text, such as `/`, `=` and `?` of a
//! link, so they end it here.

use spelling::is_invisible;

use crate::candidate::Candidate;
use crate::kind::Kind;
use crate::text::LabelledText;

const USUAL_ADDRESS: f64 = 0.95;
/// `logo@2x.png` is a file, `git@host.example` and `postgres://user:password@host.example` are
/// logins, `@dana@host.example` is a name in a social network.
const OTHER_USE: f64 = 0.3;

const FILE_EXTENSIONS: [&str; 14] = [
    "png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "json", "html", "xml", "txt", "pdf",
    "exe",
];

/// RFC 5321, 4.5.3.1: longer addresses cannot be delivered to.
const LOCAL_BYTES_MAX: usize = 64;
const DOMAIN_BYTES_MAX: usize = 255;
const TLD_CHARS_MIN: usize = 2;
/// The user that repositories are fetched as.
const GIT_USER: &str = "git";
/// Prefix of domain labels that encode another script in ASCII.
const PUNYCODE: &str = "xn--";

/// Returns the address whose `@` is at this offset.
pub(crate) fn find(text: &LabelledText, at: usize) -> Option<Candidate> {
    let domain = read_domain(text.from(at + 1))?;
    let local = read_local_part(text.up_to(at))?;
    let end = at + 1 + domain.len();
    // `_dana@example.com_` is emphasised, `_dana@example.com` is not.
    let emphasised = local.trim_start_matches('_');
    let local = if text.byte(end) == b'_' && !emphasised.is_empty() { emphasised } else { local };
    let start = at - local.len();
    let other = is_file_name(domain) || local == GIT_USER || is_login_or_handle(text.up_to(start));
    let confidence = if other { OTHER_USE } else { USUAL_ADDRESS };
    Some(Candidate::new(Kind::Email, start..end, confidence))
}

fn is_file_name(domain: &str) -> bool {
    let ending = domain.rsplit('.').next().unwrap_or("");
    FILE_EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(ending))
}

/// Returns whether the text in front of a local part ends with a user and a colon in a URL, or
/// with another `@`.
fn is_login_or_handle(before: &str) -> bool {
    let Some(user) = before.strip_suffix(':') else { return before.ends_with('@') };
    let name = longest_suffix(user, is_local_part_character);
    user.get(..user.len() - name.len()).is_some_and(|scheme| scheme.ends_with("://"))
}

/// Reads the part in front of the `@`, backwards.
fn read_local_part(before: &str) -> Option<&str> {
    if before.ends_with('"') {
        return read_quoted_local_part(before);
    }
    let spaced = longest_suffix(before, |next| {
        is_local_part_character(next) || (next.is_alphanumeric() && is_of_spaced_script(next))
    });
    let found = if spaced.is_empty() { longest_suffix(before, is_visible_letter) } else { spaced };
    // Two dots in a row are an ellipsis before the address.
    let found = found.rsplit("..").next().unwrap_or(found);
    let found = found.trim_start_matches(|first: char| !first.is_alphanumeric() && first != '_');
    let valid = !found.is_empty() && found.len() <= LOCAL_BYTES_MAX && !found.ends_with('.');
    valid.then_some(found)
}

/// Reads a quoted local part: `"dana lee"@example.com`.
fn read_quoted_local_part(before: &str) -> Option<&str> {
    let inner = before.strip_suffix('"')?;
    let near = inner.len().saturating_sub(LOCAL_BYTES_MAX);
    let open = inner.get(inner.floor_char_boundary(near)..)?.rfind('"')?;
    let found = before.get(inner.floor_char_boundary(near) + open..)?;
    let plain = found.len() > 2 && !found.contains(['\n', '\r']);
    plain.then_some(found)
}

/// Reads the part after the `@`: labels with dots between them, the last one a top-level
/// domain. Text after the last possible top-level domain is left out.
fn read_domain(behind: &str) -> Option<&str> {
    let behind = behind.get(..behind.floor_char_boundary(DOMAIN_BYTES_MAX))?;
    let (mut end, mut found) = (read_label(behind)?.len(), None);
    while let Some((dot, next)) = behind.get(end..).and_then(|rest| {
        let dot = rest.chars().next().filter(|dot| is_dot(*dot, found.is_none()))?;
        Some((dot, read_label(rest.get(dot.len_utf8()..)?)?))
    }) {
        end += dot.len_utf8() + next.len();
        if is_top_level_domain(next) {
            found = behind.get(..end);
        }
    }
    found
}

/// Returns whether a character separates labels. The full stop of Chinese and Japanese does
/// (UTS 46), but behind a whole domain it ends the sentence.
fn is_dot(character: char, incomplete: bool) -> bool {
    character == '.' || (incomplete && matches!(character, '\u{3002}' | '\u{ff61}'))
}

/// Reads one label of a domain. An ASCII label ends at a character of a script that is
/// written without spaces, because that belongs to the sentence: `dana@example.com是`.
fn read_label(text: &str) -> Option<&str> {
    let ascii = text.starts_with(|first: char| first.is_ascii());
    let fits = |next: char| {
        next == '-' || (next.is_alphanumeric() && (!ascii || is_of_spaced_script(next)))
    };
    let end = text.find(|next| !fits(next)).unwrap_or(text.len());
    let label = text.get(..end)?.trim_end_matches('-');
    (!label.is_empty() && !label.starts_with('-')).then_some(label)
}

fn is_top_level_domain(label: &str) -> bool {
    let letters =
        label.chars().all(char::is_alphabetic) && label.chars().nth(TLD_CHARS_MIN - 1).is_some();
    letters || label.get(..PUNYCODE.len()).is_some_and(|head| head.eq_ignore_ascii_case(PUNYCODE))
}

/// Returns the longest end of a text whose characters all fit.
fn longest_suffix(text: &str, fits: impl Fn(char) -> bool) -> &str {
    let near = text.floor_char_boundary(text.len().saturating_sub(LOCAL_BYTES_MAX + 1));
    let near = text.get(near..).unwrap_or("");
    let start = near.char_indices().rev().take_while(|(_, next)| fits(*next)).last();
    start.and_then(|(start, _)| near.get(start..)).unwrap_or("")
}

fn is_local_part_character(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(
            character,
            '.' | '_' | '-' | '+' | '%' | '\'' | '!' | '#' | '$' | '&' | '*' | '^' | '~'
        )
}

/// Returns whether a character is a letter or a digit that readers see. Fillers are letters,
/// too.
fn is_visible_letter(character: char) -> bool {
    character.is_alphanumeric() && !is_invisible(character)
}

/// Returns whether the character's script separates words with spaces. Latin, Greek,
/// Cyrillic and Armenian come first in Unicode and do; many later scripts do not.
fn is_of_spaced_script(character: char) -> bool {
    character < '\u{590}'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_in(text: &str) -> Option<&str> {
        let found = find(&LabelledText::unlabelled(text), text.find('@')?)?;
        text.get(found.span)
    }

    #[test]
    fn finds_addresses_of_every_usual_form() {
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
            "_dana@example.com",
            "dana@example。com",
        ] {
            assert_eq!(find_in(text), Some(text));
        }
    }

    #[test]
    fn leaves_out_surrounding_characters() {
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
            "_dana@example.com_",
            "dana@example.com。然后",
        ] {
            assert_eq!(find_in(text), Some("dana@example.com"), "{text}");
        }
    }

    #[test]
    fn rejects_other_uses_of_the_at_sign() {
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
    fn gives_file_names_less_confidence() {
        let text = LabelledText::unlabelled("logo@2x.png");
        assert_eq!(find(&text, 4).map(|found| found.confidence), Some(OTHER_USE));
    }

    #[test]
    fn gives_logins_and_handles_less_confidence() {
        let sure = |text: &str| {
            find(&LabelledText::unlabelled(text), text.rfind('@').unwrap()).unwrap().confidence
        };
        for text in [
            "postgres://u:p@db.internal",
            "redis://:p@db.internal",
            "@dana@mastodon.example",
            "git@example.com:team/letters.git",
        ] {
            assert_eq!(sure(text), OTHER_USE, "{text}");
        }
        for text in [
            "https://dana@example.com",
            "to:dana@example.com",
            "https://example.com/?to:dana@example.com",
            "dana@example.com:secret",
        ] {
            assert_eq!(sure(text), USUAL_ADDRESS, "{text}");
        }
    }
}
