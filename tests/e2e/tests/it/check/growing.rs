//! Memory use does not depend on the number of outputs, in any format.

use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use super::{lines, newsletter};
use crate::tool::Place;

const FEW: usize = 5_000;
const MANY: usize = 20_000;
/// The ledger caches at most this much of its file, in two connections.
const LEDGER_MIB_MAX: u64 = 2 * 64;
/// Allocators differ this much from one run to the next. Memory that grows with the lines would
/// differ by more.
const SPREAD_MIB_MAX: u64 = 8;
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// Returns the peak memory use of a run.
fn peak_mib(place: &Place, file: &str, options: &[&str]) -> u64 {
    let mut tool = place.tool(&[&["check", "--gate", "welcome-email", file], options].concat());
    let mut child = tool.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let path = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    while child.try_wait().unwrap().is_none() {
        let status = fs::read_to_string(&path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak_kib = peak_kib.max(kib.unwrap_or(0));
        sleep(POLL_INTERVAL);
    }
    assert_eq!(child.wait().unwrap().code(), Some(1));
    peak_kib >> 10
}

#[test]
fn memory_does_not_grow_with_the_number_of_lines() {
    let place = newsletter();
    place.write("few.jsonl", lines(FEW)).write("many.jsonl", lines(MANY));
    for format in ["jsonl", "junit", "sarif", "markdown"] {
        let options = ["--no-record", "--format", format];
        let few = peak_mib(&place, "few.jsonl", &options);
        let many = peak_mib(&place, "many.jsonl", &options);
        eprintln!("{format}: {few} MiB for {FEW} lines, {many} MiB for {MANY}");
        assert!(few > 0 && many < few + SPREAD_MIB_MAX, "{few} MiB, and {many} MiB");
    }
    place.write("twice.jsonl", lines(2 * MANY));
    let few = peak_mib(&place, "few.jsonl", &["--no-record"]);
    let many = peak_mib(&place, "many.jsonl", &["--batch", "one"]);
    let twice = peak_mib(&place, "twice.jsonl", &["--batch", "two"]);
    eprintln!("recorded: {many} MiB for {MANY}, {twice} MiB for twice as many");
    assert!(many < few + LEDGER_MIB_MAX, "{few} MiB, and {many} MiB recorded");
    assert!(twice < many + SPREAD_MIB_MAX, "{many} MiB, and {twice} MiB for twice as many");
}
