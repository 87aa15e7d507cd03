//! `tollgate score`, `risk` and `gate`: gate records as people write and read them.

use std::process::Command;

use regex::Regex;

use crate::check::{change_brand_voice, newsletter, release};
use crate::tool::{Place, Ran, repository};

const GATE: &str = "gates/welcome-email.toml";

/// Copies the example gate of the repository into an empty project. None of its days comes soon.
fn example() -> Place {
    let place = Place::new();
    let gate = repository().join("examples/newsletter/gates/welcome-email.toml");
    place.write("tollgate.toml", "");
    place.write(GATE, std::fs::read_to_string(gate).unwrap().replace("= 2027-", "= 2099-"));
    let voice = repository().join("examples/newsletter/brand/voice.md");
    place.write("brand/voice.md", std::fs::read(voice).unwrap());
    place
}

#[test]
fn scores_match_the_published_example() {
    let place = Place::new();
    let score =
        |line: &str| place.run(&[&["score"], &line.split(' ').collect::<Vec<_>>()[..]].concat());
    score("2 1 1 3 2 4").exits_with_snapshot(0);
    score("5 5 3 2 5 1").exits_with_snapshot(0);
    score("1 1 1 4 1 5 --label delegate").exits_with_snapshot(0);
    score("1 1 1 4 1 5 --invert cost-efficiency").exits_with_snapshot(0);
    let scored = score("2 1 1 3 2 4 --json").exits_with(0).json();
    assert_eq!((&scored["raw"], &scored["posture"]), (&13.into(), &"human-in-the-loop".into()));
    assert_eq!(scored["values"]["cost-efficiency"], 4);
    score("2 1 1 3 2 6").exits_with_snapshot(2);
    score("2 1 1 3 2").exits_with_snapshot(2);
    score("2 1 1 3 2 4 --invert speed").exits_with_snapshot(2);
}

#[test]
fn a_project_sets_its_own_score_thresholds() {
    let place = Place::new();
    let score_with = |thresholds: &str| {
        place.write("tollgate.toml", format!("[score]\n{thresholds}\n"));
        place.run(&["score", "2", "1", "1", "3", "2", "4"])
    };
    score_with("").exits_with_snapshot(0);
    score_with("delegate-max = 13").exits_with_snapshot(0);
    score_with("delegate-max = 5\nhuman-max = 12").exits_with_snapshot(0);
    score_with("delegate-max = 20").exits_with_snapshot(2);
    score_with("human-max = 31").exits_with_snapshot(2);
}

#[test]
fn a_new_project_has_the_gate_schema() {
    let place = Place::new();
    let schema = std::fs::read_to_string(repository().join("docs/gate.schema.json")).unwrap();
    assert_eq!(place.run(&["gate", "schema"]).exits_with(0).out, schema);
    place.run(&["init"]).exits_with(0);
    let gate = std::fs::read_to_string(place.path("gates/welcome-email.toml")).unwrap();
    let link = gate.lines().next().unwrap().strip_prefix("#:schema ").unwrap();
    let linked = std::fs::read_to_string(place.path("gates").join(link)).unwrap();
    assert_eq!(linked, schema);
}

#[test]
fn gate_check_names_missing_and_invalid_entries() {
    let place = example();
    place.run(&["gate", "check"]).exits_with_snapshot(0);
    let text = std::fs::read_to_string(place.path("gates/welcome-email.toml")).unwrap();
    place.write("gates/welcome-email.toml", text.replace("cost-centre = \"MKT-4410\"", ""));
    place.run(&["gate", "check", "welcome-email"]).exits_with_snapshot(1);
    let checked = place.run(&["gate", "check", "--json"]).exits_with(1).json();
    assert_eq!(checked["gates"][0]["missing"][0]["key"], "cost-centre");
    assert_eq!(checked["gates"][0]["complete"], false);

    let wrong = text.replace("value = 3, reason = \"Every", "value = 6, reason = \"Every");
    place.write("gates/welcome-email.toml", wrong.replace("2099-03-31", "2099-02-31"));
    place.run(&["gate", "check"]).exits_with_snapshot(2);
    place.run(&["gate", "check", "farewell"]).exits_with_snapshot(2);
}

#[test]
fn gate_show_prints_the_record_and_its_current_state() {
    let place = example();
    // Nothing is locked, so the files cannot be loaded.
    place.run(&["gate", "show", "welcome-email"]).exits_with_snapshot(2);
    let shown = place.run(&["gate", "show", "welcome-email", "--json"]).exits_with(2).json();
    assert_eq!(shown["record"]["owner"]["name"], "Sam Reed");
    assert_eq!(shown["score"], 13);
}

