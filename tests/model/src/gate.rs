//! Random gate records: the complete example with some of its parts changed or removed.

use std::sync::LazyLock;

use serde_json::{Value, json};
use tollgate_govern::example::{WELCOME_EMAIL, WELCOME_EMAIL_FILE};
use tollgate_model::Date;

use crate::edit::{remove, set};
use crate::random::Random;
use crate::world::{DAY_MS, PEOPLE, Setting};

static EXAMPLE: LazyLock<Value> = LazyLock::new(|| {
    let gate = tollgate_govern::read::read(WELCOME_EMAIL_FILE, WELCOME_EMAIL).unwrap();
    serde_json::to_value(gate).unwrap()
});

/// Keys whose absence leaves a record incomplete, or holds every output.
const PARTS: [&str; 34] = [
    "/task",
    "/objective",
    "/owner",
    "/author",
    "/score/outcome-criticality",
    "/score/in-the-middle",
    "/score/when-high",
    "/autonomy",
    "/oversight/pattern",
    "/tags/risk",
    "/tags/reversibility",
    "/prompt",
    "/contracts",
    "/review/sla",
    "/review/checklist",
    "/review/second-reviewer-when",
    "/review/escalate-when",
    "/review/escalate-to",
    "/review/claim",
    "/oversight/rollback",
    "/audit",
    "/cost-centre",
    "/budget",
    "/access",
    "/data",
    "/approvals",
    "/review-by",
    "/oversight/sample-share",
    "/oversight/undo-window",
    "/autonomy/promotion",
    "/guardrails/channels",
    "/guardrails/blocked-topics",
    "/guardrails/brand-voice",
    "/performance",
];

const DIMENSIONS: [&str; 6] = [
    "outcome-criticality",
    "scope-and-time-horizon",
    "data-sensitivity",
    "model-reliability",
    "reputational-risk",
    "cost-efficiency",
];

type Change = fn(&mut Random, &Setting, &mut Value);

const CHANGES: [Change; 12] = [
    change_score,
    change_autonomy,
    change_oversight,
    change_tags,
    change_sign_offs,
    change_dates,
    change_guardrails,
    change_budget,
    change_data,
    change_models_and_tools,
    change_contracts,
    change_review,
];

pub fn random_gate(random: &mut Random, setting: &Setting) -> Value {
    let mut gate = EXAMPLE.clone();
    set_date(&mut gate, "/review-by", setting.today_ms + 100 * DAY_MS);
    for change in CHANGES {
        if random.is_one_in(setting.rarity) {
            change(random, setting, &mut gate);
        }
    }
    if random.is_one_in(setting.rarity * 2) {
        for _ in 0..=random.below(2) {
            let part: &&str = random.pick(&PARTS);
            remove(&mut gate, part);
        }
    }
    if random.is_one_in(setting.rarity * 8) {
        remove(&mut gate, "/review/reviewers");
        remove(&mut gate, "/review/roles");
    }
    gate
}

fn set_date(gate: &mut Value, pointer: &str, moment_ms: u64) {
    set(gate, pointer, json!(Date::from_ms(moment_ms)));
}

/// Returns a day close to the day of the decision, often the day itself.
fn near_day(random: &mut Random, setting: &Setting) -> Value {
    let days = *random.pick(&[9, 10, 10, 10, 11, 60]);
    json!(Date::from_ms(setting.today_ms + days * DAY_MS - 10 * DAY_MS))
}

fn change_score(random: &mut Random, _: &Setting, gate: &mut Value) {
    let highest = *random.pick(&[3, 4, 5]);
    for dimension in DIMENSIONS {
        let entry = json!({ "value": 1 + random.below(highest), "reason": "a reason" });
        set(gate, &format!("/score/{dimension}"), entry);
    }
    set(
        gate,
        "/score/invert",
        json!(if random.is_one_in(2) { random.subset(&DIMENSIONS) } else { vec![] }),
    );
    set(gate, "/score/in-the-middle", json!(random.pick(&["sign-off", "audit"])));
    set(gate, "/score/when-high", json!(random.pick(&["block", "executive-sign-off"])));
    if random.is_one_in(6) {
        let part: &&str = random.pick(&["/score/in-the-middle", "/score/when-high"]);
        remove(gate, part);
    }
}

