use super::*;
use crate::example::{WELCOME_EMAIL, WELCOME_EMAIL_FILE, example};

/// What is told of a text, a line each.
fn told(text: &str) -> Vec<String> {
    match read("gates/a.toml", text) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.to_string().lines().map(Into::into).collect(),
    }
}

fn check(text: &str, wanted: &[&str]) {
    let told = told(text);
    assert_eq!(told.len(), wanted.len(), "{told:#?}");
    for (told, wanted) in told.iter().zip(wanted) {
        assert!(told.starts_with(wanted), "{told}\nshould start with\n{wanted}");
    }
}

/// The example, with one thing another.
fn changed(from: &str, to: &str) -> Vec<String> {
    assert_eq!(WELCOME_EMAIL.matches(from).count(), 1, "`{from}` is there once");
    match read(WELCOME_EMAIL_FILE, &WELCOME_EMAIL.replace(from, to)) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.0.iter().map(ToString::to_string).collect(),
    }
}

#[track_caller]
fn refused(from: &str, to: &str, wanted: &str) {
    let told = changed(from, to);
    let [only] = &told[..] else { panic!("one fault, not {told:#?}") };
    assert!(only.contains(wanted), "{only}\nshould say\n{wanted}");
    let line = WELCOME_EMAIL[..WELCOME_EMAIL.find(from).unwrap()].lines().count().max(1);
    let named: usize = only.split(':').nth(1).unwrap().parse().unwrap();
    assert!(named.abs_diff(line) <= 4, "{only}\nshould name a line near {line}");
}

#[test]
fn the_example_is_read_and_written_as_json_and_read_again() {
    let gate = example();
    let text = serde_json::to_string(&gate).unwrap();
    let again: Gate = serde_json::from_str(&text).unwrap();
    assert_eq!(again, gate);
    assert_eq!(again.digest().unwrap(), gate.digest().unwrap());
    assert_eq!(gate.contracts.len(), 3);
    assert_eq!(gate.contracts[0].on_fail.error, tollgate_model::Stop::Hold);
}

#[test]
fn comments_and_layout_do_not_make_another_gate() {
    let other = WELCOME_EMAIL
        .replace("name = \"welcome-email\" # as the file is called", "# !\n\nname='welcome-email'");
    assert_ne!(other, WELCOME_EMAIL);
    let gate = read(WELCOME_EMAIL_FILE, &other).unwrap();
    assert_eq!(gate.digest().unwrap(), example().digest().unwrap());
}

#[test]
fn a_record_may_lack_nearly_everything() {
    assert_eq!(told("name = \"a\""), [""; 0]);
    assert_eq!(told(""), [""; 0], "it is called as its file is");
    assert_eq!(read("gates/a.toml", "").unwrap().name.as_str(), "a");
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    check("name = \"a\"\nname = \"b\"", &["gates/a.toml:2: not TOML: "]);
    check("name = \"a\"\n\n[owner", &["gates/a.toml:3: not TOML: "]);
    check("name = \"a\"\nx = nan", &["gates/a.toml:2: `x`: `nan` is no finite number"]);
    let large = format!("name = \"a\" #{}", "x".repeat(FILE_BYTES_MAX));
    check(&large, &["gates/a.toml: a gate has at most"]);
}

#[test]
fn days_that_the_calendar_does_not_have_are_refused_in_quotes_too() {
    let told = changed("review-by = 2027-03-31", "review-by = \"2027-02-29\"");
    assert_eq!(
        told,
        ["gates/welcome-email.toml:15: `review-by`: `2027-02-29` is a day that the calendar does \
          not have: month 02 of 2027 has 28 days"]
    );
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
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
    check(
        text,
        &[
            "gates/a.toml:3: `reveiw-by`: no such key here: there are `name`, `task`,",
            "gates/a.toml:4: `review-by`: not TOML: invalid date, expected day between 01 and 28",
            "gates/a.toml:5: `task`: the text is empty",
            "gates/a.toml:6: `owner`: lacks `role`",
            "gates/a.toml:9: `score.outcome-criticality.value`: a score of `6` does not exist",
            "gates/a.toml:10: `score.model-reliability`: lacks `reason`",
            "gates/a.toml:11: `score.label`: `maybe` is not possible here: there are `delegate`,",
            "gates/a.toml:14: `budget.per-day`: `-5.00` is negative",
            "gates/a.toml:15: `budget.per-week`: has to be a text in quotes, and is the number `5`",
            "gates/a.toml:18: `autonomy.level`: `7` is no level of l0-l5, which goes from 0 to 5",
            "gates/a.toml:20: `contracts[0].contract`: `pii` is not a contract name",
            "gates/a.toml:23: `contracts[0].mode`: `enforced` is not possible here",
            "gates/a.toml:24: `contracts[0].repeat`: has to be a whole number",
        ],
    );
}

