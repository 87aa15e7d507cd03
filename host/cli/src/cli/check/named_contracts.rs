//! `--contract` of `tollgate check`: contracts without a gate, each with the options that are written behind it.

use std::path::PathBuf;

use anyhow::bail;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, builder::ValueParser};
use tollgate_model::{Capability, PointerPattern};

use crate::cli::contract_loading::{parse_capability, parse_named_file};

/// Id of the argument that names a contract.
pub(super) const CONTRACT: &str = "contract";
const CONFIG: &str = "config";
const GRANT: &str = "grant";
const TABLE: &str = "table";
const AT: &str = "at";

/// The contracts as they were typed, with the options in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct NamedContractArgs(Vec<TypedOption>);

/// A contract and what is meant for it alone.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NamedContract {
    /// Name with accepted versions, or path of a component or of its folder.
    pub(super) reference: String,
    /// JSON, or `@` and the path of a file. Empty if the contract gets no configuration.
    pub(super) config: Option<String>,
    pub(super) grants: Vec<Capability>,
    pub(super) tables: Vec<(String, PathBuf)>,
    /// Parts of a document that are judged.
    pub(super) at: Option<PointerPattern>,
}

#[derive(Clone, Debug, PartialEq)]
enum TypedOption {
    Contract(String),
    Config(String),
    Grant(Capability),
    Table((String, PathBuf)),
    At(PointerPattern),
}

impl NamedContractArgs {
    /// Returns each contract with the options behind it, or with all of them if it is the only one. Fails if an option
    /// belongs to none, or is given twice.
    pub(super) fn resolve(self) -> anyhow::Result<Vec<NamedContract>> {
        let references = self.0.iter().filter_map(|option| match option {
            TypedOption::Contract(reference) => Some(NamedContract::new(reference)),
            _ => None,
        });
        let mut contracts: Vec<_> = references.collect();
        let mut behind = if contracts.len() == 1 { 1 } else { 0 };
        for option in self.0 {
            if let TypedOption::Contract(_) = option {
                behind = contracts.len().min(behind + 1);
                continue;
            }
            let flag = option.flag();
            let count = contracts.len();
            let Some(contract) = behind.checked_sub(1).and_then(|index| contracts.get_mut(index))
            else {
                bail!(
                    "`{flag}` is written before all {count} contracts: write it behind the `--contract` that it is for"
                );
            };
            contract.add(option)?;
        }
        Ok(contracts)
    }
}

impl NamedContract {
    fn new(reference: &str) -> Self {
        let (reference, tables) = (reference.to_owned(), Vec::new());
        Self { reference, config: None, grants: Vec::new(), tables, at: None }
    }

    fn add(&mut self, option: TypedOption) -> anyhow::Result<()> {
        let flag = option.flag();
        let is_new = match option {
            TypedOption::Contract(_) => true,
            TypedOption::Config(config) => self.config.replace(config).is_none(),
            TypedOption::Grant(capability) => {
                self.grants.push(capability);
                true
            }
            TypedOption::Table(table) => {
                self.tables.push(table);
                true
            }
            TypedOption::At(pattern) => self.at.replace(pattern).is_none(),
        };
        if !is_new {
            let reference = &self.reference;
            bail!(
                "`{flag}` is given twice for `{reference}`: give one, or name the contract again for the other"
            );
        }
        Ok(())
    }
}

impl TypedOption {
    fn flag(&self) -> &'static str {
        match self {
            Self::Contract(_) => "--contract",
            Self::Config(_) => "--config",
            Self::Grant(_) => "--grant",
            Self::Table(_) => "--table",
            Self::At(_) => "--at",
        }
    }
}

