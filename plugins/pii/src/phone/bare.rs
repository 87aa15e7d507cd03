//! Numbers whose form does not show that they are telephone numbers. Only a word in front
//! raises them above the default threshold.

use std::ops::RangeInclusive;

use super::{BARE_DIGITS, PhoneMatch, is_year};
use crate::digit_groups::{DigitGroups, Group, Separator};

const DIGITS: RangeInclusive<usize> = 8..=11;
const GROUP_DIGITS: RangeInclusive<usize> = 2..=5;
/// `555-0134`, without an area code.
const LOCAL_SHAPE: [usize; 2] = [3, 4];

pub(super) fn find(number: &DigitGroups) -> PhoneMatch<'_> {
    let list = number.groups();
    let last = list.last().filter(|last| last.separator_after == Separator::None)?;
    let local =
        number.match_shape(&LOCAL_SHAPE).is_some_and(|end| end.digits_so_far == last.digits_so_far);
    let usual = matches!(
        number.common_separator(list.len())?,
        Separator::None | Separator::Space | Separator::Dash | Separator::Dot
    );
    let grouped = list.len() == 1 || list.iter().all(|group| GROUP_DIGITS.contains(&group.length));
    let long = DIGITS.contains(&last.digits_so_far);
    let fits = usual && grouped && (long || local) && !is_other_number(number.digits(last), list);
    fits.then_some((last, BARE_DIGITS))
}

/// Returns whether this is a date, a span of years, a round number, or padded with zeros.
fn is_other_number(digits: &[u8], list: &[Group]) -> bool {
    let shape = list.iter().map(|group| group.length);
    let last = digits.last_chunk::<4>().is_some_and(|last| is_year(last));
    let first = digits.first_chunk::<4>().is_some_and(|first| is_year(first));
    digits.starts_with(b"00")
        || digits.ends_with(b"000")
        || (first && (shape.clone().eq([4, 2, 2]) || shape.clone().eq([4, 4])))
        || (last && shape.eq([2, 2, 4]))
}
