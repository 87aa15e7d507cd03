//! Answers to the eight audit questions about a run, taken from the events of the ledger.

use tollgate_model::{
    ChangeEvent, Digest, Event, EventKind, OutputId, Person, PromptRef, RetainedContent,
    ReviewAction, ReviewEvent, RoleHolder, Ruling, RunEvent,
};

/// Answers about one run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunAnswers {
    pub requested: RunRequest,
    /// Output that was judged, as far as the gate keeps it: generated, or edited by a person.
    pub generated: RetainedContent,
    /// Run whose output a person edited into this one, and that person; `None` if the output is as it was generated.
    pub edited: Option<OutputEdit>,
    /// Reviews in order: time in milliseconds since 1970, reviewer, and act. For an edited output they begin with the
    /// edit.
    pub reviewed: Vec<(u64, Person, ReviewAction)>,
    /// Digest of the output that was allowed; `None` if none was.
    pub accepted: Option<Digest>,
    /// Set if the gate blocked the output or a reviewer rejected it.
    pub rejected: bool,
    /// Changes in other systems that were recorded for the run.
    pub changed: Vec<ChangeEvent>,
    /// Time of the first judgement, in milliseconds since 1970.
    pub at_ms: u64,
    /// Owner of the gate at the time of the run.
    pub owner: Option<RoleHolder>,
}

/// Edit that an output comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputEdit {
    /// Run whose output was edited.
    pub from: Digest,
    /// Person who edited it; `None` if the events do not have the edit.
    pub by: Option<Person>,
}

/// Request that led to the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRequest {
    pub by: Option<Person>,
    /// Person or program that handed the output in.
    pub submitted_by: Option<Person>,
    /// Id by which the caller knows the output.
    pub output_id: Option<OutputId>,
    pub prompt: Option<PromptRef>,
    pub model: Option<String>,
}

/// Returns whether a review is one of the output of a run: a review of the run, or the edit that made the output.
pub fn is_review_of(review: &ReviewEvent, run: &RunEvent) -> bool {
    let is_its_edit =
        matches!(review.action, ReviewAction::Edit { edited } if edited == run.subject);
    review.run == run.run || (Some(review.run) == run.edited_from && is_its_edit)
}

/// Answers the questions about a run, or returns `None` if the events have no such run. The events of an edited output
/// have to include those of the run that it was edited from.
pub fn answer_questions(run: Digest, events: &[Event]) -> Option<RunAnswers> {
    let (judged, at_ms) = events.iter().find_map(|event| match &event.kind {
        EventKind::Run(judged) if judged.run == run => Some((judged, event.at_ms)),
        _ => None,
    })?;
    let mut answers = RunAnswers::at_first_judgement(judged, at_ms);
    for event in events {
        answers.add_event(judged, event);
    }
    Some(answers)
}

impl RunAnswers {
    fn at_first_judgement(judged: &RunEvent, at_ms: u64) -> Self {
        Self {
            requested: RunRequest {
                by: judged.author.clone(),
                submitted_by: judged.submitted_by.clone(),
                output_id: judged.output_id.clone(),
                prompt: judged.prompt.clone(),
                model: judged.model.clone(),
            },
            generated: judged.content.clone(),
            edited: judged.edited_from.map(|from| OutputEdit { from, by: None }),
            reviewed: Vec::new(),
            accepted: (judged.decision.ruling == Ruling::Allow).then_some(judged.subject),
            rejected: judged.decision.ruling == Ruling::Block,
            changed: Vec::new(),
            at_ms,
            owner: judged.owner.clone(),
        }
    }

