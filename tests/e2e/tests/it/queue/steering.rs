//! Scores, figures, incidents, retractions, and changes in other systems.

use super::{CHECKS, KIM, check, count_events, hold_output, level, project, review, short};

const ADD: [&str; 4] = ["kpi", "add", "--gate", "welcome-email"];

#[test]
fn a_score_is_shown_with_its_reasons() {
    let place = project(&[]);
    place.run(&["gate", "score", "welcome-email"]).exits_with_snapshot(0);
    let score = place.run(&["gate", "score", "welcome-email", "--json"]).json();
    assert_eq!((&score["counted"], &score["raw"]), (&13.into(), &13.into()));
    assert_eq!(score["values"]["cost-efficiency"]["value"], 3);
    super::change(
        &place,
        super::GATE,
        &[("[score]\n", "[score]\ninvert = [\"model-reliability\"]\n")],
    );
    let missing = ("outcome-criticality = { value = 2", "# outcome-criticality = { value = 2");
    place.run(&["gate", "score", "welcome-email"]).exits_with_snapshot(0);
    super::change(&place, super::GATE, &[missing]);
    place.run(&["gate", "score", "welcome-email"]).exits_with_snapshot(1);
}

#[test]
fn figures_are_added_by_hand_or_as_json() {
    let place = project(&[]);
    place.run(&["gate", "check"]).exits_with_snapshot(0);
    place.run(&[&ADD[..], &["open-rate=0.4", "clicks=7"]].concat()).exits_with_snapshot(0);
    let json = br#"{"figures": [{"gate": "welcome-email", "kpi": "complaints-per-thousand", "value": 0.2, "at": "2026-01-02T03:04:05Z", "source": "the report"}]}"#;
    place.run_with(&["kpi", "add", "--json", "-"], json).exits_with_snapshot(0);
    let list = place.run(&["kpi", "list", "--json"]).exits_with(0).json();
    let figures = list["figures"].as_array().unwrap();
    assert_eq!(figures.len(), 3);
    assert_eq!(figures[1]["at"], "2026-01-02T03:04:05.000Z");
    place.run(&["log", "list", "--kind", "kpi"]).exits_with_snapshot(0);

    let before = count_events(&place);
    place.run(&[&ADD[..], &["open-rate=much"]].concat()).exits_with_snapshot(2);
    place
        .run(&[&ADD[..], &["open-rate=0.4", "--at", "2126-01-01"]].concat())
        .exits_with_snapshot(2);
    place.run(&["kpi", "add", "--gate", "farewell", "a=1"]).exits_with_snapshot(2);
    let wrong = br#"{"figures": [{"kpi": "open-rate", "value": 0.4, "unit": "share"}]}"#;
    place.run_with(&[&ADD[..], &["--json", "-"]].concat(), wrong).exits_with_snapshot(2);
    assert_eq!(count_events(&place), before, "invalid figures are not recorded");
}

#[test]
fn an_incident_demotes_at_once() {
    let place = project(&[]);
    let runs = check(&place, "outputs.jsonl");
    let sol = short(&runs["sol"]);
    let incident = ["incident", "--gate", "welcome-email", "--by", "Kim Osei", "a wrong name"];
    place.run(&[&incident[..], &["--run", &sol]].concat()).exits_with_snapshot(0);
    assert_eq!(level(&place), 2);
    place.write("gates/farewell.toml", "task = \"Say farewell\"\n");
    let other = ["incident", "--gate", "farewell", "--by", "Kim", "--run", &sol, "what"];
    place.run(&other).exits_with_snapshot(2);
    place.run(&incident).exits_with_snapshot(0);
    // The gate is at its lowest level now.
    place.run(&incident).exits_with_snapshot(0);
}

#[test]
fn only_allowed_outputs_can_be_rolled_back() {
    let place = project(&[]);
    let dana = hold_output(&place, "dana");
    let retract = ["retract", &dana, "--by", "Kim Osei", "--reason", "over"];
    place.run(&retract).exits_with_snapshot(1);
    let change = ["change", &dana, "--system", "mailer", "--what", "sent"];
    place.run(&change).exits_with_snapshot(0);
    review(&place, &dana, &[&["--approve"], &KIM, &CHECKS]).exits_with(0);
    let change = ["change", &dana, "--system", "mailer", "--what", "sent to subscriber 4711"];
    place.run(&change).exits_with_snapshot(0);
    let change = ["change", &dana, "--system", "newsletter database", "--what", "a row"];
    place.run(&change).exits_with_snapshot(0);
    place.run(&["log", "show", &dana]).exits_with_snapshot(0);
    place.run(&retract).exits_with_snapshot(0);
    place.run(&["log", "list", "--decision", "allow"]).exits_with_snapshot(0);
    place.run(&["log", "list", "--kind", "run"]).exits_with_snapshot(0);
    let listed = place.run(&["log", "list", "--decision", "allow", "--json"]);
    let line: serde_json::Value = serde_json::from_str(listed.out.trim()).unwrap();
    assert_eq!(line["revocation"]["act"]["kind"], "retraction", "{line:#}");
    let shown = place.run(&["log", "show", &dana]);
    let head = shown.out.lines().next().unwrap();
    let by = retract.iter().skip_while(|word| **word != "--by").nth(1).unwrap();
    assert!(head.contains(&format!("allow, retracted by {by} at 20")), "{}", shown.out);
}
