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

/// Returns the commands that a help text lists: all in one list, or in groups.
pub fn listed_commands(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| !line.starts_with("Usage:")).skip(1);
    let mut is_list = false;
    let mut names = Vec::new();
    for line in lines.take_while(|line| *line != "Options:") {
        if !line.starts_with(' ') {
            is_list = line.ends_with(':') && line != "Arguments:";
        } else if is_list && !line.starts_with("   ") {
            // A wrapped description is indented further than a name.
            names.extend(line.split_whitespace().next().map(str::to_owned));
        }
    }
    names.retain(|name| name != "help");
    names
}

#[test]
fn finds_commands_in_groups_and_in_one_list() {
    let grouped = "A tool\n\nUsage: tool <COMMAND>\n\nJudge outputs:\n  judge  one\n  check  many\n\n\
                   Setup:\n  init   a project,\n         or none\n  help   help\n\nOptions:\n  -h  Help\n";
    assert_eq!(listed_commands(grouped), ["judge", "check", "init"]);
    let list =
        "Usage: tool gate <COMMAND>\n\nCommands:\n  new  A gate\n  help  Help\n\nOptions:\n  -h\n";
    assert_eq!(listed_commands(list), ["new"]);
    let none =
        "Usage: tool judge <CONTRACT>\n\nArguments:\n  <CONTRACT>  Which\n\nOptions:\n  -h\n";
    assert_eq!(listed_commands(none), [""; 0]);
}
