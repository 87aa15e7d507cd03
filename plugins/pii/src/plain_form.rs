//! Characters that stand for another one: those that nobody sees, accents, digits of every
//! script, and the variants of letters and signs that Unicode has.

use spelling::{ascii_form, is_invisible};

/// What a reader makes of a character that is not ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlainForm {
    /// The character itself.
    Same,
    /// Nothing: the character is invisible, or an accent on the one before it.
    Nothing,
    Ascii(u8),
}

/// Returns the plain form of a character behind the text `before`.
///
/// Some characters stay although Unicode has a plain form for them, because they are in most
/// texts and no rule needs another form: typographic quotes and hyphens, no-break spaces,
/// full-width commas and the like, raised digits (footnote marks), and the variation selectors
/// and joiners of emoji.
pub(crate) fn plain_form(before: &str, character: char) -> PlainForm {
    match character {
        _ if character.is_ascii() => PlainForm::Same,
        '\u{fe0f}' | '\u{200d}' if before.ends_with(is_emoji) => PlainForm::Same,
        _ if is_invisible(character) || is_accent(character) => PlainForm::Nothing,
        _ if has_ascii_variants(character) => {
            ascii_form(character).map_or(PlainForm::Same, PlainForm::Ascii)
        }
        _ => match digit_value(character) {
            Some(value) => PlainForm::Ascii(b'0' + value),
            None => PlainForm::Same,
        },
    }
}

/// Lengths of the characters that certainly stand for themselves, by their first byte: Latin,
/// Greek, Cyrillic and Hebrew letters, ideographs and Hangul. Bytes that continue a character
/// have 1, all others 0.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
static OWN_LENGTHS: [u8; 256] = {
    let mut lengths = [0; 256];
    let mut first = 0x80_u8;
    while first < 0xef {
        let length = match first {
            0x80..=0xbf => 1,
            0xc3..=0xcb | 0xce..=0xd7 => 2,
            0xe4..=0xe9 | 0xeb..=0xee => 3,
            _ => 0,
        };
        lengths[first as usize] = length;
        first += 1;
    }
    lengths
};

/// Returns the number of bytes at the start that certainly stand for themselves, or 0 if their
/// character has to be looked at. Knows the letters of most languages. This only saves time.
#[inline]
pub(crate) fn count_own_form(bytes: &[u8]) -> usize {
    let Some(first) = bytes.first() else { return 0 };
    match OWN_LENGTHS.get(usize::from(*first)) {
        Some(0) | None => count_frequent(bytes),
        Some(length) => usize::from(*length),
    }
}

fn count_frequent(bytes: &[u8]) -> usize {
    match bytes {
        // The scripts of India. The digits of each are at the same place in its block.
        [0xe0, 0xa4..=0xb7, 0x80..=0xa5 | 0xb0..=0xbf, ..] => 3,
        // Arabic.
        [0xd8, 0xa0..=0xbf, ..] | [0xd9, 0x80..=0x9f, ..] => 2,
        // Thai and kana; Hangul.
        [0xe0, 0xb8, ..]
        | [0xe0, 0xb9, 0x80..=0x8f, ..]
        | [0xe3, 0x81..=0x83, ..]
        | [0xea, 0xb0..=0xbf, ..] => 3,
        // Signs of Latin but the soft hyphen; dashes, quotes and the ellipsis; symbols; emoji.
        [0xc2, 0xa0..=0xac | 0xae..=0xbf, ..] => 2,
        [0xe2, 0x80, 0x92..=0x9f | 0xa6, ..] | [0xe2, 0x95..=0x9e, ..] => 3,
        [0xf0, 0x9f, 0x8c..=0xae, ..] => 4,
        // Full-width commas and the like; brackets and colons in front of an ideograph.
        [0xef, 0xbc, 0x81 | 0x8c | 0x9b..=0x9f, ..]
        | [0xef, 0xbc, 0x88 | 0x89 | 0x9a, 0xe3..=0xe9, ..] => 3,
        _ => 0,
    }
}

