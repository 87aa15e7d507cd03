//! The guardrail rules: channels, topics and the brand voice.

use tollgate_model::{ReasonKind, find_mixed_word, fold_topic, is_same_topic};

use crate::{DecisionInput, Reasons};

pub(crate) fn add_reasons(input: &DecisionInput<'_>, reasons: &mut Reasons) {
    // No contract finds anything in nothing, and nothing is no answer to a task.
    if input.facts.is_blank {
        reasons.add(ReasonKind::OutputBlank);
    }
    check_channel(input, reasons);
    check_topics(input, reasons);
    check_brand_voice(input, reasons);
}

fn check_channel(input: &DecisionInput<'_>, reasons: &mut Reasons) {
    let channels = &input.gate.guardrails.channels;
    if channels.is_empty() {
        return;
    }
    match &input.facts.channel {
        None => reasons.add(ReasonKind::ChannelUnknown),
        Some(channel) if channels.contains(channel) => {}
        Some(channel) => reasons.add(ReasonKind::ChannelNotAllowed { channel: channel.clone() }),
    }
}

/// Blocks topics that the caller states and the gate forbids. Topics that are not stated are a
/// reason to hold, unless a contract of the gate judges them.
fn check_topics(input: &DecisionInput<'_>, reasons: &mut Reasons) {
    let guardrails = &input.gate.guardrails;
    let Some(blocked) = guardrails.blocked_topics.as_ref().filter(|topics| !topics.is_empty())
    else {
        return;
    };
    match &input.facts.topics {
        None if guardrails.topics_judged_by.is_some() => {}
        None => reasons.add(ReasonKind::TopicsUnknown),
        Some(topics) => {
            let blocked: Vec<_> = blocked.iter().map(|topic| fold_topic(topic)).collect();
            topics.iter().for_each(|topic| check_topic(topic, &blocked, reasons));
        }
    }
}

/// Blocks a topic that is among the blocked ones in any spelling, and holds one that only looks like another.
fn check_topic(topic: &str, blocked: &[String], reasons: &mut Reasons) {
    let folded = fold_topic(topic);
    if blocked.iter().any(|one| is_same_topic(one, &folded)) {
        reasons.add(ReasonKind::TopicBlocked { topic: topic.into() });
    } else if let Some(word) = find_mixed_word(&folded) {
        reasons.add(ReasonKind::ContextUnreadable {
            key: "topics".into(),
            problem: format!("`{word}` mixes letters of several alphabets"),
        });
    }
}

fn check_brand_voice(input: &DecisionInput<'_>, reasons: &mut Reasons) {
    let Some(voice) = &input.gate.guardrails.brand_voice else { return };
    // The document may have changed on disk since the digest was agreed.
    if input.state.brand_voice != Some(voice.digest) {
        reasons.add(ReasonKind::BrandVoiceChanged);
    }
    // The caller may have used another document than the agreed one.
    if input.facts.brand_voice.is_some_and(|digest| digest != voice.digest) {
        reasons.add(ReasonKind::BrandVoiceMismatch);
    }
}
