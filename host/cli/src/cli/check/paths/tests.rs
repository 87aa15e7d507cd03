//! Tests of the files that arguments name.

use std::fs;

use super::*;

/// Creates a folder with files, and returns a function that finds arguments in it. Errors and paths do not contain the
/// folder itself.
fn folder(files: &[&str]) -> (tempfile::TempDir, impl Fn(&[&str]) -> Result<Vec<String>, String>) {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "Hello").unwrap();
    }
    let root = format!("{}/", folder.path().display());
    let find = move |arguments: &[&str]| {
        let arguments = arguments.iter().map(|name| format!("{root}{name}").into()).collect();
        let names = |path: PathBuf| path.display().to_string().replace(&root, "");
        match find_files(arguments) {
            Ok(found) => Ok(found.into_iter().map(names).collect()),
            Err(error) => Err(error.to_string().replace(&root, "")),
        }
    };
    (folder, find)
}

fn names(names: &[&str]) -> Result<Vec<String>, String> {
    Ok(names.iter().map(|name| (*name).to_owned()).collect())
}

#[test]
fn lists_a_folder_in_order_without_hidden_files() {
    let (_folder, find) = folder(&["out/b.txt", "out/a/z.txt", "out/a/y.json", "out/.git/c"]);
    assert_eq!(find(&["out"]), names(&["out/a/y.json", "out/a/z.txt", "out/b.txt"]));
    assert_eq!(find(&["out/.git"]), names(&["out/.git/c"]), "it is named");
    let (_folder, find) = folder(&["out/.git/c"]);
    let none = "folder `out` has no files, apart from hidden ones";
    assert_eq!(find(&["out"]).unwrap_err(), none);
}

#[test]
fn expands_patterns() {
    let files = ["a.txt", "b.json", "out/c.txt", "out/d/e.txt", "out/.f.txt", ".g/h.txt"];
    let (_folder, find) = folder(&files);
    assert_eq!(find(&["*.txt"]), names(&["a.txt"]), "in one folder");
    assert_eq!(find(&["**/*.txt"]), names(&["a.txt", "out/c.txt", "out/d/e.txt"]));
    assert_eq!(find(&["out/**"]), names(&["out/c.txt", "out/d/e.txt"]));
    assert_eq!(find(&["out/*"]), names(&["out/c.txt"]), "files only");
    assert_eq!(find(&["out/.*"]), names(&["out/.f.txt"]));
    assert_eq!(find(&["?.[jt]*"]), names(&["a.txt", "b.json"]));
    assert_eq!(find(&["{b,out/c}.*"]), names(&["b.json", "out/c.txt"]));
    assert_eq!(find(&["*.json", "a.txt"]), names(&["b.json", "a.txt"]), "in the given order");
}

#[test]
fn refuses_patterns_without_a_match_or_a_meaning() {
    let (_folder, find) = folder(&["a.txt"]);
    assert_eq!(find(&["*.json"]).unwrap_err(), "`*.json` matches no file");
    assert_eq!(find(&["none/*.txt"]).unwrap_err(), "`none/*.txt` matches no file");
    let unclosed =
        "`[a.txt` is neither a file nor a pattern: unclosed character class; missing ']'";
    assert_eq!(find(&["[a.txt"]).unwrap_err(), unclosed);
}

#[test]
fn takes_a_file_with_the_name_of_a_pattern() {
    let (_folder, find) = folder(&["a[1].txt", "a1.txt"]);
    assert_eq!(find(&["a[1].txt"]), names(&["a[1].txt"]));
    assert_eq!(find(&["missing.txt"]), names(&["missing.txt"]), "told when it is read");
}

#[test]
fn refuses_a_file_that_is_named_twice() {
    let (_folder, find) = folder(&["out/a.txt"]);
    let twice = |by| format!("`out/a.txt` is given twice{by}: name each file once");
    assert_eq!(find(&["out/a.txt", "out/a.txt"]).unwrap_err(), twice(""));
    let by = ", by `out/*` and `out`";
    assert_eq!(find(&["out/*", "out"]).unwrap_err(), twice(by));
    assert!(find(&["out/a.txt", "./out/a.txt"]).is_err());
    let (relative, absolute) = ("Cargo.toml".into(), std::path::absolute("Cargo.toml").unwrap());
    assert!(find_files(vec![relative, absolute]).is_err());
}

#[test]
fn reads_what_is_linked_and_tells_what_cannot_be_read() {
    use std::os::unix::fs::symlink;
    let (place, find) = folder(&["a.txt", "out/b.txt"]);
    let out = place.path().join("out");
    symlink("../a.txt", out.join("linked.txt")).unwrap();
    assert_eq!(find(&["out"]), names(&["out/b.txt", "out/linked.txt"]));
    symlink(".", out.join("loop")).unwrap();
    symlink("gone", out.join(".hidden")).unwrap();
    assert_eq!(find(&["out"]), names(&["out/b.txt", "out/linked.txt"]), "each once");
    symlink("gone.txt", out.join("gone")).unwrap();
    assert_eq!(find(&["out"]).unwrap_err(), "cannot read `out/gone`");
    assert_eq!(find(&["out/g*"]).unwrap_err(), "cannot read `out/gone`");
    assert!(find(&["out/*.txt"]).is_ok(), "it does not match");
    fs::remove_file(out.join("gone")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(out.join("socket")).unwrap();
    assert!(find(&["out/*.txt"]).is_ok(), "what does not match is not read");
    assert!(find(&["out"]).unwrap_err().starts_with("`out/socket` is a pipe"));
}
