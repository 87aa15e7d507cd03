//! `tollgate publish`: published versions never change, and their numbers reflect what changed.

use std::fs;

use serde_json::{Value, json};

use super::Project;
use crate::versions::Contract;

/// Returns a contract that is unsure about texts that tell it to be.
fn strict(version: &str) -> Contract {
    Contract::of("hostile", &format!("acme/calm@{version}"))
}

/// Returns a contract with the same manifest that passes every text.
fn lenient(version: &str) -> Contract {
    strict(version).with_code_of("empty")
}

#[test]
fn rejects_a_changed_version() {
    let project = Project::new();
    project.publish(&lenient("1.0.0")).exits_with_snapshot(0);
    project.publish(&lenient("1.0.0")).exits_with_snapshot(0);
    project.publish(&lenient("1.0.1")).exits_with(0);
    let changed = lenient("1.0.0").with("description", json!("Another"));
    project.write_component(&changed);
    project.run("publish built.wasm").exits_with_snapshot(2);
    project.run("publish built.wasm --force because").exits_with_snapshot(2);
    project.run("pull acme/calm@=1.0.0").exits_with_snapshot(0);
}

/// Comparing versions runs both.
#[test]
fn a_version_is_not_compared_with_one_that_must_be_signed_and_is_not() {
    let project = Project::new();
    project.publish(&lenient("1.0.0")).exits_with(0);
    project.run("keys new release").exits_with(0);
    project.run("keys trust keys/release.pub --for acme").exits_with(0);
    let publish = |version: &str| {
        project.write_component(&lenient(version));
        project.run("publish built.wasm --key release")
    };
    publish("1.1.0").exits_with_snapshot(2);
    publish("1.0.0").exits_with(0);
    publish("1.1.0").exits_with_snapshot(0);
}

#[test]
fn rejects_too_small_a_bump_with_the_subject_that_proves_it() {
    let project = Project::new();
    project.0.write("recorded.jsonl", "{\"text\": \"fine\"}\n{\"text\": \"unsure\"}\n");
    project.publish(&lenient("1.0.0")).exits_with(0);
    let publish = |version: &str, options: &[&str]| {
        project.write_component(&strict(version));
        project.0.run(&[&["publish", "built.wasm", "--cases", "recorded.jsonl"], options].concat())
    };
    publish("1.1.0", &[]).exits_with_snapshot(2);
    assert!(!project.0.path("packages/acme/calm/1.1.0.json").exists());
    publish("1.1.0", &["--force", "  "]).exits_with_snapshot(2);
    publish("1.1.0", &["--force", "nobody runs 1.0.0 yet", "--json"]).exits_with_snapshot(0);
    let description: Value =
        serde_json::from_str(&project.read("packages/acme/calm/1.1.0.json")).unwrap();
    assert_eq!(description["forced-reason"], "nobody runs 1.0.0 yet");
    project.gate("mail", "", &["acme/calm"]);
    project.run("lock").exits_with_snapshot(0);
    // A version that is locked already is not warned about again.
    project.run("update").exits_with_snapshot(0);
    // A version is compared with the one before it only.
    publish("2.0.0", &[]).exits_with_snapshot(0);
    project.write_component(&lenient("1.0.1"));
    project.run("publish built.wasm --cases recorded.jsonl").exits_with_snapshot(0);
}

/// The cases in a contract's folder are the subjects of the comparison.
#[test]
fn a_folder_is_published_with_its_own_cases() {
    let project = Project::new();
    let write_folder = |contract: &Contract, version: &str| {
        let manifest = format!(
            "name = \"acme/calm\"\nversion = \"{version}\"\ndescription = \"Calm\"\n\
             license = \"Apache-2.0\"\nwit = \"0.1.0\"\n"
        );
        let component = contract.component();
        project.0.write("calm/contract.toml", manifest);
        project.0.write(&format!("calm/dist/calm-{version}.wasm"), component);
    };
    let case = json!({"subject": {"text": "unsure"}, "config": {}, "expect": {"outcome": "pass"}});
    project.0.write("calm/cases/doubt.json", case.to_string());
    write_folder(&lenient("1.0.0"), "1.0.0");
    project.run("publish calm").exits_with_snapshot(0);
    write_folder(&strict("1.0.1"), "1.0.1");
    project.run("publish calm").exits_with_snapshot(2);
    write_folder(&strict("2.0.0"), "2.0.0");
    project.run("publish calm").exits_with_snapshot(0);
    write_folder(&strict("2.1.0"), "2.1.0");
    fs::remove_file(project.0.path("calm/dist/calm-2.1.0.wasm")).unwrap();
    project.run("publish calm").exits_with_snapshot(2);
}

#[test]
fn semver_compares_published_versions() {
    let project = Project::new();
    project.0.write("recorded.jsonl", "{\"text\": \"fine\"}\n{\"text\": \"unsure\"}\n");
    let rule = json!({"severity": "info", "description": "Something new"});
    let rules = json!({"mischief": rule, "recalled": rule, "new": rule});
    project.publish(&lenient("1.0.0"));
    project.publish(&lenient("1.0.1").with("description", json!("In other words")));
    project.publish(&lenient("1.1.0").with("rules", rules.clone()));
    project.publish(&strict("2.0.0").with("rules", rules));
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
fn rejects_packages_that_cannot_be_published() {
    let project = Project::new();
    let publish = |contract: Contract| project.publish(&contract);
    publish(lenient("1.0.0+linux")).exits_with_snapshot(2);
    publish(Contract::new("prompts/calm@1.0.0")).exits_with_snapshot(2);
    publish(Contract::new("tollgate/pii@1.0.0")).exits_with_snapshot(2);
    project.0.write("built.wasm", "no component");
    project.run("publish built.wasm").exits_with_snapshot(2);
    project.0.write("nameless.prompt", "---\nname: hi\n---\nHi\n");
    project.run("prompt publish nameless.prompt").exits_with_snapshot(2);
    project.run("publish gone.prompt").exits_with_snapshot(2);
    project.write_component(&lenient("1.0.0"));
    project.run("publish built.wasm --to theirs").exits_with_snapshot(2);
    project.0.write("tollgate.toml", "");
    project.run("publish built.wasm").exits_with_snapshot(2);
}
