//! What a machine can do to the tool.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::tool::{Place, Ran, binary};

/// A cache on a disk with 64 KiB: there is room for the key and not for a contract.
#[test]
fn a_full_disk() {
    let place = Place::new();
    place.write("letter.txt", "hello").write("cache/.keep", "");
    let mount = "mount -t tmpfs -o size=64k none cache";
    let judge = format!(
        "{} judge tollgate/length --config '{{\"words\": {{\"max\": 3}}}}' letter.txt; ls cache >&2",
        binary().display()
    );
    let shell = |line: &str| {
        let mut shell = Command::new("unshare");
        shell.args(["--map-root-user", "--mount", "bash", "-c", line]).current_dir(place.path(""));
        shell.env("TOLLGATE_CACHE", place.path("cache")).output()
    };
    if !shell(mount).is_ok_and(|output| output.status.success()) {
        return eprintln!("skipped: no small disk can be made here");
    }
    let ran = Ran::of(shell(&format!("{mount} && {judge}")).unwrap());
    ran.exits_with_snapshot(0);
    assert!(ran.err.ends_with("time\nkey\n"), "the key, and nothing half-written: {ran:#?}");
}

#[test]
fn a_cache_that_cannot_be_used() {
    let place = Place::new();
    place.write("letter.txt", "hello").write("cache", "a file");
    let judge = || {
        let mut tool = place.tool(&[
            "judge",
            "tollgate/length",
            "--config",
            r#"{"words": {"max": 3}}"#,
            "letter.txt",
        ]);
        Ran::of(tool.env("TOLLGATE_CACHE", place.path("cache")).output().unwrap())
    };
    judge().exits_with_snapshot(0);
    fs::remove_file(place.path("cache")).unwrap();
    let clean = judge();
    assert!(!clean.exits_with_snapshot(0).err.contains("warning"), "{clean:?}");
    fs::set_permissions(place.path("cache/key"), fs::Permissions::from_mode(0o644)).unwrap();
    judge().exits_with_snapshot(0);
}

/// Little address space: fewer sandboxes, the same verdict.
#[test]
fn little_address_space() {
    let place = Place::new();
    place.write("letter.txt", "hello");
    let mut shell = Command::new("bash");
    let line = format!(
        "ulimit -v 4000000; exec {} judge tollgate/length --config '{{\"words\": {{\"max\": 3}}}}' letter.txt",
        binary().display()
    );
    shell
        .args(["-c", &line])
        .current_dir(place.path(""))
        .env("TOLLGATE_CACHE", place.path("cache"));
    Ran::from_command(&mut shell).exits_with_snapshot(0);
}

/// A toolchain without the target, and no toolchain at all.
#[test]
fn a_missing_toolchain() {
    let place = Place::new();
    place.run(&["new", "x", "--lang", "rust"]).exits_with(0);
    let fake = "#!/bin/sh\necho /nowhere/lib\n";
    place.write("bin/rustc", fake);
    fs::set_permissions(place.path("bin/rustc"), fs::Permissions::from_mode(0o755)).unwrap();
    let build = |path: &str| {
        Ran::of(place.tool(&["build", "x"]).env("PATH", place.path(path)).output().unwrap())
    };
    build("bin").exits_with_snapshot(2);
    build("empty").exits_with_snapshot(2);
}

/// Python and Node.js are there, of another time.
#[test]
fn a_toolchain_that_is_too_old() {
    let place = Place::new();
    // What asks for the version ends with an error, and so does everything else.
    for program in ["python3", "node", "npm"] {
        let path = format!("bin/{program}");
        place.write(&path, "#!/bin/sh\nexit 1\n");
        fs::set_permissions(place.path(&path), fs::Permissions::from_mode(0o755)).unwrap();
    }
    for language in ["python", "go", "c", "javascript"] {
        place.run(&["new", language, "--lang", language]).exits_with(0);
        let mut build = place.tool(&["build", language]);
        build.env("PATH", place.path("bin")).env("TOLLGATE_CACHE", place.path("cache"));
        Ran::from_command(&mut build).exits_with_snapshot(2);
        assert_eq!(fs::read_dir(place.path("cache/tools")).unwrap().count(), 0, "{language}");
    }
}

/// Two processes at once, with a cache that neither has filled.
#[test]
fn two_at_once() {
    let place = Place::new();
    place.write("letter.txt", "hello");
    let start = || {
        let mut tool = place.tool(&[
            "judge",
            "tollgate/length",
            "--config",
            r#"{"words": {"max": 3}}"#,
            "letter.txt",
        ]);
        tool.env("TOLLGATE_CACHE", place.path("cache"));
        tool.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let all: Vec<_> = (0..4).map(|_| start()).collect();
    for one in all {
        let ran = Ran::of(one.wait_with_output().unwrap());
        assert!(!ran.exits_with_snapshot(0).err.contains("warning"), "{ran:?}");
    }
    assert_eq!(fs::read_dir(place.path("cache")).unwrap().count(), 2, "the key and one file");
}

/// What is missing is named, with how to get it, and what is there is not.
#[test]
fn a_machine_without_languages() {
    let place = Place::new();
    place.run(&["doctor"]).exits_with_snapshot(0);
    place.write("bin/.keep", "");
    let mut doctor = place.tool(&["doctor", "--lang", "rust"]);
    let ran = Ran::of(doctor.env("PATH", place.path("bin")).output().unwrap());
    ran.exits_with_snapshot(1);
    assert!(!ran.out.contains("python"), "{ran:?}");
}
