//! Reads a number as people write it: groups of digits with separators. Cards, telephone
//! numbers and social security numbers are recognised from this.

use crate::text::{LabelledText, is_digit};

/// The longest card has 19 digits, and no other kind has more.
pub(crate) const DIGITS_MAX: usize = 19;

/// The longest separators are ` - ` and `) (`.
const SEPARATOR_CHARS_MAX: usize = 3;

/// A line break with an indentation.
const GAP_CHARS_MAX: usize = 16;

/// Returns the separator at an offset, and the position of the digit after it.
type SeparatorReader = fn(&LabelledText, usize) -> (Separator, usize);

/// Separator between two groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Separator {
    /// No further group follows.
    #[default]
    None,
    Space,
    Dash,
    Dot,
    Slash,
    /// A bracket, with or without another separator beside it: `(030) 12`.
    Bracket,
}

/// Text directly in front of the first group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lead {
    /// Nothing that the number could be a part of.
    Free,
    /// A letter or a digit: the number is part of a word.
    Joined,
    Plus,
    Bracket,
    /// An earlier group of digits.
    Digits(Separator),
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Group {
    /// Number of digits in the group.
    pub(crate) length: usize,
    /// Number of digits up to the end of the group.
    pub(crate) digits_so_far: usize,
    /// Byte offset of the group's end.
    pub(crate) end: usize,
    pub(crate) separator_after: Separator,
}

/// Up to 19 digits in their groups. Stored without allocation, because most numbers in a
/// text are not personal data.
pub(crate) struct DigitGroups {
    pub(crate) start: usize,
    pub(crate) lead: Lead,
    digits: [u8; DIGITS_MAX],
    groups: [Group; DIGITS_MAX],
    count: usize,
}

impl DigitGroups {
    /// Reads from the first digit of a group. Groups that no longer fit into 19 digits are
    /// left out.
    pub(crate) fn read(text: &LabelledText, start: usize) -> Self {
        Self::read_apart_by(text, start, read_separator)
    }

    /// Reads like [`DigitGroups::read`], also across a line break or several spaces.
    pub(crate) fn read_wrapped(text: &LabelledText, start: usize) -> Self {
        Self::read_apart_by(text, start, read_gap)
    }

    fn read_apart_by(text: &LabelledText, start: usize, read_between: SeparatorReader) -> Self {
        let mut number = Self {
            start,
            lead: read_lead(text, start),
            digits: [0; DIGITS_MAX],
            groups: [Group::default(); DIGITS_MAX],
            count: 0,
        };
        let mut next = Some(start);
        while let Some(at) = next {
            next = number.push(text, at, read_between);
        }
        number
    }

    /// Adds the group at `at` and returns the start of the next one.
    fn push(
        &mut self,
        text: &LabelledText,
        at: usize,
        read_between: SeparatorReader,
    ) -> Option<usize> {
        let total = self.total();
        let end = text.end_of_run(at, DIGITS_MAX + 1, is_digit);
        let read = text.whole.as_bytes().get(at..end)?;
        let room = self.digits.get_mut(total..total + read.len())?;
        room.copy_from_slice(read);
        let (behind, next) = read_between(text, end);
        let group = Group {
            length: read.len(),
            digits_so_far: total + read.len(),
            end,
            separator_after: behind,
        };
        *self.groups.get_mut(self.count)? = group;
        self.count += 1;
        (behind != Separator::None).then_some(next)
    }

    pub(crate) fn groups(&self) -> &[Group] {
        self.groups.get(..self.count).unwrap_or(&[])
    }

    /// Returns the digits up to the end of a group, as ASCII.
    pub(crate) fn digits(&self, up_to: &Group) -> &[u8] {
        self.digits.get(..up_to.digits_so_far).unwrap_or(&[])
    }

    /// Returns the number of digits in all groups.
    pub(crate) fn total(&self) -> usize {
        self.groups().last().map_or(0, |group| group.digits_so_far)
    }

    /// Returns the last of the first groups, if these have exactly the given lengths.
    pub(crate) fn match_shape(&self, lengths: &[usize]) -> Option<&Group> {
        let list = self.groups().get(..lengths.len())?;
        let fits = list.iter().zip(lengths).all(|(group, length)| group.length == *length);
        list.last().filter(|_| fits)
    }

