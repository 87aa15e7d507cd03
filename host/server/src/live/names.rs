//! The names of the gates that a server runs: those that have a file, and those that have an active release.

use std::collections::BTreeSet;

use tollgate::Host;
use tollgate::ledger::LedgerError;
use tollgate_model::GateName;

/// Reads the names of the gates. It blocks while it reads.
pub(super) fn read_gate_names(host: &Host) -> Result<BTreeSet<GateName>, GateNamesError> {
    let mut names: BTreeSet<_> = host.active_releases()?.keys().cloned().collect();
    for stem in host.project().gate_names()? {
        match stem.parse() {
            Ok(name) => {
                names.insert(name);
            }
            Err(_) => tracing::warn!(file = stem, "a file in `gates` has no valid name of a gate"),
        }
    }
    Ok(names)
}

/// The reason why it is not known which gates there are.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GateNamesError {
    #[error(transparent)]
    Files(#[from] tollgate_project::GateReadError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}
