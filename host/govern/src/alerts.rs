//! Alerts of a gate: what its owner should look at now. An alert ends when its cause does.

use tollgate_model::{
    AlertKind, Budget, BudgetPeriod, DemotionCause, Gate, GateName, LevelChangeReason, format_utc,
};

use crate::budget::is_share_reached;
use crate::due_dates::{DueDate, DueSubject, find_due_dates};
use crate::{GateState, LevelIncident, autonomy, performance};

/// Budget periods that begin anew by themselves.
const CALENDAR_PERIODS: [(BudgetPeriod, &str); 3] = [
    (BudgetPeriod::Day, "daily"),
    (BudgetPeriod::Week, "weekly"),
    (BudgetPeriod::Month, "monthly"),
];

/// Something that somebody should look at now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    pub kind: AlertKind,
    /// The gate; `None` if it is about the whole project.
    pub gate: Option<GateName>,
    /// Part of the gate that it is about, such as a contract or a budget period. Empty for the whole gate. Together with
    /// kind and gate it tells one alert from every other.
    pub subject: String,
    /// Time since which the cause is there, in milliseconds since 1970. `None` if the record does not tell.
    pub since_ms: Option<u64>,
    /// Explanation in a sentence.
    pub message: String,
}

/// Returns the alerts of a gate, the gravest first. Caps of campaigns are not among them, because nothing says when a
/// campaign is over.
pub fn find_alerts(gate: &Gate, state: &GateState, now_ms: u64) -> Vec<Alert> {
    // A quality gate records nothing and delegates nothing.
    if gate.is_quality() {
        return Vec::new();
    }
    let mut found = GateAlerts { gate: &gate.name, alerts: Vec::new() };
    found.add_incidents(&state.incidents);
    found.add_broken_thresholds(gate, state);
    found.add_demotion(gate, state, now_ms);
    if let Some(budget) = &gate.budget {
        found.add_budget(budget, state);
    }
    if let Some(due_ms) = state.earliest_review_due_ms.filter(|due_ms| *due_ms < now_ms) {
        let message = format!("an output was due for review by {}", format_utc(due_ms));
        found.add(AlertKind::ReviewOverdue, "", Some(due_ms), message);
    }
    found.add_due_dates(&find_due_dates(gate, now_ms));
    found.alerts.sort_by(|one, next| (one.kind, &one.subject).cmp(&(next.kind, &next.subject)));
    // An incident can be recorded as the cause of the last demotion, too.
    found.alerts.dedup_by(|next, one| (next.kind, &next.subject) == (one.kind, &one.subject));
    found.alerts
}

/// The alerts of one gate.
struct GateAlerts<'a> {
    gate: &'a GateName,
    alerts: Vec<Alert>,
}