    /// Returns the separator between the first `count` groups, if it is the same
    /// everywhere. For a single group it is [`Separator::None`].
    pub(crate) fn common_separator(&self, count: usize) -> Option<Separator> {
        let mut inner = self.groups().iter().take(count.saturating_sub(1));
        let first = inner.next().map_or(Separator::None, |group| group.separator_after);
        inner.all(|group| group.separator_after == first).then_some(first)
    }
}

/// Returns whether a number may end at this byte: not within a word or a decimal number. A
/// comma may follow, because lists have commas and no amount has that many digits.
pub(crate) fn may_end_number(text: &LabelledText, at: usize) -> bool {
    let decimal = text.byte(at) == b'.' && is_digit(text.byte(at + 1));
    !text.goes_on_at(at) && !decimal
}

fn read_lead(text: &LabelledText, at: usize) -> Lead {
    match text.byte_before(at) {
        b'+' => Lead::Plus,
        b'(' => Lead::Bracket,
        _ if text.began_before(at) => Lead::Joined,
        _ => match separator_before(text, at) {
            Separator::None => Lead::Free,
            separator => Lead::Digits(separator),
        },
    }
}

/// Returns the separator in front of an offset, if it follows a digit.
fn separator_before(text: &LabelledText, at: usize) -> Separator {
    let before = text.up_to(at);
    let Some(last) = before.chars().next_back() else { return Separator::None };
    let earlier = text.byte_before(at - last.len_utf8());
    let closes = earlier == b')' && separator_kind(last) != Separator::None;
    match separator_kind(last) {
        _ if closes => Separator::Bracket,
        separator if is_digit(earlier) => separator,
        _ => Separator::None,
    }
}

/// Returns the separator at an offset and the position of the digit after it, if there are
/// both.
pub(crate) fn read_separator(text: &LabelledText, at: usize) -> (Separator, usize) {
    let mut found = Separator::None;
    for (offset, character) in text.from(at).char_indices().take(SEPARATOR_CHARS_MAX + 1) {
        if character.is_ascii_digit() {
            return (found, at + offset);
        }
        let Some(joined) = join_separators(found, separator_kind(character)) else { break };
        found = joined;
    }
    (Separator::None, at)
}

/// Returns like [`read_separator`], but the separator may contain a line break or several
/// spaces.
fn read_gap(text: &LabelledText, at: usize) -> (Separator, usize) {
    let (mut found, mut line_breaks) = (Separator::None, 0);
    for (offset, character) in text.from(at).char_indices().take(GAP_CHARS_MAX + 1) {
        if character.is_ascii_digit() {
            return (found, at + offset);
        }
        line_breaks += usize::from(character == '\n');
        found = match (found, separator_kind(character)) {
            (Separator::None, Separator::None) if is_blank(character) => Separator::Space,
            (before, Separator::Space) if before != Separator::None => before,
            (before, Separator::None) if is_blank(character) => before,
            (Separator::None | Separator::Space, next) if next != Separator::None => next,
            _ => break,
        };
        if line_breaks > 1 {
            break;
        }
    }
    (Separator::None, at)
}

/// Returns whether a digit is in front of an offset, with no more than a gap between them.
pub(crate) fn follows_digit(text: &LabelledText, at: usize) -> bool {
    let in_gap =
        |character: &char| is_blank(*character) || separator_kind(*character) == Separator::Space;
    let mut before = text.up_to(at).chars().rev().take(GAP_CHARS_MAX + 1);
    before.find(|character| !in_gap(character)).is_some_and(|before| before.is_ascii_digit())
}

fn is_blank(character: char) -> bool {
    matches!(character, '\t' | '\r' | '\n')
}

/// Combines two adjacent characters: brackets absorb their neighbours, and spaces may
/// surround a dash.
fn join_separators(before: Separator, next: Separator) -> Option<Separator> {
    use Separator::{Bracket, Dash, None as Nothing, Space};
    match (before, next) {
        (_, Nothing) => None,
        (Nothing, next) => Some(next),
        (Bracket, _) | (_, Bracket) => Some(Bracket),
        (Space, Dash) | (Dash, Space) => Some(Dash),
        _ => None,
    }
}

