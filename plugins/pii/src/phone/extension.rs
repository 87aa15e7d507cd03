//! The extension behind a telephone number: `x4587`, ` ext. 12`.

use crate::text::{LabelledText, is_digit};

/// Longer words first, because the shorter ones begin them.
const WORDS: [&str; 4] = ["extension", "ext.", "ext", "x"];
const DIGITS_MAX: usize = 6;

/// Returns the end of a number including its extension, if one follows.
pub(super) fn end_with_extension(text: &LabelledText, end: usize) -> usize {
    extension_end(text, end).unwrap_or(end)
}

fn extension_end(text: &LabelledText, end: usize) -> Option<usize> {
    let apart = text.end_of_run(end, 2, |byte| matches!(byte, b' ' | b','));
    let rest = text.from(apart);
    let starts =
        |word: &&&str| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let word = WORDS.iter().find(starts)?;
    // ` x 2` is a multiplication.
    let space = usize::from(word.len() > 1 && text.byte(apart + word.len()) == b' ');
    let digits = apart + word.len() + space;
    let stop = text.end_of_run(digits, DIGITS_MAX, is_digit);
    (stop > digits && !text.goes_on_at(stop)).then_some(stop)
}
