//! `tollgate score`, `risk` and `gate`: gate records as people write and read them.

use crate::tool::{Place, repository};

/// Copies the example gate of the repository into an empty project.
fn example() -> Place {
    let place = Place::new();
    let gate = repository().join("examples/newsletter/gates/welcome-email.toml");
    place.write("tollgate.toml", "");
    place.write("gates/welcome-email.toml", std::fs::read(gate).unwrap());
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
    place.write("gates/welcome-email.toml", wrong.replace("2027-03-31", "2027-02-31"));
    place.run(&["gate", "check"]).exits_with_snapshot(2);
    place.run(&["gate", "check", "farewell"]).exits_with_snapshot(2);
}

#[test]
fn gate_show_prints_the_record_and_its_current_state() {
    let place = example();
    place.run(&["gate", "show", "welcome-email"]).exits_with_snapshot(0);
    let shown = place.run(&["gate", "show", "welcome-email", "--json"]).exits_with(0).json();
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
