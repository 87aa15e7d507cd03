//! What readers make of a character: some they do not see, and many they take for one that
//! is on their keyboard.

use unicode_normalization::char::decompose_compatible;

/// Returns whether a character is invisible to readers: soft hyphens, joiners, direction
/// marks, variation selectors, fillers, tags, which Unicode calls default ignorable, and control
/// characters but white space.
pub fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}'
            | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Calls `visit` with the parts of a character. Accents are separated from their letters, and
/// ligatures, full-width letters and the like become plain letters (NFKD); typographic
/// quotes and hyphens become those of a keyboard.
pub fn decompose(character: char, mut visit: impl FnMut(char)) {
    decompose_compatible(character, |part| visit(to_keyboard_form(part)));
}

/// Returns the ASCII character that a reader takes this one for, if it is a single one.
pub fn ascii_form(character: char) -> Option<u8> {
    let (mut last, mut count) = (character, 0);
    decompose(character, |part| {
        last = part;
        count += 1;
    });
    u8::try_from(last).ok().filter(|byte| count == 1 && byte.is_ascii())
}

fn to_keyboard_form(character: char) -> char {
    match character {
        '\u{2018}'..='\u{201b}' | '\u{2bc}' => '\'',
        '\u{201c}'..='\u{201f}' => '"',
        '\u{2010}' => '-',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_ascii_character_for_a_similar_one() {
        for (character, ascii) in [
            ('a', 'a'),
            ('\u{ff20}', '@'),
            ('\u{ff0e}', '.'),
            ('\u{ff14}', '4'),
            ('\u{1d7d9}', '1'),
            ('\u{1d41d}', 'd'),
            ('\u{2460}', '1'),
            ('\u{3000}', ' '),
            ('\u{2011}', '-'),
            ('\u{2019}', '\''),
        ] {
            assert_eq!(ascii_form(character), Some(ascii as u8), "{character}");
        }
        for character in ['\u{e9}', '\u{fb01}', '\u{2122}', '\u{2026}', '\u{4e00}', '\u{bd}'] {
            assert_eq!(ascii_form(character), None, "{character}");
        }
    }

    #[test]
    fn tells_invisible_characters_from_visible_ones() {
        let invisible = "\0\u{8}\u{1b}\u{7f}\u{80}\u{9f}\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{180e}\u{200b}\u{200d}\u{200f}\
                         \u{202e}\u{2060}\u{3164}\u{fe0f}\u{feff}\u{ffa0}\u{e0041}";
        assert!(invisible.chars().all(is_invisible));
        assert!(
            !"a \t\n\u{b}\u{c}\r\u{85}\u{a0}\u{2009}\u{301}\u{20e3}\u{3000}\u{1161}"
                .chars()
                .any(is_invisible)
        );
    }
}
