//! Gates as people write and look at them.

use crate::tool::{Place, repository};

/// The example, as it stands in the repository.
fn example() -> Place {
    let place = Place::new();
    let gate = repository().join("host/govern/src/example/welcome-email.toml");
    place.write("tollgate.toml", "");
    place.write("gates/welcome-email.toml", std::fs::read(gate).unwrap());
    place
}

#[test]
fn scores_come_out_as_the_article_has_them() {
    let place = Place::new();
    let score =
        |line: &str| place.run(&[&["score"], &line.split(' ').collect::<Vec<_>>()[..]].concat());
    score("2 1 1 3 2 4").exits_with_snapshot(0);
    score("5 5 3 2 5 1").exits_with_snapshot(0);
    score("1 1 1 4 1 5 --label delegate").exits_with_snapshot(0);
    score("1 1 1 4 1 5 --invert cost-efficiency").exits_with_snapshot(0);
    let said = score("2 1 1 3 2 4 --json").exits_with(0).json();
    assert_eq!((&said["raw"], &said["posture"]), (&13.into(), &"human-in-the-loop".into()));
    assert_eq!(said["values"]["cost-efficiency"], 4);
    score("2 1 1 3 2 6").exits_with_snapshot(2);
    score("2 1 1 3 2").exits_with_snapshot(2);
    score("2 1 1 3 2 4 --invert speed").exits_with_snapshot(2);
}

#[test]
fn a_project_says_where_it_draws_the_lines() {
    let place = Place::new();
    let with = |thresholds: &str| {
        place.write("tollgate.toml", format!("[score]\n{thresholds}\n"));
        place.run(&["score", "2", "1", "1", "3", "2", "4"])
    };
    with("").exits_with_snapshot(0);
    with("delegate-max = 13").exits_with_snapshot(0);
    with("delegate-max = 5\nhuman-max = 12").exits_with_snapshot(0);
    with("delegate-max = 20").exits_with_snapshot(2);
    with("human-max = 31").exits_with_snapshot(2);
}

#[test]
fn editors_find_the_schema_of_gates() {
    let place = Place::new();
    let schema = std::fs::read_to_string(repository().join("docs/gate.schema.json")).unwrap();
    assert_eq!(place.run(&["gate", "schema"]).exits_with(0).out, schema);
    place.run(&["init"]).exits_with(0);
    let gate = std::fs::read_to_string(place.path("gates/welcome-email.toml")).unwrap();
    let named = gate.lines().next().unwrap().strip_prefix("#:schema ").unwrap();
    let found = std::fs::read_to_string(place.path("gates").join(named)).unwrap();
    assert_eq!(found, schema);
}

#[test]
fn a_record_says_what_it_lacks() {
    let place = example();
    place.run(&["gate", "check"]).exits_with_snapshot(0);
    let text = std::fs::read_to_string(place.path("gates/welcome-email.toml")).unwrap();
    place.write("gates/welcome-email.toml", text.replace("cost-centre = \"MKT-4410\"", ""));
    place.run(&["gate", "check", "welcome-email"]).exits_with_snapshot(1);
    let said = place.run(&["gate", "check", "--json"]).exits_with(1).json();
    assert_eq!(said[0]["missing"][0]["key"], "cost-centre");
    assert_eq!(said[0]["complete"], false);

    let wrong = text.replace("value = 3, reason = \"Every", "value = 6, reason = \"Every");
    place.write("gates/welcome-email.toml", wrong.replace("2027-03-31", "2027-02-31"));
    place.run(&["gate", "check"]).exits_with_snapshot(2);
    place.run(&["gate", "check", "farewell"]).exits_with_snapshot(2);
}

#[test]
fn a_record_is_shown_with_what_it_means_today() {
    let place = example();
    place.run(&["gate", "show", "welcome-email"]).exits_with_snapshot(0);
    let said = place.run(&["gate", "show", "welcome-email", "--json"]).exits_with(0).json();
    assert_eq!(said["record"]["owner"]["name"], "Sam Reed");
    assert_eq!(said["score"], 13);
}

#[test]
fn all_gates_stand_on_one_map() {
    let place = example();
    place.run(&["risk"]).exits_with_snapshot(0);
    place.write("gates/farewell.toml", "task = \"Say farewell\"\n");
    place.run(&["risk"]).exits_with_snapshot(0);
    let said = place.run(&["risk", "--json"]).exits_with(0).json();
    assert_eq!(said["gates"].as_array().unwrap().len(), 2);
    assert_eq!(said["to-fix"][0]["gate"], "farewell", "what nobody has tagged may be anything");
}
