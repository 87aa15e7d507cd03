//! What each contract said, with the version that said it.

use tollgate_ledger::Recorded as Event;
use tollgate_model::{
    Checked, Content, Determinism, Finding, Kept, PinnedContract, RunEvent, Subject, Verdict, What,
};

use super::{Known, said};
use crate::cli::log::kept;
use crate::console::{self, BAD, QUIET, harmless, paint};
use crate::verdict;

/// Tells it, of the last time that it was asked.
pub(super) fn tell(known: &Known<'_>) -> anyhow::Result<()> {
    let (event, run) = asked(known)?;
    if let Some(gone) = kept::gone(known.view, event, kept::is_details)? {
        said(&gone);
        pinned(known).iter().for_each(|pinned| {
            said(&format!("{} {} was asked", pinned.called, pinned.version));
        });
        return Ok(());
    }
    if known.release.is_none() {
        said(&format!(
            "which versions they had is not known: the release {} is not in the ledger any more",
            run.release
        ));
    }
    if run.checks.is_empty() {
        said("none was asked");
    }
    let subject = subject(run);
    run.checks.iter().for_each(|checked| one(known, checked, &subject));
    Ok(())
}

/// The event with what they said: one that was approved later may not say it again.
pub(super) fn asked<'k>(known: &'k Known<'_>) -> anyhow::Result<(&'k Event, &'k RunEvent)> {
    let with_checks = known.history.iter().rev().find_map(|event| match &event.event.what {
        What::Run(run) if run.run == known.row.run && !run.checks.is_empty() => {
            Some((event, &**run))
        }
        _ => None,
    });
    with_checks.map_or_else(|| known.decided(), Ok)
}

fn pinned<'k>(known: &'k Known<'_>) -> &'k [PinnedContract] {
    known.release.as_ref().map_or(&[], |release| &release.contracts)
}

fn one(known: &Known<'_>, checked: &Checked, subject: &Subject) {
    let pinned = pinned(known).iter().find(|pinned| pinned.called == checked.contract);
    let version = pinned.map_or("of a version that is not known".into(), |pinned| {
        if pinned.name.to_string() == pinned.called {
            pinned.version.to_string()
        } else {
            format!("({} {})", pinned.name, pinned.version)
        }
    });
    let nature = match checked.determinism {
        Determinism::Deterministic => "",
        Determinism::Probabilistic => "  asks a model",
    };
    let name = harmless(&checked.contract);
    for verdict in &checked.verdicts {
        answer(&format!("{name} {version}{nature}"), verdict, subject);
    }
    if checked.verdicts.is_empty() {
        console::say(format!("  {}  {name} {version}{nature}", paint(BAD, "not evaluated")));
    }
}

fn answer(name: &str, verdict: &Verdict, subject: &Subject) {
    let cost = paint(QUIET, format!("{} fuel", verdict.fuel_used));
    match &verdict.said {
        Ok(report) => {
            console::say(format!("  {}  {name}  {cost}", verdict::outcome(report.outcome)));
            for finding in &report.findings {
                let rule = harmless(&finding.rule);
                verdict::tell_finding(&Finding { rule, ..finding.clone() }, subject);
            }
        }
        Err(failure) => {
            console::say(format!("  {}  {name}  {cost}", paint(BAD, failure.kind())));
            said(&format!("  {failure}"));
        }
    }
}

/// What places in findings are told by. Of an output that is not there they are bytes.
fn subject(run: &RunEvent) -> Subject {
    match &run.content {
        Kept::Full(subject) | Kept::Masked(subject) => (**subject).clone(),
        Kept::Digest | Kept::Erased => {
            let arguments = tollgate_model::JsonText::empty_object();
            Subject::new(Content::Json(arguments))
        }
    }
}
