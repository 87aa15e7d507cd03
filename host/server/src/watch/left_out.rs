//! Names that are left out of what is watched: nothing that decides has them.

use std::ffi::OsStr;

/// Folders of tools, at any depth: the ledger and its companions, version control, and what package managers install.
const TOOL_FOLDERS: [&str; 7] =
    [".tollgate", ".git", ".hg", ".svn", ".venv", "node_modules", "__pycache__"];

/// Folder that cargo builds into, if it stands beside a `Cargo.toml`. Elsewhere it is a word like any other.
const CARGO_FOLDER: &str = "target";
const CARGO_FILE: &str = "Cargo.toml";

/// File by which tools mark a folder whose content they can make again (<https://bford.info/cachedir/>).
pub(super) const CACHE_MARK: &str = "CACHEDIR.TAG";

/// Beginnings of the names of files that somebody is still writing, or that lock another file: of packages, of GNOME, of
/// Emacs, of LibreOffice and of network file systems.
const UNFINISHED_PREFIXES: [&str; 5] = [".unfinished-", ".goutputstream-", ".#", ".~lock.", ".nfs"];

/// Ends of the names of backups and swap files: of most editors, of JetBrains, of browsers and of Kate.
const UNFINISHED_SUFFIXES: [&str; 5] =
    ["~", "___jb_tmp___", "___jb_old___", ".crswap", ".kate-swp"];

/// Name of the file with which Vim tries whether it can write into a folder.
const VIM_PROBE: &str = "4913";

/// End of the names of logs. That of the server itself may be in the folder of the project, and would change with every
/// change that it tells of.
const LOG_SUFFIX: &str = ".log";

/// File on which publishers of packages hold a lock.
const PACKAGE_LOCK: &str = ".lock";

/// Returns whether a folder is left out. `beside` are the names of its folder, sorted.
pub(super) fn is_left_out_folder(name: &OsStr, beside: &[impl AsRef<OsStr>]) -> bool {
    let is_built = name == CARGO_FOLDER && beside.iter().any(|other| other.as_ref() == CARGO_FILE);
    is_tool_folder(name) || is_version_folder(name) || is_built
}

/// Returns whether a file, or a link to one, is left out.
pub(super) fn is_left_out_file(name: &OsStr) -> bool {
    is_unfinished_file(name) || is_version_folder(name)
}

/// Returns whether an event about this name is no reason to look. The versions of mounted volumes are one: the files that
/// are links into them change with them.
pub(super) fn is_left_out_of_events(name: &OsStr) -> bool {
    is_tool_folder(name) || is_unfinished_file(name)
}

fn is_tool_folder(name: &OsStr) -> bool {
    TOOL_FOLDERS.iter().any(|folder| name == *folder)
}

/// Returns whether a name is that of a version of a volume that Kubernetes mounts, such as `..2026_11_02_08_15`, or that of
/// the link to the present one, `..data`. What is in it is reached by the links beside it, whose names stay the same.
fn is_version_folder(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b"..")
}

fn is_unfinished_file(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    let has_prefix = UNFINISHED_PREFIXES.iter().any(|prefix| bytes.starts_with(prefix.as_bytes()));
    let has_suffix = UNFINISHED_SUFFIXES.iter().any(|suffix| bytes.ends_with(suffix.as_bytes()));
    let is_emacs_copy = bytes.len() > 1 && bytes.starts_with(b"#") && bytes.ends_with(b"#");
    let is_log = bytes.ends_with(LOG_SUFFIX.as_bytes());
    let is_single = name == VIM_PROBE || name == PACKAGE_LOCK;
    let is_pattern = is_vim_swap_file(bytes) || is_temporary_file(bytes);
    has_prefix || has_suffix || is_log || is_emacs_copy || is_single || is_pattern
}

/// Returns whether a name is one that the crate `tempfile` gives, with which this tool writes its files: `.tmpAbCdEf`.
fn is_temporary_file(name: &[u8]) -> bool {
    const RANDOM_LETTERS: usize = 6;
    let random = name.strip_prefix(b".tmp");
    random.is_some_and(|random| {
        random.len() == RANDOM_LETTERS && random.iter().all(u8::is_ascii_alphanumeric)
    })
}

/// Returns whether a name is that of a swap file of Vim: `.gate.toml.swp`, then `.swo`, `.swn` and so on.
fn is_vim_swap_file(name: &[u8]) -> bool {
    let Some((_, [b'.', b's', b'w', last])) = name.split_last_chunk::<4>() else { return false };
    name.starts_with(b".") && last.is_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALONE: [&str; 0] = [];

    #[test]
    fn leaves_out_what_editors_write_beside_a_file() {
        for name in [
            ".welcome-email.toml.swp",
            ".welcome-email.toml.swo",
            "welcome-email.toml~",
            "#welcome-email.toml#",
            ".#welcome-email.toml",
            "4913",
            ".goutputstream-A1B2C3",
            "welcome-email.toml___jb_tmp___",
            ".tmpAbCdEf",
            ".unfinished-x",
            ".lock",
            "server.log",
        ] {
            assert!(is_left_out_file(name.as_ref()), "{name}");
            assert!(is_left_out_of_events(name.as_ref()), "{name}");
        }
    }

    #[test]
    fn leaves_out_no_file_that_can_decide() {
        for name in [
            "welcome-email.toml",
            "tollgate.lock",
            ".terms.txt",
            ".tmpl.json",
            "terms.swp",
            "banned#terms.txt",
            "#",
            "14913",
            "target",
            "data.tmp",
        ] {
            assert!(!is_left_out_file(name.as_ref()), "{name}");
            assert!(!is_left_out_of_events(name.as_ref()), "{name}");
        }
    }

    #[test]
    fn leaves_out_folders_of_tools() {
        for name in [".tollgate", ".git", "node_modules", "..2026_11_02"] {
            assert!(is_left_out_folder(name.as_ref(), &ALONE), "{name}");
        }
        for name in ["gates", "target", ".config", "packages"] {
            assert!(!is_left_out_folder(name.as_ref(), &ALONE), "{name}");
        }
        assert!(is_left_out_folder("target".as_ref(), &["Cargo.toml", "target"]));
    }

    #[test]
    fn looks_when_the_version_of_a_volume_changes() {
        for name in ["..data", "..data_tmp", "..2026_11_02"] {
            assert!(is_left_out_file(name.as_ref()), "{name}");
            assert!(!is_left_out_of_events(name.as_ref()), "{name}");
        }
    }
}
