//! Telephone numbers: international ones, those of North America, those of countries that
//! dial a zero or a bracketed area code first, and some that only the words in front of
//! them distinguish from other numbers.

mod bare;
mod codes;
mod extension;
mod hex_pairs;
mod international;
mod national;

use crate::candidate::Candidate;
use crate::context::{self, ContextWords};
use crate::digit_groups::{DigitGroups, Group, Lead, Separator, may_end_number, separator_kind};
use crate::kind::Kind;
use crate::text::LabelledText;

/// `+44 20 7946 0958`.
const WITH_PLUS: f64 = 0.9;
/// `0044 20 7946 0958`, `(030) 901820`, `(415) 555-0134`.
const WITH_PREFIX: f64 = 0.7;
/// `415-555-0134`.
const NORTH_AMERICAN: f64 = 0.65;
/// `030 901820`, `(11) 98456-5666`.
const WITH_TRUNK_ZERO: f64 = 0.55;
/// `415 555 0134 7`: the end of the number is uncertain.
const UNCERTAIN_END: f64 = 0.4;
/// `4155550134`, `555-0134`, `612 345 678`: reported only near words such as `call`.
const BARE_DIGITS: f64 = 0.25;

#[rustfmt::skip]
const CONTEXT_WORDS: ContextWords = ContextWords {
    supporting: &[
        "phone", "telephone", "tel", "call", "calling", "mobile", "cell", "cellphone", "dial",
        "fax", "hotline", "whatsapp", "sms", "telefon", "mobil", "handy", "anruf", "rufnummer",
        "durchwahl", "téléphone", "appelez", "teléfono", "telefono", "móvil", "llame", "llamar",
        "cellulare", "telefoon", "telefone", "desk",
    ],
    supporting_pairs: &[
        ("answering", "at"), ("messages", "to"), ("me", "at"), ("me", "on"), ("us", "at"),
        ("us", "on"), ("him", "at"), ("him", "on"), ("her", "at"), ("her", "on"),
    ],
    opposing: &[
        "order", "invoice", "tracking", "serial", "isbn", "sku", "ticket", "reference", "ref",
        "account", "article", "version", "bestellung", "rechnung", "artikel", "commande",
        "facture", "duns",
    ],
    opposing_pairs: &[("n", "s"), ("nhs", "number"), ("social", "insurance")],
    labels: &[
        "office", "mobile", "cell", "fax", "telefax", "home", "work", "desk", "phone", "tel",
        "büro", "mobil", "handy", "bureau",
    ],
};

/// The last group of a number, and the confidence in it.
type PhoneMatch<'n> = Option<(&'n Group, f64)>;

/// Returns the telephone number that starts with the first of these groups.
pub(crate) fn find(text: &LabelledText, number: &DigitGroups) -> Option<Candidate> {
    let (last, confidence) = match number.lead {
        Lead::Joined => return None,
        Lead::Plus => international::find_after_plus(number)?,
        Lead::Digits(before) => find_after_digits(number, before)?,
        Lead::Free | Lead::Bracket => find_national(number)?,
    };
    let start = find_start(text, number)?;
    let end = extension::end_with_extension(text, last.end);
    if !may_end_number(text, end) || hex_pairs::is_between(text, start, end) {
        return None;
    }
    let found = Candidate::new(Kind::Phone, start..end, confidence);
    Some(context::adjust_confidence(text, found, &CONTEXT_WORDS))
}

fn find_national(number: &DigitGroups) -> PhoneMatch<'_> {
    international::find_after_zeros(number)
        .or_else(|| national::find_north_american(number))
        .or_else(|| national::find_bracketed(number))
        .or_else(|| national::find_with_trunk_zero(number))
        .or_else(|| bare::find(number))
}

/// Finds a North American number directly after other digits, if it is grouped differently.
fn find_after_digits(number: &DigitGroups, before: Separator) -> PhoneMatch<'_> {
    let spaced =
        number.groups().first().is_some_and(|first| first.separator_after == Separator::Space);
    if before == Separator::Space && !spaced { national::find_north_american(number) } else { None }
}

