//! The user's folders according to the XDG base directory specification.

use std::path::PathBuf;

/// Returns the folder for compiled contracts.
pub(crate) fn cache() -> Option<PathBuf> {
    tollgate_folder("XDG_CACHE_HOME", ".cache")
}

/// Returns the folder for settings and keys.
pub(crate) fn settings() -> Option<PathBuf> {
    tollgate_folder("XDG_CONFIG_HOME", ".config")
}

/// Returns the folder for packages.
pub(crate) fn data() -> Option<PathBuf> {
    tollgate_folder("XDG_DATA_HOME", ".local/share")
}

/// Returns the folder that an environment variable names. An empty variable counts as unset.
pub(crate) fn from_environment(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Returns this tool's folder below the one that a variable names, or below a folder of the user's home.
fn tollgate_folder(variable: &str, home_folder: &str) -> Option<PathBuf> {
    let folder =
        from_environment(variable).or_else(|| Some(std::env::home_dir()?.join(home_folder)));
    folder.map(|folder| folder.join("tollgate"))
}
