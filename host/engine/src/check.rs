//! Whether a report makes sense: it agrees with itself, its subject and its manifest.
//!
//! A report that does not is no report. Rules downstream rest on these, and a contract
//! that is wrong about where it found something may be wrong about what it found.

use std::collections::HashSet;

use tollgate_model::{
    Content, Failure, Finding, JsonText, Manifest, Measure, Outcome, Place, Report, Severity, Span,
    Subject,
};

pub(crate) fn check(
    report: &Report,
    subject: &Subject,
    manifest: &Manifest,
) -> Result<(), Failure> {
    contradiction(report).map_err(invalid)?;
    report.findings.iter().try_for_each(|found| finding(found, subject, manifest))?;
    report.measures.iter().try_for_each(measure).map_err(invalid)?;
    repeated(&report.measures).map_err(invalid)
}

fn invalid(reason: String) -> Failure {
    Failure::InvalidResult { reason }
}

/// A finding, in a report or before there is one.
pub(crate) fn finding(
    finding: &Finding,
    subject: &Subject,
    manifest: &Manifest,
) -> Result<(), Failure> {
    sound(finding, subject, manifest).map_err(invalid)
}

/// What is settled stays settled, and is there.
pub(crate) fn progress(before: u32, now: u32, subject: &Subject) -> Result<(), Failure> {
    let Content::Text(text) = &subject.content else { return Ok(()) };
    if now < before {
        return Err(invalid(format!("it says that {now} bytes are settled, and said {before}")));
    }
    if !text.is_char_boundary(now as usize) {
        let reason = format!("it says that {now} bytes are settled, which the text does not have");
        return Err(invalid(reason));
    }
    Ok(())
}

/// A report repeats what was told, and says nothing new of what was settled: that may be
/// with its readers already. An outcome says something of all of the text, so that once some of
/// it is settled, one that stops the text has to rest on what was told, or on what came later.
pub(crate) fn kept_its_word(
    report: &Report,
    told: &[Finding],
    settled: u32,
) -> Result<(), Failure> {
    let new = besides(report, told)?;
    if let Some(finding) = new.iter().find(|finding| concerns(finding, settled)) {
        let rule = &finding.rule;
        let reason = format!("it settled {settled} bytes, and reports `{rule}` of them in the end");
        return Err(invalid(reason));
    }
    let later = new.into_iter().filter(|finding| matches!(finding.place, Place::Span(_)));
    if settled > 0 && !explained(report.outcome, told.iter().chain(later)) {
        let outcome = report.outcome;
        let reason = format!(
            "it settled {settled} bytes, and says `{outcome}` in the end for no reason that it told"
        );
        return Err(invalid(reason));
    }
    Ok(())
}

/// What a report says besides what was told, all of which it says again in that order.
fn besides<'r>(report: &'r Report, told: &[Finding]) -> Result<Vec<&'r Finding>, Failure> {
    let mut told = told.iter().peekable();
    let is_new = |finding: &&Finding| told.next_if_eq(finding).is_none();
    let new = report.findings.iter().filter(is_new).collect();
    match told.next() {
        None => Ok(new),
        Some(Finding { rule, .. }) => {
            Err(invalid(format!("it found `{rule}` on the way, and does not report it in the end")))
        }
    }
}

/// Whether there is a reason for an outcome among these.
fn explained<'f>(outcome: Outcome, mut findings: impl Iterator<Item = &'f Finding>) -> bool {
    match outcome {
        Outcome::Pass => true,
        Outcome::Unsure => findings.next().is_some(),
        Outcome::Fail => findings.any(|finding| finding.severity >= Severity::Error),
    }
}

/// Whether a finding speaks of the first so many bytes. What speaks of the whole does, where
/// it stands against it.
fn concerns(finding: &Finding, settled: u32) -> bool {
    match &finding.place {
        Place::Span(span) => span.start < settled,
        Place::Whole | Place::Pointer(_) => settled > 0 && finding.severity >= Severity::Error,
    }
}

