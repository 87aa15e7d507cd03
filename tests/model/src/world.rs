//! One world: a gate, an output, a history and a review, all determined by a number.

use std::io::{self, Write};

use serde_json::{Value, json};
use tollgate_model::{Date, Digest, QUALITY_KEYS};

use crate::answer::answer_world;
use crate::random::Random;
use crate::{gate, output, review, state};

pub const HOUR_MS: u64 = 60 * 60 * 1000;
pub const DAY_MS: u64 = 24 * HOUR_MS;
/// 2026-12-01 00:00 UTC.
pub const FIRST_DAY_MS: u64 = 1_796_083_200_000;

/// Digest of the brand-voice document of the example gate.
pub const VOICE: &str = "sha256:f76b3abacf1b642684caced1aa498b0cc2f754e6a0a393289ea17884d30d5824";

/// One in so many worlds has a gate of the purpose `quality`.
const QUALITY_ONE_IN: u64 = 32;

/// People of the example gate in several spellings, and one whom it does not name.
pub const PEOPLE: [&str; 16] = [
    "Kim Osei",
    "KIM OSEI",
    "Kim\u{a0} Osei",
    "Lou Park",
    "Dana Hill",
    "\u{ff24}ana \u{ff28}ill",
    "Sam Reed",
    "sam reed",
    "Ines Duarte",
    "Jürgen Groß",
    "Ju\u{308}rgen Groß",
    "JÜRGEN GROSS",
    "Ines\u{3000}Duarte",
    "Lou Par\u{212a}",
    "Dana Hill.",
    "S\u{1d00}m Reed",
];

/// Choices that several parts of a world have in common.
pub struct Setting {
    pub now_ms: u64,
    /// First moment of the day of the decision.
    pub today_ms: u64,
    /// Scheme of the gate's levels, with all of them.
    pub scheme: (&'static str, &'static [u8]),
    /// One in so many parts of the world differs from an output that nothing is wrong with.
    pub rarity: u64,
}

impl Setting {
    fn random(random: &mut Random) -> Self {
        let today_ms = FIRST_DAY_MS + random.below(400) * DAY_MS;
        let now_ms = today_ms + *random.pick(&[0, 1, 12 * HOUR_MS, DAY_MS - 1]);
        let is_tiered = random.is_one_in(4);
        let scheme: (_, &[u8]) =
            if is_tiered { ("tiers-1-4", &[1, 2, 3, 4]) } else { ("l0-l5", &[0, 1, 2, 3, 4, 5]) };
        Self { now_ms, today_ms, scheme, rarity: *random.pick(&[2, 6, 12, 24, 48]) }
    }

    pub fn pinned_prompt(&self) -> Value {
        json!({ "name": "welcome-email", "version": "2.1.0", "digest": Digest::of("prompt") })
    }

    /// Returns the prompt of an output: usually the pinned one, or none.
    pub fn prompt(&self, random: &mut Random) -> Value {
        let mut prompt = self.pinned_prompt();
        if random.is_one_in(self.rarity) {
            match random.below(4) {
                0 => return json!(null),
                1 => prompt["name"] = json!("goodbye"),
                2 => prompt["digest"] = json!(Digest::of("another prompt")),
                _ => {
                    let versions = [
                        "2.0.9",
                        "2.1.1",
                        "2.9.0",
                        "3.0.0",
                        "2.1.0-rc.1",
                        "2.2.0-rc.1",
                        "2.1",
                        "new",
                    ];
                    prompt["version"] = json!(random.pick(&versions));
                }
            }
        }
        prompt
    }
}

/// Writes the world of a number, with the answers of the host's rules, as one line of JSON.
pub fn write_world(number: u64, mut output: impl Write) -> io::Result<()> {
    let mut random = Random::from_seed(number.wrapping_mul(0xd134_2543_de82_ef95));
    let mut world = random_world(&mut random, number);
    world["answer"] = answer_world(&mut world);
    serde_json::to_writer(&mut output, &world)?;
    output.write_all(b"\n")
}

fn random_world(random: &mut Random, number: u64) -> Value {
    let setting = Setting::random(random);
    let mut gate = gate::random_gate(random, &setting);
    // By its number and not by chance, so that all other worlds stay as they were.
    if number.is_multiple_of(QUALITY_ONE_IN) {
        keep_quality(&mut gate);
    }
    let subject = output::random_subject(random, &setting);
    let checks = output::random_checks(random, &setting, &gate);
    // The scheme of the setting is that of most gates, so that most recorded levels exist in it.
    if setting.scheme.0 != "l0-l5" && gate["autonomy"]["scheme"] == "l0-l5" {
        gate["autonomy"]["scheme"] = json!(setting.scheme.0);
        gate["autonomy"]["level"] = json!(2);
    }
    let subject_digest = Digest::of(subject.to_string());
    let state = state::random_state(random, &setting, &gate, &subject_digest.to_string());
    json!({
        "number": number,
        "day": Date::from_ms(setting.today_ms),
        "now": setting.now_ms,
        "gate": gate,
        "subject": subject,
        "subject-digest": subject_digest,
        "is-unfenced": random.is_one_in(setting.rarity * 4),
        "run": random_run(random, number),
        "checks": checks,
        "state": state,
        "held": review::random_held_run(random, &setting),
        "review": review::random_review(random),
        "track-record": review::random_track_record(random, &setting),
    })
}

/// Makes a gate one that only judges.
fn keep_quality(gate: &mut Value) {
    let Some(members) = gate.as_object_mut() else { return };
    members.retain(|key, _| QUALITY_KEYS.contains(&key.as_str()));
    members.insert("purpose".into(), json!("quality"));
}

/// Returns a run whose first bytes are close to the limit of a sample more often than chance would have it.
fn random_run(random: &mut Random, number: u64) -> Digest {
    let mut bytes = *Digest::of(number.to_le_bytes()).as_bytes();
    let edges = [
        u64::MAX,
        0,
        1 << 63,
        (1 << 63) - 1,
        u64::MAX / 10,
        u64::MAX / 10 + 1,
        u64::MAX / 1_000_000,
    ];
    if random.is_one_in(2) {
        bytes[..8].copy_from_slice(&random.pick(&edges).to_be_bytes());
    }
    Digest::from_bytes(bytes)
}
