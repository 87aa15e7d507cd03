//! What is newly wanted is approved of by somebody, and what is taken back is not taken anew.

use serde_json::json;

use super::Project;
use crate::versions::Contract;

/// A project that has locked a contract of which the next version wants the time.
fn project() -> Project {
    let project = Project::new();
    project.has(&["acme/calm@1.0.0"]);
    project.gate("mail", "", &["acme/calm@^1"]);
    project.run("lock").exits_with(0);
    project.publish(&wanting("1.1.0", &["clock"]));
    project
}

/// What newly asks for something moves by a major version, or says why not.
fn wanting(version: &str, capabilities: &[&str]) -> Contract {
    let wants = capabilities.iter().map(|one| ((*one).into(), json!(format!("it uses the {one}"))));
    let wants = serde_json::Value::Object(wants.collect());
    Contract::new(&format!("acme/calm@{version}")).with("capabilities", wants)
}

fn force(project: &Project, contract: &Contract) {
    project.built(contract);
    project.run("publish built.wasm --force planned").exits_with(0);
}

#[test]
fn a_capability_that_is_newly_wanted_stops() {
    let project = project();
    force(&project, &wanting("1.1.0", &["clock"]));
    let lock = project.lock();
    let stopped = project.run("update");
    assert_eq!(
        stopped.exits_with(1).out,
        "stopped: contracts want more than before, and nothing was changed\n  \
           acme/calm 1.0.0 → 1.1.0 in gate `mail` newly wants `clock`: it uses the clock\n    \
             to approve of it: `--approve acme/calm:clock`\n"
    );
    assert_eq!(project.lock(), lock);
    // The gate asks for the new version, and `lock` has to move.
    project.gate("mail", "", &["acme/calm@^1.1"]);
    for line in ["lock", "lock --approve acme/calm:log", "lock --approve acme/other:clock"] {
        project.run(line).exits_with_snapshot(1);
        assert_eq!(project.lock(), lock, "{line}");
    }
    project.run("lock --approve acme/calm:clok").exits_with_snapshot(2);
    project.run("lock --approve clock").exits_with_snapshot(2);
    project.run("lock --approve acme/calm:clock").exits_with_snapshot(0);
    assert!(project.lock().contains("capabilities = [\"clock\"]"));

    // What was approved of once is not asked for again; what comes on top is.
    force(&project, &wanting("1.2.0", &["clock", "log"]));
    let stopped = project.run("update acme/calm");
    assert!(!stopped.exits_with_snapshot(1).out.contains("clock"), "{stopped:?}");
    project.run("update --approve acme/calm:log").exits_with_snapshot(0);
    force(&project, &wanting("1.3.0", &[]));
    project.run("update").exits_with_snapshot(0);
}

#[test]
fn what_is_yanked_is_not_taken_anew() {
    let project = Project::new();
    project.has(&["acme/calm@1.0.0", "acme/calm@1.1.0"]);
    let reason = ["yank", "acme/calm@1.1.0", "--from", "ours", "--reason", "it passes capitals"];
    project.0.run(&reason).exits_with_snapshot(0);
    project.gate("mail", "", &["acme/calm@^1"]);
    project.run("lock").exits_with_snapshot(0);
    project.run("pull acme/calm").exits_with_snapshot(0);
    project.gate("mail", "", &["acme/calm@=1.1.0"]);
    project.run("lock").exits_with_snapshot(2);
    project.run("yank acme/calm@1.1.0 --from ours --undo").exits_with_snapshot(0);
    project.run("lock").exits_with_snapshot(0);

    // Who has locked it keeps it, and is told.
    project.0.run(&reason).exits_with(0);
    let warning = "warning: `acme/calm@1.1.0` is yanked: it passes capitals\n  it stays locked; `tollgate update \
         acme/calm` takes another\n";
    let kept = project.run("lock");
    assert_eq!(kept.exits_with_snapshot(0).err, warning);
    project.has(&["acme/mild@1.0.0"]).gate("mail", "", &["acme/calm@^1", "acme/mild"]);
    assert_eq!(project.run("lock").exits_with_snapshot(0).err, warning);
    project.forget();
    assert_eq!(project.run("pull --locked").exits_with(0).err, warning);
    let moved = project.run("update acme/calm");
    assert_eq!(moved.exits_with_snapshot(0).err, "");
}

#[test]
fn yanking_says_why_and_what() {
    let project = Project::new();
    project.has(&["acme/calm@1.0.0"]);
    let yank = |rest: &str| project.run(&format!("yank {rest}"));
    yank("acme/calm@1.0.0 --from ours").exits_with_snapshot(2);
    yank("acme/calm@9.0.0 --from ours --reason x").exits_with_snapshot(2);
    yank("acme/calm --from ours --reason x").exits_with_snapshot(2);
    yank("acme/calm@1.0.0 --from theirs --reason x").exits_with_snapshot(2);
    let empty = ["yank", "acme/calm@1.0.0", "--from", "ours", "--reason", " "];
    project.0.run(&empty).exits_with_snapshot(2);
}
