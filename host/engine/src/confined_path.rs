//! Paths of files that a project names: relative to a folder, and never out of it.

use std::io;
use std::path::{Component, Path, PathBuf};

/// Reason why a named file is not read.
#[derive(Debug, thiserror::Error)]
pub enum ConfinedPathError {
    /// An absolute path, or one with `..`.
    #[error("write the path relative to the project's folder, without `..`")]
    NotRelative,
    /// A link on the way, or the file itself, leads to another place.
    #[error("the path leads out of the project's folder")]
    LeadsOut,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Returns the path of a file below a folder. Links may lead to other places in the folder. A missing file has a path,
/// too, so that reading it says what is missing.
pub fn confine_path(folder: &Path, name: &str) -> Result<PathBuf, ConfinedPathError> {
    let is_relative = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if !Path::new(name).components().all(is_relative) {
        return Err(ConfinedPathError::NotRelative);
    }
    let path = folder.join(name);
    match path.canonicalize() {
        Ok(target) if target.starts_with(folder.canonicalize()?) => Ok(path),
        Ok(_) => Err(ConfinedPathError::LeadsOut),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(path),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn follows_links_within_the_folder_only() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("project");
        std::fs::create_dir_all(folder.join("data/deep")).unwrap();
        std::fs::create_dir(place.path().join("project-two")).unwrap();
        for file in ["secret.csv", "project-two/secret.csv", "project/data/deep/claims.csv"] {
            std::fs::write(place.path().join(file), "claim\n").unwrap();
        }
        for (target, link) in [
            ("data/deep/claims.csv", "inside.csv"),
            ("data/deep", "folder"),
            ("inside.csv", "chain.csv"),
            ("../secret.csv", "outside.csv"),
            ("../project-two/secret.csv", "neighbour.csv"),
            ("..", "up"),
            ("outside.csv", "outside-chain.csv"),
            ("round.csv", "round.csv"),
            ("nowhere.csv", "broken.csv"),
        ] {
            symlink(target, folder.join(link)).unwrap();
        }
        symlink(place.path().join("secret.csv"), folder.join("absolute.csv")).unwrap();
        for name in [
            "inside.csv",
            "./inside.csv",
            "folder/claims.csv",
            "chain.csv",
            "broken.csv",
            "new.csv",
        ] {
            assert_eq!(confine_path(&folder, name).unwrap(), folder.join(name));
        }
        for name in [
            "outside.csv",
            "neighbour.csv",
            "absolute.csv",
            "outside-chain.csv",
            "up/secret.csv",
            "up/project-two/secret.csv",
        ] {
            let error = confine_path(&folder, name).unwrap_err();
            assert!(matches!(error, ConfinedPathError::LeadsOut), "{name}: {error}");
        }
        for name in ["/etc/passwd", "../secret.csv", "data/../../secret.csv"] {
            let error = confine_path(&folder, name).unwrap_err();
            assert!(matches!(error, ConfinedPathError::NotRelative), "{name}: {error}");
        }
        let error = confine_path(&folder, "round.csv").unwrap_err();
        assert!(matches!(error, ConfinedPathError::Io(_)), "{error}");
    }

    #[test]
    fn a_folder_that_is_a_link_itself_is_its_target() {
        let place = tempfile::tempdir().unwrap();
        std::fs::create_dir(place.path().join("real")).unwrap();
        std::fs::write(place.path().join("real/claims.csv"), "claim\n").unwrap();
        symlink("real", place.path().join("project")).unwrap();
        let folder = place.path().join("project");
        assert_eq!(confine_path(&folder, "claims.csv").unwrap(), folder.join("claims.csv"));
    }
}
