//! `tollgate log erase`: erases contents. Their digests and events stay, so the ledger still verifies.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use tollgate::erasure::ErasureResult;
use tollgate::{Actor, Host};
use tollgate_api::ErasureDocument;
use tollgate_model::{NonBlankString, Person};

use crate::cli::block_on_runtime;
use crate::console;
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::host_access;
use crate::json_output;
use crate::ledger_access::LedgerArgs;

/// Erases the output and the details of a run, or all contents whose retention has expired.
///
/// The digests stay, so the ledger still verifies. A run that is still held cannot be erased: it has to be
/// reviewed first. Exit code 1 if the ledger's files still have bytes of erased contents, because another process
/// reads the ledger as it was before: run the command again when that process has ended.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  tollgate log erase --expired --by "Dana Hill" --reason "the gate keeps 90 days"
  tollgate log erase --run 3fe52a7f50bd --by "Dana Hill" --reason "a customer asked for it""#)]
#[command(group(ArgGroup::new("contents").required(true).args(["run", "expired"])))]
pub(super) struct EraseCommand {
    /// Run digest, or an unambiguous prefix of it.
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// All contents whose retention has expired.
    #[arg(long)]
    expired: bool,
    /// Person responsible for the erasure.
    #[arg(long, value_name = "NAME")]
    by: Person,
    /// Reason, recorded with the erasure.
    #[arg(long, value_name = "TEXT")]
    reason: NonBlankString,
    /// Write JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArgs,
}

impl EraseCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        self.ledger.require_present(&project)?;
        let result = host_access::with_ledger_host(project, &self.ledger, |host| self.erase(host))?;
        match self.json {
            true => json_output::print_document(&ErasureDocument::from(&result))?,
            false => print_result(&result),
        }
        Ok(if result.files_in_use.is_empty() { Exit::Pass } else { Exit::Fail })
    }

    fn erase(&self, host: &Host) -> anyhow::Result<ErasureResult> {
        let actor = Actor::new(self.by.clone());
        let run = self.run.as_deref().map(|prefix| host.find_run(prefix)).transpose()?;
        block_on_runtime(async {
            Ok(match run {
                Some(run) => host.erase_run(run.run, &actor, &self.reason).await?,
                None => host.erase_expired(&actor, &self.reason).await?,
            })
        })
    }
}

fn print_result(result: &ErasureResult) {
    let ErasureResult { erased, needed, files_in_use, .. } = result;
    if *needed > 0 {
        console::warn(format!(
            "{needed} contents are kept although their retention has expired: they belong to runs that are still held"
        ));
    }
    match erased {
        0 => console::print("there is nothing to erase"),
        _ => console::print(format!("{erased} contents were erased; their digests stay recorded")),
    }
    if !files_in_use.is_empty() {
        console::warn(format!(
            "the bytes of erased contents are still in {}, because another process reads the ledger as it was before \
             they were erased: run the command again when that process has ended",
            list_files(files_in_use)
        ));
    }
}

fn list_files(files: &[PathBuf]) -> String {
    let files = files.iter().map(|file| format!("`{}`", file.display()));
    files.collect::<Vec<_>>().join(" and ")
}
