//! US social security numbers: three, two and four digits. There is no check digit; some
//! numbers are known to have never been issued.

use crate::candidate::Candidate;
use crate::context::{self, ContextWords};
use crate::digit_groups::{DigitGroups, Lead, Separator, may_end_number};
use crate::kind::Kind;
use crate::text::LabelledText;

/// `078-05-1123`, a form that little else has.
const WITH_DASHES: f64 = 0.85;
/// `078 05 1123`.
const WITH_SPACES: f64 = 0.6;
/// `078.05.1123`.
const WITH_DOTS: f64 = 0.5;
/// One separator is missing. `07805-1123` is a postal code far more often.
const ONE_SEPARATOR: f64 = 0.25;
/// Any nine digits: reported only near words such as `SSN`.
const BARE_DIGITS: f64 = 0.2;

const CONTEXT_WORDS: ContextWords = ContextWords {
    supporting: &["ssn", "ssns", "social", "security", "taxpayer", "tin", "itin"],
    opposing: &["zip", "postal", "order", "invoice", "serial", "tracking", "sku", "routing"],
    ..ContextWords::NONE
};

/// Numbers from a sample card and from advertisements, which are void.
const VOID_NUMBERS: [[u8; 9]; 3] = [*b"078051120", *b"219099999", *b"123456789"];

/// Returns the social security number that starts with the first of these groups.
pub(crate) fn find(text: &LabelledText, number: &DigitGroups) -> Option<Candidate> {
    if !matches!(number.lead, Lead::Free | Lead::Bracket | Lead::Digits(Separator::Space)) {
        return None;
    }
    let (confidence, last) = match_form(number)?;
    let runs_on = matches!(last.separator_after, Separator::Dash | Separator::Dot);
    if !could_be_issued(number.digits(last)) || runs_on || !may_end_number(text, last.end) {
        return None;
    }
    let found = Candidate::new(Kind::Ssn, number.start..last.end, confidence);
    Some(context::adjust_confidence(text, found, &CONTEXT_WORDS))
}

fn match_form(number: &DigitGroups) -> Option<(f64, &crate::digit_groups::Group)> {
    if let Some(last) = number.match_shape(&[3, 2, 4]) {
        let confidence = match number.common_separator(3)? {
            Separator::Dash => WITH_DASHES,
            Separator::Space => WITH_SPACES,
            Separator::Dot => WITH_DOTS,
            _ => return None,
        };
        return Some((confidence, last));
    }
    let uneven = number.match_shape(&[3, 6]).or(number.match_shape(&[5, 4]));
    if let Some(last) = uneven {
        return (number.common_separator(2)? == Separator::Dash).then_some((ONE_SEPARATOR, last));
    }
    number.match_shape(&[9]).map(|last| (BARE_DIGITS, last))
}

/// Returns whether the Social Security Administration could have issued this number.
fn could_be_issued(digits: &[u8]) -> bool {
    let Some((area, rest)) = digits.split_first_chunk::<3>() else { return false };
    let Some((group, serial)) = rest.split_first_chunk::<2>() else { return false };
    let void = VOID_NUMBERS.iter().any(|void| void == digits);
    !matches!(area, b"000" | b"666" | [b'9', ..]) && group != b"00" && serial != b"0000" && !void
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_in(text: &str, start: usize) -> Option<f64> {
        let text = LabelledText::unlabelled(text);
        find(&text, &DigitGroups::read(&text, start)).map(|ssn| ssn.confidence)
    }

    #[test]
    fn derives_the_confidence_from_the_form() {
        assert_eq!(find_in("078-05-1123", 0), Some(WITH_DASHES));
        assert_eq!(find_in("078 05 1123", 0), Some(WITH_SPACES));
        assert_eq!(find_in("078.05.1123", 0), Some(WITH_DOTS));
        assert_eq!(find_in("078-051121", 0), Some(ONE_SEPARATOR));
        assert_eq!(find_in("07805-1121", 0), Some(ONE_SEPARATOR));
        assert_eq!(find_in("078051123", 0), Some(BARE_DIGITS));
        assert_eq!(find_in("078\u{2011}05\u{2011}1123", 0), Some(WITH_DASHES));
    }

    #[test]
    fn rejects_numbers_that_were_never_issued() {
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
    fn rejects_parts_of_longer_numbers() {
        assert_eq!(find_in("A078-05-1123", 1), None);
        assert_eq!(find_in("1-078-05-1123", 2), None);
        assert_eq!(find_in("078-05-1123-1", 0), None);
        assert_eq!(find_in("078-05-11234", 0), None);
        assert_eq!(find_in("078-05 1123", 0), None);
        assert_eq!(find_in("0780511231", 0), None);
    }

    #[test]
    fn adjusts_the_confidence_by_context_words() {
        assert_eq!(find_in("SSN: 078051123", 5), Some(BARE_DIGITS + context::CONFIDENCE_SHIFT));
        assert!(find_in("zip 07805-1121", 4) < Some(BARE_DIGITS));
    }
}