#[test]
fn risk_lists_all_gates() {
    let place = example();
    place.run(&["risk"]).exits_with_snapshot(0);
    place.write("gates/farewell.toml", "task = \"Say farewell\"\n");
    place.run(&["risk"]).exits_with_snapshot(0);
    let risk = place.run(&["risk", "--json"]).exits_with(0).json();
    assert_eq!(risk["gates"].as_array().unwrap().len(), 2);
    assert_eq!(risk["to-fix"][0]["gate"], "farewell", "a gate without tags comes first");
}

/// Sets the days of a gate: the end of the approval of its model and of its exception, and its review.
fn set_days(place: &Place, approval: &str, exception: &str, review: &str) {
    let mut text = std::fs::read_to_string(place.path(GATE)).unwrap();
    for (key, day) in [
        (r"(?m)^(on = )\S+", "2026-01-01"),
        (r"(?m)^(until = )\S+", approval),
        (r"(fail-open = .* until = )[0-9-]+", exception),
        (r"(?m)^(review-by = )\S+", review),
    ] {
        let key = Regex::new(key).unwrap();
        assert_eq!(key.find_iter(&text).count(), 1, "{key} in {text}");
        text = key.replace(&text, format!("${{1}}{day}")).into_owned();
    }
    place.write(GATE, text);
}

fn days_ahead(days: u32) -> String {
    let mut date = Command::new("date");
    let ahead = format!("+{days} days");
    Ran::from_command(date.args(["-u", "-d", &ahead, "+%F"])).exits_with(0).out.trim().to_owned()
}

#[test]
fn gate_check_and_risk_know_what_has_ended() {
    let place = newsletter();
    set_days(&place, "2026-01-31", "2026-02-28", "2026-03-31");
    place.run(&["gate", "check"]).exits_with_snapshot(1);
    let checked = place.run(&["gate", "check", "--json"]).exits_with(1).json();
    assert_eq!(checked["gates"][0]["complete"], false);
    let due = checked["gates"][0]["due"].as_array().unwrap();
    assert!(due.len() == 3 && due.iter().all(|day| day["passed"] == true), "{due:#?}");
    let released = release(&place);
    let warning =
        "the approval of model `acme/large` ended on 2026-01-31: outputs of this model are held";
    assert!(released.exits_with(0).err.contains(warning), "{released:#?}");
    let risk = place.run(&["risk"]).exits_with(0).out.clone();
    for ended in [
        "the approval of model `acme/large` ended on 2026-01-31",
        "the `fail-open` exception of contract `easy to read` ended on 2026-02-28",
        "the gate record was due for review by 2026-03-31",
    ] {
        assert_eq!(risk.matches(ended).count(), 2, "at the gate, and to fix: {risk}");
    }
    assert!(risk.contains("3 not valid today") && !risk.contains("complete"), "{risk}");
    assert!(!risk.contains("nothing"), "{risk}");
    let shown = place.run(&["gate", "show", "welcome-email"]).exits_with(0).out.clone();
    assert!(shown.contains("not yet to delegate:"), "{shown}");
    assert!(shown.contains("✗ the approval of model `acme/large` ended on 2026-01-31"), "{shown}");
}

#[test]
fn an_approval_that_begins_later_is_told_with_its_day() {
    let place = newsletter();
    let (begins, later) = (days_ahead(50), days_ahead(100));
    set_days(&place, &later, &later, &later);
    let gate = std::fs::read_to_string(place.path(GATE)).unwrap();
    place.write(GATE, gate.replace("on = 2026-01-01", &format!("on = {begins}")));
    let told = format!("the approval of model `acme/large` begins only on {begins}");
    let checked = place.run(&["gate", "check"]).exits_with(1).out.clone();
    assert!(checked.contains(&told) && checked.contains("not ready to delegate"), "{checked}");
    let released = release(&place);
    let warning = format!("{told}: outputs of this model are blocked until then");
    assert!(released.exits_with(0).err.contains(&warning), "{released:#?}");
    let risk = place.run(&["risk"]).exits_with(0).out.clone();
    assert_eq!(risk.matches(&told).count(), 2, "at the gate, and to fix: {risk}");
}

#[test]
fn a_gate_of_placeholders_is_one_line_in_the_risk_map() {
    let place = newsletter();
    place.write("gates/draft.toml", "task = \"<what the AI does>\"\nobjective = \"<why>\"\n");
    let ran = place.run(&["risk"]);
    let risk = ran.exits_with(2);
    let lines = risk.err.lines().filter(|line| line.contains("draft")).collect::<Vec<_>>();
    let [line] = lines[..] else { panic!("{risk:#?}") };
    assert!(line.contains("it still has 2 placeholders: `tollgate gate check draft`"), "{line}");
    let fix = "draft  the gate file cannot be read: it has 2 placeholders";
    assert!(risk.out.contains(fix) && !risk.out.contains("nothing"), "{risk:#?}");
}

