//! Adjusts the confidence in a number by the words in front of it: `call 415 555 0134` is a
//! telephone number, `order 415 555 0134` hardly is. The nearest known word decides.

use crate::candidate::Candidate;
use crate::text::LabelledText;

/// Change of confidence by a context word. It raises the weakest form of a kind above the
/// default threshold, and lowers a medium one below it.
pub(crate) const CONFIDENCE_SHIFT: f64 = 0.35;

/// From this confidence on, context words are ignored.
const CERTAIN_MIN: f64 = 0.85;

/// Length of the text that is searched: about six words, so that one sentence does not
/// affect the number in the next.
const WINDOW_BYTES: usize = 40;

/// Words up to this length must match exactly, because `tell` begins with `tel`. Longer
/// ones match as prefixes: `phone` also matches `phones` and `phonenumber`.
const WHOLE_WORD_BYTES_MAX: usize = 3;

/// Words that make a kind more or less likely, in lower case.
pub(crate) struct ContextWords {
    pub(crate) supporting: &'static [&'static str],
    pub(crate) opposing: &'static [&'static str],
}

/// Adjusts the confidence by the words in front of the candidate. If they decide nothing,
/// the text's label does.
pub(crate) fn adjust_confidence(
    text: &LabelledText,
    candidate: Candidate,
    words: &ContextWords,
) -> Candidate {
    if candidate.confidence >= CERTAIN_MIN {
        return candidate;
    }
    let before = text.up_to(candidate.span.start);
    let start = before.floor_char_boundary(before.len().saturating_sub(WINDOW_BYTES));
    let near = before.get(start..).unwrap_or("");
    match confidence_shift(near, words).or_else(|| confidence_shift(text.label, words)) {
        Some(by) => candidate.with_confidence_shifted(by),
        None => candidate,
    }
}

fn confidence_shift(text: &str, words: &ContextWords) -> Option<f64> {
    let mut end = text.len();
    while let Some((start, word)) = last_word(text.get(..end)?) {
        if matches_any(word, words.supporting) {
            return Some(CONFIDENCE_SHIFT);
        }
        if matches_any(word, words.opposing) {
            return Some(-CONFIDENCE_SHIFT);
        }
        end = start;
    }
    None
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;

    const WORDS: ContextWords =
        ContextWords { supporting: &["phone", "tel", "téléphone"], opposing: &["order"] };

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
        assert_eq!(moved(&LabelledText::unlabelled("order "), CERTAIN_MIN), 0.0);
        assert_eq!(moved(&LabelledText::unlabelled("order "), 0.7), -CONFIDENCE_SHIFT);
        assert_eq!(moved(&LabelledText::unlabelled("phone "), 0.7), 0.1);
    }
}
