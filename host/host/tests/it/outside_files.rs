//! Files of a project that are links to something outside it.

use std::os::unix::fs::symlink;

use tollgate::gate::{BoundConfigError, BoundContractError, GateLoadError, ReleaseError};
use tollgate_project::files;

use crate::fixture::{Fixture, actor, check, is_too_long};

/// Publishes the gate with these keys of its contract.
async fn publish(fixture: &Fixture, keys: &str) -> Result<(), ReleaseError> {
    let gate = format!("[[contracts]]\ncontract = \"tollgate/length@^1\"\n{keys}\n");
    files::write(&fixture.folder.path().join("gates/short.toml"), gate.as_bytes()).unwrap();
    fixture.host.publish_release("short", &actor(), None).await.map(drop)
}

fn is_outside_project(error: &ReleaseError) -> bool {
    let ReleaseError::Load(GateLoadError::Contract(BoundContractError::Config { source, .. })) =
        error
    else {
        return false;
    };
    matches!(**source, BoundConfigError::OutsideProject { .. })
}

#[tokio::test(flavor = "multi_thread")]
async fn configurations_and_tables_are_not_read_through_links_out_of_the_project() {
    let fixture = Fixture::new(200).await;
    let project = fixture.folder.path();
    let outside = tempfile::tempdir().unwrap();
    for folder in [outside.path(), &project.join("data")] {
        let config = br#"{"characters": {"max": 5}}"#;
        files::write(&folder.join("length.json"), config).unwrap();
        files::write(&folder.join("claims.csv"), b"claim\nbest\n").unwrap();
    }
    symlink(outside.path().join("length.json"), project.join("outside.json")).unwrap();
    symlink(outside.path().join("claims.csv"), project.join("outside.csv")).unwrap();
    symlink(outside.path(), project.join("folder")).unwrap();
    symlink("data/length.json", project.join("inside.json")).unwrap();

    let table = |file: &str| {
        let config = "config = { characters = { max = 5 } }";
        format!("{config}\ngrants = [\"lookup\"]\ntables = {{ claims = \"{file}\" }}")
    };
    for keys in [
        "config-file = \"outside.json\"".to_owned(),
        "config-file = \"folder/length.json\"".to_owned(),
        table("outside.csv"),
        table("folder/claims.csv"),
    ] {
        let error = publish(&fixture, &keys).await.unwrap_err();
        assert!(is_outside_project(&error), "{keys}: {error:?}");
    }
    publish(&fixture, "config-file = \"inside.json\"").await.unwrap();
    let run = check(&fixture.open_gate().await, "more than five").await;
    assert!(is_too_long(&run), "{:?}", run.decision);
}
