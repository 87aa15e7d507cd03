//! Contents: kept apart, for a while, and erased without a trace but that they were.

use tollgate_ledger::{Enclosed, Entry, Part};
use tollgate_model::{Digest, Erasure, Kept, Ruling, What};

use crate::common::{World, entry, run};

fn erasure(contents: Vec<Digest>) -> What {
    let (by, reason) = ("retention".parse().unwrap(), "its time is over".parse().unwrap());
    What::Erasure(Erasure { contents, by, reason })
}

fn kept(until_ms: Option<u64>, name: &str) -> Entry {
    Entry { keep_until_ms: until_ms, ..entry(1, run(name, Ruling::Hold)) }
}

#[test]
fn an_erased_content_is_gone_and_the_chain_is_whole() {
    let world = World::new();
    world.ledger.append_blocking(vec![kept(Some(100), "Robin Unforgotten")]).unwrap();
    assert_eq!(world.view().expired(99, 10).unwrap(), []);
    let expired = world.view().expired(100, 10).unwrap();
    assert_eq!(expired.len(), 2, "the output and the details");
    world.append(101, erasure(expired.into_iter().map(|(digest, _)| digest).collect()));
    let back = world.view().history(Digest::of("Robin Unforgotten")).unwrap();
    let What::Run(run) = &back[0].event.what else { panic!("no run") };
    assert_eq!((&run.content, run.checks.len(), back[0].erased.len()), (&Kept::Erased, 0, 2));
    assert_eq!(world.view().expired(200, 10).unwrap(), []);
    let erased_in = |digest| world.view().erased_in(digest).unwrap();
    assert_eq!((erased_in(back[0].erased[0]), erased_in(Digest::of("never"))), (Some(2), None));
    world.assert_sound();
    world.ledger.close();
    for file in std::fs::read_dir(world.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let name: &[u8] = b"Unforgotten";
        assert!(!bytes.windows(name.len()).any(|window| window == name), "the file remembers");
    }
}

#[test]
fn two_that_hold_the_same_keep_it_as_long_as_the_longer() {
    let world = World::new();
    let enclosed = vec![Enclosed { part: Part::Prompt, bytes: b"Write a welcome.".to_vec() }];
    let prompt = Digest::of("Write a welcome.");
    for (until_ms, name) in [(Some(100), "one"), (Some(300), "two"), (Some(200), "three")] {
        let entry = Entry { enclosed: enclosed.clone(), ..kept(until_ms, name) };
        world.ledger.append_blocking(vec![entry]).unwrap();
    }
    let expired = |now_ms| {
        let expired = world.view().expired(now_ms, 10).unwrap();
        expired.into_iter().any(|(digest, _)| digest == prompt)
    };
    assert_eq!([expired(299), expired(300)], [false, true]);
    assert_eq!(world.view().content(prompt).unwrap().unwrap(), b"Write a welcome.");
    world.append(2, erasure(vec![prompt]));
    assert_eq!(world.view().content(prompt).unwrap(), None);
    world.assert_sound();
    let again = Entry { enclosed, ..kept(None, "four") };
    world.ledger.append_blocking(vec![again]).unwrap();
    assert!(world.view().content(prompt).unwrap().is_some());
    assert!(!expired(u64::MAX));
    world.assert_sound();
    world.ledger.rebuild().unwrap();
    assert!(world.view().content(prompt).unwrap().is_some());
    world.assert_sound();
}
