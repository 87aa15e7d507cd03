//! Validates reports: each must agree with itself, its subject and its manifest.
//!
//! An invalid report counts as a failure. Later rules rely on these checks, and a contract
//! that is wrong about the place of a finding may be wrong about the finding as well.

use std::collections::HashSet;

use tollgate_model::{
    Content, Failure, Finding, JsonText, Manifest, Measure, Outcome, Place, Report, Severity, Span,
    Subject,
};

/// Maximum number of undeclared rules to name in one message. A report may have as many as it has findings, and comparing
/// them all with each other would take long.
const NAMED_RULES_MAX: usize = 16;

pub(crate) fn check_report(
    report: &Report,
    subject: &Subject,
    manifest: &Manifest,
) -> Result<(), Failure> {
    check_consistency(report).map_err(invalid)?;
    check_rules(report, manifest).map_err(invalid)?;
    report.findings.iter().try_for_each(|found| check_finding(found, subject, manifest))?;
    report.measures.iter().try_for_each(check_measure).map_err(invalid)?;
    check_unique_measures(&report.measures).map_err(invalid)
}

fn invalid(reason: String) -> Failure {
    Failure::InvalidResult { reason }
}

/// Checks that the manifest declares all rules of the findings. Names all that it does not, so that an author can declare
/// them at once.
fn check_rules(report: &Report, manifest: &Manifest) -> Result<(), String> {
    let mut undeclared: Vec<&str> = Vec::new();
    for Finding { rule, .. } in &report.findings {
        if !manifest.contract.rules.contains_key(rule) && !undeclared.contains(&rule.as_str()) {
            undeclared.push(rule);
        }
        if undeclared.len() == NAMED_RULES_MAX {
            break;
        }
    }
    match undeclared.as_slice() {
        [] => Ok(()),
        [rule] => Err(describe_undeclared(rule)),
        rules => {
            let rules: Vec<_> = rules.iter().map(|rule| format!("`{rule}`")).collect();
            let rules = rules.join(", ");
            Err(format!("it reports the rules {rules}, which its manifest does not declare"))
        }
    }
}

fn describe_undeclared(rule: &str) -> String {
    format!("it reports the rule `{rule}`, which its manifest does not declare")
}

/// Validates one finding, of a report or of a stream's progress.
pub(crate) fn check_finding(
    finding: &Finding,
    subject: &Subject,
    manifest: &Manifest,
) -> Result<(), Failure> {
    validate_finding(finding, subject, manifest).map_err(invalid)
}

/// Validates the number of settled bytes: it must not shrink, and must be a character boundary
/// of the text.
pub(crate) fn check_progress(before: u32, now: u32, subject: &Subject) -> Result<(), Failure> {
    let Content::Text(text) = &subject.content else { return Ok(()) };
    if now < before {
        return Err(invalid(format!("it reports {now} settled bytes after {before}")));
    }
    if !text.is_char_boundary(now as usize) {
        let reason = format!("it reports {now} settled bytes, which is no position in the text");
        return Err(invalid(reason));
    }
    Ok(())
}

/// Validates the final report of a stream against its progress.
///
/// Settled text may already be with its readers. The report must therefore repeat every
/// finding that was reported, and must not add one about settled text. An outcome is about the
/// whole text, so once anything is settled, `fail` and `unsure` need a reason: a finding that
/// was reported, or a new one about text that is not settled.
pub(crate) fn check_settled(
    report: &Report,
    reported: &[Finding],
    settled: u32,
) -> Result<(), Failure> {
    let new = new_findings(report, reported)?;
    if let Some(finding) = new.iter().find(|finding| is_about_settled(finding, settled)) {
        let rule = &finding.rule;
        let reason = format!("it settled {settled} bytes, but its report adds `{rule}` to them");
        return Err(invalid(reason));
    }
    let later = new.into_iter().filter(|finding| matches!(finding.place, Place::Span(_)));
    if settled > 0 && !is_justified(report.outcome, reported.iter().chain(later)) {
        let outcome = report.outcome;
        let reason = format!(
            "it settled {settled} bytes, but its report says `{outcome}` without a finding that \
             was reported before"
        );
        return Err(invalid(reason));
    }
    Ok(())
}

/// Returns the findings of a report that were not reported before. Fails if the report does not
/// repeat the earlier ones in their order.
fn new_findings<'r>(report: &'r Report, reported: &[Finding]) -> Result<Vec<&'r Finding>, Failure> {
    let mut reported = reported.iter().peekable();
    let is_new = |finding: &&Finding| reported.next_if_eq(finding).is_none();
    let new = report.findings.iter().filter(is_new).collect();
    match reported.next() {
        None => Ok(new),
        Some(Finding { rule, .. }) => {
            Err(invalid(format!("it reported `{rule}` before, but its final report lacks it")))
        }
    }
}

/// Returns whether these findings are reason enough for an outcome.
fn is_justified<'f>(outcome: Outcome, mut findings: impl Iterator<Item = &'f Finding>) -> bool {
    match outcome {
        Outcome::Pass => true,
        Outcome::Unsure => findings.next().is_some(),
        Outcome::Fail => findings.any(|finding| finding.severity >= Severity::Error),
    }
}

/// Returns whether a finding is about settled text. One about the whole text is, if it is an
/// error or worse.
fn is_about_settled(finding: &Finding, settled: u32) -> bool {
    match &finding.place {
        Place::Span(span) => span.start < settled,
        Place::Whole | Place::Pointer(_) => settled > 0 && finding.severity >= Severity::Error,
    }
}

