//! Retention: how much of an output is recorded. That is all of it, all but personal data, or its digest only.
//!
//! Personal data is what `tollgate/pii` finds, in each way in which the gate binds it. The masked output is judged by that
//! contract again. If it still finds something or gives no clear outcome, only the digest is recorded.

use serde_json::{Map, Value};
use tollgate_engine::HostContext;
use tollgate_model::{
    Content, ContentRetention, ContractCheck, Failure, Finding, HostAnswer, JsonText, Outcome,
    OutputId, OutputPlace, Place, Reason, ReasonKind, Report, RetainedContent, Subject, Verdict,
};

use crate::gate::bound_contract::BoundContract;
use crate::gate::loaded_gate::LoadedGate;

/// The contract whose findings are personal data.
const PII: &str = "tollgate/pii";
/// The keys of a context that decisions depend on. They are kept even when personal data is removed.
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
const REDACTED: &str = "[not kept]";

/// The texts that must not be recorded, wherever they are quoted.
#[derive(Clone, Debug)]
pub(crate) enum Redactions {
    /// Pairs of a personal text and its mask.
    Texts(Vec<(String, String)>),
    /// Every quotation, because it is unknown which texts are personal.
    All,
}

impl Redactions {
    pub(crate) fn none() -> Self {
        Self::Texts(Vec::new())
    }

    /// Redacts a text.
    fn redact(&self, text: &mut String) {
        match self {
            Self::All => *text = REDACTED.into(),
            Self::Texts(texts) => {
                for (personal, mask) in texts {
                    if text.contains(personal) {
                        *text = text.replace(personal, mask);
                    }
                }
            }
        }
    }

    /// Removes the text of an id that must not be recorded. Its digest stays, so the run is still found by the id.
    pub(crate) fn redact_output_id(&self, id: Option<OutputId>) -> Option<OutputId> {
        id.map(|id| {
            let mut text = id.text.clone().unwrap_or_default();
            self.redact(&mut text);
            if id.text.as_ref() == Some(&text) { id } else { id.without_text() }
        })
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Texts(texts) if texts.is_empty())
    }

    /// Redacts reports and failures, and removes host answers that may contain words of the output.
    pub(crate) fn redact_checks(&self, checks: &mut [ContractCheck]) {
        if self.is_empty() {
            return;
        }
        for part in checks.iter_mut().filter_map(|check| check.part.as_mut()) {
            // Names of members can be personal, too.
            self.redact(&mut part.at);
        }
        for verdict in checks.iter_mut().flat_map(|check| &mut check.verdicts) {
            match &mut verdict.result {
                Verdict::Report(report) => self.redact_report(report),
                Verdict::Failure(failure) => self.redact_failure(failure),
            }
            // Recorded answers repeat the words they were asked about, except for the clock.
            let quotes = |answer: &HostAnswer| !matches!(answer, HostAnswer::Clock { .. });
            verdict.answers.retain(|answer| !quotes(answer));
        }
    }

    fn redact_report(&self, report: &mut Report) {
        for finding in &mut report.findings {
            self.redact(&mut finding.message);
            // A fix may repeat the text that it replaces.
            finding.fix = None;
            if let Place::Pointer(pointer) = &mut finding.place {
                self.redact(pointer);
            }
        }
    }

    /// Redacts a failure, whose message may quote the output.
    fn redact_failure(&self, failure: &mut Failure) {
        if let Failure::Trap { message, .. } | Failure::InvalidResult { reason: message } = failure
        {
            self.redact(message);
        }
        if let Failure::Refused { .. } | Failure::ReplayDiverged { .. } = failure {
            *failure = Failure::InvalidResult { reason: REDACTED.into() };
        }
    }

    /// Redacts the messages of reasons.
    pub(crate) fn redact_reasons(&self, reasons: &mut [Reason]) {
        for reason in reasons {
            if let ReasonKind::Finding { message, .. } | ReasonKind::Failure { message, .. } =
                &mut reason.kind
            {
                self.redact(message);
            }
            if let Some(pointer) = reason.kind.pointer_mut() {
                self.redact(pointer);
            }
        }
    }
}

/// Returns how much of a judged output is recorded, and the redactions for what quotes it.
pub(crate) async fn retain_output(
    loaded: &LoadedGate,
    subject: &Subject,
    checks: &[ContractCheck],
    live: &HostContext,
) -> (RetainedContent, Redactions) {
    match loaded.gate.audit.as_ref().map(|audit| audit.contents) {
        Some(ContentRetention::Full) => {
            (RetainedContent::Full(Box::new(subject.clone())), Redactions::none())
        }
        Some(ContentRetention::Masked) => retain_masked(loaded, subject, checks, live).await,
        // An incomplete record does not say what to keep, so as little as possible is kept.
        Some(ContentRetention::Digest) | None => (RetainedContent::Digest, Redactions::All),
    }
}

