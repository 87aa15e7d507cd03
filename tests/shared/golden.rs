//! Golden files, shared by the tests of several crates: what is kept for years has the same bytes in every build.

use std::fs;
use std::path::Path;

/// Compares a text with a golden file, or writes the file if `UPDATE` is set.
pub fn assert_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, format!("{text}\n")).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        golden.strip_suffix('\n') == Some(text),
        "{name} is kept for years, and its format has changed. If that is intended, raise its version \
         and run\nUPDATE=1 cargo nextest run --workspace -E 'test(golden)'\n\nfound:\n{text}"
    );
}
