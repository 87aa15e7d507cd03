//! Which versions are chosen, and what is written down of them.

use serde_json::json;

use super::{Project, masked};
use crate::versions::Contract;

const LOCK: &str = r#"# The exact packages that this project runs. Written by `tollgate lock`: keep it under version
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

/// Two gates, which ask for different versions of one contract.
fn project() -> Project {
    let project = Project::new();
    project.has(&["acme/calm@1.0.0", "acme/calm@1.1.0", "acme/calm@2.0.0"]);
    project.has_prompt("welcome@2.0.0", "Hi");
    project.publish(&timely("1.0.0")).exits_with(0);
    project.gate("mail", "welcome@^2", &["acme/calm@^1", "acme/timely"]);
    project.gate("social", "", &["acme/calm@=1.0.0"]);
    project
}

/// A contract that asks for the time, and was written for a prompt.
fn timely(version: &str) -> Contract {
    let contract = Contract::new(&format!("acme/timely@{version}"));
    let contract = contract.with("capabilities", json!({"clock": "it says how old a claim is"}));
    contract.for_prompt("welcome", "^2")
}

#[test]
fn a_lock_says_all_of_what_is_run() {
    let project = project();
    let said = project.run("lock");
    assert_eq!(
        said.exits_with(0).out,
        "  welcome 2.0.0  in gate `mail`\n  \
           acme/calm 1.1.0  in gate `mail`\n  \
           acme/timely 1.0.0  in gate `mail`, wants clock\n  \
           acme/calm 1.0.0  in gate `social`\n\
         `tollgate.lock` is written: 3 contracts and 1 prompt for 2 gates\n"
    );
    let lock = project.lock();
    assert_eq!(masked(&lock), LOCK);
    for again in ["lock", "lock --locked", "lock --offline"] {
        project.run(again).exits_with_snapshot(0);
        assert_eq!(project.lock(), lock, "{again}");
    }
    // Whatever makes it, it is the same.
    project.forget();
    std::fs::remove_file(project.0.path("tollgate.lock")).unwrap();
    project.run("lock --offline").exits_with(0);
    assert_eq!(project.lock(), lock);
}

#[test]
fn a_tree_shows_what_each_gate_runs() {
    let project = project();
    project.run("tree").exits_with_snapshot(2);
    project.run("lock").exits_with(0);
    let tree = project.run("tree");
    let lines: Vec<_> = tree.exits_with(0).out.lines().collect();
    assert_eq!((lines.len(), lines[0], lines[4]), (6, "mail", "social"));
    for (line, start, end) in [
        (lines[1], "├── prompt    welcome 2.0.0      sha256:", "…  folder packages"),
        (lines[2], "├── contract  acme/calm 1.1.0    sha256:", "…  folder packages"),
        (lines[3], "└── contract  acme/timely 1.0.0  sha256:", "folder packages  wants clock"),
        (lines[5], "└── contract  acme/calm 1.0.0  sha256:", "…  folder packages"),
    ] {
        assert!(line.starts_with(start) && line.ends_with(end), "{line}");
    }
    let tree = project.run("tree --json").json();
    let timely = &tree[0]["packages"][2];
    assert_eq!((&tree[0]["gate"], &tree[1]["gate"]), (&json!("mail"), &json!("social")));
    assert_eq!(timely["package"], "acme/timely@1.0.0");
    assert_eq!(timely["kind"], "contract");
    assert_eq!(timely["source"], "folder packages");
    assert_eq!((&timely["wit"], &timely["capabilities"]), (&json!("0.1.0"), &json!(["clock"])));
    assert_eq!(timely["prompts"], json!({"welcome": "^2"}));
    assert!(project.lock().contains(timely["digest"].as_str().unwrap()));
}