fn check_consistency(report: &Report) -> Result<(), String> {
    let is_error = |finding: &&Finding| finding.severity >= Severity::Error;
    match (report.outcome, report.findings.iter().find(is_error)) {
        (Outcome::Pass, Some(Finding { rule, severity, .. })) => {
            Err(format!("it says `pass` but reports `{rule}` as `{severity}`"))
        }
        _ => Ok(()),
    }
}

fn validate_finding(
    finding: &Finding,
    subject: &Subject,
    manifest: &Manifest,
) -> Result<(), String> {
    let rule = &finding.rule;
    if !manifest.contract.rules.contains_key(rule) {
        return Err(describe_undeclared(rule));
    }
    if let Some(confidence) = finding.confidence
        && !(0.0..=1.0).contains(&confidence)
    {
        return Err(format!("`{rule}` has confidence {confidence}, which is not from 0 to 1"));
    }
    match (&finding.place, &subject.content) {
        (Place::Whole, _) => Ok(()),
        (Place::Span(span), Content::Text(text)) => {
            if is_char_span(*span, text) {
                Ok(())
            } else {
                let Span { start, end } = span;
                Err(format!("`{rule}` is at bytes {start} to {end}, which is no span of the text"))
            }
        }
        (Place::Pointer(pointer), _) if !is_pointer(pointer) => {
            Err(format!("`{rule}` is at `{pointer}`, which is not a JSON Pointer"))
        }
        (Place::Pointer(_), Content::Text(text)) if JsonText::parse(text.as_str()).is_err() => {
            Err(format!("`{rule}` is at a JSON Pointer, but the text is not JSON"))
        }
        (Place::Pointer(_), _) => Ok(()),
        (Place::Span(_), _) => Err(format!("`{rule}` is at a span, but the subject is not a text")),
    }
}

fn is_pointer(text: &str) -> bool {
    text.is_empty() || text.starts_with('/')
}

/// Returns whether a span lies within the text, on character boundaries.
fn is_char_span(span: Span, text: &str) -> bool {
    text.get(span.start as usize..span.end as usize).is_some()
}

fn check_measure(measure: &Measure) -> Result<(), String> {
    if measure.value.is_finite() {
        return Ok(());
    }
    Err(format!("the measure `{}` is {}, which is not a number", measure.name, measure.value))
}

/// Checks that every measure has one value, since nobody could tell which of two is meant.
fn check_unique_measures(measures: &[Measure]) -> Result<(), String> {
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
        check_report(&report, &subject, &serde_json::from_str(manifest).unwrap())
            .map_err(|failure| failure.to_string())
    }

    fn at(subject: &str, place: &str) -> Result<(), String> {
        judge(subject, "fail", &format!(r#""rule": "r", "severity": "error", "place": {place}"#))
    }

    #[test]
    fn spans_must_lie_in_the_text_on_character_boundaries() {
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
    fn pointers_need_json() {
        for pointer in ["", "/", "/a/0"] {
            assert_eq!(at(ON_JSON, &format!(r#"{{"pointer": "{pointer}"}}"#)), Ok(()));
        }
        assert!(at(ON_JSON, r#"{"pointer": "a"}"#).is_err());
        assert!(at(ON_TEXT, r#"{"pointer": "/a"}"#).is_err());
        assert_eq!(at(r#"{"text": "[1]"}"#, r#"{"pointer": "/0"}"#), Ok(()));
    }

    #[test]
    fn rejects_a_pass_with_an_error() {
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
    fn outcome_of_settled_text_needs_a_reported_reason() {
        let is_valid = |outcome, reported: &[Finding], new: &[Finding], settled| {
            let findings = [reported, new].concat();
            let report = Report { outcome, findings, measures: Vec::new() };
            check_settled(&report, reported, settled).is_ok()
        };
        let (error, warning) = (found("error", Some(0)), found("warning", Some(0)));
        let all = found("warning", None);
        for (outcome, reported, new, valid) in [
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
            let reported = reported.cloned();
            let case = format!("{outcome} after {reported:?}, with {new:?}");
            let (reported, new) = (Vec::from_iter(reported), Vec::from_iter(new));
            assert_eq!(is_valid(outcome, &reported, &new, 5), valid, "{case}");
            assert!(is_valid(outcome, &reported, &new, 0), "nothing is settled: {case}");
        }
    }

    #[test]
    fn names_all_undeclared_rules_at_once() {
        let finding = |rule: &str| Finding { rule: rule.into(), ..found("error", None) };
        let rules = ["tyop", "r", "other", "tyop"];
        let findings = rules.map(finding).to_vec();
        let report = Report { outcome: Outcome::Fail, findings, measures: Vec::new() };
        let manifest = r#"{"contract": {"name": "a/b", "version": "1.0.0", "description": "",
            "license": "MIT", "wit": "0.1.0", "rules": {"r": {"severity": "error",
            "description": ""}}}, "config-schema": {}}"#;
        let error = check_rules(&report, &serde_json::from_str(manifest).unwrap()).unwrap_err();
        let expected = "it reports the rules `tyop`, `other`, which its manifest does not declare";
        assert_eq!(error, expected);
    }

    #[test]
    fn rejects_undeclared_rules_and_invalid_numbers() {
        let rest = r#""severity": "error", "place": "whole""#;
        assert!(judge(ON_TEXT, "fail", &format!(r#""rule": "other", {rest}"#)).is_err());
        for (confidence, good) in [("0", true), ("1", true), ("1.01", false), ("-0.1", false)] {
            let finding = format!(r#""rule": "r", "confidence": {confidence}, {rest}"#);
            assert_eq!(judge(ON_TEXT, "fail", &finding).is_ok(), good, "{confidence}");
        }
        let measure = |value| super::check_measure(&Measure { name: "m".into(), value });
        assert!(
            measure(0.5).is_ok() && measure(f64::NAN).is_err() && measure(f64::INFINITY).is_err()
        );
    }
}
