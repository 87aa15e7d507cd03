//! Payment cards: 12 to 19 digits, in one piece or in groups, with a valid check digit
//! (Luhn, ISO/IEC 7812). One number in ten passes that check by chance, so the issuer
//! counts as well.

use std::ops::RangeInclusive;

use crate::candidate::Candidate;
use crate::context::{self, ContextWords};
use crate::digit_groups::{DigitGroups, Group, Lead, Separator, follows_digit, may_end_number};
use crate::kind::Kind;
use crate::text::LabelledText;

/// A known issuer with its usual length, ungrouped or grouped as on a card.
const KNOWN_ISSUER: f64 = 0.95;
/// A known issuer, but an unusual length, grouping or separator.
const UNUSUAL_FORM: f64 = 0.6;
/// A valid check digit alone: reported only near words such as `card`.
const UNKNOWN_ISSUER: f64 = 0.3;

const DIGITS_MIN: usize = 12;
/// Number of digits in the first group of every card.
pub(crate) const GROUP_DIGITS: usize = 4;
/// First groups of all issuers with a usual form.
const WRAPPED_HEADS: RangeInclusive<u32> = 2200..=8199;

#[rustfmt::skip]
const CONTEXT_WORDS: ContextWords = ContextWords {
    supporting: &[
        "card", "credit", "debit", "visa", "mastercard", "amex", "maestro", "karte",
        "kreditkarte", "kartennummer", "carte", "tarjeta", "carta",
    ],
    opposing: &["order", "invoice", "tracking", "serial", "isbn", "imei", "sku", "bestellung"],
    ..ContextWords::NONE
};

/// Returns the card that starts with the first of these groups.
pub(crate) fn find(text: &LabelledText, number: &DigitGroups) -> Option<Candidate> {
    let apart = match number.lead {
        Lead::Free | Lead::Bracket => true,
        Lead::Digits(Separator::Space | Separator::Dash) => false,
        _ => return None,
    };
    let mut luhn = LuhnSums::default();
    let mut best: Option<Candidate> = None;
    // Each prefix of the groups may be the card, and the most certain one is kept.
    for (count, group) in (1..).zip(number.groups()) {
        luhn.extend(number, group);
        if let Some(found) = card_ending_at(text, number, group, count, apart, &luhn)
            && best.as_ref().is_none_or(|best| found.compare_certainty(best).is_gt())
        {
            best = Some(found);
        }
    }
    best.map(|card| context::adjust_confidence(text, card, &CONTEXT_WORDS))
}

/// Returns the card that starts with the group at this offset, and has dots, several spaces or
/// a line break between its groups. Rows and columns of a table have these too, so nothing may
/// follow or precede it.
pub(crate) fn find_wrapped(text: &LabelledText, at: usize) -> Option<Candidate> {
    // Most groups of four digits are years, so they are skipped early.
    let head = text.whole.get(at..at + GROUP_DIGITS)?.parse().ok()?;
    if !WRAPPED_HEADS.contains(&head) {
        return None;
    }
    let number = DigitGroups::read_wrapped(text, at);
    let (last, count) = (number.groups().last()?, number.groups().len());
    let alone = matches!(number.lead, Lead::Free | Lead::Bracket)
        && last.separator_after == Separator::None
        && !follows_digit(text, at);
    if count == 1 || !alone || last.digits_so_far < DIGITS_MIN {
        return None;
    }
    let mut luhn = LuhnSums::default();
    luhn.extend(&number, last);
    let valid = number.common_separator(count).is_some()
        && is_grouped_like_card(&number, count)
        && luhn.is_valid(last.digits_so_far)
        && may_end_number(text, last.end)
        && matches!(match_issuer(number.digits(last)), Some(IssuerMatch::Usual));
    let found = || Candidate::new(Kind::Card, number.start..last.end, UNUSUAL_FORM);
    valid.then(|| context::adjust_confidence(text, found(), &CONTEXT_WORDS))
}

/// Returns the card that ends with this group, if the digits up to there are one.
fn card_ending_at(
    text: &LabelledText,
    number: &DigitGroups,
    group: &Group,
    count: usize,
    apart: bool,
    luhn: &LuhnSums,
) -> Option<Candidate> {
    let separator = number.common_separator(count)?;
    let bracketed = separator == Separator::Bracket;
    let spelled = matches!(separator, Separator::None | Separator::Space | Separator::Dash);
    if group.digits_so_far < DIGITS_MIN
        || !(spelled || bracketed)
        || !luhn.is_valid(group.digits_so_far)
        || !may_end_number(text, group.end)
    {
        return None;
    }
    let alone = apart && group.separator_after == Separator::None;
    let confidence = confidence(number, group, count, alone)?;
    let confidence = if bracketed { confidence.min(UNUSUAL_FORM) } else { confidence };
    Some(Candidate::new(Kind::Card, number.start..group.end, confidence))
}

