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
    score("2 1 1 3 2 4").check(0, &["13  human in the loop"]);
    score("5 5 3 2 5 1").check(0, &["21  block"]);
    score("1 1 1 4 1 5 --label delegate").check(0, &["13", "the label says `delegate`"]);
    let words = ["9  delegate", "add up to 13, and to 9"];
    score("1 1 1 4 1 5 --invert cost-efficiency").check(0, &words);
    let said = score("2 1 1 3 2 4 --json").check(0, &[]).json();
    assert_eq!((&said["raw"], &said["posture"]), (&13.into(), &"human-in-the-loop".into()));
    assert_eq!(said["values"]["cost-efficiency"], 4);
    score("2 1 1 3 2 6").check(2, &["values go from 1 (low) to 5 (high)"]);
    score("2 1 1 3 2").check(2, &["6"]);
    score("2 1 1 3 2 4 --invert speed").check(2, &["the dimensions are outcome-criticality"]);
}

#[test]
fn a_project_says_where_it_draws_the_lines() {
    let place = Place::new();
    let with = |thresholds: &str| {
        place.write("tollgate.toml", format!("[score]\n{thresholds}\n"));
        place.run(&["score", "2", "1", "1", "3", "2", "4"])
    };
    with("").check(0, &["13  human in the loop"]);
    with("delegate-max = 13").check(0, &["13  delegate"]);
    with("delegate-max = 5\nhuman-max = 12").check(0, &["13  block"]);
    let words = ["tollgate.toml: `[score]`", "`delegate-max = 20` and `human-max = 18`", "30"];
    with("delegate-max = 20").check(2, &words);
    with("human-max = 31").check(2, &["`human-max = 31`", "not above 30"]);
}

#[test]
fn editors_find_the_schema_of_gates() {
    let place = Place::new();
    let schema = std::fs::read_to_string(repository().join("docs/gate.schema.json")).unwrap();
    assert_eq!(place.run(&["gate", "schema"]).check(0, &[]).out, schema);
    place.run(&["init"]).check(0, &[]);
    let gate = std::fs::read_to_string(place.path("gates/welcome-email.toml")).unwrap();
    let named = gate.lines().next().unwrap().strip_prefix("#:schema ").unwrap();
    let found = std::fs::read_to_string(place.path("gates").join(named)).unwrap();
    assert_eq!(found, schema);
}

#[test]
fn a_record_says_what_it_lacks() {
    let place = example();
    let words = ["welcome-email  score 13, human in the loop", "the record is complete", "✗", "✓"];
    place.run(&["gate", "check"]).check(0, &words);
    let text = std::fs::read_to_string(place.path("gates/welcome-email.toml")).unwrap();
    place.write("gates/welcome-email.toml", text.replace("cost-centre = \"MKT-4410\"", ""));
    let words = ["nothing is allowed, until there is", "`cost-centre`"];
    place.run(&["gate", "check", "welcome-email"]).check(1, &words);
    let said = place.run(&["gate", "check", "--json"]).check(1, &[]).json();
    assert_eq!(said[0]["missing"][0]["key"], "cost-centre");
    assert_eq!(said[0]["complete"], false);

    let wrong = text.replace("value = 3, reason = \"Every", "value = 6, reason = \"Every");
    place.write("gates/welcome-email.toml", wrong.replace("2027-03-31", "2027-02-31"));
    place.run(&["gate", "check"]).check(
        2,
        &["welcome-email.toml:", "2 things are wrong", "`review-by`", "day between 01 and 28"],
    );
    place
        .run(&["gate", "check", "farewell"])
        .check(2, &["no gate `farewell`: there is `welcome-email`"]);
}

#[test]
fn a_record_is_shown_with_what_it_means_today() {
    let place = example();
    let words =
        ["Sam Reed, Head of Lifecycle Marketing", "l0-l5 3", "every output", "tollgate/pii@^1"];
    place.run(&["gate", "show", "welcome-email"]).check(0, &words);
    let said = place.run(&["gate", "show", "welcome-email", "--json"]).check(0, &[]).json();
    assert_eq!(said["record"]["owner"]["name"], "Sam Reed");
    assert_eq!(said["score"], 13);
}

#[test]
fn all_gates_stand_on_one_map() {
    let place = example();
    let words =
        ["welcome-email  low risk, score 13", "mailer", "trigger", "contact", "to fix first"];
    place.run(&["risk"]).check(0, &words);
    place.write("gates/farewell.toml", "task = \"Say farewell\"\n");
    place.run(&["risk"]).check(0, &["farewell  risk unknown, no score", "lacks"]);
    let said = place.run(&["risk", "--json"]).check(0, &[]).json();
    assert_eq!(said["gates"].as_array().unwrap().len(), 2);
    assert_eq!(said["to-fix"][0]["gate"], "farewell", "what nobody has tagged may be anything");
}
