//! The command line: a file for each command.

mod bench;
mod build;
mod bundle;
mod change;
mod check;
mod clock;
mod doctor;
mod gate;
mod incident;
mod init;
mod inspect;
mod judge;
mod keys;
mod kpi;
mod loading;
mod locking;
mod log;
mod looking;
mod new;
mod prompt;
mod publish;
mod pull;
mod queue;
mod reasons;
mod receipt;
mod reloading;
mod risk;
mod rollback;
mod score;
mod semver;
mod sign;
mod signers;
mod streaming;
mod subject;
mod test;
mod tree;
mod trial;
mod yank;

use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::exit::Exit;
use crate::{console, folders};

const AFTER: &str = "\
Exit codes: 0 pass (or done) · 1 fail · 2 could not tell, or could not run · 3 unsure

Examples:
  echo 'Write to dana@example.com' | tollgate judge tollgate/pii -
  tollgate judge tollgate/length --config '{\"words\": {\"max\": 200}}' letter.txt
  tollgate new acme/claims --lang rust && tollgate build claims && tollgate test claims
  tollgate prompt render welcome-email@^2 --vars @dana.json
  tollgate publish claims && tollgate lock && tollgate tree";

/// Judges what AI systems write, with versioned contracts in sandboxes.
#[derive(Parser)]
#[command(name = "tollgate", version, after_help = AFTER)]
struct Cli {
    /// Where compiled contracts are kept [default: `tollgate` in the user's cache folder].
    #[arg(long, global = true, env = "TOLLGATE_CACHE", value_name = "DIR")]
    cache: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Init(init::Init),
    New(new::New),
    Build(build::Build),
    Doctor(doctor::Doctor),
    Test(test::Test),
    Inspect(inspect::Inspect),
    Judge(judge::Judge),
    Bench(bench::Bench),
    Semver(semver::Semver),
    Keys(keys::Keys),
    Sign(sign::Sign),
    Verify(sign::Verify),
    Prompt(prompt::Prompt),
    Lock(locking::LockCommand),
    Update(locking::Update),
    Tree(tree::Tree),
    Publish(publish::Publish),
    Yank(yank::Yank),
    Pull(pull::Pull),
    Export(bundle::Export),
    Import(bundle::Import),
    Gate(gate::GateCommand),
    Check(check::Check),
    Queue(queue::Queue),
    Score(score::Score),
    Risk(risk::Risk),
    Kpi(kpi::Kpi),
    Incident(incident::Incident),
    Rollback(rollback::Rollback),
    Change(change::Change),
    Log(log::Log),
    Receipt(receipt::Receipt),
    /// Writes completions for a shell.
    ///
    /// Example: tollgate completions bash > ~/.local/share/bash-completion/completions/tollgate
    Completions {
        /// Which shell.
        shell: Shell,
    },
}

/// Runs the tool with the arguments of this process.
pub fn main() -> Exit {
    let cli = Cli::parse();
    match run(cli) {
        Ok(exit) => exit,
        Err(error) => {
            console::fail(&error);
            Exit::CouldNotTell
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<Exit> {
    let cache = cli.cache.or_else(folders::cache);
    match cli.command {
        Command::Init(init) => init.run(cache),
        Command::New(new) => new.run(),
        Command::Build(build) => build.run(cache),
        Command::Doctor(doctor) => Ok(doctor.run()),
        Command::Test(test) => in_runtime(test.run(cache)),
        Command::Inspect(inspect) => inspect.run(),
        Command::Judge(judge) => in_runtime(judge.run(cache)),
        Command::Bench(bench) => in_runtime(bench.run(cache)),
        Command::Semver(semver) => in_runtime(semver.run(cache)),
        Command::Keys(keys) => keys.run(),
        Command::Sign(sign) => sign.run(),
        Command::Verify(verify) => verify.run(),
        Command::Prompt(prompt) => in_runtime(prompt.run(cache)),
        Command::Lock(lock) => in_runtime(lock.run()),
        Command::Update(update) => in_runtime(update.run()),
        Command::Tree(tree) => tree.run(),
        Command::Publish(publish) => in_runtime(publish.run(cache)),
        Command::Yank(yank) => in_runtime(yank.run()),
        Command::Pull(pull) => in_runtime(pull.run()),
        Command::Export(export) => in_runtime(export.run()),
        Command::Import(import) => import.run(),
        Command::Gate(gate) => gate.run(cache),
        Command::Check(check) => check.run(cache),
        Command::Queue(queue) => queue.run(cache),
        Command::Score(score) => score.run(),
        Command::Risk(risk) => risk.run(),
        Command::Kpi(kpi) => kpi.run(),
        Command::Incident(incident) => incident.run(),
        Command::Rollback(rollback) => rollback.run(),
        Command::Change(change) => change.run(),
        Command::Log(log) => log.run(cache),
        Command::Receipt(receipt) => receipt.run(),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "tollgate", &mut std::io::stdout());
            Ok(Exit::Pass)
        }
    }
}

/// Runs a command as a person would type it.
fn run_as(arguments: &[&str], cache: Option<PathBuf>) -> anyhow::Result<Exit> {
    let cli = Cli::try_parse_from(["tollgate"].iter().chain(arguments))?;
    run(Cli { cache, ..cli })
}

fn in_runtime(command: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(command)
}
