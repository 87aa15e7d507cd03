//! Silent vowels and extra syllables, at the end of a word or of the first word of a
//! compound.

use super::{is_vowel, letter_at};

/// First words of compounds, which keep their silent `e`.
const FIRST_WORDS: [&[u8]; 27] = [
    b"base", b"care", b"face", b"fire", b"fore", b"game", b"here", b"home", b"life", b"line",
    b"name", b"note", b"safe", b"side", b"some", b"time", b"ware", b"guide", b"horse", b"house",
    b"share", b"state", b"there", b"trade", b"where", b"whole", b"bridge",
];
const FIRST_WORD_LETTERS_MIN: usize = 4;
const FIRST_WORD_LETTERS_MAX: usize = 6;

/// Counts the silent vowels at the end of the word, and at the end of its first word.
pub(super) fn count_silent_vowels(word: &[u8]) -> u32 {
    let within =
        has_silent_e_before_suffix(word).unwrap_or_else(|| has_silent_e_in_first_word(word));
    u32::from(has_silent_final_e(word)) + u32::from(within) + u32::from(is_ically(word))
}

/// Counts the syllables without a vowel: `tourism`, `rhythm`, `gambling`, `McCoy`.
pub(super) fn count_extra_syllables(word: &[u8]) -> u32 {
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

/// Returns whether the word ends like `basically`, which is spoken with three syllables.
fn is_ically(word: &[u8]) -> bool {
    matches!(word, [.., b'i', b'c', b'a', b'l', b'l', b'y'])
}

/// Returns whether the last `e` is silent, alone or in `es` and `ed`.
fn has_silent_final_e(word: &[u8]) -> bool {
    let (stem, ending) = match word {
        [stem @ .., b'e'] => (stem, b'e'),
        [stem @ .., b'e', ending @ (b's' | b'd')] => (stem, *ending),
        _ => return false,
    };
    let has_a_vowel = stem.iter().any(|letter| is_vowel(*letter));
    has_a_vowel && !is_e_spoken(stem, ending)
}

/// Returns whether an `e` after the stem is spoken.
fn is_e_spoken(stem: &[u8], ending: u8) -> bool {
    let (last, before) =
        (letter_at(stem, stem.len() - 1), letter_at(stem, stem.len().wrapping_sub(2)));
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
            let third = letter_at(stem, stem.len().wrapping_sub(3));
            !is_vowel(third) || stem.ends_with(b"quir")
        }
        // `places`, `wanted`
        b's' | b'x' | b'z' | b'c' | b'g' => ending == b's',
        b'h' => ending == b's' && matches!(before, b'c' | b's'),
        b't' | b'd' => ending == b'd',
        _ => false,
    }
}

/// Returns whether an `e` before a suffix is silent, or `None` if there is no suffix.
fn has_silent_e_before_suffix(word: &[u8]) -> Option<bool> {
    match without_suffix(word)? {
        [before_e @ .., b'e'] => {
            let (last, start) = before_e.split_last()?;
            let sounded = start.iter().any(|letter| is_vowel(*letter));
            Some(sounded && !is_vowel(*last) && !is_e_spoken(before_e, b'e'))
        }
        _ => Some(false),
    }
}

/// Removes a suffix that does not change whether the `e` before it is silent: `safely`.
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

/// Returns whether the word is a compound whose first word has a silent `e`: `homework`.
fn has_silent_e_in_first_word(word: &[u8]) -> bool {
    (FIRST_WORD_LETTERS_MIN..=FIRST_WORD_LETTERS_MAX).any(|length| {
        letter_at(word, length - 1) == b'e'
            && may_begin_second_word(word.get(length..).unwrap_or_default())
            && word.get(..length).is_some_and(|first| FIRST_WORDS.contains(&first))
    })
}

/// Returns whether this may be a second word. Endings are not: the `d` of `named` and the
/// `r` of `firer` belong to the first word.
fn may_begin_second_word(rest: &[u8]) -> bool {
    match rest {
        [first, _, ..] => !is_vowel(*first) && !matches!(first, b'd' | b'n' | b'r' | b'x'),
        _ => false,
    }
}
