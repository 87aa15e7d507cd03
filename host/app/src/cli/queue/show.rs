//! `tollgate queue show`: what a reviewer sees.

use clap::Args;
use serde_json::{Value, json};
use tollgate_model::{Content, Finding, Gate, Kept, Subject, Verdict};

use super::list::Item;
use crate::cli::log::words;
use crate::cli::{clock, gate, looking};
use crate::console::{self, BAD, QUIET, STRONG, harmless, paint};
use crate::exit::Exit;
use crate::recorded::{Recorded, short};
use crate::run::Open;
use crate::{gates, moments, verdict};

/// Shows a reviewer what there is to see of a run: the output, what was found in it and where, why it is
/// held, what happened to it, and what they have to answer.
///
/// Example: tollgate queue show 3fe52a7f50bd
#[derive(Args)]
pub(super) struct Show {
    /// The run, or as much of its name as tells it from the others.
    #[arg(value_name = "RUN")]
    run: String,
    /// Write JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    recorded: Recorded,
}

impl Show {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        let view = self.recorded.view(&project)?;
        let now_ms = clock::now_ms()?;
        let open = Open::named(&view, &self.run)?;
        let gate = gates::named(&project, open.row.gate.as_str())?;
        looking::look(&view, &project, &self.recorded, &gate, now_ms)?;
        let item = Item { open: &open, gate: Some(&gate), now_ms };
        if self.json {
            console::say(format!("{:#}", json_of(&item, &gate)));
        } else {
            tell(&item, &gate);
        }
        Ok(Exit::Pass)
    }
}

fn tell(item: &Item<'_>, gate: &Gate) {
    let (row, run) = (&item.open.row, &item.open.run);
    let name = paint(STRONG, short(&row.run));
    let time = match row.closed {
        Some(seq) => format!("does not wait any more, since event {seq}"),
        None => item.told_time(),
    };
    console::say(format!("{name}  {}  {}  {time}", row.gate, run.decision.ruling));
    item.people().iter().for_each(|line| said(line));
    let prompt = run.prompt.as_ref();
    let prompt = prompt.map(|prompt| format!("{} {}", prompt.name, prompt.version));
    let authors: Vec<_> = item.open.authors.iter().map(ToString::to_string).collect();
    let authors = Some(authors.join(", ")).filter(|names| !names.is_empty());
    let edited_from = run.edited_from.map(|from| short(&from));
    let rows = [
        ("prompt", prompt),
        ("model", run.model.clone()),
        ("written by", authors),
        ("edited from", edited_from),
        ("release", Some(short(&run.release))),
    ];
    for (key, value) in rows {
        let Some(value) = value else { continue };
        console::say(format!("  {} {}", paint(QUIET, format!("{key:12}")), harmless(&value)));
    }
    tell_output(item.open);
    tell_findings(item.open);
    heading("why it is held");
    for reason in &run.decision.reasons {
        said(&format!("{:5} {reason}", reason.effect.to_string()));
    }
    heading("what happened");
    for event in &item.open.history {
        let (at, what) = (moments::shown(event.event.at_ms), event.event.what.kind());
        let few = words::in_few_words(event, None);
        console::say(format!("  {}  {what:8}  {few}", paint(QUIET, at)));
    }
    if row.closed.is_none() {
        tell_review(item, gate);
    }
}

fn tell_output(open: &Open) {
    let (title, subject) = match &open.run.content {
        Kept::Full(subject) => ("the output", Some(subject)),
        Kept::Masked(subject) => ("the output, without what is personal", Some(subject)),
        Kept::Digest => ("the output is not kept: whoever reviews it has to have it", None),
        Kept::Erased => ("the output was erased", None),
    };
    heading(title);
    let Some(subject) = subject else { return said(&open.run.subject.to_string()) };
    let (before, text) = match &subject.content {
        Content::Text(text) => (None, text.as_str()),
        Content::Json(json) => (None, json.as_str()),
        Content::Action { tool, arguments } => (Some(tool), arguments.as_str()),
    };
    if let Some(tool) = before {
        said(&format!("it would call `{tool}` with"));
    }
    for line in harmless(text).lines() {
        console::say(format!("  {} {line}", paint(QUIET, "|")));
    }
    let context = words::line(&format!("context {}", subject.context.as_str()));
    console::say(format!("  {}", paint(QUIET, context)));
}

