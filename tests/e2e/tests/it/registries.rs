//! Packages in a container registry. Each test starts one of its own: Debian's `docker-registry`.

#[allow(dead_code)]
#[path = "../../../../host/packages/tests/registry/debian.rs"]
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

/// Creates a project with two sources: a folder for prompts, and a registry for prompts and the namespace `acme`.
fn project(registry: &DebianRegistry) -> Project {
    let project = Project::new();
    project.0.write(
        "tollgate.toml",
        format!(
            "[[source]]\nname = \"ours\"\nfolder = \"packages\"\nnamespaces = [\"prompts\"]\n\n\
             [[source]]\nname = \"acme\"\nregistry = \"{}/contracts\"\nnamespaces = [\"acme\", \"prompts\"]\n",
            registry.address
        ),
    );
    project
}

fn publish(project: &Project, contract: &Contract) -> Ran {
    project.publish_to("acme", contract)
}

/// Returns all files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Returns a verdict without its duration.
fn judgement(project: &Project) -> serde_json::Value {
    let mut verdict = project.run("judge acme/calm@^1 letter.txt --json").exits_with(0).json();
    verdict.as_object_mut().unwrap().remove("time-us").unwrap();
    verdict
}

fn empty_store(project: &Project) {
    fs::remove_dir_all(project.0.path("store")).unwrap();
}

fn create_trusted_key(project: &Project, name: &str) {
    let keys = project.0.path("keys");
    let run = |arguments: &[&str]| {
        let mut tool = project.0.tool(arguments);
        tool.env("TOLLGATE_KEYS", &keys);
        Ran::from_command(&mut tool).exits_with(0);
    };
    run(&["keys", "new", name]);
    run(&["keys", "trust", &format!("keys/{name}.pub"), "--for", "acme"]);
}

fn publish_signed(project: &Project, contract: &Contract, key: &str) -> Ran {
    project.write_component(contract);
    let arguments = ["publish", "built.wasm", "--to", "acme", "--key", key];
    let mut tool = project.0.tool(&arguments);
    tool.env("TOLLGATE_KEYS", project.0.path("keys"));
    Ran::from_command(&mut tool)
}

/// Another machine is an empty store.
#[test]
fn an_empty_machine_gets_the_same_verdict_and_no_changed_byte() {
    let registry = DebianRegistry::start();
    let project = project(&registry);
    create_trusted_key(&project, "release");
    publish(&project, &Contract::new("acme/calm@1.0.0")).exits_with_snapshot(2);
    publish_signed(&project, &Contract::new("acme/calm@1.0.0"), "release").exits_with_snapshot(0);
    project.publish_prompt("welcome@2.0.0", "Hello");
    project.gate("letters", "welcome@^2", &["acme/calm@^1", "tollgate/pii@^1"]);
    project.run("lock").exits_with_snapshot(0);
    let lock = project.read("tollgate.lock");
    let from = format!("source = \"registry {}/contracts\"", registry.address);
    for entry in
        [from.as_str(), "source = \"folder packages\"", "source = \"bundled\"", "signer = "]
    {
        assert!(lock.contains(entry), "{entry}: {lock}");
    }
    let judge = || project.run("judge acme/calm@^1 letter.txt --json");
    let before = judgement(&project);

    empty_store(&project);
    judge().exits_with_snapshot(2);
    project.run("pull --locked").exits_with_snapshot(0);
    assert_eq!(judgement(&project), before);
    assert_eq!(project.read("tollgate.lock"), lock);

    // A changed byte in the registry.
    empty_store(&project);
    let blobs = files(&registry.folder().join("storage"));
    let component = Contract::new("acme/calm@1.0.0").component();
    let is_component = |path: &&PathBuf| fs::read(path).is_ok_and(|bytes| bytes == component);
    let blob = blobs.iter().find(is_component).unwrap();
    let mut changed = component.clone();
    changed[component.len() / 2] ^= 1;
    fs::write(blob, &changed).unwrap();
    project.run("pull --locked").exits_with_snapshot(2);
    let kept = files(&project.0.path("store/sha256"));
    assert!(
        kept.iter().all(|path| fs::read(path).unwrap() != changed),
        "the changed bytes are not stored"
    );
    judge().exits_with_snapshot(2);
    fs::write(blob, &component).unwrap();
    project.run("pull --locked").exits_with(0);

    // A changed byte in the store.
    let kept = files(&project.0.path("store/sha256"));
    let kept = kept.iter().find(is_component).unwrap();
    fs::remove_file(kept).unwrap();
    fs::write(kept, &changed).unwrap();
    judge().exits_with_snapshot(2);
}

