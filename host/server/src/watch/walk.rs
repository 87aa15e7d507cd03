//! Walking the watched folders: lists what is in them, and opens no file.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsString;
use std::fs::{self, FileType, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use super::coverage::{SkipReason, SkippedPaths};
use super::folders::{RootFolder, WatchedFolders};
use super::left_out::{CACHE_MARK, is_left_out_file, is_left_out_folder};

/// Entries of folders that are looked at. A project has some hundred; beside one that collects outputs there may be
/// millions, and listing them has to end.
pub(super) const ENTRIES_MAX: usize = 20_000;

/// Folders that are watched. Each takes one of the watches that the system gives a user, 8,192 where it gives least.
pub(super) const FOLDERS_MAX: usize = 2_000;

/// What a walk found, by paths as they are shown: relative to the project, or below an extra folder.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub(super) entries: BTreeMap<PathBuf, Entry>,
    /// Resolved paths of the folders that were listed.
    pub(super) folders: Vec<PathBuf>,
    pub(super) skipped: SkippedPaths,
    /// Watched folders that are not there, as they were named.
    pub(super) missing: Vec<PathBuf>,
}

/// An entry of a folder.
#[derive(Debug)]
pub(super) enum Entry {
    /// A file, or a link to one inside of the watched folders.
    File {
        /// Path without links.
        path: PathBuf,
        attributes: FileAttributes,
    },
    Folder(FileAttributes),
    /// A folder that was listed already under another path.
    Alias(PathBuf),
    /// A link that leads nowhere, or out of the watched folders, with its target as it is written.
    Link {
        reason: SkipReason,
        target: PathBuf,
    },
    /// Anything else that is not opened.
    Skipped {
        reason: SkipReason,
        attributes: Option<FileAttributes>,
    },
}

/// What the system says about a file without opening it. Whoever writes to a file changes at least one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileAttributes {
    device: u64,
    inode: u64,
    pub(super) size: u64,
    /// Seconds and nanoseconds of the last change of the content.
    modified: (i64, i64),
    /// Seconds and nanoseconds of the last change of anything. Nobody can set it.
    changed: (i64, i64),
}

/// A folder that is still to be listed.
struct PendingFolder {
    shown: PathBuf,
    resolved: PathBuf,
}

struct Walker<'f> {
    folders: &'f WatchedFolders,
    /// Resolved paths of the watched folders.
    roots: Vec<PathBuf>,
    /// Folders that were found, by their resolved paths, with the path under which each is listed. So links that lead in a
    /// circle end, and a folder that is reached in two ways is read once.
    known: BTreeMap<PathBuf, PathBuf>,
    pending: VecDeque<PendingFolder>,
    walk: Walk,
}

/// Lists everything that is in the watched folders, and is not left out.
pub(super) fn walk(folders: &WatchedFolders) -> Walk {
    let roots = folders.resolve();
    let resolved = roots.iter().filter_map(|root| root.resolved.clone().ok()).collect();
    let mut walker = Walker {
        folders,
        roots: resolved,
        known: BTreeMap::new(),
        pending: VecDeque::new(),
        walk: Walk::default(),
    };
    for root in roots {
        walker.add_root(root);
        // One watched folder after the other, so that a folder inside of the project is shown as a part of it.
        while let Some(folder) = walker.pending.pop_front() {
            walker.list(&folder);
        }
    }
    walker.walk
}

