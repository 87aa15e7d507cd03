//! The gates of a project.

use std::os::unix::fs::symlink;

use tollgate_model::Digest;
use tollgate_project::{GateReadError, read_gate_version};

use crate::common::Place;

#[test]
fn reads_the_gates_in_the_order_of_their_files() {
    let place = Place::new("");
    place.gate("replies", &[]);
    place.gate("letters", &["acme/calm@^1"]);
    place.write("gates/README.md", "No gate.");
    let names: Vec<_> =
        place.project().read_gates().unwrap().iter().map(|gate| gate.name.to_string()).collect();
    assert_eq!(names, ["letters", "replies"]);
}

#[test]
fn reports_the_errors_of_all_gates_together() {
    let place = Place::new("");
    place.write("gates/letters.toml", "colour = \"red\"\n");
    place.write("gates/replies.toml", "depth = 1\nheight = 2\n");
    let error = place.project().read_gates().unwrap_err().to_string();
    for part in ["letters.toml:1", "colour", "replies.toml:1", "depth", "height"] {
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[test]
fn names_the_gates_that_there_are() {
    let place = Place::new("");
    let error = place.project().read_gate("letters").unwrap_err();
    assert!(matches!(error, GateReadError::NoFolder(_)), "{error}");
    place.gate("letters", &[]);
    place.gate("replies", &[]);
    let error = place.project().read_gate("answers").unwrap_err().to_string();
    assert_eq!(error, "there is no gate `answers`; this project has `letters`, `replies`");
}

#[test]
fn a_gate_uses_one_version_of_a_contract() {
    let place = Place::new("");
    let twice = |second: &str| {
        let entry = |wanted: &str, name: &str| {
            format!("[[contracts]]\ncontract = \"acme/calm@{wanted}\"\nas = \"{name}\"\n\n")
        };
        place.write("gates/letters.toml", entry("^1", "one") + &entry(second, "two"));
    };
    twice("^1");
    assert_eq!(place.project().read_requirements().unwrap()[0].contracts.len(), 1);
    twice("^2");
    let error = place.project().read_requirements().unwrap_err();
    assert!(matches!(error, GateReadError::TwoVersions { .. }), "{error}");
}

#[test]
fn a_project_without_gates_requires_nothing() {
    let place = Place::new("");
    std::fs::create_dir(place.path("gates")).unwrap();
    assert!(place.project().read_gates().unwrap().is_empty());
    let error = place.project().read_requirements().unwrap_err();
    assert!(matches!(error, GateReadError::NoGates(_)), "{error}");
}

#[test]
fn the_brand_voice_document_is_in_the_project() {
    let place = Place::new("");
    let digest = Digest::of("calm");
    let read = |document: &str| {
        let voice = format!("document = \"{document}\"\ndigest = \"{digest}\"\n");
        place.write("gates/letters.toml", format!("[guardrails.brand-voice]\n{voice}"));
        let project = place.project();
        project.read_brand_voice(&project.read_gate("letters").unwrap())
    };
    place.write("brand/voice.md", "calm");
    place.write("../outside.md", "calm");
    symlink("brand/voice.md", place.path("inside.md")).unwrap();
    symlink("../outside.md", place.path("link.md")).unwrap();
    for document in ["brand/voice.md", "inside.md"] {
        assert_eq!(read(document).as_deref(), Some(b"calm".as_slice()), "{document}");
    }
    let absolute = place.path("../outside.md");
    for document in ["link.md", "../outside.md", absolute.to_str().unwrap()] {
        assert_eq!(read(document), None, "{document}");
    }
}

#[test]
fn reads_any_file_as_a_version_of_a_gate() {
    let place = Place::new("");
    let file = place.write("stricter.toml", "[[contracts]]\ncontract = \"acme/calm@^2\"\n");
    let gate = read_gate_version(&file, &"letters".parse().unwrap()).unwrap();
    assert_eq!(gate.name.to_string(), "letters");
}
