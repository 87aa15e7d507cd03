//! Thousands of generated subjects, on which every language has to say what Rust says.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::languages::{Language, OTHERS, RUST, an_example};
use crate::tool::Place;

/// What texts about claims are made of: terms, what only looks like one, and what stands around them.
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

/// What drafts are made of: lines of the prompt, beginnings and ends of them, and others.
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

/// The same numbers on every machine.
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

fn a_claim(dice: &mut Dice) -> Value {
    let given = json!({"tables": {"claims": {"best": "legal-1", "100% safe": "legal-2"}}});
    json!({"subject": {"text": dice.text(CLAIMS, 24)}, "given": given})
}

fn a_draft(dice: &mut Dice) -> Value {
    let context = if dice.below(8) == 0 { json!({}) } else { json!({"written_at": 60_000}) };
    let text = dice.text(DRAFTS, 8);
    json!({
        "subject": {"text": text, "context": context},
        "config": {"max_characters": 40, "leak_characters": 4, "max_minutes": 5},
        "given": {"clock": dice.below(10) * 60_000, "prompt-text": PROMPT},
    })
}

/// Writes cases into a copy of an example. What they expect is what Rust says.
fn generate(place: &Place, example: &str, count: usize, mut case: impl FnMut(&mut Dice) -> Value) {
    let mut dice = Dice(count as u64);
    for number in 0..count {
        let mut case = case(&mut dice);
        case["expect"] = json!({"failure": "nobody has said what"});
        place.write(&format!("{example}/cases/{number:04}.json"), case.to_string());
    }
    an_example(place, example, &RUST);
    place.run(&["build", example]).exits_with(0);
    place.run(&["test", example, "--bless"]).exits_with_snapshot(0);
    let outcomes = outcomes(place, example);
    assert!(outcomes.values().all(|of_it| *of_it > count / 40), "of each, some: {outcomes:?}");
}

/// How often Rust said what.
fn outcomes(place: &Place, example: &str) -> BTreeMap<String, usize> {
    let mut outcomes = BTreeMap::from([("pass".into(), 0), ("fail".into(), 0)]);
    for case in fs::read_dir(place.path(example).join("cases")).unwrap() {
        let case = fs::read_to_string(case.unwrap().path()).unwrap();
        let case: Value = serde_json::from_str(&case).unwrap();
        *outcomes.entry(case["expect"]["outcome"].as_str().unwrap().into()).or_default() += 1;
    }
    outcomes
}

fn say_the_same(language: &Language, from: &Place, example: &str, count: usize) {
    let place = Place::new();
    let folder = an_example(&place, example, language);
    crate::languages::copy(&from.path(example).join("cases"), &folder.join("cases"));
    place.run(&["build", example]).exits_with(0);
    let ran = place.run(&["test", example]);
    // Thousands of lines would hide the one that matters.
    assert!(ran.exits_with(0).out.ends_with(&format!("{count} passed\n")), "{ran:#?}");
}

#[test]
fn every_language_says_the_same_of_claims() {
    const COUNT: usize = 2000;
    let place = Place::new();
    generate(&place, "claims", COUNT, a_claim);
    OTHERS.iter().for_each(|language| say_the_same(language, &place, "claims", COUNT));
}

#[test]
fn every_language_says_the_same_of_drafts() {
    const COUNT: usize = 1000;
    let place = Place::new();
    generate(&place, "draft", COUNT, a_draft);
    OTHERS.iter().for_each(|language| say_the_same(language, &place, "draft", COUNT));
}
