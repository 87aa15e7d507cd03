//! Hardware addresses such as `01-23-45-67-89-AB`, of which a part looks like a telephone
//! number.

use crate::text::LabelledText;

/// Returns whether a pair of hexadecimal digits with a letter is in front of or behind this
/// part of the text, joined by a dash.
pub(super) fn is_between(text: &LabelledText, start: usize, end: usize) -> bool {
    let behind = text.byte(end) == b'-' && !text.goes_on_at(end + 3);
    let before = start >= 3 && text.byte_before(start) == b'-' && !text.began_before(start - 3);
    (behind && is_pair(text, end + 1)) || (before && is_pair(text, start - 3))
}

fn is_pair(text: &LabelledText, at: usize) -> bool {
    let pair = [text.byte(at), text.byte(at + 1)];
    pair.iter().all(u8::is_ascii_hexdigit) && pair.iter().any(u8::is_ascii_alphabetic)
}
