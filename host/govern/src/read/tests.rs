use tollgate_model::TextFileError;

use super::*;
use crate::example::{WELCOME_EMAIL, WELCOME_EMAIL_FILE, example};

/// Returns the error messages for a text, one a line.
fn messages(text: &str) -> Vec<String> {
    match read("gates/a.toml", text) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.to_string().lines().map(Into::into).collect(),
    }
}

fn assert_errors(text: &str, expected: &[&str]) {
    let messages = messages(text);
    assert_eq!(messages.len(), expected.len(), "{messages:#?}");
    for (message, expected) in messages.iter().zip(expected) {
        assert!(message.starts_with(expected), "{message}\nshould start with\n{expected}");
    }
}

/// Returns the error messages for the example with one replacement.
fn errors_after(from: &str, to: &str) -> Vec<String> {
    assert_eq!(WELCOME_EMAIL.matches(from).count(), 1, "`{from}` is there once");
    match read(WELCOME_EMAIL_FILE, &WELCOME_EMAIL.replace(from, to)) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.0.iter().map(ToString::to_string).collect(),
    }
}

#[track_caller]
fn assert_refused(from: &str, to: &str, expected: &str) {
    let messages = errors_after(from, to);
    let [only] = &messages[..] else { panic!("one error, not {messages:#?}") };
    assert!(only.contains(expected), "{only}\nshould say\n{expected}");
    let line = WELCOME_EMAIL[..WELCOME_EMAIL.find(from).unwrap()].lines().count().max(1);
    let named: usize = only.split(':').nth(1).unwrap().parse().unwrap();
    assert!(named.abs_diff(line) <= 4, "{only}\nshould name a line near {line}");
}

#[test]
fn example_survives_a_json_round_trip() {
    let gate = example();
    let text = serde_json::to_string(&gate).unwrap();
    let again: Gate = serde_json::from_str(&text).unwrap();
    assert_eq!(again, gate);
    assert_eq!(again.digest().unwrap(), gate.digest().unwrap());
    assert_eq!(gate.contracts.len(), 3);
    assert_eq!(gate.contracts[0].on_fail.error, tollgate_model::StopEffect::Hold);
}

#[test]
fn digest_ignores_comments_and_layout() {
    let other = WELCOME_EMAIL.replace(
        "name = \"welcome-email\" # must match the file name",
        "# !\n\nname='welcome-email'",
    );
    assert_ne!(other, WELCOME_EMAIL);
    let gate = read(WELCOME_EMAIL_FILE, &other).unwrap();
    assert_eq!(gate.digest().unwrap(), example().digest().unwrap());
}

#[test]
fn reads_nearly_empty_records() {
    assert_eq!(messages("name = \"a\""), [""; 0]);
    assert_eq!(messages(""), [""; 0], "the file name is the name");
    assert_eq!(read("gates/a.toml", "").unwrap().name.as_str(), "a");
}

#[test]
fn reports_invalid_toml_with_its_line() {
    assert_errors("name = \"a\"\nname = \"b\"", &["gates/a.toml:2: invalid TOML: "]);
    assert_errors("name = \"a\"\n\n[owner", &["gates/a.toml:3: invalid TOML: "]);
    assert_errors("name = \"a\"\nx = nan", &["gates/a.toml:2: `x`: `nan` is not a finite number"]);
    let large = format!("name = \"a\" #{}", "x".repeat(FILE_BYTES_MAX));
    assert_errors(&large, &["gates/a.toml: a gate file has at most"]);
}

#[test]
fn refuses_impossible_days_in_quotes() {
    let messages = errors_after("review-by = 2027-03-31", "review-by = \"2027-02-29\"");
    assert_eq!(
        messages,
        ["gates/welcome-email.toml:15: `review-by`: `2027-02-29` is not in the \
          calendar: month 02 of 2027 has 28 days"]
    );
}

