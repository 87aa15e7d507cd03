//! The person who runs the tool.

use tollgate_model::Person;

use crate::environment;

/// Returns the current user.
pub(crate) fn local_user() -> Person {
    let user = environment::user_name().unwrap_or_default();
    let person = user.parse().or_else(|_| "unknown user".parse());
    person.unwrap_or_else(|_| unreachable!("the fallback name is not blank"))
}
