//! `tollgate queue review`: somebody approves, edits, rejects or hands on what is held.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{ArgGroup, Args};
use tokio::runtime::Builder;
use tollgate_govern::track;
use tollgate_ledger::View;
use tollgate_model::{Act, Answer, Gate, Subject, TimeSpan, Words};

use super::{Who, told};
use crate::cli::loading::engine;
use crate::cli::{clock, gate, looking};
use crate::console::{self, QUIET, paint};
use crate::exit::Exit;
use crate::project::Project;
use crate::recorded::Recorded;
use crate::run::{self, Became, Concluded, Keeper, Open, Ready, Reviewing, Said};
use crate::{files, gates};

/// Reviews what is held. Approving takes the gate's checklist, and an edited output is judged anew.
///
/// Everything that speaks against a review is told at once, and nothing is recorded then. Of two reviewers at
/// once one is first, and the other is told. What has gone out and is looked at afterwards is approved, or rejected
/// where it should not have gone out.
///
/// Ends with 0 where it was done as asked, with 1 where it was refused or the output does not go out for
/// another reason, and with 2 where it could not be tried.
///
/// Examples: tollgate queue review 3fe52a7f50bd --approve --reviewer "Kim Osei" --check tone=yes
///           tollgate queue review 3fe52a7f50bd --edit @better.txt --reviewer "Kim Osei" --check tone=yes
///           tollgate queue review 3fe52a7f50bd --reject "the offer is over" --reviewer "Kim Osei"
#[derive(Args)]
#[command(group(ArgGroup::new("act").required(true).args(["approve", "edit", "reject", "escalate"])))]
pub(super) struct Review {
    /// The run, or as much of its name as tells it from the others.
    #[arg(value_name = "RUN")]
    run: String,
    /// It goes out as it is.
    #[arg(long)]
    approve: bool,
    /// It goes out as this file has it: the text, the JSON document, or the arguments of the action; `-` is
    /// standard input.
    #[arg(long, value_name = "@FILE")]
    edit: Option<String>,
    /// It does not go out, and why.
    #[arg(long, value_name = "REASON")]
    reject: Option<Words>,
    /// Somebody else has to decide, and why.
    #[arg(long, value_name = "REASON")]
    escalate: Option<Words>,
    #[command(flatten)]
    who: Who,
    /// The answer to a question of the checklist.
    #[arg(long = "check", value_name = "ITEM=ANSWER", value_parser = pair)]
    checks: Vec<(Words, Words)>,
    /// What was looked at for an answer.
    #[arg(long, value_name = "ITEM=TEXT", value_parser = pair)]
    evidence: Vec<(Words, Words)>,
    /// How long they had it before them: `3m`.
    #[arg(long, value_name = "SPAN")]
    time: Option<TimeSpan>,
    /// The output, where the gate does not keep it: JSON with `text`, `json` or `action`, and `prompt` and
    /// `context` as they were.
    #[arg(long, value_name = "FILE")]
    subject: Option<PathBuf>,
    #[command(flatten)]
    recorded: Recorded,
}

