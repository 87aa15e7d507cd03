//! Finds the files that the arguments of `tollgate check` name: files, folders, and patterns that no shell has expanded.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use globset::{GlobBuilder, GlobMatcher};
use walkdir::{DirEntry, WalkDir};

use crate::files::read_error_message;

/// Characters that make an argument a pattern, unless a file has this name.
const PATTERN_CHARACTERS: [char; 4] = ['*', '?', '[', '{'];
/// Argument that stands for standard input.
const STANDARD_INPUT: &str = "-";

/// Files in the order of their arguments, and the argument that named each.
#[derive(Default)]
struct FoundFiles {
    files: Vec<PathBuf>,
    /// Arguments by the normal form of the file that they named.
    arguments: HashMap<PathBuf, PathBuf>,
}

/// A pattern, and where the files are that it may match.
struct FilePattern {
    matcher: GlobMatcher,
    /// Folder that everything the pattern matches is in. Empty for the current one.
    root: PathBuf,
    /// Number of levels below the root that can match, if they are limited.
    levels: Option<usize>,
    /// Whether the pattern names hidden files itself.
    names_hidden: bool,
}

/// Returns the files that arguments name, in the order of the arguments. The files of a folder or pattern are sorted by
/// name, and hidden ones are left out. Fails if a folder or pattern has no file, or if two arguments name the same one.
///
/// A single file is not looked at: it may be missing, a pipe or standard input.
pub(super) fn find_files(arguments: Vec<PathBuf>) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = FoundFiles::default();
    for argument in arguments {
        for file in files_of(&argument)? {
            found.add(file, &argument)?;
        }
    }
    Ok(found.files)
}

fn files_of(argument: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if argument == Path::new(STANDARD_INPUT) {
        return Ok(vec![argument.to_owned()]);
    }
    if argument.is_dir() {
        return files_of_folder(argument);
    }
    // A file takes precedence over a pattern with the same spelling.
    match argument.to_str().filter(|text| text.contains(PATTERN_CHARACTERS)) {
        Some(text) if argument.symlink_metadata().is_err() => files_of_pattern(text),
        _ => Ok(vec![argument.to_owned()]),
    }
}

fn files_of_folder(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in entries(sorted_walk(folder), false) {
        files.extend(to_file(&entry.map_err(describe_walk_error)?)?);
    }
    if files.is_empty() {
        bail!("folder `{}` has no files, apart from hidden ones", folder.display());
    }
    Ok(files)
}

fn files_of_pattern(text: &str) -> anyhow::Result<Vec<PathBuf>> {
    let pattern = FilePattern::parse(text)?;
    let mut files = Vec::new();
    for entry in pattern.entries() {
        let path = match &entry {
            Ok(entry) => Some(entry.path()),
            Err(error) => error.path(),
        };
        let path = pattern.shown_path(path.unwrap_or(&pattern.root)).to_owned();
        let is_match = pattern.matcher.is_match(&path);
        match entry {
            Ok(entry) if is_match => files.extend(to_file(&entry)?.map(|_| path)),
            // What another link leads to is missing, and not what the pattern asks for.
            Err(error) if is_match || !is_missing(&error) => {
                return Err(describe_walk_error(error));
            }
            _ => {}
        }
    }
    if files.is_empty() {
        bail!("`{text}` matches no file");
    }
    Ok(files)
}

/// Returns the path of an entry if it is a file, or `None` if it is a folder. Fails for anything else: reading a pipe may
/// never end.
fn to_file(entry: &DirEntry) -> anyhow::Result<Option<PathBuf>> {
    let kind = entry.file_type();
    if !kind.is_file() && !kind.is_dir() {
        let path = entry.path().display();
        bail!("`{path}` is a pipe, a socket or a device: to read it, name it by itself");
    }
    Ok(kind.is_file().then(|| entry.path().to_owned()))
}

fn sorted_walk(folder: &Path) -> WalkDir {
    // A file that is linked into a folder is there for whoever lists it, so it is judged.
    WalkDir::new(folder).follow_links(true).sort_by_file_name()
}

