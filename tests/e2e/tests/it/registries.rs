//! Packages in a registry: Debian's `docker-registry`, which each test starts for itself.

#[allow(dead_code)]
#[path = "../../../../host/library/tests/registry/debian.rs"]
mod debian;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::projects::Project;
use crate::tool::{Ran, binary};
use crate::versions::Contract;
use debian::DebianRegistry;

/// A project with a folder and a registry, of which the second has what is of `acme`.
fn project(registry: &DebianRegistry) -> Project {
    let project = Project::new();
    project.0.write(
        "tollgate.toml",
        format!(
            "[[source]]\nname = \"ours\"\nfolder = \"packages\"\n\n[[source]]\nname = \"acme\"\n\
             registry = \"{}/contracts\"\nnamespaces = [\"acme\", \"prompts\"]\n",
            registry.address
        ),
    );
    project
}

fn publish(project: &Project, contract: &Contract) -> Ran {
    project.publish_to("acme", contract)
}

/// What the store has, as files.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// What a contract says, without how long it took.
fn judgement(project: &Project) -> serde_json::Value {
    let mut said =
        project.run("judge acme/calm@^1 letter.txt --json").exits_with_snapshot(0).json();
    said.as_object_mut().unwrap().remove("time-us").unwrap();
    said
}

fn forget(project: &Project) {
    fs::remove_dir_all(project.0.path("store")).unwrap();
}

fn key(project: &Project, name: &str) {
    let keys = project.0.path("keys");
    let made = |arguments: &[&str]| {
        let mut tool = project.0.tool(arguments);
        tool.env("TOLLGATE_KEYS", &keys);
        Ran::from_command(&mut tool).exits_with(0);
    };
    made(&["keys", "new", name]);
    made(&["keys", "trust", &format!("keys/{name}.pub"), "--for", "acme"]);
}

fn signed(project: &Project, contract: &Contract, key: &str) -> Ran {
    project.built(contract);
    let arguments = ["publish", "built.wasm", "--to", "acme", "--key", key];
    let mut tool = project.0.tool(&arguments);
    tool.env("TOLLGATE_KEYS", project.0.path("keys"));
    Ran::from_command(&mut tool)
}

/// From two sources, signed, locked, on to an empty machine, and the same judgement there; and
/// a changed byte, wherever it is, is refused.
#[test]
fn a_project_moves_to_another_machine() {
    let registry = DebianRegistry::start();
    let project = project(&registry);
    key(&project, "release");
    publish(&project, &Contract::new("acme/calm@1.0.0")).exits_with_snapshot(2);
    signed(&project, &Contract::new("acme/calm@1.0.0"), "release").exits_with_snapshot(0);
    project.has_prompt("welcome@2.0.0", "Hello");
    project.gate("letters", "welcome@^2", &["acme/calm@^1", "tollgate/pii@^1"]);
    project.run("lock").exits_with_snapshot(0);
    let lock = project.read("tollgate.lock");
    let from = format!("source = \"registry {}/contracts\"", registry.address);
    for words in
        [from.as_str(), "source = \"folder packages\"", "source = \"bundled\"", "signer = "]
    {
        assert!(lock.contains(words), "{words}: {lock}");
    }
    let judge = || project.run("judge acme/calm@^1 letter.txt --json");
    let before = judgement(&project);

    forget(&project);
    judge().exits_with_snapshot(2);
    project.run("pull --locked").exits_with_snapshot(0);
    assert_eq!(judgement(&project), before);
    assert_eq!(project.read("tollgate.lock"), lock);

    // In the registry.
    forget(&project);
    let blobs = files(&registry.folder().join("storage"));
    let component = Contract::new("acme/calm@1.0.0").component();
    let is_it = |path: &&PathBuf| fs::read(path).is_ok_and(|bytes| bytes == component);
    let blob = blobs.iter().find(is_it).unwrap();
    let mut changed = component.clone();
    changed[component.len() / 2] ^= 1;
    fs::write(blob, &changed).unwrap();
    project.run("pull --locked").exits_with_snapshot(2);
    let kept = files(&project.0.path("store/sha256"));
    assert!(kept.iter().all(|path| fs::read(path).unwrap() != changed), "nothing of it is kept");
    judge().exits_with_snapshot(2);
    fs::write(blob, &component).unwrap();
    project.run("pull --locked").exits_with(0);

    // On this machine.
    let kept = files(&project.0.path("store/sha256"));
    let kept = kept.iter().find(is_it).unwrap();
    fs::remove_file(kept).unwrap();
    fs::write(kept, &changed).unwrap();
    judge().exits_with_snapshot(2);
}

