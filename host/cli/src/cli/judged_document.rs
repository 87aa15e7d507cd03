//! Judgements that `tollgate judge` makes without asking the contract: of documents that are no JSON, and of parts that are
//! not there. They fail with a finding of the tool's own.

use tollgate_model::{
    Content, Failure, Finding, InvalidJson, JsonProblem, JsonText, Judgement, Outcome, PartProblem,
    Place, Refusal, Report, RunLog, Severity, Subject,
};

/// Remedy for a document that was taken for a text.
pub(super) const READ_AS_TEXT: &str =
    "the subject was read as a text: `--kind json` reads it as a JSON document";

/// Returns the judgement of a document that is no JSON.
pub(super) fn judge_invalid_json(invalid: &InvalidJson) -> Judgement {
    let JsonProblem { line, column, message, is_fenced, has_open_fence } = invalid.problem();
    let fence = match (is_fenced, has_open_fence) {
        (true, _) => "; it stands in a code fence, which `--unfence` takes off",
        (_, true) => {
            "; there is a code fence inside, which is not taken off: text is around it, it has no end, or \
             its first line has more than a short word"
        }
        _ => "",
    };
    let message = format!("not JSON: {message} at line {line}, column {column}{fence}");
    failed_judgement("not-json", message, Place::Whole)
}

/// Returns the judgement of a part with nothing to judge.
pub(super) fn judge_missing_part(at: &str, problem: PartProblem) -> Judgement {
    // All of the part, whose place is told with the judgement.
    failed_judgement("part-not-judged", problem.describe(at), Place::Whole)
}

fn failed_judgement(rule: &str, message: String, place: Place) -> Judgement {
    let (rule, severity) = (rule.to_owned(), Severity::Error);
    let finding = Finding { rule, severity, message, place, fix: None, confidence: None };
    let report = Report { outcome: Outcome::Fail, findings: vec![finding], measures: Vec::new() };
    Judgement {
        verdict: Ok(report),
        fuel_used: 0,
        time_us: 0,
        answers: Vec::new(),
        log: RunLog::default(),
    }
}

/// Returns which option makes a subject one that a contract judges, if the contract refused its kind.
pub(super) fn kind_hint(subject: &Subject, judgement: &Judgement) -> Option<&'static str> {
    let Err(Failure::Refused { refusal: Refusal::NotApplicable { .. } }) = &judgement.verdict
    else {
        return None;
    };
    match &subject.content {
        Content::Text(text) if looks_like_json(text) => Some(READ_AS_TEXT),
        Content::Json(_) | Content::Action { .. } => {
            Some("`--at POINTER` judges a text inside the document, such as `--at /description`")
        }
        Content::Text(_) | Content::InvalidJson(_) => None,
    }
}

fn looks_like_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[']) || JsonText::parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused() -> Judgement {
        let refusal = Refusal::NotApplicable { reason: "not this kind".into() };
        let judgement = judge_missing_part("/a", PartProblem::Absent);
        Judgement { verdict: Err(Failure::Refused { refusal }), ..judgement }
    }

    #[test]
    fn hints_at_the_kind_that_a_refused_subject_could_have() {
        let hint = |content| kind_hint(&Subject::new(content), &refused()).unwrap_or_default();
        for text in ["{\"a\": 1}\n{\"a\": 2}", "[1", "12"] {
            assert!(hint(Content::Text(text.into())).contains("`--kind json`"), "{text}");
        }
        assert_eq!(hint(Content::Text("Hello".into())), "");
        assert!(hint(Content::from_json_text("{}")).contains("`--at POINTER`"));
        let passed =
            Judgement { verdict: judge_missing_part("", PartProblem::Absent).verdict, ..refused() };
        assert_eq!(kind_hint(&Subject::new(Content::from_json_text("{}")), &passed), None);
    }

    #[test]
    fn the_place_of_a_missing_part_is_told_once() {
        let report = judge_missing_part("/nothere", PartProblem::Absent).verdict.unwrap();
        let [finding] = &report.findings[..] else { panic!("{report:?}") };
        assert_eq!(finding.message, "there is nothing at `/nothere`");
        let in_output = finding.in_output(Some("/nothere"));
        assert_eq!(in_output.place, Place::Pointer("/nothere".into()));
    }

    #[test]
    fn an_invalid_document_fails_with_one_finding() {
        let Content::InvalidJson(invalid) = Content::from_json_text("```\n{}\n```") else {
            panic!("it is JSON")
        };
        let report = judge_invalid_json(&invalid).verdict.unwrap();
        let [finding] = &report.findings[..] else { panic!("{report:?}") };
        assert_eq!((report.outcome, finding.rule.as_str()), (Outcome::Fail, "not-json"));
        assert!(finding.message.starts_with("not JSON: expected value at line 1, column 1; "));
        assert!(finding.message.ends_with("`--unfence` takes off"), "{}", finding.message);
        let Content::InvalidJson(invalid) = Content::from_json_text("Here:\n```\n{}\n```") else {
            panic!("it is JSON")
        };
        let report = judge_invalid_json(&invalid).verdict.unwrap();
        assert!(report.findings[0].message.contains("a code fence inside"), "{report:?}");
    }
}
