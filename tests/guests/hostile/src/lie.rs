//! Reports that the types allow but that the host must reject.

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

/// Finds a wide character in the argument. The offset assumes that the command is `split-span`.
pub fn span_inside_a_character(argument: &str) -> Report {
    let wide = argument.char_indices().find(|(_, character)| character.len_utf8() > 1);
    let (at, _) = wide.expect("`split-span` needs a character of several bytes in its argument");
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

/// Reports the sign of a computed NaN. x86 computes a negative one and Arm a positive one, so the
/// report is only the same everywhere if the engine makes NaNs canonical.
pub fn sign_of_a_computed_nan() -> Report {
    let nan = black_box(0.0_f64) / black_box(0.0_f64);
    Report::pass().measure("sign", (nan.to_bits() >> 63) as f64)
}

pub fn confidence(confidence: f64) -> Report {
    Report::of(vec![Finding::info("mischief", "quite sure").confidence(confidence)])
}

/// Returns a valid report with a dangerous message, which has to be escaped wherever it is shown:
/// it clears the screen, ends a C string, forges a log line, opens a tag, and reverses the reading
/// direction.
pub fn message_with_control_characters() -> Report {
    let message = "\u{1b}[2J\u{1b}]0;owned\u{7}\0\r\nallow <script>alert(1)</script>\u{202e}";
    Report::of(vec![Finding::info("mischief", message)])
}
