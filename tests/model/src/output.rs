//! Random outputs with their context, and the results of the gate's contracts about them.

use serde_json::{Value, json};

use crate::edit::{remove, set};
use crate::random::Random;
use crate::world::{PEOPLE, Setting, VOICE};

type ContextChange = fn(&mut Random, &mut Value);

const CONTEXT_CHANGES: [ContextChange; 12] = [
    |random, context| {
        choose(
            random,
            context,
            "channel",
            &[json!("billboard"), json!(""), json!(7), json!("Email")],
        )
    },
    |random, context| {
        let topics = [
            json!([]),
            json!(["health"]),
            json!(["health", "politics"]),
            json!(["Health", "politics "]),
            json!(["\u{ff48}ealth", "p\u{43e}litics"]),
            json!(["he-\u{e1}lth\u{2800}", "\u{1d18}olitics"]),
            json!("health"),
            json!(["sport", 1]),
        ];
        choose(random, context, "topics", &topics);
    },
    |random, context| {
        choose(
            random,
            context,
            "model",
            &[json!("acme/small"), json!("other"), json!(["acme/large"])],
        )
    },
    |random, context| {
        let confidences =
            [0.0, 0.5, 0.799_999, 0.799_999_6, 0.8, 0.800_000_4, 0.800_001, 1.0, 1.5, -0.1];
        let confidence = json!(random.pick(&confidences));
        choose(random, context, "confidence", &[confidence, json!("0.9"), json!(1), json!(true)]);
    },
    |random, context| choose(random, context, "campaign", &[json!("spring"), json!(3)]),
    |random, context| {
        let classes = [
            json!([]),
            json!(["orders"]),
            json!(["contact", "orders"]),
            json!(["health"]),
            json!("contact"),
        ];
        choose(random, context, "data-classes", &classes);
    },
    |random, context| choose(random, context, "region", &[json!("us"), json!("uk"), json!(1)]),
    |random, context| {
        let digests =
            [json!(VOICE), json!(format!("sha256:{}", "0".repeat(64))), json!("voice.md")];
        choose(random, context, "brand-voice", &digests);
    },
    |random, context| {
        let costs = [
            "0",
            "0.000001",
            "0.50",
            "1.00",
            "3.00",
            "11.999999",
            "12.00",
            "12.000001",
            "-1",
            "1e3",
            "9999999999",
        ];
        let cost = json!(random.pick(&costs));
        choose(random, context, "cost", &[cost.clone(), cost.clone(), cost, json!(2)]);
    },
    |random, context| {
        choose(
            random,
            context,
            "input-tokens",
            &[json!(0), json!(1), json!(999_999), json!(-1), json!(1.5)],
        )
    },
    |random, context| {
        choose(
            random,
            context,
            "output-tokens",
            &[json!(0), json!(1_000_000_000), json!(1_000_000_001), json!(u64::MAX), json!("40")],
        )
    },
    |random, context| {
        let author = json!(random.pick(&PEOPLE));
        choose(
            random,
            context,
            "author",
            &[
                author.clone(),
                author,
                json!("  "),
                json!("Kim \u{200b} Osei"),
                json!("Kim Osei\u{e000}"),
                json!("K\u{456}m Osei"),
                json!(5),
            ],
        );
    },
];

fn choose(random: &mut Random, context: &mut Value, key: &str, values: &[Value]) {
    if random.is_one_in(4) {
        remove(context, &format!("/{key}"));
    } else {
        set(context, &format!("/{key}"), random.pick(values).clone());
    }
}

pub fn random_subject(random: &mut Random, setting: &Setting) -> Value {
    let mut context = json!({
        "channel": "email", "topics": ["sport"], "model": "acme/large", "confidence": 0.9, "campaign": "autumn",
        "data-classes": ["contact"], "region": "eu", "input-tokens": 380, "output-tokens": 40, "locale": "en",
    });
    for change in CONTEXT_CHANGES {
        if random.is_one_in(setting.rarity) {
            change(random, &mut context);
        }
    }
    let mut subject = json!({ "context": context, "prompt": setting.prompt(random) });
    if subject["prompt"].is_null() {
        remove(&mut subject, "/prompt");
    }
    match random.below(8) {
        0 => set(&mut subject, "/json", json!({ "greeting": "Hello" })),
        1 => {
            let tool = *random.pick(&["mailer.send", "crm.delete"]);
            set(&mut subject, "/action", json!({ "tool": tool, "arguments": {} }));
        }
        2 if random.is_one_in(setting.rarity) => {
            set(
                &mut subject,
                "/text",
                json!(random.pick(&["", " \n", "\u{200b}\u{3164}", "\u{1d159}\u{301}"])),
            );
        }
        3 if random.is_one_in(setting.rarity) => {
            set(&mut subject, "/invalid-json", json!(random.pick(&["", "{", "```\n{}\n```"])));
        }
        _ => set(&mut subject, "/text", json!("Hello Dana")),
    }
    subject
}

