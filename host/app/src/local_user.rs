//! The person who runs the tool. As in git, the machine's word is trusted.

use tollgate_model::Person;

/// Returns the current user, from `USER` or `LOGNAME`.
pub(crate) fn local_user() -> Person {
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_default();
    let person = user.parse().or_else(|_| "unknown user".parse());
    person.unwrap_or_else(|_| unreachable!("the fallback name is not blank"))
}
