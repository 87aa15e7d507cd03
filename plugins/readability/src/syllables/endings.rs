//! What the end of a word, and of a word in front of it, takes from its vowels or adds.

use super::{is_vowel, letter};

/// Words that others are made with, and that keep their silent `e` in them.
const FIRST_WORDS: [&[u8]; 27] = [
    b"base", b"care", b"face", b"fire", b"fore", b"game", b"here", b"home", b"life", b"line",
    b"name", b"note", b"safe", b"side", b"some", b"time", b"ware", b"guide", b"horse", b"house",
    b"share", b"state", b"there", b"trade", b"where", b"whole", b"bridge",
];
const FIRST_WORD_LETTERS_MIN: usize = 4;
const FIRST_WORD_LETTERS_MAX: usize = 6;

/// How many vowels at the end of the word, or of its first word, are silent.
pub(super) fn silent(word: &[u8]) -> u32 {
    let within = before_suffix(word).unwrap_or_else(|| in_first_word(word));
    u32::from(at_the_end(word)) + u32::from(within) + u32::from(is_ically(word))
}

/// How many syllables there are without a vowel: `tourism`, `rhythm`, `gambling`, `McCoy`.
pub(super) fn added(word: &[u8]) -> u32 {
    let end = matches!(
        word,
        [_, .., b's', b'm']
            | [_, .., b's', b'm', b's']
            | [.., b't', b'h', b'm']
            | [.., b't', b'h', b'm', b's']
    );
    let syllabic = match word {
        [.., vowel, before, b'l', b'i', b'n', b'g'] => {
            !is_vowel(*vowel) && matches!(before, b'b' | b'g' | b't' | b'z' | b'p' | b'f')
        }
        _ => false,
    };
    let scottish = matches!(word, [b'm', b'c', _, _, ..]);
    u32::from(end) + u32::from(syllabic) + u32::from(scottish)
}

/// `basically` is said with three.
fn is_ically(word: &[u8]) -> bool {
    matches!(word, [.., b'i', b'c', b'a', b'l', b'l', b'y'])
}

/// Whether the last `e` is silent, alone or in `es` and `ed`.
fn at_the_end(word: &[u8]) -> bool {
    let (stem, ending) = match word {
        [stem @ .., b'e'] => (stem, b'e'),
        [stem @ .., b'e', ending @ (b's' | b'd')] => (stem, *ending),
        _ => return false,
    };
    let has_a_vowel = stem.iter().any(|letter| is_vowel(*letter));
    has_a_vowel && !keeps_its_e(stem, ending)
}

/// Whether an `e` behind the stem sounds.
fn keeps_its_e(stem: &[u8], ending: u8) -> bool {
    let (last, before) = (letter(stem, stem.len() - 1), letter(stem, stem.len().wrapping_sub(2)));
    match last {
        b'a' | b'e' | b'i' | b'o' => true,
        // `league`, `unique`, but `value`
        b'u' => !matches!(before, b'g' | b'q'),
        b'y' => !is_vowel(before),
        // `table`, but `whole`, `girl`
        b'l' => !is_vowel(before) && !matches!(before, b'l' | b'r' | b'w'),
        // `centre`, `hundred`, `fire`
        b'r' if ending == b'd' && matches!(before, b'c' | b'd' | b't') => true,
        b'r' if ending != b'd' && matches!(before, b'b' | b'c' | b'd' | b'g' | b't') => true,
        b'r' if before == b'i' => {
            let third = letter(stem, stem.len().wrapping_sub(3));
            !is_vowel(third) || stem.ends_with(b"quir")
        }
        // `places`, `wanted`
        b's' | b'x' | b'z' | b'c' | b'g' => ending == b's',
        b'h' => ending == b's' && matches!(before, b'c' | b's'),
        b't' | b'd' => ending == b'd',
        _ => false,
    }
}

/// Whether an `e` in front of a suffix is silent; nothing where there is no suffix.
fn before_suffix(word: &[u8]) -> Option<bool> {
    match without_suffix(word)? {
        [before_e @ .., b'e'] => {
            let (last, start) = before_e.split_last()?;
            let sounded = start.iter().any(|letter| is_vowel(*letter));
            Some(sounded && !is_vowel(*last) && !keeps_its_e(before_e, b'e'))
        }
        _ => Some(false),
    }
}

/// Takes off an ending that leaves an `e` in front of it as silent as it was: `safely`.
fn without_suffix(word: &[u8]) -> Option<&[u8]> {
    match word {
        [stem @ .., b'f', b'u', b'l', b'l', b'y'] => Some(stem),
        [stem @ .., b'l' | b't', b'y'] => Some(stem),
        [stem @ .., b'm', b'e', b'n', b't'] => Some(stem),
        [stem @ .., b'm', b'e', b'n', b't', b's'] => Some(stem),
        [stem @ .., b'l' | b'n', b'e', b's', b's'] => Some(stem),
        [stem @ .., b's', b'o', b'm', b'e'] => Some(stem),
        [stem @ .., b'f', b'u', b'l'] => Some(stem),
        _ => None,
    }
}

/// Whether the word is made of two, and the first has a silent `e`: `homework`.
fn in_first_word(word: &[u8]) -> bool {
    (FIRST_WORD_LETTERS_MIN..=FIRST_WORD_LETTERS_MAX).any(|length| {
        letter(word, length - 1) == b'e'
            && begins_a_word(word.get(length..).unwrap_or_default())
            && word.get(..length).is_some_and(|first| FIRST_WORDS.contains(&first))
    })
}

/// What a second word may begin with: the `d` of `named` and the `r` of `firer` belong to
/// the first.
fn begins_a_word(rest: &[u8]) -> bool {
    match rest {
        [first, _, ..] => !is_vowel(*first) && !matches!(first, b'd' | b'n' | b'r' | b'x'),
        _ => false,
    }
}
