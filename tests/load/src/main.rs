//! Puts load on a server from a process of its own. Requests arrive at a fixed rate whether or not earlier ones are
//! answered, and the time of each is counted from its arrival, so waiting counts. `floor` is a server that reads a request
//! and does nothing with it: what HTTP alone costs.
#![allow(clippy::print_stdout, reason = "its output is its result")]

mod arrivals;
mod connection;
mod floor;
mod report;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};

#[derive(Parser)]
#[command(name = "tollgate-load")]
struct Cli {
    #[command(subcommand)]
    command: LoadCommand,
}

#[derive(Subcommand)]
enum LoadCommand {
    /// Sends requests, and prints how they were answered, as JSON.
    Send(SendArgs),
    /// Runs a server that answers every request with the same small document.
    Floor {
        /// Address to listen on.
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
    },
}

/// Requests to send.
#[derive(Args, Clone)]
pub(crate) struct SendArgs {
    /// Address of the server.
    #[arg(long)]
    address: SocketAddr,
    /// Path of the requests.
    #[arg(long)]
    path: String,
    /// Files with a body each. They are sent in turn.
    #[arg(long = "body", required = true)]
    bodies: Vec<PathBuf>,
    /// Token to send.
    #[arg(long)]
    token: Option<String>,
    /// Requests that arrive in a second. 0 sends as fast as the connections are answered.
    #[arg(long, default_value_t = 0)]
    rate: u64,
    /// Time in which requests arrive.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Connections that requests are sent over.
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// File that ends the run once it is there.
    #[arg(long)]
    stop_file: Option<PathBuf>,
    /// File to write the run of each answer to, one per line.
    #[arg(long)]
    runs: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match Cli::parse().command {
        LoadCommand::Floor { listen } => runtime.block_on(floor::serve(listen)),
        LoadCommand::Send(arguments) => {
            let bodies = arguments.bodies.iter().map(|path| {
                std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))
            });
            let bodies = bodies.collect::<anyhow::Result<Vec<_>>>()?;
            let time = Duration::from_secs(arguments.seconds);
            let answers = runtime.block_on(connection::send_all(&arguments, bodies, time))?;
            if let Some(path) = &arguments.runs {
                report::write_runs(path, &answers)?;
            }
            println!("{}", serde_json::to_string(&report::summarise(answers, time))?);
            Ok(())
        }
    }
}
