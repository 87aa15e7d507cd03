//! Numbers that begin with a country: behind a `+`, or behind the two zeros that most
//! of the world dials for it.

use super::national::is_american;
use super::{BARE, Found, PLUS, PREFIXED, codes};
use crate::groups::{Group, Groups};

/// E.164 allows 15 digits; a zero in brackets may come on top.
const DIGITS_MAX: usize = 16;

pub(super) fn behind_plus(number: &Groups) -> Found<'_> {
    behind(number, 0).map(|last| (last, PLUS))
}

/// In one piece, zeros in front pad all kinds of numbers.
pub(super) fn behind_zeros(number: &Groups) -> Found<'_> {
    let all = number.digits(number.list().last()?);
    let last = all.starts_with(b"00").then(|| behind(number, 2))??;
    let grouped = number.list().first().is_some_and(|first| first.total < last.total);
    Some((last, if grouped { PREFIXED } else { BARE }))
}

/// The code of a country and as many groups as a number there has, behind `skip`
/// digits that only say that a code follows.
fn behind(number: &Groups, skip: usize) -> Option<&Group> {
    let digits = number.digits(number.list().last()?).get(skip..)?;
    let (code, lengths) = codes::split(digits)?;
    let behind = digits.get(code..)?;
    // The zero that is dialled at home, as in `+49 (0)30`.
    let own = behind.strip_prefix(b"0").unwrap_or(behind);
    let plausible =
        if digits.starts_with(b"1") { is_american(own) } else { !own.starts_with(b"0") };
    let lead = skip + code + behind.len() - own.len();
    let fits = |group: &&Group| {
        group.total <= skip + DIGITS_MAX
            && group.total.checked_sub(lead).is_some_and(|length| lengths.contains(&length))
    };
    number.list().iter().rfind(fits).filter(|_| plausible)
}
