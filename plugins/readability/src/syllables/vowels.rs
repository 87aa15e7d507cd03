//! Vowels that sound: letters that stand together are one syllable, but for pairs that
//! part, as in `create` and `radio`.

use super::{is_vowel, letter};

/// One bit for each letter of the alphabet, `a` being 1.
const VOWELS: u32 = 1 << 1 | 1 << 5 | 1 << 9 | 1 << 15 | 1 << 21 | 1 << 25;
const SOMETIMES: u32 = 1 << 21 | 1 << 25;

/// One bit for each letter of the word.
fn places(word: &[u8], alphabet: u32) -> u64 {
    let bit = |letter: &u8| u64::from(alphabet >> (letter % 32) & 1);
    word.iter().rev().fold(0, |places, letter| places << 1 | bit(letter))
}

/// Counts the syllables that the vowels of a word would make if all of them sounded.
pub(super) fn sounding(word: &[u8]) -> u32 {
    let mut vowels = places(word, VOWELS);
    for at in bits(places(word, SOMETIMES)) {
        vowels &= !(u64::from(!sounds(word, at)) << at);
    }
    let starts = vowels & !(vowels << 1);
    let several = bits(starts & vowels >> 1);
    let parting = several.filter(|start| {
        let end = start + (vowels >> start).trailing_ones() as usize;
        parts(word, *start, end)
    });
    starts.count_ones() + parting.count() as u32
}

/// The places of the bits that are set.
fn bits(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = bits.trailing_zeros();
        bits &= bits.checked_sub(1)?;
        Some(at as usize)
    })
}

/// Whether the letter is a vowel here: `y` and `u` are not always.
fn sounds(word: &[u8], at: usize) -> bool {
    let (before, after) = (letter(word, at.wrapping_sub(1)), letter(word, at + 1));
    match letter(word, at) {
        // `yes`, `canyon`
        b'y' if at == 0 => !is_vowel(after),
        b'y' => !matches!(after, b'a' | b'o' | b'u'),
        // `quick`, `guess`
        b'u' if before == b'q' => !is_vowel(after),
        b'u' if before == b'g' && at + 2 < word.len() => !matches!(after, b'a' | b'e' | b'i'),
        other => is_vowel(other),
    }
}

/// Whether vowels that stand together are two syllables.
fn parts(word: &[u8], start: usize, end: usize) -> bool {
    let before = letter(word, start.wrapping_sub(1));
    let (vowels, after) = (word.get(start..end).unwrap_or(&[]), word.get(end..).unwrap_or(&[]));
    let next = letter(after, 0);
    match vowels {
        b"ia" => !ia_is_one(before, after),
        b"ie" => ie_parts(word, start, after),
        b"io" => !io_is_one(before, next),
        b"iou" => !matches!(before, b'c' | b't' | b'g' | b'x' | b'l'),
        b"ea" => ea_parts(word, start, after),
        b"eo" => {
            !(matches!(after, [b'p', b'l', ..]) || before == b'g' && (start > 1 || next == b'r'))
        }
        b"eou" => before != b'g',
        b"eu" => next == b'm',
        b"oe" => matches!(next, b'l' | b'm' | b'n' | b'r' | b't' | b'x'),
        b"oi" | b"ei" => matches!(after, b"ng" | b"ngs"),
        b"oo" => word.starts_with(b"coop") || word.starts_with(b"coord"),
        b"ue" => matches!(next, b'l' | b'n' | b't') || after.starts_with(b"st"),
        b"ui" => ui_parts(before, after),
        b"ai" | b"au" | b"ay" | b"aw" | b"ee" | b"ey" | b"oa" | b"ou" | b"oy" | b"uy" | b"ae" => {
            false
        }
        b"eau" | b"ieu" | b"iew" | b"eue" | b"eye" => false,
        b"aa" | b"ye" => false,
        _ => true,
    }
}

/// `special`, `asian`, `asia`, `million` with its `a`, `marriage`.
fn ia_is_one(before: u8, after: &[u8]) -> bool {
    let next = letter(after, 0);
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

/// `nation`, `fashion`, `million`, `junior`, `behavior`.
fn io_is_one(before: u8, next: u8) -> bool {
    match before {
        b't' | b's' | b'c' | b'g' | b'x' | b'h' => matches!(next, b'n' | b'u'),
        b'l' | b'n' => matches!(next, b'n' | b'r'),
        b'v' => next == b'r',
        _ => false,
    }
}

/// `science`, `happier`, `quiet`, but not `patient`, `friend`, `soldier`.
fn ie_parts(word: &[u8], start: usize, after: &[u8]) -> bool {
    let before = letter(word, start.wrapping_sub(1));
    match after {
        [b'n', b't' | b'c', ..] => match before {
            b'c' => letter(word, start.wrapping_sub(2)) == b's',
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

/// `idea`, `european`, `create`, `react`, but not `sea`, `clean`.
fn ea_parts(word: &[u8], start: usize, after: &[u8]) -> bool {
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

/// `ruin`, `fluid`, `continuity`, but not `fruit`, `build`.
fn ui_parts(before: u8, after: &[u8]) -> bool {
    match after {
        b"n" | b"ns" | [b'n', b'e' | b'g', ..] => true,
        [b't', b'y' | b'i' | b'a', ..] | [b'c' | b's', b'i', ..] => true,
        b"d" | b"ds" => before == b'l',
        _ => false,
    }
}
