//! New capabilities need an approval, and yanked versions are not locked anew.

use serde_json::json;

use super::Project;
use crate::versions::Contract;

/// Creates a project with a locked contract whose next version requests the clock.
fn project() -> Project {
    let project = Project::new();
    project.publish_all(&["acme/calm@1.0.0"]);
    project.gate("mail", "", &["acme/calm@^1"]);
    project.run("lock").exits_with(0);
    project.publish(&calm_with("1.1.0", &["clock"]));
    project
}

fn calm_with(version: &str, capabilities: &[&str]) -> Contract {
    let requests =
        capabilities.iter().map(|name| ((*name).into(), json!(format!("it uses the {name}"))));
    let requests = serde_json::Value::Object(requests.collect());
    Contract::new(&format!("acme/calm@{version}")).with("capabilities", requests)
}

fn publish_forced(project: &Project, contract: &Contract) {
    project.write_component(contract);
    project.run("publish built.wasm --force planned").exits_with(0);
}

#[test]
fn a_new_capability_needs_an_approval() {
    let project = project();
    publish_forced(&project, &calm_with("1.1.0", &["clock"]));
    let lock = project.lock();
    project.run("update").exits_with_snapshot(1);
    assert_eq!(project.lock(), lock);
    // The gate requires the new version, so `lock` has to update it.
    project.gate("mail", "", &["acme/calm@^1.1"]);
    for line in ["lock", "lock --approve acme/calm:log", "lock --approve acme/other:clock"] {
        project.run(line).exits_with_snapshot(1);
        assert_eq!(project.lock(), lock, "{line}");
    }
    project.run("lock --approve acme/calm:clok").exits_with_snapshot(2);
    project.run("lock --approve clock").exits_with_snapshot(2);
    project.run("lock --approve acme/calm:clock").exits_with_snapshot(0);
    assert!(project.lock().contains("capabilities = [\"clock\"]"));

    // An approved capability needs no second approval, but another one does.
    publish_forced(&project, &calm_with("1.2.0", &["clock", "log"]));
    project.run("update acme/calm").exits_with_snapshot(1);
    project.run("update --approve acme/calm:log").exits_with_snapshot(0);
    publish_forced(&project, &calm_with("1.3.0", &[]));
    project.run("update").exits_with_snapshot(0);
}

#[test]
fn a_yanked_version_is_not_locked_anew() {
    let project = Project::new();
    project.publish_all(&["acme/calm@1.0.0", "acme/calm@1.1.0"]);
    let yank = ["yank", "acme/calm@1.1.0", "--from", "ours", "--reason", "it passes capitals"];
    project.0.run(&yank).exits_with_snapshot(0);
    project.gate("mail", "", &["acme/calm@^1"]);
    project.run("lock").exits_with_snapshot(0);
    project.run("pull acme/calm").exits_with_snapshot(0);
    project.gate("mail", "", &["acme/calm@=1.1.0"]);
    project.run("lock").exits_with_snapshot(2);
    project.run("yank acme/calm@1.1.0 --from ours --undo").exits_with_snapshot(0);
    project.run("lock").exits_with_snapshot(0);

    // A locked version stays locked, with a warning.
    project.0.run(&yank).exits_with(0);
    project.run("lock").exits_with_snapshot(0);
    project.publish_all(&["acme/mild@1.0.0"]).gate("mail", "", &["acme/calm@^1", "acme/mild"]);
    project.run("lock").exits_with_snapshot(0);
    project.empty_store();
    project.run("pull --locked").exits_with_snapshot(0);
    project.run("update acme/calm").exits_with_snapshot(0);
}

#[test]
fn yank_needs_a_version_and_a_reason() {
    let project = Project::new();
    project.publish_all(&["acme/calm@1.0.0"]);
    let yank = |rest: &str| project.run(&format!("yank {rest}"));
    yank("acme/calm@1.0.0 --from ours").exits_with_snapshot(2);
    yank("acme/calm@9.0.0 --from ours --reason x").exits_with_snapshot(2);
    yank("acme/calm --from ours --reason x").exits_with_snapshot(2);
    yank("acme/calm@1.0.0 --from theirs --reason x").exits_with_snapshot(2);
    let empty = ["yank", "acme/calm@1.0.0", "--from", "ours", "--reason", " "];
    project.0.run(&empty).exits_with_snapshot(2);
}
