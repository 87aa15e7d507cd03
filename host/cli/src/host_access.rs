//! The host that a command works with: the project of the current folder, its ledger, and this user's packages.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use indicatif::ProgressBar;
use tollgate::{Host, HostBuilder, Progress};
use tollgate_project::Project;

use crate::cli::contract_loading::new_engine;
use crate::ledger_access::LedgerArgs;
use crate::{console, current_project};

/// Opens the host of the project that the current folder is in. A ledger that does not exist is made only if something
/// is recorded.
pub(crate) fn open_host(ledger: &LedgerArgs, cache: Option<PathBuf>) -> anyhow::Result<Host> {
    open_host_of(current_project::require_project()?, ledger, cache)
}

/// Opens the host of a project.
pub(crate) fn open_host_of(
    project: Project,
    ledger: &LedgerArgs,
    cache: Option<PathBuf>,
) -> anyhow::Result<Host> {
    let ledger = ledger.open(&project)?;
    build_host(Host::builder(project).ledger(ledger), cache)
}

/// Opens the host without its ledger, for a trial.
pub(crate) fn open_trial_host(cache: Option<PathBuf>) -> anyhow::Result<Host> {
    build_host(Host::builder(current_project::require_project()?), cache)
}

/// Works with the host of a project without judging anything, and closes it afterwards. The ledger is made only if
/// something is recorded.
pub(crate) fn with_ledger_host<T>(
    project: Project,
    ledger: &LedgerArgs,
    work: impl FnOnce(&Host) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let ledger = ledger.on_demand(&project);
    let host = Host::builder(project).ledger(ledger).build();
    let result = work(&host);
    host.close();
    result
}

/// Opens the host of a project whose ledger is made only if something is recorded.
pub(crate) fn open_host_on_demand(
    project: Project,
    ledger: &LedgerArgs,
    cache: Option<PathBuf>,
) -> anyhow::Result<Host> {
    let ledger = ledger.on_demand(&project);
    build_host(Host::builder(project).ledger(ledger), cache)
}

fn build_host(builder: HostBuilder, cache: Option<PathBuf>) -> anyhow::Result<Host> {
    let mut host = builder.engine(new_engine(cache)?);
    if let Some(store) = current_project::find_store() {
        host = host.package_store(store);
    }
    Ok(host.progress(SpinnerProgress::default()).build())
}

/// Shows each step as a spinner.
#[derive(Default)]
struct SpinnerProgress {
    current: Mutex<Option<ProgressBar>>,
}

impl Progress for SpinnerProgress {
    fn begin_step(&self, name: &str) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        *current = Some(console::spinner(name));
    }

    fn end_step(&self) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(spinner) = current.take() {
            spinner.finish_and_clear();
        }
    }
}
