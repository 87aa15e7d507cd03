//! The help of every command, as `--help` prints it.

use crate::tool::Place;
use crate::transcript;

#[test]
fn every_command_has_help() {
    let place = Place::new();
    let commands = add_help(&place, &[]);
    transcript::compare_as("help", "tollgate");
    assert!(commands.len() > 10, "the list of commands was not parsed: {commands:?}");
    for command in &commands {
        add_help_of_subcommands(&place, &[command]);
        transcript::compare_as("help", command);
    }
}

fn add_help_of_subcommands(place: &Place, command: &[&str]) {
    for inner in add_help(place, command) {
        add_help_of_subcommands(place, &[command, &[&inner]].concat());
    }
}

/// Adds the command's help to the transcript and returns the commands that it lists.
fn add_help(place: &Place, command: &[&str]) -> Vec<String> {
    let ran = place.run(&[command, &["--help"]].concat());
    listed_commands(&ran.exits_with_snapshot(0).out)
}

/// Returns the commands that a help text lists.
pub fn listed_commands(help: &str) -> Vec<String> {
    let commands = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let commands = commands.take_while(|line| !line.is_empty());
    // A wrapped description is indented further than a name.
    let names = commands.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned);
    names.filter(|name| name != "help").collect()
}
