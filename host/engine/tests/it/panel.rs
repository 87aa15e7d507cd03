//! Panels: one call judges a subject with several contracts, each in sandboxes of its own.

use serde_json::json;
use tollgate_engine::{
    Contract, ContractPanel, Engine, Grants, HostContext, PanelStream, Settings,
};
use tollgate_model::{JsonText, Judgement};

use crate::common::{config, engine, guest, judge, limits, load, text, verdict_name};

const PARTS: [&str; 3] = ["One! ", "Zwei ü", "! "];

async fn hasty(engine: &Engine, behave: &str) -> Contract {
    let config = config(json!({"behave": behave}));
    engine.load(guest("hasty"), config, Grants::none(), limits()).await.unwrap()
}

/// Returns a panel of contracts that behave like this, each with the number of its judgements.
async fn panel(engine: &Engine, members: &[(&str, u8)]) -> ContractPanel {
    let mut contracts = Vec::new();
    for (behave, count) in members {
        contracts.push((hasty(engine, behave).await, *count));
    }
    ContractPanel::new(contracts)
}

async fn begin(panel: &ContractPanel) -> PanelStream {
    panel.begin(None, JsonText::empty_object(), HostContext::default()).await
}

async fn judge_in_parts(panel: &ContractPanel) -> Vec<Vec<Judgement>> {
    let mut stream = begin(panel).await;
    for part in PARTS {
        stream.push(part).await;
    }
    let (subject, judgements) = stream.finish().await;
    assert_eq!(subject, text(PARTS.concat()));
    judgements
}

fn verdicts(judgements: &[Vec<Judgement>]) -> Vec<Vec<String>> {
    judgements.iter().map(|all| all.iter().map(verdict_name).collect()).collect()
}

#[tokio::test]
async fn judgements_have_the_order_and_number_of_the_panel() {
    let engine = engine();
    let panel = panel(&engine, &[("well", 1), ("condemn", 3), ("well", 0), ("doubt", 2)]).await;
    let judgements = panel.judge(&text("calm"), &HostContext::default()).await;
    let expected = [&["pass"][..], &["fail"; 3], &[], &["unsure"; 2]];
    assert_eq!(verdicts(&judgements), expected);
    assert!(ContractPanel::new([]).judge(&text("calm"), &HostContext::default()).await.is_empty());
}

#[tokio::test]
async fn a_contract_that_fails_changes_nothing_for_the_others() {
    let engine = engine();
    let alone = judge(&hasty(&engine, "well").await, "a! b!").await;
    let panel = panel(&engine, &[("panic", 2), ("well", 2), ("loop", 1), ("well", 1)]).await;
    let judgements = panel.judge(&text("a! b!"), &HostContext::default()).await;
    assert_eq!(
        verdicts(&judgements),
        [&["trap"; 2][..], &["fail"; 2], &["out-of-fuel"], &["fail"]]
    );
    for judgement in judgements[1].iter().chain(&judgements[3]) {
        assert_eq!(judgement.verdict, alone.verdict);
        assert_eq!(judgement.fuel_used, alone.fuel_used, "each has a sandbox of its own");
    }
}

#[tokio::test]
async fn a_streamed_text_is_judged_like_a_whole_one() {
    let engine = engine();
    let mut contracts = vec![(load(&engine, guest("hostile")).await.unwrap(), 1)];
    for (behave, count) in [("well", 1), ("refuse-to-begin", 1), ("well", 3), ("panic", 2)] {
        contracts.push((hasty(&engine, behave).await, count));
    }
    let panel = ContractPanel::new(contracts);
    let streamed = judge_in_parts(&panel).await;
    let whole = panel.judge(&text(PARTS.concat()), &HostContext::default()).await;
    assert_eq!(verdicts(&streamed)[2], ["refused"]);
    for index in [0, 1, 3, 4] {
        let kinds = |all: &[Vec<Judgement>]| verdicts(all)[index].clone();
        assert_eq!(kinds(&streamed), kinds(&whole), "contract {index}");
    }
    for (streamed, whole) in
        streamed[1].iter().zip(&whole[1]).chain(streamed[3].iter().zip(&whole[3]))
    {
        assert_eq!(streamed.verdict, whole.verdict);
    }
}

