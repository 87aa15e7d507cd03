//! Prints the outcome of a review or claim.

use std::fmt::Display;

use tollgate_govern::review::ReviewRuleError;
use tollgate_model::{Decision, Digest, Gate, NonBlankString, ReasonEffect, Ruling};

use crate::cli::log::event_summary;
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, paint, print_indented};
use crate::exit::Exit;
use crate::shell_words::quote_word;
use crate::{hints, timestamps};
use tollgate::gate::DecidedRun;
use tollgate::lookup::short_digest;
use tollgate::review::{PendingReview, ReviewError, ReviewOutcome};

/// Prints all reasons why a review or claim was refused, with remedies.
pub(super) fn print_refusal(pending: &PendingReview, gate: &Gate, errors: &[ReviewError]) -> Exit {
    let name = short_digest(&pending.queued.run);
    console::print(format!("{}  run {name}: nothing is recorded", paint(BAD, "refused")));
    for error in errors {
        console::print(format!("  {}", describe_error(error)));
        if let Some(remedy) = remedy_for(error, gate) {
            // Roles and items of a gate can have line breaks.
            console::print(paint(QUIET, format!("    {}", remedy.replace('\n', " "))));
        }
    }
    Exit::Fail
}

fn describe_error(error: &ReviewError) -> String {
    let message = match error {
        ReviewError::Rule(ReviewRuleError::Claimed { by, until_ms }) => {
            format!("{by} has claimed it until {}", timestamps::format_time(*until_ms))
        }
        other => other.to_string(),
    };
    message.replace('\n', " ")
}

/// Returns the remedy for a refusal, if there is one.
fn remedy_for(error: &ReviewError, gate: &Gate) -> Option<String> {
    let ReviewError::Rule(refusal) = error else { return hints::hint(error) };
    Some(match refusal {
        ReviewRuleError::Unanswered(item, _) => {
            format!("answer it with `--check {}`", quote_word(&format!("{item}=ANSWER")))
        }
        ReviewRuleError::EvidenceMissing(item) => {
            format!("give it with `--evidence {}`", quote_word(&format!("{item}=TEXT")))
        }
        ReviewRuleError::WrongAnswer { .. } => {
            "this answer does not allow an approval: use `--edit @FILE` or `--reject REASON`".into()
        }
        ReviewRuleError::NotAReviewer(_) if !gate.review.roles.is_empty() => {
            let roles: Vec<_> = gate.review.roles.iter().map(NonBlankString::as_str).collect();
            format!("name a role of the reviewer with `--role`: {}", roles.join(", "))
        }
        ReviewRuleError::NotEscalatedTo(_) => {
            let path: Vec<_> = gate.review.escalate_to.iter().map(ToString::to_string).collect();
            format!("it is escalated to {}", path.join(", "))
        }
        ReviewRuleError::CannotBeApproved(_) => lift_remedy(gate),
        _ => return None,
    })
}

/// Returns what to do about a reason that no approval lifts.
pub(super) fn lift_remedy(gate: &Gate) -> String {
    format!(
        "correct this in the gate and run `tollgate release {}`: a review then judges the output again; or reject it",
        gate.name
    )
}

/// Prints that another review or release was recorded first, so nothing was recorded.
pub(super) fn print_conflict(run: Digest, conflict: &dyn Display) -> Exit {
    let name = short_digest(&run);
    console::print(format!("{}  run {name}: nothing is recorded", paint(BAD, "refused")));
    console::print(format!("  {conflict}"));
    console::print(paint(QUIET, format!("    `tollgate queue show {name}`")));
    Exit::Fail
}

