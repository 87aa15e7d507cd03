//! Access to package sources: its command line options, and the progress of transfers.

use std::sync::{Mutex, MutexGuard, PoisonError};

use clap::Args;
use indicatif::ProgressBar;
use tollgate_packages::source::TransferProgress;
use tollgate_project::{FetchProgress, ProjectPackages};

use crate::{console, current_project};

/// Command line options for access to registries.
#[derive(Args, Clone, Debug)]
pub(crate) struct RegistryAccessArgs {
    /// Contact no registry and use only packages on this machine.
    #[arg(long)]
    offline: bool,
}

impl RegistryAccessArgs {
    /// Opens the packages of the project around the current folder.
    pub(crate) fn open(&self) -> anyhow::Result<ProjectPackages> {
        current_project::project_packages(self.offline)
    }
}

/// Shows a transfer as a bar on the terminal.
pub(crate) struct TransferBar {
    message: &'static str,
    bar: Mutex<ProgressBar>,
}

impl TransferBar {
    /// Creates a bar that is shown once the transfer starts.
    pub(crate) fn new(message: &'static str) -> Self {
        Self { message, bar: Mutex::new(ProgressBar::hidden()) }
    }

    fn bar(&self) -> MutexGuard<'_, ProgressBar> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FetchProgress for TransferBar {
    fn start(&self, bytes: u64) {
        *self.bar() = console::transfer_bar(self.message, bytes);
    }

    fn finish(&self) {
        self.bar().finish_and_clear();
    }
}

impl TransferProgress for TransferBar {
    fn advance(&self, bytes: i64) {
        match u64::try_from(bytes) {
            Ok(more) => self.bar().inc(more),
            Err(_) => self.bar().dec(bytes.unsigned_abs()),
        }
    }
}
