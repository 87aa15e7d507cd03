//! Checks that the released versions of the WIT are unchanged. Each version is a folder of `wit/`, and
//! `wit/digests.txt` has the SHA-256 of each of its files, in the format of `sha256sum`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use sha2::{Digest, Sha256};

use crate::shell::repository_root;

const FOLDER: &str = "wit";
const DIGESTS: &str = "digests.txt";
/// Characters between digest and path in a line of `sha256sum`.
const SEPARATOR: &str = "  ";

/// Fails if a file of a version was changed, added or removed.
pub fn check_wit_versions() -> anyhow::Result<()> {
    check_versions(&repository_root().join(FOLDER))
}

fn check_versions(folder: &Path) -> anyhow::Result<()> {
    let (listed, found) = (read_digests(&folder.join(DIGESTS))?, hash_versions(folder)?);
    let changed = listed.iter().filter_map(|(path, digest)| match found.get(path) {
        Some(now) if now == digest => None,
        Some(_) => Some(format!(
            "`{FOLDER}/{path}` was changed, but a released version never changes\n  restore the file, and make a \
             new folder for the change"
        )),
        None => Some(format!(
            "`{FOLDER}/{path}` is missing, but a released version never changes\n  restore the file"
        )),
    });
    let unlisted = found.iter().filter(|(path, _)| !listed.contains_key(*path));
    let unlisted = unlisted.map(|(path, digest)| {
        format!(
            "`{FOLDER}/{path}` is not listed\n  if its version is new, add this line to `{FOLDER}/{DIGESTS}`, and \
             otherwise remove the file\n  {digest}{SEPARATOR}{path}"
        )
    });
    let problems: Vec<_> = changed.chain(unlisted).collect();
    if !problems.is_empty() {
        bail!("{}", problems.join("\n"));
    }
    Ok(())
}

/// Reads the listed digests, by path below the folder.
fn read_digests(path: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let text = fs::read_to_string(path).with_context(|| format!("`{}`", path.display()))?;
    let lines = (1..).zip(text.lines()).map(|(number, line)| {
        let parts = line.split_once(SEPARATOR);
        let (digest, file) =
            parts.with_context(|| format!("{}:{number}: not a digest", path.display()))?;
        Ok((file.to_owned(), digest.to_owned()))
    });
    lines.collect()
}

/// Hashes the files in the folders of all versions, by path below `folder`.
fn hash_versions(folder: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for version in fs::read_dir(folder).with_context(|| format!("`{}`", folder.display()))? {
        let version = version?;
        if !version.file_type()?.is_dir() {
            continue;
        }
        for file in fs::read_dir(version.path())? {
            let file = file?;
            let name = [version.file_name(), file.file_name()];
            let name = name.map(|part| part.to_string_lossy().into_owned()).join("/");
            let bytes = fs::read(file.path()).with_context(|| format!("`{FOLDER}/{name}`"))?;
            let digest = Sha256::digest(bytes);
            found.insert(name, digest.iter().map(|byte| format!("{byte:02x}")).collect());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Copies the committed versions into a temporary folder.
    fn copy_versions() -> tempfile::TempDir {
        let (committed, copy) = (repository_root().join(FOLDER), tempfile::tempdir().unwrap());
        for path in hash_versions(&committed).unwrap().into_keys().chain([DIGESTS.into()]) {
            let to = copy.path().join(&path);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(committed.join(&path), to).unwrap();
        }
        copy
    }

    fn check_error(copy: &tempfile::TempDir) -> String {
        check_versions(copy.path()).unwrap_err().to_string()
    }

    #[test]
    fn committed_wit_versions_are_unchanged() {
        check_wit_versions().unwrap();
        assert!(hash_versions(&repository_root().join(FOLDER)).unwrap().len() >= 3);
    }

    #[test]
    fn notices_a_changed_byte() {
        let copy = copy_versions();
        check_versions(copy.path()).unwrap();
        let path = copy.path().join("0.1.0/host.wit");
        let mut bytes = fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(path, bytes).unwrap();
        let error = check_error(&copy);
        assert!(error.starts_with("`wit/0.1.0/host.wit` was changed"), "{error}");
        assert_eq!(error.lines().count(), 2, "{error}");
    }

    #[test]
    fn notices_added_and_removed_files() {
        let copy = copy_versions();
        fs::create_dir(copy.path().join("0.2.0")).unwrap();
        fs::rename(copy.path().join("0.1.0/guest.wit"), copy.path().join("0.2.0/guest.wit"))
            .unwrap();
        let error = check_error(&copy);
        assert!(error.contains("`wit/0.1.0/guest.wit` is missing"), "{error}");
        let line = error.lines().last().unwrap().trim().to_owned();
        assert!(line.ends_with("  0.2.0/guest.wit"), "{error}");

        let list = fs::read_to_string(copy.path().join(DIGESTS)).unwrap();
        let list = list.replace("  0.1.0/guest.wit", "  0.1.0/gone.wit") + &line + "\n";
        fs::write(copy.path().join(DIGESTS), list).unwrap();
        let error = check_error(&copy);
        assert!(error.starts_with("`wit/0.1.0/gone.wit` is missing"), "{error}");
        assert_eq!(error.lines().count(), 2, "the new version is listed: {error}");
    }
}