fn contradiction(report: &Report) -> Result<(), String> {
    let stands_against = |finding: &&Finding| finding.severity >= Severity::Error;
    match (report.outcome, report.findings.iter().find(stands_against)) {
        (Outcome::Pass, Some(Finding { rule, severity, .. })) => {
            Err(format!("it says `pass`, and reports `{rule}` as `{severity}`"))
        }
        _ => Ok(()),
    }
}

fn sound(finding: &Finding, subject: &Subject, manifest: &Manifest) -> Result<(), String> {
    let rule = &finding.rule;
    if !manifest.contract.rules.contains_key(rule) {
        return Err(format!("it reports the rule `{rule}`, which its manifest does not declare"));
    }
    if let Some(confidence) = finding.confidence
        && !(0.0..=1.0).contains(&confidence)
    {
        return Err(format!("`{rule}` has confidence {confidence}, which is not from 0 to 1"));
    }
    match (&finding.place, &subject.content) {
        (Place::Whole, _) => Ok(()),
        (Place::Span(span), Content::Text(text)) => {
            if fits(*span, text) {
                Ok(())
            } else {
                let Span { start, end } = span;
                Err(format!("`{rule}` is at bytes {start} to {end}, which the text does not have"))
            }
        }
        (Place::Pointer(pointer), _) if !is_pointer(pointer) => {
            Err(format!("`{rule}` is at `{pointer}`, which is not a JSON Pointer"))
        }
        (Place::Pointer(_), Content::Text(text)) if JsonText::parse(text.as_str()).is_err() => {
            Err(format!("`{rule}` is at a pointer, and the text is not JSON"))
        }
        (Place::Pointer(_), _) => Ok(()),
        (Place::Span(_), _) => Err(format!("`{rule}` is at a span, and the subject is not a text")),
    }
}

fn is_pointer(text: &str) -> bool {
    text.is_empty() || text.starts_with('/')
}

/// A span lies within the text and cuts no character.
fn fits(span: Span, text: &str) -> bool {
    text.get(span.start as usize..span.end as usize).is_some()
}

fn measure(measure: &Measure) -> Result<(), String> {
    if measure.value.is_finite() {
        return Ok(());
    }
    Err(format!("the measure `{}` is {}, which is not a number", measure.name, measure.value))
}

