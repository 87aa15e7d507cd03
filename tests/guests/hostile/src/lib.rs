//! Misbehaves on request, and imports nothing. The subject says how: its first word
//! is the command, the rest its argument. A command that it does not know passes.
//!
//! What each command must lead to stands in `tests/guests/README.md`.

mod configuration;
mod crash;
mod exhaust;
mod lie;
mod memory;
mod order;

use configuration::{Config, State, configure};
use order::Order;
use tollgate_sdk::prelude::*;

fn judge(_: &State, subject: &Subject) -> Result<Report, Refusal> {
    let order = Order::of(subject);
    Ok(match order.command {
        "loop" => exhaust::spin(),
        "recursion" => exhaust::recurse(),
        "memory" => exhaust::allocate_for_ever(),
        "allocate-4gib" => exhaust::allocate_4_gib(),
        "burn" => exhaust::burn(order.number_or(1)),
        "huge-result" => exhaust::many_findings(order.number_or(1_000_000)),
        "huge-message" => exhaust::long_message(order.number_or(64)),
        "huge-measures" => exhaust::many_measures(order.number_or(1_000_000)),

        "panic" => crash::panic_as_told(order.argument),
        "trap" => crash::trap(),
        "overflow" => crash::index_out_of_bounds(),

        "remember" => memory::remember(order.argument),
        "recall" => memory::recall(),
        "count" => memory::count(),

        "unsure" => Report::unsure(Vec::new()),
        "refuse" => return Err(Refusal::Broken("refused as told".into())),
        "refuse-config" => return Err(configuration::refusal()),
        "contradict" => lie::pass_with_a_critical_finding(),
        "undeclared-rule" => lie::undeclared_rule(),
        "bad-span" => lie::span(0, order.length + 1),
        "backwards-span" => lie::span(1, 0),
        "split-span" => lie::span_inside_a_character(order.argument),
        "bad-pointer" => lie::pointer("a/b"),
        "lost-pointer" => lie::pointer("/no/such/place"),
        "nan" => lie::measure(f64::NAN),
        "infinite" => lie::measure(f64::INFINITY),
        "nan-sign" => lie::sign_of_a_computed_nan(),
        "same-measure" => lie::measure(1.0).measure("mischief", 2.0),
        "confidence" => lie::confidence(1.5),
        "escape" => lie::message_that_a_terminal_obeys(),
        _ => Report::pass(),
    })
}

contract!(Config, configure, judge);
