//! A case: an output as `check` reads it, with its expected decision.

use tollgate_model::{Decision, GatePurpose, ReasonKind, Ruling, Subject};

use super::error::InvalidCaseError;
use crate::intake::{JsonMembers, SubjectReader};

/// An output with its expected decision.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GateCase {
    pub id: String,
    /// Line in the file, from 1.
    pub line: u64,
    pub subject: Subject,
    pub expect: Ruling,
    /// Labels of reasons that the decision must have.
    pub expected_reasons: Vec<String>,
    /// Level that the gate is assumed to be at [default: the level in its file].
    pub at_level: Option<u8>,
}

impl GateCase {
    /// Parses a line of a case file for a gate with this purpose.
    pub(super) fn parse(
        text: &str,
        line: u64,
        purpose: GatePurpose,
        subject_reader: &SubjectReader,
    ) -> Result<Self, InvalidCaseError> {
        let mut members = JsonMembers::read(text)?;
        let expect: Option<Ruling> = members.take("expect")?;
        let expect = expect.ok_or(InvalidCaseError::ExpectMissing { purpose })?;
        if matches!(expect, Ruling::Pass | Ruling::Fail) == purpose.is_delegation() {
            return Err(InvalidCaseError::OtherPurpose { expect, purpose });
        }
        let expected_reasons = members.take("because")?.unwrap_or_default();
        let at_level = members.take("at-level")?;
        let (id, subject) = subject_reader.read_members(&members);
        let id = id.unwrap_or_else(|| format!("line {line}"));
        Ok(Self { id, line, subject: subject?, expect, expected_reasons, at_level })
    }

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

/// Returns the full label of a reason: its code, and the contract and rule if it has them. Cases name reasons by it.
pub fn reason_label(kind: &ReasonKind) -> String {
    let code = kind.code();
    match (kind, kind.contract()) {
        (ReasonKind::Finding { contract, rule, .. }, _) => format!("{code}:{contract}:{rule}"),
        (_, Some(contract)) => format!("{code}:{contract}"),
        (_, None) => code.into(),
    }
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

    fn parse(text: &str, purpose: GatePurpose) -> Result<GateCase, InvalidCaseError> {
        GateCase::parse(text, 3, purpose, &SubjectReader::default())
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
        let parse = |text| parse(text, GatePurpose::Delegation);
        let one = parse(r#"{"text": "a", "expect": "hold", "because": ["fail"], "at-level": 4}"#);
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
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn a_case_of_a_quality_gate_passes_or_fails() {
        let parse = |text| parse(text, GatePurpose::Quality);
        assert_eq!(parse(r#"{"text": "a", "expect": "fail"}"#).unwrap().expect, Ruling::Fail);
        let error = parse(r#"{"text": "a", "expect": "allow"}"#).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`expect` is `allow`, and the purpose of the gate is `quality`: use `pass` or `fail`"
        );
        let missing = parse(r#"{"text": "a"}"#).unwrap_err();
        assert_eq!(missing.to_string(), "`expect` is missing: use `pass` or `fail`");
    }
}
