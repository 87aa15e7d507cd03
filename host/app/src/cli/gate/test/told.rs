//! How cases are told: for people, as JSON, and for build servers.

use std::io::Write;

use serde_json::{Value, json};

use super::Tried;
use super::case::{label, told};
use crate::cli::check::format::junit::{Came, Case, Suite};
use crate::console::{self, BAD, GOOD, QUIET, STRONG, harmless, paint};

/// What people read.
pub(super) fn human(all: &[Tried]) {
    let mut gate = None;
    for one in all {
        if gate.replace(&one.gate) != Some(&one.gate) {
            console::say(paint(STRONG, &one.gate));
        }
        let id = harmless(&one.case.id).replace('\n', " ");
        if one.wrong.is_empty() {
            console::say(format!("  {}  {id}", paint(GOOD, "ok")));
            continue;
        }
        let place = paint(QUIET, format!("{}:{}", one.path.display(), one.case.line));
        console::say(format!("  {}  {id}  {place}", paint(BAD, "FAILED")));
        one.wrong.iter().for_each(|wrong| console::say(format!("      {}", harmless(wrong))));
        for reason in &one.decision.reasons {
            let reason = harmless(&told(reason)).replace('\n', " ");
            console::say(format!("      {}", paint(QUIET, reason)));
        }
    }
    let failed = all.iter().filter(|one| !one.wrong.is_empty()).count();
    console::say(format!("{} passed, {failed} failed", all.len() - failed));
}

/// What programs read.
pub(super) fn json(all: &[Tried]) {
    let cases: Vec<_> = all.iter().map(as_json).collect();
    let failed = all.iter().filter(|one| !one.wrong.is_empty()).count();
    let passed = all.len() - failed;
    console::say(format!("{:#}", json!({"passed": passed, "failed": failed, "cases": cases})));
}

fn as_json(one: &Tried) -> Value {
    let reasons = one.decision.reasons.iter().map(|reason| {
        json!({
            "effect": reason.effect,
            "because": label(&reason.cause),
            "sentence": reason.to_string(),
        })
    });
    json!({
        "gate": one.gate,
        "id": one.case.id,
        "file": one.path,
        "line": one.case.line,
        "expect": one.case.expect,
        "decision": one.decision.ruling,
        "wrong": one.wrong,
        "reasons": reasons.collect::<Vec<_>>(),
    })
}

/// What build servers read.
pub(super) fn junit(all: &[Tried]) -> anyhow::Result<()> {
    let mut suite = Suite::new()?;
    for one in all {
        let reasons = one.decision.reasons.iter().map(told);
        let details = one.wrong.iter().cloned().chain(reasons).collect::<Vec<_>>().join("\n");
        suite.add(&Case {
            name: &one.case.id,
            class: &one.gate.to_string(),
            file: &one.path.display().to_string(),
            line: Some(one.case.line),
            time_us: one.time_us,
            came: match one.wrong.is_empty() {
                true => Came::Passed,
                false => Came::Failed("not-as-expected", one.wrong.join("; "), details),
            },
        })?;
    }
    let mut out = anstream::stdout();
    suite.end(&mut out, "cases")?;
    Ok(out.flush()?)
}
