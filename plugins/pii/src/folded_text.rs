//! The text as a reader sees it: without invisible characters and markup, with plain letters,
//! digits and signs. Every place in it leads back to the original text.

use std::borrow::Cow;
use std::ops::Range;

use crate::find_byte::find_byte;
use crate::markup::read_markup;
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
        let mut tags = Vec::new();
        let differs = folded.append(original, 0..original.len(), &mut tags);
        // What is in a tag interrupts nothing behind the text, and is not lost.
        for tag in tags {
            folded.copy(original, tag.start..tag.start + 1);
            folded.append(original, tag.start + 1..tag.end, &mut Vec::new());
        }
        differs.then_some(folded)
    }

    /// Appends the folded form of a part of the original. Adds the tags in which something is
    /// replaced, too. Returns whether folding may show something new.
    fn append(&mut self, original: &str, part: Range<usize>, tags: &mut Vec<Range<usize>>) -> bool {
        let bytes = original.as_bytes().get(..part.end).unwrap_or(&[]);
        let (mut done, mut at, mut differs) = (part.start, part.start, false);
        while let Some(found) = next_suspect(bytes, at) {
            at = found + 1;
            let Some(replacement) = read_replacement(original, found) else { continue };
            at = found + replacement.length;
            differs |= replacement.may_reveal(bytes, found);
            self.copy(original, done..found);
            self.replace(found, &replacement);
            if bytes.get(found) == Some(&b'<')
                && next_suspect(bytes, found + 1).is_some_and(|next| next < at)
            {
                tags.push(found..at);
            }
            done = at;
        }
        self.copy(original, done..part.end);
        differs
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

impl Replacement {
    /// Returns whether a value may become visible by this replacement. Texts in Chinese and
    /// Japanese are full of full-width signs, which matter only within a value.
    fn may_reveal(&self, original: &[u8], at: usize) -> bool {
        let is_ascii =
            |at: Option<usize>| at.and_then(|at| original.get(at)).is_some_and(u8::is_ascii);
        match self.byte {
            None => true,
            Some(byte) if byte.is_ascii_alphanumeric() || byte == b'@' => true,
            Some(_) => is_ascii(at.checked_sub(1)) && is_ascii(Some(at + self.length)),
        }
    }
}

/// Returns the value as a reader sees it.
pub(crate) fn fold_value(value: &str) -> Cow<'_, str> {
    let mut folded = FoldedText::default();
    let differs = folded.append(value, 0..value.len(), &mut Vec::new());
    if differs { Cow::Owned(folded.text) } else { Cow::Borrowed(value) }
}

/// Returns the offset of the next part that may be replaced: markup, or a character of a part
/// of Unicode that has plain forms.
fn next_suspect(bytes: &[u8], from: usize) -> Option<usize> {
    let may_be_first =
        |byte: u8| (byte >= 0x80) | (byte.wrapping_sub(b'%') <= b'&' - b'%') | (byte == b'<');
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

/// Returns the replacement for what begins at this offset.
fn read_replacement(text: &str, at: usize) -> Option<Replacement> {
    let rest = text.get(at..)?;
    let first = rest.chars().next()?;
    let (length, character) = if first.is_ascii() {
        let markup = read_markup(rest)?;
        (markup.length, markup.character)
    } else {
        (first.len_utf8(), Some(first))
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
            "1\u{a0}234",
        ] {
            assert!(FoldedText::fold(text).is_none(), "{text}");
        }
    }

    #[test]
    fn maps_the_ends_of_empty_texts() {
        let folded = FoldedText::fold("\u{ad}").unwrap();
        assert_eq!((folded.as_str(), folded.original_span(&(0..0))), ("", 0..0));
    }
}
