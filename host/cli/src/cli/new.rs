//! `tollgate new`: creates a contract from a template.

use anyhow::Context;
use clap::Args;
use tollgate_model::ContractName;
use tollgate_toolchain::{ContractTemplate, create_contract};

use super::toolchain::LanguageOption;
use crate::{console, exit::Exit};

/// Creates a folder with a new contract that is ready to build.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate new acme/claims --lang rust
  tollgate new acme/links --lang python --bare")]
pub(super) struct NewCommand {
    /// Name of the contract: `namespace/name`, or `name` alone.
    #[arg(value_parser = parse_contract_name)]
    name: ContractName,
    /// Language of the contract.
    #[arg(long, value_enum)]
    lang: LanguageOption,
    /// Start without the example of a rule: a contract that passes every text, and one case.
    #[arg(long)]
    bare: bool,
}

/// Namespace of contracts that are named without one.
const DEFAULT_NAMESPACE: &str = "local";

fn parse_contract_name(text: &str) -> Result<ContractName, String> {
    let full = if text.contains('/') { text.into() } else { format!("{DEFAULT_NAMESPACE}/{text}") };
    full.parse().map_err(|error: tollgate_model::ContractNameError| error.to_string())
}

impl NewCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let name = self.name.name();
        let here = std::env::current_dir().context("cannot determine the current folder")?;
        let (template, purpose) = match self.bare {
            true => (ContractTemplate::Bare, "passes every text"),
            false => (ContractTemplate::Example, "reports texts with too many exclamation marks"),
        };
        create_contract(&here.join(name), &self.name, self.lang.into(), template)?;
        console::print(format!("created `{name}`, a contract that {purpose}"));
        console::print(format!("  tollgate build {name}   builds the component"));
        console::print(format!("  tollgate test {name}    runs its cases"));
        Ok(Exit::Pass)
    }
}
