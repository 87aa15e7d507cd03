//! Texts as a reader sees them: visible characters, and names and topics that read the same.

use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_normalization::UnicodeNormalization;

/// Returns whether a text has a character that a reader sees. Marks are not seen without a letter, and characters without
/// a meaning are not.
pub fn has_visible_text(text: &str) -> bool {
    let is_lone_mark = |c| {
        use GeneralCategory::{EnclosingMark, NonspacingMark};
        matches!(get_general_category(c), NonspacingMark | EnclosingMark)
    };
    let is_hidden = |c: char| c.is_whitespace() || is_invisible(c) || is_meaningless(c);
    text.chars().any(|c| !is_hidden(c) && !is_lone_mark(c))
}

/// Returns the form of a name in which its spellings are equal: compatibility forms (NFKC), letter case, spaces, invisible
/// characters, kinds of dashes and apostrophes, small capitals, and punctuation around a word make no difference. It does
/// not know letters of other alphabets that look alike.
pub fn fold_name(name: &str) -> String {
    // Before NFKC too, which makes a space and a mark of an acute accent that stands for an apostrophe.
    let visible = name.chars().filter(|c| !is_invisible(*c)).map(fold_look_alike);
    // Lower case of upper case folds `ß` and `ss`, and the first lower case `ẞ` before that.
    let folded = visible.nfkc().flat_map(char::to_lowercase);
    let folded = folded.flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    let folded = folded.nfkc().filter(|c| !is_invisible(*c)).map(fold_look_alike);
    let folded: String = folded.collect();
    let bare = folded.split_whitespace().map(|word| word.trim_matches(is_punctuation));
    let bare: Vec<_> = bare.filter(|word| !word.is_empty()).collect();
    match bare.is_empty() {
        true => folded.split_whitespace().collect::<Vec<_>>().join(" "),
        false => bare.join(" "),
    }
}

/// Returns the form of a topic in which its spellings are equal: as a name, and without accents. Words stay apart.
pub fn fold_topic(topic: &str) -> String {
    fold_name(&topic.nfkd().filter(|c| !is_accent(*c)).collect::<String>())
}

/// Returns whether two folded topics are equal but for spaces and punctuation.
pub fn is_same_topic(one: &str, other: &str) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(|c| !c.is_whitespace() && !is_punctuation(*c)).collect()
    };
    let (letters_of_one, letters_of_other) = (letters(one), letters(other));
    match letters_of_one.is_empty() {
        true => one == other,
        false => letters_of_one == letters_of_other,
    }
}

/// Returns whether a character has no meaning that readers share: private use, unassigned, or a place of an object.
pub(crate) fn is_meaningless(c: char) -> bool {
    use GeneralCategory::{PrivateUse, Unassigned};
    c == '\u{fffc}' || matches!(get_general_category(c), PrivateUse | Unassigned)
}

/// Returns whether a character is a punctuation mark or a symbol.
fn is_punctuation(c: char) -> bool {
    matches!(get_general_category(c).abbreviation().as_bytes(), [b'P' | b'S', ..])
}

/// Returns whether a character is a mark for letters of any alphabet. Vowels of Indic alphabets are none.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}')
}

/// Returns the usual form of a dash, an apostrophe, a small capital, or a phonetic letter that no name has.
fn fold_look_alike(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' => '-',
        '`'
        | '\u{b4}'
        | '\u{2b9}'
        | '\u{2bb}'..='\u{2bd}'
        | '\u{2c8}'
        | '\u{2ca}'
        | '\u{2cb}'
        | '\u{2018}'
        | '\u{2019}'
        | '\u{201b}'
        | '\u{2032}'
        | '\u{2035}'
        | '\u{a78b}'
        | '\u{a78c}' => '\'',
        'ᴀ' | 'ɑ' => 'a',
        'ʙ' => 'b',
        'ᴄ' => 'c',
        'ᴅ' => 'd',
        'ᴇ' => 'e',
        'ꜰ' => 'f',
        'ɢ' | 'ɡ' => 'g',
        'ʜ' => 'h',
        'ɪ' => 'i',
        'ᴊ' | 'ȷ' => 'j',
        'ᴋ' => 'k',
        'ʟ' => 'l',
        'ᴍ' => 'm',
        'ɴ' => 'n',
        'ᴏ' => 'o',
        'ᴘ' => 'p',
        'ʀ' => 'r',
        'ꜱ' => 's',
        'ᴛ' => 't',
        'ᴜ' => 'u',
        'ᴠ' => 'v',
        'ᴡ' => 'w',
        'ʏ' => 'y',
        'ᴢ' => 'z',
        c => c,
    }
}

/// Returns whether a character is shown as nothing: `Default_Ignorable_Code_Point`, `Cf` and `Cc` of Unicode but for
/// white space, and symbols without ink (braille pattern, note head, Khitan filler).
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control() && !c.is_whitespace()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}'
            | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{2800}' | '\u{16fe4}' | '\u{1d159}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_no_text() {
        for text in [
            "",
            " \t\n",
            "\u{3164}",
            "\u{115f}\u{ffa0}",
            "\u{2800}",
            "\u{e0041}",
            "\u{0} \u{200b}",
            "\u{1d159}",
            "\u{16fe4}",
            "\u{fffc}",
            "\u{301}",
            "\u{20e3}",
            "\u{e000}",
            "\u{ffff}",
            "\u{378}",
        ] {
            assert!(!has_visible_text(text), "{text:?}");
        }
        for text in ["\u{200b}a", "\u{4eba}", "\u{1f600}", "\u{93e}", "a\u{301}", "."] {
            assert!(has_visible_text(text), "{text:?}");
        }
    }

    #[test]
    fn folds_compatibility_forms_case_and_invisible_characters() {
        for (one, other) in [
            ("José", "Jose\u{301}"),
            ("KIM OSEI", "\u{ff4b}\u{ff49}\u{ff4d}\u{3000}osei"),
            ("Jürgen Groß", "JÜRGEN GROSS"),
            ("STRAẞE", "straße"),
            ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
            ("Kim \u{2062} Osei", "Kim Osei"),
            ("politics ", "Po\u{ad}litics"),
            ("politics", "poli\u{2800}t\u{26a}cs"),
            ("O'Neil", "O\u{2019}Neil"),
            ("O'Neil", "O\u{b4}Neil"),
            ("Anne-Marie", "Anne\u{2011}Marie"),
            ("J. Smith Jr.", "J Smith Jr"),
        ] {
            assert_eq!(fold_name(one), fold_name(other), "{one:?} {other:?}");
        }
        assert_ne!(fold_name("KimOsei"), fold_name("Kim Osei"));
        assert_ne!(fold_name("Əli"), fold_name("Eli"));
        assert_ne!(fold_name("?"), fold_name("!"));
    }

    #[test]
    fn folds_accents_spaces_and_punctuation_of_topics() {
        let is_same = |one, other| is_same_topic(&fold_topic(one), &fold_topic(other));
        for topic in
            ["personal-finance", "pe\u{301}rson\u{e0}l fin.ance", "Personal\u{2800} Finance!"]
        {
            assert!(is_same("personal finance", topic), "{topic:?}");
        }
        assert!(!is_same("sport", "sports") && !is_same("+", "!"));
        assert!(!is_same("\u{304b}", "\u{304c}"), "か and が");
    }
}
