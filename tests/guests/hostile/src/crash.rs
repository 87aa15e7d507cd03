//! Commands that end the judgement without a result.

use std::hint::black_box;

use tollgate_sdk::Report;

/// Panics with a message. The host must show this function's name in the stack.
#[inline(never)]
pub fn panic_with(message: &str) -> ! {
    panic!("{message}")
}

pub fn trap() -> ! {
    core::arch::wasm32::unreachable()
}

pub fn index_out_of_bounds() -> Report {
    let items = [1.0, 2.0, 3.0];
    Report::pass().measure("item", items[black_box(3)])
}