    /// Adds what an event says about the run besides its first judgement.
    fn add_event(&mut self, judged: &RunEvent, event: &Event) {
        let run = judged.run;
        match &event.kind {
            EventKind::Review(review) if is_review_of(review, judged) => {
                self.rejected |= matches!(review.action, ReviewAction::Reject { .. });
                if let Some(edit) = self.edited.as_mut().filter(|edit| edit.from == review.run) {
                    edit.by = Some(review.by.clone());
                }
                self.reviewed.push((event.at_ms, review.by.clone(), review.action.clone()));
            }
            // Either approved and decided again, or edited and judged as a new run.
            EventKind::Run(later)
                if (later.edited_from == Some(run) || later.run == run)
                    && later.decision.ruling == Ruling::Allow =>
            {
                self.accepted = Some(later.subject);
            }
            EventKind::Change(change) if change.run == run => self.changed.push(change.clone()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::{Decision, ReviewEvent, RunEvent};

    use super::*;

    fn run(name: &str, ruling: Ruling, edited_from: Option<Digest>) -> EventKind {
        let (would_be, undo_until_ms, cost) = (None, None, None);
        let reasons = Vec::new();
        EventKind::Run(Box::new(RunEvent {
            run: Digest::of(name),
            release: Digest::of("release"),
            subject: Digest::of(format!("output of {name}")),
            output: None,
            content: RetainedContent::Digest,
            output_id: Some(OutputId::new("dana")),
            submitted_by: Some("Newsletter".parse().unwrap()),
            author: Some("Ada Writer".parse().unwrap()),
            prompt: None,
            model: Some("acme/large".into()),
            edited_from,
            batch_line: None,
            checks: Vec::new(),
            decision: Decision { ruling, would_be, reasons, audit: false, undo_until_ms, cost },
            owner: None,
            cost,
            time_us: 5,
            early_text: None,
        }))
    }

    fn review(act: ReviewAction) -> EventKind {
        EventKind::Review(ReviewEvent {
            run: Digest::of("one"),
            subject: Digest::of("output of one"),
            by: "Kim Osei".parse().unwrap(),
            role: None,
            action: act,
            answers: Vec::new(),
            time_ms: None,
        })
    }

    fn events(kinds: Vec<EventKind>) -> Vec<Event> {
        let gate = || "welcome-email".parse().unwrap();
        let numbered = kinds.into_iter().zip(100..);
        numbered.map(|(kind, at_ms)| Event { at_ms, gate: gate(), kind }).collect()
    }

    #[test]
    fn answers_all_eight_questions() {
        let one = Digest::of("one");
        let edit = ReviewAction::Edit { edited: Digest::of("output of two") };
        let change = ChangeEvent {
            run: one,
            system: "mailer".parse().unwrap(),
            change: "sent".parse().unwrap(),
        };
        let history = events(vec![
            run("other", Ruling::Block, None),
            run("one", Ruling::Hold, None),
            review(edit.clone()),
            run("two", Ruling::Allow, Some(one)),
            EventKind::Change(change.clone()),
        ]);
        let answers = answer_questions(one, &history).unwrap();
        assert_eq!(answers.requested.by, "Ada Writer".parse().ok());
        assert_eq!(answers.requested.submitted_by, "Newsletter".parse().ok());
        assert_eq!(answers.requested.output_id, Some(OutputId::new("dana")));
        assert_eq!(answers.generated, RetainedContent::Digest);
        assert_eq!(answers.reviewed, [(102, "Kim Osei".parse().unwrap(), edit)]);
        assert_eq!(answers.accepted, Some(Digest::of("output of two")));
        assert_eq!((answers.rejected, answers.at_ms, answers.owner), (false, 101, None));
        assert_eq!(answers.changed, [change]);
        assert_eq!(answer_questions(Digest::of("none"), &history), None);
    }

    #[test]
    fn an_edited_output_has_its_edit_and_its_origin() {
        let (one, two) = (Digest::of("one"), Digest::of("two"));
        let edit = ReviewAction::Edit { edited: Digest::of("output of two") };
        let another = ReviewAction::Edit { edited: Digest::of("output of three") };
        let history = events(vec![
            run("one", Ruling::Hold, None),
            review(another),
            review(edit.clone()),
            run("two", Ruling::Allow, Some(one)),
        ]);
        let answers = answer_questions(two, &history).unwrap();
        let kim: Person = "Kim Osei".parse().unwrap();
        assert_eq!(answers.edited, Some(OutputEdit { from: one, by: Some(kim.clone()) }));
        assert_eq!(answers.reviewed, [(102, kim, edit)]);
        assert_eq!(answers.accepted, Some(Digest::of("output of two")));
        assert!(!answers.rejected);
        let without_origin = answer_questions(two, &history[3..]).unwrap();
        assert_eq!(without_origin.edited, Some(OutputEdit { from: one, by: None }));
        assert_eq!(answer_questions(one, &history).unwrap().edited, None);
    }

    #[test]
    fn reports_rejections() {
        let reject = ReviewAction::Reject { reason: "wrong offer".parse().unwrap() };
        let history = events(vec![run("one", Ruling::Hold, None), review(reject)]);
        let answers = answer_questions(Digest::of("one"), &history).unwrap();
        assert!(answers.rejected && answers.accepted.is_none());
        let blocked = events(vec![run("one", Ruling::Block, None)]);
        assert!(answer_questions(Digest::of("one"), &blocked).unwrap().rejected);
    }
}
