use tollgate_ledger::Ledger;
use tollgate_model::{EventKind, SpendEvent};

use super::*;
use crate::test_host::{START_MS, TestHost, entry};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// The clock of these tests stands at a Friday. Another process has spent money by a clock that is a day ahead.
#[tokio::test]
async fn money_that_a_faster_clock_spent_counts_in_the_same_week_and_month() {
    let test = TestHost::new();
    let amount = Money::from_micros(5);
    let spend = EventKind::Spend(SpendEvent { run: None, campaign: None, amount });
    test.ledger.append(entry(START_MS + DAY_MS, spend).into()).await.unwrap();
    let gate = test.project.read_gate("welcome-email").unwrap();
    let reader = test.ledger.open_reader().unwrap();
    let state = GateState::default().with_recorded(&*reader, &gate, START_MS).unwrap();
    let PeriodSpending { day, week, month, .. } = state.inputs.spent;
    assert_eq!((day, week, month), (Money::ZERO, amount, amount));
}
