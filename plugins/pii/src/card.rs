//! Payment cards: 12 to 19 digits, in one piece or in groups, with a valid check
//! digit (Luhn, ISO/IEC 7812). One number in ten passes that by chance, so who issues
//! such numbers counts as well.

use crate::candidate::Candidate;
use crate::context::{self, Words};
use crate::groups::{Group, Groups, Lead, Separator, ends};
use crate::kind::Kind;
use crate::text::Text;

/// A known issuer, its usual length, grouped as it is printed or not grouped at all.
const ISSUED: f64 = 0.95;
/// A known issuer, but an unusual length or grouping.
const ODD: f64 = 0.6;
/// A valid check digit alone: reported only near words such as `card`.
const UNKNOWN: f64 = 0.3;

const DIGITS_MIN: usize = 12;

#[rustfmt::skip]
const WORDS: Words = Words {
    pro: &[
        "card", "credit", "debit", "visa", "mastercard", "amex", "maestro", "karte",
        "kreditkarte", "kartennummer", "carte", "tarjeta", "carta",
    ],
    contra: &["order", "invoice", "tracking", "serial", "isbn", "imei", "sku", "bestellung"],
};

/// A card that starts with the first of these groups.
pub(crate) fn find(text: &Text, number: &Groups) -> Option<Candidate> {
    let apart = match number.lead {
        Lead::Free | Lead::Bracket => true,
        Lead::Digits(Separator::Space | Separator::Dash) => false,
        _ => return None,
    };
    let mut luhn = Luhn::default();
    let mut best: Option<Candidate> = None;
    for (count, group) in (1..).zip(number.list()) {
        luhn.extend(number, group);
        if let Some(found) = up_to(text, number, group, count, apart, &luhn)
            && best.as_ref().is_none_or(|best| found.rank(best).is_gt())
        {
            best = Some(found);
        }
    }
    best.map(|card| context::weigh(text, card, &WORDS))
}

/// The card that ends with this group, if that makes one.
fn up_to(
    text: &Text,
    number: &Groups,
    group: &Group,
    count: usize,
    apart: bool,
    luhn: &Luhn,
) -> Option<Candidate> {
    let separator = number.separator(count)?;
    let spelled = matches!(separator, Separator::None | Separator::Space | Separator::Dash);
    if group.total < DIGITS_MIN || !spelled || !luhn.valid(group.total) || !ends(text, group.end) {
        return None;
    }
    let alone = apart && group.behind == Separator::None;
    let confidence = confidence(number, group, count, alone)?;
    Some(Candidate::new(Kind::Card, number.start..group.end, confidence))
}

fn confidence(number: &Groups, group: &Group, count: usize, alone: bool) -> Option<f64> {
    let issuer = issuer(number.digits(group))?;
    let printed = is_printed(number, count);
    match (issuer, printed) {
        (Issuer::Usual, true) => Some(ISSUED),
        (Issuer::Unusual, true) => Some(ODD),
        // In a longer row of numbers, some stretch passes the check sooner or later.
        _ if !alone => None,
        (Issuer::Usual | Issuer::Unusual, false) => Some(ODD),
        (Issuer::Unknown, _) => Some(UNKNOWN),
    }
}

/// Whether the groups are those of a card in the hand: fours, or 4-6-5 and 4-6-4.
fn is_printed(number: &Groups, count: usize) -> bool {
    let groups = number.list().get(..count).unwrap_or(&[]);
    let lengths = groups.iter().map(|group| group.digits);
    let fours = match groups {
        [_] => true,
        [most @ .., last] => most.iter().all(|group| group.digits == 4) && last.digits <= 5,
        [] => false,
    };
    fours || lengths.clone().eq([4, 6, 5]) || lengths.eq([4, 6, 4])
}

enum Issuer {
    Usual,
    Unusual,
    Unknown,
}

