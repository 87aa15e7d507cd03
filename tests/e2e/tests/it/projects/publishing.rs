//! What is published stays as it is, and its version says how far it moved.

use std::fs;

use serde_json::{Value, json};

use super::Project;
use crate::versions::Contract;

/// A contract that is unsure where a text says so.
fn strict(version: &str) -> Contract {
    Contract::of("hostile", &format!("acme/calm@{version}"))
}

/// One that passes everything, and says the same of itself.
fn lenient(version: &str) -> Contract {
    strict(version).doing("empty")
}

fn digest(ran: &crate::tool::Ran) -> String {
    let at = ran.out.find("sha256:").unwrap();
    ran.out[at..at + "sha256:".len() + 64].into()
}

#[test]
fn a_version_never_changes() {
    let project = Project::new();
    let first = project.publish(&lenient("1.0.0"));
    first.exits_with_snapshot(0);
    project.publish(&lenient("1.0.0")).exits_with_snapshot(0);
    project.publish(&lenient("1.0.1")).exits_with(0);
    let changed = lenient("1.0.0").with("description", json!("Another"));
    project.built(&changed);
    let refused = project.run("publish built.wasm");
    refused.exits_with_snapshot(2);
    // Nor with a reason.
    project.run("publish built.wasm --force because").exits_with_snapshot(2);
    project.run("pull acme/calm@=1.0.0").exits_with_snapshot(0);
}

#[test]
fn too_small_a_bump_is_refused_with_the_subject_that_shows_it() {
    let project = Project::new();
    project.0.write("recorded.jsonl", "{\"text\": \"fine\"}\n{\"text\": \"unsure\"}\n");
    project.publish(&lenient("1.0.0")).exits_with(0);
    let publish = |version: &str, more: &[&str]| {
        project.built(&strict(version));
        project.0.run(&[&["publish", "built.wasm", "--cases", "recorded.jsonl"], more].concat())
    };
    publish("1.1.0", &[]).exits_with_snapshot(2);
    assert!(!project.0.path("packages/acme/calm/1.1.0.json").exists());
    publish("1.1.0", &["--force", "  "]).exits_with_snapshot(2);
    let forced = publish("1.1.0", &["--force", "nobody runs 1.0.0 yet", "--json"]);
    // What is told to people stands before it.
    forced.exits_with_snapshot(0);
    let described: Value =
        serde_json::from_str(&project.read("packages/acme/calm/1.1.0.json")).unwrap();
    assert_eq!(described["forced-reason"], "nobody runs 1.0.0 yet");
    project.gate("mail", "", &["acme/calm"]);
    project.run("lock").exits_with_snapshot(0);
    assert!(!project.run("update").err.contains("moved less"), "who has locked it knows it");
    // It is compared with what is before it, and with nothing else.
    publish("2.0.0", &[]).exits_with_snapshot(0);
    project.built(&lenient("1.0.1"));
    project.run("publish built.wasm --cases recorded.jsonl").exits_with_snapshot(0);
}

/// Its cases are what a contract's folder is compared by.
#[test]
fn a_folder_is_published_with_its_own_cases() {
    let project = Project::new();
    let folder = |contract: &Contract, version: &str| {
        let about = format!(
            "name = \"acme/calm\"\nversion = \"{version}\"\ndescription = \"Calm\"\n\
             license = \"Apache-2.0\"\nwit = \"0.1.0\"\n"
        );
        let component = contract.component();
        project.0.write("calm/contract.toml", about);
        project.0.write(&format!("calm/dist/calm-{version}.wasm"), component);
    };
    let case = json!({"subject": {"text": "unsure"}, "config": {}, "expect": {"outcome": "pass"}});
    project.0.write("calm/cases/doubt.json", case.to_string());
    folder(&lenient("1.0.0"), "1.0.0");
    project.run("publish calm").exits_with_snapshot(0);
    folder(&strict("1.0.1"), "1.0.1");
    project.run("publish calm").exits_with_snapshot(2);
    folder(&strict("2.0.0"), "2.0.0");
    project.run("publish calm").exits_with_snapshot(0);
    folder(&strict("2.1.0"), "2.1.0");
    fs::remove_file(project.0.path("calm/dist/calm-2.1.0.wasm")).unwrap();
    project.run("publish calm").exits_with_snapshot(2);
}

#[test]
fn versions_are_compared_by_name() {
    let project = Project::new();
    project.0.write("recorded.jsonl", "{\"text\": \"fine\"}\n{\"text\": \"unsure\"}\n");
    let rule = json!({"severity": "info", "description": "Something new"});
    let more = json!({"mischief": rule, "recalled": rule, "new": rule});
    project.publish(&lenient("1.0.0"));
    project.publish(&lenient("1.0.1").with("description", json!("In other words")));
    project.publish(&lenient("1.1.0").with("rules", more.clone()));
    project.publish(&strict("2.0.0").with("rules", more));
    let semver = |old: &str, new: &str| {
        project.run(&format!("semver acme/calm@={old} acme/calm@={new} --cases recorded.jsonl"))
    };
    semver("1.0.0", "1.0.1").exits_with_snapshot(2);
    for version in ["1.0.0", "1.0.1", "1.1.0", "2.0.0"] {
        project.run(&format!("pull acme/calm@={version}")).exits_with(0);
    }
    semver("1.0.0", "1.0.1").exits_with_snapshot(0);
    semver("1.0.1", "1.1.0").exits_with_snapshot(0);
    semver("1.1.0", "2.0.0").exits_with_snapshot(0);
    semver("1.0.0", "1.0.0").exits_with_snapshot(0);
}

#[test]
fn what_cannot_be_published_is_said() {
    let project = Project::new();
    let publish = |contract: Contract| project.publish(&contract);
    publish(lenient("1.0.0+linux")).exits_with_snapshot(2);
    publish(Contract::new("prompts/calm@1.0.0")).exits_with_snapshot(2);
    project.0.write("built.wasm", "no component");
    project.run("publish built.wasm").exits_with_snapshot(2);
    project.0.write("nameless.prompt", "---\nname: hi\n---\nHi\n");
    project.run("prompt publish nameless.prompt").exits_with_snapshot(2);
    project.run("publish gone.prompt").exits_with_snapshot(2);
    project.built(&lenient("1.0.0"));
    project.run("publish built.wasm --to theirs").exits_with_snapshot(2);
    project.0.write("tollgate.toml", "");
    project.run("publish built.wasm").exits_with_snapshot(2);
}
