//! Misbehaves on request, and imports nothing. The first word of the subject is the command, the
//! rest its argument. An unknown command passes.
//!
//! `tests/guests/README.md` lists the expected result of each command.

mod command;
mod configuration;
mod crash;
mod exhaust;
mod lie;
mod memory;

use command::Command;
use configuration::{Config, State, configure};
use tollgate_sdk::prelude::*;

fn judge(_: &State, subject: &Subject) -> Result<Report, Refusal> {
    let command = Command::parse(subject);
    Ok(match command.name {
        "loop" => exhaust::spin(),
        "recursion" => exhaust::recurse(),
        "memory" => exhaust::allocate_for_ever(),
        "allocate-4gib" => exhaust::allocate_4_gib(),
        "burn" => exhaust::burn(command.number_or(1)),
        "huge-result" => exhaust::many_findings(command.number_or(1_000_000)),
        "huge-message" => exhaust::long_message(command.number_or(64)),
        "huge-measures" => exhaust::many_measures(command.number_or(1_000_000)),

        "panic" => crash::panic_with(command.argument),
        "trap" => crash::trap(),
        "overflow" => crash::index_out_of_bounds(),

        "remember" => memory::remember(command.argument),
        "recall" => memory::recall(),
        "count" => memory::count(),

        "unsure" => Report::unsure(Vec::new()),
        "refuse" => return Err(Refusal::Broken("refused on request".into())),
        "refuse-config" => return Err(configuration::refusal()),
        "contradict" => lie::pass_with_a_critical_finding(),
        "undeclared-rule" => lie::undeclared_rule(),
        "bad-span" => lie::span(0, command.subject_bytes + 1),
        "backwards-span" => lie::span(1, 0),
        "split-span" => lie::span_inside_a_character(command.argument),
        "bad-pointer" => lie::pointer("a/b"),
        "lost-pointer" => lie::pointer("/no/such/place"),
        "nan" => lie::measure(f64::NAN),
        "infinite" => lie::measure(f64::INFINITY),
        "nan-sign" => lie::sign_of_a_computed_nan(),
        "same-measure" => lie::measure(1.0).measure("mischief", 2.0),
        "confidence" => lie::confidence(1.5),
        "escape" => lie::message_with_control_characters(),
        _ => Report::pass(),
    })
}

contract!(Config, configure, judge);