fn change_autonomy(random: &mut Random, setting: &Setting, gate: &mut Value) {
    let (scheme, levels) = setting.scheme;
    let level = *random.pick(levels);
    set(gate, "/autonomy/scheme", json!(scheme));
    set(gate, "/autonomy/level", json!(level));
    let highest = *random.pick(levels);
    if random.is_one_in(3) || highest < level {
        remove(gate, "/autonomy/highest");
    } else {
        set(gate, "/autonomy/highest", json!(highest));
    }
    let cycles = *random.pick(&[30, 31, 45]);
    let rate = *random.pick(&[0.0, 0.5, 0.9, 0.95, 0.966_666, 0.966_667, 1.0]);
    set(gate, "/autonomy/promotion", json!({ "reviewed-cycles": cycles, "approval-rate": rate }));
    if random.is_one_in(3) {
        let least = *random.pick(&["1s", "10s", "5m"]);
        set(gate, "/autonomy/promotion/least-review-time", json!(least));
    }
}

fn change_oversight(random: &mut Random, _: &Setting, gate: &mut Value) {
    let pattern =
        *random.pick(&["in-the-loop", "on-the-loop", "on-the-loop", "over-the-loop", "shadow"]);
    set(gate, "/oversight/pattern", json!(pattern));
    let share = *random.pick(&[0.000_001, 0.1, 0.5, 0.5, 0.5, 0.999_999, 1.0]);
    set(gate, "/oversight/sample-share", json!(share));
    set(gate, "/oversight/undo-window", json!(random.pick(&["1s", "4h", "30d"])));
    if random.is_one_in(6) {
        remove(gate, "/oversight/undo-window");
    }
}

fn change_tags(random: &mut Random, _: &Setting, gate: &mut Value) {
    set(gate, "/tags/risk", json!(random.pick(&["low", "medium", "high"])));
    set(gate, "/tags/reversibility", json!(random.pick(&["easily", "partially", "not"])));
}

fn change_sign_offs(random: &mut Random, setting: &Setting, gate: &mut Value) {
    let sign_offs: Vec<_> = (0..=random.below(2))
        .map(|_| {
            let mut sign_off = json!({
                "of": random.pick(&["score", "risk"]),
                "by": { "name": random.pick(&PEOPLE), "role": "Chief" },
                "on": near_day(random, setting),
                "reason": "a reason",
            });
            if random.is_one_in(2) {
                set(&mut sign_off, "/until", near_day(random, setting));
            }
            sign_off
        })
        .collect();
    set(gate, "/sign-offs", json!(sign_offs));
    change_tags(random, setting, gate);
}

fn change_dates(random: &mut Random, setting: &Setting, gate: &mut Value) {
    set(gate, "/review-by", near_day(random, setting));
    set(gate, "/contracts/2/fail-open/until", near_day(random, setting));
    set(gate, "/approvals/0/until", near_day(random, setting));
}

fn change_guardrails(random: &mut Random, _: &Setting, gate: &mut Value) {
    set(gate, "/guardrails/blocked-topics", json!(random.subset(&["health", "politics"])));
    if random.is_one_in(2) {
        remove(gate, "/guardrails/topics-judged-by");
    }
    let confidence = *random.pick(&[0.0, 0.5, 0.8, 0.800_001, 1.0]);
    set(gate, "/guardrails/confidence", json!(confidence));
    if random.is_one_in(3) {
        remove(gate, "/guardrails/confidence");
    }
    set(gate, "/performance/0", random_threshold(random));
}

fn random_threshold(random: &mut Random) -> Value {
    match random.below(3) {
        0 => json!({ "kpi": "open-rate", "at-least": 0.32 }),
        1 => json!({ "kpi": "open-rate", "at-most": 0.32 }),
        _ => json!({ "kpi": "open-rate", "at-least": 0.25, "at-most": 0.32 }),
    }
}

fn change_budget(random: &mut Random, _: &Setting, gate: &mut Value) {
    for cap in ["per-day", "per-week", "per-month", "per-campaign"] {
        let pointer = format!("/budget/{cap}");
        match random.below(4) {
            0 => remove(gate, &pointer),
            1 => set(gate, &pointer, json!("0.000003")),
            _ => set(gate, &pointer, json!("12.00")),
        }
    }
    set(gate, "/budget/warn-from", json!(random.pick(&[0.0, 0.5, 0.8, 1.0])));
    if random.is_one_in(3) {
        remove(gate, "/budget/warn-from");
    }
    let price = match random.below(4) {
        0 => json!({ "per-run": "0.50" }),
        1 => json!({ "per-million-input": "0.000001", "per-million-output": "0.000001" }),
        2 => {
            json!({ "per-million-input": "3.00", "per-million-output": "15.00", "per-run": "0.01" })
        }
        _ => json!({ "per-million-output": "7.10" }),
    };
    set(gate, "/budget/prices", json!({ "acme/large": price }));
}

