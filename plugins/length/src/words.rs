//! Words as UAX #29 finds them, counted quickly where the text is ASCII.
//!
//! A word never spans a space or a line break, so the text is taken apart there, and
//! only pieces that are not ASCII go through the full rules. The tests hold this
//! against the rules alone.

use unicode_segmentation::UnicodeSegmentation;

/// How many words with a letter or a digit the text has.
pub(crate) fn count(text: &str) -> usize {
    let pieces = text.split([' ', '\n']);
    pieces.map(|piece| if piece.is_ascii() { in_ascii(piece) } else { in_any(piece) }).sum()
}

fn in_any(piece: &str) -> usize {
    piece.unicode_words().count()
}

/// What the rules tell apart among ASCII characters.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Letter,
    Digit,
    /// `_`, which holds together what stands on either side.
    Underscore,
    /// `:`, which holds letters together.
    BetweenLetters,
    /// `,` and `;`, which hold digits together.
    BetweenDigits,
    /// `.` and `'`, which hold either together.
    BetweenAlike,
    Other,
}

fn kind(byte: u8) -> Kind {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' => Kind::Letter,
        b'0'..=b'9' => Kind::Digit,
        b'_' => Kind::Underscore,
        b':' => Kind::BetweenLetters,
        b',' | b';' => Kind::BetweenDigits,
        b'.' | b'\'' => Kind::BetweenAlike,
        _ => Kind::Other,
    }
}

/// Counts the letters and digits that begin a word, which is where nothing holds them
/// together with a letter or digit before.
fn in_ascii(piece: &str) -> usize {
    let mut words = 0;
    let mut in_word = false;
    let (mut before_last, mut last) = (Kind::Other, Kind::Other);
    for byte in piece.bytes() {
        let this = kind(byte);
        let continues = match this {
            Kind::Letter | Kind::Digit => joins(before_last, last, this),
            Kind::Underscore => matches!(last, Kind::Letter | Kind::Digit | Kind::Underscore),
            _ => true,
        };
        in_word &= continues;
        if matches!(this, Kind::Letter | Kind::Digit) && !in_word {
            words += 1;
            in_word = true;
        }
        (before_last, last) = (last, this);
    }
    words
}

/// Whether a letter or digit belongs to the word of the two characters before it.
fn joins(before_last: Kind, last: Kind, this: Kind) -> bool {
    match last {
        Kind::Letter | Kind::Digit | Kind::Underscore => true,
        Kind::BetweenLetters => before_last == Kind::Letter && this == Kind::Letter,
        Kind::BetweenDigits => before_last == Kind::Digit && this == Kind::Digit,
        Kind::BetweenAlike => before_last == this,
        Kind::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn it_counts_as_the_rules_alone_do() {
        let mut random = Random::new(3);
        for alphabet in ["aB1_:,;.'- \n", "a1'. \r\n’é\u{301}\u{200d}א\"\u{3000}カー·你"] {
            for _ in 0..200_000 {
                let text = random.text(alphabet, 8);
                assert_eq!(count(&text), in_any(&text), "{text:?}");
            }
        }
    }

    #[test]
    fn marketing_writes_such_words() {
        let check = |text, expected| assert_eq!(count(text), expected, "{text:?}");
        check("state-of-the-art", 4);
        check("can't, won't.", 2);
        check("3.50 or 1,000", 3);
        check("mail@example.com", 2);
        check("—*** !!!", 0);
        check("snake_case", 1);
    }
}
