//! Changing releases without loading: releases that are prepared, the former one, and publishing what is loaded.

use tollgate::gate::{LoadedGate, PrepareReleaseError, ReleaseError};
use tollgate::model::{Digest, EarlyText, GateName, RetainedContent, Ruling};
use tollgate::{ErrorKind, GateHandle, Host, HostError, StreamProgress, StreamStop};

use super::fixture::{
    Fixture, actor, assert_decided_by_active, check, decided, is_too_long, submission,
};
use super::newsletter::{self, BRAND_VOICE, CLAIMS, LENGTH, MARKS, Newsletter, stream_submission};

const LONG: &str = "This text has more than twenty characters.";

fn short() -> GateName {
    "short".parse().unwrap()
}

async fn publish(host: &Host, loaded: &LoadedGate) {
    let change = host.publish_loaded_release(loaded, &actor(), None, &[]).await.unwrap();
    assert_eq!(change.after, loaded.snapshot.digest);
}

async fn roll_back(host: &Host) {
    host.roll_back_release(&short(), &actor(), "too strict".parse().unwrap()).await.unwrap();
}

/// Follows, and returns the release before and after if another one is active.
async fn follow(gate: &GateHandle) -> Option<(Digest, Digest)> {
    let followed = gate.follow().await.unwrap();
    followed.has_changed().then_some((followed.before, followed.after))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prepared_release_becomes_active_without_being_loaded() {
    let fixture = Fixture::new(200).await;
    let (gate, loads) = fixture.open_counted().await;
    let (first, strict) = (gate.release(), fixture.load_draft(20).await);
    gate.prepare(strict.clone()).unwrap();
    assert_eq!(gate.prepared(), Some(strict.snapshot.digest));
    assert_eq!(follow(&gate).await, None, "what is prepared is not active");
    assert!(!is_too_long(&check(&gate, LONG).await));
    publish(&fixture.host, &strict).await;
    assert_eq!(follow(&gate).await, Some((first, strict.snapshot.digest)));
    assert_eq!((gate.prepared(), follow(&gate).await), (None, None));
    assert!(is_too_long(&check(&gate, LONG).await));
    assert_eq!(loads.begun(), 1, "only the first release was loaded");
    assert_eq!(*gate.gate(), *fixture.open_gate().await.gate(), "the ledger has the same record");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_finds_another_release_takes_the_prepared_one() {
    let fixture = Fixture::new(200).await;
    let (gate, loads) = fixture.open_counted().await;
    let judged = gate.judge(submission(LONG)).await.unwrap();
    let strict = fixture.load_draft(20).await;
    gate.prepare(strict.clone()).unwrap();
    publish(&fixture.host, &strict).await;
    let run = gate.submit(judged, &actor()).await.unwrap().outcome().await.unwrap();
    let run = decided(run);
    assert!(is_too_long(&run));
    assert_eq!((run.release, loads.begun()), (strict.snapshot.digest, 1));
    assert_eq!(assert_decided_by_active(&fixture.ledger()).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_is_not_prepared_any_more_is_loaded() {
    let fixture = Fixture::new(200).await;
    let (gate, loads) = fixture.open_counted().await;
    let (strict, loose) = (fixture.load_draft(20).await, fixture.load_draft(30).await);
    gate.prepare(strict.clone()).unwrap();
    gate.prepare(loose.clone()).unwrap();
    assert_eq!(gate.prepared(), Some(loose.snapshot.digest), "one is prepared at a time");
    publish(&fixture.host, &strict).await;
    assert!(follow(&gate).await.is_some());
    assert_eq!(loads.begun(), 2);
    assert_eq!(gate.prepared(), Some(loose.snapshot.digest), "another one became active");
    gate.discard_prepared();
    assert_eq!(gate.prepared(), None);
    publish(&fixture.host, &loose).await;
    assert_eq!(follow(&gate).await.unwrap().1, loose.snapshot.digest);
    assert_eq!(loads.begun(), 3);
    gate.prepare(loose).unwrap();
    assert_eq!(gate.prepared(), None, "the active release is not kept twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_a_release_of_the_gate_is_not_prepared() {
    let fixture = Fixture::new(200).await;
    let gate = fixture.open_gate().await;
    let strict = fixture.load_draft(20).await;
    gate.prepare(strict.clone()).unwrap();
    let mut other_record = strict.clone();
    other_record.gate = gate.gate();
    for changed in
        [strict.clone().without_recording(), strict.clone().with_code_fences_off(), other_record]
    {
        let refused = gate.prepare(changed.clone()).unwrap_err();
        assert!(matches!(refused, PrepareReleaseError::ChangedForTrial(_)), "{refused}");
        assert_eq!(refused.kind(), ErrorKind::InvalidInput);
        let published = fixture.host.publish_loaded_release(&changed, &actor(), None, &[]).await;
        assert!(matches!(published, Err(ReleaseError::ChangedForTrial(_))), "{published:?}");
    }
    let newsletter = Newsletter::new(LENGTH, 5).await;
    let refused = gate.prepare(newsletter.load_draft(LENGTH).await).unwrap_err();
    assert!(matches!(refused, PrepareReleaseError::OtherGate { .. }), "{refused}");
    let record = fixture.host.project().read_gate("short").unwrap().into_quality();
    let judging = fixture.host.load_gate_record(record).await.unwrap();
    let refused = gate.prepare(judging.clone()).unwrap_err();
    assert!(matches!(refused, PrepareReleaseError::Quality(_)), "{refused}");
    let published = fixture.host.publish_loaded_release(&judging, &actor(), None, &[]).await;
    assert!(matches!(published, Err(ReleaseError::QualityDraft { .. })), "{published:?}");
    assert_eq!(gate.prepared(), Some(strict.snapshot.digest), "the former one stays prepared");
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_to_the_former_release_loads_nothing() {
    let fixture = Fixture::new(200).await;
    let (gate, loads) = fixture.open_counted().await;
    gate.keep_former(true);
    let (first, strict) = (gate.release(), fixture.load_draft(20).await);
    publish(&fixture.host, &strict).await;
    follow(&gate).await.unwrap();
    assert_eq!(loads.begun(), 2);
    roll_back(&fixture.host).await;
    assert!(!is_too_long(&check(&gate, LONG).await), "a check goes back by itself");
    publish(&fixture.host, &strict).await;
    assert_eq!(follow(&gate).await, Some((first, strict.snapshot.digest)));
    assert_eq!(loads.begun(), 2, "both were loaded once");
    gate.keep_former(false);
    roll_back(&fixture.host).await;
    assert_eq!(follow(&gate).await, Some((strict.snapshot.digest, first)));
    assert_eq!(loads.begun(), 3, "the former one was dropped");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_former_release_is_kept_at_most() {
    let fixture = Fixture::new(200).await;
    let gate = fixture.open_gate().await;
    gate.keep_former(true);
    let mut records = Vec::new();
    for characters_max in [10, 20, 30, 40] {
        records.push(std::sync::Arc::downgrade(&gate.gate()));
        let loaded = fixture.load_draft(characters_max).await;
        publish(&fixture.host, &loaded).await;
        follow(&gate).await.unwrap();
    }
    // The threads that decided by them end in their own time.
    for _ in 0..400 {
        if records[..3].iter().all(|record| record.upgrade().is_none()) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    let alive: Vec<_> = records.iter().map(|record| record.upgrade().is_some()).collect();
    assert_eq!(alive, [false, false, false, true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loaded_release_is_published_as_it_was_loaded() {
    let newsletter = Newsletter::new(LENGTH, 5).await;
    let loaded = newsletter.load_draft(CLAIMS).await;
    for file in ["gates/welcome-email.toml", "tables/claims.csv", BRAND_VOICE] {
        newsletter.remove(file);
    }
    publish(&newsletter.host, &loaded).await;
    let gate = newsletter.open_again().gate(&newsletter::gate_name()).await.unwrap();
    assert_eq!(gate.release(), loaded.snapshot.digest);
    assert_eq!(*gate.gate(), *loaded.gate);
    let run = newsletter::check(&gate, "lookup claims best").await;
    let reports = format!("{:?}", run.checks[0].verdicts[0].result);
    assert!(reports.contains("value: legal"), "{reports}");
    assert_eq!(run.decision.ruling, Ruling::Allow, "{:?}", run.decision.reasons);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loaded_release_without_the_agreed_brand_voice_is_not_published() {
    let newsletter = Newsletter::new(LENGTH, 5).await;
    let active = newsletter.open_gate().await.release();
    newsletter.write(BRAND_VOICE, "Shout!\n");
    let loaded = newsletter.open_again().load_locked_gate("welcome-email").await.unwrap();
    // A file that names no document any more does not change what was loaded.
    newsletter.write("gates/welcome-email.toml", "task = \"Say hello\"\n");
    let refused = newsletter.host.publish_loaded_release(&loaded, &actor(), None, &[]).await;
    let Err(ReleaseError::BrandVoice { release, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(release, loaded.snapshot.digest);
    let name = newsletter::gate_name();
    assert_eq!(newsletter.host.active_release(&name).unwrap(), Some(active));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_from_a_ledger_is_only_published_where_its_contents_are() {
    let (fixture, other) = (Fixture::new(200).await, Fixture::new(20).await);
    let first = fixture.host.load_active_gate(&short()).await.unwrap();
    let refused = other.host.publish_loaded_release(&first, &actor(), None, &[]).await;
    assert!(matches!(refused, Err(ReleaseError::Load(_))), "{refused:?}");
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::BrokenRecord);
    publish(&fixture.host, &fixture.load_draft(20).await).await;
    publish(&fixture.host, &first).await;
    assert_eq!(fixture.open_gate().await.release(), first.snapshot.digest);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_active_releases_of_all_gates_are_read_at_once() {
    let fixture = Fixture::new(200).await;
    let active = |host: &Host| host.active_releases().unwrap().get(&short()).copied();
    let first = fixture.host.active_release(&short()).unwrap();
    assert_eq!((active(&fixture.host), first.is_some()), (first, true));
    let strict = fixture.load_draft(20).await;
    publish(&fixture.open_again(), &strict).await;
    assert_eq!(active(&fixture.host), Some(strict.snapshot.digest));
    let unchanged = fixture.host.active_releases().unwrap();
    check(&fixture.open_gate().await, "Hello").await;
    let again = fixture.host.active_releases().unwrap();
    assert!(std::sync::Arc::ptr_eq(&unchanged, &again), "a run changes no release");
    roll_back(&fixture.open_again()).await;
    assert_eq!(active(&fixture.host), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_finished_after_a_change_is_decided_by_the_new_release() {
    for written_after in ["", "and welcome."] {
        let newsletter = Newsletter::new(MARKS, 5).await;
        let gate = newsletter.open_gate().await;
        let begin = async || gate.check_stream(stream_submission(&gate), &actor()).await.unwrap();
        let mut streams = [begin().await, begin().await];
        for stream in &mut streams {
            assert_eq!(
                stream.push("Hello Lee, ").await.unwrap(),
                StreamProgress::Text("Hello Lee, ")
            );
        }
        let next = newsletter.load_draft(&format!("{MARKS}{LENGTH}")).await;
        gate.prepare(next.clone()).unwrap();
        publish(&newsletter.host, &next).await;
        gate.follow().await.unwrap();
        for stream in &mut streams {
            let progress = stream.push(written_after).await.unwrap();
            if !written_after.is_empty() {
                assert_eq!(progress, StreamProgress::Stopped(&StreamStop::ReleaseChanged));
            }
        }
        let [finished, abandoned] = streams;
        let finished = decided(finished.finish().await.unwrap());
        assert_eq!((finished.release, finished.checks.len()), (next.snapshot.digest, 2));
        assert_eq!(finished.text_to_send(), Some(written_after));
        drop(abandoned);
        for run in newsletter.wait_for_runs(2).await {
            let abandoned = run.run != finished.run;
            assert_eq!(run.early_text, Some(EarlyText { bytes: 11, abandoned }));
            assert_eq!((run.release, run.subject), (finished.release, finished.facts.subject));
            let RetainedContent::Full(kept) = &run.content else { panic!("{:?}", run.content) };
            let text = format!("Hello Lee, {written_after}");
            assert_eq!(kept.content.text(), Some(text.as_str()), "nothing is lost");
        }
        assert_eq!(assert_decided_by_active(&newsletter.ledger()).len(), 2);
    }
}
