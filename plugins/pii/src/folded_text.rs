//! The text as a reader sees it: without invisible characters and markup, with plain letters,
//! digits and signs. Every place in it leads back to the original text.

use std::borrow::Cow;
use std::ops::Range;

use crate::emphasis::{read_emphasis, read_escape};
use crate::find_byte::find_byte;
use crate::markup::MarkupReader;
use crate::plain_form::{PlainForm, count_own_form, plain_form};

/// A text that differs from its original.
#[derive(Default)]
pub(crate) struct FoldedText {
    text: String,
    /// In the order of this text. Every byte of it is in one.
    stretches: Vec<Stretch>,
}

/// A part of the text in which each byte stands for the same number of bytes of the
/// original: 1 if it is the same, 3 for full-width digits, 5 for `&#64;`.
#[derive(Clone, Copy)]
struct Stretch {
    start: usize,
    original_start: usize,
    original_bytes: usize,
}

/// A part of the original that is read as something else.
struct Replacement {
    length: usize,
    /// The ASCII character in its place, or nothing.
    byte: Option<u8>,
}

impl FoldedText {
    /// Returns the folded text, or `None` if folding could not show anything new.
    pub(crate) fn fold(original: &str) -> Option<Self> {
        let mut folded = Self::default();
        let mut seams = Seams::default();
        let mut markup = MarkupReader::for_text(original);
        folded.append(original, 0..original.len(), &mut seams, Some(&mut markup));
        // What is in a tag interrupts nothing behind the text, and is not lost.
        for tag in std::mem::take(&mut seams.tags) {
            folded.copy(original, tag.start..tag.start + 1);
            folded.append(original, tag.start + 1..tag.end, &mut seams, None);
        }
        seams.may_reveal(folded.text.as_bytes()).then_some(folded)
    }

