//! Untrusted texts as one line.

use tollgate_model::reveal_hidden;

/// Maximum length of a text in a list or a sentence.
const CHARACTERS_MAX: usize = 100;

/// Reduces untrusted text to one line of limited length.
pub fn single_line(text: &str) -> String {
    let mut characters = reveal_hidden(text).replace(['\r', '\n', '\t'], " ");
    if let Some((end, _)) = characters.char_indices().nth(CHARACTERS_MAX) {
        characters.truncate(end);
        characters.push('…');
    }
    characters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortens_and_keeps_one_line() {
        assert_eq!(single_line("a\nb\tc"), "a b c");
        let long = single_line(&"ä".repeat(CHARACTERS_MAX + 1));
        assert_eq!(long.chars().count(), CHARACTERS_MAX + 1);
        assert!(long.ends_with("ä…"));
        assert_eq!(single_line(&"ä".repeat(CHARACTERS_MAX)).chars().count(), CHARACTERS_MAX);
    }
}
