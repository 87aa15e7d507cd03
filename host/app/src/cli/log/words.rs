//! Events in a few words, and in full for programs.

use serde::Serialize;
use tollgate_ledger::{Held, Recorded};
use tollgate_model::{Act, Digest, GateName, LevelReason, RolloutStage, Ruling, RunEvent, What};

use crate::{console, moments, recorded};

/// What a person reads of an event in a list; `show` has all of it.
const CHARACTERS_MAX: usize = 100;

/// An event, for programs.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::cli) struct Written<'a> {
    seq: u64,
    at: String,
    at_ms: u64,
    gate: &'a GateName,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<Digest>,
    /// Of a run: how it was decided the last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided: Option<Ruling>,
    hash: Digest,
    what: &'a What,
    contents: &'a [Held],
    erased: &'a [Digest],
}

impl<'a> Written<'a> {
    pub(in crate::cli) fn of(recorded: &'a Recorded, decided: Option<Ruling>) -> Self {
        let Recorded { seq, hash, event, contents, erased } = recorded;
        Self {
            seq: *seq,
            at: moments::rfc3339(event.at_ms),
            at_ms: event.at_ms,
            gate: &event.gate,
            kind: event.what.kind(),
            run: event.what.run(),
            decided,
            hash: *hash,
            what: &event.what,
            contents,
            erased,
        }
    }
}

/// Text that somebody else wrote, in one line of a list.
pub(in crate::cli) fn line(text: &str) -> String {
    let mut characters = console::harmless(text).replace(['\n', '\t'], " ");
    if let Some((end, _)) = characters.char_indices().nth(CHARACTERS_MAX) {
        characters.truncate(end);
        characters.push('…');
    }
    characters
}

/// What happened, in a few words.
pub(in crate::cli) fn in_few_words(recorded: &Recorded, decided: Option<Ruling>) -> String {
    let words = match &recorded.event.what {
        What::Run(run) => of_run(run, decided),
        What::Claim(claim) => {
            format!("{} took the review until {}", claim.by, moments::shown(claim.until_ms))
        }
        What::Review(review) => format!("{}: {}", review.by, act(&review.act)),
        What::Level(change) => {
            let why = level(&change.reason);
            format!("{} {} to {}: {why}", change.scheme, change.from, change.to)
        }
        What::Rollout(rollout) => {
            let release = recorded::short(&rollout.release);
            format!("release {release} {}, by {}", stage(rollout.stage), rollout.by)
        }
        What::Rollback(rollback) => {
            let what = if rollback.run.is_some() { "an output" } else { "a release" };
            format!("{} took {what} back: {}", rollback.by, rollback.reason)
        }
        What::Incident(incident) => format!("{}, says {}", incident.what, incident.by),
        What::Kpi(figure) => format!("{} is {}, says {}", figure.kpi, figure.value, figure.source),
        What::Spend(spend) => match &spend.campaign {
            Some(campaign) => format!("{} for {campaign}", spend.amount),
            None => spend.amount.to_string(),
        },
        What::Change(change) => format!("{}: {}", change.system, change.change),
        What::Erasure(erasure) => {
            let count = erasure.contents.len();
            format!("{count} contents, by {}: {}", erasure.by, erasure.reason)
        }
    };
    line(&words)
}

/// The ruling, what became of it, and the first reason.
fn of_run(run: &RunEvent, decided: Option<Ruling>) -> String {
    let ruling = run.decision.ruling;
    let since = decided.filter(|now| *now != ruling).map(|now| format!(", since then {now}"));
    let shadow = run.decision.would_be.map(|would_be| format!(" (in shadow; else {would_be})"));
    let reason = run.decision.reasons.first().map(|reason| format!(": {}", reason.cause));
    let [since, shadow, reason] = [since, shadow, reason].map(Option::unwrap_or_default);
    format!("{ruling}{since}{shadow}{reason}")
}

/// What a reviewer did.
pub(in crate::cli) fn act(act: &Act) -> String {
    match act {
        Act::Approve => "approve".into(),
        Act::Edit { edited } => format!("edit, to {}", recorded::short(edited)),
        Act::Reject { reason } => format!("reject: {reason}"),
        Act::Escalate { reason } => format!("escalate: {reason}"),
    }
}

pub(in crate::cli) fn level(reason: &LevelReason) -> String {
    match reason {
        LevelReason::Promoted { accepted_by, reviewed, approval_rate } => {
            let rate = approval_rate.number() * 100.0;
            format!("accepted by {accepted_by}, {rate:.0} % of {reviewed} were approved")
        }
        LevelReason::Demoted { causes } => {
            let causes: Vec<_> = causes.iter().map(ToString::to_string).collect();
            causes.join("; ")
        }
        LevelReason::Lowered { by, because } => format!("by {by}: {because}"),
    }
}

fn stage(stage: RolloutStage) -> String {
    match stage {
        RolloutStage::Shadow => "judges in shadow".into(),
        RolloutStage::Canary { share } => format!("decides for {:.0} %", share.number() * 100.0),
        RolloutStage::Full => "decides".into(),
        RolloutStage::Aborted => "was aborted".into(),
    }
}