#[test]
fn rejects_a_changed_version_and_yanks_one() {
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

#[test]
fn signatures_are_added_to_published_packages() {
    let registry = DebianRegistry::start();
    let project = project(&registry);
    let calm = Contract::new("acme/calm@1.0.0");
    publish(&project, &calm).exits_with(0);
    project.gate("letters", "", &["acme/calm"]);
    create_trusted_key(&project, "release");
    project.run("lock").exits_with_snapshot(2);
    publish_signed(&project, &calm, "release").exits_with_snapshot(0);
    project.run("lock").exits_with(0);
    create_trusted_key(&project, "second");
    publish_signed(&project, &calm, "second").exits_with(0);
    publish_signed(&project, &calm, "second").exits_with(0);
    let toml = project.read("tollgate.toml");
    project.0.write("tollgate.toml", toml.replace("\"release\", ", ""));
    empty_store(&project);
    project.run("pull --locked").exits_with_snapshot(0);
}

#[test]
fn publishes_and_pulls_prompts() {
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

/// Two downloads of the same bytes must not wait for each other.
#[test]
fn stores_the_same_bytes_once() {
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
fn takes_credentials_from_docker_or_the_environment() {
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
fn works_offline_with_a_filled_store() {
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
    empty_store(&project);
    project.run("pull --offline").exits_with_snapshot(2);
    project.run("pull").exits_with_snapshot(2);
    assert_eq!(files(&project.0.path("store")), Vec::<PathBuf>::new());
    assert_eq!(project.read("tollgate.lock"), lock);
}

#[test]
fn a_killed_pull_leaves_no_partial_files() {
    let registry = DebianRegistry::start();
    let project = project(&registry);
    let large = Contract::new("acme/calm@1.0.0").larger_by(24 << 20);
    publish(&project, &large).exits_with(0);
    project.gate("letters", "", &["acme/calm@^1"]);
    project.run("lock").exits_with(0);
    for round in 0..20 {
        empty_store(&project);
        let mut tool = project.0.tool(&["pull"]);
        let mut child = tool.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(20 + round * 13));
        child.kill().unwrap();
        child.wait().unwrap();
        for path in files(&project.0.path("store/sha256")) {
            assert_eq!(fs::read(path).unwrap(), large.component(), "a stored file is complete");
        }
        project.run("pull").exits_with(0);
        project.run("judge acme/calm letter.txt").exits_with(0);
    }
}

#[test]
fn a_large_contract_is_not_held_in_memory() {
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
fn exports_and_imports_a_bundle() {
    let registry = DebianRegistry::start();
    let project = project(&registry);
    create_trusted_key(&project, "release");
    publish_signed(&project, &Contract::new("acme/calm@1.0.0"), "release").exits_with(0);
    project.publish_prompt("welcome@2.0.0", "Hello");
    project.gate("letters", "welcome@^2", &["acme/calm@^1", "tollgate/pii@^1"]);
    project.run("lock").exits_with(0);
    project.run("export all.tar").exits_with_snapshot(0);
    let before = judgement(&project);
    drop(registry);

    // Another machine has the project, but no network.
    empty_store(&project);
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
    empty_store(&project);
    project.run("import changed.tar").exits_with_snapshot(2);
    project.run("judge acme/calm letter.txt").exits_with_snapshot(2);
    project.0.write("half.tar", &bundle[..at + component.len() / 2]);
    project.run("import half.tar").exits_with_snapshot(2);

    // Nothing is imported without a trusted signature.
    create_trusted_key(&project, "second");
    let toml = project.read("tollgate.toml");
    project.0.write("tollgate.toml", toml.replace("\"release\", ", ""));
    project.run("import all.tar").exits_with_snapshot(2);
    assert!(files(&project.0.path("store/listed")).is_empty());
}
