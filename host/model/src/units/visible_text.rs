//! Which characters a reader sees, and when two names read the same.

use unicode_normalization::UnicodeNormalization;

/// Returns whether a text has a character that a reader sees.
pub fn has_visible_text(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !is_invisible(c) && !is_blank_letter(c))
}

/// Returns the form of a name in which its spellings are equal: compatibility forms (NFKC), letter case, spaces and
/// invisible characters make no difference. It does not know letters of other alphabets that look alike.
pub fn fold_name(name: &str) -> String {
    // Lower case of upper case folds `ß` and `ss`, and the first lower case `ẞ` before that.
    let folded = visible_chars(name).nfkc().flat_map(char::to_lowercase);
    let folded = folded.flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    let folded: String = folded.nfkc().filter(|c| !is_invisible(*c)).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn visible_chars(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| !is_invisible(*c))
}

/// Returns whether a character is shown as nothing: `Default_Ignorable_Code_Point`, `Cf` and `Cc` of Unicode, but for
/// white space.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control() && !c.is_whitespace()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}'
            | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Returns whether a character is a symbol without ink: the braille pattern without dots.
fn is_blank_letter(c: char) -> bool {
    c == '\u{2800}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_no_text() {
        for text in
            ["", " \t\n", "\u{3164}", "\u{115f}\u{ffa0}", "\u{2800}", "\u{e0041}", "\u{0} \u{200b}"]
        {
            assert!(!has_visible_text(text), "{text:?}");
        }
        assert!(has_visible_text("\u{200b}a") && has_visible_text("\u{4eba}"));
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
        ] {
            assert_eq!(fold_name(one), fold_name(other), "{one:?} {other:?}");
        }
        assert_ne!(fold_name("KimOsei"), fold_name("Kim Osei"));
    }
}
