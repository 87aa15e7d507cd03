//! Numbers as they are dialled within a country, recognised by their groups, a bracket or a
//! leading zero.

use super::{
    BARE_DIGITS, NORTH_AMERICAN, PhoneMatch, UNCERTAIN_END, WITH_PREFIX, WITH_TRUNK_ZERO, is_year,
};
use crate::digit_groups::{DigitGroups, Group, Lead, Separator};

const AREA_DIGITS: std::ops::RangeInclusive<usize> = 2..=5;
/// Minimum number of digits after an area code.
const LINE_DIGITS_MIN: usize = 5;
const BRACKETED_DIGITS_MIN: usize = 7;
/// Shorter numbers with a leading zero are mostly dates.
const TRUNK_DIGITS_MIN: usize = 9;
/// France has the longest numbers in pairs. More pairs are a row of numbers.
const PAIRS_MAX: usize = 5;
/// Germany has the longest national numbers, eleven digits after the zero.
const DIGITS_MAX: usize = 12;

/// Finds three digits of area, three of exchange and four of line, optionally after a `1`.
pub(super) fn find_north_american(number: &DigitGroups) -> PhoneMatch<'_> {
    const SHAPES: [&[usize]; 5] = [&[3, 3, 4], &[1, 3, 3, 4], &[3, 7], &[10], &[11]];
    let (count, last) =
        SHAPES.iter().find_map(|shape| Some((shape.len(), number.match_shape(shape)?)))?;
    let digits = number.digits(last);
    let own = if digits.len() > 10 { digits.strip_prefix(b"1")? } else { digits };
    let confidence = match number.common_separator(count) {
        Some(Separator::None) => BARE_DIGITS,
        Some(Separator::Space) if last.separator_after == Separator::Space => UNCERTAIN_END,
        Some(Separator::Dash | Separator::Dot)
            if last.separator_after == number.groups().first()?.separator_after =>
        {
            return None;
        }
        _ if number.lead == Lead::Bracket => WITH_PREFIX,
        _ => NORTH_AMERICAN,
    };
    is_north_american(own).then_some((last, confidence))
}

/// Returns whether neither the area nor the exchange starts with 0 or 1.
pub(super) fn is_north_american(digits: &[u8]) -> bool {
    let opens = |at: usize| digits.get(at).is_some_and(|digit| matches!(digit, b'2'..=b'9'));
    opens(0) && opens(3)
}

/// Finds an area code in brackets, as in most of the world.
pub(super) fn find_bracketed(number: &DigitGroups) -> PhoneMatch<'_> {
    let first = number.groups().first()?;
    let is_area = AREA_DIGITS.contains(&first.length);
    if number.lead != Lead::Bracket || first.separator_after != Separator::Bracket || !is_area {
        return None;
    }
    let last = last_uniform_group(number, DIGITS_MAX)?;
    // `(4111)(1111)(1111)(1111)` goes on, and a part of it is no number.
    let behind_second = number.groups().get(1).is_some_and(|second| second.end < last.end);
    if behind_second && last.separator_after == Separator::Bracket {
        return None;
    }
    let trunk = number.digits(first).starts_with(b"0");
    let long = last.digits_so_far - first.length >= LINE_DIGITS_MIN;
    // `(2019) 123-145` is the source of an article.
    let fits = trunk || (long && !is_year(number.digits(first)));
    (fits && last.digits_so_far >= BRACKETED_DIGITS_MIN)
        .then_some((last, if trunk { WITH_PREFIX } else { WITH_TRUNK_ZERO }))
}

/// Finds a zero, followed by the area and the number.
pub(super) fn find_with_trunk_zero(number: &DigitGroups) -> PhoneMatch<'_> {
    let last = last_uniform_group(number, DIGITS_MAX)?;
    let first = number.groups().first()?;
    let opens = matches!(number.digits(first), [b'0', b'1'..=b'9', ..]);
    if !opens || last.digits_so_far < TRUNK_DIGITS_MIN {
        return None;
    }
    let confidence = match last.separator_after {
        _ if first.digits_so_far == last.digits_so_far => BARE_DIGITS,
        // `01.821700755` is a decimal number.
        _ if number.match_shape(&[2, last.length]).is_some_and(|second| second.end == last.end)
            && first.separator_after == Separator::Dot =>
        {
            BARE_DIGITS
        }
        Separator::None => WITH_TRUNK_ZERO,
        _ => UNCERTAIN_END,
    };
    Some((last, confidence))
}

/// Returns the last group that has the same separator as those before it and fits. The
/// first group may be separated differently, as in `030/12 34 56`; accepting more would
/// join unrelated numbers.
fn last_uniform_group(number: &DigitGroups, digits_max: usize) -> Option<&Group> {
    let list = number.groups();
    let usual = list.get(1).map_or(Separator::None, |second| second.separator_after);
    let alike = list.iter().skip(1).take_while(|group| group.separator_after == usual).count();
    let pairs = list.iter().take_while(|group| group.length == 2).count();
    let count = if pairs > PAIRS_MAX { PAIRS_MAX } else { alike + 2 };
    let last = list.iter().take(count).rfind(|group| group.digits_so_far <= digits_max)?;
    (last.length > 1).then_some(last)
}
