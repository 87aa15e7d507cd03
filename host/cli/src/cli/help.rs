//! The help of the tool as a whole: its commands in groups, by what a person wants to do.
//!
//! clap has one list of commands, so the groups are a part of the template that it fills in.

use clap::Command;

/// Commands that belong together, each with a noun phrase.
struct CommandGroup {
    title: &'static str,
    commands: &'static [(&'static str, &'static str)],
}

/// All commands, in the order in which newcomers meet them.
const GROUPS: [CommandGroup; 7] = [
    CommandGroup {
        title: "Judge outputs",
        commands: &[
            ("judge", "the outcome of one contract for an output"),
            ("check", "the decision of a gate for each output of a file or stream"),
        ],
    },
    CommandGroup {
        title: "Review outputs and answer for them",
        commands: &[
            ("queue", "held outputs, and their reviews"),
            ("retract", "the recall of an output that went out"),
            ("change", "a change that an output caused in another system"),
            ("incident", "an incident at a gate, which costs it a level"),
            ("log", "the ledger of all decisions: list, verify, replay, export"),
            ("receipt", "signed proof of a decision, and its verification"),
        ],
    },
    CommandGroup {
        title: "Gates and their releases",
        commands: &[
            ("gate", "gates of the project: new ones, checks, tests, levels"),
            ("status", "one screen of what the owners of gates watch"),
            ("alerts", "causes for the owners of gates to act now"),
            ("score", "the delegation score of a task"),
            ("risk", "a map of the risks of all gates"),
            ("kpi", "performance figures of gates, and their limits"),
            ("release", "gate files as the active release that checks run"),
            ("rollback", "the return of a gate to its release before"),
            ("serve", "gates over HTTP, for applications and reviewers"),
        ],
    },
    CommandGroup {
        title: "Prompts and packages",
        commands: &[
            ("prompt", "prompts: list, check, render, compare"),
            ("publish", "a new version of a contract or prompt for others"),
            ("yank", "a published version that should not be used any more"),
            ("lock", "the exact versions that the gates run"),
            ("update", "newer versions in the lock"),
            ("tree", "locked packages of each gate"),
            ("pull", "packages from their sources on this machine"),
            ("export", "packages in one file, for a machine without a network"),
            ("import", "packages from such a file"),
        ],
    },
    CommandGroup {
        title: "Write contracts",
        commands: &[
            ("new", "a folder with a new contract, ready to build"),
            ("build", "the component of a contract's folder"),
            ("test", "the test cases of a contract"),
            ("inspect", "rules, capabilities and configuration of a contract"),
            ("bench", "the time that a contract takes"),
            ("semver", "the version that the changes of a package need"),
            ("doctor", "build tools that this machine has or lacks"),
        ],
    },
    CommandGroup {
        title: "Keys, trust and access",
        commands: &[
            ("keys", "signing keys, and the keys that the project trusts"),
            ("sign", "a signature of a package"),
            ("verify", "the check of a package's signature"),
            ("token", "tokens, with which people and applications use the server"),
        ],
    },
    CommandGroup {
        title: "Setup",
        commands: &[
            ("init", "a new project, with an example or empty"),
            ("schema", "JSON Schemas of the files that people write, for editors"),
            ("completions", "completions for a shell"),
            ("help", "this list, or the help of a command"),
        ],
    },
];

/// Title of the group of commands that are in no other.
const OTHERS: &str = "More";

/// Returns the command with the groups in its help, in place of the list of commands.
pub(super) fn group_commands(command: Command) -> Command {
    let (groups, options) = (render_groups(&command), heading(&command, "Options"));
    command.help_template(format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}{options}\n{{options}}{{after-help}}"
    ))
}

