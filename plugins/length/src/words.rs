//! Counts words by the rules of UAX #29, with a fast path for ASCII.
//!
//! A word never contains a space or a line break, so the text is split there, and only
//! pieces that are not ASCII go through the full rules. The tests compare the result with
//! the plain rules.

use unicode_segmentation::UnicodeSegmentation;

/// Returns the number of words with at least one letter or digit.
pub(crate) fn count(text: &str) -> usize {
    let pieces = text.split([' ', '\n']);
    pieces
        .map(|piece| if piece.is_ascii() { count_in_ascii(piece) } else { count_by_rules(piece) })
        .sum()
}

fn count_by_rules(piece: &str) -> usize {
    piece.unicode_words().count()
}

/// The classes of ASCII characters that the rules distinguish.
#[derive(Clone, Copy, PartialEq)]
enum AsciiClass {
    Letter,
    Digit,
    /// `_`, which joins the characters on both sides.
    Underscore,
    /// `:`, which joins letters.
    BetweenLetters,
    /// `,` and `;`, which join digits.
    BetweenDigits,
    /// `.` and `'`, which join two letters or two digits.
    BetweenLettersOrDigits,
    Other,
}

fn classify(byte: u8) -> AsciiClass {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' => AsciiClass::Letter,
        b'0'..=b'9' => AsciiClass::Digit,
        b'_' => AsciiClass::Underscore,
        b':' => AsciiClass::BetweenLetters,
        b',' | b';' => AsciiClass::BetweenDigits,
        b'.' | b'\'' => AsciiClass::BetweenLettersOrDigits,
        _ => AsciiClass::Other,
    }
}

/// Counts the letters and digits that begin a word, which means that they are not joined to
/// a letter or digit before them.
fn count_in_ascii(piece: &str) -> usize {
    let mut words = 0;
    let mut in_word = false;
    let (mut before_last, mut last) = (AsciiClass::Other, AsciiClass::Other);
    for byte in piece.bytes() {
        let this = classify(byte);
        let continues = match this {
            AsciiClass::Letter | AsciiClass::Digit => is_same_word(before_last, last, this),
            AsciiClass::Underscore => {
                matches!(last, AsciiClass::Letter | AsciiClass::Digit | AsciiClass::Underscore)
            }
            _ => true,
        };
        in_word &= continues;
        if matches!(this, AsciiClass::Letter | AsciiClass::Digit) && !in_word {
            words += 1;
            in_word = true;
        }
        (before_last, last) = (last, this);
    }
    words
}

/// Returns whether a letter or digit belongs to the same word as the two characters before
/// it.
fn is_same_word(before_last: AsciiClass, last: AsciiClass, this: AsciiClass) -> bool {
    match last {
        AsciiClass::Letter | AsciiClass::Digit | AsciiClass::Underscore => true,
        AsciiClass::BetweenLetters => {
            before_last == AsciiClass::Letter && this == AsciiClass::Letter
        }
        AsciiClass::BetweenDigits => before_last == AsciiClass::Digit && this == AsciiClass::Digit,
        AsciiClass::BetweenLettersOrDigits => before_last == this,
        AsciiClass::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn agrees_with_the_plain_rules() {
        let mut random = Random::new(3);
        for alphabet in ["aB1_:,;.'- \n", "a1'. \r\n’é\u{301}\u{200d}א\"\u{3000}カー·你"] {
            for _ in 0..200_000 {
                let text = random.text(alphabet, 8);
                assert_eq!(count(&text), count_by_rules(&text), "{text:?}");
            }
        }
    }

    #[test]
    fn counts_words_of_marketing_texts() {
        let check = |text, expected| assert_eq!(count(text), expected, "{text:?}");
        check("state-of-the-art", 4);
        check("can't, won't.", 2);
        check("3.50 or 1,000", 3);
        check("mail@example.com", 2);
        check("—*** !!!", 0);
        check("snake_case", 1);
    }
}
