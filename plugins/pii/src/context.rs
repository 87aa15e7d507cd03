//! Adjusts the confidence in a number by the words around it: `call 415 555 0134` is a
//! telephone number, `order 415 555 0134` hardly is. The nearest known word in front decides,
//! and if there is none, the word behind, as in `415 555 0134 (office)`.

use crate::candidate::Candidate;
use crate::text::LabelledText;

/// Change of confidence by a context word. It raises the weakest form of a kind above the
/// default threshold, and lowers a medium one below it.
pub(crate) const CONFIDENCE_SHIFT: f64 = 0.35;

/// Length of the text in front that is searched: about six words, so that one sentence does not
/// affect the number in the next.
const WINDOW_BYTES: usize = 40;

/// Words up to this length must match exactly, because `tell` begins with `tel`. Longer
/// ones match as prefixes: `phone` also matches `phones` and `phonenumber`.
const WHOLE_WORD_BYTES_MAX: usize = 3;

/// The longest word behind a number, with a bracket and a space.
const LABEL_BYTES_MAX: usize = 24;

/// Two words in a row, of which one alone says nothing: `me at`.
type WordPair = (&'static str, &'static str);

/// Words that make a kind more or less likely, in lower case.
pub(crate) struct ContextWords {
    pub(crate) supporting: &'static [&'static str],
    pub(crate) opposing: &'static [&'static str],
    pub(crate) supporting_pairs: &'static [WordPair],
    pub(crate) opposing_pairs: &'static [WordPair],
    /// Words that support a kind also if they directly follow, and the sentence does not go
    /// on: `555-0134 mobile`, but not `12 345 678 mobile users`.
    pub(crate) labels: &'static [&'static str],
}

impl ContextWords {
    pub(crate) const NONE: Self = Self {
        supporting: &[],
        opposing: &[],
        supporting_pairs: &[],
        opposing_pairs: &[],
        labels: &[],
    };

    /// Returns the change of confidence by a word and the text in front of it.
    fn shift_by(&self, before: &str, word: &str) -> Option<f64> {
        if matches_any(word, self.supporting) || ends_pair(before, word, self.supporting_pairs) {
            return Some(CONFIDENCE_SHIFT);
        }
        let opposed =
            matches_any(word, self.opposing) || ends_pair(before, word, self.opposing_pairs);
        opposed.then_some(-CONFIDENCE_SHIFT)
    }
}

/// Adjusts the confidence by the words around the candidate. If they decide nothing, the
/// text's label does.
pub(crate) fn adjust_confidence(
    text: &LabelledText,
    candidate: Candidate,
    words: &ContextWords,
) -> Candidate {
    if candidate.is_certain() {
        return candidate;
    }
    let before = text.up_to(candidate.span.start);
    let start = before.floor_char_boundary(before.len().saturating_sub(WINDOW_BYTES));
    let near = before.get(start..).unwrap_or("");
    let shift = confidence_shift(near, words)
        .or_else(|| is_labelled_behind(text, candidate.span.end, words).then_some(CONFIDENCE_SHIFT))
        .or_else(|| confidence_shift(text.label, words));
    match shift {
        Some(by) => candidate.with_confidence_shifted(by),
        None => candidate,
    }
}

fn confidence_shift(text: &str, words: &ContextWords) -> Option<f64> {
    let (mut end, mut nearest) = (text.len(), true);
    while let Some((start, word)) = last_word(text.get(..end)?) {
        let word_end = start + word.len();
        nearest = nearest && (end == text.len() || is_joined(text.get(word_end..end)?));
        let (before, behind) = (text.get(..start)?, text.get(word_end..)?);
        // `function_call` is not a call, unless it is the name of this very number.
        if (nearest || !is_part_of_name(before, behind))
            && let Some(shift) = words.shift_by(before, word)
        {
            return Some(shift);
        }
        end = start;
    }
    None
}

/// Returns whether the text between two words joins them to one name.
fn is_joined(between: &str) -> bool {
    between.bytes().all(|byte| byte == b'_')
}

/// Returns whether the word between these texts is a part of a name such as `function_call` or
/// `functionCall`.
fn is_part_of_name(before: &str, behind: &str) -> bool {
    before.trim_end_matches('_').ends_with(char::is_alphanumeric)
        || behind.trim_start_matches('_').starts_with(char::is_alphanumeric)
}

/// Returns whether a label follows directly, and then no other word of the sentence.
fn is_labelled_behind(text: &LabelledText, end: usize, words: &ContextWords) -> bool {
    let near = text.whole.floor_char_boundary(end + LABEL_BYTES_MAX);
    let near = text.whole.get(end..near).unwrap_or("");
    let near = near.trim_start_matches([' ', '-', '\u{2013}', '(', '[', '*', '_']);
    let length = near.find(|letter: char| !letter.is_alphabetic()).unwrap_or(near.len());
    let (word, rest) = near.split_at(length);
    let ends = !rest.trim_start_matches(' ').starts_with(char::is_alphabetic);
    ends && words.labels.iter().any(|label| label.eq_ignore_ascii_case(word))
}

/// Returns the last word of a text and its start. A capital letter begins a new word, as in
/// `phoneNumber`.
fn last_word(text: &str) -> Option<(usize, &str)> {
    let text = text.trim_end_matches(|letter: char| !letter.is_alphabetic());
    let mut start = text.len();
    for (at, letter) in text.char_indices().rev() {
        if !letter.is_alphabetic() || (letter.is_lowercase() && follows_capital(text, start)) {
            break;
        }
        start = at;
    }
    text.get(start..).filter(|word| !word.is_empty()).map(|word| (start, word))
}

