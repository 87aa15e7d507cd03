//! Failures of contracts: what the output caused costs the gate no level, and what the contract causes does.

use tollgate::model::Ruling;

use super::newsletter::{Newsletter, check};

/// Fails in the way that the text asks for.
const HOSTILE: &str = "[[contracts]]\ncontract = \"hostile/hostile@^1\"\n";
/// Fails on every text.
const PANICKING: &str =
    "[[contracts]]\ncontract = \"hostile/hasty@^1\"\nconfig = { behave = \"panic\" }\n";

#[tokio::test(flavor = "multi_thread")]
async fn an_output_that_makes_a_contract_fail_costs_the_gate_no_level() {
    let newsletter = Newsletter::new(HOSTILE, 5).await;
    let gate = newsletter.open_gate().await;
    for text in ["trap", "recursion", "loop", "memory", "huge-result", "bad-span", "refuse"] {
        let run = check(&gate, text).await;
        assert_eq!((run.decision.ruling, run.demotion), (Ruling::Block, None), "{text}");
    }
    assert_eq!(check(&gate, "Hello").await.decision.ruling, Ruling::Allow);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_that_fails_on_every_output_costs_the_gate_a_level() {
    let newsletter = Newsletter::new(PANICKING, 5).await;
    let run = check(&newsletter.open_gate().await, "Hello").await;
    let change = run.demotion.unwrap();
    assert_eq!((run.decision.ruling, change.from, change.to), (Ruling::Block, 5, 4));
}
