//! Resolution of versions, and the lock file.

use serde_json::json;

use super::{Project, mask_digests};
use crate::versions::Contract;

const LOCK: &str = r#"# The exact packages that this project runs. Tollgate writes this file: keep it under version
# control, and do not edit it.
format = 2

[[gate]]
name = "mail"
prompt = "welcome@2.0.0"
contracts = [
    "acme/calm@1.1.0",
    "acme/timely@1.0.0",
]

[[gate]]
name = "social"
contracts = ["acme/calm@1.0.0"]

[[prompt]]
name = "welcome"
version = "2.0.0"
digest = "sha256:*"
source = "folder packages"

[[contract]]
name = "acme/calm"
version = "1.0.0"
digest = "sha256:*"
source = "folder packages"
wit = "0.1.0"

[[contract]]
name = "acme/calm"
version = "1.1.0"
digest = "sha256:*"
source = "folder packages"
wit = "0.1.0"

[[contract]]
name = "acme/timely"
version = "1.0.0"
digest = "sha256:*"
source = "folder packages"
wit = "0.1.0"
capabilities = ["clock"]

[contract.prompts]
welcome = "^2"
"#;

/// Creates a project whose two gates request different versions of one contract.
fn project() -> Project {
    let project = Project::new();
    project.publish_all(&["acme/calm@1.0.0", "acme/calm@1.1.0", "acme/calm@2.0.0"]);
    project.publish_prompt("welcome@2.0.0", "Hi");
    project.publish(&timely("1.0.0")).exits_with(0);
    project.gate("mail", "welcome@^2", &["acme/calm@^1", "acme/timely"]);
    project.gate("social", "", &["acme/calm@=1.0.0"]);
    project
}

/// Returns a contract that requests the clock and supports one version of a prompt.
fn timely(version: &str) -> Contract {
    let contract = Contract::new(&format!("acme/timely@{version}"));
    let contract = contract.with("capabilities", json!({"clock": "it says how old a claim is"}));
    contract.for_prompt("welcome", "^2")
}

#[test]
fn the_lock_lists_everything_that_runs() {
    let project = project();
    project.run("lock").exits_with_snapshot(0);
    let lock = project.lock();
    assert_eq!(mask_digests(&lock), LOCK);
    for again in ["lock", "lock --locked", "lock --offline"] {
        project.run(again).exits_with_snapshot(0);
        assert_eq!(project.lock(), lock, "{again}");
    }
    // Locking again from nothing gives the same file.
    project.empty_store();
    std::fs::remove_file(project.0.path("tollgate.lock")).unwrap();
    project.run("lock --offline").exits_with(0);
    assert_eq!(project.lock(), lock);
}

#[test]
fn tree_shows_the_packages_of_each_gate() {
    let project = project();
    project.run("tree").exits_with_snapshot(2);
    project.run("lock").exits_with(0);
    project.run("tree").exits_with_snapshot(0);
    let tree = project.run("tree --json").json();
    let gates = &tree["gates"];
    let timely = &gates[0]["packages"][2];
    assert_eq!((&gates[0]["gate"], &gates[1]["gate"]), (&json!("mail"), &json!("social")));
    assert_eq!(timely["package"], "acme/timely@1.0.0");
    assert_eq!(timely["kind"], "contract");
    assert_eq!(timely["source"], "folder packages");
    assert_eq!((&timely["wit"], &timely["capabilities"]), (&json!("0.1.0"), &json!(["clock"])));
    assert_eq!(timely["prompts"], json!({"welcome": "^2"}));
    assert!(project.lock().contains(timely["digest"].as_str().unwrap()));
}

