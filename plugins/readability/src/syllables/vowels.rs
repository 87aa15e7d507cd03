//! Counts groups of adjacent vowels. A group is one syllable, except for pairs that are
//! spoken separately, as in `create` and `radio`.

use super::{is_vowel, letter_at};

/// One bit for each letter of the alphabet, from `a` at bit 1.
const VOWEL_BITS: u32 = 1 << 1 | 1 << 5 | 1 << 9 | 1 << 15 | 1 << 21 | 1 << 25;
const SOMETIMES_VOWEL_BITS: u32 = 1 << 21 | 1 << 25;

/// Returns one bit for each letter of the word: whether it is in the alphabet.
fn letter_positions(word: &[u8], alphabet: u32) -> u64 {
    let bit = |letter: &u8| u64::from(alphabet >> (letter % 32) & 1);
    word.iter().rev().fold(0, |places, letter| places << 1 | bit(letter))
}

/// Counts the syllables under the assumption that no vowel is silent.
pub(super) fn count_vowel_groups(word: &[u8]) -> u32 {
    let mut vowels = letter_positions(word, VOWEL_BITS);
    for at in set_bits(letter_positions(word, SOMETIMES_VOWEL_BITS)) {
        vowels &= !(u64::from(!is_spoken_vowel(word, at)) << at);
    }
    let starts = vowels & !(vowels << 1);
    let several = set_bits(starts & vowels >> 1);
    let parting = several.filter(|start| {
        let end = start + (vowels >> start).trailing_ones() as usize;
        are_two_syllables(word, *start, end)
    });
    starts.count_ones() + parting.count() as u32
}

/// Returns the positions of the set bits.
fn set_bits(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = bits.trailing_zeros();
        bits &= bits.checked_sub(1)?;
        Some(at as usize)
    })
}

/// Returns whether the letter is a vowel here: `y` and `u` are not always.
fn is_spoken_vowel(word: &[u8], at: usize) -> bool {
    let (before, after) = (letter_at(word, at.wrapping_sub(1)), letter_at(word, at + 1));
    match letter_at(word, at) {
        // `yes`, `canyon`
        b'y' if at == 0 => !is_vowel(after),
        b'y' => !matches!(after, b'a' | b'o' | b'u'),
        // `quick`, `guess`
        b'u' if before == b'q' => !is_vowel(after),
        b'u' if before == b'g' && at + 2 < word.len() => !matches!(after, b'a' | b'e' | b'i'),
        other => is_vowel(other),
    }
}

/// Returns whether a group of vowels is two syllables.
fn are_two_syllables(word: &[u8], start: usize, end: usize) -> bool {
    let before = letter_at(word, start.wrapping_sub(1));
    let (vowels, after) = (word.get(start..end).unwrap_or(&[]), word.get(end..).unwrap_or(&[]));
    let next = letter_at(after, 0);
    match vowels {
        b"ia" => !is_ia_one_syllable(before, after),
        b"ie" => are_ie_two_syllables(word, start, after),
        b"io" => !is_io_one_syllable(before, next),
        b"iou" => !matches!(before, b'c' | b't' | b'g' | b'x' | b'l'),
        b"ea" => are_ea_two_syllables(word, start, after),
        b"eo" => {
            !(matches!(after, [b'p', b'l', ..]) || before == b'g' && (start > 1 || next == b'r'))
        }
        b"eou" => before != b'g',
        b"eu" => next == b'm',
        b"oe" => matches!(next, b'l' | b'm' | b'n' | b'r' | b't' | b'x'),
        b"oi" | b"ei" => matches!(after, b"ng" | b"ngs"),
        b"oo" => word.starts_with(b"coop") || word.starts_with(b"coord"),
        b"ue" => matches!(next, b'l' | b'n' | b't') || after.starts_with(b"st"),
        b"ui" => are_ui_two_syllables(before, after),
        b"ai" | b"au" | b"ay" | b"aw" | b"ee" | b"ey" | b"oa" | b"ou" | b"oy" | b"uy" | b"ae" => {
            false
        }
        b"eau" | b"ieu" | b"iew" | b"eue" | b"eye" => false,
        b"aa" | b"ye" => false,
        _ => true,
    }
}

/// One syllable in `special`, `asian`, `asia`, `million` with its `a`, `marriage`.
fn is_ia_one_syllable(before: u8, after: &[u8]) -> bool {
    let next = letter_at(after, 0);
    let ends = matches!(after, b"" | b"n" | b"ns" | b"s" | b"m" | b"ms");
    match before {
        b'c' | b't' if matches!(next, b'l' | b'n') => true,
        b'g' | b's' => ends || next == b'n',
        b'n' if next == b'n' => false,
        b'l' | b'n' | b't' => ends || (before == b'l' && next == b'm'),
        b'r' => after.starts_with(b"ge"),
        _ => false,
    }
}

/// One syllable in `nation`, `fashion`, `million`, `junior`, `behavior`.
fn is_io_one_syllable(before: u8, next: u8) -> bool {
    match before {
        b't' | b's' | b'c' | b'g' | b'x' | b'h' => matches!(next, b'n' | b'u'),
        b'l' | b'n' => matches!(next, b'n' | b'r'),
        b'v' => next == b'r',
        _ => false,
    }
}

/// Two syllables in `science`, `happier`, `quiet`, but not in `patient`, `friend`,
/// `soldier`.
fn are_ie_two_syllables(word: &[u8], start: usize, after: &[u8]) -> bool {
    let before = letter_at(word, start.wrapping_sub(1));
    match after {
        [b'n', b't' | b'c', ..] => match before {
            b'c' => letter_at(word, start.wrapping_sub(2)) == b's',
            b'r' => start > 2,
            b't' | b'f' | b'n' | b'p' => false,
            _ => true,
        },
        b"r" | b"rs" | b"st" => start > 2 || before == b'l',
        b"t" | b"ts" | b"ty" | b"ties" | b"tal" | b"ter" | b"tly" => true,
        b"n" | b"ns" => before == b'l',
        _ => false,
    }
}

/// Two syllables in `idea`, `european`, `create`, `react`, but not in `sea`, `clean`.
fn are_ea_two_syllables(word: &[u8], start: usize, after: &[u8]) -> bool {
    let first = word.get(..start).unwrap_or(&[]);
    match after {
        b"" | b"s" => start > 1 && first != b"pl" && first != b"fl",
        b"n" | b"ns" => start > 2,
        [b't', b'e' | b'i' | b'o', ..] => first.ends_with(b"cr"),
        [b'c', b't', ..] | [b's', b's', ..] | [b'f', b'f', ..] | [b'p', b'p', ..] => first == b"r",
        [b'l', b'i', b't' | b's', ..] => first == b"r",
        _ => false,
    }
}

/// Two syllables in `ruin`, `fluid`, `continuity`, but not in `fruit`, `build`.
fn are_ui_two_syllables(before: u8, after: &[u8]) -> bool {
    match after {
        b"n" | b"ns" | [b'n', b'e' | b'g', ..] => true,
        [b't', b'y' | b'i' | b'a', ..] | [b'c' | b's', b'i', ..] => true,
        b"d" | b"ds" => before == b'l',
        _ => false,
    }
}
