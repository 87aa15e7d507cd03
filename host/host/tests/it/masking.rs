//! What is recorded of an output at a gate that keeps outputs without personal data.

use serde_json::{Value, json};
use tollgate::Submission;
use tollgate::model::{Content, RetainedContent, Subject};

use super::fixture::{actor, decided};
use super::newsletter::{Newsletter, subject};

/// Looks for addresses and telephone numbers in the member `to` only.
const IN_TO: &str = "[[contracts]]\ncontract = \"tollgate/pii@^1\"\nas = \"to\"\nat = \"/to\"\n\
    config = { kinds = [\"email\", \"phone\"] }\non-fail = { error = \"hold\" }\n";
/// Looks for addresses in the whole output.
const ADDRESSES: &str = "[[contracts]]\ncontract = \"tollgate/pii@^1\"\n\
    config = { kinds = [\"email\"] }\non-fail = { error = \"hold\" }\n";

const ORDER: &str = r#"{"to":"+49 30 901820","note":"lee@acme.com","call":"+49 30 901821"}"#;
/// Nothing in its member `to` is personal.
const QUIET_ORDER: &str = r#"{"to":"the shop","note":"lee@acme.com"}"#;

/// Returns what is recorded of a document at a gate with these contracts.
async fn retained(contracts: &str, document: &str) -> RetainedContent {
    let newsletter = Newsletter::new(contracts, 5).await;
    newsletter.mask_contents().await;
    let gate = newsletter.open_gate().await;
    let content = Content::from_json_text(document);
    let submitted = Subject { content, ..subject(&gate, "no document") };
    let run = decided(gate.check(Submission::new(submitted.clone()), &actor()).await.unwrap());
    // What goes out is not masked.
    assert_eq!(run.subject, submitted);
    newsletter.runs().into_iter().find(|recorded| recorded.run == run.run).unwrap().content
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_of_which_only_a_part_was_searched_is_not_recorded_as_masked() {
    for document in [ORDER, QUIET_ORDER] {
        let retained = retained(IN_TO, document).await;
        assert!(matches!(retained, RetainedContent::Digest), "{retained:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_masked_output_has_what_was_not_searched_for() {
    let RetainedContent::Masked(kept) = retained(&format!("{ADDRESSES}{IN_TO}"), ORDER).await
    else {
        panic!("not masked")
    };
    let kept: Value = serde_json::from_str(kept.content.output_text().unwrap()).unwrap();
    // Telephone numbers are searched for in `to` only.
    let expected = json!({"to": "[phone]", "note": "[email]", "call": "+49 30 901821"});
    assert_eq!(kept, expected);
}