/// Returns the entries of a walk, without hidden ones unless they are wanted.
fn entries(walk: WalkDir, with_hidden: bool) -> impl Iterator<Item = walkdir::Result<DirEntry>> {
    let is_wanted = move |depth: usize, path: &Path| {
        with_hidden || depth == 0 || !path.file_name().is_some_and(is_hidden)
    };
    let walk = walk.into_iter().filter_entry(move |entry| is_wanted(entry.depth(), entry.path()));
    walk.filter(move |entry| match entry {
        Ok(_) => true,
        // A link to a folder that it is in leads to nothing that is not walked anyway.
        Err(error) if error.loop_ancestor().is_some() => false,
        Err(error) => error.path().is_none_or(|path| is_wanted(error.depth(), path)),
    })
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().first() == Some(&b'.')
}

fn is_missing(error: &walkdir::Error) -> bool {
    error.io_error().is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}

fn describe_walk_error(error: walkdir::Error) -> anyhow::Error {
    let message = match error.path() {
        Some(path) => read_error_message(path),
        None => "cannot read a folder".into(),
    };
    let reason = error.into_io_error().unwrap_or_else(|| io::ErrorKind::Other.into());
    anyhow::Error::from(reason).context(message)
}

impl FilePattern {
    fn parse(text: &str) -> anyhow::Result<Self> {
        // Paths that are found have no doubled separators.
        let path: PathBuf = Path::new(text).components().collect();
        let names = || path.components().map(|name| name.as_os_str().to_string_lossy());
        let root = names().take_while(|name| !name.contains(PATTERN_CHARACTERS));
        let root: PathBuf = root.map(Cow::into_owned).collect();
        let pattern_names = || names().skip(root.components().count());
        // An alternative may contain separators, so its names are not counted.
        let is_unlimited = pattern_names().any(|name| name.contains('{') || name.contains("**"));
        let levels = (!is_unlimited).then(|| pattern_names().count());
        let names_hidden = pattern_names().any(|name| name.starts_with('.'));
        let glob = GlobBuilder::new(&path.to_string_lossy()).literal_separator(true).build();
        let glob = glob.map_err(|error| {
            anyhow!("`{text}` is neither a file nor a pattern: {}", error.kind())
        })?;
        Ok(Self { matcher: glob.compile_matcher(), root, levels, names_hidden })
    }

    /// Returns everything that the pattern may match. Empty if its folder is missing.
    fn entries(&self) -> Box<dyn Iterator<Item = walkdir::Result<DirEntry>>> {
        let folder = if self.is_in_current() { Path::new(".") } else { &self.root };
        if !folder.is_dir() {
            return Box::new(std::iter::empty());
        }
        let mut walk = sorted_walk(folder);
        if let Some(levels) = self.levels {
            walk = walk.max_depth(levels);
        }
        Box::new(entries(walk, self.names_hidden))
    }

    /// Returns a path that was found as the pattern would write it.
    fn shown_path<'p>(&self, path: &'p Path) -> &'p Path {
        if self.is_in_current() { path.strip_prefix(".").unwrap_or(path) } else { path }
    }

    fn is_in_current(&self) -> bool {
        self.root.as_os_str().is_empty()
    }
}

impl FoundFiles {
    /// Adds a file. Fails if it was added before.
    fn add(&mut self, file: PathBuf, argument: &Path) -> anyhow::Result<()> {
        // Only paths that are written without links and `..` are known to be the same.
        let normal = std::path::absolute(&file).unwrap_or_else(|_| file.clone());
        if let Some(first) = self.arguments.insert(normal, argument.to_owned()) {
            let file = file.display();
            let by = match first == argument {
                true => String::new(),
                false => format!(", by `{}` and `{}`", first.display(), argument.display()),
            };
            bail!("`{file}` is given twice{by}: name each file once");
        }
        self.files.push(file);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
