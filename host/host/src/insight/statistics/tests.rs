use tollgate_ledger::Ledger;
use tollgate_model::{EventKind, SpendEvent};

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
