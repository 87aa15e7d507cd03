//! Passes once over a text, from anchor to anchor, and checks at each whether some kind of
//! personal data begins.
//!
//! All kinds are searched for, even those that are not configured: otherwise a card number
//! would be reported as a telephone number when cards are not configured.

use crate::anchors;
use crate::candidate::Candidate;
use crate::digit_groups::{self, DigitGroups, Separator};
use crate::overlaps::resolve_overlaps;
use crate::text::{LabelledText, is_digit};
use crate::{card, email, iban, ip, ip6, phone, ssn};

/// The shortest kind that consists of digits only is a local telephone number.
const NUMBER_DIGITS_MIN: usize = 7;

/// Returns everything in a text that may be personal data, in text order, without overlaps.
pub(crate) fn scan_text(text: &LabelledText, min_confidence: f64) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = anchors::next_anchor(text.whole.as_bytes(), from) {
        from = at + 1;
        match text.byte(at) {
            b'@' => found.extend(email::find(text, at)),
            b':' => found.extend(ip6::find(text, at)),
            _ => from = scan_number(text, at, &mut found),
        }
    }
    found.retain(|candidate| candidate.confidence >= min_confidence);
    resolve_overlaps(found)
}

/// Checks a group of digits, and returns its end.
fn scan_number(text: &LabelledText, at: usize, found: &mut Vec<Candidate>) -> usize {
    let end = text.end_of_run(at, usize::MAX, is_digit);
    // An IBAN starts with letters, but its first anchor is a check digit.
    found.extend(iban::find(text, at));
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

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        let found = scan_text(&LabelledText::unlabelled(text), 0.5);
        found.into_iter().map(|found| (found.kind, &text[found.span])).collect()
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
