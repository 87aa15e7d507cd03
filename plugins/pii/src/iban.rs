//! International bank account numbers (ISO 13616): a country, two check digits and an
//! account number, in one piece or in groups. The country fixes the length, and the
//! whole has to leave 1 when divided by 97.

use crate::candidate::Candidate;
use crate::groups::{Separator, separates};
use crate::iban_lengths;
use crate::kind::Kind;
use crate::text::{Text, is_word};

/// In capitals, in one piece or in fours. One text in 97 passes the check by chance,
/// but hardly anything else looks like this to begin with.
const PLAIN: f64 = 0.98;
/// With small letters or in other groups.
const ODD: f64 = 0.85;

const COUNTRY_BYTES: usize = 2;
const CHECK_DIGITS: usize = 2;
const GROUP_BYTES: usize = 4;

/// An IBAN whose check digits begin here.
pub(crate) fn find(text: &Text, at: usize) -> Option<Candidate> {
    let (start, country) = country(text, at)?;
    let length = iban_lengths::length(country.map(|letter| letter.to_ascii_uppercase()))?;
    let mut reading = Reading::after(country);
    for (offset, character) in text.from(at).char_indices() {
        reading.take(character)?;
        if reading.count == length {
            let end = at + offset + 1;
            let valid = reading.is_valid() && !is_word(text.byte(end));
            let confidence = if reading.plain { PLAIN } else { ODD };
            return valid.then(|| Candidate::new(Kind::Iban, start..end, confidence));
        }
    }
    None
}

/// The two letters in front of the check digits, and where they start.
fn country(text: &Text, at: usize) -> Option<(usize, [u8; COUNTRY_BYTES])> {
    let before = text.up_to(at);
    let before = before.strip_suffix(is_separator).unwrap_or(before);
    let start = before.len().checked_sub(COUNTRY_BYTES)?;
    let letters = *before.as_bytes().last_chunk::<COUNTRY_BYTES>()?;
    let apart = letters.iter().all(u8::is_ascii_alphabetic) && !is_word(text.byte_before(start));
    apart.then_some((start, letters))
}

fn is_separator(character: char) -> bool {
    matches!(separates(character), Separator::Space | Separator::Dash)
}

/// What has been read of an IBAN so far.
struct Reading {
    country: [u8; COUNTRY_BYTES],
    /// Letters and digits, the country among them.
    count: usize,
    check: u32,
    /// The account number modulo 97.
    account: u32,
    separated: bool,
    plain: bool,
}

impl Reading {
    fn after(country: [u8; COUNTRY_BYTES]) -> Self {
        let plain = country.iter().all(u8::is_ascii_uppercase);
        Self { country, count: COUNTRY_BYTES, check: 0, account: 0, separated: false, plain }
    }

    /// `None` where no IBAN goes on like this.
    fn take(&mut self, character: char) -> Option<()> {
        if is_separator(character) {
            let twice = std::mem::replace(&mut self.separated, true);
            self.plain &= self.count.is_multiple_of(GROUP_BYTES);
            return (!twice).then_some(());
        }
        let value = character.to_digit(36)?;
        self.separated = false;
        self.plain &= !character.is_ascii_lowercase();
        if self.count < COUNTRY_BYTES + CHECK_DIGITS {
            self.check = self.check * 10 + character.to_digit(10)?;
        } else {
            self.account = append(self.account, value);
        }
        self.count += 1;
        Some(())
    }

    /// The country and the check digits go to the end for this.
    fn is_valid(&self) -> bool {
        let letters = self.country.iter().filter_map(|letter| char::from(*letter).to_digit(36));
        let sum = letters.fold(self.account, append);
        (sum * 100 + self.check) % 97 == 1
    }
}

/// Letters count as two digits, 10 to 35.
fn append(sum: u32, value: u32) -> u32 {
    let shift = if value < 10 { 10 } else { 100 };
    (sum * shift + value) % 97
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_in(text: &str) -> Option<(&str, f64)> {
        let at = text.find(|letter: char| letter.is_ascii_digit())?;
        let found = find(&Text::of(text), at)?;
        Some((text.get(found.span)?, found.confidence))
    }

    #[test]
    fn countries_have_their_own_lengths() {
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
            assert_eq!(find_in(text), Some((text, PLAIN)), "{text}");
        }
    }

    #[test]
    fn groups_and_small_letters_are_read_too() {
        let spaced = "GB82 WEST 1234 5698 7654 32";
        assert_eq!(find_in(&format!("to {spaced}.")), Some((spaced, PLAIN)));
        assert_eq!(find_in("GB82-WEST-1234-5698-7654-32").map(|found| found.1), Some(PLAIN));
        assert_eq!(find_in("gb82 west 1234 5698 7654 32").map(|found| found.1), Some(ODD));
        assert_eq!(find_in("GB 82 WEST 123456 98765432").map(|found| found.1), Some(ODD));
        assert_eq!(
            find_in("GB82\u{a0}WEST\u{a0}1234\u{a0}5698\u{a0}7654\u{a0}32").map(|found| found.1),
            Some(PLAIN)
        );
    }

    #[test]
    fn a_wrong_digit_is_no_iban() {
        assert_eq!(find_in("GB82WEST12345698765433"), None);
        for check in (0..100).filter(|check| *check != 82) {
            assert_eq!(find_in(&format!("GB{check:02}WEST12345698765432")), None, "{check}");
        }
        assert_eq!(find_in("DE89370400440532031000"), None);
    }

    #[test]
    fn neither_is_a_piece_of_something_longer_or_shorter() {
        for text in [
            "XGB82WEST12345698765432",
            "GB82WEST123456987654321",
            "GB82WEST1234569876543",
            "GB82  WEST12345698765432",
            "ZZ82WEST12345698765432",
            "GB8é",
            "82",
            "GB82",
        ] {
            assert_eq!(find_in(text), None, "{text}");
        }
    }
}