fn tell_findings(open: &Open) {
    heading("what the contracts said");
    if open.details_gone {
        return said("it was erased: put the output through `tollgate check` again");
    }
    let nothing = Subject::new(Content::Text(String::new()));
    let subject = match &open.run.content {
        Kept::Full(subject) | Kept::Masked(subject) => subject,
        Kept::Digest | Kept::Erased => &nothing,
    };
    for check in &open.run.checks {
        if check.verdicts.is_empty() {
            let name = harmless(&check.contract);
            console::say(format!("  {}  {name}", paint(BAD, "not evaluated")));
        }
        check.verdicts.iter().for_each(|one| tell_verdict(&check.contract, one, subject));
    }
    if let Some(note) = places_moved(open).filter(|_| has_findings(open)) {
        console::say(format!("  {}", paint(QUIET, note)));
    }
}

fn tell_verdict(contract: &str, one: &Verdict, subject: &Subject) {
    let name = harmless(contract);
    match &one.said {
        Ok(report) => {
            console::say(format!("  {}  {name}", verdict::outcome(report.outcome)));
            for finding in &report.findings {
                let rule = harmless(&finding.rule);
                verdict::tell_finding(&Finding { rule, ..finding.clone() }, subject);
            }
        }
        Err(failure) => {
            console::say(format!("  {}  {name}", paint(BAD, "not evaluated")));
            said(&failure.to_string());
        }
    }
}

fn has_findings(open: &Open) -> bool {
    let verdicts = open.run.checks.iter().flat_map(|check| &check.verdicts);
    verdicts.filter_map(|one| one.said.as_ref().ok()).any(|report| !report.findings.is_empty())
}

/// Places are those of the output as it was.
fn places_moved(open: &Open) -> Option<&'static str> {
    match open.run.content {
        Kept::Masked(_) => Some("places are those of the whole output: masks may move them"),
        Kept::Digest | Kept::Erased => Some("places are in bytes, or as lines of what is not kept"),
        Kept::Full(_) => None,
    }
}

fn tell_review(item: &Item<'_>, gate: &Gate) {
    let review = &gate.review;
    heading("what a reviewer answers");
    for check in &review.checklist {
        let takes = check.answer.as_ref().map(|answer| format!("  it takes `{answer}`"));
        let evidence = if check.evidence { ", and evidence" } else { "" };
        let takes = takes.unwrap_or_default();
        said(&format!("{:12} {}{takes}{evidence}", check.item.as_str(), check.question));
    }
    if review.checklist.is_empty() {
        said("nothing");
    }
    heading("who may review");
    review.reviewers.iter().for_each(|holder| said(&holder.to_string()));
    review.roles.iter().for_each(|role| said(&format!("whoever has the role `{role}`")));
    if let Some(holder) = item.escalated_to() {
        said(&format!("it has gone up to {holder}"));
    }
    let not = review.may_not.iter().chain(&gate.author).chain(&item.open.authors);
    let mut not: Vec<_> = not.map(ToString::to_string).collect();
    not.sort();
    not.dedup();
    if !not.is_empty() {
        said(&format!("but not {}", not.join(", ")));
    }
    said(&format!("people that have to approve: {}", item.people_wanted().unwrap_or(1)));
    heading("to type");
    said(&command(item, gate));
}

/// What a reviewer types who has nothing against it.
fn command(item: &Item<'_>, gate: &Gate) -> String {
    let run = short(&item.open.row.run);
    let mut command = format!("tollgate queue review {run} --approve --reviewer NAME");
    for check in &gate.review.checklist {
        let answer = check.answer.as_ref().map_or("ANSWER", |answer| answer.as_str());
        command.push_str(&format!(" --check '{}={answer}'", check.item));
        if check.evidence {
            command.push_str(&format!(" --evidence '{}=WHAT YOU LOOKED AT'", check.item));
        }
    }
    command
}

fn json_of(item: &Item<'_>, gate: &Gate) -> Value {
    let run = &item.open.run;
    let history = item.open.history.iter().map(|event| json!(words::Written::of(event, None)));
    let history: Vec<_> = history.collect();
    let mut value = item.json();
    if let Value::Object(members) = &mut value {
        members.insert("content".into(), json!(run.content));
        members.insert("subject".into(), json!(run.subject));
        members.insert("prompt".into(), json!(run.prompt));
        members.insert("model".into(), json!(run.model));
        members.insert("release".into(), json!(run.release));
        members.insert("checks".into(), json!(run.checks));
        members.insert("checklist".into(), json!(gate.review.checklist));
        members.insert("reviewers".into(), json!(gate.review.reviewers));
        members.insert("roles".into(), json!(gate.review.roles));
        members.insert("history".into(), history.into());
        members.insert("command".into(), command(item, gate).into());
    }
    value
}

fn heading(text: &str) {
    console::say(paint(STRONG, text));
}

/// A line below a heading; what others wrote may have several.
fn said(text: &str) {
    harmless(text).lines().for_each(|line| console::say(format!("  {line}")));
}