#[test]
fn a_version_in_a_registry_never_changes() {
    let registry = DebianRegistry::start();
    let project = project(&registry);
    let one = Contract::new("acme/calm@1.0.0");
    publish(&project, &one).exits_with_snapshot(0);
    publish(&project, &one).exits_with_snapshot(0);
    let other = one.clone().with("description", json!("Another."));
    publish(&project, &other).exits_with_snapshot(2);

    publish(&project, &one.clone().with("version", json!("1.0.1"))).exits_with(0);
    project.gate("letters", "", &["acme/calm@^1"]);
    project.run("yank acme/calm@1.0.1 --from acme --reason hasty").exits_with_snapshot(0);
    project.run("lock").exits_with_snapshot(0);
    project.run("yank acme/calm@1.0.1 --from acme --undo").exits_with_snapshot(0);
    project.run("update").exits_with_snapshot(0);
    project.run("yank acme/calm@1.0.1 --from acme --reason hasty").exits_with(0);
    project.run("lock").exits_with_snapshot(0);
    project.run("yank acme/calm@3.0.0 --from acme --reason x").exits_with_snapshot(2);
}

/// Each signs for himself, after it was published too.
#[test]
fn signatures_lie_beside_it() {
    let registry = DebianRegistry::start();
    let project = project(&registry);
    let calm = Contract::new("acme/calm@1.0.0");
    publish(&project, &calm).exits_with(0);
    project.gate("letters", "", &["acme/calm"]);
    key(&project, "release");
    project.run("lock").exits_with_snapshot(2);
    signed(&project, &calm, "release").exits_with_snapshot(0);
    project.run("lock").exits_with(0);
    key(&project, "second");
    signed(&project, &calm, "second").exits_with(0);
    signed(&project, &calm, "second").exits_with(0);
    let toml = project.read("tollgate.toml");
    project.0.write("tollgate.toml", toml.replace("\"release\", ", ""));
    forget(&project);
    project.run("pull --locked").exits_with_snapshot(0);
}

#[test]
fn prompts_go_through_registries_too() {
    let registry = DebianRegistry::start();
    let project = project(&registry);
    project.0.write("prompts/_sign.prompt", "Yours,\nTollgate");
    project.0.write("prompts/welcome.prompt", "---\nversion: 1.0.0\n---\nHello.\n{{> sign}}\n");
    project.run("prompt publish prompts/welcome.prompt --to acme").exits_with_snapshot(0);
    fs::remove_dir_all(project.0.path("prompts")).unwrap();
    project.run("pull welcome@^1").exits_with_snapshot(0);
    project.run("prompt render welcome@^1").exits_with_snapshot(0);
    let loud = "---\nname: tellJoke\nversion: 1.0.0\n---\nHa";
    project.0.write("loud.prompt", loud);
    project.run("prompt publish loud.prompt --to acme").exits_with_snapshot(2);
}

/// Two names for the same bytes are one file in the store, and nobody waits for himself.
#[test]
fn what_has_the_same_bytes_comes_once() {
    let registry = DebianRegistry::start();
    let project = project(&registry);
    for name in ["hello", "hi"] {
        project.0.write(&format!("{name}.prompt"), "---\nversion: 1.0.0\n---\nHello.");
        project.run(&format!("prompt publish {name}.prompt --to acme")).exits_with_snapshot(0);
    }
    let mut tool = Command::new("timeout");
    tool.arg("60").arg(binary()).args(["pull", "hello", "hi"]);
    tool.current_dir(project.0.path("")).env("TOLLGATE_STORE", project.0.path("store"));
    Ran::from_command(&mut tool).exits_with_snapshot(0);
    assert_eq!(files(&project.0.path("store/sha256")).len(), 1);
}

#[test]
fn credentials_are_those_of_docker_or_of_the_environment() {
    // `htpasswd -nbB dana sesame`
    let line = "dana:$2b$04$PK2mcGLTdHGH1Iwlf6V.yOYT51lcRSpUhh6YLsd7w.V7mfWJddsUa";
    let registry = DebianRegistry::with_password(line);
    let project = project(&registry);
    let calm = Contract::new("acme/calm@1.0.0");
    publish(&project, &calm).exits_with_snapshot(2);
    let with = |variables: &[(&str, &str)]| {
        let mut tool = project.0.tool(&["publish", "built.wasm", "--to", "acme"]);
        tool.envs(variables.iter().copied());
        let ran = Ran::from_command(&mut tool);
        assert!(!format!("{ran:?}").contains("sesame"), "{ran:?}");
        ran
    };
    let user = ("TOLLGATE_REGISTRY_USER", "dana");
    with(&[user, ("TOLLGATE_REGISTRY_PASSWORD", "wrong")]).exits_with_snapshot(2);
    with(&[user, ("TOLLGATE_REGISTRY_PASSWORD", "sesame")]).exits_with_snapshot(0);
    let auth = json!({"auths": {&registry.address: {"auth": "ZGFuYTpzZXNhbWU="}}});
    project.0.write("docker/config.json", auth.to_string());
    let docker = project.0.path("docker").display().to_string();
    with(&[("DOCKER_CONFIG", &docker)]).exits_with_snapshot(0);
}

