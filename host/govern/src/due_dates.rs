//! Days by which parts of a gate record end or are due: approvals of models, exceptions, sign-offs, and the review of the
//! record itself.

use std::collections::BTreeSet;
use std::fmt;

use tollgate_model::{Date, Gate, SignOffScope};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// A day that is at most as far away is soon: enough time to ask the person who decides.
const SOON_DAYS_MAX: u64 = 30;

/// Day of a gate record that has passed, or that comes soon.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DueDate {
    pub state: DueState,
    /// Last day on which all is well.
    pub day: Date,
    pub subject: DueSubject,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueState {
    Passed,
    Soon {
        /// Days from today; 0 is today.
        days: u64,
    },
}

/// Part of a gate record that a day belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueSubject {
    /// The last valid approval of a model.
    ModelApproval { model: String },
    /// The exception that lets outputs pass without a contract.
    FailOpen { contract: String },
    /// The last valid sign-off of a kind.
    SignOff { scope: SignOffScope },
    /// The review of the record.
    Review,
}

/// Returns the days that have passed, the longest ago first, and then those that come within 30 days.
pub fn find_due_dates(gate: &Gate, now_ms: u64) -> Vec<DueDate> {
    let today = Date::from_ms(now_ms);
    let mut due = Vec::new();
    let mut add = |subject: DueSubject, day: Option<Date>| {
        let state = day.and_then(|day| due_state(today, day));
        due.extend(day.zip(state).map(|(day, state)| DueDate { state, day, subject }));
    };
    add(DueSubject::Review, gate.review_by);
    for binding in &gate.contracts {
        let until = binding.fail_open.as_ref().map(|exception| exception.until);
        add(DueSubject::FailOpen { contract: binding.id() }, until);
    }
    let models: BTreeSet<_> = gate.approvals.iter().map(|approval| &approval.model).collect();
    for model in models {
        let approvals = gate.approvals.iter().filter(|approval| approval.model == *model);
        let last = last_day(today, approvals.map(|approval| (approval.on, approval.until)));
        add(DueSubject::ModelApproval { model: model.to_string() }, last);
    }
    for scope in [SignOffScope::Score, SignOffScope::Risk] {
        // A sign-off by the author of the record does not count, so its end changes nothing.
        let counting = gate.sign_offs.iter().filter(|sign_off| {
            sign_off.scope == scope && Some(&sign_off.by.name) != gate.author.as_ref()
        });
        let last = last_day(today, counting.map(|sign_off| (sign_off.on, sign_off.until)));
        add(DueSubject::SignOff { scope }, last);
    }
    due.sort();
    due
}

/// Returns the last day of what was granted from one day until another; `None` if it does not end, or has not begun.
fn last_day(today: Date, granted: impl Iterator<Item = (Date, Option<Date>)>) -> Option<Date> {
    let begun: Vec<_> = granted.filter(|(on, _)| *on <= today).map(|(_, until)| until).collect();
    if begun.contains(&None) { None } else { begun.into_iter().flatten().max() }
}

fn due_state(today: Date, day: Date) -> Option<DueState> {
    if day < today {
        return Some(DueState::Passed);
    }
    let days = (day.start_ms() - today.start_ms()) / DAY_MS;
    (days <= SOON_DAYS_MAX).then_some(DueState::Soon { days })
}

impl DueDate {
    pub fn has_passed(&self) -> bool {
        self.state == DueState::Passed
    }
}