impl GateAlerts<'_> {
    fn add(
        &mut self,
        kind: AlertKind,
        subject: impl Into<String>,
        since_ms: Option<u64>,
        message: String,
    ) {
        let (gate, subject) = (Some(self.gate.clone()), subject.into());
        self.alerts.push(Alert { kind, gate, subject, since_ms, message });
    }

    fn add_incidents(&mut self, incidents: &[LevelIncident]) {
        for incident in incidents {
            match incident {
                LevelIncident::Incident { at_ms, description } => {
                    self.add_incident(*at_ms, description);
                }
                LevelIncident::ContractFailed { at_ms, contract } => {
                    self.add_failed_contract(Some(*at_ms), contract);
                }
                // People did these on purpose. If they cost a level, that is an alert.
                LevelIncident::Rollback { .. } | LevelIncident::ReleaseRollback { .. } => {}
            }
        }
    }

    fn add_incident(&mut self, at_ms: u64, description: &str) {
        let message = format!("incident: {description}");
        self.add(AlertKind::Incident, at_ms.to_string(), Some(at_ms), message);
    }

    fn add_failed_contract(&mut self, since_ms: Option<u64>, contract: &str) {
        let cause = DemotionCause::ContractFailed { contract: contract.to_owned() };
        self.add(AlertKind::ContractFailed, contract, since_ms, cause.to_string());
    }

    fn add_broken_thresholds(&mut self, gate: &Gate, state: &GateState) {
        for threshold in &gate.performance {
            let Some(measured) = state.figures.get(threshold.kpi.as_str()) else { continue };
            let Some(limit) = performance::broken_limit(threshold, measured.value) else {
                continue;
            };
            let kpi = threshold.kpi.to_string();
            let value = measured.value;
            let message = DemotionCause::ThresholdBroken { kpi: kpi.clone(), value, limit };
            let since_ms = Some(measured.at_ms);
            self.add(AlertKind::ThresholdBroken, kpi, since_ms, message.to_string());
        }
    }

    /// Adds the demotion that the ledger recorded last, or one that it does not have yet.
    fn add_demotion(&mut self, gate: &Gate, state: &GateState, now_ms: u64) {
        let Some(autonomy) = &gate.autonomy else { return };
        let current = autonomy::effective_level(gate, autonomy, state, &[], now_ms);
        let (causes, since_ms) = match (&current.demoted_from, &state.level) {
            (Some(_), _) => (&current.causes, None),
            (None, Some(recorded)) => match &recorded.reason {
                LevelChangeReason::Demoted { causes } => (causes, Some(recorded.since_ms)),
                LevelChangeReason::Promoted { .. } | LevelChangeReason::Lowered { .. } => return,
            },
            (None, None) => return,
        };
        for cause in causes {
            match cause {
                DemotionCause::Incident { at_ms, description } => {
                    self.add_incident(*at_ms, description);
                }
                DemotionCause::ContractFailed { contract } => {
                    self.add_failed_contract(since_ms, contract);
                }
                _ => {}
            }
        }
        let level = current.level;
        let name = autonomy::level_name(current.scheme, level).unwrap_or("unknown");
        let causes: Vec<_> = causes.iter().map(ToString::to_string).collect();
        let message = format!("demoted to level {level} ({name}): {}", causes.join("; "));
        self.add(AlertKind::LevelDemoted, "", since_ms, message);
    }

    fn add_budget(&mut self, budget: &Budget, state: &GateState) {
        for (period, words) in CALENDAR_PERIODS {
            let Some(cap) = budget.cap(period) else { continue };
            let spent = state.spent.in_period(period);
            let amounts = format!("{spent} of {cap} {}", budget.currency);
            if spent >= cap {
                let message = format!("{words} budget reached: {amounts}");
                self.add(AlertKind::BudgetReached, period.to_string(), None, message);
            } else if budget.warn_from.is_some_and(|share| is_share_reached(share, spent, cap)) {
                let message = format!("{words} budget nearly spent: {amounts}");
                self.add(AlertKind::BudgetWarning, period.to_string(), None, message);
            }
        }
    }

    fn add_due_dates(&mut self, due_dates: &[DueDate]) {
        for due in due_dates.iter().filter(|due| due.is_fault()) {
            let since_ms = due.has_passed().then(|| due.day.end_ms());
            let (kind, subject) = match &due.subject {
                DueSubject::Review => (AlertKind::RecordOverdue, String::new()),
                DueSubject::ModelApproval { model } => {
                    (AlertKind::RecordPartInvalid, format!("model {model}"))
                }
                DueSubject::FailOpen { contract } => {
                    (AlertKind::RecordPartInvalid, format!("fail-open {contract}"))
                }
                DueSubject::SignOff { scope } => {
                    (AlertKind::RecordPartInvalid, format!("sign-off {scope:?}"))
                }
            };
            self.add(kind, subject, since_ms, due.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::{Date, Figure, LevelScheme, Money, Share};

    use super::*;
    use crate::example::example;
    use crate::{KpiReading, PeriodSpending, RecordedLevel};

    /// A day on which everything of the example gate is valid.
    const VALID_DAY_MS: u64 = 1_796_083_200_000;

    fn find(gate: &Gate, state: &GateState, now_ms: u64) -> Vec<(AlertKind, String)> {
        let found = find_alerts(gate, state, now_ms);
        assert!(found.iter().all(|alert| alert.gate.as_ref() == Some(&gate.name)));
        found.into_iter().map(|alert| (alert.kind, alert.message)).collect()
    }

    fn at_level(level: u8, reason: LevelChangeReason) -> GateState {
        let held = RecordedLevel { scheme: LevelScheme::L0ToL5, level, since_ms: 1_000, reason };
        GateState { level: Some(held), ..GateState::default() }
    }

    fn promoted() -> GateState {
        let accepted_by = "Kim Osei".parse().unwrap();
        let reason =
            LevelChangeReason::Promoted { accepted_by, reviewed: 30, approval_rate: Share::ALL };
        at_level(4, reason)
    }

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn nothing_is_wrong_with_the_example() {
        assert_eq!(find(&example(), &GateState::default(), VALID_DAY_MS), []);
        assert_eq!(find(&example(), &promoted(), VALID_DAY_MS), []);
        let quality = example().into_quality();
        let late = GateState { earliest_review_due_ms: Some(1), ..GateState::default() };
        assert_eq!(find(&quality, &late, VALID_DAY_MS), []);
    }

    #[test]
    fn a_review_is_overdue_after_its_time() {
        let due = |due_ms| GateState { earliest_review_due_ms: Some(due_ms), ..promoted() };
        assert_eq!(find(&example(), &due(VALID_DAY_MS), VALID_DAY_MS), []);
        let found = find_alerts(&example(), &due(VALID_DAY_MS - 1), VALID_DAY_MS);
        let [demoted, overdue] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((demoted.kind, demoted.since_ms), (AlertKind::LevelDemoted, None));
        let message = "demoted to level 3 (conditional): a review was not done in time: it was due by \
                       2026-11-30 23:59 UTC";
        assert_eq!(demoted.message, message);
        assert_eq!(overdue.kind, AlertKind::ReviewOverdue);
        assert_eq!(overdue.since_ms, Some(VALID_DAY_MS - 1));
        assert_eq!(overdue.message, "an output was due for review by 2026-11-30 23:59 UTC");
    }

    #[test]
    fn a_demotion_is_told_until_the_level_changes() {
        let causes = vec![DemotionCause::Rollback { at_ms: 7 }];
        let demoted = at_level(3, LevelChangeReason::Demoted { causes });
        let found = find_alerts(&example(), &demoted, VALID_DAY_MS);
        let [alert] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((alert.kind, alert.since_ms), (AlertKind::LevelDemoted, Some(1_000)));
        assert_eq!(alert.message, "demoted to level 3 (conditional): an output was retracted");
        let (by, reason) = ("Kim Osei".parse().unwrap(), "new offers".parse().unwrap());
        let lowered = at_level(2, LevelChangeReason::Lowered { by, reason });
        assert_eq!(find(&example(), &lowered, VALID_DAY_MS), []);
    }

    #[test]
    fn an_incident_is_told_until_the_level_changes_that_it_cost() {
        let cause = DemotionCause::Incident { at_ms: 7, description: "wrong name".into() };
        let mut demoted = at_level(1, LevelChangeReason::Demoted { causes: vec![cause] });
        let kinds = |state: &GateState| {
            let found = find(&example(), state, VALID_DAY_MS);
            found.into_iter().map(|(kind, _)| kind).collect::<Vec<_>>()
        };
        assert_eq!(kinds(&demoted), [AlertKind::Incident, AlertKind::LevelDemoted]);
        // At the lowest level further incidents cost none.
        let incident = |at_ms| LevelIncident::Incident { at_ms, description: "again".into() };
        demoted.incidents = vec![incident(7), incident(8)];
        let expected = [AlertKind::Incident, AlertKind::Incident, AlertKind::LevelDemoted];
        assert_eq!(kinds(&demoted), expected);
    }

    #[test]
    fn incidents_and_failing_contracts_are_told_each() {
        let description = "wrong name".to_owned();
        let incidents = vec![
            LevelIncident::ContractFailed { at_ms: 5, contract: "tone".into() },
            LevelIncident::Incident { at_ms: 6, description },
            LevelIncident::Rollback { at_ms: 7 },
        ];
        let found = find(&example(), &GateState { incidents, ..promoted() }, VALID_DAY_MS);
        let kinds: Vec<_> = found.iter().map(|(kind, _)| *kind).collect();
        let expected = [AlertKind::Incident, AlertKind::ContractFailed, AlertKind::LevelDemoted];
        assert_eq!(kinds, expected);
        assert_eq!(found[0].1, "incident: wrong name");
        assert_eq!(found[1].1, "`tone` gives no answer, even about an ordinary output");
    }

    #[test]
    fn a_figure_outside_its_threshold_is_told_also_after_the_level_changed() {
        let state = |value, is_new| {
            let value = Figure::new(value).unwrap();
            let reading = KpiReading { value, at_ms: 9, is_new };
            GateState { figures: [("open-rate".into(), reading)].into(), ..promoted() }
        };
        let kinds = |state: &GateState| {
            let found = find(&example(), state, VALID_DAY_MS);
            found.into_iter().map(|(kind, _)| kind).collect::<Vec<_>>()
        };
        let broken = [AlertKind::ThresholdBroken, AlertKind::LevelDemoted];
        assert_eq!(kinds(&state(0.01, true)), broken);
        assert_eq!(kinds(&state(0.01, false)), broken[..1]);
        assert_eq!(kinds(&state(0.9, true)), []);
    }

    #[test]
    fn a_budget_warns_before_the_cap_and_is_reached_at_it() {
        let mut gate = example();
        let budget = gate.budget.as_mut().unwrap();
        budget.per_day = Some(money("10"));
        (budget.per_week, budget.per_month) = (None, None);
        budget.warn_from = Share::new(0.8).ok();
        let found = |day: &str| {
            let spent = PeriodSpending { day: money(day), ..PeriodSpending::default() };
            find(&gate, &GateState { spent, ..promoted() }, VALID_DAY_MS)
        };
        assert_eq!(found("7.99"), []);
        let nearly = "daily budget nearly spent: 8.00 of 10.00 EUR".to_owned();
        assert_eq!(found("8"), [(AlertKind::BudgetWarning, nearly)]);
        let reached = "daily budget reached: 10.00 of 10.00 EUR".to_owned();
        assert_eq!(found("10"), [(AlertKind::BudgetReached, reached)]);
    }

    #[test]
    fn a_record_that_is_not_valid_today_is_told_part_by_part() {
        let now_ms = "2027-09-01".parse::<Date>().unwrap().start_ms();
        // The level changed after the dates had passed, so they cost none.
        let mut state = promoted();
        state.level.as_mut().unwrap().since_ms = now_ms;
        let found = find(&example(), &state, now_ms);
        let kinds: Vec<_> = found.iter().map(|(kind, _)| *kind).collect();
        let part = AlertKind::RecordPartInvalid;
        assert_eq!(kinds, [AlertKind::RecordOverdue, part, part]);
        assert_eq!(found[0].1, "the gate record was due for review by 2027-03-31");
    }
}
