//! `examples/embed`: the host in a program that is not the tool.

use std::process::Command;

use crate::tool::{Place, Ran, target};

#[test]
fn the_example_checks_reviews_and_verifies() {
    let place = Place::new();
    place.run(&["init", "shop"]).exits_with(0);
    let mut embed = Command::new(target().join("debug/embed"));
    embed.args(["shop", "store"]).current_dir(place.path(""));
    Ran::from_command(&mut embed).exits_with_snapshot(0);
    let mut verify = place.tool(&["log", "verify"]);
    Ran::from_command(verify.current_dir(place.path("shop"))).exits_with(0);
}