/// Returns the kind of separator that a character is. Includes the no-break spaces and
/// hyphens that language models often write.
pub(crate) fn separator_kind(character: char) -> Separator {
    match character {
        ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' => Separator::Space,
        '-' | '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}' | '\u{2212}' => Separator::Dash,
        '.' => Separator::Dot,
        '/' => Separator::Slash,
        '(' | ')' => Separator::Bracket,
        _ => Separator::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str, start: usize) -> Vec<(usize, Separator)> {
        let number = DigitGroups::read(&LabelledText::unlabelled(text), start);
        number.groups().iter().map(|group| (group.length, group.separator_after)).collect()
    }

    #[test]
    fn reads_groups_with_their_separators() {
        use Separator::{Bracket, Dash, Dot, None as End, Slash, Space};
        assert_eq!(
            shape("12 345-6.7/8", 0),
            [(2, Space), (3, Dash), (1, Dot), (1, Slash), (1, End)]
        );
        assert_eq!(shape("(030) 12 - 3 ", 1), [(3, Bracket), (2, Dash), (1, End)]);
        assert_eq!(
            shape("1\u{a0}2\u{202f}3\u{2011}4", 0),
            [(1, Space), (1, Space), (1, Dash), (1, End)]
        );
        assert_eq!(shape("1  2", 0), [(1, End)]);
        assert_eq!(shape("12, 13", 0), [(2, End)]);
    }

    #[test]
    fn reads_wrapped_groups() {
        use Separator::{Dash, None as End, Space};
        let shape = |text: &str| {
            let number = DigitGroups::read_wrapped(&LabelledText::unlabelled(text), 0);
            let groups = number.groups().iter();
            groups.map(|group| (group.length, group.separator_after)).collect::<Vec<_>>()
        };
        let wrapped = [(4, Space), (4, End)];
        for text in ["1234 5678", "1234  5678", "1234\n5678", "1234 \r\n\t 5678", "1234\u{a0} 5678"]
        {
            assert_eq!(shape(text), wrapped, "{text:?}");
        }
        assert_eq!(shape("1234-\n5678"), [(4, Dash), (4, End)]);
        for text in ["1234\n\n5678", "1234--5678", "1234, 5678", "1234 - - 5678"] {
            assert_eq!(shape(text), [(4, End)], "{text:?}");
        }
    }

    #[test]
    fn reads_at_most_nineteen_digits() {
        assert_eq!(shape("1234567890123456789", 0).len(), 1);
        assert_eq!(shape("12345678901234567890", 0).len(), 0);
        assert_eq!(shape("1234 567890123456 7890 1", 0).len(), 2);
        assert_eq!(shape(&"1 ".repeat(40), 0).len(), 19);
    }

    #[test]
    fn recognises_the_text_in_front() {
        let lead =
            |text: &str| DigitGroups::read(&LabelledText::unlabelled(text), text.len() - 1).lead;
        assert_eq!(lead("7"), Lead::Free);
        assert_eq!(lead("€7"), Lead::Free);
        assert_eq!(lead("号7"), Lead::Free);
        assert_eq!(lead("a7"), Lead::Joined);
        assert_eq!(lead("+7"), Lead::Plus);
        assert_eq!(lead("(7"), Lead::Bracket);
        assert_eq!(lead("- 7"), Lead::Free);
        assert_eq!(lead("1 7"), Lead::Digits(Separator::Space));
        assert_eq!(lead("1\u{2011}7"), Lead::Digits(Separator::Dash));
        assert_eq!(lead("(1) 7"), Lead::Digits(Separator::Bracket));
        assert_eq!(lead("1.7"), Lead::Digits(Separator::Dot));
    }

    #[test]
    fn matches_shapes_and_separators_of_the_first_groups() {
        let text = LabelledText::unlabelled("415-555-0134 9");
        let number = DigitGroups::read(&text, 0);
        assert_eq!(number.match_shape(&[3, 3, 4]).map(|last| last.end), Some(12));
        assert!(number.match_shape(&[3, 4]).is_none());
        assert_eq!(number.common_separator(3), Some(Separator::Dash));
        assert_eq!(number.common_separator(4), None);
        assert_eq!(number.common_separator(1), Some(Separator::None));
    }
}
