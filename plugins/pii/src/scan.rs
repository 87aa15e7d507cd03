//! Passes once over a text, from anchor to anchor, and checks at each whether some kind of
//! personal data begins.
//!
//! All kinds are searched for, even those that are not configured: otherwise a card number
//! would be reported as a telephone number when cards are not configured.
//!
//! A text with invisible characters, markup or other spellings of letters and digits is read
//! twice, as it is and as a reader sees it: what separates two values for one reader may hide
//! a value from another.

use std::ops::Range;

use crate::anchors::next_anchor;
use crate::candidate::Candidate;
use crate::digit_groups::{self, DigitGroups, Separator};
use crate::emphasis::read_emphasis;
use crate::folded_text::{FoldedText, may_hide_value};
use crate::kind::KindSet;
use crate::overlaps::resolve_overlaps;
use crate::text::{LabelledText, is_digit};
use crate::{card, email, iban, ip, ip6, phone, ssn};

/// The shortest kind that consists of digits only is a local telephone number.
const NUMBER_DIGITS_MIN: usize = 7;

/// Long enough for a separator and a group of an IBAN or an IPv6 address.
const GROUP_BYTES_MAX: usize = 7;
/// RFC 5321, 4.5.3.1, for local parts. Labels of domains have one byte less.
const LABEL_BYTES_MAX: usize = 64;

/// Returns everything in a text that may be personal data, in text order, without overlaps.
/// The kinds asked for prevail over others that are not certain.
pub(crate) fn scan_text(
    text: &LabelledText,
    min_confidence: f64,
    asked: KindSet,
) -> Vec<Candidate> {
    let mut found = Vec::new();
    let has_markup = scan_once(text, &mut found);
    // Most texts are plain ASCII without markup, and folding would read them a second time.
    let folded =
        if has_markup || !text.whole.is_ascii() { FoldedText::fold(text.whole) } else { None };
    if let Some(folded) = folded {
        let mut seen = Vec::new();
        scan_once(&LabelledText { whole: folded.as_str(), ..*text }, &mut seen);
        found.extend(seen.into_iter().map(|candidate| Candidate {
            span: folded.original_span(&candidate.span),
            ..candidate
        }));
    }
    found.retain(|candidate| candidate.confidence >= min_confidence);
    resolve_overlaps(found, asked)
}

/// Adds everything that may be personal data. Returns whether the text may contain markup.
fn scan_once(text: &LabelledText, found: &mut Vec<Candidate>) -> bool {
    let mut has_markup = false;
    let mut from = 0;
    while let Some(at) = next_anchor(text.whole.as_bytes(), from) {
        from = at + 1;
        match text.byte(at) {
            b'@' => {
                has_markup |= is_interrupted_address(text, at);
                found.extend(email::find(text, at));
            }
            b':' => {
                has_markup |= is_interrupted(text, at..from);
                found.extend(ip6::find(text, at));
            }
            b'0'..=b'9' => {
                from = scan_number(text, at, found);
                has_markup |= is_interrupted(text, at..from);
            }
            b';' => {}
            _ => has_markup = true,
        }
    }
    has_markup
}

/// Returns whether something may hide the rest of a value around this part of it.
fn is_interrupted(text: &LabelledText, part: Range<usize>) -> bool {
    let bytes = text.whole.as_bytes();
    let start = part.start.saturating_sub(GROUP_BYTES_MAX);
    let end = bytes.len().min(part.end + GROUP_BYTES_MAX);
    let near = bytes.get(start..end).unwrap_or(&[]);
    // Hardly any number has such a byte near it.
    near.iter().fold(false, |found, byte| found | may_hide_value(*byte))
        && (start..end).any(|at| interrupts_value(bytes, at))
}

/// Returns whether something may hide a part of the address around this `@`.
fn is_interrupted_address(text: &LabelledText, at: usize) -> bool {
    let bytes = text.whole.as_bytes();
    let goes_on = |at: &usize| {
        bytes.get(*at).is_some_and(|byte| !byte.is_ascii_whitespace() && *byte != b'@')
    };
    let before = (at.saturating_sub(LABEL_BYTES_MAX)..at).rev().take_while(goes_on);
    let behind = (at + 1..at + 1 + LABEL_BYTES_MAX).take_while(goes_on);
    before.chain(behind).any(|at| interrupts_value(bytes, at))
}

