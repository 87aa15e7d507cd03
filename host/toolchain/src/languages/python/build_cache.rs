//! Components of earlier builds. componentize-py takes many seconds, so a build whose inputs have not changed takes the
//! component that they gave before. The manifest is not part of it.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tollgate_model::Digest;
use tollgate_project::files;

use crate::build_error::BuildError;

/// Version of the way in which components are built, besides the inputs that are files.
const RECIPE: &str = concat!("python-1 tollgate-", env!("CARGO_PKG_VERSION"));
/// Maximum number of components to keep. One has 18 MB, and an author works on few contracts at a time.
const COMPONENTS_MAX: usize = 8;
const EXTENSION: &str = "wasm";

/// A folder of components by the digest of their inputs.
pub(super) struct BuildCache {
    folder: PathBuf,
}

impl BuildCache {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Returns the component that was built from these inputs before.
    pub(super) fn find(&self, inputs: &Digest) -> Option<Vec<u8>> {
        let path = self.path(inputs);
        let component = std::fs::read(&path).ok()?;
        // The time stamp is that of the last use. A failure only makes it look older.
        let file = std::fs::File::options().append(true).open(&path);
        let _ = file.and_then(|file| file.set_modified(SystemTime::now()));
        Some(component)
    }

    /// Stores a component, and removes those that were not used for the longest time. A failure costs only the time of
    /// the next build.
    pub(super) fn store(&self, inputs: &Digest, component: &[u8]) {
        if files::write_private(&self.path(inputs), component).is_ok() {
            self.remove_oldest();
        }
    }

    fn path(&self, inputs: &Digest) -> PathBuf {
        self.folder.join(inputs.hex()).with_extension(EXTENSION)
    }

    fn remove_oldest(&self) {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let components = entries.map(|entry| entry.path());
        let components =
            components.filter(|path| path.extension().is_some_and(|it| it == EXTENSION));
        let used_at = |path: &Path| std::fs::metadata(path).and_then(|about| about.modified()).ok();
        let mut components: Vec<_> = components.map(|path| (used_at(&path), path)).collect();
        components.sort();
        let surplus = components.len().saturating_sub(COMPONENTS_MAX);
        for (_, path) in components.iter().take(surplus) {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Returns the digest of all inputs of a component: the files in these folders, the tool that builds it, and the packages
/// that the author pins.
pub(super) fn digest_inputs(
    folders: &[PathBuf],
    tool: &str,
    requirements: &str,
) -> Result<Digest, BuildError> {
    let mut inputs =
        vec![RECIPE.to_owned(), Digest::of(tool).hex(), Digest::of(requirements).hex()];
    for folder in folders {
        let mut lines = Vec::new();
        collect_files(folder, Path::new(""), &mut lines)?;
        lines.sort();
        inputs.push(format!("{} files", lines.len()));
        inputs.extend(lines);
    }
    Ok(Digest::of(inputs.join("\n")))
}

/// Collects a line for each file below a folder: the digest of its content, and its path.
fn collect_files(folder: &Path, below: &Path, lines: &mut Vec<String>) -> Result<(), BuildError> {
    let path = folder.join(below);
    for entry in std::fs::read_dir(&path).map_err(BuildError::at_path(&path))? {
        let entry = entry.map_err(BuildError::at_path(&path))?;
        let below = below.join(entry.file_name());
        if entry.path().is_dir() {
            collect_files(folder, &below, lines)?;
        } else {
            let digest = Digest::of(files::read(&entry.path())?).hex();
            // A name may have a line break in it, and its escape has none.
            lines.push(format!("{digest} {below:?}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn digest_depends_on_every_input() {
        let folder = tempfile::tempdir().unwrap();
        let (own, sdk) = (folder.path().join("own"), folder.path().join("sdk"));
        let write = |name: &str, text: &str| {
            files::write(&folder.path().join(name), text.as_bytes()).unwrap();
        };
        write("own/contract.py", "first");
        write("own/inner/words.py", "words");
        write("sdk/tollgate.py", "sdk");
        let folders = [own, sdk];
        let digest = |tool: &str, list: &str| digest_inputs(&folders, tool, list).unwrap();
        let first = digest("tool", "list");
        assert_eq!(digest("tool", "list"), first);
        assert_ne!(digest("other tool", "list"), first);
        assert_ne!(digest("tool", "other list"), first);
        write("own/inner/words.py", "other words");
        let second = digest("tool", "list");
        assert_ne!(second, first);
        std::fs::rename(
            folder.path().join("own/contract.py"),
            folder.path().join("sdk/contract.py"),
        )
        .unwrap();
        assert_ne!(digest("tool", "list"), second, "it is in another folder");
    }

    #[test]
    fn keeps_the_components_that_were_used_last() {
        let folder = tempfile::tempdir().unwrap();
        let cache = BuildCache::new(folder.path().join("builds"));
        let inputs = |number: usize| Digest::of(number.to_string());
        assert_eq!(cache.find(&inputs(0)), None);
        for number in 0..COMPONENTS_MAX {
            cache.store(&inputs(number), number.to_string().as_bytes());
            let file = std::fs::File::options().append(true).open(cache.path(&inputs(number)));
            let age = Duration::from_secs(1000 - number as u64);
            file.unwrap().set_modified(SystemTime::now() - age).unwrap();
        }
        assert_eq!(cache.find(&inputs(0)).unwrap(), b"0");
        cache.store(&inputs(100), b"100");
        assert_eq!(cache.find(&inputs(0)).unwrap(), b"0", "it was used a moment ago");
        assert_eq!(cache.find(&inputs(1)), None);
        assert_eq!(cache.find(&inputs(100)).unwrap(), b"100");
    }
}