#[test]
fn the_risk_of_a_gate_that_cannot_be_read_is_no_success() {
    let place = newsletter();
    place.run(&["risk"]).exits_with(0);
    std::fs::create_dir(place.path("gates/letters.toml")).unwrap();
    let risk = place.run(&["risk"]);
    let told = "letters  the gate file cannot be read: it has 1 error";
    assert!(risk.exits_with(2).out.contains(told), "{risk:#?}");
    assert!(risk.out.contains("welcome-email  low risk"), "the others are shown: {risk:#?}");
    assert!(risk.err.contains("the file cannot be read: it is a folder"), "{risk:#?}");
    let json = place.run(&["risk", "--json"]);
    assert_eq!(json.exits_with(2).json()["to-fix"][0]["gate"], "letters");
}

#[test]
fn what_ends_soon_is_a_warning() {
    let place = newsletter();
    let (soon, later) = (days_ahead(10), days_ahead(100));
    set_days(&place, &soon, &later, &later);
    let ran = place.run(&["gate", "check"]);
    let out = &ran.exits_with(0).out;
    assert!(
        out.contains(&format!("warning: the approval of model `acme/large` ends on {soon}, in ")),
        "{out}"
    );
    assert!(out.contains(&format!("the record is complete until {soon}")), "{out}");
    release(&place).exits_with(0);
    let risk = place.run(&["risk"]).exits_with(0).out.clone();
    assert!(risk.contains(&format!("complete until {soon}")), "{risk}");
    assert!(
        risk.contains(&format!("welcome-email  the approval of model `acme/large` ends on {soon}")),
        "{risk}"
    );
    assert!(!risk.contains("nothing"), "{risk}");
    set_days(&place, &later, &later, &later);
    let ran = place.run(&["gate", "check"]);
    assert!(ran.exits_with(0).out.contains("  the record is complete\n"), "{ran:#?}");
}

#[test]
fn a_changed_brand_voice_is_a_fault_of_the_gate() {
    let place = newsletter();
    change_brand_voice(&place);
    let checked = place.run(&["gate", "check", "--json"]).exits_with(1).json();
    assert_eq!(checked["gates"][0]["complete"], false);
    assert!(
        checked["gates"][0]["brand-voice"].as_str().unwrap().contains("brand/voice.md"),
        "{checked:#}"
    );
    let risk = place.run(&["risk"]).exits_with(0).out.clone();
    let told = "the brand voice document is missing or differs from the agreed one";
    assert_eq!(risk.matches(told).count(), 2, "{risk}");
    assert!(!risk.contains("nothing") && !risk.contains("complete"), "{risk}");
    std::fs::remove_file(place.path("brand/voice.md")).unwrap();
    let missing = place.run(&["gate", "check"]);
    assert!(missing.exits_with(1).out.contains("`brand/voice.md` is missing"), "{missing:#?}");
}

#[test]
fn a_gate_without_a_level_says_so() {
    let place = newsletter();
    place.write("gates/bare.toml", "[[contracts]]\ncontract = \"tollgate/pii@^1\"\n");
    place.run(&["lock"]).exits_with(0);
    place.write("letter.txt", "Welcome.");
    let ran =
        place.run(&["check", "--gate", "bare", "letter.txt", "--no-record", "--format", "json"]);
    let reasons = ran.exits_with(1).json()["runs"][0]["reasons"].clone();
    let oversight = reasons.as_array().unwrap().iter().find(|reason| reason["code"] == "oversight");
    let held = &oversight.unwrap()["reasons"];
    assert_eq!(held[0]["kind"], "missing", "{held:#}");
    assert_eq!(held[0]["missing"], "autonomy", "{held:#}");
}

#[test]
fn a_pipe_has_no_cases() {
    let place = newsletter();
    std::fs::remove_file(place.path("cases/welcome-email.jsonl")).unwrap();
    let mut pipe = Command::new("mkfifo");
    Ran::from_command(pipe.arg(place.path("cases/welcome-email.jsonl"))).exits_with(0);
    let refused = place.run(&["gate", "test", "welcome-email"]);
    assert!(
        refused.exits_with(2).err.contains("it is a pipe, a socket or a device"),
        "{refused:#?}"
    );
}

#[test]
fn a_pipe_is_no_configuration() {
    let place = newsletter();
    std::fs::remove_file(place.path("config/banned-terms.json")).unwrap();
    let mut pipe = Command::new("mkfifo");
    Ran::from_command(pipe.arg(place.path("config/banned-terms.json"))).exits_with(0);
    let refused = release(&place);
    assert!(
        refused.exits_with(2).err.contains("it is a pipe, a socket or a device"),
        "{refused:#?}"
    );
}
