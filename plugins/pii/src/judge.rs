//! Turns candidates into a report. Messages contain the kind and the place, never the
//! value: more people read a report than the output.

use tollgate_sdk::{Content, Finding, Outcome, Refusal, Report, Subject};

use crate::candidate::Candidate;
use crate::config::CheckedConfig;
use crate::folded_text::fold_value;
use crate::json_walk::{JsonPart, ParseError, visit_parts};
use crate::mask::mask;
use crate::reserved::is_reserved;
use crate::scan::scan_text;
use crate::text::LabelledText;

/// Rule: more findings than the report lists.
const TRUNCATED: &str = "truncated";
/// Rule: the document is nested too deep, so a part of it was not judged.
const TOO_DEEP: &str = "too-deep";
/// Measure: number of findings, listed or not.
const FOUND: &str = "found";

/// The fix for a JSON value is the whole value with its findings masked. For larger values
/// that is not worth its size.
const FIX_BYTES_MAX: usize = 16 * 1024;

/// Finds personal data in a text, or in every value of a JSON document or of the arguments
/// of an action.
pub fn judge(config: &CheckedConfig, subject: &Subject) -> Result<Report, Refusal> {
    let mut report = Reporter { config, findings: Vec::new(), found_count: 0 };
    let read = match &subject.content {
        Content::Text(text) => {
            report.text(text);
            Ok(())
        }
        Content::Json(json) => visit_parts(json, |part| report.part(&part)),
        Content::Action(action) => visit_parts(&action.arguments, |part| report.part(&part)),
    };
    match read {
        Ok(()) => Ok(report.finish()),
        Err(ParseError::TooDeep) => Ok(report.unfinished()),
        Err(ParseError::NotJson(error)) => {
            Err(Refusal::Broken(format!("the subject is not JSON: {error}")))
        }
    }
}

struct Reporter<'s> {
    config: &'s CheckedConfig,
    findings: Vec<Finding>,
    found_count: usize,
}

impl Reporter<'_> {
    fn text(&mut self, text: &str) {
        for found in self.find_reportable(&LabelledText { whole: text, label: "" }) {
            let message = format!("holds {}", found.kind.noun());
            let secret = text.get(found.span.clone()).unwrap_or("");
            let finding = self.finding(&found, message).at(found.span);
            self.push(finding.fix(mask(found.kind, &fold_value(secret))));
        }
    }

    fn part(&mut self, part: &JsonPart) {
        let reportable =
            self.find_reportable(&LabelledText { whole: part.value, label: part.label });
        let mut fix =
            (!part.is_name && part.value.len() <= FIX_BYTES_MAX && !reportable.is_empty())
                .then(|| mask_all(part.value, &reportable));
        for found in reportable {
            let message = describe_part(part, &found);
            let mut finding = self.finding(&found, message).at_pointer(&part.path.pointer());
            // The fix masks all findings of this value, so only the first one carries it.
            finding.fix = fix.take();
            self.push(finding);
        }
    }

    /// Returns the candidates of the configured kinds that are not exceptions.
    fn find_reportable(&self, text: &LabelledText) -> Vec<Candidate> {
        let config = self.config;
        let mut found = scan_text(text, config.min_confidence, config.kinds);
        found.retain(|candidate| {
            let value = fold_value(text.whole.get(candidate.span.clone()).unwrap_or(""));
            config.kinds.contains(candidate.kind)
                && !config.allow.contains(candidate.kind, &value)
                && !(config.ignore_reserved && is_reserved(candidate.kind, &value))
        });
        found
    }

    fn finding(&self, found: &Candidate, message: String) -> Finding {
        Finding::new(found.kind.rule(), self.config.severity, message).confidence(found.confidence)
    }

    fn push(&mut self, finding: Finding) {
        self.found_count += 1;
        if self.findings.len() < self.config.max_findings {
            self.findings.push(finding);
        }
    }

    fn finish(mut self) -> Report {
        let more = self.found_count - self.findings.len();
        if more > 0 {
            let message = format!("{more} more findings are not listed");
            self.findings.push(Finding::info(TRUNCATED, message));
        }
        Report::of(self.findings).measure(FOUND, self.found_count as f64)
    }

    /// Builds a report that does not pass, because the unread part may contain anything.
    fn unfinished(self) -> Report {
        let mut report = self.finish();
        let message =
            "the document is nested deeper than 127 levels, and the rest of it was not judged";
        report.findings.push(Finding::warning(TOO_DEEP, message));
        // A failure stands, whatever the unread part contains.
        if report.outcome == Outcome::Pass {
            report.outcome = Outcome::Unsure;
        }
        report
    }
}

