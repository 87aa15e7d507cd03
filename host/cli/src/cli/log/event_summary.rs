//! Describes an event in one line for people.

use tollgate::lookup;
pub(in crate::cli) use tollgate_api::single_line;
use tollgate_ledger::StoredEvent;
use tollgate_model::{
    EarlyText, EventKind, LevelChangeReason, ReviewAction, RolloutStage, RunEvent,
};

use super::run_standing::RunStanding;
use crate::timestamps;

/// Describes the text that had gone out before the decision.
pub(in crate::cli) fn describe_early_text(early: EarlyText) -> String {
    let EarlyText { bytes, abandoned } = early;
    let end = if abandoned { ", and the writing was given up" } else { "" };
    format!("{bytes} bytes of its text had gone out before the decision{end}")
}

/// Describes an event in one line.
pub(in crate::cli) fn summarize_event(
    event: &StoredEvent,
    standing: Option<&RunStanding>,
) -> String {
    let words = match &event.event.kind {
        EventKind::Run(run) => summarize_run(run, standing),
        EventKind::Claim(claim) => {
            format!(
                "{} claimed the review until {}",
                claim.by,
                timestamps::format_time(claim.until_ms)
            )
        }
        EventKind::Review(review) => format!("{}: {}", review.by, describe_act(&review.action)),
        EventKind::Level(change) => {
            let why = describe_level_reason(&change.reason);
            format!("{} {} to {}: {why}", change.scheme, change.from, change.to)
        }
        EventKind::Rollout(rollout) => {
            let release = lookup::short_digest(&rollout.release);
            format!("release {release} {}, by {}", describe_stage(rollout.stage), rollout.by)
        }
        EventKind::Rollback(rollback) => {
            let act =
                if rollback.run.is_some() { "output retracted" } else { "release rolled back" };
            format!("{act} by {}: {}", rollback.by, rollback.reason)
        }
        EventKind::Incident(incident) => {
            format!("{}, reported by {}", incident.description, incident.by)
        }
        EventKind::Kpi(figure) => {
            format!("{} is {}, reported by {}", figure.kpi, figure.value, figure.source)
        }
        EventKind::Spend(spend) => match &spend.campaign {
            Some(campaign) => format!("{} for {campaign}", spend.amount),
            None => spend.amount.to_string(),
        },
        EventKind::Change(change) => format!("{}: {}", change.system, change.change),
        EventKind::Erasure(erasure) => {
            let count = erasure.contents.len();
            format!("{count} contents erased by {}: {}", erasure.by, erasure.reason)
        }
    };
    single_line(&words)
}

/// Describes the ruling, how the run stands now if that is different, and the first reason.
fn summarize_run(run: &RunEvent, standing: Option<&RunStanding>) -> String {
    let ruling = run.decision.ruling;
    let since = standing.map(|now| now.describe_change(ruling));
    let shadow = run.decision.would_be.map(|would_be| format!(" (shadow; would be {would_be})"));
    let reason = run.decision.reasons.first().map(|reason| match reason.lifted {
        // The reason alone would contradict the ruling.
        true => format!(": approved, was held: {}", reason.kind),
        false => format!(": {}", reason.kind),
    });
    let [since, shadow, reason] = [since, shadow, reason].map(Option::unwrap_or_default);
    format!("{ruling}{since}{shadow}{reason}")
}

/// Describes the act of a reviewer.
pub(in crate::cli) fn describe_act(act: &ReviewAction) -> String {
    match act {
        ReviewAction::Approve => "approve".into(),
        ReviewAction::Edit { edited } => {
            format!("edit to an output with the digest {}", lookup::short_digest(edited))
        }
        ReviewAction::Reject { reason } => format!("reject: {reason}"),
        ReviewAction::Escalate { reason } => format!("escalate: {reason}"),
    }
}

pub(in crate::cli) fn describe_level_reason(reason: &LevelChangeReason) -> String {
    match reason {
        LevelChangeReason::Promoted { accepted_by, reviewed, approval_rate } => {
            let rate = approval_rate.as_f64() * 100.0;
            format!(
                "accepted by {accepted_by}, {rate:.0} % of {reviewed} reviewed outputs approved"
            )
        }
        LevelChangeReason::Demoted { causes } => {
            let causes: Vec<_> = causes.iter().map(ToString::to_string).collect();
            causes.join("; ")
        }
        LevelChangeReason::Lowered { by, reason: because } => format!("by {by}: {because}"),
    }
}

fn describe_stage(stage: RolloutStage) -> String {
    match stage {
        RolloutStage::Shadow => "runs in shadow".into(),
        RolloutStage::Canary { share } => {
            format!("decides for {:.0} % of the outputs", share.as_f64() * 100.0)
        }
        RolloutStage::Full => "decides for all outputs".into(),
        RolloutStage::Aborted => "was aborted".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn early_text_is_described_with_its_end() {
        let early = EarlyText { bytes: 9, abandoned: false };
        let text = "9 bytes of its text had gone out before the decision";
        assert_eq!(describe_early_text(early), text);
        let abandoned = describe_early_text(EarlyText { abandoned: true, ..early });
        assert_eq!(abandoned, format!("{text}, and the writing was given up"));
    }
}
