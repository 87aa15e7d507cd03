//! Reports are valid documents, whatever the outputs contain.

use serde_json::Value;
use tollgate::intake::{InputOrigin, SubjectReader};
use tollgate_api::report::{
    CheckCounts, CheckResult, GateRelease, JsonFormat, JunitFormat, MarkdownFormat, ReportFormat,
    SarifFormat,
};
use tollgate_model::{
    CheckedPart, Content, ContractCheck, Decision, Determinism, Digest, Finding, GatePurpose,
    Outcome, Place, Reason, ReasonEffect, ReasonKind, RecordedVerdict, Report, Ruling, Severity,
    Span, Subject, Verdict,
};

/// Writes a report of a held output and of one that was not judged.
fn write_report(format: &mut dyn ReportFormat) -> String {
    write_report_of(GatePurpose::Delegation, Ruling::Hold, format)
}

/// Writes a report of an output with a finding and of one that was not judged.
fn write_report_of(purpose: GatePurpose, ruling: Ruling, format: &mut dyn ReportFormat) -> String {
    let (gate, release) = ("welcome-email".parse().unwrap(), Digest::of("release"));
    let gate = GateRelease { gate, release, purpose };
    let (mut out, mut counts) = (Vec::new(), CheckCounts::new(purpose));
    format.begin(&mut out, &gate).unwrap();
    let mut judged = held();
    judged.decision.ruling = ruling;
    let results = [Ok(judged), Err("no `text` & <nothing> else".to_owned())];
    for (origin, result) in origins().iter().zip(&results) {
        counts.add(result);
        format.write_result(&mut out, origin, result).unwrap();
    }
    format.end(&mut out, &counts, &gate).unwrap();
    String::from_utf8(out).unwrap()
}

fn origins() -> Vec<InputOrigin> {
    let lines = "{\"id\": \"a|<b>\", \"text\": \"x\"}\n{}\n";
    let items = SubjectReader::default().lines(lines.as_bytes(), "out puts.jsonl");
    items.map(|item| item.origin).collect()
}

fn held() -> CheckResult {
    let subject = Subject::new(Content::Text("x".into()));
    let kind = ReasonKind::Finding {
        contract: "tollgate/pii".into(),
        at: None,
        rule: "email".into(),
        severity: Severity::Error,
        message: "an \"address\"\n<here>".into(),
        mode: tollgate_model::EnforcementMode::Enforce,
    };
    let decision = Decision {
        ruling: Ruling::Hold,
        would_be: None,
        reasons: vec![Reason { effect: ReasonEffect::Hold, lifted: false, kind }],
        audit: false,
        undo_until_ms: None,
        cost: None,
    };
    CheckResult {
        run: Digest::of("run"),
        release: Digest::of("release"),
        decision,
        checks: Vec::new(),
        time_us: 740,
        output: Digest::of("subject"),
        subject: Some(subject),
        facts: None,
        was_recorded: true,
    }
}

/// Returns the result of an output in which findings of one message are at places of a part.
fn found_at(content: Content, part: Option<&str>, places: &[Place]) -> CheckResult {
    let mut result = held();
    let Some(ReasonKind::Finding { contract, rule, severity, message, .. }) =
        result.decision.reasons.first().map(|reason| reason.kind.clone())
    else {
        panic!("{result:?}")
    };
    let finding = |place: &Place| {
        let (rule, message, place) = (rule.clone(), message.clone(), place.clone());
        Finding { rule, severity, message, place, fix: None, confidence: None }
    };
    let findings = places.iter().map(finding).collect();
    let report = Report { outcome: Outcome::Fail, findings, measures: Vec::new() };
    let verdict =
        RecordedVerdict { result: Verdict::Report(report), answers: Vec::new(), fuel_used: 0 };
    result.checks = vec![ContractCheck {
        contract,
        determinism: Determinism::Deterministic,
        part: part.map(|at| CheckedPart { at: at.into(), problem: None }),
        // The contract was asked twice, and each place is told once.
        verdicts: vec![verdict.clone(), verdict],
        fails_ordinary: false,
    }];
    if let ReasonKind::Finding { at, .. } = &mut result.decision.reasons[0].kind {
        *at = part.map(Into::into);
    }
    (result.subject, result.was_recorded) = (Some(Subject::new(content)), false);
    result
}

fn sentence(content: Content, part: Option<&str>, places: &[Place]) -> String {
    let result = found_at(content, part, places);
    let sentence = result.describe_reason(&result.decision.reasons[0]);
    sentence.replace("an \"address\"\n<here>", "it")
}

