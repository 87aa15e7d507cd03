//! Problems of the machine: a full disk, little memory, missing or old tools.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::tool::{Place, Ran, binary};

#[test]
fn judges_with_a_full_disk() {
    let place = Place::new();
    place.write("letter.txt", "hello").write("cache/.keep", "");
    // Room for the key, but not for a compiled contract. A folder that others can write to is no cache at all.
    let mount = "mount -t tmpfs -o size=64k,mode=700 none cache";
    let judge = format!(
        "{} judge tollgate/length --config '{{\"words\": {{\"max\": 3}}}}' letter.txt; ls cache >&2",
        binary().display()
    );
    let shell = |line: &str| {
        let mut shell = Command::new("unshare");
        shell.args(["--map-root-user", "--mount", "bash", "-c", line]).current_dir(place.path(""));
        shell.env("TOLLGATE_CACHE", place.path("cache"));
        shell
    };
    if !shell(mount).output().is_ok_and(|output| output.status.success()) {
        return eprintln!("skipped: nothing can be mounted here");
    }
    let ran = Ran::from_command(&mut shell(&format!("{mount} && {judge}")));
    ran.exits_with_snapshot(0);
    assert!(ran.err.ends_with("\nkey\n"), "only the key is in the cache: {ran:#?}");
}

#[test]
fn judges_without_a_usable_cache() {
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
        Ran::from_command(tool.env("TOLLGATE_CACHE", place.path("cache")))
    };
    judge().exits_with_snapshot(0);
    fs::remove_file(place.path("cache")).unwrap();
    let clean = judge();
    assert!(!clean.exits_with_snapshot(0).err.contains("warning"), "{clean:?}");
    fs::set_permissions(place.path("cache/key"), fs::Permissions::from_mode(0o644)).unwrap();
    judge().exits_with_snapshot(0);
}

#[test]
fn judges_with_little_address_space() {
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

#[test]
fn names_a_missing_toolchain() {
    let place = Place::new();
    place.run(&["new", "x", "--lang", "rust"]).exits_with(0);
    let fake = "#!/bin/sh\necho /nowhere/lib\n";
    place.write("bin/rustc", fake);
    fs::set_permissions(place.path("bin/rustc"), fs::Permissions::from_mode(0o755)).unwrap();
    let build =
        |path: &str| Ran::from_command(place.tool(&["build", "x"]).env("PATH", place.path(path)));
    build("bin").exits_with_snapshot(2);
    build("empty").exits_with_snapshot(2);
}

#[test]
fn names_a_toolchain_that_is_too_old() {
    let place = Place::new();
    // The programs fail, also when they are asked whether their version is new enough.
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

#[test]
fn processes_share_an_empty_cache() {
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
    let children: Vec<_> = (0..4).map(|_| start()).collect();
    for child in children {
        let ran = Ran::from_child("tollgate judge", child);
        assert_eq!(ran.exits_with(0).err, "", "{ran:?}");
    }
    assert_eq!(
        fs::read_dir(place.path("cache")).unwrap().count(),
        6,
        "the key, functions, inspection, two kinds of code, and one contract"
    );
}

#[test]
fn doctor_names_missing_tools() {
    let place = Place::new();
    // Its output lists the versions of this machine.
    place.run(&["doctor"]).exits_with(0);
    place.write("bin/.keep", "");
    let mut doctor = place.tool(&["doctor", "--lang", "rust"]);
    Ran::from_command(doctor.env("PATH", place.path("bin"))).exits_with_snapshot(1);
}