impl Walker<'_> {
    fn add_root(&mut self, root: RootFolder) {
        match root.resolved {
            // It is inside of one that was listed already.
            Ok(resolved) if self.known.contains_key(&resolved) => {}
            Ok(resolved) if resolved.is_dir() => self.add_folder(root.shown, resolved),
            Ok(_) => self.add_missing(root.shown, root.named, io::ErrorKind::NotADirectory),
            // When it is made, it is found like any other folder in the one around it.
            Err(_) if self.roots.iter().any(|around| is_below(&root.named, around)) => {}
            Err(error) => self.add_missing(root.shown, root.named, error),
        }
    }

    fn add_missing(&mut self, shown: PathBuf, named: PathBuf, error: io::ErrorKind) {
        self.walk.missing.push(named);
        let reason = SkipReason::Unreadable(error);
        self.walk.entries.insert(shown, Entry::Skipped { reason, attributes: None });
    }

    /// Adds a folder that is to be listed, unless it is known.
    fn add_folder(&mut self, shown: PathBuf, resolved: PathBuf) {
        if let Some(listed) = self.known.get(&resolved) {
            self.walk.entries.insert(shown, Entry::Alias(listed.clone()));
            return;
        }
        let attributes = fs::symlink_metadata(&resolved).map(|about| FileAttributes::of(&about));
        if self.known.len() >= FOLDERS_MAX {
            self.skip(shown, SkipReason::TooManyFolders, attributes.ok());
            return;
        }
        match attributes {
            Ok(attributes) => {
                self.walk.entries.insert(shown.clone(), Entry::Folder(attributes));
                self.known.insert(resolved.clone(), shown.clone());
                self.pending.push_back(PendingFolder { shown, resolved });
            }
            Err(error) => self.skip(shown, SkipReason::Unreadable(error.kind()), None),
        }
    }

    fn list(&mut self, folder: &PendingFolder) {
        let room = ENTRIES_MAX.saturating_sub(self.walk.entries.len());
        let names = match list_names(&folder.resolved, room) {
            Ok(names) => names,
            // Others may still have room: what decides must not depend on how many outputs lie beside it.
            Err(reason) => {
                let about = fs::symlink_metadata(&folder.resolved).ok();
                self.skip(folder.shown.clone(), reason, about.as_ref().map(FileAttributes::of));
                return;
            }
        };
        let is_marked = names.iter().any(|name| name == CACHE_MARK);
        if is_marked && !self.roots.contains(&folder.resolved) {
            self.walk.entries.remove(&folder.shown);
            return;
        }
        self.walk.folders.push(folder.resolved.clone());
        for name in &names {
            let path = folder.resolved.join(name);
            let Ok(about) = fs::symlink_metadata(&path) else { continue };
            let is_left_out = match about.is_dir() {
                true => is_left_out_folder(name, &names),
                false => is_left_out_file(name),
            };
            if !is_left_out && !self.folders.leaves_out(&folder.resolved, name) {
                self.add_entry(folder.shown.join(name), path, &about);
            }
        }
    }

    fn add_entry(&mut self, shown: PathBuf, path: PathBuf, about: &Metadata) {
        let kind = about.file_type();
        if kind.is_dir() {
            self.add_folder(shown, path);
        } else if kind.is_symlink() {
            self.add_link(shown, &path);
        } else {
            self.add_file(shown, path, kind, FileAttributes::of(about));
        }
    }

    fn add_file(
        &mut self,
        shown: PathBuf,
        path: PathBuf,
        kind: FileType,
        attributes: FileAttributes,
    ) {
        match kind.is_file() {
            true => {
                self.walk.entries.insert(shown, Entry::File { path, attributes });
            }
            // Opening a pipe could wait for ever, and opening a device could do anything.
            false => self.skip(shown, SkipReason::NotRegular, Some(attributes)),
        }
    }

    fn add_link(&mut self, shown: PathBuf, link: &Path) {
        match self.follow(link) {
            Ok((path, about)) if about.is_dir() => self.add_folder(shown, path),
            Ok((path, about)) => {
                self.add_file(shown, path, about.file_type(), FileAttributes::of(&about));
            }
            Err(reason) => {
                let target = fs::read_link(link).unwrap_or_default();
                self.walk.skipped.add(&shown, reason);
                self.walk.entries.insert(shown, Entry::Link { reason, target });
            }
        }
    }

    /// Returns where a link leads to, if that is inside of the watched folders.
    fn follow(&self, link: &Path) -> Result<(PathBuf, Metadata), SkipReason> {
        let unreadable = |error: io::Error| SkipReason::Unreadable(error.kind());
        let target = link.canonicalize().map_err(unreadable)?;
        if !self.roots.iter().any(|root| target.starts_with(root)) {
            return Err(SkipReason::LeadsOut);
        }
        let about = fs::symlink_metadata(&target).map_err(unreadable)?;
        Ok((target, about))
    }

    fn skip(&mut self, shown: PathBuf, reason: SkipReason, attributes: Option<FileAttributes>) {
        self.walk.skipped.add(&shown, reason);
        self.walk.entries.insert(shown, Entry::Skipped { reason, attributes });
    }
}

/// Returns whether a path leads to something in a folder, as it is written.
fn is_below(path: &Path, folder: &Path) -> bool {
    let is_down = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    path.strip_prefix(folder).is_ok_and(|rest| rest.components().all(is_down))
}

/// Returns the names in a folder, sorted, so that the same folder is always listed in the same order.
fn list_names(folder: &Path, count_max: usize) -> Result<Vec<OsString>, SkipReason> {
    let unreadable = |error: io::Error| SkipReason::Unreadable(error.kind());
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        if names.len() >= count_max {
            return Err(SkipReason::TooManyEntries);
        }
        names.push(entry.map_err(unreadable)?.file_name());
    }
    names.sort_unstable();
    Ok(names)
}

impl FileAttributes {
    fn of(about: &Metadata) -> Self {
        Self {
            device: about.dev(),
            inode: about.ino(),
            size: about.size(),
            modified: (about.mtime(), about.mtime_nsec()),
            changed: (about.ctime(), about.ctime_nsec()),
        }
    }

    /// Returns all attributes, for a digest.
    pub(super) fn to_bytes(self) -> [u8; 56] {
        let numbers = [
            self.device,
            self.inode,
            self.size,
            self.modified.0.cast_unsigned(),
            self.modified.1.cast_unsigned(),
            self.changed.0.cast_unsigned(),
            self.changed.1.cast_unsigned(),
        ];
        let mut bytes = [0; 56];
        for (place, number) in bytes.chunks_exact_mut(8).zip(numbers) {
            place.copy_from_slice(&number.to_be_bytes());
        }
        bytes
    }

    /// Returns the attributes that stay the same when something is added to a folder.
    pub(super) fn identity_bytes(self) -> [u8; 16] {
        (u128::from(self.device) << 64 | u128::from(self.inode)).to_be_bytes()
    }
}

#[cfg(test)]
mod tests;
