//! JSON intake against the public test suite: what is JSON is taken, what is not is
//! refused, and nothing brings the tool down.

use std::path::PathBuf;

use crate::tool::Place;
use crate::tool::repository;

fn corpora() -> Option<PathBuf> {
    let named = std::env::var_os("TOLLGATE_CORPORA").map(PathBuf::from);
    Some(named.unwrap_or_else(|| repository().join("../shared/corpora")))
        .filter(|path| path.is_dir())
}

#[test]
fn the_json_test_suite() {
    let Some(corpora) = corpora() else { return eprintln!("skipped: no corpora") };
    let place = Place::new();
    let (mut taken, mut refused, mut either) = (0, 0, 0);
    for file in std::fs::read_dir(corpora.join("json-test-suite/test_parsing")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let ran = place.run(&["judge", "tollgate/pii", "--kind", "json", path.to_str().unwrap()]);
        let is_taken = [0, 1, 3].contains(&ran.code);
        match name.as_bytes()[0] {
            b'y' => {
                assert!(is_taken, "{name} is JSON: {ran:#?}");
                taken += 1;
            }
            b'n' => {
                assert!(
                    ran.code == 2 && ran.err.contains("cannot"),
                    "{name} is not JSON: {ran:#?}"
                );
                refused += 1;
            }
            _ => {
                assert!(is_taken || ran.code == 2, "{name}: {ran:#?}");
                either += 1;
            }
        }
    }
    assert!(taken >= 95 && refused >= 187 && either >= 35, "{taken} {refused} {either}");
}