#[test]
fn a_gate_is_called_as_its_file_is() {
    refused(
        "name = \"welcome-email\"",
        "name = \"welcome\"",
        "the file is called `welcome-email.toml`",
    );
    refused("name = \"welcome-email\"", "name = \"Welcome\"", "is not a gate name");
}

#[test]
fn a_level_is_one_of_its_scheme() {
    refused("level = 3\n", "level = 6\n", "`6` is no level of l0-l5");
    refused(
        "level = 3\nhighest = 4",
        "level = 3\nhighest = 2",
        "starts at level 3, which is above 2",
    );
    refused(
        "scheme = \"l0-l5\"\nlevel = 3",
        "scheme = \"tiers-1-4\"\nlevel = 0",
        "goes from 1 to 4",
    );
    refused("scheme = \"l0-l5\"", "scheme = \"levels\"", "there are `l0-l5` and `tiers-1-4`");
}

#[test]
fn an_author_does_not_review_nor_sign_off() {
    refused(
        "name = \"Kim Osei\"\nrole = \"Marketing Operations\"\n\n[[review.escalate-to]]\nname = \"Sam",
        "name = \"dana  hill\"\nrole = \"Marketing Operations\"\n\n[[review.escalate-to]]\nname = \"Sam",
        "authors do not approve",
    );
    let text = "[[approvals]]";
    let sign_off = "[[sign-offs]]\nof = \"risk\"\nby = { name = \"Dana Hill\", role = \"CMO\" }\non = 2026-01-01\nreason = \"r\"\n\n[[approvals]]";
    refused(text, sign_off, "cannot sign it off");
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let told = changed("may-not = [\"Dana Hill\"]", "may-not = [\"Kim Osei\"]");
    assert!(told.len() == 1 && told[0].contains("`review.reviewers[0]`: Kim Osei stands under"));
    refused("reviewed-cycles = 30", "reviewed-cycles = 29", "it takes at least 30");
    refused("sample-share = 0.1", "sample-share = 0", "nobody looking");
    refused("sample-share = 0.1", "sample-share = 1.5", "is no share");
    refused("at-least = 0.32", "", "has to have `at-least`");
    refused("kpi = \"complaints-per-thousand\"", "kpi = \"open-rate\"", "is there twice");
    refused("regions = [\"eu\"]", "regions = []", "has to stay in a region");
    refused("until = 2027-08-31", "until = 2025-08-31", "before it began");
    refused("item = \"tone\"", "item = \"promises\"", "is there twice");
    refused("system = \"mailer\"", "system = \"newsletter database\"", "is there twice");
    refused(
        "topics-judged-by = \"tollgate/banned-terms\"",
        "topics-judged-by = \"easy to read\"",
        "no contract of this gate is called `easy to read` and enforced",
    );
    refused("sla = \"24h\"", "sla = \"a day\"", "is no span of time");
}

#[test]
fn what_does_not_fit_a_contract_is_refused() {
    refused("on-failure = \"block\"", "on-failure = \"allow\"", "there are `hold` and `block`");
    refused("on-failure = \"block\"", "repeat = 3\nmajority = 1", "1 of 3 is no majority");
    refused("on-failure = \"block\"", "repeat = 3\nmajority = 4", "4 of 3 is no majority");
    refused("on-failure = \"block\"", "repeat = 16", "out of bounds: from 1 to 15");
    refused(
        "on-failure = \"block\"",
        "tables = { a = \"a.csv\" }",
        "add `\"lookup\"` to its `grants`",
    );
    refused("on-failure = \"block\"", "config-file = \"pii.json\"", "there is `config` too");
    refused("on-failure = \"block\"", "grants = [\"network\"]", "there are `log`, `clock`,");
    refused("mode = \"advise\"", "mode = \"enforce\"", "cannot fail open");
    refused("as = \"easy to read\"", "as = \"tollgate/pii\"", "is there twice");
    let open = ", until = 2027-01-31";
    refused(open, "", "lacks `until`");
}

#[test]
fn as_many_people_are_named_as_have_to_approve() {
    let text = "name = \"a\"\n[review]\ncount = 2\nreviewers = [{ name = \"Kim\", role = \"r\" }, { name = \"KIM\", role = \"r\" }]";
    check(
        text,
        &["gates/a.toml:3: `review.count`: 2 people have to approve, and only 1 are named"],
    );
    check(
        "name = \"a\"\n[review]\ncount = 0",
        &["gates/a.toml:3: `review.count`: `0` is out of bounds"],
    );
}
