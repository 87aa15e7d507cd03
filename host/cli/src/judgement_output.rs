//! Output of one judgement as text for people.

use tollgate_engine::Contract;
use tollgate_model::{
    Content, Finding, Judgement, Measure, Outcome, Place, Report, Severity, Subject,
};

use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, paint};

/// Maximum length of a message. The JSON has the full message.
const SHOWN_CHARACTERS_MAX: usize = 400;

/// Prints a judgement for people.
pub(crate) fn print_judgement(contract: &Contract, subject: &Subject, judgement: &Judgement) {
    let about = &contract.manifest().contract;
    let name = paint(STRONG, format!("{} {}", about.name, about.version));
    let cost = paint(QUIET, format!("{} µs, {} fuel", judgement.time_us, judgement.fuel_used));
    console::print(format!("{}  {name}  {cost}", format_verdict(judgement)));
    for line in judgement_lines(subject, judgement) {
        console::print(format!("  {line}"));
    }
}

/// Prints the judgement of a part of a document. `part` is the part itself as a subject.
pub(crate) fn print_part_judgement(
    contract: &Contract,
    at: &str,
    part: &Subject,
    judgement: &Judgement,
) {
    let about = &contract.manifest().contract;
    let name = paint(STRONG, format!("{} {}", about.name, about.version));
    let cost = paint(QUIET, format!("{} µs, {} fuel", judgement.time_us, judgement.fuel_used));
    let (verdict, at) = (format_verdict(judgement), shorten(at));
    console::print(format!("{verdict}  {name} at `{at}`  {cost}"));
    for line in judgement_lines(part, judgement) {
        console::print(format!("  {line}"));
    }
}

/// Formats the outcome of a judgement, or the kind of its failure.
pub(crate) fn format_verdict(judgement: &Judgement) -> String {
    match &judgement.verdict {
        Ok(report) => format_outcome(report.outcome),
        Err(failure) => paint(BAD, failure.kind()),
    }
}

/// Formats what a judgement has besides its outcome, a line each: findings and measures, or the message of the
/// failure, and the log.
pub(crate) fn judgement_lines(subject: &Subject, judgement: &Judgement) -> Vec<String> {
    let mut lines = match &judgement.verdict {
        Ok(report) => report_lines(report, subject),
        Err(failure) => failure.to_string().lines().map(shorten).collect(),
    };
    let log = &judgement.log;
    lines.extend(
        log.lines.iter().map(|line| paint(QUIET, format!("log: {}", shorten(&line.message)))),
    );
    if log.dropped > 0 {
        lines.push(paint(QUIET, format!("… and {} more lines", log.dropped)));
    }
    lines
}

fn report_lines(report: &Report, subject: &Subject) -> Vec<String> {
    let findings = report.findings.iter();
    let mut lines: Vec<_> = findings.flat_map(|finding| finding_lines(finding, subject)).collect();
    if !report.measures.is_empty() {
        let measure = |measure: &Measure| {
            format!("{} {}", shorten(&measure.name), round_to_hundredths(measure.value))
        };
        let measures: Vec<_> = report.measures.iter().map(measure).collect();
        lines.push(paint(QUIET, measures.join(" · ")));
    }
    lines
}

/// Prints a finding with its position in the subject.
pub(crate) fn print_finding(finding: &Finding, subject: &Subject) {
    finding_lines(finding, subject).iter().for_each(|line| console::print(format!("  {line}")));
}

/// Formats a finding with its position in the subject, and its fix in a line of its own.
fn finding_lines(finding: &Finding, subject: &Subject) -> Vec<String> {
    let rule = paint(severity_style(finding.severity), format!("{:8}", finding.severity));
    let place = format_place(&finding.place, subject);
    let message = shorten(&finding.message);
    let mut lines = vec![format!("{rule}  {}  {message}{place}", finding.rule)];
    if let Some(fix) = &finding.fix {
        lines.push(paint(QUIET, format!("          instead: {}", shorten(fix))));
    }
    lines
}

/// Formats an outcome, padded to the width of the widest.
pub(crate) fn format_outcome(outcome: Outcome) -> String {
    let style = match outcome {
        Outcome::Pass => GOOD,
        Outcome::Fail => BAD,
        Outcome::Unsure => DOUBT,
    };
    paint(style, format!("{outcome:6}"))
}

fn severity_style(severity: Severity) -> anstyle::Style {
    match severity {
        Severity::Info => QUIET,
        Severity::Warning => DOUBT,
        Severity::Error | Severity::Critical => BAD,
    }
}

fn format_place(place: &Place, subject: &Subject) -> String {
    match (place, &subject.content) {
        (Place::Whole, _) => String::new(),
        (Place::Pointer(pointer), _) => format!(" at `{}`", shorten(pointer)),
        (Place::Span(span), Content::Text(text)) => {
            let before = text.get(..span.start as usize).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            format!(" at {line}:{column}")
        }
        (Place::Span(span), _) => format!(" at {}..{}", span.start, span.end),
    }
}

/// Shortens a text from a subject or contract to a part of one line.
pub(crate) fn shorten(text: &str) -> String {
    let shown = |c: char| if matches!(c, '\r' | '\n' | '\t') { ' ' } else { c };
    text.chars().take(SHOWN_CHARACTERS_MAX).map(shown).collect()
}

fn round_to_hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
