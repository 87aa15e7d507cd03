//! Commands that call capabilities more often, and with more bytes, than one run may. A call costs
//! the guest almost no fuel, because the host does the work.

use tollgate_sdk::Report;
use tollgate_sdk::host::log::info;
use tollgate_sdk::host::{clock, lookup, prompt_text};

pub fn log_lines(count: usize) -> Report {
    for _ in 0..count {
        info("one line of very many");
    }
    Report::pass()
}

pub fn log_line_of(bytes: usize) -> Report {
    info(&"l".repeat(bytes));
    Report::pass()
}

pub fn log_lines_and_a_long_one(count: usize, bytes: usize) -> Report {
    log_lines(count);
    log_line_of(bytes)
}

pub fn log_for_ever() -> ! {
    loop {
        info("again");
    }
}

pub fn read_the_clock(count: usize) -> Report {
    for _ in 0..count {
        let _ = clock::now();
    }
    Report::pass()
}

/// Uses a different key each time, so that no answer can be cached.
pub fn look_up(count: usize) -> Report {
    for key in 0..count {
        let _ = lookup::get("table", &key.to_string());
    }
    Report::pass()
}

pub fn look_up_at_once(count: usize) -> Report {
    let keys: Vec<String> = (0..count).map(|key| key.to_string()).collect();
    let _ = lookup::contains_any("table", &keys);
    Report::pass()
}

pub fn read_the_prompt(count: usize) -> Report {
    for _ in 0..count {
        let _ = prompt_text::read();
    }
    Report::pass()
}
