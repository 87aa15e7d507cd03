//! Concurrent processes, and processes that are killed while they work.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Project;
use crate::tool::Ran;
use crate::versions::Contract;

const ROUNDS: u32 = 40;
/// Large enough that a process is likely to be killed while it copies.
const LARGE_BYTES: usize = 12 << 20;

fn start(project: &Project, line: &str) -> Child {
    let mut tool = project.0.tool(&line.split_whitespace().collect::<Vec<_>>());
    tool.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Returns how long a command takes that is not killed: the fastest of three runs.
fn measure(project: &Project, line: &str, mut prepare: impl FnMut()) -> Duration {
    let times = (0..3).map(|_| {
        prepare();
        let started = Instant::now();
        project.run(line).exits_with(0);
        started.elapsed()
    });
    times.min().unwrap()
}

/// Kills a child at a different moment in each round. Returns whether it was still running.
fn kill(mut child: Child, duration: Duration, round: u32) -> bool {
    sleep(duration * (round * 17 % ROUNDS) / ROUNDS);
    let was_running = child.try_wait().unwrap().is_none();
    let _ = child.kill();
    child.wait().unwrap();
    was_running
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    let mut names: Vec<_> = files(folder).iter().map(name).collect();
    names.sort();
    names
}

fn large(version: &str) -> Contract {
    Contract::new(&format!("acme/calm@{version}")).larger_by(LARGE_BYTES)
}

#[test]
fn a_killed_publish_leaves_no_partial_files() {
    let project = Project::new();
    let mut killed = 0;
    project.write_component(&large("1.0.0"));
    let clear = || drop(fs::remove_dir_all(project.0.path("packages/acme")));
    let duration = measure(&project, "publish built.wasm", clear);
    for round in 0..ROUNDS {
        clear();
        killed += u32::from(kill(start(&project, "publish built.wasm"), duration, round));
        // A version is published exactly if its description exists.
        let is_published = project.0.path("packages/acme/calm/1.0.0.json").is_file();
        project.run("pull acme/calm").exits_with(if is_published { 0 } else { 2 });
        project.run("publish built.wasm").exits_with(0);
        let left = names(&project.0.path("packages/acme"));
        assert_eq!(left, [".lock", "1.0.0.json", "1.0.0.wasm"], "round {round}");
    }
    project.run("pull acme/calm").exits_with(0);
    project.run("judge acme/calm letter.txt").exits_with_snapshot(0);
    assert!(killed > 0, "no process was killed while it worked");
}

#[test]
fn a_killed_pull_leaves_no_partial_files() {
    let project = Project::new();
    project.publish(&large("1.0.0")).exits_with(0);
    project.publish_prompt("welcome@1.0.0", "Hi");
    project.gate("mail", "welcome", &["acme/calm"]);
    project.run("lock").exits_with(0);
    let (lock, kept) = (project.lock(), names(&project.0.path("store/sha256")));
    let mut killed = 0;
    let duration = measure(&project, "pull --locked", || project.empty_store());
    for round in 0..ROUNDS {
        let line = if round % 2 == 0 { "pull --locked" } else { "lock" };
        project.empty_store();
        if line == "lock" {
            fs::remove_file(project.0.path("tollgate.lock")).unwrap();
        }
        killed += u32::from(kill(start(&project, line), duration, round));
        let there = names(&project.0.path("store/sha256"));
        assert!(there.iter().all(|name| kept.contains(name)), "round {round}: {there:?}");
        project.run(line).exits_with(0);
        assert_eq!(project.lock(), lock, "round {round}");
        assert_eq!(names(&project.0.path("store/sha256")), kept);
        assert_eq!(names(&project.0.path("store/incoming")), [""; 0], "round {round}");
        project.run("judge acme/calm letter.txt").exits_with(0);
    }
    assert!(killed > 0, "no process was killed while it worked");
}

#[test]
fn concurrent_pulls_do_not_disturb_each_other() {
    let project = Project::new();
    project.publish(&large("1.0.0")).exits_with(0);
    project.gate("mail", "", &["acme/calm", "tollgate/length"]);
    project.run("lock").exits_with(0);
    let kept = names(&project.0.path("store/sha256"));
    for round in 0..4 {
        project.empty_store();
        let lines = ["pull --locked", "pull acme/calm", "lock", "update"];
        let children: Vec<_> = lines.iter().map(|line| start(&project, line)).collect();
        for (line, child) in lines.iter().zip(children) {
            Ran::from_child(line, child).exits_with(0);
        }
        assert_eq!(names(&project.0.path("store/sha256")), kept, "round {round}");
        assert_eq!(names(&project.0.path("store/incoming")), [""; 0]);
    }
    project.run("judge acme/calm letter.txt").exits_with_snapshot(0);
}

#[test]
fn one_of_many_concurrent_publishers_wins() {
    let project = Project::new();
    let start = |number: usize| {
        let contract = Contract::new("acme/calm@1.0.0").larger_by(number + 1);
        let file = format!("built-{number}.wasm");
        project.0.write(&file, contract.component());
        start(&project, &format!("publish {file}"))
    };
    let children: Vec<_> = (0..6).map(start).collect();
    let rans = children.into_iter().map(|child| Ran::from_child("tollgate publish", child));
    let (won, lost): (Vec<_>, Vec<_>) = rans.partition(|ran| ran.code == 0);
    assert_eq!((won.len(), lost.len()), (1, 5), "{won:#?}");
    for ran in lost {
        ran.exits_with(2);
    }
    project.run("pull acme/calm").exits_with_snapshot(0);
}
