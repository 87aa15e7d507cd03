//! The rule for what no review can supply: what the context of an output has to state before the gate looks at it.
//!
//! A gap in the context holds an output, and no approval lifts such a hold. An output with one would wait in the queue for
//! nothing, so its sender is told what is missing, and nothing is recorded. An output that is blocked in any case waits for
//! nobody: it is judged and recorded, so that no attempt is lost.

use std::fmt;

use tollgate_model::{Digest, Gate, LiftScope, Reason, ReasonEffect, ReasonKind, Subject};

use crate::{DecisionInput, GateState, OutputFacts, Reasons, access, budget, guardrails, prompt};

/// Key of the output for the prompt, which stands beside the context.
const PROMPT_KEY: &str = "prompt";
/// Key that stands for the whole context in [`OutputFacts::unreadable`].
const CONTEXT_KEY: &str = "context";

/// Facts that an output does not state and that the gate needs to decide on it: keys of its context, and its prompt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MissingContext {
    /// Keys that the context lacks, sorted.
    pub keys: Vec<&'static str>,
    /// Whether the output names no prompt.
    pub prompt: bool,
    /// Keys that cannot be read, each with the reason. The key `context` stands for all of it.
    pub unreadable: Vec<(String, String)>,
}

/// Returns what the output lacks and no review can supply; `None` if there is nothing of the kind, or if the output is
/// blocked for what it does state, such as a tool that it may not call.
pub fn find_missing_context(gate: &Gate, subject: &Subject) -> Option<MissingContext> {
    // A quality gate asks for nothing but the output.
    if gate.is_quality() {
        return None;
    }
    // No rule that is asked here depends on the digests.
    let unnamed = Digest::of("");
    let facts = OutputFacts::from_subject(subject, unnamed, unnamed);
    // A text that is still to be written is empty so far.
    let facts = OutputFacts { is_blank: false, ..facts };
    let state = GateState::default();
    let input = DecisionInput { gate, checks: &[], facts: &facts, state: &state, now_ms: 0 };
    let mut reasons = Reasons::default();
    access::add_reasons(&input, &mut reasons);
    budget::add_reasons(&input, &mut reasons);
    guardrails::add_reasons(&input, &mut reasons);
    prompt::add_reasons(&input, &mut reasons);
    if reasons.as_slice().iter().any(is_certain_block) {
        return None;
    }
    let final_holds = reasons.as_slice().iter().map(|reason| &reason.kind);
    let final_holds = final_holds.filter(|kind| kind.lift_scope() == LiftScope::Never);
    let keys = final_holds.filter_map(|kind| missing_key(gate, kind)).collect();
    MissingContext::new(keys, facts.unreadable)
}

/// Returns whether a reason blocks the output, whatever else is known. Whether a model is approved depends on the day, which
/// is not known here.
fn is_certain_block(reason: &Reason) -> bool {
    let depends_on_day = matches!(reason.kind, ReasonKind::ModelNotApproved { .. });
    reason.effect == ReasonEffect::Block && !depends_on_day
}

/// Returns the key whose absence is the reason. A model has to be named where the record approves models: without an
/// approval the record itself is incomplete, and naming the model would not help.
fn missing_key(gate: &Gate, kind: &ReasonKind) -> Option<&'static str> {
    match kind {
        ReasonKind::ModelUnknown => (!gate.approvals.is_empty()).then_some("model"),
        ReasonKind::CostUnknown { .. } => Some("cost"),
        ReasonKind::CampaignUnknown => Some("campaign"),
        ReasonKind::DataUnknown => Some("data-classes"),
        ReasonKind::RegionUnknown { .. } => Some("region"),
        ReasonKind::PromptUnknown => Some(PROMPT_KEY),
        _ => None,
    }
}

impl MissingContext {
    fn new(mut keys: Vec<&'static str>, unreadable: Vec<(String, String)>) -> Option<Self> {
        keys.sort_unstable();
        keys.dedup();
        let prompt = keys.contains(&PROMPT_KEY);
        // A key that cannot be read counts as not given as well, and is told once.
        let is_unreadable = |key: &str| unreadable.iter().any(|(one, _)| one == key);
        let is_context_readable = !is_unreadable(CONTEXT_KEY);
        keys.retain(|key| *key != PROMPT_KEY && is_context_readable && !is_unreadable(key));
        let missing = Self { keys, prompt, unreadable };
        (missing != Self::default()).then_some(missing)
    }
}