impl Review {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        let view = self.recorded.view(&project)?;
        let now_ms = clock::now_ms()?;
        let answers = answers(&self.checks, &self.evidence)?;
        let time_ms = self.time.map(TimeSpan::ms);
        let said = Said { reviewer: self.who.reviewer(), answers, time_ms };
        let open = Open::named(&view, &self.run)?;
        let gate = gates::named(&project, open.row.gate.as_str())?;
        looking::look(&view, &project, &self.recorded, &gate, now_ms)?;
        let reviewing = Reviewing { project: &project, open: &open, said: &said, now_ms };
        let concluded = match self.act() {
            Some(act) if open.is_audit() => reviewing.audit(&gate, act),
            Some(act) => reviewing.without_judging(&gate, act),
            None if open.is_audit() => reviewing.audit(&gate, self.act_of_audit()),
            None => self.judging(cache, &reviewing)?,
        };
        let exit = self.record(&project, &open, &gate, concluded)?;
        self.after(&view, &project, &gate)?;
        Ok(exit)
    }

    /// What was said that takes no judging.
    fn act(&self) -> Option<Act> {
        let reject = self.reject.clone().map(|reason| Act::Reject { reason });
        reject.or_else(|| self.escalate.clone().map(|reason| Act::Escalate { reason }))
    }

    /// What has gone out is approved as it is, and nothing of it can be edited any more.
    fn act_of_audit(&self) -> Act {
        if self.approve {
            return Act::Approve;
        }
        Act::Edit { edited: tollgate_model::Digest::of("") }
    }

    /// Approves or edits it, which takes the gate with its contracts.
    fn judging(
        &self,
        cache: Option<PathBuf>,
        reviewing: &Reviewing<'_>,
    ) -> anyhow::Result<Concluded> {
        let (given, edited) = (self.given()?, self.edited()?);
        let engine = engine(cache)?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let name = reviewing.open.row.gate.as_str();
        let path = self.recorded.path(reviewing.project);
        runtime.block_on(async {
            let ready = Ready::load(&engine, reviewing.project, name).await?;
            let (project, now_ms) = (reviewing.project, reviewing.now_ms);
            let mut keeper = Keeper::new(ready, project, Some(&path), now_ms)?;
            match edited {
                Some(text) => reviewing.edit(&mut keeper, text, given).await,
                None => reviewing.approve(&mut keeper, given).await,
            }
        })
    }

    fn given(&self) -> anyhow::Result<Option<Subject>> {
        self.subject.as_deref().map(files::read_json).transpose()
    }

    fn edited(&self) -> anyhow::Result<Option<String>> {
        let Some(edit) = &self.edit else { return Ok(None) };
        let path = Path::new(edit.strip_prefix('@').unwrap_or(edit));
        files::read_text_or_stdin(path).map(Some)
    }

    fn record(
        &self,
        project: &Project,
        open: &Open,
        gate: &Gate,
        concluded: Concluded,
    ) -> anyhow::Result<Exit> {
        let Concluded { became, entries } = concluded;
        if !entries.is_empty() {
            let ledger = self.recorded.open(project)?;
            let recorded = ledger.append_blocking(entries);
            ledger.close();
            if let Some(exit) = told::conflict(open, recorded)? {
                return Ok(exit);
            }
        }
        let exit = told::recorded(open, gate, &became, self.who.reviewer.as_str());
        if let Became::Decided(decided) | Became::JudgedAnew(decided) = &became
            && let Some(change) = &decided.demoted
        {
            let (from, to) = (change.from, change.to);
            console::warn(format!("gate `{}` went from level {from} to level {to}", gate.name));
        }
        Ok(exit)
    }

    /// What a review leads to: an incident costs a level, and good reviews speak for a promotion.
    fn after(&self, view: &View, project: &Project, gate: &Gate) -> anyhow::Result<()> {
        let now_ms = clock::now_ms()?;
        let state = looking::look(view, project, &self.recorded, gate, now_ms)?;
        let record = run::track(view, gate)?;
        if let Ok(proposal) = track::propose(gate, &state.now, record, now_ms) {
            let (name, from, to) = (&gate.name, proposal.from, proposal.to);
            console::say(paint(
                QUIET,
                format!(
                    "the record is good for level {to} instead of {from}: `tollgate gate promote {name}` shows it"
                ),
            ));
        }
        Ok(())
    }
}

/// The answers, each with its evidence.
fn answers(checks: &[(Words, Words)], evidence: &[(Words, Words)]) -> anyhow::Result<Vec<Answer>> {
    let mut answers: Vec<Answer> = Vec::with_capacity(checks.len());
    for (item, answer) in checks {
        if answers.iter().any(|before| before.item == *item) {
            bail!("`{item}` is answered twice: say `--check '{item}=…'` once");
        }
        answers.push(Answer { item: item.clone(), answer: answer.clone(), evidence: None });
    }
    for (item, text) in evidence {
        let answer = answers.iter_mut().find(|answer| answer.item == *item);
        let answer = answer.with_context(|| {
            format!("`--evidence '{item}=…'` belongs to an answer: add `--check '{item}=ANSWER'`")
        })?;
        if answer.evidence.replace(text.clone()).is_some() {
            bail!("there are two pieces of evidence for `{item}`: say both in one");
        }
    }
    Ok(answers)
}

/// A question of the checklist, and what is said of it.
fn pair(text: &str) -> Result<(Words, Words), String> {
    let unfit = || format!("`{text}` should be a question's name, `=`, and what you say of it");
    let (item, said) = text.split_once('=').ok_or_else(unfit)?;
    Ok((item.parse().map_err(|_| unfit())?, said.parse().map_err(|_| unfit())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(texts: &[&str]) -> Vec<(Words, Words)> {
        texts.iter().map(|text| pair(text).unwrap()).collect()
    }

    #[test]
    fn answers_have_their_evidence_and_are_given_once() {
        let all = answers(&pairs(&["tone=yes", "promises=a=b"]), &pairs(&["promises=the page"]));
        let all = all.unwrap();
        assert_eq!((all[0].answer.as_str(), &all[0].evidence), ("yes", &None));
        assert_eq!(all[1].answer.as_str(), "a=b", "only the first `=` is a border");
        assert_eq!(all[1].evidence.as_ref().unwrap().as_str(), "the page");
        for (checks, evidence) in [
            (&["tone=yes", "tone=no"][..], &[][..]),
            (&["tone=yes"], &["promises=the page"]),
            (&["tone=yes"], &["tone=a", "tone=b"]),
        ] {
            assert!(answers(&pairs(checks), &pairs(evidence)).is_err(), "{checks:?}");
        }
        assert!(["tone", "=yes", "tone="].iter().all(|text| pair(text).is_err()));
    }
}
