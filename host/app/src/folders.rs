//! The user's own folders, as the XDG base directory specification has them.

use std::path::PathBuf;

/// What compiled contracts are kept in.
pub(crate) fn cache() -> Option<PathBuf> {
    ours("XDG_CACHE_HOME", ".cache")
}

/// What settings and keys are kept in.
pub(crate) fn settings() -> Option<PathBuf> {
    ours("XDG_CONFIG_HOME", ".config")
}

/// What packages are kept in.
pub(crate) fn data() -> Option<PathBuf> {
    ours("XDG_DATA_HOME", ".local/share")
}

/// The folder that a variable of the environment names; nothing, where it is empty.
pub(crate) fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// This tool's folder in the one that a variable names, or else in this one of the user's home.
fn ours(variable: &str, at_home: &str) -> Option<PathBuf> {
    let folder = named(variable).or_else(|| Some(std::env::home_dir()?.join(at_home)));
    folder.map(|folder| folder.join("tollgate"))
}
