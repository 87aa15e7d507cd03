//! Calls every capability of the host. The first word of the subject's text is the command, the
//! rest its argument. An unknown command passes.
//!
//! `tests/guests/README.md` lists the expected result of each command.

mod ask;
mod configuration;
mod flood;

use configuration::{Config, configure};
use tollgate_sdk::prelude::*;

const MANY: usize = 1_000_000;
const LONG_BYTES: usize = 64 << 20;

fn judge(_: &(), subject: &Subject) -> Result<Report, Refusal> {
    let text = subject.text()?;
    let (command, argument) = text.split_once(' ').unwrap_or((text, ""));
    let number_or = |default| argument.parse().unwrap_or(default);
    Ok(match command {
        "log" => ask::log(argument),
        "log-levels" => ask::log_at_every_level(argument),
        "clock" => ask::clock(),
        "clock-twice" => ask::clock_twice(),
        "lookup" => ask::lookup(argument),
        "contains" => ask::contains(argument),
        "prompt" => ask::prompt(),
        "everything" => ask::everything(),

        "log-many" => flood::log_lines(number_or(MANY)),
        "log-long" => flood::log_line_of(number_or(LONG_BYTES)),
        "huge-log" => flood::log_lines_and_a_long_one(MANY, LONG_BYTES),
        "log-loop" => flood::log_for_ever(),
        "clock-many" => flood::read_the_clock(number_or(MANY)),
        "lookup-many" => flood::look_up(number_or(MANY)),
        "contains-many" => flood::look_up_at_once(number_or(MANY)),
        "prompt-many" => flood::read_the_prompt(number_or(MANY)),
        _ => Report::pass(),
    })
}

contract!(Config, configure, judge);
