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
        project.publish_to("theirs", &Contract::new(id)).check(0, &["to folder elsewhere"]);
    }
    project.gate("mail", "", &["acme/calm@^1", "acme/mild"]);
    project.run("lock").check(0, &["acme/calm 1.0.0", "acme/mild 1.0.0"]);
    let lock = project.lock();
    let source = |name: &str| {
        let entry = lock.split("[[contract]]").skip(1).find(|entry| entry.contains(name)).unwrap();
        entry.lines().find(|line| line.starts_with("source")).unwrap().to_owned()
    };
    assert_eq!(source("acme/calm"), "source = \"folder packages\"");
    assert_eq!(source("acme/mild"), "source = \"folder elsewhere\"");
    project.gate("mail", "", &["acme/calm@^1.5"]);
    project.run("lock").check(2, &["no version satisfies `^1.5`", "folder packages has 1.0.0"]);
    // One may say so.
    let pulled = project.run("pull acme/calm@^1.5 --from theirs");
    pulled.check(0, &["acme/calm@1.9.0"]);
    project.run("pull acme/calm@^1.5").check(2, &["asked: folder packages, folder elsewhere"]);
}

#[test]
fn a_source_is_asked_for_its_namespaces_alone() {
    let project = project(&format!("{TWO}namespaces = [\"acme\", \"prompts\"]\n"));
    for id in ["acme/calm@1.0.0", "other/calm@1.0.0"] {
        project.publish_to("./elsewhere", &Contract::new(id)).check(0, &["folder ./elsewhere"]);
    }
    project.gate("mail", "", &["acme/calm"]);
    project.run("lock").check(0, &["acme/calm 1.0.0"]);
    project.gate("mail", "", &["other/calm"]);
    project.run("lock").check(2, &["no source has a contract `other/calm`"]);
    let asked = project.run("pull other/calm");
    assert!(!asked.check(2, &["asked: folder packages, bundled"]).err.contains("elsewhere"));
    // Nor is anything else published there, where nobody says so.
    project.built(&Contract::new("other/mild@1.0.0"));
    project.run("publish built.wasm").check(0, &["is published to folder packages"]);
    project.built(&Contract::new("acme/mild@1.0.0"));
    let words = ["name one of the sources with `--to`: `ours`, `theirs`"];
    project.run("publish built.wasm").check(2, &words);
}

#[test]
fn a_source_that_is_not_there_is_an_error() {
    let project = project(TWO);
    project.publish_to("theirs", &Contract::new("acme/calm@1.0.0")).check(0, &[]);
    project.gate("mail", "", &["acme/calm"]);
    std::fs::remove_dir_all(project.0.path("packages")).unwrap();
    project.run("lock").check(2, &["folder packages", "No such file"]);
    // What the project does not need is not missed.
    project.0.write("packages/.keep", "");
    project.run("lock").check(0, &[]);
    project.0.write("tollgate.toml", "[[source]]\nname = \"ours\"\nfolder = \"packages\"\n");
    project.forget();
    let words = ["locked from `folder elsewhere`", "no source of this project any more"];
    project.run("pull").check(2, &words);
}

#[test]
fn what_a_project_says_has_to_make_sense() {
    let refused = |sources: &str, words: &[&str]| {
        project(sources).gate("mail", "", &["acme/calm"]).run("lock").check(2, words);
    };
    let ours = "[[source]]\nname = \"ours\"\n";
    let folder = "folder = \"packages\"\n";
    refused(&format!("{ours}{folder}colour = \"red\"\n"), &["tollgate.toml:4", "`colour`"]);
    refused(
        &format!("{ours}{folder}{ours}folder = \"elsewhere\"\n"),
        &["tollgate.toml", "two sources are called `ours`"],
    );
    let either = "the source `ours` should have either a `folder` or a `registry`";
    refused(ours, &["tollgate.toml", either]);
    refused(&format!("{ours}{folder}registry = \"localhost:5000/x\"\n"), &[either]);
    refused("[[source]]\nfolder = \"packages\"\n", &["tollgate.toml:1", "`name`"]);
}

#[test]
fn what_a_gate_asks_for_has_to_make_sense() {
    let project = Project::new();
    project.run("lock").check(2, &["there is no", "gates", "a gate is a file there"]);
    project.0.write("gates/.keep", "");
    project.run("lock").check(2, &["there is no gate in"]);
    let refused = |text: &str, words: &[&str]| {
        project.0.write("gates/mail.toml", text);
        project.run("lock").check(2, &["gates/mail.toml"]).check(2, words);
    };
    let entry = |wanted: &str| format!("\n[[contracts]]\ncontract = \"{wanted}\"\n");
    refused(&entry("welcome"), &["mail.toml:3: `contracts[0].contract`", "`welcome`"]);
    refused("prompt = \"acme/calm\"\n", &["mail.toml:1: `prompt`", "acme/calm"]);
    refused(
        &entry("acme/calm@newest"),
        &["mail.toml:3:", "`newest` says no versions: write `^2.1`"],
    );
    refused(&entry("acme/CALM"), &["mail.toml:3", "CALM"]);
    refused("\nprompt = 3\n", &["mail.toml:2"]);
    refused("colour = \"red\"\n", &["mail.toml:1: `colour`: no such key"]);
    let twice = entry("acme/calm@^1") + &entry("acme/calm@^2");
    project.0.write("gates/mail.toml", twice);
    project.run("lock").check(2, &["gates/mail.toml", "acme/calm"]);
    let outside = crate::tool::Place::new();
    outside.run(&["lock"]).check(2, &["there is no `tollgate.toml`"]);
}
