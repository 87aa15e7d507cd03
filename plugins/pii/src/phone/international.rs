//! Numbers that begin with a country code, after a `+` or after the `00` that most of the
//! world dials for it.

use super::national::is_north_american;
use super::{BARE_DIGITS, PhoneMatch, WITH_PLUS, WITH_PREFIX, codes};
use crate::digit_groups::{DigitGroups, Group};

/// E.164 allows 15 digits; a zero in brackets may be added.
const DIGITS_MAX: usize = 16;

pub(super) fn find_after_plus(number: &DigitGroups) -> PhoneMatch<'_> {
    find_after_prefix(number, 0).map(|last| (last, WITH_PLUS))
}

/// Finds numbers that begin with `00`. Without groups they are uncertain, because all kinds
/// of numbers are padded with zeros.
pub(super) fn find_after_zeros(number: &DigitGroups) -> PhoneMatch<'_> {
    let all = number.digits(number.groups().last()?);
    let last = all.starts_with(b"00").then(|| find_after_prefix(number, 2))??;
    let grouped =
        number.groups().first().is_some_and(|first| first.digits_so_far < last.digits_so_far);
    Some((last, if grouped { WITH_PREFIX } else { BARE_DIGITS }))
}

/// Returns the last group of a number that has a country code after `skip` leading digits,
/// and a length that is possible for that country.
fn find_after_prefix(number: &DigitGroups, skip: usize) -> Option<&Group> {
    let digits = number.digits(number.groups().last()?).get(skip..)?;
    let (code, lengths) = codes::split_calling_code(digits)?;
    let behind = digits.get(code..)?;
    // The trunk zero, which is dialled only within the country, as in `+49 (0)30`.
    let own = behind.strip_prefix(b"0").unwrap_or(behind);
    let plausible =
        if digits.starts_with(b"1") { is_north_american(own) } else { !own.starts_with(b"0") };
    let lead = skip + code + behind.len() - own.len();
    let fits = |group: &&Group| {
        group.digits_so_far <= skip + DIGITS_MAX
            && group.digits_so_far.checked_sub(lead).is_some_and(|length| lengths.contains(&length))
    };
    number.groups().iter().rfind(fits).filter(|_| plausible)
}
