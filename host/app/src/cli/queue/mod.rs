//! `tollgate queue`: what waits for a human, and what humans do with it.

mod claim;
mod list;
mod review;
mod show;
mod told;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use tollgate_govern::review::Reviewer;
use tollgate_model::{Person, Words};

use crate::exit::Exit;

pub(super) use told::tell_rollback;

/// Shows what waits for a human, and takes reviews.
///
/// What a gate holds waits here before it goes out; what was drawn for a look afterwards waits here too
/// (`--audit`). A review that is late goes up to who is named for that.
///
/// Examples: tollgate queue list
///           tollgate queue show 3fe52a7f50bd
///           tollgate queue review 3fe52a7f50bd --reject "the offer is over" --reviewer "Kim Osei"
#[derive(Args)]
pub(super) struct Queue {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    List(list::List),
    Show(show::Show),
    Claim(claim::Claim),
    Review(Box<review::Review>),
}

/// Somebody who reviews.
#[derive(Args, Clone, Debug)]
struct Who {
    /// Who reviews.
    #[arg(long, value_name = "NAME")]
    reviewer: Person,
    /// As what, as the organisation knows them; several times for several roles.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<Words>,
}

impl Who {
    fn reviewer(&self) -> Reviewer {
        Reviewer { person: self.reviewer.clone(), roles: self.roles.clone() }
    }
}

impl Queue {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        match self.command {
            Command::List(list) => list.run(),
            Command::Show(show) => show.run(),
            Command::Claim(claim) => claim.run(),
            Command::Review(review) => review.run(cache),
        }
    }
}