#[test]
fn reports_all_errors_at_once() {
    let text = r#"
name = "a"
reveiw-by = 2026-03-31
review-by = 2026-02-30
task = ""
[owner]
name = "Sam Reed"
[score]
outcome-criticality = { value = 6, reason = "r" }
model-reliability = { value = 2 }
label = "maybe"
[budget]
currency = "EUR"
per-day = "-5.00"
per-week = 5.0
[autonomy]
scheme = "l0-l5"
level = 7
[[contracts]]
contract = "pii"
[[contracts]]
contract = "tollgate/pii@^1"
mode = "enforced"
repeat = 300
"#;
    assert_errors(
        text,
        &[
            "gates/a.toml:3: `reveiw-by`: unknown key: possible keys are `name`, `purpose`, `task`,",
            "gates/a.toml:4: `review-by`: invalid TOML: invalid date, expected day between 01 and 28",
            "gates/a.toml:5: `task`: the text is empty",
            "gates/a.toml:6: `owner`: missing key `role`",
            "gates/a.toml:9: `score.outcome-criticality.value`: `6` is not a score value",
            "gates/a.toml:10: `score.model-reliability`: missing key `reason`",
            "gates/a.toml:11: `score.label`: unknown value `maybe`: possible values are `delegate`,",
            "gates/a.toml:14: `budget.per-day`: `-5.00` is negative",
            "gates/a.toml:15: `budget.per-week`: expected a text in quotes, found the number `5`",
            "gates/a.toml:18: `autonomy.level`: `7` is not a level of l0-l5: use 0 to 5",
            "gates/a.toml:20: `contracts[0].contract`: `pii` is not a contract name",
            "gates/a.toml:23: `contracts[0].mode`: unknown value `enforced`",
            "gates/a.toml:24: `contracts[0].repeat`: expected a whole number",
        ],
    );
}

#[test]
fn marks_the_part_that_is_wrong() {
    let text = "\
task = \"ä\"
reveiw-by = 2026-03-31
review-by = 2026-02-30
score.label = \"maybe\"
score.model-reliability = { value = 2 }
[owner]
name = \"Sam Reed\"
[[contracts]]
contract = \"tollgate/pii@^1\"
repeat = 300
";
    let errors = read("gates/a.toml", text).unwrap_err();
    let marked = |error: &TextFileError| {
        let span = error.span.unwrap();
        text[span.start..span.end].to_owned()
    };
    let marked: Vec<_> = errors.0.iter().map(marked).collect();
    let expected = ["reveiw-by", "2026-02-30", "\"maybe\"", "{ value = 2 }", "[owner]", "300"];
    assert_eq!(marked, expected);
}

#[test]
fn gate_name_must_match_its_file() {
    assert_refused(
        "name = \"welcome-email\"",
        "name = \"welcome\"",
        "differs from the file name `welcome-email.toml`",
    );
    assert_refused("name = \"welcome-email\"", "name = \"Welcome\"", "is not a gate name");
}

#[test]
fn refuses_levels_outside_the_scheme() {
    assert_refused("level = 3\n", "level = 6\n", "`6` is not a level of l0-l5");
    assert_refused(
        "level = 3\nhighest = 4",
        "level = 3\nhighest = 2",
        "starting level 3 is above the highest level 2",
    );
    assert_refused(
        "scheme = \"l0-l5\"\nlevel = 3",
        "scheme = \"tiers-1-4\"\nlevel = 0",
        "use 1 to 4",
    );
    assert_refused(
        "scheme = \"l0-l5\"",
        "scheme = \"levels\"",
        "possible values are `l0-l5` and `tiers-1-4`",
    );
}

#[test]
fn refuses_authors_as_reviewers_or_signers() {
    assert_refused(
        "name = \"Kim Osei\"\nrole = \"Marketing Operations\"\n\n[[review.escalate-to]]\nname = \"Sam",
        "name = \"dana  hill\"\nrole = \"Marketing Operations\"\n\n[[review.escalate-to]]\nname = \"Sam",
        "authors cannot approve",
    );
    let text = "[[approvals]]";
    let sign_off = "[[sign-offs]]\nof = \"risk\"\nby = { name = \"Dana Hill\", role = \"CMO\" }\non = 2026-01-01\nreason = \"r\"\n\n[[approvals]]";
    assert_refused(text, sign_off, "cannot sign it off");
}