fn describe_part(part: &JsonPart, found: &Candidate) -> String {
    let noun = found.kind.noun();
    let span = &found.span;
    match (part.is_name, span.len() == part.value.len()) {
        (true, _) => format!("the name of a member holds {noun}"),
        (false, true) => format!("is {noun}"),
        (false, false) => format!("holds {noun}, bytes {} to {}", span.start, span.end),
    }
}

/// Returns the whole value with every finding masked. The findings must be in order and
/// must not overlap.
fn mask_all(value: &str, reportable: &[Candidate]) -> String {
    let mut result = String::with_capacity(value.len());
    let mut done = 0;
    for found in reportable {
        result.push_str(value.get(done..found.span.start).unwrap_or(""));
        let secret = value.get(found.span.clone()).unwrap_or("");
        result.push_str(&mask(found.kind, &fold_value(secret)));
        done = found.span.end;
    }
    result.push_str(value.get(done..).unwrap_or(""));
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, configure};
    use tollgate_sdk::{Place, Span};

    const TEXT: &str = "Write to dana@example.com, or call +1 415-555-0134.";

    fn judged(config: Config, subject: &Subject) -> Report {
        judge(&configure(config).unwrap(), subject).unwrap()
    }

    fn plain(subject: &Subject) -> Report {
        judged(Config::default(), subject)
    }

    fn pointer(finding: &Finding) -> &str {
        let Place::Pointer(pointer) = &finding.place else { panic!("{finding:?}") };
        pointer
    }

    #[test]
    fn reports_kind_place_and_fix_for_a_text() {
        let report = plain(&Subject::of_text(TEXT));
        assert_eq!(report.outcome, Outcome::Fail);
        let [email, phone] = &report.findings[..] else { panic!("{report:?}") };
        assert_eq!(
            (email.rule.as_str(), email.message.as_str()),
            ("email", "holds an e-mail address")
        );
        assert_eq!(email.place, Place::Span(Span { start: 9, end: 25 }));
        assert_eq!(email.fix.as_deref(), Some("d***@example.com"));
        assert_eq!(phone.fix.as_deref(), Some("+* ***-***-**34"));
        assert_eq!(phone.confidence, Some(0.9));
    }

    #[test]
    fn never_repeats_a_value_in_a_message() {
        let json = format!(r#"{{"note": "{TEXT}", "dana@example.com": ["dana@example.com"]}}"#);
        for subject in [Subject::of_text(TEXT), Subject::of_json(json)] {
            for finding in plain(&subject).findings {
                assert!(!finding.message.contains("dana"), "{}", finding.message);
                assert!(!finding.message.contains("555"), "{}", finding.message);
            }
        }
    }

    #[test]
    fn gives_one_fix_for_a_whole_json_value() {
        let report = plain(&Subject::of_json(format!(r#"{{"to": [{{"note": "{TEXT}"}}]}}"#)));
        let [email, phone] = &report.findings[..] else { panic!("{report:?}") };
        assert_eq!((pointer(email), pointer(phone)), ("/to/0/note", "/to/0/note"));
        assert_eq!(email.message, "holds an e-mail address, bytes 9 to 25");
        let fixed = "Write to d***@example.com, or call +* ***-***-**34.";
        assert_eq!((email.fix.as_deref(), &phone.fix), (Some(fixed), &None));
    }

    #[test]
    fn masks_what_a_reader_sees() {
        let text = "To da\u{200b}na@example.com, &#43;1 415-555-０１34";
        let report = plain(&Subject::of_json(serde_json::json!({ "note": text }).to_string()));
        assert_eq!(report.findings.len(), 2);
        let fixed = "To d***@example.com, +* ***-***-**34";
        assert_eq!(report.findings[0].fix.as_deref(), Some(fixed));
    }

    #[test]
    fn ignores_reserved_values_on_request() {
        let config = Config { ignore_reserved: true, ..Config::default() };
        let text = format!("{TEXT} 192.168.0.1 dana@fernhill.io");
        let report = judged(config, &Subject::of_text(text));
        let fixes: Vec<_> = report.findings.iter().map(|found| found.fix.as_deref()).collect();
        assert_eq!(fixes, [Some("d***@fernhill.io")]);
    }

    #[test]
    fn allows_values_in_any_spelling() {
        let config = Config { allow: vec!["dana@example.com".into()], ..Config::default() };
        let report = judged(config, &Subject::of_text("da\u{ad}na＠example.com"));
        assert_eq!(report.outcome, Outcome::Pass);
    }

    #[test]
    fn uses_argument_names_as_context() {
        let arguments =
            r#"{"customerPhone": 4155550134, "amount": 4155550134, "ssn": "078051123"}"#;
        let report = plain(&Subject::of_action("crm.update", arguments));
        let found: Vec<_> =
            report.findings.iter().map(|found| (found.rule.as_str(), pointer(found))).collect();
        assert_eq!(found, [("phone", "/customerPhone"), ("ssn", "/ssn")]);
        assert_eq!(report.findings[0].fix.as_deref(), Some("********34"));
    }

    #[test]
    fn reports_a_member_name_at_its_object() {
        let report = plain(&Subject::of_json(r#"{"by": {"dana@example.com": 1}}"#));
        assert_eq!(pointer(&report.findings[0]), "/by");
        assert_eq!(report.findings[0].message, "the name of a member holds an e-mail address");
        assert_eq!(report.findings[0].fix, None);
    }

    #[test]
    fn reports_only_configured_kinds() {
        let only = |kinds: Vec<crate::Kind>, allow: &str| {
            let config = Config { kinds, allow: vec![allow.into()], ..Config::default() };
            let report = judged(config, &Subject::of_text(TEXT));
            report.findings.into_iter().map(|finding| finding.rule).collect::<Vec<_>>()
        };
        assert_eq!(only(vec![crate::Kind::Phone], "x"), ["phone"]);
        assert_eq!(only(vec![crate::Kind::Ssn], "x"), Vec::<String>::new());
        assert_eq!(only(crate::Kind::ALL.to_vec(), "@example.com"), ["phone"]);
        assert_eq!(only(crate::Kind::ALL.to_vec(), "1 415 555 0134"), ["email"]);
    }

    #[test]
    fn counts_findings_beyond_the_limit() {
        let config = Config {
            max_findings: 2,
            severity: crate::SeverityLevel::Warning,
            ..Config::default()
        };
        let report = judged(config, &Subject::of_text("a@example.com ".repeat(5)));
        let rules: Vec<_> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
        assert_eq!(rules, ["email", "email", "truncated"]);
        assert_eq!(report.findings[2].message, "3 more findings are not listed");
        assert_eq!((report.outcome, report.measures[0].value), (Outcome::Pass, 5.0));
    }

    #[test]
    fn never_passes_unreadable_documents() {
        let deep = |value: &str| format!("{}{value}{}", "[".repeat(200), "]".repeat(200));
        let report = plain(&Subject::of_json(deep("\"dana@example.com\"")));
        assert_eq!(
            (report.outcome, report.findings[0].rule.as_str()),
            (Outcome::Unsure, "too-deep")
        );
        let json = format!("[\"dana@example.com\", {}]", deep("1"));
        assert_eq!(plain(&Subject::of_json(json)).outcome, Outcome::Fail);
        let state = configure(Config::default()).unwrap();
        let refusal = judge(&state, &Subject::of_json("{")).unwrap_err();
        assert!(matches!(refusal, Refusal::Broken(_)));
    }

    #[test]
    fn gives_no_fix_for_huge_values() {
        let value = format!("{}dana@example.com", " ".repeat(FIX_BYTES_MAX));
        let report = plain(&Subject::of_json(format!("[\"{value}\"]")));
        assert_eq!((report.findings.len(), &report.findings[0].fix), (1, &None));
    }
}
