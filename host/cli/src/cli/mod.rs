//! The command line: one file per command. Commands parse arguments and print results; the work is
//! done elsewhere.

mod alerts;
mod bench;
mod build;
mod bundle;
mod change;
mod check;
mod clock;
#[cfg(test)]
mod command_reference;
pub(crate) mod contract_loading;
mod doctor;
mod gate;
mod gate_state;
mod help;
mod incident;
mod init;
mod inspect;
mod judge;
mod judged_document;
mod keys;
mod known_gate;
mod kpi;
mod lock;
mod log;
mod missing_tables;
mod new;
mod prompt;
mod publish;
mod pull;
mod queue;
mod receipt;
mod release;
mod retract;
mod risk;
mod rollback;
mod schema;
mod score;
mod semver;
mod serve;
mod sign;
mod signers;
mod status;
mod streaming;
mod subject;
mod table;
mod test;
mod token;
mod toolchain;
mod tree;
mod yank;

use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::Shell;
use tollgate_model::reveal_hidden;

use crate::exit::Exit;
use crate::{console, environment};

const AFTER_HELP: &str = "\
`tollgate COMMAND --help` describes a command, with examples.

Exit codes: 0 pass (or done) · 1 fail · 2 no result, or could not run · 3 unsure · 130 interrupted

Examples:
  echo 'Write to dana@example.com' | tollgate judge tollgate/pii -
  tollgate judge tollgate/length --config '{\"words\": {\"max\": 200}}' letter.txt
  tollgate init shop --empty && cd shop && tollgate gate new product-texts
  tollgate new acme/claims --lang rust && tollgate build claims && tollgate test claims
  tollgate prompt render welcome-email@^2 --vars @dana.json
  tollgate publish claims && tollgate lock && tollgate tree";

/// Judges AI output with versioned contracts in sandboxes.
#[derive(Parser)]
#[command(name = "tollgate", version, after_help = AFTER_HELP)]
struct Cli {
    /// Folder for compiled contracts and build tools [default: `tollgate` in the user's cache folder].
    #[arg(long, global = true, display_order = 900, env = environment::CACHE.name, hide_env_values = true, value_name = "DIR")]
    cache: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Init(init::InitCommand),
    New(new::NewCommand),
    Build(build::BuildCommand),
    Doctor(doctor::DoctorCommand),
    Test(test::TestCommand),
    Schema(schema::SchemaCommand),
    Inspect(inspect::InspectCommand),
    Judge(judge::JudgeCommand),
    Bench(bench::BenchCommand),
    Semver(semver::SemverCommand),
    Keys(keys::KeysCommand),
    Token(token::TokenCommand),
    Sign(sign::SignCommand),
    Verify(sign::VerifyCommand),
    Prompt(prompt::PromptCommand),
    Lock(lock::LockCommand),
    Update(lock::UpdateCommand),
    Tree(tree::TreeCommand),
    Publish(publish::PublishCommand),
    Yank(yank::YankCommand),
    Pull(pull::PullCommand),
    Export(bundle::ExportCommand),
    Import(bundle::ImportCommand),
    Gate(gate::GateCommand),
    Check(check::CheckCommand),
    Queue(queue::QueueCommand),
    Status(status::StatusCommand),
    Alerts(alerts::AlertsCommand),
    Score(score::ScoreCommand),
    Risk(risk::RiskCommand),
    Kpi(kpi::KpiCommand),
    Incident(incident::IncidentCommand),
    Release(release::ReleaseCommand),
    Rollback(rollback::RollbackCommand),
    Serve(serve::ServeCommand),
    Retract(retract::RetractCommand),
    Change(change::ChangeCommand),
    Log(log::LogCommand),
    Receipt(receipt::ReceiptCommand),
    /// Compiles one contract. The tool starts this itself.
    #[command(name = contract_loading::COMPILE_WORKER, hide = true)]
    CompileWorker,
    /// Writes a manual page for each command. The packages of the tool have them.
    #[command(hide = true)]
    ManualPages {
        /// Folder to write into.
        folder: PathBuf,
    },
    /// Prints completions for a shell.
    #[command(after_long_help = "Example:
  tollgate completions bash > ~/.local/share/bash-completion/completions/tollgate")]
    Completions {
        /// Shell to complete in.
        shell: Shell,
    },
}

