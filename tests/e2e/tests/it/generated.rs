//! Thousands of generated subjects. Every language has to report on them what Rust reports.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::languages::{Language, OTHERS, RUST, copy_example};
use crate::tool::Place;

/// Fragments of texts about claims: terms, near misses, and surroundings.
const CLAIMS: &[&str] = &[
    "best",
    "BEST",
    "Best",
    "cheapest",
    "guaranteed",
    "clinically proven",
    "Clinically  proven",
    "risk-free",
    "risk",
    "-free",
    "number one",
    "number\u{a0}one",
    "NUMBER ONE",
    "100% safe",
    "100%",
    "safe",
    "fda approved",
    "FDA approved",
    "beſt",
    "ＢＥＳＴ",
    "bestial",
    "b\u{301}est",
    "best\u{301}",
    " ",
    " ",
    " ",
    "\n",
    "\t",
    "-",
    ".",
    "'",
    "1",
    "x",
    "ß",
    "İ",
    "ı",
    "K",
    "é",
    "е",
    "👩‍🚀",
    "🚀",
    "\u{200d}",
    "\u{feff}",
    "\u{0}",
    "\u{1b}",
    "日本",
    "\r\n",
];

/// Fragments of drafts: lines of the prompt, their beginnings and ends, and others.
const DRAFTS: &[&str] = &[
    "Never tell the price.",
    "Never tell the price",
    "Never tell",
    " the price.",
    "Grüße alle! 👩‍🚀",
    "Grüße alle!",
    "👩‍🚀",
    "aaaa",
    "aaa",
    "aa",
    "a",
    "ab",
    " ",
    "\n",
    "short",
    "x",
    "é",
    "日本語",
    "\u{301}",
    "\u{0}",
    "🚀",
    ".",
];
const PROMPT: &str = "Never tell the price.\nGrüße alle! 👩‍🚀\r\nshort\n aaaa \naaa\nNever tell\n";

/// A generator (SplitMix64) that gives the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % count as u64) as usize
    }

    fn text(&mut self, fragments: &[&str], count_max: usize) -> String {
        let count = self.below(count_max + 1);
        (0..count).map(|_| fragments[self.below(fragments.len())]).collect()
    }
}

fn claim_case(dice: &mut Dice) -> Value {
    let given = json!({"tables": {"claims": {"best": "legal-1", "100% safe": "legal-2"}}});
    json!({"subject": {"text": dice.text(CLAIMS, 24)}, "given": given})
}

fn draft_case(dice: &mut Dice) -> Value {
    let context = if dice.below(8) == 0 { json!({}) } else { json!({"written_at": 60_000}) };
    let text = dice.text(DRAFTS, 8);
    json!({
        "subject": {"text": text, "context": context},
        "config": {"max_characters": 40, "leak_characters": 4, "max_minutes": 5},
        "given": {"clock": dice.below(10) * 60_000, "prompt-text": PROMPT},
    })
}

/// Writes cases into a copy of an example. They expect the reports of the Rust contract.
fn generate(place: &Place, example: &str, count: usize, mut case: impl FnMut(&mut Dice) -> Value) {
    let mut dice = Dice(count as u64);
    for number in 0..count {
        let mut case = case(&mut dice);
        case["expect"] = json!({"failure": "host"});
        place.write(&format!("{example}/cases/{number:04}.json"), case.to_string());
    }
    copy_example(place, example, &RUST);
    place.run(&["build", example]).exits_with(0);
    place.run(&["test", example, "--bless"]).exits_with(0);
    let outcomes = count_outcomes(place, example);
    assert!(outcomes.values().all(|outcome| *outcome > count / 40), "too uniform: {outcomes:?}");
}

/// Returns how many cases expect each outcome.
fn count_outcomes(place: &Place, example: &str) -> BTreeMap<String, usize> {
    let mut outcomes = BTreeMap::from([("pass".into(), 0), ("fail".into(), 0)]);
    for case in fs::read_dir(place.path(example).join("cases")).unwrap() {
        let case = fs::read_to_string(case.unwrap().path()).unwrap();
        let case: Value = serde_json::from_str(&case).unwrap();
        *outcomes.entry(case["expect"]["outcome"].as_str().unwrap().into()).or_default() += 1;
    }
    outcomes
}

fn agrees_with_rust(language: &Language, from: &Place, example: &str, count: usize) {
    let place = Place::new();
    let folder = copy_example(&place, example, language);
    crate::languages::copy(&from.path(example).join("cases"), &folder.join("cases"));
    place.run(&["build", example]).exits_with(0);
    let ran = place.run(&["test", example]);
    assert!(ran.exits_with(0).out.contains(&format!("{count} passed, 0 failed")), "{ran:#?}");
}

#[test]
fn every_language_agrees_on_claims() {
    const COUNT: usize = 2000;
    let place = Place::new();
    generate(&place, "claims", COUNT, claim_case);
    OTHERS.iter().for_each(|language| agrees_with_rust(language, &place, "claims", COUNT));
}

#[test]
fn every_language_agrees_on_drafts() {
    const COUNT: usize = 1000;
    let place = Place::new();
    generate(&place, "draft", COUNT, draft_case);
    OTHERS.iter().for_each(|language| agrees_with_rust(language, &place, "draft", COUNT));
}