fn confidence(number: &DigitGroups, group: &Group, count: usize, alone: bool) -> Option<f64> {
    let issuer = match_issuer(number.digits(group))?;
    let printed = is_grouped_like_card(number, count);
    match (issuer, printed) {
        (IssuerMatch::Usual, true) => Some(KNOWN_ISSUER),
        (IssuerMatch::Unusual, true) => Some(UNUSUAL_FORM),
        // In a longer row of numbers, some stretch passes the check by chance.
        _ if !alone => None,
        (IssuerMatch::Usual | IssuerMatch::Unusual, false) => Some(UNUSUAL_FORM),
        (IssuerMatch::Unknown, _) => Some(UNKNOWN_ISSUER),
    }
}

/// Returns whether the groups are those printed on cards: fours, 4-6-5 or 4-6-4.
fn is_grouped_like_card(number: &DigitGroups, count: usize) -> bool {
    let groups = number.groups().get(..count).unwrap_or(&[]);
    let lengths = groups.iter().map(|group| group.length);
    let fours = match groups {
        [_] => true,
        [most @ .., last] => {
            most.iter().all(|group| group.length == GROUP_DIGITS) && last.length <= 5
        }
        [] => false,
    };
    fours || lengths.clone().eq([4, 6, 5]) || lengths.eq([4, 6, 4])
}

enum IssuerMatch {
    Usual,
    Unusual,
    Unknown,
}

/// Returns the match with the known issuers (ISO/IEC 7812 and the networks' own tables), or
/// `None` if this cannot be a card.
fn match_issuer(digits: &[u8]) -> Option<IssuerMatch> {
    let head = digits.iter().take(4).fold(0, |head, digit| head * 10 + u32::from(digit - b'0'));
    let usual = match head {
        // No network starts with zero. A number with 13 digits that starts with 1 is
        // probably a timestamp in milliseconds.
        0..=999 => return None,
        1000..=1999 if digits.len() == 13 => return None,
        // UATP, the airlines' card.
        1000..=1999 => {
            return Some(if digits.len() == 15 {
                IssuerMatch::Unusual
            } else {
                IssuerMatch::Unknown
            });
        }
        // Mir, Mastercard, Discover, JCB, UnionPay.
        2200..=2204 | 2221..=2720 | 5100..=5599 => digits.len() == 16,
        6011 | 6200..=6299 | 6440..=6599 | 8100..=8199 | 3528..=3589 => digits.len() >= 16,
        // Diners Club, American Express, Visa.
        3000..=3059 | 3095 | 3600..=3699 | 3800..=3999 => digits.len() >= 14,
        3400..=3499 | 3700..=3799 => digits.len() == 15,
        4000..=4999 => matches!(digits.len(), 13 | 16 | 19),
        // Maestro and related cards have any length, but nearly always 16.
        5000..=5099 | 5600..=5899 | 6000..=6999 => {
            return Some(if digits.len() == 16 {
                IssuerMatch::Usual
            } else {
                IssuerMatch::Unusual
            });
        }
        _ => false,
    };
    Some(if usual { IssuerMatch::Usual } else { IssuerMatch::Unknown })
}

/// The Luhn sum of a growing number. Which digits are doubled depends on the final length,
/// so both sums are kept.
#[derive(Default)]
struct LuhnSums {
    read: usize,
    /// Sum with the first, third, fifth … digit doubled: right for an even length.
    even: u32,
    odd: u32,
}

impl LuhnSums {
    fn extend(&mut self, number: &DigitGroups, group: &Group) {
        for digit in number.digits(group).iter().skip(self.read) {
            let plain = u32::from(digit - b'0');
            let doubled = if plain > 4 { plain * 2 - 9 } else { plain * 2 };
            let first = self.read.is_multiple_of(2);
            self.even += if first { doubled } else { plain };
            self.odd += if first { plain } else { doubled };
            self.read += 1;
        }
    }

