//! Money that outputs cost. A model was paid for an output, whatever the gate says to it.

use tollgate::ledger::Ledger;
use tollgate::model::{Content, JsonText, Money, Ruling, Subject};
use tollgate::{CheckError, Submission};

use super::fixture::{START_MS, actor, decided};
use super::newsletter::{MARKS, Newsletter, check, gate_name, subject};

/// Fails in the way that the text asks for.
const HOSTILE: &str = "[[contracts]]\ncontract = \"hostile/hostile@^1\"\n";
/// Milliseconds of a day, in which everything here is spent.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

fn spent(newsletter: &Newsletter) -> String {
    let reader = newsletter.ledger().open_reader().unwrap();
    reader.counts(&gate_name(), START_MS, START_MS + DAY_MS).unwrap().spent.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn blocked_and_failed_outputs_are_booked() {
    let newsletter = Newsletter::new(&format!("{MARKS}{HOSTILE}"), 5).await;
    let gate = newsletter.open_gate().await;
    // Each output of the fixture costs 0.01.
    for (text, booked) in [("Hello", "0.01"), ("Buy now!", "0.02"), ("trap", "0.03")] {
        let run = check(&gate, text).await;
        assert_eq!(run.decision.ruling == Ruling::Allow, text == "Hello", "{text}");
        assert_eq!(spent(&newsletter), booked, "{text}");
    }
    let no_json = Subject { content: Content::from_json_text("{"), ..subject(&gate, "") };
    let run = decided(gate.check(Submission::new(no_json), &actor()).await.unwrap());
    assert_eq!((run.decision.ruling, run.checks.len()), (Ruling::Block, 0));
    assert_eq!(spent(&newsletter), "0.04");
}

/// Nothing of it is recorded, and it comes again. Otherwise it would be booked twice.
#[tokio::test(flavor = "multi_thread")]
async fn an_output_that_lacks_context_is_booked_when_it_is_decided() {
    let newsletter = Newsletter::new(MARKS, 5).await;
    let gate = newsletter.open_gate().await;
    let complete = subject(&gate, "Hello");
    let lacking = complete.context.as_str().replace("\"campaign\"", "\"other\"");
    assert_ne!(lacking, complete.context.as_str());
    let lacking = Subject { context: JsonText::parse(lacking).unwrap(), ..complete.clone() };
    let refused = gate.check(Submission::new(lacking), &actor()).await;
    assert!(matches!(refused, Err(CheckError::ContextMissing { .. })), "{refused:?}");
    assert_eq!(spent(&newsletter), Money::ZERO.to_string());
    decided(gate.check(Submission::new(complete), &actor()).await.unwrap());
    assert_eq!(spent(&newsletter), "0.01");
}
