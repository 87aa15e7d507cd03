//! `tollgate new`: a contract to start from.

use clap::Args;
use tollgate_model::ContractName;

use crate::author::{self, Language};
use crate::{console, exit::Exit};

/// Makes the folder of a new contract, ready to build.
///
/// Example: tollgate new acme/claims --lang rust
#[derive(Args)]
pub(super) struct New {
    /// What it is called: `namespace/name`, or `name` alone.
    #[arg(value_parser = name)]
    name: ContractName,
    /// In which language.
    #[arg(long, value_enum)]
    lang: Language,
}

/// The namespace of contracts whose author named none.
const NAMESPACE: &str = "local";

fn name(text: &str) -> Result<ContractName, String> {
    let full = if text.contains('/') { text.into() } else { format!("{NAMESPACE}/{text}") };
    full.parse().map_err(|error: tollgate_model::NameError| error.to_string())
}

impl New {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let name = self.name.name();
        author::create(&author::folder_name(&self.name)?, &self.name, self.lang)?;
        console::say(format!("made `{name}`, a contract that says when a text shouts"));
        console::say(format!("  tollgate build {name}   makes the component"));
        console::say(format!("  tollgate test {name}    runs its cases"));
        Ok(Exit::Pass)
    }
}