/// A number has one value: whoever watches it could not tell which one to take.
fn repeated(measures: &[Measure]) -> Result<(), String> {
    let mut names = HashSet::with_capacity(measures.len());
    match measures.iter().find(|measure| !names.insert(&measure.name)) {
        Some(measure) => Err(format!("it has the measure `{}` twice", measure.name)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ON_TEXT: &str = r#"{"text": "für"}"#;
    const ON_JSON: &str = r#"{"json": {}}"#;

    fn judge(subject: &str, outcome: &str, finding: &str) -> Result<(), String> {
        let manifest = r#"{"contract": {"name": "a/b", "version": "1.0.0", "description": "",
            "license": "MIT", "wit": "0.1.0", "rules": {"r": {"severity": "error",
            "description": ""}}}, "config-schema": {}}"#;
        let report = format!(
            r#"{{"outcome": "{outcome}", "findings": [{{"message": "", {finding}}}], "measures": []}}"#
        );
        let report = serde_json::from_str(&report).unwrap();
        let subject = serde_json::from_str(subject).unwrap();
        check(&report, &subject, &serde_json::from_str(manifest).unwrap())
            .map_err(|failure| failure.to_string())
    }

    fn at(subject: &str, place: &str) -> Result<(), String> {
        judge(subject, "fail", &format!(r#""rule": "r", "severity": "error", "place": {place}"#))
    }

    #[test]
    fn a_span_lies_in_the_text_and_cuts_no_character() {
        let span = |start, end| format!(r#"{{"span": {{"start": {start}, "end": {end}}}}}"#);
        for (start, end) in [(0, 0), (0, 4), (1, 3), (4, 4)] {
            assert_eq!(at(ON_TEXT, &span(start, end)), Ok(()), "{start} to {end}");
        }
        for (start, end) in [(0_u32, 5), (2, 3), (0, 2), (3, 1), (4_000_000_000, 4_000_000_001_u32)]
        {
            assert!(at(ON_TEXT, &span(start, end)).is_err(), "{start} to {end}");
        }
        assert!(at(ON_JSON, &span(0, 0)).is_err());
    }

    #[test]
    fn a_pointer_points_into_json() {
        for pointer in ["", "/", "/a/0"] {
            assert_eq!(at(ON_JSON, &format!(r#"{{"pointer": "{pointer}"}}"#)), Ok(()));
        }
        assert!(at(ON_JSON, r#"{"pointer": "a"}"#).is_err());
        assert!(at(ON_TEXT, r#"{"pointer": "/a"}"#).is_err());
        assert_eq!(at(r#"{"text": "[1]"}"#, r#"{"pointer": "/0"}"#), Ok(()));
    }

    #[test]
    fn a_pass_has_nothing_against_it() {
        let finding =
            |severity| format!(r#""rule": "r", "severity": "{severity}", "place": "whole""#);
        for severity in ["info", "warning"] {
            assert_eq!(judge(ON_TEXT, "pass", &finding(severity)), Ok(()));
        }
        for severity in ["error", "critical"] {
            assert!(judge(ON_TEXT, "pass", &finding(severity)).is_err());
            assert_eq!(judge(ON_TEXT, "unsure", &finding(severity)), Ok(()));
        }
    }

    fn found(severity: &str, start: Option<u32>) -> Finding {
        let span = |start: u32| serde_json::json!({"span": {"start": start, "end": start}});
        let place = start.map_or("whole".into(), span);
        let finding = serde_json::json!(
            {"rule": "r", "severity": severity, "message": "", "place": place});
        serde_json::from_value(finding).unwrap()
    }

    #[test]
    fn once_something_is_settled_an_outcome_needs_a_reason_that_was_told() {
        let kept = |outcome, told: &[Finding], new: &[Finding], settled| {
            let findings = [told, new].concat();
            let report = Report { outcome, findings, measures: Vec::new() };
            kept_its_word(&report, told, settled).is_ok()
        };
        let (error, warning) = (found("error", Some(0)), found("warning", Some(0)));
        let all = found("warning", None);
        for (outcome, told, new, keeps) in [
            (Outcome::Pass, None, None, true),
            (Outcome::Fail, None, None, false),
            (Outcome::Fail, Some(&warning), None, false),
            (Outcome::Fail, Some(&error), None, true),
            (Outcome::Fail, None, Some(found("error", Some(5))), true),
            (Outcome::Fail, None, Some(found("warning", Some(5))), false),
            (Outcome::Fail, None, Some(found("error", Some(4))), false),
            (Outcome::Unsure, None, None, false),
            (Outcome::Unsure, None, Some(all.clone()), false),
            (Outcome::Unsure, Some(&all), None, true),
            (Outcome::Unsure, None, Some(found("info", Some(5))), true),
        ] {
            let (told, new) = (told.cloned(), new);
            let case = format!("{outcome} after {told:?}, with {new:?}");
            let (told, new) = (Vec::from_iter(told), Vec::from_iter(new));
            assert_eq!(kept(outcome, &told, &new, 5), keeps, "{case}");
            assert!(kept(outcome, &told, &new, 0), "nothing is settled: {case}");
        }
    }

    #[test]
    fn rules_are_declared_and_numbers_are_numbers() {
        let rest = r#""severity": "error", "place": "whole""#;
        assert!(judge(ON_TEXT, "fail", &format!(r#""rule": "other", {rest}"#)).is_err());
        for (confidence, good) in [("0", true), ("1", true), ("1.01", false), ("-0.1", false)] {
            let finding = format!(r#""rule": "r", "confidence": {confidence}, {rest}"#);
            assert_eq!(judge(ON_TEXT, "fail", &finding).is_ok(), good, "{confidence}");
        }
        let measure = |value| super::measure(&Measure { name: "m".into(), value });
        assert!(
            measure(0.5).is_ok() && measure(f64::NAN).is_err() && measure(f64::INFINITY).is_err()
        );
    }
}
