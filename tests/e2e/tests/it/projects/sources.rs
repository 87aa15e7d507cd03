//! The sources of packages.

use super::Project;
use crate::versions::Contract;

const TWO: &str = "[[source]]\nname = \"ours\"\nfolder = \"packages\"\n\
                   [[source]]\nname = \"theirs\"\nfolder = \"elsewhere\"\n";

fn project(sources: &str) -> Project {
    let project = Project::new();
    project.0.write("tollgate.toml", sources).write("elsewhere/.keep", "");
    project
}

/// A higher version in a later source does not replace the one in an earlier source.
#[test]
fn the_first_source_that_has_a_package_wins() {
    let project = project(TWO);
    project.publish_all(&["acme/calm@1.0.0"]);
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
    // The source can be named explicitly.
    project.run("pull acme/calm@^1.5 --from theirs").exits_with_snapshot(0);
    project.run("pull acme/calm@^1.5").exits_with_snapshot(2);
    // To publish, one has to be named.
    project.write_component(&Contract::new("acme/new@1.0.0"));
    project.run("publish built.wasm").exits_with_snapshot(2);
}

#[test]
fn a_namespace_comes_only_from_the_sources_that_are_named_for_it() {
    let project = project(&format!("{TWO}namespaces = [\"acme\", \"prompts\"]\n"));
    // `ours` is asked first and has a higher version, but it is not named for `acme`.
    project.publish_to("./packages", &Contract::new("acme/calm@1.9.0")).exits_with(0);
    for id in ["acme/calm@1.0.0", "other/calm@1.0.0"] {
        project.publish_to("./elsewhere", &Contract::new(id)).exits_with_snapshot(0);
    }
    project.gate("mail", "", &["acme/calm"]);
    project.run("lock").exits_with_snapshot(0);
    let lock = project.lock();
    assert!(lock.contains("source = \"folder elsewhere\""), "{lock}");
    project.0.write("tollgate.lock", lock.replace("folder elsewhere", "folder packages"));
    project.run("pull --locked").exits_with_snapshot(2);
    project.gate("mail", "", &["other/calm"]);
    project.run("lock").exits_with_snapshot(2);
    project.run("pull other/calm").exits_with_snapshot(2);
    // Publishing follows the same limits.
    project.write_component(&Contract::new("other/mild@1.0.0"));
    project.run("publish built.wasm").exits_with_snapshot(0);
    project.write_component(&Contract::new("acme/mild@1.0.0"));
    project.run("publish built.wasm").exits_with_snapshot(0);
    project.publish_to("ours", &Contract::new("acme/mild@2.0.0")).exits_with_snapshot(2);
    project.publish_to("theirs", &Contract::new("other/mild@2.0.0")).exits_with_snapshot(2);
}

/// Another project may have pulled it, or this one before it named a source.
#[test]
fn what_came_from_another_source_is_not_run_exported_or_imported() {
    let project = project(TWO);
    project.publish_to("theirs", &Contract::new("acme/calm@9.0.0")).exits_with(0);
    project.gate("mail", "", &["acme/calm"]);
    project.run("lock").exits_with(0);
    project.run("judge acme/calm letter.txt").exits_with(0);
    project.run("export calm.tar acme/calm acme/calm@^9").exits_with_snapshot(0);
    project.0.write(
        "tollgate.toml",
        TWO.replacen("packages\"\n", "packages\"\nnamespaces = [\"acme\"]\n", 1),
    );
    for command in [
        "judge acme/calm letter.txt",
        "check --gate mail letter.txt --no-record",
        "release mail --by Sam",
        "export other.tar acme/calm",
        "import calm.tar",
        "pull acme/calm --from theirs",
    ] {
        project.run(command).exits_with_snapshot(2);
    }
    // What the source that is named has is taken instead.
    project.publish_all(&["acme/calm@1.0.0"]);
    project.run("update acme/calm").exits_with(0);
    project.run("judge acme/calm letter.txt").exits_with_snapshot(0);
}

#[test]
fn reports_a_missing_source() {
    let project = project(TWO);
    project.publish_to("theirs", &Contract::new("acme/calm@1.0.0")).exits_with(0);
    project.gate("mail", "", &["acme/calm"]);
    std::fs::remove_dir_all(project.0.path("packages")).unwrap();
    project.run("lock").exits_with_snapshot(2);
    // Packages that the project does not need may be missing.
    project.0.write("packages/.keep", "");
    project.run("lock").exits_with(0);
    project.0.write("tollgate.toml", "[[source]]\nname = \"ours\"\nfolder = \"packages\"\n");
    project.empty_store();
    project.run("pull").exits_with_snapshot(2);
}

#[test]
fn rejects_invalid_sources() {
    let reject = |sources: &str| {
        project(sources).gate("mail", "", &["acme/calm"]).run("lock").exits_with_snapshot(2);
    };
    let ours = "[[source]]\nname = \"ours\"\n";
    let folder = "folder = \"packages\"\n";
    reject(&format!("{ours}{folder}colour = \"red\"\n"));
    reject(&format!("{ours}{folder}{ours}folder = \"elsewhere\"\n"));
    reject(ours);
    reject(&format!("{ours}{folder}registry = \"localhost:5000/x\"\n"));
    reject("[[source]]\nfolder = \"packages\"\n");
}

#[test]
fn rejects_invalid_requests_of_gates() {
    let project = Project::new();
    project.run("lock").exits_with_snapshot(2);
    project.0.write("gates/.keep", "");
    project.run("lock").exits_with_snapshot(2);
    let reject = |text: &str| {
        project.0.write("gates/mail.toml", text);
        project.run("lock").exits_with_snapshot(2);
    };
    let entry = |wanted: &str| format!("\n[[contracts]]\ncontract = \"{wanted}\"\n");
    reject(&entry("welcome"));
    reject("prompt = \"acme/calm\"\n");
    reject(&entry("acme/calm@newest"));
    reject(&entry("acme/CALM"));
    reject("\nprompt = 3\n");
    reject("colour = \"red\"\n");
    let twice = entry("acme/calm@^1") + &entry("acme/calm@^2");
    project.0.write("gates/mail.toml", twice);
    project.run("lock").exits_with_snapshot(2);
    let outside = crate::tool::Place::new();
    outside.run(&["lock"]).exits_with_snapshot(2);
}