fn follows_capital(text: &str, start: usize) -> bool {
    text.get(start..).and_then(|word| word.chars().next()).is_some_and(char::is_uppercase)
}

fn matches_any(word: &str, list: &[&str]) -> bool {
    let word = word.as_bytes();
    let first = word.first().map(u8::to_ascii_lowercase);
    list.iter().map(|known| known.as_bytes()).any(|known| {
        let goes_on = known.len() > WHOLE_WORD_BYTES_MAX;
        known.first().copied() == first
            && (known.len() == word.len() || goes_on)
            && word.get(..known.len()).is_some_and(|head| head.eq_ignore_ascii_case(known))
    })
}

fn ends_pair(before: &str, word: &str, pairs: &[WordPair]) -> bool {
    pairs.iter().any(|(first, last)| {
        word.eq_ignore_ascii_case(last)
            && last_word(before).is_some_and(|(_, word)| word.eq_ignore_ascii_case(first))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;

    const WORDS: ContextWords = ContextWords {
        supporting: &["phone", "call", "tel", "téléphone"],
        opposing: &["order"],
        supporting_pairs: &[("me", "at")],
        opposing_pairs: &[("n", "s")],
        labels: &["office", "büro"],
    };

    /// Returns the change of confidence by the words of `text`.
    fn before(text: &str) -> f64 {
        moved(&LabelledText::unlabelled(text), 0.4)
    }

    fn moved(text: &LabelledText, confidence: f64) -> f64 {
        let end = text.whole.len();
        let weighed =
            adjust_confidence(text, Candidate::new(Kind::Phone, end..end, confidence), &WORDS);
        ((weighed.confidence - confidence) * 100.0).round() / 100.0
    }

    #[test]
    fn uses_the_nearest_context_word() {
        assert_eq!(before("Phone: "), CONFIDENCE_SHIFT);
        assert_eq!(before("the phone order "), -CONFIDENCE_SHIFT);
        assert_eq!(before("the order phone is at "), CONFIDENCE_SHIFT);
        assert_eq!(before("nothing to see "), 0.0);
        assert_eq!(before(""), 0.0);
    }

    #[test]
    fn matches_short_words_exactly_and_long_ones_as_prefixes() {
        assert_eq!(before("I tell you "), 0.0);
        assert_eq!(before("tel. "), CONFIDENCE_SHIFT);
        assert_eq!(before("phonenumber "), CONFIDENCE_SHIFT);
        assert_eq!(before("téléphone "), CONFIDENCE_SHIFT);
    }

    #[test]
    fn uses_pairs_of_words() {
        assert_eq!(before("Reach me at "), CONFIDENCE_SHIFT);
        assert_eq!(before("me, at "), CONFIDENCE_SHIFT);
        assert_eq!(before("at me "), 0.0);
        assert_eq!(before("name at "), 0.0);
        assert_eq!(before("D-U-N-S "), -CONFIDENCE_SHIFT);
    }

    #[test]
    fn ignores_parts_of_other_names() {
        assert_eq!(before("\"function_call\":null,\"created\":"), 0.0);
        assert_eq!(before("functionCall = null, created = "), 0.0);
        assert_eq!(before("\"phone_number\": "), CONFIDENCE_SHIFT);
        assert_eq!(before("customerPhoneNumber="), CONFIDENCE_SHIFT);
        assert_eq!(before("_Phone_ of the shop: "), CONFIDENCE_SHIFT);
    }

    #[test]
    fn uses_a_label_behind_the_number() {
        let behind = |text: &str| {
            let candidate = Candidate::new(Kind::Phone, 0..0, 0.4);
            let weighed = adjust_confidence(&LabelledText::unlabelled(text), candidate, &WORDS);
            weighed.confidence > 0.4
        };
        for text in [
            " office",
            "-Office",
            " (office)",
            " \u{2013} office.",
            " office\nTo",
            " *Büro*",
            " office 1",
        ] {
            assert!(behind(text), "{text}");
        }
        for text in [" office hours", " offices", " at the office", ", office", "\noffice", ""] {
            assert!(!behind(text), "{text}");
        }
    }

    #[test]
    fn ignores_distant_words() {
        assert_eq!(before("phone of the lady who lives at the corner there "), 0.0);
        assert_eq!(before(&format!("phone {}", "ü".repeat(40))), 0.0);
    }

    #[test]
    fn falls_back_to_the_label() {
        let labelled = |label| moved(&LabelledText { whole: "", label }, 0.4);
        assert_eq!(labelled("customerPhoneNumber"), CONFIDENCE_SHIFT);
        assert_eq!(labelled("order_id"), -CONFIDENCE_SHIFT);
        assert_eq!(labelled("iPHONE"), CONFIDENCE_SHIFT);
        assert_eq!(labelled("name"), 0.0);
    }

    #[test]
    fn leaves_certain_candidates_unchanged() {
        assert_eq!(moved(&LabelledText::unlabelled("order "), 0.85), 0.0);
        assert_eq!(moved(&LabelledText::unlabelled("order "), 0.7), -CONFIDENCE_SHIFT);
        assert_eq!(moved(&LabelledText::unlabelled("phone "), 0.7), 0.1);
    }
}
