//! A number the way people write it: groups of digits with separators between them.
//! Cards, telephone numbers and social security numbers are all read from this.

use crate::text::{Text, is_digit, is_word};

/// The longest card has 19 digits, and nothing else that is looked for has more.
pub(crate) const DIGITS_MAX: usize = 19;

/// ` - ` is the longest separator, and `) (` the most that brackets do.
const SEPARATOR_CHARS_MAX: usize = 3;

/// What stands between two groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Separator {
    /// No further group follows.
    #[default]
    None,
    Space,
    Dash,
    Dot,
    Slash,
    /// A bracket, with or without one of the others beside it: `(030) 12`.
    Bracket,
}

/// What stands directly in front of the first group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lead {
    /// Nothing that the number could be a part of.
    Free,
    /// A letter, a digit or an underscore: this is a piece of a word.
    Joined,
    Plus,
    Bracket,
    /// An earlier group of digits.
    Digits(Separator),
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Group {
    /// How many digits it has.
    pub(crate) digits: usize,
    /// How many digits there are up to its end.
    pub(crate) total: usize,
    /// The byte where it ends.
    pub(crate) end: usize,
    pub(crate) behind: Separator,
}

/// Up to 19 digits in their groups. It lives on the stack: most numbers in a text
/// turn out to be nothing, and should cost nothing.
pub(crate) struct Groups {
    pub(crate) start: usize,
    pub(crate) lead: Lead,
    digits: [u8; DIGITS_MAX],
    groups: [Group; DIGITS_MAX],
    count: usize,
}

impl Groups {
    /// Reads from the first digit of a group. Groups which no longer fit into 19
    /// digits are left out.
    pub(crate) fn read(text: &Text, start: usize) -> Self {
        let mut number = Self {
            start,
            lead: lead(text, start),
            digits: [0; DIGITS_MAX],
            groups: [Group::default(); DIGITS_MAX],
            count: 0,
        };
        let mut next = Some(start);
        while let Some(at) = next {
            next = number.push(text, at);
        }
        number
    }

    /// Takes in the group that starts here, and says where the next one does.
    fn push(&mut self, text: &Text, at: usize) -> Option<usize> {
        let total = self.total();
        let end = text.run(at, DIGITS_MAX + 1, is_digit);
        let read = text.whole.as_bytes().get(at..end)?;
        let room = self.digits.get_mut(total..total + read.len())?;
        room.copy_from_slice(read);
        let (behind, next) = separator(text, end);
        let group = Group { digits: read.len(), total: total + read.len(), end, behind };
        *self.groups.get_mut(self.count)? = group;
        self.count += 1;
        (behind != Separator::None).then_some(next)
    }

    pub(crate) fn list(&self) -> &[Group] {
        self.groups.get(..self.count).unwrap_or(&[])
    }

    /// The digits up to the end of a group, as ASCII.
    pub(crate) fn digits(&self, up_to: &Group) -> &[u8] {
        self.digits.get(..up_to.total).unwrap_or(&[])
    }

    /// How many digits there are in all groups.
    pub(crate) fn total(&self) -> usize {
        self.list().last().map_or(0, |group| group.total)
    }

    /// Whether the first groups have exactly these lengths; the last of them, if so.
    pub(crate) fn shaped(&self, lengths: &[usize]) -> Option<&Group> {
        let list = self.list().get(..lengths.len())?;
        let fits = list.iter().zip(lengths).all(|(group, length)| group.digits == *length);
        list.last().filter(|_| fits)
    }

    /// The one separator between the first `count` groups, if it is only one. A
    /// single group has none.
    pub(crate) fn separator(&self, count: usize) -> Option<Separator> {
        let mut inner = self.list().iter().take(count.saturating_sub(1));
        let first = inner.next().map_or(Separator::None, |group| group.behind);
        inner.all(|group| group.behind == first).then_some(first)
    }
}

/// Whether a number may end at this byte: not in the middle of a word or a decimal.
/// A comma ends it, because lists are written with commas and no amount is that long.
pub(crate) fn ends(text: &Text, at: usize) -> bool {
    let decimal = text.byte(at) == b'.' && is_digit(text.byte(at + 1));
    !is_word(text.byte(at)) && !decimal
}

fn lead(text: &Text, at: usize) -> Lead {
    match text.byte_before(at) {
        b'+' => Lead::Plus,
        b'(' => Lead::Bracket,
        byte if is_word(byte) => Lead::Joined,
        _ => match separator_before(text, at) {
            Separator::None => Lead::Free,
            separator => Lead::Digits(separator),
        },
    }
}

/// The separator in front of an offset, if a digit stands in front of that.
fn separator_before(text: &Text, at: usize) -> Separator {
    let before = text.up_to(at);
    let Some(last) = before.chars().next_back() else { return Separator::None };
    let earlier = text.byte_before(at - last.len_utf8());
    let closes = earlier == b')' && separates(last) != Separator::None;
    match separates(last) {
        _ if closes => Separator::Bracket,
        separator if is_digit(earlier) => separator,
        _ => Separator::None,
    }
}

/// The separator at an offset, and where the digit behind it stands, if there are both.
pub(crate) fn separator(text: &Text, at: usize) -> (Separator, usize) {
    let mut found = Separator::None;
    for (offset, character) in text.from(at).char_indices().take(SEPARATOR_CHARS_MAX + 1) {
        if character.is_ascii_digit() {
            return (found, at + offset);
        }
        let Some(joined) = join(found, separates(character)) else { break };
        found = joined;
    }
    (Separator::None, at)
}

/// What two characters in a row make: brackets take in what is beside them, and
/// spaces may surround a dash.
fn join(before: Separator, next: Separator) -> Option<Separator> {
    use Separator::{Bracket, Dash, None as Nothing, Space};
    match (before, next) {
        (_, Nothing) => None,
        (Nothing, next) => Some(next),
        (Bracket, _) | (_, Bracket) => Some(Bracket),
        (Space, Dash) | (Dash, Space) => Some(Dash),
        _ => None,
    }
}

/// Language models like the typographic forms: no-break spaces and hyphens.
pub(crate) fn separates(character: char) -> Separator {
    match character {
        ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' => Separator::Space,
        '-' | '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}' => Separator::Dash,
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
        let number = Groups::read(&Text::of(text), start);
        number.list().iter().map(|group| (group.digits, group.behind)).collect()
    }

    #[test]
    fn groups_are_told_apart_by_what_separates_them() {
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
    fn no_more_than_nineteen_digits_are_read() {
        assert_eq!(shape("1234567890123456789", 0).len(), 1);
        assert_eq!(shape("12345678901234567890", 0).len(), 0);
        assert_eq!(shape("1234 567890123456 7890 1", 0).len(), 2);
        assert_eq!(shape(&"1 ".repeat(40), 0).len(), 19);
    }

    #[test]
    fn what_stands_in_front_is_known() {
        let lead = |text: &str| Groups::read(&Text::of(text), text.len() - 1).lead;
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
    fn shapes_and_separators_are_asked_for_from_the_front() {
        let text = Text::of("415-555-0134 9");
        let number = Groups::read(&text, 0);
        assert_eq!(number.shaped(&[3, 3, 4]).map(|last| last.end), Some(12));
        assert!(number.shaped(&[3, 4]).is_none());
        assert_eq!(number.separator(3), Some(Separator::Dash));
        assert_eq!(number.separator(4), None);
        assert_eq!(number.separator(1), Some(Separator::None));
    }
}
