//! Days by which parts of a gate record end or are due: approvals of models, exceptions, sign-offs, and the review of the
//! record itself. An approval of a model can also begin in the future.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use tollgate_model::{Date, Gate, ModelApproval, NonBlankString, SignOffScope};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// A day that is at most as far away is soon: enough time to ask the person who decides.
const SOON_DAYS_MAX: u64 = 30;

/// Day of a gate record that has passed, that comes soon, or that something begins on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DueDate {
    pub state: DueState,
    /// Last day on which all is well, or the first one for what has not begun.
    pub day: Date,
    pub subject: DueSubject,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueState {
    Passed,
    /// It begins later, and nothing is valid instead until then.
    NotBegun,
    Soon {
        /// Days from today; 0 is today.
        days: u64,
    },
    /// It begins later, and the gate has something valid besides.
    Planned,
}

/// Part of a gate record that a day belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueSubject {
    /// The last valid approval of a model, or the first one if none has begun.
    ModelApproval { model: String },
    /// The exception that lets outputs pass without a contract.
    FailOpen { contract: String },
    /// The last valid sign-off of a kind.
    SignOff { scope: SignOffScope },
    /// The review of the record.
    Review,
}

/// Returns the days that have passed, the longest ago first, those on which approvals of models begin that are needed now,
/// those that come within 30 days, and then the beginnings of other approvals.
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
    due.extend(find_beginnings(gate, today));
    due.sort();
    due
}

/// Returns the days on which approvals of models begin, for models of which no approval has begun.
fn find_beginnings(gate: &Gate, today: Date) -> Vec<DueDate> {
    let mut first_days = BTreeMap::new();
    for approval in &gate.approvals {
        let first = first_days.entry(&approval.model).or_insert(approval.on);
        *first = approval.on.min(*first);
    }
    let is_valid = |approval: &ModelApproval| {
        approval.on <= today && approval.until.is_none_or(|until| today <= until)
    };
    let state = match gate.approvals.iter().any(is_valid) {
        true => DueState::Planned,
        false => DueState::NotBegun,
    };
    let beginning = |(model, day): (&NonBlankString, Date)| DueDate {
        state,
        day,
        subject: DueSubject::ModelApproval { model: model.to_string() },
    };
    first_days.into_iter().filter(|(_, day)| today < *day).map(beginning).collect()
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

    /// Returns whether something of the record is not valid today.
    pub fn is_fault(&self) -> bool {
        matches!(self.state, DueState::Passed | DueState::NotBegun)
    }

    /// Returns the last day on which all is well, if it comes soon.
    pub fn last_day(&self) -> Option<Date> {
        matches!(self.state, DueState::Soon { .. }).then_some(self.day)
    }
}

impl fmt::Display for DueDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { state, day, subject } = self;
        let (ends, is_due) = match state {
            DueState::Passed => ("ended", "was due for review by"),
            DueState::NotBegun | DueState::Planned => ("begins only", "is due for review by"),
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
            DueState::Passed | DueState::NotBegun | DueState::Planned => Ok(()),
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
    fn tells_the_day_on_which_an_approval_begins() {
        let mut gate = example();
        gate.contracts.clear();
        gate.review_by = None;
        gate.approvals[0].on = "2027-01-15".parse().unwrap();
        let begins = "the approval of model `acme/large` begins only on 2027-01-15";
        let find = |gate: &Gate, day: &str| {
            let due = find_due_dates(gate, day.parse::<Date>().unwrap().start_ms());
            due.into_iter().map(|due| (due.to_string(), due.is_fault())).collect::<Vec<_>>()
        };
        assert_eq!(find(&gate, "2026-11-01"), [(begins.to_owned(), true)]);
        assert_eq!(find(&gate, "2027-01-15"), [], "the first day counts");
        let mut other = gate.approvals[0].clone();
        other.model = "acme/small".parse().unwrap();
        other.on = "2026-01-01".parse().unwrap();
        gate.approvals.push(other);
        assert_eq!(find(&gate, "2026-11-01"), [(begins.to_owned(), false)], "another is valid");
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
