//! Checks that every link of the documents to a file of the repository, and to a heading in one, leads somewhere.

mod markdown;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::shell::repository_root;
use markdown::{find_anchors, find_links};

/// Folders with documents of others, or with what is built.
const SKIPPED_FOLDERS: [&str; 3] = ["target", "node_modules", "vendor"];

/// Fails if a link leads nowhere, and names all that do.
pub fn check_links() -> anyhow::Result<()> {
    let (documents, links) = check_folder(&repository_root())?;
    println!("links: {links} in {documents} documents checked");
    Ok(())
}

/// Checks the documents of a folder. Returns the numbers of documents and of links that were checked.
fn check_folder(root: &Path) -> anyhow::Result<(usize, usize)> {
    let mut documents = BTreeMap::new();
    read_documents(root, &mut documents)?;
    let (mut count, mut broken) = (0, Vec::new());
    for (path, text) in &documents {
        for link in find_links(text).into_iter().filter(|link| is_local(&link.target)) {
            count += 1;
            if let Some(problem) = find_problem(&documents, path, &link.target) {
                let file = path.strip_prefix(root).unwrap_or(path).display();
                broken.push(format!("{file}:{}: `{}` {problem}", link.line, link.target));
            }
        }
    }
    if !broken.is_empty() {
        bail!("these links lead nowhere:\n{}", broken.join("\n"));
    }
    Ok((documents.len(), count))
}

fn read_documents(folder: &Path, documents: &mut BTreeMap<PathBuf, String>) -> anyhow::Result<()> {
    let shown = || format!("`{}`", folder.display());
    for entry in fs::read_dir(folder).with_context(shown)? {
        let entry = entry.with_context(shown)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            if !name.starts_with('.') && !SKIPPED_FOLDERS.contains(&name.as_str()) {
                read_documents(&path, documents)?;
            }
        } else if name.ends_with(".md") {
            let text = fs::read_to_string(&path);
            documents.insert(path.clone(), text.with_context(|| format!("`{}`", path.display()))?);
        }
    }
    Ok(())
}

/// Returns whether a link leads to a file of the repository. Addresses begin with a scheme, such as `https:`.
fn is_local(target: &str) -> bool {
    let scheme = target.split_once(':').map(|(scheme, _)| scheme);
    !scheme.is_some_and(|scheme| scheme.chars().all(|char| char.is_ascii_alphanumeric()))
}

/// Returns why a link of a document leads nowhere, or `None` if it does not.
fn find_problem(
    documents: &BTreeMap<PathBuf, String>,
    document: &Path,
    target: &str,
) -> Option<&'static str> {
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let file = match path {
        "" => document.to_owned(),
        path => resolve(document, path),
    };
    if !file.exists() {
        return Some("is not there");
    }
    let text = documents.get(&file).filter(|_| !anchor.is_empty())?;
    (!find_anchors(text).contains(anchor)).then_some("names a heading that is not there")
}

/// Returns the path that a link of a document names, without `..`.
fn resolve(document: &Path, link: &str) -> PathBuf {
    let mut resolved = document.parent().unwrap_or(document).to_owned();
    for step in link.split('/') {
        match step {
            "" | "." => {}
            ".." => _ = resolved.pop(),
            step => resolved.push(step),
        }
    }
    resolved
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: &[(&str, &str)]) -> Result<(usize, usize), String> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        check_folder(folder.path()).map_err(|error| error.to_string())
    }

    #[test]
    fn links_of_the_repository_lead_somewhere() {
        let (documents, links) = check_folder(&repository_root()).unwrap();
        assert!(documents > 50 && links > 200, "{links} links in {documents} documents");
    }

    #[test]
    fn every_link_that_leads_nowhere_is_named() {
        let files = [
            (
                "README.md",
                "# One\n\n[a](docs/a.md#two-words) [b](docs/b.md)\n[c](#one) [d](#two)\n",
            ),
            (
                "docs/a.md",
                "## Two words\n\n[up](../README.md#one)\n[code](../src/)\n\n[x](c.md#y)\n",
            ),
            ("src/lib.rs", ""),
            ("target/doc.md", "[a](missing.md)"),
        ];
        assert_eq!(
            check(&files).unwrap_err(),
            "these links lead nowhere:\n\
             README.md:3: `docs/b.md` is not there\n\
             README.md:4: `#two` names a heading that is not there\n\
             docs/a.md:6: `c.md#y` is not there"
        );
    }

    #[test]
    fn addresses_are_not_checked() {
        let text = "[a](https://example.com/a#b) [b](mailto:kim@example.com)\n";
        assert_eq!(check(&[("a.md", text)]), Ok((1, 0)));
    }
}