/// Returns a check for each contract of the gate, and now and then one too many, too few, or twice.
pub fn random_checks(random: &mut Random, setting: &Setting, gate: &Value) -> Value {
    let mut checks = Vec::new();
    for binding in gate["contracts"].as_array().into_iter().flatten() {
        let name =
            binding["as"].as_str().or_else(|| binding["contract"].as_str()?.split('@').next());
        let is_disturbed = random.is_one_in(setting.rarity);
        if is_disturbed && random.is_one_in(6) {
            continue;
        }
        if binding["at"].is_string() {
            checks.extend(random_part_checks(random, setting, binding, name));
            continue;
        }
        let repeat = binding["repeat"].as_u64().unwrap_or(1);
        let given = if is_disturbed { repeat.saturating_sub(random.below(2)) } else { repeat };
        let verdicts: Vec<_> =
            (0..given).map(|_| random_verdict(random, is_disturbed, setting)).collect();
        let is_probabilistic =
            if repeat > 1 { !random.is_one_in(4) } else { random.is_one_in(setting.rarity * 2) };
        let determinism = if is_probabilistic { "probabilistic" } else { "deterministic" };
        checks.push(json!({
            "contract": name,
            "determinism": determinism,
            "verdicts": verdicts,
            "fails-ordinary": random.is_one_in(2),
        }));
    }
    if random.is_one_in(setting.rarity * 8) {
        let verdicts = [random_verdict(random, true, setting)];
        checks.push(json!({ "contract": "acme/other", "determinism": "deterministic", "verdicts": verdicts }));
    }
    if random.is_one_in(2) {
        checks.reverse();
    }
    json!(checks)
}

/// Returns checks of parts of a document, some of them without anything to judge, and now and then one of a whole output.
fn random_part_checks(
    random: &mut Random,
    setting: &Setting,
    binding: &Value,
    name: Option<&str>,
) -> Vec<Value> {
    let repeat = binding["repeat"].as_u64().unwrap_or(1);
    let mut checks = Vec::new();
    for position in 0..=random.below(2) {
        let is_disturbed = random.is_one_in(setting.rarity);
        let has_problem = random.is_one_in(3);
        let given = if has_problem { 0 } else { repeat };
        let verdicts: Vec<_> =
            (0..given).map(|_| random_verdict(random, is_disturbed, setting)).collect();
        let mut check = json!({
            "contract": name,
            "determinism": if random.is_one_in(4) { "probabilistic" } else { "deterministic" },
            "part": { "at": format!("/items/{position}") },
            "verdicts": verdicts,
            "fails-ordinary": random.is_one_in(2),
        });
        if has_problem {
            let problems = [
                "absent",
                "absent",
                "wrong-shape",
                "not-a-document",
                "too-many",
                "ambiguous",
                "unreadable",
            ];
            check["part"]["problem"] = json!(random.pick(&problems));
        } else if random.is_one_in(setting.rarity * 2) {
            remove(&mut check, "/part");
        }
        checks.push(check);
    }
    checks
}

fn random_verdict(random: &mut Random, is_disturbed: bool, setting: &Setting) -> Value {
    let result = if is_disturbed && random.is_one_in(4) {
        random_failure(random)
    } else {
        let outcome =
            if is_disturbed { *random.pick(&["pass", "fail", "fail", "unsure"]) } else { "pass" };
        let has_findings = is_disturbed || random.is_one_in(setting.rarity * 2);
        let count = if has_findings { random.below(3) } else { 0 };
        let findings: Vec<_> = (0..count).map(|_| random_finding(random)).collect();
        json!({ "verdict": "report", "outcome": outcome, "findings": findings, "measures": [] })
    };
    json!({ "result": result, "fuel-used": 1 })
}

fn random_finding(random: &mut Random) -> Value {
    json!({
        "rule": random.pick(&["email", "phone", "health-claim"]),
        "severity": random.pick(&["info", "warning", "error", "critical"]),
        "message": "a message",
        "place": random.pick(&[json!("whole"), json!({ "pointer": "/text" })]),
    })
}

fn random_failure(random: &mut Random) -> Value {
    let mut failure = match random.below(6) {
        0 => json!({ "kind": "out-of-fuel", "fuel": 7 }),
        1 => json!({ "kind": "deadline", "deadline-ms": 5 }),
        2 => json!({ "kind": "subject-too-large", "bytes": 9, "subject-bytes-max": 8 }),
        3 => {
            json!({ "kind": "refused", "refusal": { "kind": "not-applicable", "reason": "no text" } })
        }
        4 => json!({ "kind": "refused", "refusal": { "kind": "broken", "reason": "no idea" } }),
        _ => json!({ "kind": "host", "reason": "no disk" }),
    };
    failure["verdict"] = json!("failure");
    failure
}
