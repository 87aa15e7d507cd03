//! What came of a review, for people.

use tollgate_govern::review::Refusal;
use tollgate_ledger::{Appended, Error};
use tollgate_model::{Decision, Effect, Gate, Ruling, Words};

use crate::cli::log::words;
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, harmless, paint};
use crate::exit::Exit;
use crate::moments;
use crate::recorded::short;
use crate::run::{Against, Became, Decided, Open};

/// Nothing was recorded, and why.
pub(super) fn refused(open: &Open, gate: &Gate, against: &[Against]) -> Exit {
    let name = short(&open.row.run);
    console::say(format!("{}  run {name}: nothing is recorded", paint(BAD, "refused")));
    for one in against {
        console::say(format!("  {}", words_of(one)));
        if let Some(remedy) = remedy(one, gate) {
            console::say(paint(QUIET, format!("    {}", harmless(&remedy))));
        }
    }
    Exit::Fail
}

fn words_of(against: &Against) -> String {
    let told = match against {
        Against::Rule(Refusal::Claimed { by, until_ms }) => {
            format!("{by} has taken it, until {}", moments::shown(*until_ms))
        }
        other => other.to_string(),
    };
    harmless(&told).replace('\n', " ")
}

/// What to type, or to do, against a refusal.
fn remedy(against: &Against, gate: &Gate) -> Option<String> {
    let Against::Rule(refusal) = against else { return None };
    Some(match refusal {
        Refusal::NotAnswered(item, _) => format!("answer it with `--check '{item}=ANSWER'`"),
        Refusal::NoEvidence(item) => format!("say it with `--evidence '{item}=TEXT'`"),
        Refusal::OtherAnswer { .. } => {
            "what is not so is not approved: `--edit @FILE` or `--reject REASON`".into()
        }
        Refusal::NotAReviewer(_) if !gate.review.roles.is_empty() => {
            let roles: Vec<_> = gate.review.roles.iter().map(Words::as_str).collect();
            format!("with `--role`, where they have it: {}", roles.join(", "))
        }
        Refusal::NotEscalatedTo(_) => {
            let path: Vec<_> = gate.review.escalate_to.iter().map(ToString::to_string).collect();
            format!("it goes to {}", path.join(", "))
        }
        Refusal::CannotBeApproved(_) => {
            "put that right and put the output through `tollgate check` again, or reject it".into()
        }
        _ => return None,
    })
}

/// Somebody else was first: nothing was recorded.
pub(super) fn conflict(
    open: &Open,
    recorded: Result<Appended, Error>,
) -> anyhow::Result<Option<Exit>> {
    match recorded {
        Ok(_) => Ok(None),
        Err(Error::Conflict(conflict)) => {
            let name = short(&open.row.run);
            console::say(format!("{}  run {name}: nothing is recorded", paint(BAD, "refused")));
            console::say(format!("  {conflict}"));
            console::say(paint(QUIET, format!("    `tollgate queue show {name}`")));
            Ok(Some(Exit::Fail))
        }
        Err(error) => Err(error.into()),
    }
}

/// What was recorded.
pub(super) fn recorded(open: &Open, gate: &Gate, became: &Became, by: &str) -> Exit {
    let (name, by) = (short(&open.row.run), harmless(by));
    let say = |style, word: &str, what: String| {
        console::say(format!("{}  run {name}: {what}", paint(style, word)));
    };
    match became {
        Became::Refused(against) => return refused(open, gate, against),
        Became::Decided(decided) => return tell_decided(open, decided, &by),
        Became::JudgedAnew(decided) => return tell_anew(open, decided),
        Became::AnotherPerson(wanted) => {
            let people = if *wanted == 1 {
                "one other person".into()
            } else {
                format!("{wanted} other people")
            };
            say(DOUBT, "hold ", format!("{by} approved it, and {people} has to approve it too"));
        }
        Became::Rejected => say(BAD, "rejected", "it does not go out".into()),
        Became::Escalated(Some(holder)) => {
            say(DOUBT, "escalated", format!("{} has it", harmless(&holder.to_string())));
        }
        Became::Escalated(None) => {
            say(DOUBT, "escalated", "and the gate names nobody (`escalate-to`) who gets it".into());
        }
        Became::Confirmed => say(GOOD, "confirmed", "it went out, and rightly so".into()),
        Became::Regretted => {
            say(BAD, "rejected", "it went out and should not have: an incident is recorded".into());
            tell_rollback(gate);
            console::say(paint(
                QUIET,
                format!(
                    "  when it is taken back: `tollgate rollback {name} --by NAME --reason TEXT`"
                ),
            ));
        }
    }
    Exit::Pass
}

/// How an output is taken back, and by whom. The tool calls nobody.
pub(in crate::cli) fn tell_rollback(gate: &Gate) {
    match &gate.oversight.rollback {
        Some(plan) => {
            console::say(format!("  how it is taken back: {}", harmless(plan.handler.as_str())));
            console::say(format!("  who does that: {}", harmless(&plan.owner.to_string())));
        }
        None => console::warn("the gate does not say how an output is taken back (`rollback`)"),
    }
}

fn tell_decided(open: &Open, decided: &Decided, by: &str) -> Exit {
    let (name, decision) = (short(&decided.run), &decided.decision);
    let of = match decided.run == open.row.run {
        true => String::new(),
        false => format!(" (edited from {})", short(&open.row.run)),
    };
    match decision.ruling {
        Ruling::Allow => {
            let allow = paint(GOOD, "allow");
            console::say(format!("{allow}  run {name}{of}: it goes out, approved by {by}"));
        }
        Ruling::Hold => {
            let hold = paint(DOUBT, "hold ");
            console::say(format!("{hold}  run {name}{of}: it waits for another review"));
        }
        Ruling::Block => {
            console::say(format!("{}  run {name}{of}: it does not go out", paint(BAD, "block")));
        }
    }
    tell_reasons(decision);
    if let Some(until_ms) = decision.undo_until_ms {
        console::say(format!("  it can be taken back until {}", moments::shown(until_ms)));
    }
    exit(decision)
}

fn tell_anew(open: &Open, decided: &Decided) -> Exit {
    let (name, decision) = (short(&open.row.run), &decided.decision);
    let (style, ruling) = match decision.ruling {
        Ruling::Block => (BAD, "block"),
        Ruling::Hold | Ruling::Allow => (DOUBT, "hold "),
    };
    console::say(format!(
        "{}  run {name}: the gate has changed since, and judged it anew",
        paint(style, ruling)
    ));
    tell_reasons(decision);
    if decision.ruling == Ruling::Hold {
        console::say(paint(
            QUIET,
            format!(
                "  nobody has seen that yet, and the review is not recorded: look at it \
                 (`tollgate queue show {name}`) and review it then"
            ),
        ));
    }
    Exit::Fail
}

fn tell_reasons(decision: &Decision) {
    let goes_out = decision.ruling == Ruling::Allow;
    let tells = |effect: Effect| goes_out || effect != Effect::Note;
    for reason in decision.reasons.iter().filter(|reason| tells(reason.effect)) {
        console::say(format!(
            "  {:5} {}",
            reason.effect.to_string(),
            words::line(&reason.to_string())
        ));
    }
}

fn exit(decision: &Decision) -> Exit {
    if decision.ruling == Ruling::Allow { Exit::Pass } else { Exit::Fail }
}