/// Returns the start of the number, including a sign or bracket in front of it, and the digit
/// that is dialled before the area: `8 (912) 345-49-42`, `0 (532) 123 45 67`.
fn find_start(text: &LabelledText, number: &DigitGroups) -> Option<usize> {
    let closes =
        number.groups().first().is_some_and(|first| first.separator_after == Separator::Bracket);
    let plus = number.start - usize::from(number.lead == Lead::Plus);
    let before = text.byte_before(plus);
    // `C++11` and `x+1` are not telephone numbers.
    let calculates = plus < number.start && (text.began_before(plus) || before == b'+');
    let opens = closes && before == b'(';
    // `(1111)` of `(4111)(1111)` is no area.
    let goes_on = opens
        && text
            .up_to(plus - 1)
            .strip_suffix(')')
            .is_some_and(|inner| inner.ends_with(|last: char| last.is_ascii_digit()));
    let start = if opens { find_trunk_digit(text, plus - 1).unwrap_or(plus - 1) } else { plus };
    (!calculates && !goes_on).then_some(start)
}

/// Returns the place of a single `0` or `8` in front of a bracket.
fn find_trunk_digit(text: &LabelledText, bracket: usize) -> Option<usize> {
    let before = text.up_to(bracket);
    let before = before.strip_suffix(|last| separator_kind(last) == Separator::Space);
    let before = before.unwrap_or(text.up_to(bracket)).strip_suffix(['0', '8'])?;
    let alone = !text.began_before(before.len())
        && !before.ends_with(['.', ',', ':', '+', '/', '-', '(', ')']);
    alone.then_some(before.len())
}