#[test]
fn a_sentence_has_the_place_of_its_finding_once() {
    let json = || Content::from_json_text(r#"{"a": {"b": "xyz"}}"#);
    let pointer = |at: &str| Place::Pointer(at.into());
    let span = |start| Place::Span(Span { start, end: start + 2 });
    let plain = "`tollgate/pii` found `email` (error): it";
    assert_eq!(sentence(json(), None, &[]), plain);
    assert_eq!(sentence(json(), None, &[Place::Whole]), plain);
    assert_eq!(sentence(json(), None, &[pointer("")]), plain);
    let at_b = "`tollgate/pii` found `email` (error) at `/a/b`: it";
    assert_eq!(sentence(json(), None, &[pointer("/a/b")]), at_b);
    let two = [pointer("/a/b"), pointer("/c")];
    assert_eq!(sentence(json(), None, &two), format!("{plain} at `/a/b` and 1 more"));
    assert_eq!(sentence(json(), Some("/a/b"), &[Place::Whole]), at_b);
    assert_eq!(sentence(json(), Some("/a/b"), &[span(0)]), format!("{at_b}, bytes 0 to 2"));
    let text = || Content::Text("a\nxyz".into());
    assert_eq!(sentence(text(), None, &[span(3)]), format!("{plain} at 2:2"));
    assert_eq!(sentence(text(), None, &[span(2), span(3)]), format!("{plain} at 2:1 and 1 more"));
}

#[test]
fn junit_and_markdown_tell_the_places_of_findings() {
    let (gate, release) = ("products".parse().unwrap(), Digest::of("release"));
    let gate = GateRelease { gate, release, purpose: GatePurpose::Delegation };
    let place = [Place::Pointer("/a/b".into())];
    let origin = &origins()[0];
    let formats: [Box<dyn ReportFormat>; 2] =
        [Box::new(JunitFormat::new().unwrap()), Box::new(MarkdownFormat::default())];
    for mut format in formats {
        let result = Ok(found_at(Content::from_json_text("{}"), None, &place));
        let (mut out, mut counts) = (Vec::new(), CheckCounts::new(gate.purpose));
        counts.add(&result);
        format.begin(&mut out, &gate).unwrap();
        format.write_result(&mut out, origin, &result).unwrap();
        format.end(&mut out, &counts, &gate).unwrap();
        let report = String::from_utf8(out).unwrap().replace("&#96;", "`");
        assert!(report.contains(" at `/a/b`"), "{report}");
    }
}

/// The document is written in pieces, so its type does not guarantee its form.
#[test]
fn json_report_has_the_form_of_its_type() {
    let document: Value = serde_json::from_str(&write_report(&mut JsonFormat::document())).unwrap();
    let lines = write_report(&mut JsonFormat::lines());
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let all = crate::examples::all();
    let is_valid = |name: &str, value: &Value| {
        let found = all.iter().find(|document| document.name == name).unwrap();
        jsonschema::validator_for(&found.schema).unwrap().is_valid(value)
    };
    assert!(is_valid("check", &document), "{document}");
    assert_eq!(document["runs"].as_array().unwrap().len(), 2);
    assert_eq!(document["summary"]["not-judged"], 1);
    assert_eq!(lines.len(), 2);
    for (line, run) in lines.iter().zip(document["runs"].as_array().unwrap()) {
        assert!(is_valid("checked-output", line), "{line}");
        let mut run = run.clone();
        run["format"] = 1.into();
        assert_eq!(*line, run);
    }
}

#[test]
fn sarif_report_is_json_with_a_result_per_reason() {
    let report = write_report(&mut SarifFormat::new().unwrap());
    let report: Value = serde_json::from_str(&report).unwrap();
    let run = &report["runs"][0];
    assert_eq!(run["results"][0]["ruleId"], "tollgate/pii/email");
    let location = &run["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "out%20puts.jsonl");
    assert_eq!(location["region"]["startLine"], 1);
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["toolExecutionNotifications"].as_array().unwrap().len(), 1);
}

#[test]
fn junit_and_markdown_escape_what_outputs_contain() {
    let junit = write_report(&mut JunitFormat::new().unwrap());
    assert!(junit.contains("tests=\"2\" failures=\"1\" errors=\"1\""), "{junit}");
    assert!(!junit.contains("<here>") && !junit.contains("<nothing>"), "{junit}");
    let markdown = write_report(&mut MarkdownFormat::default());
    assert!(markdown.contains("| 2 | 0 | 1 | 0 | 1 |"), "{markdown}");
    assert!(!markdown.contains("a|<b>") && !markdown.contains("<here>"), "{markdown}");
}

#[test]
fn reports_of_a_quality_gate_give_nobody_leave_to_send() {
    let write = |ruling: Ruling, format: &mut dyn ReportFormat| {
        write_report_of(GatePurpose::Quality, ruling, format)
    };
    let document = write(Ruling::Fail, &mut JsonFormat::document());
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["purpose"], "quality");
    assert_eq!(document["runs"][0]["decision"], "fail");
    let summary = &document["summary"];
    assert_eq!((&summary["passed"], &summary["failed"]), (&0.into(), &1.into()));
    assert_eq!(summary["allowed"], 0);
    let junit = write(Ruling::Fail, &mut JunitFormat::new().unwrap());
    assert!(junit.contains("<failure type=\"fail\""), "{junit}");
    assert!(!junit.contains("run   "), "nothing is recorded: {junit}");
    let junit = write(Ruling::Pass, &mut JunitFormat::new().unwrap());
    assert!(junit.contains("failures=\"0\" errors=\"1\""), "{junit}");
    assert!(junit.contains("<system-out>judged only: nothing was recorded"), "{junit}");
    let markdown = write(Ruling::Pass, &mut MarkdownFormat::default());
    assert!(markdown.contains("| 2 | 1 | 0 | 1 |"), "{markdown}");
    assert!(markdown.contains("Judged only: nothing was recorded, and nobody was given leave"));
    let sarif = write(Ruling::Fail, &mut SarifFormat::new().unwrap());
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["runs"][0]["properties"]["purpose"], "quality");
    assert_eq!(sarif["runs"][0]["results"][0]["properties"]["decision"], "fail");
}
