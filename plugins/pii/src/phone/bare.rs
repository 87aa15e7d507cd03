//! Numbers that nothing about them shows to be telephone numbers. Only a word in front
//! of them lifts them over the threshold.

use std::ops::RangeInclusive;

use super::{BARE, Found, is_year};
use crate::groups::{Group, Groups, Separator};

const DIGITS: RangeInclusive<usize> = 8..=11;
const GROUP_DIGITS: RangeInclusive<usize> = 2..=5;
/// `555-0134`, without the area.
const LOCAL: [usize; 2] = [3, 4];

pub(super) fn find(number: &Groups) -> Found<'_> {
    let list = number.list();
    let last = list.last().filter(|last| last.behind == Separator::None)?;
    let local = number.shaped(&LOCAL).is_some_and(|end| end.total == last.total);
    let usual = matches!(
        number.separator(list.len())?,
        Separator::None | Separator::Space | Separator::Dash | Separator::Dot
    );
    let grouped = list.len() == 1 || list.iter().all(|group| GROUP_DIGITS.contains(&group.digits));
    let long = DIGITS.contains(&last.total);
    let fits = usual && grouped && (long || local) && !is_other(number.digits(last), list);
    fits.then_some((last, BARE))
}

/// Dates, spans of years, counts of millions, and numbers padded with zeros.
fn is_other(digits: &[u8], list: &[Group]) -> bool {
    let shape = list.iter().map(|group| group.digits);
    let last = digits.last_chunk::<4>().is_some_and(|last| is_year(last));
    let first = digits.first_chunk::<4>().is_some_and(|first| is_year(first));
    digits.starts_with(b"00")
        || digits.ends_with(b"000")
        || (first && (shape.clone().eq([4, 2, 2]) || shape.clone().eq([4, 4])))
        || (last && shape.eq([2, 2, 4]))
}
