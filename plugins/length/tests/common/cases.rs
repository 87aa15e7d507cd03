//! Runs the case files of a contract natively. The host runs the same files through the
//! component; here a failing case can be stepped through with a debugger.

use std::{fs, path::Path};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tollgate_sdk::{Finding, Place, Prompt, Refusal, Report, Severity, Subject};

/// Runs every case in the crate's folder `cases`, and says which do not come out.
pub fn check<C: DeserializeOwned, S>(
    crate_folder: &str,
    configure: fn(C) -> Result<S, Refusal>,
    judge: fn(&S, &Subject) -> Result<Report, Refusal>,
) {
    let mut cases = 0;
    let mut wrong = Vec::new();
    for file in fs::read_dir(Path::new(crate_folder).join("cases")).unwrap() {
        let path = file.unwrap().path();
        let case: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let got = run(&case, configure, judge);
        cases += 1;
        if !matches(&case["expect"], &got) {
            wrong.push(format!("{}: got {got:#}", path.display()));
        }
    }
    assert!(cases >= 10, "only {cases} cases in {crate_folder}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn run<C: DeserializeOwned, S>(
    case: &Value,
    configure: fn(C) -> Result<S, Refusal>,
    judge: fn(&S, &Subject) -> Result<Report, Refusal>,
) -> Value {
    let Ok(config) = serde_json::from_value(case["config"].clone()) else {
        return json!({ "failure": "refused" });
    };
    match configure(config).and_then(|state| judge(&state, &subject(&case["subject"]))) {
        Ok(report) => described(&report),
        Err(refusal) => json!({ "failure": "refused", "why": format!("{refusal:?}") }),
    }
}

fn subject(case: &Value) -> Subject {
    let mut subject = match case {
        case if case["text"].is_string() => Subject::of_text(case["text"].as_str().unwrap()),
        case if case["action"].is_object() => {
            let action = &case["action"];
            Subject::of_action(action["tool"].as_str().unwrap(), action["arguments"].to_string())
        }
        case => Subject::of_json(case["json"].to_string()),
    };
    if let Some(prompt) = case.get("prompt") {
        let part = |name: &str| prompt[name].as_str().unwrap_or_default().to_owned();
        let (name, version, digest) = (part("name"), part("version"), part("digest"));
        subject.prompt = Some(Prompt { name, version, digest });
    }
    subject.context = case.get("context").unwrap_or(&json!({})).to_string();
    subject
}

fn described(report: &Report) -> Value {
    let measures = report.measures.iter();
    json!({
        "outcome": format!("{:?}", report.outcome).replace("Outcome::", "").to_lowercase(),
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "measures": measures.map(|m| json!({ "name": m.name, "value": m.value })).collect::<Vec<_>>(),
    })
}

fn finding(finding: &Finding) -> Value {
    let severity = match finding.severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
        Severity::Critical => "critical",
    };
    let place = match &finding.place {
        Place::Whole => json!("whole"),
        Place::Span(span) => json!({ "span": { "start": span.start, "end": span.end } }),
        Place::Pointer(pointer) => json!({ "pointer": pointer }),
    };
    json!({
        "rule": finding.rule, "severity": severity, "message": finding.message,
        "place": place, "fix": finding.fix, "confidence": finding.confidence,
    })
}

/// Whether what the case names came out. It names findings in order, each by the keys
/// that matter to it, and measures by their names.
fn matches(expected: &Value, got: &Value) -> bool {
    let all = expected.as_object().unwrap().iter();
    all.into_iter().all(|(key, expected)| match key.as_str() {
        "findings" => {
            let (expected, got) = (expected.as_array().unwrap(), got[key].as_array());
            got.is_some_and(|got| {
                got.len() == expected.len()
                    && expected.iter().zip(got).all(|(expected, got)| has(expected, got))
            })
        }
        "measures" => expected.as_array().unwrap().iter().all(|expected| {
            got[key].as_array().is_some_and(|got| got.iter().any(|got| has(expected, got)))
        }),
        _ => *expected == got[key],
    })
}

fn has(expected: &Value, got: &Value) -> bool {
    let mut named = expected.as_object().unwrap().iter();
    named.all(|(key, expected)| match (expected.as_f64(), got[key].as_f64()) {
        (Some(expected), Some(got)) => (expected - got).abs() < 1e-9,
        _ => *expected == got[key],
    })
}
