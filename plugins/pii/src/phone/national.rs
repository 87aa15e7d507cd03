//! Numbers as they are dialled at home, which show it by their groups, by a bracket or
//! by the zero in front of them.

use super::{AMERICAN, BARE, Found, PREFIXED, RUNS_ON, TRUNK, is_year};
use crate::groups::{Group, Groups, Lead, Separator};

const AREA_DIGITS: std::ops::RangeInclusive<usize> = 2..=5;
/// What stands behind an area code has at least as many.
const LINE_DIGITS_MIN: usize = 5;
const BRACKETED_DIGITS_MIN: usize = 7;
/// Shorter ones that begin with zero are mostly dates.
const TRUNK_DIGITS_MIN: usize = 9;
/// Germany has the longest national numbers, eleven digits behind the zero.
const DIGITS_MAX: usize = 12;

/// Three digits of area, three of exchange, four of line, with or without a one.
pub(super) fn american(number: &Groups) -> Found<'_> {
    const SHAPES: [&[usize]; 5] = [&[3, 3, 4], &[1, 3, 3, 4], &[3, 7], &[10], &[11]];
    let (count, last) =
        SHAPES.iter().find_map(|shape| Some((shape.len(), number.shaped(shape)?)))?;
    let digits = number.digits(last);
    let own = if digits.len() > 10 { digits.strip_prefix(b"1")? } else { digits };
    let confidence = match number.separator(count) {
        Some(Separator::None) => BARE,
        Some(Separator::Space) if last.behind == Separator::Space => RUNS_ON,
        Some(Separator::Dash | Separator::Dot) if last.behind == number.list().first()?.behind => {
            return None;
        }
        _ if number.lead == Lead::Bracket => PREFIXED,
        _ => AMERICAN,
    };
    is_american(own).then_some((last, confidence))
}

/// Neither the area nor the exchange starts with 0 or 1.
pub(super) fn is_american(digits: &[u8]) -> bool {
    let opens = |at: usize| digits.get(at).is_some_and(|digit| matches!(digit, b'2'..=b'9'));
    opens(0) && opens(3)
}

/// An area code in brackets, as in most of the world.
pub(super) fn bracketed(number: &Groups) -> Found<'_> {
    let first = number.list().first()?;
    let is_area = AREA_DIGITS.contains(&first.digits);
    if number.lead != Lead::Bracket || first.behind != Separator::Bracket || !is_area {
        return None;
    }
    let last = up_to(number, DIGITS_MAX)?;
    let trunk = number.digits(first).starts_with(b"0");
    let long = last.total - first.digits >= LINE_DIGITS_MIN;
    // `(2019) 123-145` is where an article was printed.
    let fits = trunk || (long && !is_year(number.digits(first)));
    (fits && last.total >= BRACKETED_DIGITS_MIN)
        .then_some((last, if trunk { PREFIXED } else { TRUNK }))
}

/// A zero, then the area, then the number.
pub(super) fn trunk(number: &Groups) -> Found<'_> {
    let last = up_to(number, DIGITS_MAX)?;
    let first = number.list().first()?;
    let opens = matches!(number.digits(first), [b'0', b'1'..=b'9', ..]);
    if !opens || last.total < TRUNK_DIGITS_MIN {
        return None;
    }
    let confidence = match (first.total == last.total, last.behind) {
        (true, _) => BARE,
        (_, Separator::None) => TRUNK,
        _ => RUNS_ON,
    };
    Some((last, confidence))
}

/// As many groups as are written alike and fit. The first may be set off differently,
/// as in `030/12 34 56`; more would mix up what only stands side by side.
fn up_to(number: &Groups, digits_max: usize) -> Option<&Group> {
    let list = number.list();
    let usual = list.get(1).map_or(Separator::None, |second| second.behind);
    let alike = list.iter().skip(1).take_while(|group| group.behind == usual).count();
    let last = list.iter().take(alike + 2).rfind(|group| group.total <= digits_max)?;
    (last.digits > 1).then_some(last)
}
