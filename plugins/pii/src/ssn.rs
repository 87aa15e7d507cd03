//! US social security numbers: three, two and four digits. There is no check digit;
//! only some numbers are known to have never been given to anybody.

use crate::candidate::Candidate;
use crate::context::{self, Words};
use crate::groups::{Groups, Lead, Separator, ends};
use crate::kind::Kind;
use crate::text::Text;

/// `078-05-1123`, which little else looks like.
const DASHED: f64 = 0.85;
/// `078 05 1123`.
const SPACED: f64 = 0.6;
/// `078.05.1123`.
const DOTTED: f64 = 0.5;
/// One separator missing. `07805-1123` is a postal code far more often.
const UNEVEN: f64 = 0.25;
/// Any nine digits: reported only near words such as `SSN`.
const BARE: f64 = 0.2;

const WORDS: Words = Words {
    pro: &["ssn", "ssns", "social", "security", "taxpayer", "tin", "itin"],
    contra: &["zip", "postal", "order", "invoice", "serial", "tracking", "sku", "routing"],
};

/// Printed on a sample card and in advertisements, and void ever since.
const VOID: [[u8; 9]; 3] = [*b"078051120", *b"219099999", *b"123456789"];

/// A social security number that starts with the first of these groups.
pub(crate) fn find(text: &Text, number: &Groups) -> Option<Candidate> {
    if !matches!(number.lead, Lead::Free | Lead::Bracket | Lead::Digits(Separator::Space)) {
        return None;
    }
    let (confidence, last) = shape(number)?;
    let runs_on = matches!(last.behind, Separator::Dash | Separator::Dot);
    if !is_issued(number.digits(last)) || runs_on || !ends(text, last.end) {
        return None;
    }
    let found = Candidate::new(Kind::Ssn, number.start..last.end, confidence);
    Some(context::weigh(text, found, &WORDS))
}

fn shape(number: &Groups) -> Option<(f64, &crate::groups::Group)> {
    if let Some(last) = number.shaped(&[3, 2, 4]) {
        let confidence = match number.separator(3)? {
            Separator::Dash => DASHED,
            Separator::Space => SPACED,
            Separator::Dot => DOTTED,
            _ => return None,
        };
        return Some((confidence, last));
    }
    let uneven = number.shaped(&[3, 6]).or(number.shaped(&[5, 4]));
    if let Some(last) = uneven {
        return (number.separator(2)? == Separator::Dash).then_some((UNEVEN, last));
    }
    number.shaped(&[9]).map(|last| (BARE, last))
}

/// Whether the Social Security Administration could have given out this number.
fn is_issued(digits: &[u8]) -> bool {
    let Some((area, rest)) = digits.split_first_chunk::<3>() else { return false };
    let Some((group, serial)) = rest.split_first_chunk::<2>() else { return false };
    let void = VOID.iter().any(|void| void == digits);
    !matches!(area, b"000" | b"666" | [b'9', ..]) && group != b"00" && serial != b"0000" && !void
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_in(text: &str, start: usize) -> Option<f64> {
        let text = Text::of(text);
        find(&text, &Groups::read(&text, start)).map(|ssn| ssn.confidence)
    }

    #[test]
    fn the_form_decides_how_sure_it_is() {
        assert_eq!(find_in("078-05-1123", 0), Some(DASHED));
        assert_eq!(find_in("078 05 1123", 0), Some(SPACED));
        assert_eq!(find_in("078.05.1123", 0), Some(DOTTED));
        assert_eq!(find_in("078-051121", 0), Some(UNEVEN));
        assert_eq!(find_in("07805-1121", 0), Some(UNEVEN));
        assert_eq!(find_in("078051123", 0), Some(BARE));
        assert_eq!(find_in("078\u{2011}05\u{2011}1123", 0), Some(DASHED));
    }

    #[test]
    fn numbers_that_were_never_issued_are_none() {
        for text in [
            "000-12-3456",
            "666-12-3456",
            "900-12-3456",
            "987-65-4321",
            "123-00-4567",
            "123-45-0000",
            "078-05-1120",
            "219-09-9999",
            "123-45-6789",
        ] {
            assert_eq!(find_in(text, 0), None, "{text}");
        }
    }

    #[test]
    fn a_piece_of_something_longer_is_none() {
        assert_eq!(find_in("A078-05-1123", 1), None);
        assert_eq!(find_in("1-078-05-1123", 2), None);
        assert_eq!(find_in("078-05-1123-1", 0), None);
        assert_eq!(find_in("078-05-11234", 0), None);
        assert_eq!(find_in("078-05 1123", 0), None);
        assert_eq!(find_in("0780511231", 0), None);
    }

    #[test]
    fn the_words_before_it_count() {
        assert_eq!(find_in("SSN: 078051123", 5), Some(BARE + context::SHIFT));
        assert!(find_in("zip 07805-1121", 4) < Some(BARE));
    }
}
