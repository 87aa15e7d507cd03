//! Channels, topics, the brand's voice: inside the walls anything, outside nothing.

use tollgate_model::Cause;

use crate::{Case, Reasons};

/// Asks about each wall that the gate has.
pub(crate) fn rule(case: &Case<'_>, reasons: &mut Reasons) {
    channel(case, reasons);
    topics(case, reasons);
    brand_voice(case, reasons);
}

fn channel(case: &Case<'_>, reasons: &mut Reasons) {
    let channels = &case.gate.guardrails.channels;
    if channels.is_empty() {
        return;
    }
    match &case.facts.channel {
        None => reasons.add(Cause::ChannelUnknown),
        Some(channel) if channels.contains(channel) => {}
        Some(channel) => reasons.add(Cause::ChannelOutside { channel: channel.clone() }),
    }
}

/// Where a contract tells topics apart, its answer counts as every contract's does. What the
/// caller says of topics counts too.
fn topics(case: &Case<'_>, reasons: &mut Reasons) {
    let guardrails = &case.gate.guardrails;
    let Some(blocked) = guardrails.blocked_topics.as_ref().filter(|topics| !topics.is_empty())
    else {
        return;
    };
    match &case.facts.topics {
        None if guardrails.topics_judged_by.is_some() => {}
        None => reasons.add(Cause::TopicsUnknown),
        Some(topics) => {
            for topic in topics.iter().filter(|topic| blocked.contains(*topic)) {
                reasons.add(Cause::TopicBlocked { topic: topic.clone() });
            }
        }
    }
}

fn brand_voice(case: &Case<'_>, reasons: &mut Reasons) {
    let Some(voice) = &case.gate.guardrails.brand_voice else { return };
    if case.state.brand_voice != Some(voice.digest) {
        reasons.add(Cause::BrandVoiceChanged);
    }
    if case.facts.brand_voice.is_some_and(|digest| digest != voice.digest) {
        reasons.add(Cause::BrandVoiceOther);
    }
}