fn render_groups(command: &Command) -> String {
    let mut rendered = String::new();
    for CommandGroup { title, commands } in &GROUPS {
        let lines = commands.iter().map(|(name, phrase)| (*name, (*phrase).to_owned()));
        rendered += &render_group(command, title, lines);
    }
    let others = find_others(command).into_iter().map(|other| {
        let about = other.get_about().map(ToString::to_string).unwrap_or_default();
        (other.get_name(), about)
    });
    rendered + &render_group(command, OTHERS, others)
}

/// Returns nothing if the group has no command.
fn render_group<'a>(
    command: &Command,
    title: &str,
    lines: impl Iterator<Item = (&'a str, String)>,
) -> String {
    let literal = command.get_styles().get_literal();
    let lines: String =
        lines.map(|(name, phrase)| format!("  {literal}{name:12}{literal:#} {phrase}\n")).collect();
    if lines.is_empty() { lines } else { format!("{}\n{lines}\n", heading(command, title)) }
}

/// Returns a heading as clap writes them.
fn heading(command: &Command, title: &str) -> String {
    let header = command.get_styles().get_header();
    format!("{header}{title}:{header:#}")
}

/// Returns the commands that are shown and in no group.
fn find_others(command: &Command) -> Vec<&Command> {
    let is_grouped = |name: &str| {
        GROUPS.iter().flat_map(|group| group.commands).any(|(grouped, _)| *grouped == name)
    };
    let shown = command.get_subcommands().filter(|shown| !shown.is_hide_set());
    shown.filter(|shown| !is_grouped(shown.get_name())).collect()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn every_command_is_in_one_group() {
        let mut command = Cli::command();
        command.build();
        let others: Vec<_> = find_others(&command).iter().map(|other| other.get_name()).collect();
        assert!(others.is_empty(), "put these into a group: {others:?}");
        let mut names: Vec<_> = GROUPS.iter().flat_map(|group| group.commands).collect();
        for (name, phrase) in &names {
            let found = command.find_subcommand(name);
            assert!(found.is_some_and(|found| !found.is_hide_set()), "there is no `{name}`");
            assert!(phrase.len() <= 64, "the phrase of `{name}` is too long for a line");
            assert!(!phrase.contains(['{', '}']), "a brace would be a tag of the template");
        }
        let count = names.len();
        names.sort();
        names.dedup_by_key(|(name, _)| *name);
        assert_eq!(names.len(), count, "a command is in two groups");
    }

    /// Returns the commands and arguments whose help begins with a question word, by their names.
    fn find_questions(command: &Command, found: &mut Vec<String>) {
        const QUESTION_WORDS: [&str; 6] = ["What", "Why", "How", "Where", "Who", "That"];
        let about = command.get_about().map(|about| (command.get_name(), about.to_string()));
        let helps = command.get_arguments().map(|argument| {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            (argument.get_id().as_str(), help)
        });
        for (name, help) in about.into_iter().chain(helps) {
            let first = help.split_whitespace().next().unwrap_or_default();
            if QUESTION_WORDS.contains(&first) {
                found.push(format!("{} {name}: {help}", command.get_name()));
            }
        }
        command.get_subcommands().for_each(|subcommand| find_questions(subcommand, found));
    }

    #[test]
    fn help_is_a_statement() {
        let mut questions = Vec::new();
        find_questions(&Cli::command(), &mut questions);
        assert_eq!(questions, Vec::<String>::new(), "write noun phrases");
    }

    #[test]
    fn help_has_the_groups_in_place_of_the_list() {
        let help = group_commands(Cli::command()).render_long_help().to_string();
        assert!(help.contains("\nJudge outputs:\n  judge        the outcome of one"), "{help}");
        assert!(help.contains("\n\nOptions:\n      --cache <DIR>"), "{help}");
        assert!(help.contains("\nExit codes: 0 pass"), "{help}");
        for absent in ["Commands:", "More:", "compile-worker"] {
            assert!(!help.contains(absent), "{absent}: {help}");
        }
        assert_eq!(help.matches("\n  queue ").count(), 1, "{help}");
    }
}
