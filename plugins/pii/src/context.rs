//! The words in front of a number: `call 415 555 0134` is a telephone number,
//! `order 415 555 0134` hardly is. The nearest telling word decides.

use crate::candidate::Candidate;
use crate::text::Text;

/// How much a telling word moves the confidence. It lifts the weakest form of a kind
/// over the default threshold, and pushes a middling one below it.
pub(crate) const SHIFT: f64 = 0.35;

/// A form that is as sure as this speaks for itself.
const SURE: f64 = 0.85;

/// How far back to look: about six words, so that one sentence does not speak for
/// the number in the next.
const WINDOW_BYTES: usize = 40;

/// Words up to this length have to match whole, because `tel` begins `tell` too.
/// Longer ones may go on: `phone` stands for `phones` and `phonenumber`.
const WHOLE_WORD_BYTES_MAX: usize = 3;

/// Words that speak for a kind, and words that speak against it. In lower case.
pub(crate) struct Words {
    pub(crate) pro: &'static [&'static str],
    pub(crate) contra: &'static [&'static str],
}

/// The candidate, surer or less sure for the words in front of it, or else for the
/// text's label.
pub(crate) fn weigh(text: &Text, candidate: Candidate, words: &Words) -> Candidate {
    if candidate.confidence >= SURE {
        return candidate;
    }
    let before = text.up_to(candidate.span.start);
    let start = before.floor_char_boundary(before.len().saturating_sub(WINDOW_BYTES));
    let near = before.get(start..).unwrap_or("");
    match verdict(near, words).or_else(|| verdict(text.label, words)) {
        Some(by) => candidate.shifted(by),
        None => candidate,
    }
}

fn verdict(text: &str, words: &Words) -> Option<f64> {
    let mut end = text.len();
    while let Some((start, word)) = last_word(text.get(..end)?) {
        if matches(word, words.pro) {
            return Some(SHIFT);
        }
        if matches(word, words.contra) {
            return Some(-SHIFT);
        }
        end = start;
    }
    None
}

/// The last word of a text, and where it starts. A capital begins a new one, as in
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

fn matches(word: &str, list: &[&str]) -> bool {
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

    const WORDS: Words = Words { pro: &["phone", "tel", "téléphone"], contra: &["order"] };

    /// By how much the words of `text` move something behind it.
    fn before(text: &str) -> f64 {
        moved(&Text::of(text), 0.4)
    }

    fn moved(text: &Text, confidence: f64) -> f64 {
        let end = text.whole.len();
        let weighed = weigh(text, Candidate::new(Kind::Phone, end..end, confidence), &WORDS);
        ((weighed.confidence - confidence) * 100.0).round() / 100.0
    }

    #[test]
    fn the_nearest_telling_word_decides() {
        assert_eq!(before("Phone: "), SHIFT);
        assert_eq!(before("the phone order "), -SHIFT);
        assert_eq!(before("the order phone is at "), SHIFT);
        assert_eq!(before("nothing to see "), 0.0);
        assert_eq!(before(""), 0.0);
    }

    #[test]
    fn short_words_match_whole_and_long_ones_may_go_on() {
        assert_eq!(before("I tell you "), 0.0);
        assert_eq!(before("tel. "), SHIFT);
        assert_eq!(before("phonenumber "), SHIFT);
        assert_eq!(before("téléphone "), SHIFT);
    }

    #[test]
    fn a_word_too_far_away_says_nothing() {
        assert_eq!(before("phone of the lady who lives at the corner there "), 0.0);
        assert_eq!(before(&format!("phone {}", "ü".repeat(40))), 0.0);
    }

    #[test]
    fn a_label_speaks_where_the_text_does_not() {
        let labelled = |label| moved(&Text { whole: "", label }, 0.4);
        assert_eq!(labelled("customerPhoneNumber"), SHIFT);
        assert_eq!(labelled("order_id"), -SHIFT);
        assert_eq!(labelled("iPHONE"), SHIFT);
        assert_eq!(labelled("name"), 0.0);
    }

    #[test]
    fn what_is_sure_is_left_alone() {
        assert_eq!(moved(&Text::of("order "), SURE), 0.0);
        assert_eq!(moved(&Text::of("order "), 0.7), -SHIFT);
        assert_eq!(moved(&Text::of("phone "), 0.7), 0.1);
    }
}
