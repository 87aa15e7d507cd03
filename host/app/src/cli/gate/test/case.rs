//! Recorded cases: outputs, as `check` reads them, and what has to come of each.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tollgate_model::{Cause, Decision, Reason, Ruling, Subject};

use crate::cli::check::fields::{Fields, Members};
use crate::files;

/// Where cases lie in a project, a file for each gate.
pub(super) const FOLDER: &str = "cases";

/// An output, and what has to come of it.
pub(super) struct Case {
    pub(super) id: String,
    pub(super) line: u64,
    pub(super) subject: Subject,
    pub(super) expect: Ruling,
    /// What has to be among the reasons.
    pub(super) because: Vec<String>,
    /// The level that the gate is supposed to stand at; the one of its file, where none is named.
    pub(super) at_level: Option<u8>,
}

/// Where the cases of a gate lie.
pub(super) fn path(project: &Path, gate: &str) -> PathBuf {
    project.join(FOLDER).join(format!("{gate}.jsonl"))
}

/// All cases of a file.
pub(super) fn read(path: &Path, fields: &Fields) -> anyhow::Result<Vec<Case>> {
    let text = files::read_text(path)?;
    let mut cases: Vec<Case> = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let place = format!("{}:{number}", path.display());
        let case = case(line, number, fields).with_context(|| format!("{place} is no case"))?;
        if let Some(before) = cases.iter().find(|before| before.id == case.id) {
            bail!("{place}: `{}` is on line {} already: rename one of both", case.id, before.line);
        }
        cases.push(case);
    }
    if cases.is_empty() {
        bail!("`{}` holds no cases: write one on each line", path.display());
    }
    Ok(cases)
}

fn case(text: &str, line: u64, fields: &Fields) -> anyhow::Result<Case> {
    let mut members = Members::read(text)?;
    let expect = members.take("expect")?;
    let expect = expect.context("it has no `expect`: `allow`, `hold` or `block`")?;
    let because = members.take("because")?.unwrap_or_default();
    let at_level = members.take("at-level")?;
    let (id, subject) = fields.members(&members);
    let id = id.unwrap_or_else(|| format!("line {line}"));
    Ok(Case { id, line, subject: subject?, expect, because, at_level })
}

impl Case {
    /// In which ways what came is not what had to come.
    pub(super) fn compare(&self, decision: &Decision) -> Vec<String> {
        let mut wrong = Vec::new();
        if decision.ruling != self.expect {
            wrong.push(format!("wanted `{}`, and it came to `{}`", self.expect, decision.ruling));
        }
        for wanted in &self.because {
            if !decision.reasons.iter().any(|reason| is(&reason.cause, wanted)) {
                wrong.push(format!("wanted `{wanted}` among the reasons, and it is not"));
            }
        }
        wrong
    }
}

/// Whether a cause is the one that is meant: by its code, and as much of the rest as is written.
fn is(cause: &Cause, wanted: &str) -> bool {
    let label = label(cause);
    let rest = label.strip_prefix(wanted);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

/// A cause as cases name it: its code, the contract that it is about, and the rule of that.
pub(super) fn label(cause: &Cause) -> String {
    let code = cause.code();
    match (cause, cause.contract()) {
        (Cause::Finding { contract, rule, .. }, _) => format!("{code}:{contract}:{rule}"),
        (_, Some(contract)) => format!("{code}:{contract}"),
        (_, None) => code.into(),
    }
}

/// A reason as it is told beside a case that is not as it should be.
pub(super) fn told(reason: &Reason) -> String {
    format!("{:5} {}: {reason}", reason.effect.to_string(), label(&reason.cause))
}

#[cfg(test)]
mod tests {
    use tollgate_model::{Mode, Severity};

    use super::*;

    fn finding() -> Cause {
        let (contract, rule) = ("tollgate/pii".into(), "email".into());
        let (severity, message) = (Severity::Error, "an address".into());
        Cause::Finding { contract, rule, severity, message, mode: Mode::Enforce }
    }

    #[test]
    fn a_cause_is_named_as_far_as_wanted() {
        for wanted in ["finding", "finding:tollgate/pii", "finding:tollgate/pii:email"] {
            assert!(is(&finding(), wanted), "{wanted}");
        }
        for other in ["find", "finding:tollgate/pi", "finding:tollgate/pii:phone", "fail", ""] {
            assert!(!is(&finding(), other), "{other}");
        }
    }

    #[test]
    fn a_case_says_what_has_to_come() {
        let read = |text: &str| case(text, 3, &Fields::default());
        let one = read(r#"{"text": "a", "expect": "hold", "because": ["fail"], "at-level": 4}"#);
        let one = one.unwrap();
        assert_eq!((one.id.as_str(), one.expect, one.at_level), ("line 3", Ruling::Hold, Some(4)));
        for (text, word) in [
            (r#"{"text": "a"}"#, "`expect`"),
            (r#"{"text": "a", "expect": "pass"}"#, "unknown variant `pass`"),
            (r#"{"text": "a", "expect": "hold", "becuase": []}"#, "`becuase`"),
            (r#"{"text": "a", "expect": "hold", "because": "fail"}"#, "`because`"),
            (r#"{"text": "a", "expect": "hold", "at-level": -1}"#, "`at-level`"),
            (r#"{"expect": "hold"}"#, "exactly one of"),
        ] {
            let error = format!("{:#}", read(text).map(|_| ()).unwrap_err());
            assert!(error.contains(word), "{error}");
        }
    }
}
