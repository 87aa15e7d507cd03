//! Reports that the types allow and the contract's rules do not.

use std::hint::black_box;

use tollgate_sdk::{Finding, Outcome, Place, Report, Severity, Span};

pub fn pass_with_a_critical_finding() -> Report {
    let report = Report::of(vec![Finding::critical("mischief", "this must never go out")]);
    Report { outcome: Outcome::Pass, ..report }
}

pub fn undeclared_rule() -> Report {
    Report::of(vec![Finding::info("not-in-the-manifest", "which rule is this?")])
}

pub fn span(start: usize, end: usize) -> Report {
    placed(Place::Span(Span { start: start as u32, end: end as u32 }))
}

/// The place is looked for in the argument, so the span is right for `split-span` alone.
pub fn span_inside_a_character(argument: &str) -> Report {
    let wide = argument.char_indices().find(|(_, character)| character.len_utf8() > 1);
    let (at, _) = wide.expect("`split-span` wants a character of several bytes behind it");
    let start = "split-span ".len() + at + 1;
    span(start, start + 1)
}

pub fn pointer(pointer: &str) -> Report {
    placed(Place::Pointer(pointer.into()))
}

fn placed(place: Place) -> Report {
    let finding = Finding::new("mischief", Severity::Info, "look here");
    Report::of(vec![Finding { place, ..finding }])
}

pub fn measure(value: f64) -> Report {
    Report::pass().measure("mischief", value)
}

/// x86 computes a negative NaN where Arm computes a positive one, so a report that
/// shows the sign is the same everywhere only if the engine makes NaNs canonical.
pub fn sign_of_a_computed_nan() -> Report {
    let nan = black_box(0.0_f64) / black_box(0.0_f64);
    Report::pass().measure("sign", (nan.to_bits() >> 63) as f64)
}

pub fn confidence(confidence: f64) -> Report {
    Report::of(vec![Finding::info("mischief", "quite sure").confidence(confidence)])
}

/// A valid report. Whoever prints the message has to print it harmless: it clears a
/// screen, ends a string in C, forges a line of a log, opens a tag, and turns around
/// the order in which letters are read.
pub fn message_that_a_terminal_obeys() -> Report {
    let message = "\u{1b}[2J\u{1b}]0;owned\u{7}\0\r\nallow <script>alert(1)</script>\u{202e}";
    Report::of(vec![Finding::info("mischief", message)])
}
