//! The same for programs.

use serde::Serialize;
use tollgate_ledger::Recorded as Event;
use tollgate_model::{
    Act, Checked, Decision, Digest, GateName, Holder, Kept, Person, Prompt, Release, SystemChange,
};

use super::{Known, contracts, questions};
use crate::cli::log::kept;
use crate::cli::log::words::Written;
use crate::{console, moments};

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Run<'k> {
    run: Digest,
    gate: &'k GateName,
    release: Digest,
    subject: Digest,
    requested: Requested,
    generated: Kept,
    reviewed: Vec<Reviewed>,
    accepted: Option<Digest>,
    rejected: bool,
    changed: Vec<SystemChange>,
    at: String,
    owner: Option<Holder>,
    decision: &'k Decision,
    checks: &'k [Checked],
    /// What became of the reasons and of what contracts said, where these are not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    details_gone: Option<String>,
    /// The release with all that it pins; nothing, where the ledger does not have it any more.
    pinned: Option<&'k Release>,
    history: Vec<Written<'k>>,
}

#[derive(Serialize)]
struct Requested {
    by: Option<Person>,
    prompt: Option<Prompt>,
    model: Option<String>,
}

#[derive(Serialize)]
struct Reviewed {
    at: String,
    by: Person,
    #[serde(flatten)]
    act: Act,
}

/// Writes all that is known of a run.
pub(super) fn write(known: &Known<'_>) -> anyhow::Result<()> {
    let answers = questions::of(known)?;
    let (event, run) = known.decided()?;
    let (_, asked) = contracts::asked(known)?;
    let requested = answers.requested;
    let reviewed = answers.reviewed.into_iter();
    let history = known.history.iter().map(|event: &Event| Written::of(event, None));
    let written = Run {
        run: known.row.run,
        gate: &known.row.gate,
        release: run.release,
        subject: run.subject,
        requested: Requested { by: requested.by, prompt: requested.prompt, model: requested.model },
        generated: answers.generated,
        reviewed: reviewed
            .map(|(at_ms, by, act)| Reviewed { at: moments::rfc3339(at_ms), by, act })
            .collect(),
        accepted: answers.accepted,
        rejected: answers.rejected,
        changed: answers.changed,
        at: moments::rfc3339(answers.at_ms),
        owner: answers.owner,
        decision: &run.decision,
        checks: &asked.checks,
        details_gone: kept::gone(known.view, event, kept::is_details)?,
        pinned: known.release.as_ref(),
        history: history.collect(),
    };
    console::say(serde_json::to_string_pretty(&written)?);
    Ok(())
}
