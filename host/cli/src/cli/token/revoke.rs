//! `tollgate token revoke`: ends a token before its time.

use clap::Args;
use tollgate_model::Person;
use tollgate_server::access::{TokenId, TokenStoreError};

use super::token_store;
use crate::cli::clock;
use crate::console::{self, GOOD, paint};
use crate::current_project::require_project;
use crate::exit::Exit;

/// Revokes a token. A running server refuses it from its next request on.
#[derive(Args)]
#[command(after_long_help = r#"Example:
  tollgate token revoke 7k2mq9x4bt --by "Sam Reed""#)]
pub(super) struct TokenRevokeCommand {
    /// Id of the token, as `tollgate token list` shows it: the part between `tg_` and the next `_`.
    #[arg(value_name = "ID")]
    id: TokenId,
    /// Person who revokes it.
    #[arg(long, value_name = "NAME")]
    by: Person,
}

impl TokenRevokeCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let store = token_store(&require_project()?);
        match store.revoke(&self.id, &self.by, clock::now_ms()?) {
            Ok(token) => console::print(format!(
                "{}  token `{}` of {}: it is refused from now on",
                paint(GOOD, "revoked"),
                token.id,
                token.person
            )),
            // What was asked for is so, and the first revocation is the one that is recorded.
            Err(error @ TokenStoreError::AlreadyRevoked { .. }) => console::note(error),
            Err(error) => return Err(error.into()),
        }
        Ok(Exit::Pass)
    }
}
