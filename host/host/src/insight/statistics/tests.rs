use tollgate_ledger::{Ledger, LedgerEntry};
use tollgate_model::{Event, EventKind, SpendEvent};

use super::*;
use crate::test_host::{START_MS, TestHost, entry, gate_name};

#[tokio::test]
async fn caps_are_compared_with_what_is_spent_until_the_end_of_their_period() {
    let test = TestHost::new();
    let amount = Money::from_micros(5);
    let spend = EventKind::Spend(SpendEvent { run: None, campaign: None, amount });
    let tomorrow_ms = START_MS + 24 * 60 * 60 * 1000;
    test.ledger.append(entry(tomorrow_ms, spend).into()).await.unwrap();
    let start = PeriodStart::Last("7d".parse().unwrap());
    let statistics = test.host.gate_statistics(Some(&gate_name()), start).unwrap();
    let spent = |period| {
        let budgets = &statistics[0].budgets;
        budgets.iter().find(|budget| budget.period == period).map(|budget| budget.spent)
    };
    assert_eq!(spent(BudgetPeriod::Day), Some(Money::ZERO));
    assert_eq!(spent(BudgetPeriod::Month), Some(amount));
}

#[tokio::test]
async fn a_scope_has_the_statistics_of_its_gates_only() {
    let test = TestHost::new();
    for gate in ["offers", "welcome-email"] {
        let kind = EventKind::Spend(SpendEvent { run: None, campaign: None, amount: Money::ZERO });
        let event = Event { at_ms: START_MS, gate: gate.parse().unwrap(), kind };
        test.ledger.append(LedgerEntry::new(event).into()).await.unwrap();
    }
    let start = PeriodStart::Last("7d".parse().unwrap());
    let gates = |scope: &GateScope| {
        let statistics = test.host.scoped_statistics(scope, start).unwrap();
        statistics.iter().map(|one| one.gate.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(gates(&GateScope::All.narrowed_to(&gate_name())), ["welcome-email"]);
    let unknown = GateScope::All.narrowed_to(&"farewell".parse().unwrap());
    assert_eq!(gates(&unknown), [""; 0], "nothing is recorded of it");
    let everything = test.host.scoped_statistics(&GateScope::All, start);
    // The record of `offers` is not there, so its caps are not known.
    assert!(everything.is_ok_and(|all| all.len() == 2));
}
