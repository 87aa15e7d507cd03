//! Hints: which command or setting of this tool helps with an error of a library. The libraries say what is wrong,
//! and know nothing of commands.

mod contracts;
mod host;
mod packages;

use std::error::Error;
use std::sync::Arc;

use contracts::{
    binding_hint, build_hint, candidate_hint, inspect_hint, load_hint, manifest_hint, replay_hint,
};
use host::{
    check_hint, check_many_hint, comparison_hint, conduct_review_hint, gate_load_hint,
    gate_open_hint, governing_record_hint, ledger_error_of_host, ledger_hint,
    quality_error_of_host, quality_gate_hint, receipt_hint, record_error_of_host, release_hint,
    review_hint, review_lookup_hint, run_lookup_hint, trial_hint,
};
use packages::{
    bundle_hint, catalogue_hint, contract_folder_hint, lock_hint, package_access_hint,
    package_file_hint, project_hint, signature_hint, source_access_hint, source_hint, store_hint,
};

/// Looks for a hint for one type of error. `Some(None)` if the error has this type, and there is no hint for it.
type HintFinder = fn(&(dyn Error + 'static)) -> Option<Option<String>>;

/// An enum with transparent variants hides them from the chain of sources, so its function looks into them.
const FINDERS: &[HintFinder] = &[
    |error| find(error).map(package_access_hint),
    |error| find(error).map(source_access_hint),
    |error| find(error).map(package_file_hint),
    |error| find(error).map(project_hint),
    |error| find(error).map(lock_hint),
    |error| find(error).map(signature_hint),
    |error| find(error).map(contract_folder_hint),
    |error| find(error).map(catalogue_hint),
    |error| find(error).map(source_hint),
    |error| find(error).map(bundle_hint),
    |error| find(error).map(store_hint),
    |error| find(error).map(run_lookup_hint),
    |error| find(error).map(check_hint),
    |error| find(error).map(check_many_hint),
    |error| find(error).map(trial_hint),
    |error| find(error).map(gate_open_hint),
    |error| find(error).or_else(|| record_error_of_host(error)).map(governing_record_hint),
    |error| find(error).or_else(|| quality_error_of_host(error)).map(quality_gate_hint),
    |error| find(error).map(gate_load_hint),
    |error| find(error).map(release_hint),
    |error| find(error).map(conduct_review_hint),
    |error| find(error).map(review_lookup_hint),
    |error| find(error).map(review_hint),
    |error| find(error).map(receipt_hint),
    |error| find(error).map(replay_hint),
    |error| find(error).map(candidate_hint),
    |error| find(error).map(comparison_hint),
    |error| find(error).map(binding_hint),
    |error| find(error).map(load_hint),
    // Not those in a box: the tool that builds contracts has just built what these complain about.
    |error| error.downcast_ref().map(inspect_hint),
    |error| find(error).map(manifest_hint),
    |error| find(error).map(build_hint),
    |error| find(error).or_else(|| ledger_error_of_host(error)).map(ledger_hint),
];

/// Returns the hint for an error, or `None` if there is none. The sources of the error have hints of their own.
pub(crate) fn hint(error: &(dyn Error + 'static)) -> Option<String> {
    FINDERS.iter().find_map(|find_hint| find_hint(error)).flatten()
}

/// Returns the message of an error with its hint on a second line, for errors that do not stop the command.
pub(crate) fn with_hint(error: &(dyn Error + 'static)) -> String {
    match hint(error) {
        Some(hint) => format!("{error}\n  {hint}"),
        None => error.to_string(),
    }
}

/// Returns the first hint for an error or its causes.
pub(crate) fn first_hint(error: &(dyn Error + 'static)) -> Option<String> {
    std::iter::successors(Some(error), |&error| error.source()).find_map(hint)
}

/// Returns the error as this type, also if it is boxed or shared.
fn find<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    let boxed = || error.downcast_ref::<Box<E>>().map(|error| &**error);
    let shared = || error.downcast_ref::<Arc<E>>().map(|error| &**error);
    error.downcast_ref().or_else(boxed).or_else(shared)
}

#[cfg(test)]
mod tests;
