//! The eight questions about a run that must be answerable later, from what the ledger holds.

use tollgate_model::{
    Act, Digest, Event, Holder, Kept, Person, Prompt, Ruling, SystemChange, What,
};

/// The answers about one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// What was requested: by whom, with which prompt, of which model.
    pub requested: Requested,
    /// What was generated, as far as the gate keeps it.
    pub generated: Kept,
    /// Who reviewed it, when, and what they did.
    pub reviewed: Vec<(u64, Person, Act)>,
    /// What was accepted: the output that went out, where one did.
    pub accepted: Option<Digest>,
    /// Whether it was rejected: blocked by the gate, or by a reviewer.
    pub rejected: bool,
    /// What changed in which system.
    pub changed: Vec<SystemChange>,
    /// When it was judged.
    pub at_ms: u64,
    /// Who owned the decision.
    pub owner: Option<Holder>,
}

/// What was requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requested {
    /// By whom.
    pub by: Option<Person>,
    /// With which prompt.
    pub prompt: Option<Prompt>,
    /// Of which model.
    pub model: Option<String>,
}

/// Answers the questions about a run; nothing, where there is none of this name.
pub fn about(run: Digest, events: &[Event]) -> Option<Answers> {
    let mut answers = events.iter().find_map(|event| match &event.what {
        What::Run(judged) if judged.run == run => Some(Answers {
            requested: Requested {
                by: judged.author.clone(),
                prompt: judged.prompt.clone(),
                model: judged.model.clone(),
            },
            generated: judged.content.clone(),
            reviewed: Vec::new(),
            accepted: (judged.decision.ruling == Ruling::Allow).then_some(judged.subject),
            rejected: judged.decision.ruling == Ruling::Block,
            changed: Vec::new(),
            at_ms: event.at_ms,
            owner: judged.owner.clone(),
        }),
        _ => None,
    })?;
    for event in events {
        answers.follow(run, event);
    }
    Some(answers)
}

impl Answers {
    /// What came of the run later.
    fn follow(&mut self, run: Digest, event: &Event) {
        match &event.what {
            What::Review(review) if review.run == run => {
                self.rejected |= matches!(review.act, Act::Reject { .. });
                self.reviewed.push((event.at_ms, review.by.clone(), review.act.clone()));
            }
            // Approved and decided again, or edited and judged again.
            What::Run(later)
                if (later.edited_from == Some(run) || later.run == run)
                    && later.decision.ruling == Ruling::Allow =>
            {
                self.accepted = Some(later.subject);
            }
            What::Change(change) if change.run == run => self.changed.push(change.clone()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::{Decision, ReviewEvent, RunEvent};

    use super::*;

    fn run(name: &str, ruling: Ruling, edited_from: Option<Digest>) -> What {
        let (would_be, undo_until_ms, cost) = (None, None, None);
        let reasons = Vec::new();
        What::Run(Box::new(RunEvent {
            run: Digest::of(name),
            release: Digest::of("release"),
            subject: Digest::of(format!("output of {name}")),
            output: None,
            content: Kept::Digest,
            author: Some("Ada Writer".parse().unwrap()),
            prompt: None,
            model: Some("acme/large".into()),
            edited_from,
            line: None,
            checks: Vec::new(),
            decision: Decision { ruling, would_be, reasons, audit: false, undo_until_ms, cost },
            owner: None,
            cost,
            time_us: 5,
        }))
    }

    fn review(act: Act) -> What {
        What::Review(ReviewEvent {
            run: Digest::of("one"),
            subject: Digest::of("output of one"),
            by: "Kim Osei".parse().unwrap(),
            role: None,
            act,
            answers: Vec::new(),
            time_ms: None,
        })
    }

    fn events(whats: Vec<What>) -> Vec<Event> {
        let gate = || "welcome-email".parse().unwrap();
        let numbered = whats.into_iter().zip(100..);
        numbered.map(|(what, at_ms)| Event { at_ms, gate: gate(), what }).collect()
    }

    #[test]
    fn all_eight_questions_are_answered() {
        let one = Digest::of("one");
        let edit = Act::Edit { edited: Digest::of("output of two") };
        let change = SystemChange {
            run: one,
            system: "mailer".parse().unwrap(),
            change: "sent".parse().unwrap(),
        };
        let history = events(vec![
            run("other", Ruling::Block, None),
            run("one", Ruling::Hold, None),
            review(edit.clone()),
            run("two", Ruling::Allow, Some(one)),
            What::Change(change.clone()),
        ]);
        let answers = about(one, &history).unwrap();
        assert_eq!(answers.requested.by, "Ada Writer".parse().ok());
        assert_eq!(answers.generated, Kept::Digest);
        assert_eq!(answers.reviewed, [(102, "Kim Osei".parse().unwrap(), edit)]);
        assert_eq!(answers.accepted, Some(Digest::of("output of two")));
        assert_eq!((answers.rejected, answers.at_ms, answers.owner), (false, 101, None));
        assert_eq!(answers.changed, [change]);
        assert_eq!(about(Digest::of("none"), &history), None);
    }

    #[test]
    fn what_was_rejected_is_told() {
        let reject = Act::Reject { reason: "wrong offer".parse().unwrap() };
        let history = events(vec![run("one", Ruling::Hold, None), review(reject)]);
        let answers = about(Digest::of("one"), &history).unwrap();
        assert!(answers.rejected && answers.accepted.is_none());
        let blocked = events(vec![run("one", Ruling::Block, None)]);
        assert!(about(Digest::of("one"), &blocked).unwrap().rejected);
    }
}