#[test]
fn locked_mode_changes_nothing() {
    let project = project();
    project.run("lock --locked").exits_with_snapshot(2);
    assert!(!project.0.path("tollgate.lock").exists());
    project.run("lock").exits_with(0);
    let lock = project.lock();
    project.gate("mail", "welcome@^2", &["acme/calm@^2", "acme/timely"]);
    project.gate("new", "", &["acme/calm"]);
    std::fs::remove_file(project.0.path("gates/social.toml")).unwrap();
    project.run("lock --locked").exits_with_snapshot(2);
    project.run("pull --locked").exits_with_snapshot(2);
    assert_eq!(project.lock(), lock);
    project.run("lock").exits_with_snapshot(0);
    project.run("lock --locked").exits_with(0);
}

#[test]
fn locked_versions_stay_until_they_are_updated() {
    let project = Project::new();
    project.publish_all(&["acme/calm@1.0.0", "acme/mild@1.0.0"]);
    project.gate("mail", "", &["acme/calm@^1", "acme/mild"]);
    project.run("update").exits_with_snapshot(2);
    project.run("lock").exits_with(0);
    let lock = project.lock();
    project.publish_all(&["acme/calm@1.1.0", "acme/calm@2.0.0", "acme/mild@1.1.0"]);
    project.run("lock").exits_with_snapshot(0);
    assert_eq!(project.lock(), lock);
    project.run("update acme/gone").exits_with_snapshot(2);
    project.run("update no/such/name").exits_with_snapshot(2);
    assert_eq!(project.lock(), lock);

    project.run("update acme/mild").exits_with_snapshot(0);
    project.run("update").exits_with_snapshot(0);
    project.run("update").exits_with_snapshot(0);
    project.gate("mail", "", &["acme/calm@^1", "acme/mild@=1.0.0"]);
    project.run("lock").exits_with_snapshot(0);
}

#[test]
fn pre_releases_must_be_requested() {
    let project = Project::new();
    project.publish_all(&["acme/calm@1.0.0", "acme/calm@2.0.0-rc.1"]);
    project.gate("mail", "", &["acme/calm"]);
    project.run("lock").exits_with_snapshot(0);
    project.gate("mail", "", &["acme/calm@^2"]);
    project.run("lock").exits_with_snapshot(2);
    project.gate("mail", "", &["acme/calm@^2.0.0-rc.1"]);
    project.run("lock").exits_with_snapshot(0);
    project.publish_all(&["acme/calm@2.0.0"]);
    project.run("update").exits_with_snapshot(0);
}

#[test]
fn explains_why_gates_cannot_be_resolved() {
    let project = Project::new();
    project.publish_all(&["acme/calm@1.0.0"]);
    for (version, wanted) in [("1.0.0", "^1"), ("1.1.0", "=1.2.0")] {
        let contract = Contract::new(&format!("acme/fit@{version}"));
        project.write_component(&contract.for_prompt("welcome", wanted));
        project.run("publish built.wasm --force planned").exits_with(0);
    }
    project.publish_prompt("welcome@2.0.0", "Hi").publish_prompt("welcome@2.1.0", "Hello");
    project.gate("bare", "", &["acme/fit"]);
    project.gate("gone", "", &["acme/gone@^1", "acme/calm"]);
    project.gate("high", "", &["acme/calm@^3"]);
    project.gate("mail", "welcome@^2", &["acme/calm", "acme/fit"]);
    project.run("lock").exits_with_snapshot(2);
    assert!(!project.0.path("tollgate.lock").exists());
}

/// A contract can restrict the gate to an older version of its prompt.
#[test]
fn contracts_restrict_the_prompt_version() {
    let project = Project::new();
    project.publish_prompt("welcome@2.0.0", "Hi").publish_prompt("welcome@2.1.0", "Hello");
    project.publish(&Contract::new("acme/fit@1.0.0").for_prompt("welcome", "=2.0.0"));
    project.gate("mail", "welcome@^2", &["acme/fit"]);
    project.run("lock").exits_with_snapshot(0);
    // An edited or merged lock file whose entries contradict each other.
    let lock = project.lock();
    project.0.write("tollgate.lock", lock.replace("welcome = \"=2.0.0\"", "welcome = \"^3\""));
    project.run("lock --locked").exits_with_snapshot(2);
}
