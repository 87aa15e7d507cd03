//! Where packages come from.

use super::Project;
use crate::versions::Contract;

const TWO: &str = "[[source]]\nname = \"ours\"\nfolder = \"packages\"\n\
                   [[source]]\nname = \"theirs\"\nfolder = \"elsewhere\"\n";

fn project(sources: &str) -> Project {
    let project = Project::new();
    project.0.write("tollgate.toml", sources).write("elsewhere/.keep", "");
    project
}

/// Nobody slips a higher version under those that a project trusts more.
#[test]
fn the_first_source_that_has_a_package_wins() {
    let project = project(TWO);
    project.has(&["acme/calm@1.0.0"]);
    for id in ["acme/calm@1.9.0", "acme/mild@1.0.0"] {
        project.publish_to("theirs", &Contract::new(id)).exits_with_snapshot(0);
    }
    project.gate("mail", "", &["acme/calm@^1", "acme/mild"]);
    project.run("lock").exits_with_snapshot(0);
    let lock = project.lock();
    let source = |name: &str| {
        let entry = lock.split("[[contract]]").skip(1).find(|entry| entry.contains(name)).unwrap();
        entry.lines().find(|line| line.starts_with("source")).unwrap().to_owned()
    };
    assert_eq!(source("acme/calm"), "source = \"folder packages\"");
    assert_eq!(source("acme/mild"), "source = \"folder elsewhere\"");
    project.gate("mail", "", &["acme/calm@^1.5"]);
    project.run("lock").exits_with_snapshot(2);
    // One may say so.
    let pulled = project.run("pull acme/calm@^1.5 --from theirs");
    pulled.exits_with_snapshot(0);
    project.run("pull acme/calm@^1.5").exits_with_snapshot(2);
}

#[test]
fn a_source_is_asked_for_its_namespaces_alone() {
    let project = project(&format!("{TWO}namespaces = [\"acme\", \"prompts\"]\n"));
    for id in ["acme/calm@1.0.0", "other/calm@1.0.0"] {
        project.publish_to("./elsewhere", &Contract::new(id)).exits_with_snapshot(0);
    }
    project.gate("mail", "", &["acme/calm"]);
    project.run("lock").exits_with_snapshot(0);
    project.gate("mail", "", &["other/calm"]);
    project.run("lock").exits_with_snapshot(2);
    let asked = project.run("pull other/calm");
    assert!(!asked.exits_with_snapshot(2).err.contains("elsewhere"));
    // Nor is anything else published there, where nobody says so.
    project.built(&Contract::new("other/mild@1.0.0"));
    project.run("publish built.wasm").exits_with_snapshot(0);
    project.built(&Contract::new("acme/mild@1.0.0"));
    project.run("publish built.wasm").exits_with_snapshot(2);
}

#[test]
fn a_source_that_is_not_there_is_an_error() {
    let project = project(TWO);
    project.publish_to("theirs", &Contract::new("acme/calm@1.0.0")).exits_with(0);
    project.gate("mail", "", &["acme/calm"]);
    std::fs::remove_dir_all(project.0.path("packages")).unwrap();
    project.run("lock").exits_with_snapshot(2);
    // What the project does not need is not missed.
    project.0.write("packages/.keep", "");
    project.run("lock").exits_with(0);
    project.0.write("tollgate.toml", "[[source]]\nname = \"ours\"\nfolder = \"packages\"\n");
    project.forget();
    project.run("pull").exits_with_snapshot(2);
}

#[test]
fn what_a_project_says_has_to_make_sense() {
    let refused = |sources: &str| {
        project(sources).gate("mail", "", &["acme/calm"]).run("lock").exits_with_snapshot(2);
    };
    let ours = "[[source]]\nname = \"ours\"\n";
    let folder = "folder = \"packages\"\n";
    refused(&format!("{ours}{folder}colour = \"red\"\n"));
    refused(&format!("{ours}{folder}{ours}folder = \"elsewhere\"\n"));
    refused(ours);
    refused(&format!("{ours}{folder}registry = \"localhost:5000/x\"\n"));
    refused("[[source]]\nfolder = \"packages\"\n");
}

#[test]
fn what_a_gate_asks_for_has_to_make_sense() {
    let project = Project::new();
    project.run("lock").exits_with_snapshot(2);
    project.0.write("gates/.keep", "");
    project.run("lock").exits_with_snapshot(2);
    let refused = |text: &str| {
        project.0.write("gates/mail.toml", text);
        project.run("lock").exits_with_snapshot(2);
    };
    let entry = |wanted: &str| format!("\n[[contracts]]\ncontract = \"{wanted}\"\n");
    refused(&entry("welcome"));
    refused("prompt = \"acme/calm\"\n");
    refused(&entry("acme/calm@newest"));
    refused(&entry("acme/CALM"));
    refused("\nprompt = 3\n");
    refused("colour = \"red\"\n");
    let twice = entry("acme/calm@^1") + &entry("acme/calm@^2");
    project.0.write("gates/mail.toml", twice);
    project.run("lock").exits_with_snapshot(2);
    let outside = crate::tool::Place::new();
    outside.run(&["lock"]).exits_with_snapshot(2);
}
