//! Writes `docs/reference/commands.md`: the help of every command, from the code.

use std::fmt::Write;

use clap::{Command, CommandFactory};

use super::{Cli, remove_variables};
use crate::environment::tests::assert_document;

const INTRODUCTION: &str = "\
<!-- Generated from the code by `UPDATE=1 cargo nextest run command_reference`. Do not edit. -->

# Commands

What `--help` says, command by command. All of them exit with 0 when they are done or the outcome is a pass, 1 for a fail, 2 if
there is no result or they could not run, 3 for unsure, and 130 when interrupted.
";

fn describe(command: &mut Command, path: &str, text: &mut String) {
    let help = command.render_long_help().to_string();
    let lines: Vec<_> = help.lines().map(str::trim_end).collect();
    writeln!(text, "\n## {path}\n\n```text\n{}\n```", lines.join("\n").trim_end()).unwrap();
    let names = command.get_subcommands().filter(|command| !command.is_hide_set());
    let names: Vec<_> = names.map(|command| command.get_name().to_owned()).collect();
    for name in names.iter().filter(|name| *name != "help") {
        let subcommand = command.find_subcommand_mut(name).unwrap();
        describe(subcommand, &format!("{path} {name}"), text);
    }
}

#[test]
fn the_command_reference_is_up_to_date() {
    let mut command = remove_variables(Cli::command()).term_width(100);
    command.build();
    let mut expected = INTRODUCTION.to_owned();
    describe(&mut command, "tollgate", &mut expected);
    assert_document("reference/commands.md", &expected);
}
