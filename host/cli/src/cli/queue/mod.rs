//! `tollgate queue`: lists outputs that wait for a human, and records claims and reviews.

mod claim;
mod dialogue;
mod list;
mod outcome;
mod review;
mod show;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use tollgate_govern::review::Reviewer;
use tollgate_model::{NonBlankString, Person};

use crate::exit::Exit;

pub(super) use outcome::print_rollback_plan;

/// Lists outputs that wait for a human, and records reviews.
///
/// Held outputs wait here before they go out. Outputs sampled for an audit after they went out wait here as well
/// (`--audit`). An overdue review is escalated to the person that the gate names.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  tollgate queue list
  tollgate queue show 3fe52a7f50bd
  tollgate queue review 3fe52a7f50bd --reject "the offer is over" --reviewer "Kim Osei""#)]
pub(super) struct QueueCommand {
    #[command(subcommand)]
    command: QueueSubcommand,
}

#[derive(Subcommand)]
enum QueueSubcommand {
    List(list::QueueListCommand),
    Show(show::QueueShowCommand),
    Claim(claim::ClaimCommand),
    Review(Box<review::ReviewCommand>),
}

/// Options that identify the reviewer.
#[derive(Args, Clone, Debug)]
struct ReviewerArgs {
    /// Name of the reviewer.
    #[arg(long = "reviewer", value_name = "NAME")]
    name: Person,
    /// Role of the reviewer; may be repeated.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<NonBlankString>,
}

impl ReviewerArgs {
    fn to_reviewer(&self) -> Reviewer {
        Reviewer { person: self.name.clone(), roles: self.roles.clone() }
    }
}

impl QueueCommand {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        match self.command {
            QueueSubcommand::List(list) => list.run(),
            QueueSubcommand::Show(show) => show.run(),
            QueueSubcommand::Claim(claim) => claim.run(),
            QueueSubcommand::Review(review) => review.run(cache),
        }
    }
}