/// Runs the tool with the arguments of this process and returns its exit code.
pub fn main() -> Exit {
    let cli = match parse_arguments() {
        Ok(cli) => cli,
        Err(exit) => return exit,
    };
    match run(cli) {
        Ok(exit) => exit,
        Err(error) => {
            console::print_error(&error);
            Exit::NoOutcome
        }
    }
}

/// Parses the arguments, or prints what is wrong with them, or the help that they ask for.
fn parse_arguments() -> Result<Cli, Exit> {
    let parsed = help::group_commands(Cli::command()).try_get_matches();
    parsed.and_then(|matches| Cli::from_arg_matches(&matches)).map_err(|error| {
        if is_help(&error) {
            console::print_styled_message(&error);
            return if error.use_stderr() { Exit::NoOutcome } else { Exit::Pass };
        }
        // The message quotes arguments, and its usage lists options that variables set. So it comes from parsing again:
        // arguments without hidden characters, and no variables.
        let shown = std::env::args_os();
        let shown = shown.map(|word| reveal_hidden(&word.to_string_lossy()).into_owned());
        match remove_variables(Cli::command()).try_get_matches_from(shown) {
            Err(error) if !is_help(&error) => console::print_styled_message(&error),
            _ => console::print_plain_message(&error),
        }
        Exit::NoOutcome
    })
}

fn is_help(error: &clap::Error) -> bool {
    use clap::error::ErrorKind;
    matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    )
}

fn remove_variables(command: clap::Command) -> clap::Command {
    command.mut_args(|argument| argument.env(None::<&str>)).mut_subcommands(remove_variables)
}

fn run(cli: Cli) -> anyhow::Result<Exit> {
    let cache = cli.cache.or_else(environment::default_cache_folder);
    match cli.command {
        Command::Init(init) => init.run(cache),
        Command::New(new) => new.run(),
        Command::Build(build) => build.run(cache),
        Command::Doctor(doctor) => Ok(doctor.run()),
        Command::Test(test) => block_on_runtime(test.run(cache)),
        Command::Schema(schema) => Ok(schema.run()),
        Command::Inspect(inspect) => inspect.run(),
        Command::Judge(judge) => block_on_runtime(judge.run(cache)),
        Command::Bench(bench) => block_on_runtime(bench.run(cache)),
        Command::Semver(semver) => block_on_runtime(semver.run(cache)),
        Command::Keys(keys) => keys.run(),
        Command::Token(token) => token.run(),
        Command::Sign(sign) => sign.run(),
        Command::Verify(verify) => verify.run(),
        Command::Prompt(prompt) => block_on_runtime(prompt.run(cache)),
        Command::Lock(lock) => block_on_runtime(lock.run()),
        Command::Update(update) => block_on_runtime(update.run()),
        Command::Tree(tree) => tree.run(),
        Command::Publish(publish) => block_on_runtime(publish.run(cache)),
        Command::Yank(yank) => block_on_runtime(yank.run()),
        Command::Pull(pull) => block_on_runtime(pull.run()),
        Command::Export(export) => block_on_runtime(export.run()),
        Command::Import(import) => import.run(),
        Command::Gate(gate) => gate.run(cache),
        Command::Check(check) => check.run(cache),
        Command::Queue(queue) => queue.run(cache),
        Command::Status(status) => status.run(),
        Command::Alerts(alerts) => alerts.run(),
        Command::Score(score) => score.run(),
        Command::Risk(risk) => risk.run(),
        Command::Kpi(kpi) => kpi.run(),
        Command::Incident(incident) => incident.run(),
        Command::Release(release) => release.run(cache),
        Command::Rollback(rollback) => rollback.run(),
        Command::Serve(serve) => serve.run(cache),
        Command::Retract(retract) => retract.run(),
        Command::Change(change) => change.run(),
        Command::Log(log) => log.run(cache),
        Command::Receipt(receipt) => receipt.run(),
        Command::CompileWorker => {
            tollgate_engine::compile_worker::run()?;
            Ok(Exit::Pass)
        }
        Command::ManualPages { folder } => {
            std::fs::create_dir_all(&folder)?;
            clap_mangen::generate_to(Cli::command(), &folder)?;
            Ok(Exit::Pass)
        }
        Command::Completions { shell } => {
            let mut out = console::open_exact_output();
            clap_complete::generate(shell, &mut Cli::command(), "tollgate", &mut out);
            Ok(Exit::Pass)
        }
    }
}

/// Waits for something asynchronous, for commands that have no runtime of their own.
pub(crate) fn block_on_runtime<T>(
    command: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(command)
}