/// Written by hand, because a derived type does not know in which order options are typed.
impl Args for NamedContractArgs {
    fn augment_args(command: Command) -> Command {
        let option = |name: &'static str, value: &'static str| {
            let option = Arg::new(name).long(name).value_name(value).action(ArgAction::Append);
            // A missing contract would be excused by the gate that it conflicts with, so each option conflicts, too.
            let option = option.conflicts_with("gate");
            if name == CONTRACT { option } else { option.requires(CONTRACT) }
        };
        command
            .arg(
                option(CONTRACT, "NAME[@REQ]|FILE|FOLDER")
                    .help(
                        "Contract to judge with, in place of a gate: each output passes or fails. May be repeated; the \
                         options below belong to the contract before them",
                    )
                    .conflicts_with_all(["quality", "batch"]),
            )
            .arg(option(CONFIG, "JSON|@FILE").help(
                "Configuration of the contract: JSON, or `@` and the path of a JSON file",
            ))
            .arg(
                option(GRANT, "CAPABILITY")
                    .help("Capability that the contract may use. May be repeated")
                    .value_parser(ValueParser::new(parse_capability)),
            )
            .arg(
                option(TABLE, "NAME=FILE")
                    .help("Table that the contract may look up values in. May be repeated")
                    .value_parser(ValueParser::new(parse_named_file)),
            )
            .arg(
                option(AT, "POINTER")
                    .help(
                        "Part of a JSON document that the contract judges: a JSON Pointer in which `*` stands for every \
                         element or member, such as `/description`",
                    )
                    .value_parser(|text: &str| text.parse::<PointerPattern>()),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for NamedContractArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut typed = Vec::new();
        add_typed(&mut typed, matches, CONTRACT, TypedOption::Contract);
        add_typed(&mut typed, matches, CONFIG, TypedOption::Config);
        add_typed(&mut typed, matches, GRANT, TypedOption::Grant);
        add_typed(&mut typed, matches, TABLE, TypedOption::Table);
        add_typed(&mut typed, matches, AT, TypedOption::At);
        typed.sort_by_key(|(index, _)| *index);
        Ok(Self(typed.into_iter().map(|(_, option)| option).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Adds the values of an argument, with their places on the command line.
fn add_typed<T: Clone + Send + Sync + 'static>(
    typed: &mut Vec<(usize, TypedOption)>,
    matches: &ArgMatches,
    argument: &str,
    to_option: impl Fn(T) -> TypedOption,
) {
    let values = matches.get_many::<T>(argument).into_iter().flatten();
    let places = matches.indices_of(argument).into_iter().flatten();
    typed.extend(places.zip(values).map(|(place, value)| (place, to_option(value.clone()))));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(line: &str) -> anyhow::Result<Vec<NamedContract>> {
        let command = ["gate", "quality", "batch"].into_iter().fold(
            NamedContractArgs::augment_args(Command::new("check").no_binary_name(true)),
            |command, name| command.arg(Arg::new(name).long(name).action(ArgAction::SetTrue)),
        );
        let matches = command.arg(Arg::new("files").action(ArgAction::Append));
        let matches = matches.try_get_matches_from(line.split(' '))?;
        NamedContractArgs::from_arg_matches(&matches)?.resolve()
    }

    fn error(line: &str) -> String {
        resolve(line).unwrap_err().to_string()
    }

    #[test]
    fn options_belong_to_the_contract_before_them() {
        let line = "--contract a/a out --config {} --at /b --contract b/b --contract a/a --grant log \
                    --config 1 --grant clock --table t=t.csv";
        let contracts = resolve(line).unwrap();
        let expected = [
            NamedContract {
                config: Some("{}".into()),
                at: Some("/b".parse().unwrap()),
                ..NamedContract::new("a/a")
            },
            NamedContract::new("b/b"),
            NamedContract {
                config: Some("1".into()),
                grants: vec![Capability::Log, Capability::Clock],
                tables: vec![("t".into(), "t.csv".into())],
                ..NamedContract::new("a/a")
            },
        ];
        assert_eq!(contracts, expected);
    }

    #[test]
    fn options_belong_to_the_only_contract() {
        let contracts = resolve("--config {} --contract a/a --grant log").unwrap();
        assert_eq!(contracts.len(), 1);
        assert_eq!(contracts[0].config.as_deref(), Some("{}"));
        assert_eq!(contracts[0].grants, [Capability::Log]);
    }

    #[test]
    fn refuses_options_that_belong_to_no_contract_or_not_to_one() {
        assert_eq!(
            error("--config {} --contract a/a --contract b/b"),
            "`--config` is written before all 2 contracts: write it behind the `--contract` that it is for"
        );
        assert_eq!(
            error("--contract a/a --at /b --at /c"),
            "`--at` is given twice for `a/a`: give one, or name the contract again for the other"
        );
        assert!(error("--config {}").contains("--contract"));
        assert!(error("--contract a/a --gate").contains("cannot be used with"));
        assert!(error("--contract a/a --grant network").contains("unknown capability"));
    }
}
