//! Verdicts: results of judgements as they are recorded.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Failure, Report};

/// Result of one judgement: a report, or the failure because of which there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum Verdict {
    Report(Report),
    Failure(Failure),
}

impl Verdict {
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::Report(report) => Some(report),
            Self::Failure(_) => None,
        }
    }

    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Report(_) => None,
            Self::Failure(failure) => Some(failure),
        }
    }
}

impl From<Result<Report, Failure>> for Verdict {
    fn from(result: Result<Report, Failure>) -> Self {
        match result {
            Ok(report) => Self::Report(report),
            Err(failure) => Self::Failure(failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Outcome, Refusal};

    fn assert_reads_back(verdict: &Verdict, written: &str) {
        assert_eq!(serde_json::to_string(verdict).unwrap(), written);
        assert_eq!(serde_json::from_str::<Verdict>(written).unwrap(), *verdict);
    }

    #[test]
    fn names_its_kind_beside_its_members() {
        let report = Report { outcome: Outcome::Pass, findings: Vec::new(), measures: Vec::new() };
        assert_reads_back(
            &Verdict::Report(report),
            r#"{"verdict":"report","outcome":"pass","findings":[],"measures":[]}"#,
        );
        let refusal = Refusal::NotApplicable { reason: "not a text".into() };
        assert_reads_back(
            &Verdict::Failure(Failure::Refused { refusal }),
            r#"{"verdict":"failure","kind":"refused","refusal":{"kind":"not-applicable","reason":"not a text"}}"#,
        );
    }

    #[test]
    fn rejects_unknown_members_and_kinds() {
        for text in [
            r#"{"verdict":"report","outcome":"pass","findings":[],"measures":[],"more":1}"#,
            r#"{"verdict":"opinion"}"#,
            r#"{"Ok":{"outcome":"pass","findings":[],"measures":[]}}"#,
        ] {
            assert!(serde_json::from_str::<Verdict>(text).is_err(), "{text}");
        }
    }
}
