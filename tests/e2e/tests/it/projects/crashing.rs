//! Processes that meet, and processes that are ended in the middle.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Project;
use crate::tool::Ran;
use crate::versions::Contract;

const KILLED: u32 = 40;
/// Enough that a process is likely to be ended while it copies.
const LARGE_BYTES: usize = 12 << 20;

fn start(project: &Project, line: &str) -> Child {
    let mut tool = project.0.tool(&line.split_whitespace().collect::<Vec<_>>());
    tool.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// How long a command takes that nobody ends.
fn whole(project: &Project, line: &str, mut prepare: impl FnMut()) -> Duration {
    let times = (0..3).map(|_| {
        prepare();
        let started = Instant::now();
        project.run(line).exits_with(0);
        started.elapsed()
    });
    times.min().unwrap()
}

/// Ends it at another moment in every round. Says whether it was still at work.
fn kill(mut child: Child, whole: Duration, round: u32) -> bool {
    sleep(whole * (round * 17 % KILLED) / KILLED);
    let at_work = child.try_wait().unwrap().is_none();
    let _ = child.kill();
    child.wait().unwrap();
    at_work
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
fn who_is_ended_while_publishing_leaves_nothing_half_written() {
    let project = Project::new();
    let mut ended = 0;
    project.built(&large("1.0.0"));
    let clear = || drop(fs::remove_dir_all(project.0.path("packages/acme")));
    let whole = whole(&project, "publish built.wasm", clear);
    for round in 0..KILLED {
        clear();
        ended += u32::from(kill(start(&project, "publish built.wasm"), whole, round));
        // What is described is there: it is what it is described as.
        if project.0.path("packages/acme/calm/1.0.0.json").is_file() {
            project.run("pull acme/calm").exits_with_snapshot(0);
        } else {
            project.run("pull acme/calm").exits_with_snapshot(2);
        }
        project.run("publish built.wasm").exits_with_snapshot(0);
        let left = names(&project.0.path("packages/acme"));
        assert_eq!(left, [".lock", "1.0.0.json", "1.0.0.wasm"], "round {round}");
    }
    project.run("pull acme/calm").exits_with(0);
    project.run("judge acme/calm letter.txt").exits_with_snapshot(0);
    assert!(ended > 0, "none was ended in the middle");
}

#[test]
fn who_is_ended_while_pulling_leaves_nothing_half_written() {
    let project = Project::new();
    project.publish(&large("1.0.0")).exits_with(0);
    project.has_prompt("welcome@1.0.0", "Hi");
    project.gate("mail", "welcome", &["acme/calm"]);
    project.run("lock").exits_with(0);
    let (lock, kept) = (project.lock(), names(&project.0.path("store/sha256")));
    let mut ended = 0;
    let whole = whole(&project, "pull --locked", || project.forget());
    for round in 0..KILLED {
        let line = if round % 2 == 0 { "pull --locked" } else { "lock" };
        project.forget();
        if line == "lock" {
            fs::remove_file(project.0.path("tollgate.lock")).unwrap();
        }
        ended += u32::from(kill(start(&project, line), whole, round));
        let there = names(&project.0.path("store/sha256"));
        assert!(there.iter().all(|name| kept.contains(name)), "round {round}: {there:?}");
        project.run(line).exits_with(0);
        assert_eq!(project.lock(), lock, "round {round}");
        assert_eq!(names(&project.0.path("store/sha256")), kept);
        assert_eq!(names(&project.0.path("store/incoming")), [""; 0], "round {round}");
        project.run("judge acme/calm letter.txt").exits_with_snapshot(0);
    }
    assert!(ended > 0, "none was ended in the middle");
}

#[test]
fn many_pull_at_once() {
    let project = Project::new();
    project.publish(&large("1.0.0")).exits_with(0);
    project.gate("mail", "", &["acme/calm", "tollgate/length"]);
    project.run("lock").exits_with(0);
    let kept = names(&project.0.path("store/sha256"));
    for round in 0..4 {
        project.forget();
        let lines = ["pull --locked", "pull acme/calm", "lock", "update"];
        let all: Vec<_> = lines.iter().map(|line| start(&project, line)).collect();
        for one in all {
            Ran::of(one.wait_with_output().unwrap()).exits_with(0);
        }
        assert_eq!(names(&project.0.path("store/sha256")), kept, "round {round}");
        assert_eq!(names(&project.0.path("store/incoming")), [""; 0]);
    }
    project.run("judge acme/calm letter.txt").exits_with_snapshot(0);
}

/// One version, and one of them has it.
#[test]
fn of_many_who_publish_at_once_one_wins() {
    let project = Project::new();
    let start = |who: usize| {
        let contract = Contract::new("acme/calm@1.0.0").larger_by(who + 1);
        let file = format!("built-{who}.wasm");
        project.0.write(&file, contract.component());
        start(&project, &format!("publish {file}"))
    };
    let all: Vec<_> = (0..6).map(start).collect();
    let all = all.into_iter().map(|one| Ran::of(one.wait_with_output().unwrap()));
    let (won, lost): (Vec<_>, Vec<_>) = all.partition(|ran| ran.code == 0);
    assert_eq!((won.len(), lost.len()), (1, 5), "{won:#?}");
    for ran in lost {
        ran.exits_with_snapshot(2);
    }
    project.run("pull acme/calm").exits_with_snapshot(0);
}