/// Returns whether folding would pass over this byte. Most texts in Markdown have stars beside
/// numbers, but around them.
fn interrupts_value(bytes: &[u8], at: usize) -> bool {
    let Some((before, rest)) = bytes.split_at_checked(at) else { return false };
    match rest.first() {
        Some(b'*' | b'_') => read_emphasis(before, rest).is_some(),
        Some(byte) => may_hide_value(*byte),
        None => false,
    }
}

/// Checks a group of digits, and returns its end.
fn scan_number(text: &LabelledText, at: usize, found: &mut Vec<Candidate>) -> usize {
    let end = text.end_of_run(at, usize::MAX, is_digit);
    // An IBAN starts with letters, but its first anchor is a check digit.
    found.extend(iban::find(text, at));
    if end - at == card::GROUP_DIGITS {
        found.extend(card::find_wrapped(text, at));
    }
    // Most numbers in a text are a few digits without further groups, so skip them early.
    let alone = digit_groups::read_separator(text, end).0 == Separator::None;
    if alone && end - at < NUMBER_DIGITS_MIN {
        return end;
    }
    found.extend(ip::find(text, at));
    let number = DigitGroups::read(text, at);
    if number.total() >= NUMBER_DIGITS_MIN {
        found.extend(card::find(text, &number));
        found.extend(ssn::find(text, &number));
        found.extend(phone::find(text, &number));
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;

    fn scan(text: &str) -> Vec<Candidate> {
        scan_text(&LabelledText::unlabelled(text), 0.5, KindSet::from_kinds(&Kind::ALL))
    }

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        scan(text).into_iter().map(|found| (found.kind, &text[found.span])).collect()
    }

    #[test]
    fn finds_each_kind_once() {
        let text = "Write to dana@example.com or call +1 415-555-0134. Card 4111 1111 1111 1111, \
                    IBAN DE89 3704 0044 0532 0130 00, SSN 078-05-1123, from 192.0.2.7 or fe80::1.";
        let expected = [
            (Kind::Email, "dana@example.com"),
            (Kind::Phone, "+1 415-555-0134"),
            (Kind::Card, "4111 1111 1111 1111"),
            (Kind::Iban, "DE89 3704 0044 0532 0130 00"),
            (Kind::Ssn, "078-05-1123"),
            (Kind::Ip, "192.0.2.7"),
            (Kind::Ip, "fe80::1"),
        ];
        assert_eq!(kinds(text), expected);
    }

    #[test]
    fn separates_cards_in_a_row() {
        let text = "4012888888881881 4012-8888-8888-1881 4012 8888 8888 1881,4111111111111111";
        let cards: Vec<_> = kinds(text).into_iter().map(|(_, card)| card).collect();
        let expected =
            ["4012888888881881", "4012-8888-8888-1881", "4012 8888 8888 1881", "4111111111111111"];
        assert_eq!(cards, expected);
    }

    #[test]
    fn reports_nested_addresses_once() {
        assert_eq!(kinds("::ffff:192.0.2.1"), [(Kind::Ip, "::ffff:192.0.2.1")]);
        assert_eq!(kinds("a@10.0.0.1.example"), [(Kind::Email, "a@10.0.0.1.example")]);
        assert_eq!(kinds("user@2001:db8::1"), [(Kind::Ip, "2001:db8::1")]);
    }

    #[test]
    fn ignores_ordinary_numbers() {
        for text in [
            "on 17 April 2026 at 10:30",
            "€1,299.00 or 12.50 a month",
            "2026-04-17T08:00:00Z",
            "ISBN 978-3-16-148410-0",
            "550e8400-e29b-41d4-a716-446655440000",
            "#ff00aa",
            "3.14159265358979",
            "1,234,567,890",
            "10:30-11:45",
            "v1.2.3",
            "4 x 400 m in 3:02.41",
            "§ 312 Abs. 4",
            "24/7",
            "pages 1234-1240",
            "room 415",
            "0 1 2 3 4 5 6 7 8 9",
            "20260417123045",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    /// Eleven spellings that look alike, each of which hid the value from a plain search.
    #[test]
    fn finds_what_a_reader_sees() {
        let values = [
            (Kind::Email, "dana@example.com"),
            (Kind::Phone, "+1 415-555-0134"),
            (Kind::Phone, "415-555-0134"),
            (Kind::Card, "4111 1111 1111 1111"),
            (Kind::Iban, "DE89 3704 0044 0532 0130 00"),
            (Kind::Ip, "192.0.2.7"),
            (Kind::Ip, "2001:db8::1"),
            (Kind::Ssn, "078-05-1123"),
        ];
        let spread = |value: &str, hidden: &str| {
            value.chars().map(String::from).collect::<Vec<_>>().join(hidden)
        };
        let wide = |value: &str| -> String {
            let wide = |byte: u32| char::from_u32(byte + 0xfee0).filter(|_| byte > 0x20);
            value.chars().map(|plain| wide(plain.into()).unwrap_or('\u{3000}')).collect()
        };
        let digits = |value: &str, zero: u32| -> String {
            let other =
                |plain: char| plain.to_digit(10).and_then(|digit| char::from_u32(zero + digit));
            value.chars().map(|plain| other(plain).unwrap_or(plain)).collect()
        };
        for (kind, value) in values {
            let middle = value.len() / 2;
            let mut spellings = vec![
                wide(value),
                digits(value, 0x660),
                digits(value, 0x1d7ce),
                value.chars().map(|plain| format!("&#{};", u32::from(plain))).collect(),
                value.replace(' ', "&nbsp;").replace('@', "&commat;").replace('1', "&#x31;"),
                format!("{}<b>{}</b>{}", &value[..2], &value[2..middle], &value[middle..]),
                format!("{}<!-- -->{}", &value[..middle], &value[middle..]),
            ];
            for hidden in [
                "\u{200b}",
                "\u{ad}",
                "\u{2060}",
                "\u{feff}",
                "\u{200f}",
                "\u{fe0f}",
                "\u{200d}",
                "\u{34f}",
                "\u{3164}",
                "\u{115f}",
                "\u{e0041}",
                "\u{301}",
                "<wbr>",
                "&shy;",
                "\0",
                "\u{1b}",
                "\u{7f}",
                "\u{9f}",
                "&NoBreak;",
                "<x>",
                "<b title='>'>",
                "<!-- > -->",
            ] {
                spellings.push(spread(value, hidden));
            }
            for spelling in spellings {
                for (before, behind) in
                    [("", ""), ("To ", ", soon"), ("日", "日"), ("_", "_"), ("<td>", "</td>")]
                {
                    let text = format!("{before}{spelling}{behind}");
                    let end = before.len() + spelling.len();
                    let found = scan(&text);
                    let covers =
                        |found: &Candidate| found.kind == kind && found.span == (before.len()..end);
                    assert!(found.len() == 1 && covers(&found[0]), "{text}: {found:?}");
                }
            }
        }
    }

    #[test]
    fn finds_what_markdown_and_html_show() {
        for (kind, text) in [
            (Kind::Email, "dana@**example**.com"),
            (Kind::Email, "dana@*example*.com"),
            (Kind::Email, "dana@_example_.com"),
            (Kind::Email, "dana@exam**ple**.com"),
            (Kind::Email, "dana**@**example.com"),
            (Kind::Email, "dana**&#64;example.com"),
            (Kind::Email, "dana**@**example**.com"),
            (Kind::Email, "dana&#64;**example**.com"),
            (Kind::Email, "dana\\@example.com"),
            (Kind::Email, "dana\\_lee@example\\.com"),
            (Kind::Email, "da\0na@example.com"),
            (Kind::Email, "dana@exam\u{1b}ple.com"),
            (Kind::Phone, "+44 **20 7946** 0958"),
            (Kind::Phone, "\\+44 20 7946 0958"),
            (Kind::Phone, "+44 ***20** 7946* 0958"),
            (Kind::Phone, "+44 __20 7946__ 0958"),
            (Kind::Card, "4111 **1111** 1111 1111"),
            (Kind::Card, "4111 11**11** 1111 1111"),
            (Kind::Card, "4111\u{7f} 1111 1111 1111"),
            (Kind::Iban, "DE89 **3704 0044** 0532 0130 00"),
            (Kind::Iban, "GB82 *WEST* 1234 5698 7654 32"),
            (Kind::Iban, "GB82 WE\0ST 1234 5698 7654 32"),
            (Kind::Ip, "192.**0**.2.7"),
            (Kind::Ip, "2001:db8:**abcd**::1"),
            (Kind::Ssn, "078-**05**-1123"),
            (Kind::Email, "dana@<b title=\">\">example.com"),
            (Kind::Email, "dana@<!-- a>b -->example.com"),
            (Kind::Email, "dana@<!-->example.com"),
            (Kind::Email, "dana@<!-- --!>example.com"),
            (Kind::Email, "dana@<time>example</time>.com"),
            (Kind::Email, "dana@<nobr>example</nobr>.<strike>com"),
            (Kind::Email, "dana@<x>example</x>.com"),
            (Kind::Email, "dana@</>exam<?x>ple<!doctype>.com"),
            (Kind::Email, "dana&#64example.com"),
            (Kind::Email, "dana&lrm;@example&period;com"),
            (Kind::Card, "4111&rlm; 1111&NonBreakingSpace;1111&NoBreak; 1111"),
        ] {
            for (before, behind) in [("", ""), ("To ", ", soon"), ("**", "**"), ("* ", "\n* 1")] {
                let text = format!("{before}{text}{behind}");
                let span = before.len()..text.len() - behind.len();
                let found = scan(&text);
                let covers = |found: &Candidate| found.kind == kind && found.span == span;
                assert!(found.len() == 1 && covers(&found[0]), "{text:?}: {found:?}");
            }
        }
        assert_eq!(
            kinds("**dana**@**example**.**com**"),
            [(Kind::Email, "dana**@**example**.**com")]
        );
    }

    #[test]
    fn finds_what_is_in_attributes() {
        for text in [
            "<a href=\"mailto:dana&#64;example.com\">Write</a>",
            "x<a href=\"mailto:dana&#64;example.com\">y</a>z",
            "x<a title='call +1&nbsp;415-555-0134'>y</a>",
            "<!-- dana&#64;example.com -->",
        ] {
            assert_eq!(scan(text).len(), 1, "{text}");
        }
    }

    #[test]
    fn joins_no_numbers_of_lists_tables_and_programs() {
        for text in [
            "* 1. 555\n* 2. 0134\n* 3. 4155",
            "1. **415** apples\n2. **5550134** pears",
            "| **4111** | **1111** | **1111** | **1111** |",
            "|4111|1111|1111|1111|",
            "4*1024*1024*1024 or 411*1111*1111*11111",
            "<td>4111</td><td>1111</td><td>1111</td><td>1111</td>",
            "<id>4111</id><id>1111</id><id>1111</id><id>1111</id>",
            "<a>4111</a>\n<n>1111</n>\n<n>1111</n>\n<n>1111</n>",
            "Vec<u8> and HashMap<u32, u32>: 4111 <1111> 11",
            "snake_415_555_0134_case",
            "\\d{3}\\.\\d{3} \\(415\\) items",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn covers_all_digits_in_brackets() {
        let text = "(4111)(1111)(1111)(1111)";
        assert_eq!(kinds(text), [(Kind::Card, "4111)(1111)(1111)(1111")]);
        assert_eq!(kinds("(4111)(1111)(1111)(1112)"), []);
        assert_eq!(kinds("(415)(555)(0134)"), [(Kind::Phone, "(415)(555)(0134")]);
    }

    #[test]
    fn finds_what_is_separate_in_the_original() {
        for text in [
            "415-555-0134\u{200b}415-555-0135",
            "<b>415-555-0134</b><b>415-555-0135</b>",
            "①415-555-0134, ②415-555-0135",
        ] {
            assert_eq!(scan(text).len(), 2, "{text}");
        }
        let text = "<a href=\"mailto:dana@example.com\">dana</a><!-- lee@example.com -->";
        assert_eq!(scan(text).len(), 2);
    }

    #[test]
    fn finds_cards_and_accounts_on_two_lines() {
        for (kind, text) in [
            (Kind::Card, "4111 1111\n1111 1111"),
            (Kind::Card, "4111  1111  1111  1111"),
            (Kind::Card, "4111.1111.1111.1111"),
            (Kind::Card, "4111 1111<br>1111 1111"),
            (Kind::Iban, "DE89 3704\n0044 0532 0130 00"),
            (Kind::Iban, "DE89  3704  0044  0532  0130  00"),
        ] {
            assert_eq!(kinds(text), [(kind, text)]);
        }
    }

    #[test]
    fn returns_spans_on_character_boundaries() {
        let text = "日本語dana@example.com日本語４１１１ é+1 415-555-0134é ü192.0.2.1ü 号4111111111111111号";
        let found: Vec<_> = kinds(text).into_iter().map(|(_, part)| part).collect();
        assert_eq!(found, ["dana@example.com", "+1 415-555-0134", "192.0.2.1", "4111111111111111"]);
    }

    #[test]
    fn finds_nothing_in_minimal_texts() {
        assert_eq!(kinds(""), []);
        assert_eq!(kinds("@"), []);
        assert_eq!(kinds(":"), []);
        assert_eq!(kinds("1"), []);
    }
}