impl fmt::Display for DueDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { state, day, subject } = self;
        let (ends, is_due) = match state {
            DueState::Passed => ("ended", "was due for review by"),
            DueState::Soon { .. } => ("ends", "is due for review by"),
        };
        match subject {
            DueSubject::ModelApproval { model } => {
                write!(f, "the approval of model `{model}` {ends} on {day}")?;
            }
            DueSubject::FailOpen { contract } => {
                write!(f, "the `fail-open` exception of contract `{contract}` {ends} on {day}")?;
            }
            DueSubject::SignOff { scope } => {
                let what = match scope {
                    SignOffScope::Score => "the delegation score",
                    SignOffScope::Risk => "the risk",
                };
                write!(f, "the executive sign-off of {what} {ends} on {day}")?;
            }
            DueSubject::Review => write!(f, "the gate record {is_due} {day}")?,
        }
        match state {
            DueState::Passed => Ok(()),
            DueState::Soon { days: 0 } => f.write_str(", which is today"),
            DueState::Soon { days: 1 } => f.write_str(", which is tomorrow"),
            DueState::Soon { days } => write!(f, ", in {days} days"),
        }
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::{RoleHolder, SignOff};

    use super::*;
    use crate::example::example;

    fn due_on(gate: &Gate, day: &str) -> Vec<String> {
        let day: Date = day.parse().unwrap();
        // Late on that day.
        find_due_dates(gate, day.end_ms() - 1).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn tells_days_that_have_passed_and_those_of_the_next_thirty_days() {
        let gate = example();
        assert_eq!(due_on(&gate, "2026-12-31"), Vec::<String>::new(), "31 days ahead");
        let exception = "the `fail-open` exception of contract `easy to read`";
        assert_eq!(
            due_on(&gate, "2027-01-01"),
            [format!("{exception} ends on 2027-01-31, in 30 days")]
        );
        let tomorrow = format!("{exception} ends on 2027-01-31, which is tomorrow");
        assert_eq!(due_on(&gate, "2027-01-30"), [tomorrow]);
        let today = format!("{exception} ends on 2027-01-31, which is today");
        assert_eq!(due_on(&gate, "2027-01-31"), [today]);
        let passed = format!("{exception} ended on 2027-01-31");
        assert_eq!(due_on(&gate, "2027-02-01"), [passed.as_str()]);
        let review = "the gate record was due for review by 2027-03-31".to_owned();
        let approval = "the approval of model `acme/large` ends on 2027-08-31, which is today";
        assert_eq!(due_on(&gate, "2027-08-31"), [passed, review, approval.to_owned()]);
        let last = &due_on(&gate, "2027-09-01")[2];
        assert_eq!(last, "the approval of model `acme/large` ended on 2027-08-31");
    }

    #[test]
    fn the_longest_approval_of_a_model_counts() {
        let mut gate = example();
        gate.contracts.clear();
        gate.review_by = None;
        let mut longer = gate.approvals[0].clone();
        longer.until = Some("2028-01-31".parse().unwrap());
        gate.approvals.push(longer.clone());
        assert_eq!(due_on(&gate, "2027-09-01"), Vec::<String>::new());
        gate.approvals[1].until = None;
        assert_eq!(due_on(&gate, "2030-01-01"), Vec::<String>::new());
        longer.on = "2027-10-01".parse().unwrap();
        gate.approvals[1] = longer;
        let ended = "the approval of model `acme/large` ended on 2027-08-31";
        assert_eq!(due_on(&gate, "2027-09-01"), [ended], "the longer one has not begun");
    }

    #[test]
    fn sign_offs_end_but_not_those_of_the_author() {
        let mut gate = example();
        gate.contracts.clear();
        (gate.review_by, gate.author) = (None, Some("Dana Hill".parse().unwrap()));
        let sign_off = |name: &str, until: &str| SignOff {
            scope: SignOffScope::Risk,
            by: RoleHolder { name: name.parse().unwrap(), role: "CMO".parse().unwrap() },
            on: "2026-01-01".parse().unwrap(),
            until: Some(until.parse().unwrap()),
            reason: "agreed".parse().unwrap(),
        };
        gate.sign_offs =
            vec![sign_off("Ana Cruz", "2026-10-31"), sign_off("Dana Hill", "2029-01-01")];
        assert_eq!(
            due_on(&gate, "2026-11-01"),
            ["the executive sign-off of the risk ended on 2026-10-31"]
        );
    }
}