    /// Appends the folded form of a part of the original. What is in a tag is not read for tags
    /// again, because comments in comments would take too long.
    fn append(
        &mut self,
        original: &str,
        part: Range<usize>,
        seams: &mut Seams,
        mut markup: Option<&mut MarkupReader>,
    ) {
        let Some(text) = original.get(..part.end) else { return };
        let bytes = text.as_bytes();
        let (mut done, mut at) = (part.start, part.start);
        while let Some(found) = next_suspect(bytes, at) {
            at = found + 1;
            // Neighbours are what a reader sees of them.
            self.copy(original, done..found);
            done = found;
            let replacement = read_replacement(text, found, self.text.as_bytes(), &mut markup);
            let Some(replacement) = replacement else { continue };
            at = found + replacement.length;
            seams.places.push(self.text.len());
            self.replace(found, &replacement);
            if bytes.get(found) == Some(&b'<') && has_suspect(bytes.get(found + 1..at)) {
                seams.tags.push(found..at);
            }
            done = at;
        }
        self.copy(original, done..part.end);
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the part of the original that a part of this text stands for, with everything
    /// invisible inside it.
    pub(crate) fn original_span(&self, span: &Range<usize>) -> Range<usize> {
        let Some(last) = span.end.checked_sub(1) else { return 0..0 };
        let end = self.original_place(last, |stretch| stretch.original_bytes);
        self.original_place(span.start, |_| 0)..end
    }

    fn original_place(&self, at: usize, beyond: impl Fn(&Stretch) -> usize) -> usize {
        let following = self.stretches.partition_point(|stretch| stretch.start <= at);
        let stretch = following.checked_sub(1).and_then(|index| self.stretches.get(index));
        stretch.map_or(0, |stretch| {
            stretch.original_start + (at - stretch.start) * stretch.original_bytes + beyond(stretch)
        })
    }

    fn copy(&mut self, original: &str, span: Range<usize>) {
        if !span.is_empty() {
            self.begin_stretch(span.start, 1);
            self.text.push_str(original.get(span).unwrap_or(""));
        }
    }

    fn replace(&mut self, at: usize, replacement: &Replacement) {
        if let Some(byte) = replacement.byte {
            self.begin_stretch(at, replacement.length);
            self.text.push(byte.into());
        }
    }

    /// Begins a stretch, unless the last one goes on.
    fn begin_stretch(&mut self, original_start: usize, original_bytes: usize) {
        let start = self.text.len();
        let goes_on = self.stretches.last().is_some_and(|last| {
            let end = last.original_start + (start - last.start) * last.original_bytes;
            last.original_bytes == original_bytes && end == original_start
        });
        if !goes_on {
            self.stretches.push(Stretch { start, original_start, original_bytes });
        }
    }
}

/// Where a text was changed.
#[derive(Default)]
struct Seams {
    /// Places in the folded text: of a replaced character, or between two that were apart.
    places: Vec<usize>,
    /// Tags of the original in which something may be replaced, too.
    tags: Vec<Range<usize>>,
}

impl Seams {
    /// Returns whether a change may show a value. Texts are full of `&amp;` and tags between
    /// words, and those of Chinese and Japanese of full-width signs: they matter only within a
    /// word or beside a digit.
    fn may_reveal(&self, folded: &[u8]) -> bool {
        let byte = |at: Option<usize>| at.and_then(|at| folded.get(at)).copied().unwrap_or(0);
        let within = |place: usize| {
            let (before, here) = (byte(place.checked_sub(1)), byte(Some(place)));
            let behind = byte(Some(place + 1));
            [before, here, behind].iter().any(|byte| byte.is_ascii_digit() || *byte == b'@')
                || (is_letter(before) && is_letter(here))
                || (before.is_ascii_alphabetic() && is_sign(here) && behind.is_ascii_alphabetic())
                || (is_sign(before) && here.is_ascii_alphabetic())
        };
        self.places.iter().any(|place| within(*place))
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || !byte.is_ascii()
}

/// Returns whether a sign is in the middle of values.
fn is_sign(byte: u8) -> bool {
    matches!(byte, b'.' | b':' | b'-' | b'_' | b'+')
}

/// Returns the value as a reader sees it.
pub(crate) fn fold_value(value: &str) -> Cow<'_, str> {
    let (mut folded, mut seams) = (FoldedText::default(), Seams::default());
    let mut markup = MarkupReader::for_text(value);
    folded.append(value, 0..value.len(), &mut seams, Some(&mut markup));
    if seams.places.is_empty() { Cow::Borrowed(value) } else { Cow::Owned(folded.text) }
}

/// Returns whether a byte may hide a part of the value around it from a plain search, although it
/// begins no HTML: Markdown, and control characters but white space.
pub(crate) fn may_hide_value(byte: u8) -> bool {
    (byte == b'*')
        | (byte == b'_')
        | (byte == b'\\')
        | ((byte < b' ') & (byte.wrapping_sub(b'\t') > b'\r' - b'\t'))
        | (byte == 0x7f)
}

/// Returns the offset of the next part that may be replaced: markup, or a character of a part
/// of Unicode that has plain forms.
fn next_suspect(bytes: &[u8], from: usize) -> Option<usize> {
    let may_be_first = |byte: u8| {
        (byte >= 0x80)
            | (byte.wrapping_sub(b'%') <= b'&' - b'%')
            | (byte == b'<')
            | may_hide_value(byte)
    };
    let mut at = from;
    loop {
        // Characters that are not ASCII are rarely alone.
        if bytes.get(at).is_none_or(u8::is_ascii) {
            at = find_byte(bytes, at, may_be_first)?;
        }
        match count_own_form(bytes.get(at..)?) {
            0 => return Some(at),
            length => at += length,
        }
    }
}

fn has_suspect(tag: Option<&[u8]>) -> bool {
    tag.is_some_and(|tag| next_suspect(tag, 0).is_some())
}

/// Returns the replacement for what begins at this offset, behind the folded text.
fn read_replacement(
    text: &str,
    at: usize,
    folded: &[u8],
    markup: &mut Option<&mut MarkupReader>,
) -> Option<Replacement> {
    let rest = text.get(at..)?;
    let first = rest.chars().next()?;
    let (length, character) = match first {
        '*' | '_' => (read_emphasis(folded, rest.as_bytes())?, None),
        '\\' => (2, Some(char::from(read_escape(rest.as_bytes())?))),
        '<' => {
            let tag = markup.as_mut()?.read(rest)?;
            (tag.length, tag.character)
        }
        '&' | '%' => {
            let part = MarkupReader::for_text("").read(rest)?;
            (part.length, part.character)
        }
        _ if first.is_ascii() => (1, None),
        _ => (first.len_utf8(), Some(first)),
    };
    let byte = match character {
        None => None,
        Some(character) => match u8::try_from(character) {
            Ok(byte) if byte.is_ascii() => Some(byte),
            _ => match plain_form(text.get(..at).unwrap_or(""), character) {
                PlainForm::Same => return None,
                PlainForm::Nothing => None,
                PlainForm::Ascii(byte) => Some(byte),
            },
        },
    };
    Some(Replacement { length, byte })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the folded text, and the part of the original that `part` of it stands for.
    fn found<'t>(original: &'t str, part: &str) -> Option<(String, &'t str)> {
        let folded = FoldedText::fold(original)?;
        let start = folded.as_str().find(part)?;
        let span = folded.original_span(&(start..start + part.len()));
        Some((folded.text.clone(), original.get(span)?))
    }