#[test]
fn with_locked_nothing_changes() {
    let project = project();
    let missing = project.run("lock --locked");
    missing.exits_with_snapshot(2);
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
fn what_is_locked_stays_until_it_is_updated() {
    let project = Project::new();
    project.has(&["acme/calm@1.0.0", "acme/mild@1.0.0"]);
    project.gate("mail", "", &["acme/calm@^1", "acme/mild"]);
    project.run("update").exits_with_snapshot(2);
    project.run("lock").exits_with(0);
    let lock = project.lock();
    project.has(&["acme/calm@1.1.0", "acme/calm@2.0.0", "acme/mild@1.1.0"]);
    project.run("lock").exits_with_snapshot(0);
    assert_eq!(project.lock(), lock);
    project.run("update acme/gone").exits_with_snapshot(2);
    project.run("update no/such/name").exits_with_snapshot(2);
    assert_eq!(project.lock(), lock);

    let one = project.run("update acme/mild");
    assert!(!one.exits_with_snapshot(0).out.contains("calm"), "{one:?}");
    project.run("update").exits_with_snapshot(0);
    project.run("update").exits_with_snapshot(0);
    project.gate("mail", "", &["acme/calm@^1", "acme/mild@=1.0.0"]);
    project.run("lock").exits_with_snapshot(0);
}

#[test]
fn pre_releases_are_asked_for() {
    let project = Project::new();
    project.has(&["acme/calm@1.0.0", "acme/calm@2.0.0-rc.1"]);
    project.gate("mail", "", &["acme/calm"]);
    project.run("lock").exits_with_snapshot(0);
    project.gate("mail", "", &["acme/calm@^2"]);
    let refused = project.run("lock");
    assert_eq!(
        refused.exits_with(2).err,
        "error: gate `mail` cannot be resolved:\n  \
           `acme/calm`: no version satisfies `^2`\n    \
             folder packages has 2.0.0-rc.1, 1.0.0\n    \
             a pre-release must be requested explicitly: `acme/calm@^2.0.0-rc.1`\n"
    );
    project.gate("mail", "", &["acme/calm@^2.0.0-rc.1"]);
    project.run("lock").exits_with_snapshot(0);
    project.has(&["acme/calm@2.0.0"]);
    project.run("update").exits_with_snapshot(0);
}

#[test]
fn what_cannot_be_is_explained() {
    let project = Project::new();
    project.has(&["acme/calm@1.0.0"]);
    for (version, wanted) in [("1.0.0", "^1"), ("1.1.0", "=1.2.0")] {
        let contract = Contract::new(&format!("acme/fit@{version}"));
        project.built(&contract.for_prompt("welcome", wanted));
        project.run("publish built.wasm --force planned").exits_with(0);
    }
    project.has_prompt("welcome@2.0.0", "Hi").has_prompt("welcome@2.1.0", "Hello");
    project.gate("bare", "", &["acme/fit"]);
    project.gate("gone", "", &["acme/gone@^1", "acme/calm"]);
    project.gate("high", "", &["acme/calm@^3"]);
    project.gate("mail", "welcome@^2", &["acme/calm", "acme/fit"]);
    let refused = project.run("lock");
    assert_eq!(
        refused.exits_with(2).err,
        "error: gate `bare` cannot be resolved:\n  \
           the gate names no prompt:\n    \
             `acme/fit` has no matching version\n      \
               1.1.0 was written for welcome =1.2.0\n      \
               1.0.0 was written for welcome ^1\n\
         gate `gone` cannot be resolved:\n  \
           `acme/gone@^1`: no source has a contract `acme/gone`\n\
         gate `high` cannot be resolved:\n  \
           `acme/calm`: no version satisfies `^3`\n    \
             folder packages has 1.0.0\n\
         gate `mail` cannot be resolved:\n  \
           with prompt welcome 2.1.0:\n    \
             `acme/fit` has no matching version\n      \
               1.1.0 was written for welcome =1.2.0\n      \
               1.0.0 was written for welcome ^1\n  \
           with prompt welcome 2.0.0:\n    \
             `acme/fit` has no matching version\n      \
               1.1.0 was written for welcome =1.2.0\n      \
               1.0.0 was written for welcome ^1\n"
    );
    assert!(!project.0.path("tollgate.lock").exists());
}

/// A contract may bind the gate to an older version of its prompt.
#[test]
fn contracts_choose_the_prompt_version() {
    let project = Project::new();
    project.has_prompt("welcome@2.0.0", "Hi").has_prompt("welcome@2.1.0", "Hello");
    project.publish(&Contract::new("acme/fit@1.0.0").for_prompt("welcome", "=2.0.0"));
    project.gate("mail", "welcome@^2", &["acme/fit"]);
    project.run("lock").exits_with_snapshot(0);
    // Written by hand, or merged: it is not what goes together.
    let lock = project.lock();
    project.0.write("tollgate.lock", lock.replace("welcome = \"=2.0.0\"", "welcome = \"^3\""));
    project.run("lock --locked").exits_with_snapshot(2);
}
