//! `tollgate token`: makes, lists and revokes tokens for the server.

mod list;
mod new;
mod revoke;

use clap::{Args, Subcommand};
use tollgate_project::Project;
use tollgate_server::access::TokenStore;

use crate::current_project::state_folder;
use crate::exit::Exit;

/// Makes, lists and revokes tokens, with which people and applications use the server.
///
/// A token is for one person, who is recorded with everything that is done with it. It has at least one role, and an end.
/// Until the first token is made, the server answers only this machine, and everybody there acts as the one who started it.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  tollgate token new "Webshop" --role submit --gate product-texts --for 90d
  tollgate token new "Kim Osei" --role review --as legal --for 12h
  tollgate token list
  tollgate token revoke 7k2mq9x4bt --by "Sam Reed""#)]
pub(super) struct TokenCommand {
    #[command(subcommand)]
    command: TokenSubcommand,
}

#[derive(Subcommand)]
enum TokenSubcommand {
    New(new::TokenNewCommand),
    List(list::TokenListCommand),
    Revoke(revoke::TokenRevokeCommand),
}

impl TokenCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        match self.command {
            TokenSubcommand::New(new) => new.run(),
            TokenSubcommand::List(list) => list.run(),
            TokenSubcommand::Revoke(revoke) => revoke.run(),
        }
    }
}

fn token_store(project: &Project) -> TokenStore {
    TokenStore::new(state_folder(project))
}

/// Joins words as people list them: `a, b`. Returns the other text if there are none.
fn join_or(words: impl IntoIterator<Item = impl ToString>, none: &str) -> String {
    let words: Vec<_> = words.into_iter().map(|word| word.to_string()).collect();
    if words.is_empty() { none.to_owned() } else { words.join(", ") }
}
