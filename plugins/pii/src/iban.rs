//! International bank account numbers (ISO 13616): a country, two check digits and an
//! account number, in one piece or in groups. The country determines the length, and the
//! whole number must leave a remainder of 1 when divided by 97.

use crate::candidate::Candidate;
use crate::digit_groups::{Separator, separator_kind};
use crate::iban_lengths;
use crate::kind::Kind;
use crate::text::LabelledText;

/// In upper case, in one piece or in groups of four. One text in 97 passes the check by
/// chance, but hardly anything else has this form.
const USUAL_FORM: f64 = 0.98;
/// In lower case, in other groups or on two lines.
const UNUSUAL_FORM: f64 = 0.85;

const COUNTRY_BYTES: usize = 2;
const CHECK_DIGITS: usize = 2;
const GROUP_BYTES: usize = 4;
/// A line break with an indentation.
const GAP_CHARS_MAX: usize = 8;

/// Returns the IBAN whose check digits begin at this offset.
pub(crate) fn find(text: &LabelledText, at: usize) -> Option<Candidate> {
    let (start, country) = read_country(text, at)?;
    let length = iban_lengths::length(country.map(|letter| letter.to_ascii_uppercase()))?;
    let mut reading = IbanReader::after(country);
    // Reads exactly the length of the country, so a longer run of letters is no match.
    for (offset, character) in text.from(at).char_indices() {
        reading.read_character(character)?;
        if reading.count == length {
            let end = at + offset + 1;
            let valid = reading.is_valid() && !text.goes_on_at(end);
            let confidence = if reading.plain { USUAL_FORM } else { UNUSUAL_FORM };
            return valid.then(|| Candidate::new(Kind::Iban, start..end, confidence));
        }
    }
    None
}

/// Returns the two letters in front of the check digits, and their start.
fn read_country(text: &LabelledText, at: usize) -> Option<(usize, [u8; COUNTRY_BYTES])> {
    let before = text.up_to(at);
    let before = before.strip_suffix(is_separator).unwrap_or(before);
    let start = before.len().checked_sub(COUNTRY_BYTES)?;
    let letters = *before.as_bytes().last_chunk::<COUNTRY_BYTES>()?;
    let apart = letters.iter().all(u8::is_ascii_alphabetic) && !text.began_before(start);
    apart.then_some((start, letters))
}

/// Returns whether a character is in the gap between two groups, also at the end of a line.
fn is_gap(character: char) -> bool {
    is_separator(character) || matches!(character, '\t' | '\r' | '\n')
}

fn is_separator(character: char) -> bool {
    matches!(separator_kind(character), Separator::Space | Separator::Dash)
}

/// The part of an IBAN that has been read.
struct IbanReader {
    country: [u8; COUNTRY_BYTES],
    /// Number of letters and digits, including the country.
    count: usize,
    check: u32,
    /// Account number modulo 97.
    account: u32,
    /// Length of the gap that is being read.
    gap: usize,
    plain: bool,
}

impl IbanReader {
    fn after(country: [u8; COUNTRY_BYTES]) -> Self {
        let plain = country.iter().all(u8::is_ascii_uppercase);
        Self { country, count: COUNTRY_BYTES, check: 0, account: 0, gap: 0, plain }
    }

    /// Reads one character. Returns `None` if no IBAN can continue with it.
    fn read_character(&mut self, character: char) -> Option<()> {
        if is_gap(character) {
            self.gap += 1;
            let usual = is_separator(character) && self.gap == 1;
            self.plain &= usual && self.count.is_multiple_of(GROUP_BYTES);
            return (self.gap <= GAP_CHARS_MAX).then_some(());
        }
        let value = character.to_digit(36)?;
        self.gap = 0;
        self.plain &= !character.is_ascii_lowercase();
        if self.count < COUNTRY_BYTES + CHECK_DIGITS {
            self.check = self.check * 10 + character.to_digit(10)?;
        } else {
            self.account = append_modulo_97(self.account, value);
        }
        self.count += 1;
        Some(())
    }

    /// Returns whether the remainder is right. The country and the check digits are moved
    /// to the end for this.
    fn is_valid(&self) -> bool {
        let letters = self.country.iter().filter_map(|letter| char::from(*letter).to_digit(36));
        let sum = letters.fold(self.account, append_modulo_97);
        (sum * 100 + self.check) % 97 == 1
    }
}

/// Appends a letter or digit to a number, modulo 97. Letters count as two digits, 10 to 35.
fn append_modulo_97(sum: u32, value: u32) -> u32 {
    let shift = if value < 10 { 10 } else { 100 };
    (sum * shift + value) % 97
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_in(text: &str) -> Option<(&str, f64)> {
        let at = text.find(|letter: char| letter.is_ascii_digit())?;
        let found = find(&LabelledText::unlabelled(text), at)?;
        Some((text.get(found.span)?, found.confidence))
    }

    #[test]
    fn accepts_the_lengths_of_countries() {
        for text in [
            "NO9386011117947",
            "BE68539007547034",
            "DE89370400440532013000",
            "GB82WEST12345698765432",
            "FR1420041010050500013M02606",
            "ES9121000418450200051332",
            "MT84MALT011000012345MTLCAST001S",
            "LC55HEMM000100010012001200023015",
            "CH9300762011623852957",
            "SE4550000000058398257466",
        ] {
            assert_eq!(find_in(text), Some((text, USUAL_FORM)), "{text}");
        }
    }

    #[test]
    fn reads_groups_and_lower_case() {
        let spaced = "GB82 WEST 1234 5698 7654 32";
        assert_eq!(find_in(&format!("to {spaced}.")), Some((spaced, USUAL_FORM)));
        assert_eq!(find_in("GB82-WEST-1234-5698-7654-32").map(|found| found.1), Some(USUAL_FORM));
        assert_eq!(find_in("gb82 west 1234 5698 7654 32").map(|found| found.1), Some(UNUSUAL_FORM));
        assert_eq!(find_in("GB 82 WEST 123456 98765432").map(|found| found.1), Some(UNUSUAL_FORM));
        for text in ["GB82  WEST  1234  5698  7654  32", "GB82 WEST 1234\n  5698 7654 32"] {
            assert_eq!(find_in(text), Some((text, UNUSUAL_FORM)), "{text}");
        }
        assert_eq!(
            find_in("GB82\u{a0}WEST\u{a0}1234\u{a0}5698\u{a0}7654\u{a0}32").map(|found| found.1),
            Some(USUAL_FORM)
        );
    }

    #[test]
    fn rejects_wrong_digits() {
        assert_eq!(find_in("GB82WEST12345698765433"), None);
        for check in (0..100).filter(|check| *check != 82) {
            assert_eq!(find_in(&format!("GB{check:02}WEST12345698765432")), None, "{check}");
        }
        assert_eq!(find_in("DE89370400440532031000"), None);
    }

    #[test]
    fn rejects_wrong_lengths_and_parts_of_words() {
        for text in [
            "XGB82WEST12345698765432",
            "GB82WEST123456987654321",
            "GB82WEST1234569876543",
            "ZZ82WEST12345698765432",
            "GB82         WEST12345698765432",
            "GB8é",
            "82",
            "GB82",
        ] {
            assert_eq!(find_in(text), None, "{text}");
        }
    }
}