impl fmt::Display for MissingContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some((last, others)) = self.keys.split_last() {
            let others: Vec<_> = others.iter().map(|key| format!("`{key}`")).collect();
            parts.push(match others.as_slice() {
                [] => format!("`{last}` is missing in its context"),
                others => format!("{} and `{last}` are missing in its context", others.join(", ")),
            });
        }
        if self.prompt {
            parts.push("its `prompt` is missing".into());
        }
        parts.extend(self.unreadable.iter().map(|(key, problem)| match key.as_str() {
            CONTEXT_KEY => format!("its `context` cannot be read: {problem}"),
            key => format!("`{key}` in its context cannot be read: {problem}"),
        }));
        f.write_str(&parts.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::{Content, JsonText, PromptRef};

    use super::*;
    use crate::example::example;

    const COMPLETE: &str = r#"{"model": "acme/large", "campaign": "autumn", "data-classes": ["contact"],
        "region": "eu", "input-tokens": 4, "output-tokens": 9}"#;

    fn subject(context: &str) -> Subject {
        let prompt = PromptRef {
            name: "welcome-email".into(),
            version: "2.1.0".into(),
            digest: String::new(),
        };
        let context = JsonText::parse(context).unwrap();
        Subject { content: Content::Text("Hello".into()), prompt: Some(prompt), context }
    }

    fn missing_in(gate: &Gate, context: &str) -> String {
        find_missing_context(gate, &subject(context))
            .map(|missing| missing.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn names_what_no_review_can_supply() {
        let gate = example();
        assert_eq!(missing_in(&gate, COMPLETE), "");
        let without = |key: &str| {
            let mut context: serde_json::Value = serde_json::from_str(COMPLETE).unwrap();
            context.as_object_mut().unwrap().remove(key).unwrap();
            missing_in(&gate, &context.to_string())
        };
        assert_eq!(without("data-classes"), "`data-classes` is missing in its context");
        assert_eq!(without("input-tokens"), "`cost` is missing in its context");
        assert_eq!(without("model"), "`cost` and `model` are missing in its context");
        let nameless = Subject { prompt: None, ..subject(COMPLETE) };
        let missing = find_missing_context(&gate, &nameless).unwrap();
        assert_eq!(missing.to_string(), "its `prompt` is missing");
        assert!(missing.keys.is_empty() && missing.prompt);
    }

    #[test]
    fn a_review_can_supply_a_channel_and_a_confidence() {
        let gate = example();
        assert!(!gate.guardrails.channels.is_empty() && gate.guardrails.confidence.is_some());
        assert_eq!(missing_in(&gate, COMPLETE), "", "neither is stated");
    }

    #[test]
    fn an_attempt_that_is_blocked_in_any_case_is_judged_and_recorded() {
        let gate = example();
        let (tool, arguments) = ("wire_money".into(), JsonText::empty_object());
        let attempt = Subject { content: Content::Action { tool, arguments }, ..subject("{}") };
        assert_eq!(find_missing_context(&gate, &attempt), None);
        assert_eq!(missing_in(&gate, r#"{"channel": "billboard"}"#), "");
        let unwritten = Subject { content: Content::Text(String::new()), ..subject("{}") };
        assert_ne!(find_missing_context(&gate, &unwritten), None);
        // Which models are approved depends on the day.
        let unknown = r#"{"model": "acme/unknown", "cost": "0.01"}"#;
        assert_ne!(missing_in(&gate, unknown), "");
    }

    #[test]
    fn a_gate_that_asks_for_nothing_misses_nothing() {
        let bare = Gate::named("bare".parse().unwrap());
        assert_eq!(missing_in(&bare, "{}"), "");
        assert_eq!(missing_in(&example().into_quality(), r#"{"model": 7}"#), "");
    }

    #[test]
    fn tells_a_key_that_cannot_be_read_once() {
        let gate = example();
        let context =
            COMPLETE.replace("\"acme/large\"", "7").replace("\"eu\"", "\"eu\", \"confidence\": 2");
        let told = missing_in(&gate, &context);
        assert!(
            told.starts_with(
                "`cost` is missing in its context; `model` in its context cannot be read: "
            ),
            "{told}"
        );
        assert!(told.contains("; `confidence` in its context cannot be read: "), "{told}");
        let twice = missing_in(&gate, r#"{"model": "a", "model": "b"}"#);
        assert!(
            twice.starts_with("its `context` cannot be read: duplicate field `model`"),
            "{twice}"
        );
        assert!(!twice.contains("missing"), "{twice}");
    }
}
