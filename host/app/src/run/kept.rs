//! What is kept of an output: all of it, all but what is personal, or nothing but its digest.
//!
//! What is personal is what `tollgate/pii` finds. That contract is asked again about what is left:
//! if it still finds something, or cannot tell, nothing but the digest is kept.

use serde_json::{Map, Value};
use tollgate_engine::Live;
use tollgate_model::{
    Cause, Checked, Content, Contents, Failure, Finding, HostAnswer, JsonText, Kept, Outcome,
    Place, Reason, Report, Subject,
};

use super::bound::Bound;
use super::ready::Ready;

/// The contract whose findings are personal.
const PII: &str = "tollgate/pii";
/// What a context may tell besides what is personal: what decisions are made by.
const CONTEXT_KEYS: [&str; 12] = [
    "author",
    "brand-voice",
    "campaign",
    "channel",
    "confidence",
    "cost",
    "data-classes",
    "input-tokens",
    "model",
    "output-tokens",
    "region",
    "topics",
];
const HIDDEN: &str = "[not kept]";

/// What must not be recorded, wherever it is quoted.
#[derive(Clone, Debug)]
pub(super) enum Personal {
    /// These texts.
    Texts(Vec<(String, String)>),
    /// Nobody knows which: every quotation.
    Everything,
}

impl Personal {
    pub(super) fn none() -> Self {
        Self::Texts(Vec::new())
    }

    /// A text without what is personal.
    fn hide(&self, text: &mut String) {
        match self {
            Self::Everything => *text = HIDDEN.into(),
            Self::Texts(texts) => {
                for (personal, mask) in texts {
                    if text.contains(personal) {
                        *text = text.replace(personal, mask);
                    }
                }
            }
        }
    }

    fn hides_nothing(&self) -> bool {
        matches!(self, Self::Texts(texts) if texts.is_empty())
    }

    /// What contracts said, without it.
    pub(super) fn hide_in_checks(&self, checks: &mut [Checked]) {
        if self.hides_nothing() {
            return;
        }
        for verdict in checks.iter_mut().flat_map(|check| &mut check.verdicts) {
            match &mut verdict.said {
                Ok(report) => self.hide_in_report(report),
                Err(failure) => self.hide_in_failure(failure),
            }
            // Answers to questions about words repeat the words.
            let quotes = |answer: &HostAnswer| !matches!(answer, HostAnswer::Clock { .. });
            verdict.answers.retain(|answer| !quotes(answer));
        }
    }

    fn hide_in_report(&self, report: &mut Report) {
        for finding in &mut report.findings {
            self.hide(&mut finding.message);
            finding.fix = None;
            if let Place::Pointer(pointer) = &mut finding.place {
                self.hide(pointer);
            }
        }
    }

    /// A failure in a contract's own words may say what it was about.
    fn hide_in_failure(&self, failure: &mut Failure) {
        if let Failure::Trap { message, .. } | Failure::InvalidResult { reason: message } = failure
        {
            self.hide(message);
        }
        if let Failure::Refused { .. } | Failure::ReplayDiverged { .. } = failure {
            *failure = Failure::InvalidResult { reason: HIDDEN.into() };
        }
    }

    /// Reasons, without it.
    pub(super) fn hide_in_reasons(&self, reasons: &mut [Reason]) {
        for reason in reasons {
            if let Cause::Finding { message, .. } | Cause::Failure { message, .. } =
                &mut reason.cause
            {
                self.hide(message);
            }
        }
    }
}

/// What is kept of an output that was judged so.
pub(super) async fn kept(
    ready: &Ready,
    subject: &Subject,
    checks: &[Checked],
    live: &Live,
) -> (Kept, Personal) {
    match ready.gate.audit.as_ref().map(|audit| audit.contents) {
        Some(Contents::Full) => (Kept::Full(Box::new(subject.clone())), Personal::none()),
        Some(Contents::Masked) => masked(ready, subject, checks, live).await,
        // A record that does not say is incomplete, and the least is kept.
        Some(Contents::Digest) | None => (Kept::Digest, Personal::Everything),
    }
}

