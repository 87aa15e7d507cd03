//! A record that lacks nothing, to start from and to test with.

/// A gate for welcome e-mails: the text of the file `gates/welcome-email.toml`.
pub const WELCOME_EMAIL: &str = include_str!("example/welcome-email.toml");
/// What it is called.
pub const WELCOME_EMAIL_FILE: &str = "gates/welcome-email.toml";

#[cfg(test)]
pub(crate) fn example() -> tollgate_model::Gate {
    crate::read::read(WELCOME_EMAIL_FILE, WELCOME_EMAIL).unwrap()
}
