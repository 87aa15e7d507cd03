//! Who runs the tool. It believes the machine about that, as git does.

use tollgate_model::Person;

/// Who runs the tool, as the machine knows them.
pub(crate) fn who() -> Person {
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_default();
    let person = user.parse().or_else(|_| "whoever runs the tool".parse());
    person.unwrap_or_else(|_| unreachable!("a text that says something"))
}