fn is_emoji(character: char) -> bool {
    matches!(character, '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..)
}

/// Returns whether a character is a mark on the character before it. Marks of scripts that
/// write vowels with them do not count: no value contains them.
fn is_accent(character: char) -> bool {
    matches!(
        character,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
    )
}

/// Returns whether a character is in one of the blocks with variants of ASCII characters.
fn has_ascii_variants(character: char) -> bool {
    matches!(
        character,
        '\u{2000}'..='\u{200a}' | '\u{2020}'..='\u{206f}' | '\u{2100}'..='\u{214f}'
            | '\u{2460}'..='\u{24ff}' | '\u{3000}' | '\u{fe10}'..='\u{fe6f}'
            | '\u{ff02}'..='\u{ff0b}' | '\u{ff0d}'..='\u{ff1a}' | '\u{ff20}'..='\u{ff5e}' | '\u{1cc00}'..='\u{1ccff}' | '\u{1d400}'..='\u{1d7ff}'
            | '\u{1f100}'..='\u{1f1ac}' | '\u{1fbf0}'..='\u{1fbf9}'
    )
}

/// The zeros of all scripts (Unicode 16, category Nd) but those that are variants of ASCII.
/// The other nine digits follow each.
const ZEROS: [u32; 66] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x104a0,
    0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650,
    0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50, 0x11da0,
    0x11f50, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950,
];

fn digit_value(character: char) -> Option<u8> {
    let code = u32::from(character);
    let following = ZEROS.partition_point(|zero| *zero <= code);
    let zero = ZEROS.get(following.checked_sub(1)?)?;
    u8::try_from(code - zero).ok().filter(|value| *value <= 9)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(character: char) -> PlainForm {
        plain_form("", character)
    }

    #[test]
    fn reads_digits_of_every_script() {
        assert!(ZEROS.is_sorted());
        for zero in ZEROS {
            for value in 0..10 {
                let digit = char::from_u32(zero + value).unwrap();
                assert_eq!(form(digit), PlainForm::Ascii(b'0' + value as u8), "{digit}");
            }
        }
        for digit in "٣۳३௩๓３𝟛𝟯".chars() {
            assert_eq!(form(digit), PlainForm::Ascii(b'3'), "{digit}");
        }
    }

    #[test]
    fn reads_variants_of_letters_and_signs() {
        for (variant, ascii) in [
            ('＠', '@'),
            ('．', '.'),
            ('－', '-'),
            ('ｄ', 'd'),
            ('𝐝', 'd'),
            ('①', '1'),
            ('\u{3000}', ' '),
        ] {
            assert_eq!(form(variant), PlainForm::Ascii(ascii as u8), "{variant}");
        }
    }

    #[test]
    fn passes_over_what_nobody_sees() {
        for hidden in "\u{80}\u{9f}\u{ad}\u{34f}\u{200b}\u{200d}\u{2060}\u{feff}\u{200f}\u{fe0f}\u{3164}\u{e0031}\u{301}\u{20e3}".chars() {
            assert_eq!(form(hidden), PlainForm::Nothing, "{hidden:?}");
        }
    }

    #[test]
    fn leaves_ordinary_characters() {
        for ordinary in "a1@é日本ك’“”—–‑\u{a0}²₂…™½".chars() {
            assert_eq!(form(ordinary), PlainForm::Same, "{ordinary}");
        }
        assert_eq!(plain_form("❤", '\u{fe0f}'), PlainForm::Same);
        assert_eq!(plain_form("4", '\u{fe0f}'), PlainForm::Nothing);
    }

    #[test]
    fn skips_only_characters_that_stand_for_themselves() {
        for character in (0x80..=0x10ffff).filter_map(char::from_u32) {
            let mut bytes = [0; 4];
            let bytes = character.encode_utf8(&mut bytes).as_bytes();
            let length = count_own_form(bytes);
            if length > 0 {
                assert_eq!(form(character), PlainForm::Same, "{character:?}");
                let rest = &bytes[length..];
                assert!(rest.iter().all(|byte| count_own_form(&[*byte]) == 1), "{character:?}");
            }
        }
    }
}
