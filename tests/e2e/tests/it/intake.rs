//! JSON intake against the public JSON test suite: valid documents are accepted, invalid ones fail with
//! the finding `not-json` or cannot be read, and none makes the tool crash.

use std::path::PathBuf;

use crate::tool::Place;
use crate::tool::repository;

fn corpora() -> Option<PathBuf> {
    let named = std::env::var_os("TOLLGATE_CORPORA").map(PathBuf::from);
    Some(named.unwrap_or_else(|| repository().join("../shared/corpora")))
        .filter(|path| path.is_dir())
}

#[test]
fn agrees_with_the_json_test_suite() {
    let Some(corpora) = corpora() else { return eprintln!("skipped: no corpora") };
    let place = Place::new();
    let (mut accepted, mut rejected, mut optional) = (0, 0, 0);
    for file in std::fs::read_dir(corpora.join("json-test-suite/test_parsing")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let ran = place.run(&["judge", "tollgate/pii", "--kind", "json", path.to_str().unwrap()]);
        let is_invalid = ran.code == 1 && ran.out.contains("not-json");
        let is_accepted = [0, 1, 3].contains(&ran.code) && !is_invalid;
        match name.as_bytes()[0] {
            b'y' => {
                assert!(is_accepted, "{name} is JSON: {ran:#?}");
                accepted += 1;
            }
            b'n' => {
                // What is no text in UTF-8 cannot be read.
                let is_unreadable = ran.code == 2 && ran.err.contains("cannot");
                assert!(is_invalid || is_unreadable, "{name} is not JSON: {ran:#?}");
                rejected += 1;
            }
            _ => {
                assert!(is_accepted || is_invalid || ran.code == 2, "{name}: {ran:#?}");
                optional += 1;
            }
        }
    }
    assert!(
        accepted >= 95 && rejected >= 187 && optional >= 35,
        "{accepted} {rejected} {optional}"
    );
}