#[tokio::test]
async fn each_contract_reports_its_own_progress() {
    let engine = engine();
    let contracts = [
        (load(&engine, guest("hostile")).await.unwrap(), 1),
        (hasty(&engine, "well").await, 1),
        (hasty(&engine, "refuse-a-part").await, 1),
    ];
    let mut stream = begin(&ContractPanel::new(contracts)).await;
    let reported = stream.push("a! b").await;
    let whole_texts_only = reported[0].as_ref().unwrap();
    assert_eq!((whole_texts_only.settled, whole_texts_only.findings.len()), (0, 0));
    let streaming = reported[1].as_ref().unwrap();
    assert_eq!((streaming.settled, streaming.findings.len()), (4, 1));
    assert_eq!(reported[2].as_ref().unwrap_err().kind(), "refused");
    assert_eq!(stream.push("c").await[2], reported[2], "it stays failed");
    assert_eq!(stream.text(), "a! bc");
}

#[tokio::test]
async fn a_collected_text_settles_nothing_and_is_judged_at_the_end() {
    let panel = panel(&engine(), &[("well", 1)]).await;
    let mut stream = panel.collect(None, JsonText::empty_object(), HostContext::default());
    for part in PARTS {
        let reported = stream.push(part).await;
        assert_eq!((reported.len(), reported[0].as_ref().unwrap().settled), (1, 0));
    }
    let (_, judgements) = stream.finish().await;
    let whole = panel.judge(&text(PARTS.concat()), &HostContext::default()).await;
    assert_eq!(judgements[0][0].verdict, whole[0][0].verdict);
}

#[tokio::test]
async fn a_cancelled_part_is_judged_with_the_whole_text() {
    let panel = panel(&engine(), &[("well", 1)]).await;
    let mut stream = begin(&panel).await;
    stream.push("a! ").await;
    {
        let mut push = Box::pin(stream.push("b! "));
        let polled = std::future::poll_fn(|context| {
            std::task::Poll::Ready(push.as_mut().poll(context).is_ready())
        });
        // Whether the part was judged already does not matter: what counts is the text.
        polled.await;
    }
    stream.push("c!").await;
    let (subject, judgements) = stream.finish().await;
    assert_eq!(subject, text("a! b! c!"));
    let whole = panel.judge(&subject, &HostContext::default()).await;
    assert_eq!(judgements[0][0].verdict, whole[0][0].verdict);
}

#[tokio::test]
async fn a_text_that_no_contract_accepts_is_not_kept_further() {
    let engine = engine();
    let small = tollgate_engine::Limits { subject_bytes_max: 10, ..limits() };
    let contract = engine.load(guest("hasty"), config(json!({})), Grants::none(), small).await;
    let panel = ContractPanel::new([(contract.unwrap(), 2)]);
    let mut stream = begin(&panel).await;
    stream.push("12345678").await;
    assert!(!stream.is_too_large());
    stream.push("9").await;
    assert!(stream.is_too_large());
    stream.push("and much more").await;
    let (subject, judgements) = stream.finish().await;
    assert_eq!(subject, text("123456789"));
    assert_eq!(verdicts(&judgements), [["subject-too-large"; 2]]);
}

/// With two sandboxes, two texts that each held one and waited for another would wait for ever.
#[tokio::test]
async fn streams_that_share_few_sandboxes_all_end() {
    let settings = Settings { sandboxes_max: 2, ..Settings::default() };
    let engine = Engine::new(settings).unwrap();
    let panel = panel(&engine, &[("well", 2), ("well", 2)]).await;
    let texts = (0..8).map(|_| {
        let panel = panel.clone();
        tokio::spawn(async move { judge_in_parts(&panel).await })
    });
    for text in texts.collect::<Vec<_>>() {
        let ended = tokio::time::timeout(std::time::Duration::from_secs(60), text).await;
        assert_eq!(verdicts(&ended.unwrap().unwrap()), [["fail"; 2], ["fail"; 2]]);
    }
}

#[tokio::test]
async fn a_panel_with_more_contracts_than_sandboxes_judges_whole_texts() {
    let settings = Settings { sandboxes_max: 2, ..Settings::default() };
    let engine = Engine::new(settings).unwrap();
    let panel = panel(&engine, &[("well", 1), ("well", 1), ("well", 1)]).await;
    let mut stream = begin(&panel).await;
    for reported in stream.push("calm").await {
        assert_eq!(reported.unwrap().settled, 0);
    }
    let (_, judgements) = stream.finish().await;
    assert_eq!(verdicts(&judgements), [["pass"]; 3]);
}