fn is_year(digits: &[u8]) -> bool {
    matches!(digits, [b'1', b'9', _, _] | [b'2', b'0', _, _])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the number that starts at the first digit, and the confidence in it.
    fn found(text: &str) -> Option<(&str, f64)> {
        let at = text.find(|letter: char| letter.is_ascii_digit())?;
        let found = find(
            &LabelledText::unlabelled(text),
            &DigitGroups::read(&LabelledText::unlabelled(text), at),
        )?;
        Some((text.get(found.span)?, found.confidence))
    }

    fn whole(text: &str) -> Option<f64> {
        found(text).filter(|(part, _)| *part == text).map(|(_, confidence)| confidence)
    }

    #[test]
    fn finds_international_numbers() {
        for text in [
            "+1 415-555-0134",
            "+14155550134",
            "+1 (415) 555-0134",
            "+44 20 7946 0958",
            "+49 (0)30 901820",
            "+49 30 901820",
            "+33 1 23 45 67 89",
            "+39 06 6982",
            "+376 712 345",
            "+290 22158",
            "+687 12 34 56",
            "+972 9-762-5400",
            "+91 98765 43210",
            "+254 712 345 678",
            "(+49) 30 901820",
            "+55 11 98456-5666",
            "+1\u{a0}415\u{2011}555\u{2011}0134",
        ] {
            assert_eq!(whole(text), Some(WITH_PLUS), "{text}");
        }
        assert_eq!(whole("0044 20 7946 0958"), Some(WITH_PREFIX));
        assert_eq!(whole("00442079460958"), Some(BARE_DIGITS));
    }

    #[test]
    fn rejects_numbers_that_no_country_has() {
        for text in [
            "+1 115 555 0134",
            "+1 415 055 0134",
            "+28 123 456 789",
            "+44 20 79",
            "+49 00 901820",
            "+250 000 000 000",
            "C++11 22 33 44",
            "1+4155550134",
            "+4155550134123456789",
            "x+14155550134",
            "++14155550134",
            "x415-555-0134",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn ends_numbers_at_the_length_of_their_country() {
        assert_eq!(found("+1 415 555 0134 24 hours"), Some(("+1 415 555 0134", WITH_PLUS)));
        assert_eq!(found("+44 20 7946 0958 24 hours"), Some(("+44 20 7946 0958", WITH_PLUS)));
        assert_eq!(found("+45 12 34 56 78."), Some(("+45 12 34 56 78", WITH_PLUS)));
    }

    #[test]
    fn finds_north_american_numbers() {
        for text in
            ["415-555-0134", "415.555.0134", "415 555-0134", "1-415-555-0134", "415 555 0134"]
        {
            assert_eq!(whole(text), Some(NORTH_AMERICAN), "{text}");
        }
        assert_eq!(whole("(415) 555-0134"), Some(WITH_PREFIX));
        assert_eq!(whole("(415)555-0134"), Some(WITH_PREFIX));
        assert_eq!(whole("4155550134"), Some(BARE_DIGITS));
        assert_eq!(found("415 555 0134 24"), Some(("415 555 0134", UNCERTAIN_END)));
        assert_eq!(found("(415-555-0134)"), Some(("415-555-0134", WITH_PREFIX)));
        for text in ["115-555-0134", "415-155-0134", "415-555-01345"] {
            assert_eq!(whole(text), Some(BARE_DIGITS), "{text}");
        }
        assert_eq!(found("415-555-0134-1"), None);
    }

    #[test]
    fn finds_numbers_with_a_trunk_zero() {
        for text in [
            "030 901820",
            "030/901820",
            "0171-1234567",
            "01 23 45 67 89",
            "01.23.45.67.89",
            "020 7946 0958",
            "09-7625400",
            "0176 12345678",
        ] {
            assert_eq!(whole(text), Some(WITH_TRUNK_ZERO), "{text}");
        }
        assert_eq!(whole("(030) 901820"), Some(WITH_PREFIX));
        assert_eq!(whole("(11) 98456-5666"), Some(WITH_TRUNK_ZERO));
        assert_eq!(whole("01711234567"), Some(BARE_DIGITS));
    }

    #[test]
    fn includes_extensions() {
        for (text, confidence) in [
            ("345-899-3180x4587", NORTH_AMERICAN),
            ("+1 203-305-2865x5662", WITH_PLUS),
            ("(345)899-3180x12", WITH_PREFIX),
            ("001-345-899-3180x4587", WITH_PREFIX),
            ("345.899.3180 x5662", NORTH_AMERICAN),
            ("345-899-3180 ext. 1144", NORTH_AMERICAN),
            ("345-899-3180, Ext 7", NORTH_AMERICAN),
            ("+44 20 7946 0958 extension 12", WITH_PLUS),
        ] {
            assert_eq!(whole(text), Some(confidence), "{text}");
        }
        for text in ["345-899-3180x", "345-899-3180xyz", "345-899-3180x12345678", "345-899-3180x1a"]
        {
            assert_eq!(found(text), None, "{text}");
        }
        for text in ["345-899-3180 x 2", "345-899-3180 exit 2", "345-899-3180 ext"] {
            assert_eq!(found(text), Some(("345-899-3180", NORTH_AMERICAN)), "{text}");
        }
    }

    #[test]
    fn includes_the_trunk_digit_before_a_bracket() {
        for text in
            ["8 (912) 345-49-42", "0 (532) 1234567", "8(912)345-49-42", "0\u{a0}(532) 1234567"]
        {
            assert!(at_bracket(text).is_some_and(|found| found == text), "{text}");
        }
        assert_eq!(at_bracket("18 (912) 345-49-42"), Some("(912) 345-49-42"));
        assert_eq!(at_bracket("1.8 (912) 345-49-42"), Some("(912) 345-49-42"));
    }

    /// Returns the number whose first group is in the bracket.
    fn at_bracket(text: &str) -> Option<&str> {
        let text = LabelledText::unlabelled(text);
        let number = DigitGroups::read(&text, text.whole.find('(')? + 1);
        text.whole.get(find(&text, &number)?.span)
    }

    #[test]
    fn counts_emphasised_numbers() {
        assert_eq!(found("_+14155550134_"), Some(("+14155550134", WITH_PLUS)));
        assert_eq!(found("__415-555-0134__"), Some(("415-555-0134", NORTH_AMERICAN)));
    }

    #[test]
    fn doubts_decimal_numbers_and_rows_of_pairs() {
        assert_eq!(found("01.821700755"), Some(("01.821700755", BARE_DIGITS)));
        assert_eq!(found("02 14 09 17 13 41"), Some(("02 14 09 17 13", UNCERTAIN_END)));
    }

    #[test]
    fn rejects_other_numbers() {
        for text in [
            "01.02.2026",
            "01.02.2026 10:30",
            "0.123456789",
            "2026-04-17",
            "2026-04-17 08",
            "12:30",
            "(2019) 123-145",
            "09.30 10.30 11.30",
            "000 123 456",
            "10 000 000",
            "2025-2026",
            "30",
            "1 2 3 4 5 6 7 8 9",
            "017.22",
            "01-23-45-67-89-AB",
            "4.111.111",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn raises_bare_digits_by_context_words() {
        let sure = BARE_DIGITS + context::CONFIDENCE_SHIFT;
        for text in [
            "call 555-0134",
            "Tel. 612 345 678",
            "Handy 01711234567",
            "phone: 4155550134",
            "28-64-66-51 office",
            "668 5790 mobile",
            "416 60 940-Fax",
            "Front desk 668 5790",
            "You reach me at 668 5790",
            "She is answering at 668 5790",
            "Send messages to 668 5790",
        ] {
            assert_eq!(found(text).map(|found| found.1), Some(sure), "{text}");
        }
        assert_eq!(whole("555-0134"), Some(BARE_DIGITS));
        assert_eq!(whole("612 345 678"), Some(BARE_DIGITS));
        assert!(found("order 415-555-0134").unwrap().1 < 0.5);
    }
}