#[test]
fn without_the_registry_what_is_here_is_enough() {
    let registry = DebianRegistry::start();
    let project = project(&registry);
    publish(&project, &Contract::new("acme/calm@1.0.0")).exits_with(0);
    project.gate("letters", "", &["acme/calm@^1"]);
    project.run("lock").exits_with(0);
    drop(registry);
    project.run("lock --locked").exits_with(0);
    project.run("update --offline").exits_with_snapshot(0);
    project.run("judge acme/calm letter.txt").exits_with(0);
    project.run("update").exits_with_snapshot(2);
    let lock = project.read("tollgate.lock");
    forget(&project);
    project.run("pull --offline").exits_with_snapshot(2);
    project.run("pull").exits_with_snapshot(2);
    assert_eq!(files(&project.0.path("store")), Vec::<PathBuf>::new());
    assert_eq!(project.read("tollgate.lock"), lock);
}

/// The process ends at any moment, and the next one goes on.
#[test]
fn a_pull_that_is_killed_leaves_nothing_half() {
    let registry = DebianRegistry::start();
    let project = project(&registry);
    let large = Contract::new("acme/calm@1.0.0").larger_by(24 << 20);
    publish(&project, &large).exits_with(0);
    project.gate("letters", "", &["acme/calm@^1"]);
    project.run("lock").exits_with(0);
    for round in 0..20 {
        forget(&project);
        let mut tool = project.0.tool(&["pull"]);
        let mut child = tool.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(20 + round * 13));
        child.kill().unwrap();
        child.wait().unwrap();
        for path in files(&project.0.path("store/sha256")) {
            assert_eq!(fs::read(path).unwrap(), large.component(), "it is whole or not there");
        }
        project.run("pull").exits_with_snapshot(0);
        project.run("judge acme/calm letter.txt").exits_with(0);
    }
}

/// A large contract is never in memory as a whole.
#[test]
fn a_large_contract_streams() {
    let registry = DebianRegistry::start();
    let project = project(&registry);
    let peak_kib = |id: &str| {
        let script = "import resource, subprocess, sys\n\
                      subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n\
                      print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";
        let mut python = Command::new("python3");
        python.args(["-c", script]).arg(binary()).args(["pull", id]);
        python.current_dir(project.0.path("")).env("TOLLGATE_STORE", project.0.path("store"));
        let ran = Ran::from_command(&mut python);
        ran.exits_with(0).out.trim().parse::<u64>().unwrap()
    };
    publish(&project, &Contract::new("acme/small@1.0.0")).exits_with(0);
    publish(&project, &Contract::new("acme/large@1.0.0").larger_by(40 << 20)).exits_with(0);
    let (small, large) = (peak_kib("acme/small"), peak_kib("acme/large"));
    assert!(large < small + (12 << 10), "{small} and {large} KiB for 40 MiB more");
}

#[test]
fn packages_travel_in_a_bundle() {
    let registry = DebianRegistry::start();
    let project = project(&registry);
    key(&project, "release");
    signed(&project, &Contract::new("acme/calm@1.0.0"), "release").exits_with(0);
    project.has_prompt("welcome@2.0.0", "Hello");
    project.gate("letters", "welcome@^2", &["acme/calm@^1", "tollgate/pii@^1"]);
    project.run("lock").exits_with(0);
    project.run("export all.tar").exits_with_snapshot(0);
    let before = judgement(&project);
    drop(registry);

    // A machine that has the project, and no network.
    forget(&project);
    project.run("lock --locked --offline").exits_with(2);
    project.run("import all.tar").exits_with_snapshot(0);
    project.run("lock --locked --offline").exits_with_snapshot(0);
    assert_eq!(judgement(&project), before);

    let bundle = fs::read(project.0.path("all.tar")).unwrap();
    let component = Contract::new("acme/calm@1.0.0").component();
    let at = bundle.windows(component.len()).position(|part| part == component).unwrap();
    let mut changed = bundle.clone();
    changed[at + component.len() / 2] ^= 1;
    project.0.write("changed.tar", &changed);
    forget(&project);
    project.run("import changed.tar").exits_with_snapshot(2);
    project.run("judge acme/calm letter.txt").exits_with_snapshot(2);
    project.0.write("half.tar", &bundle[..bundle.len() / 2]);
    project.run("import half.tar").exits_with_snapshot(2);

    // Whom this project does not trust brings nothing.
    key(&project, "second");
    let toml = project.read("tollgate.toml");
    project.0.write("tollgate.toml", toml.replace("\"release\", ", ""));
    project.run("import all.tar").exits_with_snapshot(2);
    assert!(files(&project.0.path("store/listed")).is_empty());
}