/// Prints the outcome of a review and returns its exit code.
pub(super) fn print_outcome(
    pending: &PendingReview,
    gate: &Gate,
    outcome: &ReviewOutcome,
    by: &str,
) -> Exit {
    let name = short_digest(&pending.queued.run);
    let say = |style, word: &str, what: String| {
        console::print(format!("{}  run {name}: {what}", paint(style, word)));
    };
    match outcome {
        ReviewOutcome::Refused(errors) => return print_refusal(pending, gate, errors),
        ReviewOutcome::Decided(decided) => return print_decided(pending, decided, by),
        ReviewOutcome::Rejudged(decided) => return print_rejudged(pending, decided),
        ReviewOutcome::MoreApprovalsNeeded(count) => {
            let people = if *count == 1 {
                "one other person".into()
            } else {
                format!("{count} other people")
            };
            say(DOUBT, "hold ", format!("approved by {by}; {people} must approve it too"));
        }
        ReviewOutcome::Rejected => say(BAD, "rejected", "it does not go out".into()),
        ReviewOutcome::Escalated(Some(holder)) => {
            let holder = event_summary::single_line(&holder.to_string());
            say(DOUBT, "escalated", format!("{holder} decides"));
        }
        ReviewOutcome::Escalated(None) => {
            say(DOUBT, "escalated", "the gate names nobody to escalate to (`escalate-to`)".into());
        }
        ReviewOutcome::AuditConfirmed => say(GOOD, "confirmed", "it went out correctly".into()),
        ReviewOutcome::AuditRejected => {
            say(BAD, "rejected", "it should not have gone out: an incident is recorded".into());
            print_rollback_plan(gate);
            console::print(paint(
                QUIET,
                format!("  after retracting it: `tollgate retract {name} --by NAME --reason TEXT`"),
            ));
        }
        other => say(DOUBT, "reviewed", other.to_string()),
    }
    Exit::Pass
}

/// Prints how an output is retracted, and by whom. The tool itself notifies nobody.
pub(in crate::cli) fn print_rollback_plan(gate: &Gate) {
    match &gate.oversight.rollback {
        Some(plan) => {
            print_indented(&format!("how to retract it: {}", plan.handler));
            print_indented(&format!("responsible: {}", plan.owner));
        }
        None => console::warn("the gate does not define how to retract an output (`rollback`)"),
    }
}

fn print_decided(pending: &PendingReview, decided: &DecidedRun, by: &str) -> Exit {
    let (name, decision) = (short_digest(&decided.run), &decided.decision);
    let origin = match decided.run == pending.queued.run {
        true => String::new(),
        false => format!(" (edited from {})", short_digest(&pending.queued.run)),
    };
    match decision.ruling {
        Ruling::Allow => {
            let allow = paint(GOOD, "allow");
            console::print(format!("{allow}  run {name}{origin}: it goes out, approved by {by}"));
        }
        Ruling::Hold => {
            let hold = paint(DOUBT, "hold ");
            console::print(format!("{hold}  run {name}{origin}: it waits for another review"));
        }
        // A quality gate reviews nothing, and its rulings let nothing out.
        Ruling::Block | Ruling::Pass | Ruling::Fail => {
            let ruling = paint(BAD, decision.ruling);
            console::print(format!("{ruling}  run {name}{origin}: it does not go out"));
        }
    }
    print_reasons(decision);
    if let Some(until_ms) = decision.undo_until_ms {
        console::print(format!("  can be retracted until {}", timestamps::format_time(until_ms)));
    }
    exit_for(decision)
}

fn print_rejudged(pending: &PendingReview, decided: &DecidedRun) -> Exit {
    let (name, decision) = (short_digest(&pending.queued.run), &decided.decision);
    let (style, ruling) = match decision.ruling {
        Ruling::Block | Ruling::Pass | Ruling::Fail => (BAD, "block"),
        Ruling::Hold | Ruling::Allow => (DOUBT, "hold "),
    };
    console::print(format!(
        "{}  run {name}: the gate has changed, so the output was judged again",
        paint(style, ruling)
    ));
    print_reasons(decision);
    if decision.ruling == Ruling::Hold {
        console::print(paint(
            QUIET,
            format!(
                "  the review is not recorded, because nobody has seen the new reasons yet: run \
                 `tollgate queue show {name}` and review it again"
            ),
        ));
    }
    Exit::Fail
}

fn print_reasons(decision: &Decision) {
    // Notes matter only for an output that goes out; otherwise they would hide the reasons against it.
    let goes_out = decision.ruling == Ruling::Allow;
    let is_shown = |effect: ReasonEffect| goes_out || effect != ReasonEffect::Note;
    for reason in decision.reasons.iter().filter(|reason| is_shown(reason.effect)) {
        console::print(format!(
            "  {:5} {}",
            reason.effect.to_string(),
            event_summary::single_line(&reason.to_string())
        ));
    }
}

fn exit_for(decision: &Decision) -> Exit {
    if decision.ruling == Ruling::Allow { Exit::Pass } else { Exit::Fail }
}