    #[test]
    fn leads_back_to_the_original() {
        for (original, text, part, whole) in [
            ("to da\u{200b}na@x.io, now", "to dana@x.io, now", "dana@x.io", "da\u{200b}na@x.io"),
            ("é ４１1２ é", "é 4112 é", "4112", "４１1２"),
            ("é ４１1２ é", "é 4112 é", "11", "１1"),
            ("a&#64;&#x62;", "a@b", "@b", "&#64;&#x62;"),
            ("\u{ad}１\u{ad}", "1", "1", "１"),
            ("<b>1</b>2<i>", "12", "12", "1</b>2"),
            ("1<br/>2", "1\n2", "1\n2", "1<br/>2"),
            ("x%40y", "x@y", "@", "%40"),
            ("𝟏é𝟐", "1é2", "é2", "é𝟐"),
        ] {
            assert_eq!(found(original, part), Some((text.into(), whole)), "{original}");
        }
    }

    #[test]
    fn keeps_what_is_in_a_tag() {
        let original = "a<a href='?to=b%40c.de'>d</a>e";
        assert_eq!(
            found(original, "ade"),
            Some(("ade<a href='?to=b@c.de'>".into(), "a<a href='?to=b%40c.de'>d</a>e"))
        );
        assert_eq!(found(original, "b@c.de").unwrap().1, "b%40c.de");
        assert_eq!(found("a<b>d", "ad").unwrap().0, "ad");
    }

    #[test]
    fn folds_values_without_their_tags() {
        assert_eq!(fold_value("a<b title='&#64;'>&#64;</b>b"), "a@b");
        assert!(matches!(fold_value("a@b"), Cow::Borrowed("a@b")));
    }

    #[test]
    fn joins_stretches_of_one_kind() {
        let folded = FoldedText::fold("ab１２３cd\u{ad}ef").unwrap();
        assert_eq!(folded.stretches.len(), 4);
    }

    #[test]
    fn leaves_texts_that_hide_nothing() {
        for text in [
            "",
            "plain",
            "“Déjà vu” — naïve, 日本語 and 한국어",
            "你好，世界：电话（一）",
            "好 ❤️ 👩‍👧",
            "a < b && c > d, 100% & more",
            "<b>Great news</b>, <i>Bill</i> &amp; Ann.<br>\nBye",
            "1\u{a0}234",
        ] {
            assert!(FoldedText::fold(text).is_none(), "{text}");
        }
    }

    #[test]
    fn maps_the_ends_of_empty_texts() {
        let folded = FoldedText::fold("1\u{ad}").unwrap();
        assert_eq!((folded.as_str(), folded.original_span(&(0..0))), ("1", 0..0));
    }
}