async fn masked(
    ready: &Ready,
    subject: &Subject,
    checks: &[Checked],
    live: &Live,
) -> (Kept, Personal) {
    let nothing = (Kept::Digest, Personal::Everything);
    let is_pii = |one: &&Bound| one.pinned().name.to_string() == PII;
    let Some(pii) = ready.contracts.iter().find(is_pii) else { return nothing };
    let said = checks.iter().find(|check| check.contract == pii.called);
    let Some(Ok(report)) = said.and_then(|check| check.verdicts.first()).map(|one| &one.said)
    else {
        return nothing;
    };
    let Some((content, texts)) = without(&subject.content, &report.findings) else {
        return nothing;
    };
    let context = context(&subject.context);
    if report.findings.is_empty() && context == subject.context {
        // Nothing in it is personal, and so it can be judged again as it was.
        return (Kept::Full(Box::new(subject.clone())), Personal::none());
    }
    let masked = Subject { content, prompt: subject.prompt.clone(), context };
    if !report.findings.is_empty() && !is_clean(pii, &masked, live).await {
        return nothing;
    }
    (Kept::Masked(Box::new(masked)), Personal::Texts(texts))
}

async fn is_clean(pii: &Bound, masked: &Subject, live: &Live) -> bool {
    let again = pii.contract.judge(masked, live.clone()).await;
    again.verdict.is_ok_and(|report| report.outcome == Outcome::Pass)
}

/// The content with every finding masked, and what was masked by what; nothing, where a finding is
/// about all of it.
fn without(content: &Content, findings: &[Finding]) -> Option<(Content, Vec<(String, String)>)> {
    match content {
        Content::Text(text) => {
            let (text, masked) = without_spans(text, findings)?;
            Some((Content::Text(text), masked))
        }
        Content::Json(json) => {
            let (json, masked) = without_values(json, findings)?;
            Some((Content::Json(json), masked))
        }
        Content::Action { tool, arguments } => {
            let (arguments, masked) = without_values(arguments, findings)?;
            Some((Content::Action { tool: tool.clone(), arguments }, masked))
        }
    }
}

fn mask(finding: &Finding) -> String {
    format!("[{}]", finding.rule)
}

fn without_spans(text: &str, findings: &[Finding]) -> Option<(String, Vec<(String, String)>)> {
    let mut spans = Vec::new();
    for finding in findings {
        let Place::Span(span) = &finding.place else { return None };
        spans.push((span.start as usize, span.end as usize, mask(finding)));
    }
    spans.sort();
    let (mut result, mut done, mut masked) = (String::with_capacity(text.len()), 0, Vec::new());
    for (start, end, mask) in spans {
        // What overlaps is hidden already, as far as it does.
        let start = start.max(done);
        let personal = text.get(start..end.max(start))?;
        result.push_str(text.get(done..start)?);
        result.push_str(&mask);
        masked.push((personal.to_owned(), mask));
        done = end.max(done);
    }
    result.push_str(text.get(done..)?);
    masked.retain(|(personal, _)| !personal.is_empty());
    Some((result, masked))
}

fn without_values(
    json: &JsonText,
    findings: &[Finding],
) -> Option<(JsonText, Vec<(String, String)>)> {
    if findings.is_empty() {
        return Some((json.clone(), Vec::new()));
    }
    let mut value: Value = serde_json::from_str(json.as_str()).ok()?;
    let mut masked = Vec::new();
    for finding in findings {
        let Place::Pointer(pointer) = &finding.place else { return None };
        let found = value.pointer_mut(pointer)?;
        let mask = mask(finding);
        let personal = match &*found {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        masked.push((personal, mask.clone()));
        *found = Value::String(mask);
    }
    Some((JsonText::parse(value.to_string()).ok()?, masked))
}

/// What decisions are made by, and nothing else: anything may stand in the rest.
fn context(context: &JsonText) -> JsonText {
    let Ok(members) = serde_json::from_str::<Map<String, Value>>(context.as_str()) else {
        return JsonText::empty_object();
    };
    let is_known = |key: &String| CONTEXT_KEYS.contains(&key.as_str());
    if members.keys().all(is_known) {
        return context.clone();
    }
    let members = members.into_iter().filter(|(key, _)| is_known(key));
    let text = Value::Object(members.collect()).to_string();
    JsonText::parse(text).unwrap_or_else(|_| JsonText::empty_object())
}
