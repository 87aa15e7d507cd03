//! Commands that exceed limits: time, stack, memory, size of the result. `black_box` keeps the
//! optimiser from removing the useless work.

use std::alloc::{Layout, handle_alloc_error};
use std::hint::black_box;

use tollgate_sdk::{Finding, Report};

const MIB: usize = 1 << 20;
/// So long that a million of them exceed the memory of a sandbox.
const LONG_MESSAGE_BYTES: usize = 256;

pub fn spin() -> ! {
    loop {
        black_box(());
    }
}

pub fn recurse() -> Report {
    Report::pass().measure("depth", descend(0) as f64)
}

/// Adds after the call, so that the compiler cannot make it a tail call.
#[inline(never)]
fn descend(depth: u64) -> u64 {
    if black_box(true) { black_box(descend(depth + 1)) + 1 } else { depth }
}

/// Touches every page, so that the memory is really used.
pub fn allocate_for_ever() -> ! {
    loop {
        black_box(vec![0xab_u8; MIB].leak());
    }
}

/// Requests the rest of the address space at once.
pub fn allocate_4_gib() -> Report {
    match grow(65_535) {
        Some(_) => Report::pass(),
        None => handle_alloc_error(Layout::new::<[u8; MIB]>()),
    }
}

/// Grows the memory by pages of 64 KiB, without the allocator. Returns the start of the new pages.
pub fn grow(pages: usize) -> Option<usize> {
    let before = core::arch::wasm32::memory_grow(0, pages);
    (before != usize::MAX).then_some(before << 16)
}

/// Computes for `millions` million rounds.
pub fn burn(millions: u64) -> Report {
    let mut state = black_box(88_172_645_463_325_252_u64);
    for _ in 0..millions * 1_000_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
    }
    black_box(state);
    Report::pass()
}

pub fn many_findings(count: usize) -> Report {
    let message = "m".repeat(LONG_MESSAGE_BYTES);
    Report::of((0..count).map(|_| Finding::info("mischief", &*message)).collect())
}

pub fn long_message(mebibytes: usize) -> Report {
    Report::of(vec![Finding::info("mischief", "m".repeat(mebibytes * MIB))])
}

pub fn many_measures(count: usize) -> Report {
    (0..count).fold(Report::pass(), |report, value| report.measure("mischief", value as f64))
}