fn change_data(random: &mut Random, _: &Setting, gate: &mut Value) {
    let classes = random.subset(&["contact", "orders"]).into_iter().map(|class| {
        let mut entry = json!({ "class": class });
        for answer in [
            "may-be-uploaded",
            "may-be-retained",
            "may-be-used-for-training",
            "anonymised",
            "region-restricted",
            "consent-respected",
        ] {
            if !random.is_one_in(12) {
                entry[answer] = json!(random.is_one_in(2));
            }
        }
        entry["regions"] = json!(random.subset(&["eu", "uk"]));
        entry
    });
    let classes: Vec<_> = classes.collect();
    set(gate, "/data", json!(classes));
}

fn change_models_and_tools(random: &mut Random, setting: &Setting, gate: &mut Value) {
    let approvals: Vec<_> = (0..=random.below(2))
        .map(|_| {
            let mut approval = json!({
                "vendor": "Acme AI",
                "model": random.pick(&["acme/large", "acme/small"]),
                "use-case": "a use",
                "by": { "name": "Ines Duarte", "role": "Legal" },
                "on": near_day(random, setting),
            });
            let until = near_day(random, setting);
            if random.is_one_in(2) && until.as_str() >= approval["on"].as_str() {
                set(&mut approval, "/until", until);
            }
            approval
        })
        .collect();
    set(gate, "/approvals", json!(approvals));
    set(gate, "/access/0/tools", json!(random.subset(&["mailer.send", "crm.delete"])));
    if random.is_one_in(4) {
        remove(gate, &format!("/access/1/{}", random.pick(&["see", "infer", "trigger"])));
    }
}

fn change_contracts(random: &mut Random, setting: &Setting, gate: &mut Value) {
    let count = gate["contracts"].as_array().map_or(0, Vec::len);
    for position in 0..count {
        let pointer = |key: &str| format!("/contracts/{position}/{key}");
        if random.is_one_in(3) {
            set(gate, &pointer("mode"), json!(random.pick(&["enforce", "advise", "shadow"])));
        }
        if random.is_one_in(2) {
            let on_fail = json!({
                "critical": random.pick(&["hold", "block"]),
                "error": random.pick(&["hold", "block"]),
                "warning": random.pick(&["hold", "block"]),
                "info": random.pick(&["hold", "block"]),
            });
            set(gate, &pointer("on-fail"), on_fail);
        }
        set(gate, &pointer("on-failure"), json!(random.pick(&["hold", "block"])));
        if random.is_one_in(2) {
            let repeat = *random.pick(&[2, 3, 3, 4, 5]);
            set(gate, &pointer("repeat"), json!(repeat));
            if random.is_one_in(2) {
                set(gate, &pointer("majority"), json!(repeat / 2 + 1 + random.below(2)));
            }
        }
        if random.is_one_in(4) {
            set(gate, &pointer("at"), json!("/items/*"));
            if random.is_one_in(2) {
                set(gate, &pointer("when-absent"), json!("pass"));
            }
        }
        if random.is_one_in(3) {
            let until = near_day(random, setting);
            let exception = json!({ "owner": "Sam Reed", "until": until, "reason": "a reason" });
            set(gate, &pointer("fail-open"), exception);
        }
    }
    if random.is_one_in(4) {
        set(gate, "/allow-on-probabilistic-alone", json!("a reason"));
    }
}

fn change_review(random: &mut Random, _: &Setting, gate: &mut Value) {
    for key in ["escalate-when", "second-reviewer-when"] {
        let trigger = match random.below(5) {
            0 => json!({ "always": true }),
            1 => json!({ "severity": random.pick(&["info", "warning", "error", "critical"]) }),
            2 => json!({ "rules": ["email", "health-claim"] }),
            3 => json!({ "severity": "critical", "rules": ["email"] }),
            _ => json!({}),
        };
        set(gate, &format!("/review/{key}"), trigger);
    }
    set(gate, "/review/count", json!(random.pick(&[1, 1, 2, 3])));
    set(gate, "/review/sla", json!(random.pick(&["1h", "24h"])));
    set(gate, "/review/may-not", json!(random.subset(&PEOPLE)));
    let listed: Vec<_> = random
        .subset(&PEOPLE)
        .into_iter()
        .map(|name| json!({ "name": name, "role": "Marketing Operations" }))
        .collect();
    set(gate, "/review/reviewers", json!(listed));
}