    fn is_valid(&self, length: usize) -> bool {
        let sum = if length.is_multiple_of(2) { self.even } else { self.odd };
        sum.is_multiple_of(10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the confidence in a card that is the whole text.
    fn whole(text: &str) -> Option<f64> {
        let text = LabelledText::unlabelled(text);
        let card = find(&text, &DigitGroups::read(&text, 0))?;
        (card.span == (0..text.whole.len())).then_some(card.confidence)
    }

    #[test]
    fn recognises_the_numbers_of_every_network() {
        let numbers = [
            "4111111111111111",
            "5555555555554444",
            "2223000048400011",
            "378282246310005",
            "30569309025904",
            "6011111111111117",
            "3530111333300000",
            "6759649826438453",
            "6200000000000005",
            "2200000000000004",
            "4222222222222",
        ];
        for number in numbers {
            assert_eq!(whole(number), Some(KNOWN_ISSUER), "{number}");
        }
        assert_eq!(whole("122000000000003"), Some(UNUSUAL_FORM));
        assert_eq!(whole("8888888888888888"), Some(UNKNOWN_ISSUER));
    }

    #[test]
    fn rejects_wrong_check_digits() {
        for last in ('0'..='9').filter(|last| *last != '1') {
            assert_eq!(whole(&format!("411111111111111{last}")), None, "{last}");
        }
        assert_eq!(whole("4111 1111 1111 1112"), None);
    }

    #[test]
    fn accepts_the_groups_printed_on_cards() {
        for text in [
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "3782 822463 10005",
            "3056 930902 5904",
            "4111\u{a0}1111\u{a0}1111\u{a0}1111",
            "4111\u{2011}1111\u{2011}1111\u{2011}1111",
        ] {
            assert_eq!(whole(text), Some(KNOWN_ISSUER), "{text}");
        }
        assert_eq!(whole("41 11 11 11 11 11 11 11"), Some(UNUSUAL_FORM));
        assert_eq!(whole("4111 1111-1111 1111"), None);
        assert_eq!(whole("4111.1111.1111.1111"), None);
    }

    #[test]
    fn finds_cards_on_two_lines() {
        let found = |text: &str| {
            let text = LabelledText::unlabelled(text);
            let start = text.whole.find('4').unwrap();
            find_wrapped(&text, start).map(|card| (card.span.start, card.span.end, card.confidence))
        };
        for text in [
            "4111  1111  1111  1111",
            "4111 1111\n1111 1111",
            "4111 1111\r\n    1111 1111",
            "4111.1111.1111.1111",
            "4111-1111-\n1111-1111",
        ] {
            assert_eq!(found(text), Some((0, text.len(), UNUSUAL_FORM)), "{text:?}");
        }
        for text in [
            "4111  1111  1111  1112",
            "4111  1111  1111  1111  2",
            "2  4111  1111  1111  1111",
            "2\n4111\n1111\n1111\n1111",
            "4111.1111 1111.1111",
            "4111\n\n1111 1111 1111",
        ] {
            assert_eq!(found(text), None, "{text:?}");
        }
    }

    #[test]
    fn finds_a_card_in_a_row_of_numbers_only_if_grouped_as_printed() {
        let at = |text: &str, start| {
            let text = LabelledText::unlabelled(text);
            find(&text, &DigitGroups::read(&text, start)).map(|card| card.span)
        };
        assert_eq!(at("1234 4111 1111 1111 1111 99", 5), Some(5..24));
        assert_eq!(at("12 41 11 11 11 11 11 11 11 99", 3), None);
        assert_eq!(at("4111 1111 1111 1111 2027", 0), Some(0..19));
    }

    #[test]
    fn rejects_parts_of_other_numbers() {
        for (text, start) in [
            ("x4111111111111111", 1),
            ("3.4111111111111111", 2),
            ("+4111111111111111", 1),
            ("4111111111111111x", 0),
            ("4111111111111111.5", 0),
            ("41111111111111111111", 0),
            ("0000000000000000", 0),
            ("1748503543012", 0),
        ] {
            let text = LabelledText::unlabelled(text);
            assert_eq!(find(&text, &DigitGroups::read(&text, start)), None, "{}", text.whole);
        }
    }

    #[test]
    fn adjusts_the_confidence_by_context_words() {
        let text = LabelledText::unlabelled("card 8888888888888888");
        let near = find(&text, &DigitGroups::read(&text, 5)).unwrap();
        assert_eq!(near.confidence, 0.65);
        let text = LabelledText::unlabelled("order 122000000000003");
        let far = find(&text, &DigitGroups::read(&text, 6)).unwrap();
        assert!(far.confidence < 0.5);
    }
}