/// Who issues numbers that begin like this (ISO/IEC 7812 and the networks' own
/// tables). `None`: this cannot be a card.
fn issuer(digits: &[u8]) -> Option<Issuer> {
    let head = digits.iter().take(4).fold(0, |head, digit| head * 10 + u32::from(digit - b'0'));
    let usual = match head {
        // No network starts with zero. A millisecond timestamp has 13 digits and
        // starts with 1, and there are far more of those.
        0..=999 => return None,
        1000..=1999 if digits.len() == 13 => return None,
        // UATP, the airlines' card.
        1000..=1999 => {
            return Some(if digits.len() == 15 { Issuer::Unusual } else { Issuer::Unknown });
        }
        // Mir, Mastercard, Discover, JCB, UnionPay.
        2200..=2204 | 2221..=2720 | 5100..=5599 => digits.len() == 16,
        6011 | 6200..=6299 | 6440..=6599 | 8100..=8199 | 3528..=3589 => digits.len() >= 16,
        // Diners Club, American Express, Visa.
        3000..=3059 | 3095 | 3600..=3699 | 3800..=3999 => digits.len() >= 14,
        3400..=3499 | 3700..=3799 => digits.len() == 15,
        4000..=4999 => matches!(digits.len(), 13 | 16 | 19),
        // Maestro and its relatives have any length, and nearly always 16.
        5000..=5099 | 5600..=5899 | 6000..=6999 => {
            return Some(if digits.len() == 16 { Issuer::Usual } else { Issuer::Unusual });
        }
        _ => false,
    };
    Some(if usual { Issuer::Usual } else { Issuer::Unknown })
}

/// The Luhn sum of every prefix as it grows. Which digits are doubled depends on
/// where the number ends, so both sums are kept.
#[derive(Default)]
struct Luhn {
    read: usize,
    /// With the first, third, fifth … digit doubled: right for an even length.
    even: u32,
    odd: u32,
}

impl Luhn {
    fn extend(&mut self, number: &Groups, group: &Group) {
        for digit in number.digits(group).iter().skip(self.read) {
            let plain = u32::from(digit - b'0');
            let doubled = if plain > 4 { plain * 2 - 9 } else { plain * 2 };
            let first = self.read.is_multiple_of(2);
            self.even += if first { doubled } else { plain };
            self.odd += if first { plain } else { doubled };
            self.read += 1;
        }
    }

    fn valid(&self, length: usize) -> bool {
        let sum = if length.is_multiple_of(2) { self.even } else { self.odd };
        sum.is_multiple_of(10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The confidence in a card that is the whole text.
    fn whole(text: &str) -> Option<f64> {
        let text = Text::of(text);
        let card = find(&text, &Groups::read(&text, 0))?;
        (card.span == (0..text.whole.len())).then_some(card.confidence)
    }

    #[test]
    fn every_network_has_its_numbers() {
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
            assert_eq!(whole(number), Some(ISSUED), "{number}");
        }
        assert_eq!(whole("122000000000003"), Some(ODD));
        assert_eq!(whole("8888888888888888"), Some(UNKNOWN));
    }

    #[test]
    fn a_wrong_check_digit_is_no_card() {
        for last in ('0'..='9').filter(|last| *last != '1') {
            assert_eq!(whole(&format!("411111111111111{last}")), None, "{last}");
        }
        assert_eq!(whole("4111 1111 1111 1112"), None);
    }

    #[test]
    fn groups_may_be_those_of_the_card() {
        for text in [
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "3782 822463 10005",
            "3056 930902 5904",
            "4111\u{a0}1111\u{a0}1111\u{a0}1111",
            "4111\u{2011}1111\u{2011}1111\u{2011}1111",
        ] {
            assert_eq!(whole(text), Some(ISSUED), "{text}");
        }
        assert_eq!(whole("41 11 11 11 11 11 11 11"), Some(ODD));
        assert_eq!(whole("4111 1111-1111 1111"), None);
        assert_eq!(whole("4111.1111.1111.1111"), None);
    }

    #[test]
    fn a_row_of_numbers_holds_a_card_only_as_it_is_printed() {
        let at = |text: &str, start| {
            let text = Text::of(text);
            find(&text, &Groups::read(&text, start)).map(|card| card.span)
        };
        assert_eq!(at("1234 4111 1111 1111 1111 99", 5), Some(5..24));
        assert_eq!(at("12 41 11 11 11 11 11 11 11 99", 3), None);
        assert_eq!(at("4111 1111 1111 1111 2027", 0), Some(0..19));
    }

    #[test]
    fn a_piece_of_something_else_is_no_card() {
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
            let text = Text::of(text);
            assert_eq!(find(&text, &Groups::read(&text, start)), None, "{}", text.whole);
        }
    }

    #[test]
    fn the_words_before_it_count() {
        let text = Text::of("card 8888888888888888");
        let near = find(&text, &Groups::read(&text, 5)).unwrap();
        assert_eq!(near.confidence, 0.65);
        let text = Text::of("order 122000000000003");
        let far = find(&text, &Groups::read(&text, 6)).unwrap();
        assert!(far.confidence < 0.5);
    }
}
