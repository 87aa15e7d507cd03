//! `tollgate token list`: lists tokens, without anything that gives access.

use clap::Args;
use tollgate_api::TokensDocument;
use tollgate_model::{FormatVersion, format_utc};
use tollgate_server::access::{TokenRecord, TokenState};

use super::{join_or, token_store};
use crate::cli::clock;
use crate::cli::table::format_table;
use crate::console::{self, QUIET, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::json_output;

const HEAD: [&str; 6] = ["id", "person", "roles", "as", "gates", "state"];

/// Lists the tokens of the project: whose they are, what they may do, and until when.
///
/// Tokens that ended more than 90 days ago are left out once another one is made.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate token list --json")]
pub(super) struct TokenListCommand {
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl TokenListCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let tokens = token_store(&require_project()?).list()?;
        let now_ms = clock::now_ms()?;
        if self.json {
            let tokens = tokens.iter().map(|token| token.to_entry(now_ms)).collect();
            json_output::print_document(&TokensDocument { format: FormatVersion, tokens })?;
            return Ok(Exit::Pass);
        }
        if tokens.is_empty() {
            console::note("there are no tokens: make one with `tollgate token new`");
            return Ok(Exit::Pass);
        }
        let head = HEAD.map(Into::into).to_vec();
        let rows = tokens.iter().map(|token| table_row(token, now_ms));
        let rows: Vec<_> = std::iter::once(head).chain(rows).collect();
        let mut lines = format_table(&rows).into_iter();
        lines.next().into_iter().for_each(|head| console::print(paint(QUIET, head)));
        lines.for_each(console::print);
        Ok(Exit::Pass)
    }
}

fn table_row(token: &TokenRecord, now_ms: u64) -> Vec<String> {
    vec![
        token.id.to_string(),
        token.person.to_string(),
        join_or(&token.roles, "-"),
        join_or(&token.reviewer_roles, "-"),
        join_or(&token.gates, "all"),
        describe_state(token, now_ms),
    ]
}

fn describe_state(token: &TokenRecord, now_ms: u64) -> String {
    match (token.state(now_ms), token.revoked_at_ms, &token.revoked_by) {
        (TokenState::Revoked, Some(at_ms), Some(by)) => {
            format!("revoked {} by {by}", format_utc(at_ms))
        }
        (TokenState::Valid, ..) => format!("valid until {}", format_utc(token.expires_at_ms)),
        _ => format!("expired {}", format_utc(token.expires_at_ms)),
    }
}
