//! Figures, incidents, what was taken back, and what changed in systems.

use super::{CHECKS, KIM, check, events, held, level, project, review, short};

const ADD: [&str; 4] = ["kpi", "add", "--gate", "welcome-email"];

#[test]
fn a_score_is_shown_with_its_reasons() {
    let place = project(&[]);
    let words = ["2  data-sensitivity", "First name and chosen topics", "13", "human in the loop"];
    place.run(&["gate", "score", "welcome-email"]).check(0, &words);
    let score = place.run(&["gate", "score", "welcome-email", "--json"]).json();
    assert_eq!((&score["counted"], &score["raw"]), (&13.into(), &13.into()));
    assert_eq!(score["values"]["cost-efficiency"]["value"], 3);
    super::change(
        &place,
        super::GATE,
        &[("[score]\n", "[score]\ninvert = [\"model-reliability\"]\n")],
    );
    let missing = ("outcome-criticality = { value = 2", "# outcome-criticality = { value = 2");
    place
        .run(&["gate", "score", "welcome-email"])
        .check(0, &["(inverted)", "add up to 13, and to 15"]);
    super::change(&place, super::GATE, &[missing]);
    place.run(&["gate", "score", "welcome-email"]).check(1, &["a value is missing"]);
}

#[test]
fn figures_come_in_by_hand_and_from_programs() {
    let place = project(&[]);
    place.run(&["gate", "check"]).check(0, &["no figure of `open-rate` came in"]);
    let words = ["open-rate 0.4  keeps", "clicks 7  recorded; the gate has no threshold for it"];
    place.run(&[&ADD[..], &["open-rate=0.4", "clicks=7"]].concat()).check(0, &words);
    let json = br#"{"figures": [{"gate": "welcome-email", "kpi": "complaints-per-thousand", "value": 0.2, "at": "2026-01-02T03:04:05Z", "source": "the report"}]}"#;
    place.run_with(&["kpi", "add", "--json", "-"], json).check(0, &["0.2  keeps"]);
    let list = place.run(&["kpi", "list", "--json"]).check(0, &[]).json();
    let figures = list["figures"].as_array().unwrap();
    assert_eq!(figures.len(), 3);
    assert_eq!(figures[1]["at"], "2026-01-02T03:04:05.000Z");
    place.run(&["log", "list", "--kind", "kpi"]).check(0, &["says the report"]);

    let before = events(&place);
    place.run(&[&ADD[..], &["open-rate=much"]].concat()).check(2, &["and a number"]);
    place
        .run(&[&ADD[..], &["open-rate=0.4", "--at", "2126-01-01"]].concat())
        .check(2, &["to come"]);
    place.run(&["kpi", "add", "--gate", "farewell", "a=1"]).check(2, &["no gate `farewell`"]);
    let wrong = br#"{"figures": [{"kpi": "open-rate", "value": 0.4, "unit": "share"}]}"#;
    place.run_with(&[&ADD[..], &["--json", "-"]].concat(), wrong).check(2, &["unit"]);
    assert_eq!(events(&place), before, "none of them was recorded");
}

#[test]
fn an_incident_costs_a_level_at_once() {
    let place = project(&[]);
    let runs = check(&place, "outputs.jsonl");
    let sol = short(&runs["sol"]);
    let incident = ["incident", "--gate", "welcome-email", "--by", "Kim Osei", "a wrong name"];
    let words = ["recorded", "went from level 3 to level 2", "a wrong name"];
    place.run(&[&incident[..], &["--run", &sol]].concat()).check(0, &words);
    assert_eq!(level(&place), 2);
    place.write("gates/farewell.toml", "task = \"Say farewell\"\n");
    let other = ["incident", "--gate", "farewell", "--by", "Kim", "--run", &sol, "what"];
    place.run(&other).check(2, &["of gate `welcome-email`, not of `farewell`"]);
    place.run(&incident).check(0, &["from level 2 to level 1"]);
    let lowest = place.run(&incident);
    lowest.check(0, &["recorded"]);
    assert!(!lowest.err.contains("went from"), "there is nothing left to take: {lowest:#?}");
}

#[test]
fn what_did_not_go_out_is_not_taken_back() {
    let place = project(&[]);
    let dana = held(&place, "dana");
    let back = ["rollback", &dana, "--by", "Kim Osei", "--reason", "over"];
    place.run(&back).check(1, &["it never went out", "`hold`"]);
    let change = ["change", &dana, "--system", "mailer", "--what", "sent"];
    place.run(&change).check(0, &["nothing should have come of it", "tollgate incident"]);
    review(&place, &dana, &[&["--approve"], &KIM, &CHECKS]).check(0, &[]);
    let change = ["change", &dana, "--system", "mailer", "--what", "sent to subscriber 4711"];
    let changed = place.run(&change);
    assert!(!changed.check(0, &["recorded"]).err.contains("warning"), "{changed:#?}");
    let change = ["change", &dana, "--system", "newsletter database", "--what", "a row"];
    place.run(&change).check(0, &["warning", "`newsletter database`"]);
    place.run(&["log", "show", &dana]).check(0, &["sent to subscriber 4711"]);
    place.run(&back).check(0, &["taken back"]);
}