#[test]
fn refuses_inconsistent_entries() {
    let messages = errors_after("may-not = [\"Dana Hill\"]", "may-not = [\"Kim Osei\"]");
    assert!(
        messages.len() == 1 && messages[0].contains("`review.reviewers[0]`: Kim Osei is listed in")
    );
    assert_refused("reviewed-cycles = 30", "reviewed-cycles = 29", "use at least 30");
    assert_refused("sample-share = 0.1", "sample-share = 0", "samples nothing");
    assert_refused("sample-share = 0.1", "sample-share = 1.5", "is not a share");
    assert_refused("at-least = 0.32", "", "needs `at-least`");
    assert_refused("kpi = \"complaints-per-thousand\"", "kpi = \"open-rate\"", "is listed twice");
    assert_refused("regions = [\"eu\"]", "regions = []", "needs at least one region");
    assert_refused("until = 2027-08-31", "until = 2025-08-31", "before its start");
    assert_refused("item = \"tone\"", "item = \"promises\"", "is listed twice");
    assert_refused("system = \"mailer\"", "system = \"newsletter database\"", "is listed twice");
    assert_refused(
        "topics-judged-by = \"tollgate/banned-terms\"",
        "topics-judged-by = \"easy to read\"",
        "no enforced contract `easy to read`",
    );
    assert_refused("sla = \"24h\"", "sla = \"a day\"", "is not a span of time");
}

#[test]
fn refuses_inconsistent_contract_settings() {
    assert_refused(
        "on-failure = \"block\"",
        "on-failure = \"allow\"",
        "possible values are `hold` and `block`",
    );
    assert_refused(
        "on-failure = \"block\"",
        "repeat = 3\nmajority = 1",
        "1 of 3 is not a majority",
    );
    assert_refused(
        "on-failure = \"block\"",
        "repeat = 3\nmajority = 4",
        "4 of 3 is not a majority",
    );
    assert_refused("on-failure = \"block\"", "repeat = 16", "out of range: use 1 to 15");
    assert_refused(
        "on-failure = \"block\"",
        "tables = { a = \"a.csv\" }",
        "add `\"lookup\"` to `grants`",
    );
    assert_refused("on-failure = \"block\"", "config-file = \"pii.json\"", "both set");
    assert_refused(
        "on-failure = \"block\"",
        "grants = [\"network\"]",
        "possible values are `log`, `clock`,",
    );
    assert_refused("mode = \"advise\"", "mode = \"enforce\"", "cannot fail open");
    assert_refused(
        "as = \"easy to read\"",
        "as = \"tollgate/pii\"",
        "is the name of two contracts",
    );
    let open = ", until = 2027-01-31";
    assert_refused(open, "", "missing key `until`");
}

#[test]
fn refuses_too_few_reviewers() {
    let text = "name = \"a\"\n[review]\ncount = 2\nreviewers = [{ name = \"Kim\", role = \"r\" }, { name = \"KIM\", role = \"r\" }]";
    assert_errors(
        text,
        &["gates/a.toml:3: `review.count`: `count = 2` needs 2 reviewers, but only 1 named here"],
    );
    assert_errors(
        "name = \"a\"\n[review]\ncount = 0",
        &["gates/a.toml:3: `review.count`: `0` is out of range"],
    );
}

#[test]
fn reads_a_quality_gate_of_three_lines() {
    let text = "purpose = \"quality\"\n[[contracts]]\ncontract = \"tollgate/pii@^1\"\n";
    let gate = read("gates/products.toml", text).unwrap();
    assert!(gate.is_quality());
    assert_eq!((gate.name.as_str(), gate.contracts.len()), ("products", 1));
    assert_eq!(gate.clone().into_quality(), gate);
}

#[test]
fn refuses_keys_of_a_delegation_in_a_quality_gate() {
    let text = "purpose = \"quality\"\ntask = \"descriptions\"\nprompt = \"welcome-email@^2\"\ncost-centre = \"17\"\n\
                [review]\nroles = [\"editor\"]\n[[contracts]]\ncontract = \"tollgate/pii@^1\"\n";
    assert_errors(
        text,
        &[
            "gates/a.toml:4: `cost-centre`: this key belongs to a delegation, and the purpose of this gate is `quality`",
            "gates/a.toml:5: `review`: this key belongs to a delegation",
        ],
    );
    let messages = read("gates/a.toml", text).unwrap_err().0;
    let help = messages[0].help.as_deref();
    assert_eq!(help, Some("remove the key, or write `purpose = \"delegation\"`"));
    assert_errors(&text.replace("quality", "delegation"), &[]);
}

#[test]
fn names_the_line_of_a_second_purpose() {
    let text = "purpose = \"quality\"\npurpose = \"delegation\"\n";
    assert_errors(text, &["gates/a.toml:2: invalid TOML: "]);
    assert_errors("purpose = \"both\"\n", &["gates/a.toml:1: `purpose`: unknown value `both`"]);
}
