//! Packages that an author pins, installed once for each list: pip needs a virtual environment and the network, and takes
//! seconds, while the list seldom changes.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tollgate_model::Digest;

use super::copy_folder;
use crate::build_error::BuildError;
use crate::toolbox::install_pure_python;

/// Maximum number of lists whose packages are kept.
const LISTS_MAX: usize = 8;

/// The list of an author's packages, and where packages that were installed before are kept.
pub(super) struct PinnedList<'l> {
    /// Path of `requirements.txt`.
    pub(super) path: &'l Path,
    pub(super) text: &'l str,
    pub(super) cache: PathBuf,
}

/// Returns whether a list says by itself which packages it has. An option may name another list, whose changes nobody would
/// notice.
pub(super) fn is_complete_list(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_start);
    lines.all(|line| !line.starts_with('-') || line.starts_with("--hash"))
}

impl PinnedList<'_> {
    /// Puts the packages into the folder `target`. `work` is for the virtual environment.
    pub(super) fn install(&self, target: &Path, work: &Path) -> Result<(), BuildError> {
        if !is_complete_list(self.text) {
            return Ok(install_pure_python(self.path, target, &work.join("venv"))?);
        }
        let kept = self.cache.join(Digest::of(self.text).hex());
        if kept.is_dir() {
            // The time stamp is that of the last use. A failure only makes it look older.
            let folder = std::fs::File::open(&kept);
            let _ = folder.and_then(|folder| folder.set_modified(SystemTime::now()));
            return copy_folder(&kept, target);
        }
        install_pure_python(self.path, target, &work.join("venv"))?;
        // What cannot be kept is installed again by the next build.
        if self.keep(target, &kept).is_ok() {
            self.remove_oldest();
        }
        Ok(())
    }

    /// Copies installed packages into the cache. They get their final name when all are there.
    fn keep(&self, installed: &Path, kept: &Path) -> Result<(), BuildError> {
        let at_cache = || BuildError::at_path(&self.cache);
        std::fs::create_dir_all(&self.cache).map_err(at_cache())?;
        let staging = tempfile::tempdir_in(&self.cache).map_err(at_cache())?;
        let copy = staging.path().join("packages");
        copy_folder(installed, &copy)?;
        std::fs::rename(copy, kept).map_err(at_cache())
    }

    fn remove_oldest(&self) {
        let entries = std::fs::read_dir(&self.cache).into_iter().flatten().flatten();
        let used_at = |path: &Path| std::fs::metadata(path).and_then(|about| about.modified()).ok();
        let mut folders: Vec<_> =
            entries.map(|entry| entry.path()).map(|path| (used_at(&path), path)).collect();
        folders.sort();
        let surplus = folders.len().saturating_sub(LISTS_MAX);
        for (_, path) in folders.iter().take(surplus) {
            let _ = std::fs::remove_dir_all(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use tollgate_project::files;

    use super::*;

    #[test]
    fn takes_packages_that_were_installed_before() {
        let place = tempfile::tempdir().unwrap();
        let (cache, work) = (place.path().join("cache"), place.path().join("work"));
        // pip would refuse this list, so it is not asked.
        let list = PinnedList { path: Path::new("requirements.txt"), text: "not a list", cache };
        let installed = place.path().join("installed");
        files::write(&installed.join("words/__init__.py"), b"words").unwrap();
        let kept = list.cache.join(Digest::of(list.text).hex());
        list.keep(&installed, &kept).unwrap();
        assert_eq!(std::fs::read_dir(&list.cache).unwrap().count(), 1, "nothing else is left");
        let target = place.path().join("target");
        list.install(&target, &work).unwrap();
        assert_eq!(files::read(&target.join("words/__init__.py")).unwrap(), b"words");
    }

    #[test]
    fn a_list_that_names_another_is_not_complete() {
        let pinned = "# words\nwords==1.0 \\\n    --hash=sha256:00\n";
        assert!(is_complete_list(pinned) && is_complete_list(""));
        for option in ["-r more.txt", "-rmore.txt", "  --requirement more.txt", "-c limits.txt"] {
            assert!(!is_complete_list(&format!("{pinned}{option}\n")), "{option}");
        }
    }

    #[test]
    fn keeps_the_packages_of_a_few_lists() {
        let place = tempfile::tempdir().unwrap();
        let cache = place.path().join("cache");
        let installed = place.path().join("installed");
        files::write(&installed.join("words.py"), b"words").unwrap();
        let list = PinnedList { path: Path::new("requirements.txt"), text: "", cache };
        for number in 0..LISTS_MAX + 2 {
            list.keep(&installed, &list.cache.join(number.to_string())).unwrap();
        }
        list.remove_oldest();
        assert_eq!(std::fs::read_dir(&list.cache).unwrap().count(), LISTS_MAX);
    }
}
