//! Country calling codes (ITU-T E.164) and the number of digits after them.

use std::ops::RangeInclusive;

/// The most frequent countries, and those with unusually short or long numbers: the code,
/// and the minimum and maximum number of digits after it.
const KNOWN_LENGTHS: [(&str, u8, u8); 81] = [
    ("1", 10, 10),
    ("7", 10, 10),
    ("20", 8, 10),
    ("27", 9, 9),
    ("30", 10, 10),
    ("31", 9, 9),
    ("32", 8, 9),
    ("33", 9, 9),
    ("34", 9, 9),
    ("36", 8, 9),
    ("39", 5, 11),
    ("40", 9, 9),
    ("41", 9, 9),
    ("43", 7, 13),
    ("44", 9, 10),
    ("45", 8, 8),
    ("46", 7, 10),
    ("47", 8, 8),
    ("48", 9, 9),
    ("49", 6, 11),
    ("51", 8, 9),
    ("52", 10, 10),
    ("53", 6, 8),
    ("54", 10, 11),
    ("55", 10, 11),
    ("56", 9, 9),
    ("57", 8, 10),
    ("58", 10, 10),
    ("60", 8, 10),
    ("61", 9, 9),
    ("62", 8, 12),
    ("63", 8, 10),
    ("64", 8, 10),
    ("65", 8, 8),
    ("66", 8, 9),
    ("81", 9, 10),
    ("82", 8, 11),
    ("84", 9, 10),
    ("86", 10, 11),
    ("90", 10, 10),
    ("91", 10, 10),
    ("92", 9, 10),
    ("93", 9, 9),
    ("94", 9, 9),
    ("95", 7, 10),
    ("98", 10, 10),
    ("247", 5, 6),
    ("290", 4, 5),
    ("298", 6, 6),
    ("299", 6, 6),
    ("351", 9, 9),
    ("352", 5, 11),
    ("353", 7, 9),
    ("358", 5, 11),
    ("370", 8, 8),
    ("372", 7, 8),
    ("376", 6, 9),
    ("380", 9, 9),
    ("420", 9, 9),
    ("421", 9, 9),
    ("500", 5, 5),
    ("508", 6, 9),
    ("597", 6, 7),
    ("672", 6, 6),
    ("676", 5, 7),
    ("677", 5, 7),
    ("678", 5, 7),
    ("681", 6, 6),
    ("682", 5, 5),
    ("683", 4, 7),
    ("685", 5, 10),
    ("686", 5, 8),
    ("687", 6, 6),
    ("688", 5, 7),
    ("690", 4, 7),
    ("852", 8, 8),
    ("880", 8, 10),
    ("886", 8, 9),
    ("966", 8, 9),
    ("971", 8, 9),
    ("972", 8, 9),
];

/// Other countries have a code of three digits, and most have seven to ten digits after it.
const OTHER_LENGTHS: RangeInclusive<usize> = 7..=10;
const OTHER_CODE_DIGITS: usize = 3;

/// The first two digits of codes with three digits (E.164, zones 2 to 9).
const OTHER_ZONES: [&[u8; 2]; 23] = [
    b"21", b"22", b"23", b"24", b"25", b"26", b"29", b"35", b"37", b"38", b"42", b"50", b"59",
    b"67", b"68", b"69", b"80", b"85", b"87", b"88", b"96", b"97", b"99",
];

/// Returns the length of the calling code at the start, and the possible numbers of digits
/// after it.
pub(crate) fn split_calling_code(digits: &[u8]) -> Option<(usize, RangeInclusive<usize>)> {
    let known = KNOWN_LENGTHS.iter().find(|(code, ..)| digits.starts_with(code.as_bytes()));
    if let Some((code, min, max)) = known {
        return Some((code.len(), usize::from(*min)..=usize::from(*max)));
    }
    let zone = digits.first_chunk::<2>()?;
    OTHER_ZONES.contains(&zone).then_some((OTHER_CODE_DIGITS, OTHER_LENGTHS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_codes_of_one_two_or_three_digits() {
        assert_eq!(split_calling_code(b"14155550134"), Some((1, 10..=10)));
        assert_eq!(split_calling_code(b"442079460958"), Some((2, 9..=10)));
        assert_eq!(split_calling_code(b"254712345678"), Some((3, 7..=10)));
        assert_eq!(split_calling_code(b"2"), None);
        assert_eq!(split_calling_code(b"28123456789"), None);
    }

    #[test]
    fn has_no_code_that_is_a_prefix_of_another() {
        for (code, min, max) in KNOWN_LENGTHS {
            let longer = KNOWN_LENGTHS.iter().filter(|(other, ..)| other.starts_with(code)).count();
            assert_eq!(longer, 1, "{code}");
            assert!(min <= max, "{code}");
        }
    }
}
