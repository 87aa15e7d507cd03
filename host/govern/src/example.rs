//! A complete gate record, for new projects and for tests.

/// Text of the example gate file for welcome e-mails.
pub const WELCOME_EMAIL: &str = include_str!("example/welcome-email.toml");
/// Path of the example gate file within a project.
pub const WELCOME_EMAIL_FILE: &str = "gates/welcome-email.toml";

#[cfg(test)]
pub(crate) fn example() -> tollgate_model::Gate {
    crate::read::read(WELCOME_EMAIL_FILE, WELCOME_EMAIL).unwrap()
}