async fn retain_masked(
    loaded: &LoadedGate,
    subject: &Subject,
    checks: &[ContractCheck],
    live: &HostContext,
) -> (RetainedContent, Redactions) {
    let digest_only = (RetainedContent::Digest, Redactions::All);
    let is_pii =
        |contract: &&BoundContract| contract.contract.manifest().contract.name.to_string() == PII;
    let bound: Vec<_> = loaded.panel.contracts().iter().filter(is_pii).collect();
    // Without a report of this contract about the whole output nothing is known about personal data.
    if bound.iter().all(|pii| pii.at.is_some()) {
        return digest_only;
    }
    let Some(findings) = personal_findings(&bound, checks) else { return digest_only };
    let Some((content, masked_texts)) = mask_content(&subject.content, &findings) else {
        return digest_only;
    };
    let context = retained_context(&subject.context);
    if findings.is_empty() && context == subject.context {
        // Without personal data the complete output can be kept, so it can be judged again later.
        return (RetainedContent::Full(Box::new(subject.clone())), Redactions::none());
    }
    let masked = Subject { content, prompt: subject.prompt.clone(), context };
    // Parts need no second look: all that is found in one of them is masked with the value that it is in.
    for pii in bound.iter().filter(|pii| pii.at.is_none()) {
        if !findings.is_empty() && !passes_pii_check(pii, &masked, live).await {
            return digest_only;
        }
    }
    (RetainedContent::Masked(Box::new(masked)), Redactions::Texts(masked_texts))
}

/// Returns all that was found by these contracts, with its places in the whole output. Returns `None` if one of them gave no
/// report.
fn personal_findings(bound: &[&BoundContract], checks: &[ContractCheck]) -> Option<Vec<Finding>> {
    let mut findings = Vec::new();
    for pii in bound {
        let mut own = checks.iter().filter(|check| check.contract == pii.binding_id).peekable();
        own.peek()?;
        let is_judged =
            |check: &&ContractCheck| check.part.as_ref().is_none_or(|part| part.problem.is_none());
        for check in own.filter(is_judged) {
            let Verdict::Report(report) = &check.verdicts.first()?.result else { return None };
            let part = check.part_pointer();
            findings.extend(report.findings.iter().map(|finding| {
                match OutputPlace::new(&finding.place, part).pointer {
                    Some(pointer) => Finding { place: Place::Pointer(pointer), ..finding.clone() },
                    None => finding.clone(),
                }
            }));
        }
    }
    Some(findings)
}

async fn passes_pii_check(pii: &BoundContract, masked: &Subject, live: &HostContext) -> bool {
    let again = pii.contract.judge(masked, live.clone()).await;
    again.verdict.is_ok_and(|report| report.outcome == Outcome::Pass)
}

/// Masks every finding in a content and returns the pairs of text and mask. Returns `None` if a finding concerns
/// the content as a whole.
fn mask_content(
    content: &Content,
    findings: &[Finding],
) -> Option<(Content, Vec<(String, String)>)> {
    match content {
        Content::Text(text) => {
            let (text, masked) = mask_spans(text, findings)?;
            Some((Content::Text(text), masked))
        }
        Content::Json(json) => {
            let (json, masked) = mask_values(json, findings)?;
            Some((Content::Json(json), masked))
        }
        // No contract looked for personal data in it.
        Content::InvalidJson(_) => None,
        Content::Action { tool, arguments } => {
            let (arguments, masked) = mask_values(arguments, findings)?;
            Some((Content::Action { tool: tool.clone(), arguments }, masked))
        }
    }
}

fn mask(finding: &Finding) -> String {
    format!("[{}]", finding.rule)
}

fn mask_spans(text: &str, findings: &[Finding]) -> Option<(String, Vec<(String, String)>)> {
    let mut spans = Vec::new();
    for finding in findings {
        let Place::Span(span) = &finding.place else { return None };
        spans.push((span.start as usize, span.end as usize, mask(finding)));
    }
    spans.sort();
    let (mut result, mut done, mut masked) = (String::with_capacity(text.len()), 0, Vec::new());
    for (start, end, mask) in spans {
        // The overlap with the span before is masked already.
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

fn mask_values(json: &JsonText, findings: &[Finding]) -> Option<(JsonText, Vec<(String, String)>)> {
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

/// Removes all keys of a context that decisions do not depend on, because they may contain anything.
fn retained_context(context: &JsonText) -> JsonText {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_kept_unless_they_quote_what_is_not_kept() {
        let personal = Redactions::Texts(vec![("dana@example.com".into(), "***".into())]);
        let kept = |redactions: &Redactions, id: &str| {
            redactions.redact_output_id(Some(OutputId::new(id))).unwrap()
        };
        assert_eq!(kept(&personal, "17"), OutputId::new("17"));
        let hidden = OutputId::new("to dana@example.com").without_text();
        assert_eq!(kept(&personal, "to dana@example.com"), hidden);
        assert_eq!(kept(&Redactions::All, "17"), OutputId::new("17").without_text());
        assert_eq!(kept(&Redactions::none(), "17"), OutputId::new("17"));
        assert_eq!(personal.redact_output_id(None), None);
    }
}
