//! Random reviews of a run, and track records for promotions.

use serde_json::{Value, json};
use tollgate_model::{Digest, format_rfc3339};

use crate::random::Random;
use crate::world::{HOUR_MS, PEOPLE, Setting};

/// Returns the part of a held run that does not follow from its decision.
pub fn random_held_run(random: &mut Random, setting: &Setting) -> Value {
    let waits_ms =
        [0, 1, HOUR_MS - 1, HOUR_MS, HOUR_MS + 1, 24 * HOUR_MS, 24 * HOUR_MS + 1, 90 * HOUR_MS];
    let waits_ms = if random.is_one_in(2) { 0 } else { *random.pick(&waits_ms) };
    let claim = random.is_one_in(3).then(|| {
        let until_ms = setting.now_ms + random.below(3) - 1;
        json!({ "run": Digest::of("run"), "by": random.pick(&PEOPLE), "until": format_rfc3339(until_ms) })
    });
    let mut approved_by: Vec<&str> = Vec::new();
    if random.is_one_in(3) {
        approved_by.push(*random.pick(&PEOPLE));
    }
    json!({
        "authors": if random.is_one_in(4) { vec![*random.pick(&PEOPLE)] } else { vec![] },
        "held-at": setting.now_ms - waits_ms,
        "claim": claim,
        "approved-by": approved_by,
        "escalations": if random.is_one_in(5) { random.below(4) } else { 0 },
    })
}

pub fn random_review(random: &mut Random) -> Value {
    let action = match random.below(8) {
        0 => json!({ "kind": "reject", "reason": "no" }),
        1 => json!({ "kind": "escalate", "reason": "too hard" }),
        2 => json!({ "kind": "edit", "edited": Digest::of("edited") }),
        _ => json!({ "kind": "approve" }),
    };
    let person = if random.is_one_in(2) { "Kim Osei" } else { random.pick(&PEOPLE) };
    let roles = match random.below(3) {
        0 => json!(["marketing-operations"]),
        1 => json!(["Marketing Operations"]),
        _ => json!([]),
    };
    json!({
        "reviewer": { "person": person, "roles": roles },
        "action": action,
        "answers": random_answers(random),
    })
}

fn random_answers(random: &mut Random) -> Value {
    let mut answers = vec![
        json!({ "item": "promises", "answer": "yes", "evidence": "the offer page" }),
        json!({ "item": "tone", "answer": "yes" }),
    ];
    if random.is_one_in(4) {
        match random.below(5) {
            0 => answers.truncate(1),
            1 => answers[0]["answer"] = json!("no"),
            2 => answers[0] = json!({ "item": "promises", "answer": "yes" }),
            3 => answers.push(json!({ "item": "tone", "answer": "no" })),
            _ => answers[1]["answer"] = json!(random.pick(&["Yes", " yes "])),
        }
    }
    json!(answers)
}

pub fn random_track_record(random: &mut Random, setting: &Setting) -> Value {
    let (approved, edited, rejected) = match random.below(6) {
        0 => (random.below(60), random.below(3), random.below(3)),
        1 => (29, random.below(2), random.below(2)),
        2 => (30, 0, 0),
        3 => (19, 1, 0),
        _ => (95, random.below(3), 5),
    };
    json!({
        "approved": approved, "edited": edited, "rejected": rejected,
        "copies": random.below(3), "too-short": random.below(3),
        "first": format_rfc3339(setting.now_ms - 90 * HOUR_MS), "last": format_rfc3339(setting.now_ms),
    })
}
