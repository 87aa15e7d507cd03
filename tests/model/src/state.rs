//! Random histories of a gate, as decisions see them.

use serde_json::{Value, json};
use tollgate_model::format_rfc3339;

use crate::edit::set;
use crate::random::Random;
use crate::world::{DAY_MS, HOUR_MS, PEOPLE, Setting, VOICE};

/// Amounts close to the caps of the generated gates, in millionths.
const AMOUNTS: [u64; 9] =
    [0, 2, 3, 5_999_999, 9_599_999, 9_600_000, 11_499_999, 11_999_999, 12_000_000];

pub fn random_state(random: &mut Random, setting: &Setting, gate: &Value, subject: &str) -> Value {
    let since_ms = setting.now_ms - *random.pick(&[1, HOUR_MS, 40 * DAY_MS, 200 * DAY_MS]);
    let mut state = json!({
        "thresholds": { "delegate-max": 12, "human-max": 18 },
        "level": random_level(random, setting, since_ms),
        "incidents": [],
        "figures": random_figures(random, setting, since_ms),
        "spent": { "day": 0, "week": 0, "month": 0, "campaign": 0 },
        "earliest-review-due": null,
        "brand-voice": VOICE,
        "pinned-prompt": null,
        "approval": null,
        "is-paid-for": random.is_one_in(8),
    });
    if random.is_one_in(setting.rarity) {
        let delegate_max = 6 + random.below(20);
        let thresholds =
            json!({ "delegate-max": delegate_max, "human-max": delegate_max + random.below(10) });
        set(&mut state, "/thresholds", thresholds);
    }
    if random.is_one_in(setting.rarity * 2) {
        let incidents: Vec<_> =
            (0..=random.below(2)).map(|_| random_incident(random, setting)).collect();
        set(&mut state, "/incidents", json!(incidents));
    }
    if random.is_one_in(setting.rarity) {
        for period in ["day", "week", "month", "campaign"] {
            set(&mut state, &format!("/spent/{period}"), json!(random.pick(&AMOUNTS)));
        }
    }
    if random.is_one_in(setting.rarity) {
        let now_ms = setting.now_ms;
        let moments = [now_ms - 1, now_ms, now_ms + 1, since_ms, since_ms + 1, since_ms - 1];
        set(&mut state, "/earliest-review-due", json!(random.pick(&moments)));
    }
    if random.is_one_in(setting.rarity * 2) {
        let voices = [json!(null), json!(format!("sha256:{}", "0".repeat(64)))];
        set(&mut state, "/brand-voice", random.pick(&voices).clone());
    }
    if !gate["prompt"].is_null() && random.is_one_in(2) {
        set(&mut state, "/pinned-prompt", setting.pinned_prompt());
    }
    if random.is_one_in(4) {
        set(&mut state, "/approval", random_approval(random, subject));
    }
    state
}

fn random_level(random: &mut Random, setting: &Setting, since_ms: u64) -> Value {
    let (scheme, levels) = setting.scheme;
    let (level, scheme) = match random.below(16) {
        0 | 1 => return json!(null),
        2..=5 => (*random.pick(levels), scheme),
        6 if random.is_one_in(4) => (3, "tiers-1-4"),
        7 if random.is_one_in(4) => (*random.pick(&[0, 6]), "l0-l5"),
        _ => (levels[levels.len() - 1 - usize::from(random.is_one_in(2))], scheme),
    };
    json!({ "scheme": scheme, "level": level, "since": format_rfc3339(since_ms) })
}

fn random_figures(random: &mut Random, setting: &Setting, since_ms: u64) -> Value {
    let mut figures = json!({});
    for (kpi, good) in [("open-rate", 0.4), ("complaints-per-thousand", 0.2)] {
        if random.is_one_in(setting.rarity * 2) {
            continue;
        }
        let is_disturbed = random.is_one_in(setting.rarity);
        let now_ms = setting.now_ms;
        let moments = [
            since_ms - 1,
            since_ms,
            since_ms + 1,
            now_ms - 31 * DAY_MS,
            now_ms - 31 * DAY_MS - 1,
            now_ms,
        ];
        let at_ms = if is_disturbed { *random.pick(&moments) } else { now_ms - HOUR_MS };
        let values = [0.2, 0.25, 0.319_999, 0.32, 0.320_001, 0.5, 0.500_001, -1.0];
        let value = if is_disturbed { *random.pick(&values) } else { good };
        let is_new = !is_disturbed || random.is_one_in(2);
        figures[kpi] = json!({ "value": value, "at": format_rfc3339(at_ms), "is-new": is_new });
    }
    figures
}

fn random_incident(random: &mut Random, setting: &Setting) -> Value {
    let at = format_rfc3339(setting.now_ms - random.below(2 * DAY_MS));
    match random.below(4) {
        0 => json!({ "kind": "incident", "at": at, "description": "wrong name" }),
        1 => json!({ "kind": "rollback", "at": at }),
        2 => json!({ "kind": "release-rollback", "at": at }),
        _ => json!({ "kind": "contract-failed", "at": at, "contract": "tollgate/pii" }),
    }
}

fn random_approval(random: &mut Random, subject: &str) -> Value {
    let mut by: Vec<_> = (0..random.below(4)).map(|_| *random.pick(&PEOPLE)).collect();
    if random.is_one_in(2) {
        by.push("Kim Osei");
    }
    let other = format!("sha256:{}", "1".repeat(64));
    json!({
        "subject": if random.is_one_in(8) { other.as_str() } else { subject },
        "by": by,
        "edited": random.is_one_in(4),
        "required-approvals": random.pick(&[0, 1, 1, 1, 2, 3]),
    })
}
