//! Memory does not grow with the number of outputs, in whatever form they are written.

use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use super::{lines, newsletter};
use crate::tool::Place;

const FEW: usize = 5_000;
const MANY: usize = 20_000;
/// What allocators keep, and pages of the database that are read or not, make more than a few MiB of
/// difference from one run to the next. What grows with the lines would be more.
const MIB_MORE_MAX: u64 = 24;
const LOOK: Duration = Duration::from_millis(5);

/// The most memory that a run ever had, in MiB.
fn peak_mib(place: &Place, file: &str, format: &str) -> u64 {
    let arguments = ["check", "--gate", "welcome-email", file, "--format", format, "--batch", file];
    let mut tool = place.tool(&arguments);
    let mut child = tool.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let path = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    while child.try_wait().unwrap().is_none() {
        let status = fs::read_to_string(&path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak_kib = peak_kib.max(kib.unwrap_or(0));
        sleep(LOOK);
    }
    assert_eq!(child.wait().unwrap().code(), Some(1));
    peak_kib >> 10
}

#[test]
fn many_lines_take_no_more_memory_than_few() {
    for format in ["jsonl", "junit"] {
        let place = newsletter();
        place.write("few.jsonl", lines(FEW)).write("many.jsonl", lines(MANY));
        let few = peak_mib(&place, "few.jsonl", format);
        let many = peak_mib(&place, "many.jsonl", format);
        eprintln!("{format}: {few} MiB for {FEW} lines, {many} MiB for {MANY}");
        assert!(few > 0 && many < few + MIB_MORE_MAX, "{few} MiB, and {many} MiB");
    }
}
