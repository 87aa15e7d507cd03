//! Memory does not grow with the number of outputs, in whatever form they are written.

use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use super::{lines, newsletter};
use crate::tool::Place;

const FEW: usize = 5_000;
const MANY: usize = 20_000;
/// What the ledger keeps of its file, and never more.
const LEDGER_MIB_MAX: u64 = 64;
/// What allocators keep makes some difference from one run to the next. What grows with the lines
/// would be more.
const MIB_MORE_MAX: u64 = 8;
const LOOK: Duration = Duration::from_millis(5);

/// The most memory that a run ever had, in MiB.
fn peak_mib(place: &Place, file: &str, more: &[&str]) -> u64 {
    let mut tool = place.tool(&[&["check", "--gate", "welcome-email", file], more].concat());
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
    let place = newsletter();
    place.write("few.jsonl", lines(FEW)).write("many.jsonl", lines(MANY));
    for format in ["jsonl", "junit", "sarif", "markdown"] {
        let more = ["--no-record", "--format", format];
        let few = peak_mib(&place, "few.jsonl", &more);
        let many = peak_mib(&place, "many.jsonl", &more);
        eprintln!("{format}: {few} MiB for {FEW} lines, {many} MiB for {MANY}");
        assert!(few > 0 && many < few + MIB_MORE_MAX, "{few} MiB, and {many} MiB");
    }
    let few = peak_mib(&place, "few.jsonl", &["--no-record"]);
    let many = peak_mib(&place, "many.jsonl", &["--batch", "one"]);
    eprintln!("recorded: {many} MiB for {MANY}");
    assert!(many < few + LEDGER_MIB_MAX + MIB_MORE_MAX, "{few} MiB, and {many} MiB recorded");
}
