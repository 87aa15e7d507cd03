//! Test cases of gates: outputs as `check` reads them, each with its expected decision.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tollgate::intake::{JsonMembers, SubjectReader};
use tollgate_model::{Decision, GatePurpose, Reason, ReasonKind, Ruling, Subject};

use crate::files;

/// Folder of the cases in a project, with one file per gate.
pub(in crate::cli::gate) const CASES_FOLDER: &str = "cases";

/// An output with its expected decision.
pub(super) struct GateCase {
    pub(super) id: String,
    pub(super) line: u64,
    pub(super) subject: Subject,
    pub(super) expect: Ruling,
    /// Labels of reasons that the decision must have.
    pub(super) expected_reasons: Vec<String>,
    /// Level that the gate is assumed to be at [default: the level in its file].
    pub(super) at_level: Option<u8>,
}

/// Returns the path of a gate's cases.
pub(super) fn cases_path(project: &Path, gate: &str) -> PathBuf {
    project.join(CASES_FOLDER).join(format!("{gate}.jsonl"))
}

/// Reads all cases of a file for a gate with this purpose. Ids must be unique, and at least one case is required.
pub(super) fn read_cases(
    path: &Path,
    purpose: GatePurpose,
    subject_reader: &SubjectReader,
) -> anyhow::Result<Vec<GateCase>> {
    // A pipe would keep a release waiting for somebody who writes into it.
    let text = files::read_regular_text(path)?;
    let mut cases: Vec<GateCase> = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let place = format!("{}:{number}", path.display());
        let case = parse_case(line, number, purpose, subject_reader)
            .with_context(|| format!("{place} is not a valid case"))?;
        if let Some(earlier) = cases.iter().find(|earlier| earlier.id == case.id) {
            bail!(
                "{place}: id `{}` is already used on line {}: rename one of them",
                case.id,
                earlier.line
            );
        }
        cases.push(case);
    }
    if cases.is_empty() {
        bail!("`{}` has no cases: write one per line", path.display());
    }
    Ok(cases)
}

fn parse_case(
    text: &str,
    line: u64,
    purpose: GatePurpose,
    subject_reader: &SubjectReader,
) -> anyhow::Result<GateCase> {
    let mut members = JsonMembers::read(text)?;
    let rulings = rulings_of(purpose);
    let expect: Option<Ruling> = members.take("expect")?;
    let expect = expect.with_context(|| format!("`expect` is missing: use {rulings}"))?;
    if matches!(expect, Ruling::Pass | Ruling::Fail) == purpose.is_delegation() {
        bail!("`expect` is `{expect}`, and the purpose of the gate is `{purpose}`: use {rulings}");
    }
    let expected_reasons = members.take("because")?.unwrap_or_default();
    let at_level = members.take("at-level")?;
    let (id, subject) = subject_reader.read_members(&members);
    let id = id.unwrap_or_else(|| format!("line {line}"));
    Ok(GateCase { id, line, subject: subject?, expect, expected_reasons, at_level })
}

/// Returns what a gate can decide, for messages.
fn rulings_of(purpose: GatePurpose) -> &'static str {
    match purpose {
        GatePurpose::Quality => "`pass` or `fail`",
        GatePurpose::Delegation => "`allow`, `hold` or `block`",
    }
}

impl GateCase {
    /// Returns the differences between a decision and the expected one.
    pub(super) fn mismatches(&self, decision: &Decision) -> Vec<String> {
        let mut mismatches = Vec::new();
        if decision.ruling != self.expect {
            mismatches.push(format!("expected `{}`, got `{}`", self.expect, decision.ruling));
        }
        for label in &self.expected_reasons {
            if !decision.reasons.iter().any(|reason| matches_label(&reason.kind, label)) {
                mismatches.push(format!(
                    "expected the reason `{label}`, which the decision does not have"
                ));
            }
        }
        mismatches
    }
}

/// Returns whether a reason matches a label: its code, optionally followed by contract and rule.
fn matches_label(kind: &ReasonKind, label: &str) -> bool {
    let full_label = reason_label(kind);
    let rest = full_label.strip_prefix(label);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

/// Returns the full label of a reason: its code, and the contract and rule if it has them.
pub(super) fn reason_label(kind: &ReasonKind) -> String {
    let code = kind.code();
    match (kind, kind.contract()) {
        (ReasonKind::Finding { contract, rule, .. }, _) => format!("{code}:{contract}:{rule}"),
        (_, Some(contract)) => format!("{code}:{contract}"),
        (_, None) => code.into(),
    }
}

/// Formats a reason for display below a failed case.
pub(super) fn format_reason(reason: &Reason) -> String {
    format!("{:5} {}: {reason}", reason.effect.to_string(), reason_label(&reason.kind))
}

#[cfg(test)]
mod tests {
    use tollgate_model::{EnforcementMode, Severity};

    use super::*;

    fn finding() -> ReasonKind {
        let (contract, rule) = ("tollgate/pii".into(), "email".into());
        let (severity, message) = (Severity::Error, "an address".into());
        let mode = EnforcementMode::Enforce;
        ReasonKind::Finding { contract, at: None, rule, severity, message, mode }
    }

    #[test]
    fn matches_a_label_at_any_depth() {
        for label in ["finding", "finding:tollgate/pii", "finding:tollgate/pii:email"] {
            assert!(matches_label(&finding(), label), "{label}");
        }
        for other in ["find", "finding:tollgate/pi", "finding:tollgate/pii:phone", "fail", ""] {
            assert!(!matches_label(&finding(), other), "{other}");
        }
    }

    #[test]
    fn rejects_malformed_cases() {
        let read =
            |text: &str| parse_case(text, 3, GatePurpose::Delegation, &SubjectReader::default());
        let one = read(r#"{"text": "a", "expect": "hold", "because": ["fail"], "at-level": 4}"#);
        let one = one.unwrap();
        assert_eq!((one.id.as_str(), one.expect, one.at_level), ("line 3", Ruling::Hold, Some(4)));
        for (text, word) in [
            (r#"{"text": "a"}"#, "`expect`"),
            (r#"{"text": "a", "expect": "passed"}"#, "unknown variant `passed`"),
            (r#"{"text": "a", "expect": "pass"}"#, "use `allow`, `hold` or `block`"),
            (r#"{"text": "a", "expect": "hold", "becuase": []}"#, "`becuase`"),
            (r#"{"text": "a", "expect": "hold", "because": "fail"}"#, "`because`"),
            (r#"{"text": "a", "expect": "hold", "at-level": -1}"#, "`at-level`"),
            (r#"{"expect": "hold"}"#, "exactly one of"),
        ] {
            let error = format!("{:#}", read(text).map(|_| ()).unwrap_err());
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn a_case_of_a_quality_gate_passes_or_fails() {
        let read =
            |text: &str| parse_case(text, 1, GatePurpose::Quality, &SubjectReader::default());
        assert_eq!(read(r#"{"text": "a", "expect": "fail"}"#).unwrap().expect, Ruling::Fail);
        let error = read(r#"{"text": "a", "expect": "allow"}"#).map(|_| ()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`expect` is `allow`, and the purpose of the gate is `quality`: use `pass` or `fail`"
        );
        let missing = read(r#"{"text": "a"}"#).map(|_| ()).unwrap_err();
        assert_eq!(missing.to_string(), "`expect` is missing: use `pass` or `fail`");
    }
}
