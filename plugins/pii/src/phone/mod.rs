//! Telephone numbers: international ones, those of North America, those of countries
//! that dial a zero or a bracketed area code first, and a few that only the words in
//! front of them can tell from any other number.

mod bare;
mod codes;
mod international;
mod national;

use crate::candidate::Candidate;
use crate::context::{self, Words};
use crate::groups::{Group, Groups, Lead, Separator, ends};
use crate::kind::Kind;
use crate::text::{Text, is_word};

/// `+44 20 7946 0958`.
const PLUS: f64 = 0.9;
/// `0044 20 7946 0958`, `(030) 901820`, `(415) 555-0134`.
const PREFIXED: f64 = 0.7;
/// `415-555-0134`.
const AMERICAN: f64 = 0.65;
/// `030 901820`, `(11) 98456-5666`.
const TRUNK: f64 = 0.55;
/// `415 555 0134 7`: where it ends is a guess.
const RUNS_ON: f64 = 0.4;
/// `4155550134`, `555-0134`, `612 345 678`: reported only near words such as `call`.
const BARE: f64 = 0.25;

#[rustfmt::skip]
const WORDS: Words = Words {
    pro: &[
        "phone", "telephone", "tel", "call", "calling", "mobile", "cell", "cellphone", "dial",
        "fax", "hotline", "whatsapp", "sms", "telefon", "mobil", "handy", "anruf", "rufnummer",
        "durchwahl", "téléphone", "appelez", "teléfono", "telefono", "móvil", "llame", "llamar",
        "cellulare", "telefoon", "telefone",
    ],
    contra: &[
        "order", "invoice", "tracking", "serial", "isbn", "sku", "ticket", "reference", "ref",
        "account", "article", "version", "bestellung", "rechnung", "artikel", "commande",
        "facture",
    ],
};

/// The last group of a number, and how sure the rule is of it.
type Found<'n> = Option<(&'n Group, f64)>;

/// A telephone number that starts with the first of these groups.
pub(crate) fn find(text: &Text, number: &Groups) -> Option<Candidate> {
    let (last, confidence) = match number.lead {
        Lead::Joined => return None,
        Lead::Plus => international::behind_plus(number)?,
        Lead::Digits(before) => in_a_row(number, before)?,
        Lead::Free | Lead::Bracket => national(number)?,
    };
    let start = start(text, number)?;
    let found = Candidate::new(Kind::Phone, start..last.end, confidence);
    ends(text, last.end).then(|| context::weigh(text, found, &WORDS))
}

fn national(number: &Groups) -> Found<'_> {
    international::behind_zeros(number)
        .or_else(|| national::american(number))
        .or_else(|| national::bracketed(number))
        .or_else(|| national::trunk(number))
        .or_else(|| bare::find(number))
}

/// A number directly behind other digits has to tell itself apart from them.
fn in_a_row(number: &Groups, before: Separator) -> Found<'_> {
    let spaced = number.list().first().is_some_and(|first| first.behind == Separator::Space);
    if before == Separator::Space && !spaced { national::american(number) } else { None }
}

/// Where the number begins with the sign or bracket in front of its first group.
fn start(text: &Text, number: &Groups) -> Option<usize> {
    let closes = number.list().first().is_some_and(|first| first.behind == Separator::Bracket);
    let plus = number.start - usize::from(number.lead == Lead::Plus);
    let before = text.byte_before(plus);
    // `C++11` and `x+1` are no telephone numbers.
    let calculates = plus < number.start && (is_word(before) || before == b'+');
    (!calculates).then_some(plus - usize::from(closes && before == b'('))
}

fn is_year(digits: &[u8]) -> bool {
    matches!(digits, [b'1', b'9', _, _] | [b'2', b'0', _, _])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found from the first digit on, and how sure that is.
    fn found(text: &str) -> Option<(&str, f64)> {
        let at = text.find(|letter: char| letter.is_ascii_digit())?;
        let found = find(&Text::of(text), &Groups::read(&Text::of(text), at))?;
        Some((text.get(found.span)?, found.confidence))
    }

    fn whole(text: &str) -> Option<f64> {
        found(text).filter(|(part, _)| *part == text).map(|(_, confidence)| confidence)
    }

    #[test]
    fn international_numbers() {
        for text in [
            "+1 415-555-0134",
            "+14155550134",
            "+1 (415) 555-0134",
            "+44 20 7946 0958",
            "+49 (0)30 901820",
            "+49 30 901820",
            "+33 1 23 45 67 89",
            "+39 06 6982",
            "+972 9-762-5400",
            "+91 98765 43210",
            "+254 712 345 678",
            "(+49) 30 901820",
            "+55 11 98456-5666",
            "+1\u{a0}415\u{2011}555\u{2011}0134",
        ] {
            assert_eq!(whole(text), Some(PLUS), "{text}");
        }
        assert_eq!(whole("0044 20 7946 0958"), Some(PREFIXED));
        assert_eq!(whole("00442079460958"), Some(BARE));
    }

    #[test]
    fn numbers_that_no_country_has() {
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
    fn a_number_ends_where_its_country_ends_it() {
        assert_eq!(found("+1 415 555 0134 24 hours"), Some(("+1 415 555 0134", PLUS)));
        assert_eq!(found("+44 20 7946 0958 24 hours"), Some(("+44 20 7946 0958", PLUS)));
        assert_eq!(found("+45 12 34 56 78."), Some(("+45 12 34 56 78", PLUS)));
    }

    #[test]
    fn american_numbers() {
        for text in
            ["415-555-0134", "415.555.0134", "415 555-0134", "1-415-555-0134", "415 555 0134"]
        {
            assert_eq!(whole(text), Some(AMERICAN), "{text}");
        }
        assert_eq!(whole("(415) 555-0134"), Some(PREFIXED));
        assert_eq!(whole("(415)555-0134"), Some(PREFIXED));
        assert_eq!(whole("4155550134"), Some(BARE));
        assert_eq!(found("415 555 0134 24"), Some(("415 555 0134", RUNS_ON)));
        assert_eq!(found("(415-555-0134)"), Some(("415-555-0134", PREFIXED)));
        for text in ["115-555-0134", "415-155-0134", "415-555-01345"] {
            assert_eq!(whole(text), Some(BARE), "{text}");
        }
        assert_eq!(found("415-555-0134-1"), None);
    }

    #[test]
    fn numbers_that_begin_with_a_zero() {
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
            assert_eq!(whole(text), Some(TRUNK), "{text}");
        }
        assert_eq!(whole("(030) 901820"), Some(PREFIXED));
        assert_eq!(whole("(11) 98456-5666"), Some(TRUNK));
        assert_eq!(whole("01711234567"), Some(BARE));
    }

    #[test]
    fn other_numbers() {
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
            "4.111.111",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn words_make_a_number_of_what_could_be_anything() {
        let sure = BARE + context::SHIFT;
        for text in ["call 555-0134", "Tel. 612 345 678", "Handy 01711234567", "phone: 4155550134"]
        {
            assert_eq!(found(text).map(|found| found.1), Some(sure), "{text}");
        }
        assert_eq!(whole("555-0134"), Some(BARE));
        assert_eq!(whole("612 345 678"), Some(BARE));
        assert!(found("order 415-555-0134").unwrap().1 < 0.5);
    }
}
