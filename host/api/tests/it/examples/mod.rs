//! An example of every document.

mod alerts;
mod gates;
mod governance;
mod judging;
mod ledger;
mod packages;
mod parts;
mod prompts;
mod queue;
mod statistics;
mod tokens;

use crate::wire_document::WireDocument;

/// Returns all documents, in the order of the page.
pub fn all() -> Vec<WireDocument> {
    let groups = [
        judging::documents(),
        gates::documents(),
        alerts::documents(),
        statistics::documents(),
        queue::documents(),
        governance::documents(),
        ledger::documents(),
        packages::documents(),
        prompts::documents(),
        tokens::documents(),
    ];
    groups.into_iter().flatten().collect()
}
